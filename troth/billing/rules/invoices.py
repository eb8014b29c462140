"""Invoices: VAT, totals, what is left to pay, how old a debt is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from troth.billing.models import InvoiceKind, InvoiceState, Means, VatRate
from troth.billing.rules.payments import NotPossible, pounds

#: Since when which standard rate holds, in percent (VAT Act 1994 section 2). Health care by registered professionals is exempt, and
#: what only makes somebody look otherwise is not health care (Schedule 9, Group 7).
STANDARD_RATES = ((date(2011, 1, 4), 20),)
#: How long somebody has to pay.
TERMS = timedelta(days=14)
#: Ages of a debt, in days past its due day.
AGES = ((0, "Not yet due"), (30, "1 to 30 days late"), (60, "31 to 60 days late"), (90, "61 to 90 days late"))
OLDER = "More than 90 days late"
MOST_LINES, MOST_OF_ONE = 20, 50
#: What goes back over the counter. By bank it goes once the person has said where to, by the firm once that has done it.
GOES_BACK_AT_DESK = (Means.TERMINAL, Means.CASH)


@dataclass(frozen=True)
class Line:
    """One line of an invoice: pence each, VAT included."""

    what: str
    quantity: int
    pence: int
    rate: VatRate

    @property
    def gross(self) -> int:
        """Pence of the whole line, VAT included."""
        return self.quantity * self.pence


@dataclass(frozen=True)
class Totals:
    """Pence of an invoice. `by_rate`: gross and VAT of each rate, in the order of the rates."""

    gross: int
    vat: int
    by_rate: tuple[tuple[VatRate, int, int], ...]

    @property
    def net(self) -> int:
        """Without VAT."""
        return self.gross - self.vat


def standard_rate(on: date) -> int:
    """The standard rate of VAT on a day, in percent."""
    return next(percent for since, percent in STANDARD_RATES if on >= since)


def total(lines: Iterable[Line], *, on: date, registered: bool) -> Totals:
    """
    What lines come to. VAT is what lies in the gross of each rate, rounded once to the nearest penny, half a penny up.

    A clinic that is not registered for VAT charges none.
    """
    gross: Counter[VatRate] = Counter()
    for line in lines:
        gross[line.rate] += line.gross
    percent = standard_rate(on)
    by_rate = []
    for rate in VatRate:
        if rate in gross:
            vat = _part(gross[rate], percent) if rate is VatRate.STANDARD and registered else 0
            by_rate.append((rate, gross[rate], vat))
    return Totals(sum(each for _, each, _ in by_rate), sum(vat for _, _, vat in by_rate), tuple(by_rate))


def _part(gross: int, percent: int) -> int:
    size = (2 * abs(gross) * percent + 100 + percent) // (2 * (100 + percent))
    return size if gross >= 0 else -size


def check_can_issue(lines: Iterable[Line]) -> None:
    """
    Refuse an invoice of nothing, or of more than one paper holds.

    :raises NotPossible: so it is.
    """
    wanted = list(lines)
    if not wanted:
        raise NotPossible("Choose at least one thing to invoice.")
    if len(wanted) > MOST_LINES or any(not 0 < line.quantity <= MOST_OF_ONE for line in wanted):
        raise NotPossible(f"An invoice has {MOST_LINES} lines at most, and {MOST_OF_ONE} of one thing.")
    if sum(line.gross for line in wanted) <= 0:
        raise NotPossible("There is nothing to pay, so there is nothing to invoice.")


def check_can_settle(kind: InvoiceKind, state: InvoiceState, *, left: int, pence: int) -> None:
    """
    Refuse money for what is settled or cancelled, and more than is left to pay.

    :raises NotPossible: so it is.
    """
    if kind is not InvoiceKind.INVOICE or state is not InvoiceState.OPEN:
        raise NotPossible(f"There is nothing to pay: the {kind.words.lower()} is {state.words}.")
    if pence <= 0:
        raise NotPossible("Enter how much was paid.")
    if pence > left:
        raise NotPossible(f"No more than {pounds(left)} is left to pay.")


def check_can_credit(kind: InvoiceKind, state: InvoiceState) -> None:
    """
    Refuse to cancel what is cancelled, or is a credit note itself.

    :raises NotPossible: so it is.
    """
    if kind is not InvoiceKind.INVOICE or state is InvoiceState.CREDITED:
        raise NotPossible("Only an invoice can be cancelled, and only once.")


def check_can_lower(*, wanted: int, pence: int, rates: int, apart: bool) -> None:
    """
    Refuse to take off an invoice all of it, or a part whose VAT is not plain. `apart`: a deposit, a package, a voucher.

    :raises NotPossible: so it is.
    """
    if apart or rates != 1:
        raise NotPossible(
            "Of a deposit, a package, a voucher, or what is taxed at two rates no part can be taken off. Cancel the invoice."
        )
    if not 0 < pence < wanted:
        raise NotPossible(f"It comes to {pounds(wanted)}: take off less, or cancel it.")


def check_can_give_back(*, owed: int, pence: int) -> None:
    """
    Refuse to give back more than we owe. `owed`: what came in beyond what is to be paid.

    :raises NotPossible: so it is.
    """
    if pence <= 0:
        raise NotPossible("Enter how much to give back.")
    if pence > owed:
        raise NotPossible(
            f"No more than {pounds(owed)} is owed to them. Cancel the invoice first, so that what was paid is owed back."
            if owed <= 0
            else f"No more than {pounds(owed)} is owed to them."
        )


def check_came_by(means: Means, *, came: int, pence: int) -> None:
    """
    Refuse to give back at the desk by another way than it came. `came`: what came by this one, less what went back by it.

    :raises NotPossible: so it is.
    """
    if pence <= 0:
        raise NotPossible("Enter how much to give back.")
    if means not in GOES_BACK_AT_DESK or pence > came:
        raise NotPossible(f"No more than {pounds(max(came, 0))} of what came by {means.called} is left to give back.")


def check_can_take_off(lines: Iterable[Line]) -> None:
    """
    Refuse to take off an invoice more than it comes to, or what was taxed otherwise: VAT was accounted for when it was paid.

    :raises NotPossible: so it is.
    """
    left: Counter[VatRate] = Counter()
    for line in lines:
        left[line.rate] += line.gross
    if any(pence < 0 for pence in left.values()):
        raise NotPossible(
            "A deposit is taken off what is taxed as it was, and off no less than it comes to. Invoice without it, cancel the "
            "deposit’s invoice, and what was paid is owed back to them."
        )


def rest_of(lines: Iterable[Line], before: Iterable[Line], number: str) -> list[Line]:
    """What a credit note over all that is left takes back: the lines as they stand, or after parts the rest of each rate."""
    said, parts = list(lines), list(before)
    if not parts:
        return [Line(line.what, line.quantity, -line.pence, line.rate) for line in said]
    left: Counter[VatRate] = Counter()
    for line in (*said, *parts):
        left[line.rate] += line.gross
    return [Line(f"The rest of {number}", 1, -pence, rate) for rate, pence in left.items() if pence]


def with_vat(totals: Totals, vat: int) -> Totals:
    """The same with this VAT: all of it lies in what is taxed at the standard rate."""
    by_rate = tuple((rate, gross, vat if rate is VatRate.STANDARD else 0) for rate, gross, _ in totals.by_rate)
    return Totals(totals.gross, vat, by_rate)


def age_of(due_on: date, on: date) -> str:
    """Into which age a debt falls on a day."""
    late = (on - due_on).days
    return next((words for most, words in AGES if late <= most), OLDER)


def numbered(kind: InvoiceKind, number: int) -> str:
    """A number as it stands on the paper: INV-000042, CRN-000007."""
    return f"{'INV' if kind is InvoiceKind.INVOICE else 'CRN'}-{number:06}"


def lines_of(stored: object) -> list[Line]:
    """The lines of an invoice as they are stored."""
    assert isinstance(stored, list)
    return [Line(str(what), int(quantity), int(pence), VatRate(rate)) for what, quantity, pence, rate in stored]


def check_bank_details(name: str, sort_code: str, account: str) -> tuple[str, str, str]:
    """
    The name, six figures and eight figures of a UK account, as banks write them.

    :raises NotPossible: they are not.
    """
    code, number = "".join(sort_code.split("-")).replace(" ", ""), account.replace(" ", "")
    if not name.strip():
        raise NotPossible("Enter the name on the account.")
    if not (code.isascii() and code.isdigit() and len(code) == 6):
        raise NotPossible("A sort code has six figures, such as 20-00-00.")
    if not (number.isascii() and number.isdigit() and 6 <= len(number) <= 8):
        raise NotPossible("An account number has eight figures.")
    return name.strip(), f"{code[:2]}-{code[2:4]}-{code[4:]}", number.zfill(8)
