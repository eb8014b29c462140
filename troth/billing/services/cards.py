"""
By what a card is known again: a keyed hash of the firm's sign for it. No number ever reaches us, and the sign itself is not kept.

It is kept only of payments whose room compares cards, as one does that may not be deceived by a second account (decision 0265).
"""

import hashlib
import hmac

from troth.billing.models import Payment
from troth.billing.rules import Word
from troth.billing.services import following
from troth.vault import secrets


def _keep_card(row: Payment, word: Word) -> None:
    """Put the card that the firm's word names on the row, within the act that writes the word down."""
    if word.card and row.thing_kind in following.comparing:
        key = secrets.opened().named("cards")
        row.card = hmac.digest(key, word.card.encode(), hashlib.sha256).hex()
