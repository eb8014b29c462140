"""Who else paid with a card. Only keyed hashes are compared."""

from uuid import UUID

from troth.billing.models import Payment
from troth.gate.contexts import Opened
from troth.vault import search
from troth.vault.categories import Category

_CARDS = search.exact("payment_card")


def others_by_card(payment: UUID, opened: Opened) -> set[UUID]:
    """
    Who else paid with the card of a payment, among payments whose room compares cards. Of them nothing is opened.

    :raises Refused: the viewer may not see this person's money.
    """
    row = Payment.objects.filter(pk=payment).first()
    opened.require(row.subject_id if row else payment, Category.FINANCIAL)
    if row is None or not row.card:
        return set()
    return {subject for subject, _ in search.candidates(_CARDS, row.card)} - {row.subject_id}
