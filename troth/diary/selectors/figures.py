"""
Reports, from cells of figures that the acts themselves counted: no record is opened for any of them, and none could be.

Totals of counts are reckoned before they are rounded, so that no difference says what is withheld; one of money leaves out what is
(LAW-12.4).
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from troth.diary import rules
from troth.diary.models import Ended, Figure, How
from troth.diary.selectors.offers import list_services, workers, working

WEEKS, MONTHS = 12, 12
_ATTENDANCE, _TIME, _VALUE = "Attendance", "Time with people", "Value of visits"
_REASONS, _WAYS = "Why visits are cancelled", "How visits are booked"
#: What became of visits, in the order in which it is drawn.
ATTENDED = {
    "came": "Came",
    "missed": "Did not come",
    "cancelled": "Cancelled in time",
    "cancelled_late": "Cancelled late",
}


@dataclass(frozen=True)
class Report:
    """A table of figures as they may be shown, with the numbers that a chart draws. `heads` name the columns after the first."""

    title: str
    says: str
    of: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    drawn: tuple[tuple[str, tuple[int, ...]], ...]
    steps: tuple[str, ...]


def attendance(on: date) -> Report:
    """What became of the visits of each of the last twelve weeks."""
    weeks = _weeks(on)
    found: dict[tuple[date, str], int] = defaultdict(int)
    for row in Figure.objects.filter(kind="attended", period__in=weeks):
        found[row.period, row.word] += row.number
    return Report(
        _ATTENDANCE,
        "What became of the visits of each week: came, did not come, cancelled in time or late.",
        "Week of",
        (*ATTENDED.values(), "All"),
        tuple(
            (
                f"{week:%-d %b %Y}",
                (
                    *(rules.shown(found[week, word]) for word in ATTENDED),
                    rules.shown(sum(found[week, word] for word in ATTENDED)),
                ),
            )
            for week in weeks
        ),
        tuple((words, tuple(rules.rounded(found[week, word]) for week in weeks)) for word, words in ATTENDED.items()),
        tuple(f"{week:%-d/%-m}" for week in weeks),
    )


def utilisation(on: date) -> Report:
    """How much of the time that practitioners worked was spent with people, by week."""
    weeks = _weeks(on)
    spent: dict[date, int] = defaultdict(int)
    number: dict[date, int] = defaultdict(int)
    for row in Figure.objects.filter(kind="attended", word="came", period__in=weeks):
        spent[row.period] += row.minutes
        number[row.period] += row.number
    known = list(workers(at=None).values())
    plans = working(known, weeks[0], weeks[-1] + timedelta(days=6)).values()
    worked = {
        week: sum(
            ends - begins
            for plan in plans
            for day in range(7)
            for begins, ends in rules.worked_on(plan, week + timedelta(days=day))
        )
        for week in weeks
    }
    shares = {week: rules.shown_share(spent[week], worked[week], number[week]) for week in weeks}
    return Report(
        _TIME,
        "The share of the hours worked in each week that was spent in visits.",
        "Week of",
        ("Hours worked", "Share in visits"),
        tuple(
            (
                f"{week:%-d %b %Y}",
                (str(round(worked[week] / 60)), rules.SMALL if shares[week] is None else f"{shares[week]}%"),
            )
            for week in weeks
        ),
        (("Share in visits, per cent", tuple(shares[week] or 0 for week in weeks)),),
        tuple(f"{week:%-d/%-m}" for week in weeks),
    )


def income(on: date) -> Report:
    """What the visits of each of the last twelve months came to, by the price list; and of which services."""
    months = _months(on)
    number: dict[tuple[str, date], int] = defaultdict(int)
    pence: dict[tuple[str, date], int] = defaultdict(int)
    for row in Figure.objects.filter(kind="done", period__in=months):
        number[row.service, row.period] += row.number
        pence[row.service, row.period] += row.pence
    names = {each.id.hex: each.name for each in list_services(closed=True)}
    kinds = [key for key in sorted(names, key=names.__getitem__) if any(number[key, month] for month in months)]
    # What is too little to show is in no total either: with one star beside it, it would be the difference.
    seen = {
        month: [key for key in kinds if rules.shown_money(pence[key, month], number[key, month]) is not None]
        for month in months
    }
    every = {month: sum(pence[key, month] for key in seen[month]) for month in months}
    visits = {month: sum(number[key, month] for key in seen[month]) for month in months}
    return Report(
        _VALUE,
        "What the visits that took place in each month come to by the price list. What was paid stands with the payments.",
        "Month",
        (*(names[key] for key in kinds), "All shown"),
        tuple(
            (
                f"{month:%B %Y}",
                (
                    *(_pounds(pence[key, month], number[key, month]) for key in kinds),
                    _pounds(every[month], visits[month]),
                ),
            )
            for month in months
        ),
        (("Pounds", tuple(rules.shown_money(every[month], visits[month]) or 0 for month in months)),),
        tuple(f"{month:%b}" for month in months),
    )


def reasons(on: date) -> Report:
    """Why visits were cancelled, by month."""
    return _by_word(_REASONS, "Why the visits of each month were cancelled.", "reason", Ended, on)


def ways(on: date) -> Report:
    """By which way visits were booked, by the month in which they are."""
    return _by_word(_WAYS, "By which way the visits of each month were booked.", "booked", How, on)


def _by_word(title: str, says: str, kind: str, words: type[Ended] | type[How], on: date) -> Report:
    months = _months(on)
    found: dict[tuple[date, str], int] = defaultdict(int)
    for row in Figure.objects.filter(kind=kind, period__in=months):
        found[row.period, row.word] += row.number
    known = [(each.value, each.words.capitalize()) for each in words]
    return Report(
        title,
        says,
        "Month",
        (*(said for _, said in known), "All"),
        tuple(
            (
                f"{month:%B %Y}",
                (
                    *(rules.shown(found[month, word]) for word, _ in known),
                    rules.shown(sum(found[month, word] for word, _ in known)),
                ),
            )
            for month in months
        ),
        tuple((said, tuple(rules.rounded(found[month, word]) for month in months)) for word, said in known),
        tuple(f"{month:%b}" for month in months),
    )


#: The reports there are, by the word of their address: what each is called, and what makes it.
REPORTS: dict[str, tuple[str, Callable[[date], Report]]] = {
    "attendance": (_ATTENDANCE, attendance),
    "time": (_TIME, utilisation),
    "value": (_VALUE, income),
    "reasons": (_REASONS, reasons),
    "ways": (_WAYS, ways),
}


def _pounds(pence: int, number: int) -> str:
    found = rules.shown_money(pence, number)
    return rules.SMALL if found is None else f"£{found:,}"


def _weeks(on: date) -> list[date]:
    monday = on - timedelta(days=on.weekday())
    return [monday - timedelta(weeks=number) for number in reversed(range(WEEKS))]


def _months(on: date) -> list[date]:
    return [
        date(on.year + (on.month - 1 - number) // 12, (on.month - 1 - number) % 12 + 1, 1)
        for number in reversed(range(MONTHS))
    ]
