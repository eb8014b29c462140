"""Packages and vouchers: what may be drawn, what goes back, how long they last."""

from collections.abc import Collection, Iterable
from datetime import date

from troth.billing.models import VatRate
from troth.billing.rules.invoices import Line
from troth.billing.rules.payments import MOST, NotPossible, pounds

#: What a voucher may be worth, in pence, and for how many months it lasts.
VOUCHER_LEAST, VOUCHER_MOST, VOUCHER_MONTHS = 500, 50_000, 24
#: For how many months at least what went back to a voucher can be used.
VOUCHER_BACK_MONTHS = 3
#: For what a voucher is that is taxed as it is sold, in a buyer's words.
VOUCHER_FOR = {VatRate.EXEMPT: "health care", VatRate.STANDARD: "treatments that VAT is charged on"}
#: What a package may have of one treatment, and for how many months it may last.
MOST_IN_PACKAGE, MOST_MONTHS = 50, 36


def check_package(*, many: int, pence: int, months: int) -> None:
    """
    Refuse a package of one, or one that costs nothing or too much, or lasts for ever.

    :raises NotPossible: it is such a one.
    """
    if not 2 <= many <= MOST_IN_PACKAGE:
        raise NotPossible(f"A package has from 2 to {MOST_IN_PACKAGE} treatments.")
    if not 0 < pence <= MOST:
        raise NotPossible(f"A package costs between a penny and {pounds(MOST)}.")
    if not 1 <= months <= MOST_MONTHS:
        raise NotPossible(f"A package lasts from 1 to {MOST_MONTHS} months.")


def check_can_draw(*, paid: bool, ended: bool, expires_on: date, on: date, left: int) -> None:
    """
    Refuse to draw from what is not paid, is over, or has nothing left.

    :raises NotPossible: so it is.
    """
    if not paid:
        raise NotPossible("The package is not paid yet, so nothing can be drawn from it.")
    if ended or on > expires_on:
        raise NotPossible("The package is over.")
    if left <= 0:
        raise NotPossible("Everything in the package was drawn.")


def check_can_end(*, ended: bool, expires_on: date, on: date, left: int) -> None:
    """
    Refuse to give back what is left of a package that is over or empty.

    :raises NotPossible: so it is.
    """
    if ended or on > expires_on:
        raise NotPossible("The package is over, and nothing of it goes back.")
    if left <= 0:
        raise NotPossible("Everything in the package was drawn, so nothing of it goes back.")


def goes_back(*, pence: int, many: int, used: int) -> int:
    """What goes back of a package in pence, as it is declared: for each treatment not drawn, what it cost in the package."""
    return pence - -(-pence * used // many)


def rate_of_voucher(
    offered: Collection[VatRate], only: VatRate | None, *, pence: int, registered: bool
) -> VatRate | None:
    """
    How a voucher is taxed as it is sold, or None where it is outside the scope of VAT then, and what it pays for is taxed in full.

    It is outside only while it is not known how what it pays for will be taxed. Where it is sold for one kind only, or everything
    that is offered is taxed alike, that is known: a single-purpose voucher, taxed once and at its sale (VAT Act 1994 Schedule 10B).

    :raises NotPossible: it is of an odd amount, or nothing of the kind is offered.
    """
    if not VOUCHER_LEAST <= pence <= VOUCHER_MOST:
        raise NotPossible(f"A voucher is worth from {pounds(VOUCHER_LEAST)} to {pounds(VOUCHER_MOST)}.")
    if only is not None and only not in offered:
        raise NotPossible("Nothing on the price list is taxed so, and nobody could use the voucher.")
    alike = set(offered)
    return only or (alike.pop() if registered and len(alike) == 1 else None)


def check_can_use_voucher(*, known: bool, expires_on: date | None, on: date, left: int, for_voucher: bool) -> None:
    """
    Refuse a code that is none, a voucher that is over or empty, and one by which another voucher would be bought.

    :raises NotPossible: so it is.
    """
    if not known or expires_on is None:
        raise NotPossible("No voucher has this code. Look at it again: it has sixteen letters and figures.")
    if on > expires_on:
        raise NotPossible(f"The voucher was to be used until {expires_on:%-d %B %Y}.")
    if left <= 0:
        raise NotPossible("Nothing is left on the voucher.")
    if for_voucher:
        raise NotPossible("A voucher is not paid with a voucher.")


def check_can_use_for(rate: VatRate, lines: Iterable[Line], *, before: bool) -> int:
    """
    How much of an invoice a voucher that was taxed at its sale can pay, in pence: what is taxed as the voucher was. `lines`: those
    of the invoice and of its credit notes. `before`: it is for a package or a deposit, which gives back money and not vouchers.

    :raises NotPossible: none of it.
    """
    if before:
        raise NotPossible(
            "This voucher pays for treatments, and for no package or deposit: it was taxed when it was sold."
        )
    can = sum(line.gross for line in lines if line.rate is rate)
    if can <= 0:
        raise NotPossible(
            f"This voucher is for {VOUCHER_FOR[rate]} alone, as it was taxed when it was sold. None of that is left to pay here."
        )
    return can
