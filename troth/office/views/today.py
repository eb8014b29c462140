"""Today at the office: what needs somebody now and what to do about it; then clocks, what goes, and the ledger."""

from collections import Counter
from datetime import date, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.assurance.selectors.board import Status, board_of
from troth.design.charts import Chart, Fill, Series
from troth.design.rulers import tape_of_days
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import CoinState, Figure, Link, Row, Tag
from troth.ledger import checking, proving
from troth.ledger import selectors as ledger
from troth.ledger.check_export import Head
from troth.ledger.proving import NotSealed
from troth.office.casework import ASKED, next_step
from troth.office.frame import Looking, counted, looking, moment, show
from troth.office.needs import Need, list_needs, wall_link
from troth.rights import selectors as rights
from troth.rights.selectors import Waiting
from troth.rights.selectors.clocks import count_late

DAYS = 14
SHOWN = 8
_WORDS = {"asked": "Not decided yet", "decided": "Decided, being carried out", "done": "Done"}
_FILLS: tuple[Fill, ...] = ("rule", "slate", "ochre", "seal", "hatch")


def show_today(request: HttpRequest) -> HttpResponse:
    """Everything on one page; nothing of anybody is opened for it."""
    look = looking(request)
    needs = list_needs(look)
    cases, waiting = rights.list_queue(on=look.today, most=SHOWN)
    days = _days(look)
    coming = rights.forecast(look.at)
    return show(
        request,
        "today/show",
        day=look.today,
        needs=needs,
        lead=_lead(needs),
        cases=_cases(cases, look) if cases else None,
        cases_note=f"{waiting} open, {count_late(look.today) or 'none'} late",
        links=[Link("All", reverse("office_cases"), "requests")],
        forecast=_forecast_chart(coming) if coming.total else None,
        overdue=coming.overdue,
        chart=_ledger_chart(days) if any(total for _, total, _ in days) else None,
        ledger=_ledger_rows(look, days),
        whole=_whole(),
        promises=_promise_figures(),
        wall=wall_link(""),
    )


def show_days(request: HttpRequest) -> HttpResponse:
    """The figures of the ledger's chart as a table."""
    look = looking(request)
    columns = (
        Column("Day", "name"),
        Column("Events", "number", word="Events"),
        Column("Refused", "number", word="Refused"),
        Column("Share refused", "number", word="Share"),
    )
    lines = tuple(
        Line((Cell(f"{on:%A %-d %B}"), Cell(f"{total:,}"), Cell(f"{refused:,}"), Cell(_share(total, refused))))
        for on, total, refused in reversed(_days(look))
    )
    return show(request, "today/table", title="Events a day", table=Table("Events a day", columns, lines))


def show_forecast(request: HttpRequest) -> HttpResponse:
    """The figures of the forecast as a table."""
    look = looking(request)
    coming = rights.forecast(look.at)
    notice = rights.notice_now(look.at)
    columns = (
        Column("Month", "name"),
        *(
            Column(rights.words_of(kind, notice), "number", word=rights.words_of(kind, notice))
            for kind, _ in coming.kinds
        ),
    )
    lines = tuple(
        Line((Cell(f"{month:%B %Y}"), *(Cell(f"{numbers[place]:,}") for _, numbers in coming.kinds)))
        for place, month in enumerate(coming.months)
    )
    return show(
        request,
        "today/table",
        title="What goes in the next 12 months",
        table=Table("People whose data falls due", columns, lines),
    )


def _promise_figures() -> tuple[Figure, ...]:
    """How many promises stand where, at the last look."""
    board = board_of(settings.TROTH_PACK)
    if board is None:
        return ()
    return tuple(
        Figure(
            str(number), status.label.lower(), kind="close" if status is Status.FALLS_SHORT and number else "plain"
        )
        for status, number in board.counts.items()
        if number
    )


def _lead(needs: list[Need]) -> str:
    """The answer first: how many things, and the gravest of them."""
    now = [need for need in needs if need.grave < 2]
    if not now:
        return "Nothing needs you today."
    words = {1: "One thing needs", 2: "Two things need", 3: "Three things need"}.get(
        len(now), f"{len(now)} things need"
    )
    first = f"{now[0].title}, {now[0].todo[:1].lower()}{now[0].todo[1:]}"
    return f"{words} you today. First: {first[:1].lower()}{first[1:]}."


def _cases(cases: list[Waiting], look: Looking) -> Table:
    columns = (
        Column("What", "name"),
        Column("Clock"),
        Column("Due", word="Due"),
        Column("Next step", word="Next step"),
        Column("Open", "act"),
    )
    lines = []
    for each in cases:
        left = (each.due_on - look.today).days
        words = counted(-left, "day late", "days late") if left < 0 else "today" if not left else counted(left, "day")
        if each.waits_for is not None or each.acknowledged:  # its day does not run, or no day of the law is left
            due = Cell("", small="Acknowledged" if each.acknowledged else "It stands still")
        else:
            due = Cell(
                f"{each.due_on:%a %-d %b}",
                tag=Tag("late" if left < 0 else "close", words) if left <= 4 else None,
                small="" if left <= 4 else f"{words} left",
            )
        lines.append(
            Line(
                (
                    Cell(f"{ASKED[each.asked]} {each.reference}", small=f"asked on {each.received_on:%-d %B}"),
                    Cell(tape=tape_of_days(each.received_on, each.due_on, look.today)),
                    due,
                    Cell(next_step(each), small=_WORDS[each.state]),
                    Cell(act=Link("Open", reverse("office_case", args=[each.id]), f"request {each.reference}")),
                )
            )
        )
    return Table("Requests by their clock", columns, tuple(lines))


def _days(look: Looking) -> list[tuple[date, int, int]]:
    """Events and refusals of each of the last days, by a London wall, the oldest first."""
    first = look.today - timedelta(days=DAYS - 1)
    start = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    totals: Counter[date] = Counter()
    refused: Counter[date] = Counter()
    for hour in ledger.by_hour(start):
        on = timezone.localdate(hour.start)
        totals[on] += hour.events
        refused[on] += hour.refused
    return [(on, totals[on], refused[on]) for on in (first + timedelta(days=n) for n in range(DAYS))]


def _ledger_chart(days: list[tuple[date, int, int]]) -> Chart:
    total, refused = sum(each[1] for each in days), sum(each[2] for each in days)
    busiest = max(range(len(days)), key=lambda place: days[place][1])
    return Chart(
        f"Events a day over the last {DAYS} days: {total:,} in all, {refused:,} of them refused. "
        f"Busiest: {days[busiest][0]:%-d %B}, {days[busiest][1]:,}.",
        tuple(f"{on:%-d}" for on, _, _ in days),
        (
            Series("Done or opened", "seal", tuple(float(all_ - no) for _, all_, no in days)),
            Series("Refused", "hatch", tuple(float(no) for _, _, no in days)),
        ),
        Link("As a table", reverse("office_days")),
    )


def _forecast_chart(coming: rights.Forecast) -> Chart:
    notice = rights.notice_now(timezone.now())
    kinds = sorted(coming.kinds, key=lambda each: -sum(each[1]))
    first, rest = kinds[: len(_FILLS) - 1], kinds[len(_FILLS) - 1 :]
    series = [
        Series(rights.words_of(kind, notice), fill, tuple(map(float, numbers)))
        for (kind, numbers), fill in zip(first, _FILLS, strict=False)
    ]
    if rest:
        together = tuple(float(sum(column)) for column in zip(*(numbers for _, numbers in rest), strict=True))
        series.append(Series("Other kinds", "hatch", together))
    most = max(range(len(coming.months)), key=lambda place: sum(numbers[place] for _, numbers in coming.kinds))
    return Chart(
        f"People whose data falls due in each of the next {len(coming.months)} months. Most in {coming.months[most]:%B %Y}.",
        tuple(f"{month:%b}" for month in coming.months),
        tuple(series),
        Link("As a table", reverse("office_forecast")),
    )


def _whole() -> tuple[CoinState, str, str]:
    done = checking.latest(1)
    if not done or done[0].finished_at is None:
        return "waiting", "Not checked yet", "A worker checks it every night at 03:10"
    when = f"Last full check {moment(done[0].finished_at)}"
    if done[0].holds:
        return (
            "joined",
            f"Whole to event {done[0].events:,}",
            f"Nothing changed, removed, added or out of order. {when}",
        )
    return "parted", "It does not hold", f"{done[0].findings[0] if done[0].findings else ''} {when}"


def _ledger_rows(look: Looking, days: list[tuple[date, int, int]]) -> list[Row]:
    total, refused = sum(each[1] for each in days), sum(each[2] for each in days)
    rows = [Row(f"Last {DAYS} days", f"{total:,} events", f"{_share(total, refused)} of them refused")]
    try:
        head = Head.parse(proving.latest_checkpoint())
    except NotSealed:
        return rows
    return [
        *rows,
        Row("Newest checkpoint", f"{head.size:,} events", f"signed {moment(datetime.fromisoformat(head.at))}"),
        Row("Root", f"{head.root.hex()[:16]}…{head.root.hex()[-8:]}", mono=True),
    ]


def _share(total: int, refused: int) -> str:
    return f"{100 * refused / total:.1f}%" if total else "none"
