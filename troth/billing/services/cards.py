"""
By what a card is known again: a keyed hash of the firm's sign for it. No number ever reaches us, and the sign itself is not kept.

It is kept only of payments whose room compares cards, as one does that may not be deceived by a second account, and only where the
notice says so (decision 0265).
"""

import hashlib
import hmac
from datetime import datetime

from troth.billing.models import CardMark, Payment
from troth.billing.rules import LETTING_GO, Word
from troth.billing.services import following
from troth.gate import features
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.vault import secrets
from troth.vault.categories import Category

FOR = Purpose.FRAUD_PREVENTION


def _keep_card(row: Payment, word: Word, *, by: Actor, at: datetime) -> None:
    """Keep the card that the firm's word names, within the act that writes the word down, as far as that is allowed."""
    if not word.card or row.thing_kind not in following.comparing or by.name == LETTING_GO:
        return
    with boundary() as into:
        if not features.serves_any((FOR,), Action.WRITE, by, into.register(at)):
            return
        with processing(FOR, by=by, at=at) as opened:
            allowed = opened.decision(row.subject_id, Category.FINANCIAL).allowed
    if allowed:
        _write_mark(row, word.card, by=by, at=at)


@act(Event.CARD_MARKED, purpose=FOR)
def _write_mark(row: Payment, card: str, *, by: Actor, at: datetime) -> None:
    mark = CardMark.objects.filter(payment=row.pk).first() or CardMark(subject_id=row.subject_id, payment=row.pk)
    mark.card = hmac.digest(secrets.opened().named("cards"), card.encode(), hashlib.sha256).hex()
    mark.save()
