"""Who else paid with a card. Only what the index holds is compared: nothing is opened."""

from uuid import UUID

from troth.billing.models import CardMark
from troth.gate.contexts import Opened
from troth.vault import search
from troth.vault.categories import Category

CARD = "billing.card_mark.card"
_MOST = 1000  # a card that more people pay with tells nothing of any


def others_by_card(payment: UUID, opened: Opened) -> set[UUID]:
    """
    Who else paid with a card of whoever paid this, among payments whose room compares cards; nobody where the gate does not let
    their cards be compared.
    """
    row = CardMark.objects.filter(payment=payment).only("subject").first()
    if row is None or not opened.decision(row.subject_id, Category.FINANCIAL).allowed:
        return set()
    groups = search.shared([CARD], most=_MOST, among={row.subject_id})
    return {UUID(each) for _, found in groups for each in found} - {row.subject_id}
