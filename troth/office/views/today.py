"""Today at the office: what needs somebody now and what to do about it; then clocks, what goes, and the ledger."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from troth.assurance.selectors.board import Status, board_of
from troth.copies import backup
from troth.delivery import selectors as delivery
from troth.design.charts import Chart, Fill, Series
from troth.design.rulers import tape_of_days
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import CoinState, Figure, Link, Row, Tag
from troth.gate import facts
from troth.gate.facts import FactKind
from troth.ledger import alerts, checking, proving
from troth.ledger import selectors as ledger
from troth.ledger.check_export import Head
from troth.ledger.guards import guards_missing
from troth.ledger.proving import NotSealed
from troth.office.frame import Looking, counted, day, looking, moment, show
from troth.people import selectors as people
from troth.rights import selectors as rights
from troth.vault import secrets, turning
from troth.work import queue

SOON = timedelta(days=7)
DAYS = 14
#: A backup a day, and two hours in which it may run.
BACKUP_EVERY = timedelta(hours=26)
CHECK_EVERY = timedelta(hours=30)
_WORDS = {"asked": "Not decided yet", "decided": "Decided, being carried out", "done": "Done"}
_STEPS = {"erasure": "Decide what goes and what stays", "access": "Build the copy", "portability": "Build the copy"}
_ALERTS = {
    "own_record": ("tried a record of their own", "Ask them why, and look at what was tried"),
    "many_refusals": ("was refused again and again", "Look at what was tried, and ask them"),
    "searches": ("looked people up more often than work at a desk explains", "Look at whom, and ask them"),
}
_FILLS: tuple[Fill, ...] = ("rule", "slate", "ochre", "seal", "hatch")


@dataclass(frozen=True)
class Need:
    """One thing that needs somebody: what it is, what to do, and where. The gravest come first."""

    grave: int  # 0 harm, 1 soon, 2 when there is time
    coin: CoinState
    title: str
    todo: str
    link: Link | None = None
    tag: Tag | None = None


def show_today(request: HttpRequest) -> HttpResponse:
    """Everything on one page; nothing of anybody is opened for it."""
    look = looking(request)
    needs = sorted(_needs(look), key=lambda need: need.grave)
    cases = rights.open_cases()
    days = _days(look)
    coming = rights.forecast(look.at)
    return show(
        request,
        "today/show",
        day=look.today,
        needs=needs,
        lead=_lead(needs),
        cases=_cases(cases, look) if cases else None,
        cases_note=f"{len(cases)} open, {sum(each.due_on < look.today for each in cases) or 'none'} late",
        links=[Link("All", reverse("office_cases"), "requests")],
        forecast=_forecast_chart(coming) if coming.total else None,
        overdue=coming.overdue,
        chart=_ledger_chart(days) if any(total for _, total, _ in days) else None,
        ledger=_ledger_rows(look, days),
        whole=_whole(),
        promises=_promise_figures(),
        wall=_promise_link(""),
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


def _needs(look: Looking) -> Iterator[Need]:
    yield from _case_needs(look)
    yield from _review_needs(look)
    yield from _ledger_needs(look)
    yield from _alert_needs(look)
    yield from _machine_needs(look)
    yield from _promise_needs(look)


def _case_needs(look: Looking) -> Iterator[Need]:
    for each in rights.open_cases():
        case, right = each.id, each.right
        left = (each.due_on - look.today).days
        if left <= SOON.days:
            yield Need(
                0 if left < 0 else 1,
                "slipped" if left < 0 else "running",
                f"{right.capitalize()} {case.hex[:8]}",
                _STEPS.get(right, "Answer it"),
                Link("Open it", reverse("office_case", args=[case]), f"request {case.hex[:8]}"),
                Tag("late", counted(-left, "day late", "days late"))
                if left < 0
                else Tag("close", "today" if left == 0 else counted(left, "day")),
            )


def _review_needs(look: Looking) -> Iterator[Need]:
    for each in rights.waiting_breaks():
        late = each.is_late(look.today)
        yield Need(
            0 if late else 1,
            "slipped" if late else "waiting",
            f"An emergency of {day(each.begun_on)}, opened by {people.staff_name(each.by)}",
            "Review it: what was looked at, and whether it was justified",
            Link("Review it", reverse("office_review", args=[each.note]), f"the emergency of {day(each.begun_on)}"),
            Tag("late", "late") if late else Tag("close", f"by {each.due_on:%-d %b}"),
        )
    for each in rights.list_breaks():
        if each.telling == "delayed" and each.look_again_on and each.look_again_on <= look.today:
            yield Need(
                1,
                "waiting",
                f"Telling somebody of an emergency of {day(each.begun_on)} was put off until today",
                "Tell them, or write why not yet",
                Link(
                    "Look again",
                    reverse("office_review", args=[each.note]),
                    f"at the emergency of {day(each.begun_on)}",
                ),
            )


def _ledger_needs(look: Looking) -> Iterator[Need]:
    check = Link("Check it", reverse("office_check"), "the ledger")
    missing = guards_missing(connection)
    if missing:
        yield Need(
            0,
            "slipped",
            f"{counted(len(missing), 'guard')} of the ledger missing or altered",
            "Find out who removed them, and check the ledger before anything else",
            check,
            Tag("late", "now"),
        )
    done = checking.latest(1)
    if done and not done[0].holds:
        yield Need(
            0,
            "parted",
            "The ledger does not hold",
            "Keep the databases as they are; treat it as a breach",
            check,
            Tag("late", "now"),
        )
    elif not done or done[0].finished_at is None or look.at - done[0].finished_at > CHECK_EVERY:
        yield Need(
            2,
            "waiting",
            "The ledger was not checked since yesterday",
            "Ask for a check; see that a worker runs",
            check,
        )


def _alert_needs(look: Looking) -> Iterator[Need]:
    linked = [
        pair
        for fact in facts.of_kind(FactKind.SAME_PERSON)
        if fact.holds(facts.micros(look.at))
        for pair in ((fact.subject, fact.other), (fact.other, fact.subject))
    ]
    for each in alerts.all_alerts(look.at, linked=linked):
        if each.rule == "unsealed":
            yield Need(
                0,
                "slipped",
                f"Events have waited {each.count} seconds to be sealed",
                "See that the sealer runs: troth serve has it, or troth ledger seal",
                Link("Look", reverse("office_check"), "at the newest checkpoint"),
                Tag("late", "now"),
            )
            continue
        what, todo = _ALERTS[each.rule]
        yield Need(
            1,
            "parted",
            f"{_actor(each.actor)} {what}: {counted(each.count, 'time')}",
            todo,
            Link("See the newest", reverse("office_event", args=[each.event_id]), "event of it"),
            Tag("close", f"{timezone.localtime(each.newest):%-d %b, %H:%M}"),
        )


def _machine_needs(look: Looking) -> Iterator[Need]:
    if secrets.opened().masters and turning.is_due(look.at):
        yield Need(1, "running", "The master key has lived its days", "Ask the operator to run troth keys turn")
    made = max((each.header.made_at for each in backup.list_backups() if each.header), default=None)
    if made is None:
        yield Need(1, "waiting", "No backup was made yet", "Ask the operator to run troth backup create every day")
    elif look.at - made > BACKUP_EVERY:
        yield Need(
            0,
            "slipped",
            f"The newest backup is of {moment(made)}",
            "Ask the operator why no backup was made since",
            tag=Tag("late", "late"),
        )
    unsent = delivery.count_given_up()
    if unsent:
        yield Need(
            1,
            "slipped",
            f"{counted(unsent, 'message')} given up: they did not leave",
            "Reach these people another way, or ask the operator to run the carrier again",
        )
    dead = queue.list_dead()
    if dead:
        names = Counter(str(each["name"]) for each in dead)
        yield Need(
            1,
            "slipped",
            f"{counted(len(dead), 'job')} given up: {', '.join(sorted(names))}",
            "Ask the operator to look why, and to let them be tried again",
            tag=Tag("close", f"since {min(each['finished_at'] for each in dead):%-d %b}"),
        )


def _promise_needs(look: Looking) -> Iterator[Need]:
    board = board_of(settings.TROTH_PACK)
    for each in board.slipped if board else ():
        yield Need(
            1,
            "slipped",
            f"A promise fell short: {each.promise.says}",
            str(each.evidence.get("words", "")),
            _promise_link(each.promise.id),
            Tag("close", f"since {each.since:%-d %b}") if each.since else None,
        )


def _promise_link(promise: str) -> Link | None:
    """The wall of promises, where the clinic has its page."""
    try:
        return Link("See the wall", reverse("office_promises"), f"with promise {promise}")
    except NoReverseMatch:
        return None


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


def _actor(reference: str) -> str:
    """Who stands out, at the beginning of a sentence."""
    words = people.staff_name(UUID(reference)) if len(reference) == 32 else reference.replace("-", " ")
    return words[:1].upper() + words[1:]


def _lead(needs: list[Need]) -> str:
    """The answer first: how many things, and the gravest of them."""
    now = [need for need in needs if need.grave < 2]
    if not now:
        return "Nothing needs you today."
    words = {1: "One thing needs", 2: "Two things need", 3: "Three things need"}.get(
        len(now), f"{len(now)} things need"
    )
    first = now[0].title[:1].lower() + now[0].title[1:]
    return f"{words} you today. First: {first}."


def _cases(cases: list[rights.OpenCase], look: Looking) -> Table:
    columns = (
        Column("What", "name"),
        Column("Clock"),
        Column("Due", word="Due"),
        Column("Next step", word="Next step"),
        Column("Open", "act"),
    )
    lines = []
    for each in cases[:8]:
        hexed, right, due = each.id.hex, each.right, each.due_on
        left = (due - look.today).days
        words = counted(-left, "day late", "days late") if left < 0 else "today" if not left else counted(left, "day")
        begun = each.received_on
        lines.append(
            Line(
                (
                    Cell(f"{right.capitalize()} {hexed[:8]}", small=f"asked on {begun:%-d %B}"),
                    Cell(tape=tape_of_days(begun, due, look.today)),
                    Cell(
                        f"{due:%a %-d %b}",
                        tag=Tag("late" if left < 0 else "close", words) if left <= 4 else None,
                        small=f"One month from {begun:%-d %B}" if left <= 4 else f"{words} left",
                    ),
                    Cell(_STEPS.get(right, "Answer it"), small=_WORDS[each.state]),
                    Cell(act=Link("Open", reverse("office_case", args=[each.id]), f"request {hexed[:8]}")),
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
    return f"{100 * refused / total:.1f} %" if total else "none"
