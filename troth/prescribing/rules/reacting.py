"""Suspected reactions: what may be told, when the Yellow Card scheme is told, and what it is told. Pure."""

from collections.abc import Collection
from datetime import date

from troth.prescribing.models import Seriousness, SupplyStatus
from troth.prescribing.rules import LONGEST, NotPossible
from troth.prescribing.rules.gates import Risk

_LEFT = frozenset({SupplyStatus.DISPATCHED, SupplyStatus.DELIVERED, SupplyStatus.CLOSED})


def may_be_taken(status: SupplyStatus, *, delivered: bool) -> bool:
    """Whether somebody can have taken some of it: it left, and did not come back without having been received."""
    return status in _LEFT or (status is SupplyStatus.RETURNED and delivered)


def is_due(serious: Collection[Seriousness], risks: Collection[Risk]) -> bool:
    """
    Whether the scheme is told: of a black triangle medicine every suspected reaction, of the others each that is serious (MHRA).
    """
    return bool(serious) or Risk.BLACK_TRIANGLE in risks


def check_can_report(
    *, status: SupplyStatus, delivered: bool, what: str, began_on: date, left_on: date | None, today: date
) -> None:
    """
    Refuse a report about what nobody can have taken, one that says nothing, and a day that cannot be.

    :raises NotPossible: any of these.
    """
    if left_on is None or not may_be_taken(status, delivered=delivered):
        raise NotPossible(
            "This medicine has not reached you, so it cannot have done it. Write to us about your request."
        )
    if not what.strip() or len(what) > LONGEST:
        raise NotPossible("Write what you noticed.")
    if began_on > today:
        raise NotPossible("That day has not come yet.")
    if began_on < left_on:
        raise NotPossible("That was before the parcel left us. Choose the day on which it began after you took it.")


def check_assessment(words: str) -> None:
    """
    Refuse a finding that says nothing.

    :raises NotPossible: so it is.
    """
    if not words.strip() or len(words) > LONGEST:
        raise NotPossible("Write what you found, and what is done about it.")


def check_card_number(number: str) -> None:
    """
    Refuse to record a report as sent that nobody could find again at the scheme.

    :raises NotPossible: there is no number, or it is none.
    """
    if not 4 <= len(number.strip()) <= 40:
        raise NotPossible("Enter the number that the Yellow Card scheme gave.")
