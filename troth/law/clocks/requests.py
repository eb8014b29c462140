"""The clock of a rights request: one month, with its restarts, pauses, extension and last day (LAW-1.1 to 1.13)."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from troth.law import in_force
from troth.law.calendar import months_after
from troth.law.clocks.pauses import Pause
from troth.law.clocks.promises import Promise
from troth.law.clocks.results import DueOn
from troth.law.rights import Right
from troth.law.steps import NoAnswer, Step, plain_date, say
from troth.law.working_days import CALENDAR_ENDS, ONE_DAY, Nation, on_or_after, on_or_before, roll

MONTHS = 1
MONTHS_EXTENDED = 3


def request_due(
    right: Right,
    received: date,
    *,
    identity: date | None = None,
    fee: date | None = None,
    pauses: Iterable[Pause] = (),
    extended: bool = False,
    nation: Nation = Nation.ENGLAND,
    promise: Promise | None = None,
) -> DueOn:
    """
    Count the month of Article 12A from its relevant time, or three where it was extended (LAW-1.2 to 1.13).

    :raises NoAnswer: a date is impossible beside the others, or outside the years that law and calendar cover.
    """
    pauses = sorted(pauses)
    _check(received, identity, fee, pauses)
    steps = [
        Step(
            "LAW-1.4",
            f"The {right} request arrived on {say(received)}. That day starts the month, whatever day or hour it is.",
            received,
        )
    ]
    if received < in_force.ARTICLE_12A_FROM:
        steps.append(
            Step(
                "LAW-0.7",
                f"It came before {say(in_force.ARTICLE_12A_FROM)}, so the old Article 12(3) governs "
                "it. The month is counted alike.",
                received,
            )
        )
    start = max(day for day in (received, identity, fee) if day)
    steps += _restarts(received, start, identity, fee)
    months = MONTHS_EXTENDED if extended else MONTHS
    end = months_after(start, months)
    if extended:
        steps.append(
            Step(
                "LAW-1.7",
                f"Extended by two months, the time is three months from {say(start)}, not two from "
                f"the first due date: {say(end)}.",
                end,
            )
        )
    else:
        steps.append(Step("LAW-1.4", f"One month on from {say(start)} is {say(end)}.", end))
    if end.day != start.day:
        steps.append(Step("LAW-1.5", f"{end:%B} {end.year} has no day {start.day}, so its last day counts.", end))
    if right is not Right.ACCESS:
        steps += [
            Step(
                "LAW-1.10",
                f"The question sent on {say(pause.asked)} does not stop the clock: only an access "
                "request can be paused.",
                end,
            )
            for pause in pauses
        ]
        pauses = []
    statutory_end = _stopped(start, end, pauses, nation, cautious=False)
    cautious_end = _stopped(start, end, pauses, nation, cautious=True)
    if pauses:
        steps += _pausing(received, start, end, pauses, nation)
    due_statutory, rolled = roll(statutory_end, nation)
    steps += rolled
    due_cautious, rolled = roll(cautious_end, nation)
    steps += [step for step in rolled if step not in steps]
    steps += _cautiously(due_statutory, due_cautious)

    first_month = months_after(start, MONTHS)
    notice_by = on_or_after(_stopped(start, first_month, pauses, nation, cautious=False), nation)
    notice_plan = on_or_before(_stopped(start, first_month, pauses, nation, cautious=True), nation)
    if extended:
        steps.append(
            Step(
                "LAW-1.8",
                f"The person must be told of the extension, with reasons, by {say(notice_by)}; plan "
                f"it for {say(notice_plan)}. Told later, there is no extension.",
                notice_by,
            )
        )
    promised = None
    if promise is not None:
        promised = promise.kept_by(start, nation)
        steps.append(promise.step(promised, due_cautious))
    if right is Right.OBJECTION:
        steps.append(
            Step("LAW-3.9", "An objection to direct marketing does not wait for this date: stop at once.", received)
        )
    return DueOn(due_statutory, due_cautious, tuple(steps), promised, notice_by, notice_plan)


def _check(received: date, identity: date | None, fee: date | None, pauses: Sequence[Pause]) -> None:
    """Refuse dates that cannot belong to one request (LAW-1.2, LAW-1.12)."""
    plain_date(received, "received")
    if received < in_force.RIGHTS_FROM:
        raise NoAnswer(
            f"These rights have applied since {say(in_force.RIGHTS_FROM)}; a request received on "
            f"{say(received)} fell under older law.",
            "Check the year.",
            "LAW-1.1",
        )
    for called, day in (("The identity information", identity), ("The fee", fee)):
        if day is not None and plain_date(day, called) < received:
            raise NoAnswer(
                f"{called} came on {say(day)}, before the request itself on {say(received)}.",
                "Leave it out if it was there from the start: the month then runs from receipt.",
                "LAW-1.2",
            )
    for pause in pauses:
        if pause.asked < received:
            raise NoAnswer(
                f"The question was sent on {say(pause.asked)}, before the request arrived on {say(received)}.",
                "Check the two dates.",
                "LAW-1.12",
            )
    last = max([received, *(day for day in (identity, fee) if day), *(pause.answered for pause in pauses)])
    # What begins within the calendar and ends beyond it is refused where its end is moved to a working day.
    if last > CALENDAR_ENDS:
        raise NoAnswer(
            f"The calendar of bank holidays ends on {say(CALENDAR_ENDS)}; {say(last)} is past it.",
            "Check the year of each date.",
            "LAW-1.24",
        )


def _restarts(received: date, start: date, identity: date | None, fee: date | None) -> list[Step]:
    """Say which arrival started the month afresh (LAW-1.2, LAW-1.3)."""
    steps = []
    for words, day in (("The proof of identity", identity), ("The fee", fee)):
        if day is None:
            continue
        if day == start and day != received:
            steps.append(
                Step("LAW-1.3", f"{words} came on {say(day)}. A full month starts again from that day.", day)
            )
        else:
            steps.append(
                Step(
                    "LAW-1.2",
                    f"{words} came on {say(day)}, which is not the latest arrival and changes nothing."
                    if day != received
                    else f"{words} came with the request.",
                    start,
                )
            )
    return steps


def _stopped(start: date, end: date, pauses: Sequence[Pause], nation: Nation, *, cautious: bool) -> date:
    """Push the end back by the distinct days on which the clock stood still (LAW-1.11, LAW-1.12)."""
    return end + timedelta(days=len(_still(start, end, pauses, nation, cautious=cautious)[0]))


def _still(
    start: date, end: date, pauses: Sequence[Pause], nation: Nation, *, cautious: bool
) -> tuple[set[date], list[Pause]]:
    """
    Return the days not counted, and the questions sent too late to stop anything.

    A day can be left out of a period only while the period runs. So a question sent after its end (as the questions
    before it had moved that end) revives nothing, and one sent in the second month does not stretch the first.
    """
    days: set[date] = set()
    late = []
    for pause in pauses:
        if pause.asked > on_or_after(end + timedelta(days=len(days)), nation):
            late.append(pause)
        else:
            days |= {day for day in pause.days(cautious=cautious) if day > start}
    return days, late


def _pausing(received: date, start: date, end: date, pauses: Sequence[Pause], nation: Nation) -> list[Step]:
    """Say what the questions did to the clock (LAW-1.10 to 1.13)."""
    days, late = _still(start, end, pauses, nation, cautious=False)
    fewer, _ = _still(start, end, pauses, nation, cautious=True)
    steps: list[Step] = []
    for pause in pauses:
        if pause in late:
            steps.append(
                Step(
                    "LAW-1.11",
                    f"The question sent on {say(pause.asked)} came after the time had already run "
                    "out. It stops nothing, and the request is late.",
                    end,
                    warning=True,
                )
            )
        elif pause.answered <= start:
            steps.append(
                Step(
                    "LAW-1.12",
                    f"The question answered on {say(pause.answered)} was over before the month began "
                    "to count, so it takes no day away.",
                    end,
                )
            )
        else:
            first = max(pause.asked, start + ONE_DAY)
            steps.append(
                Step(
                    "LAW-1.11",
                    f"The question sent on {say(pause.asked)} and answered on {say(pause.answered)} "
                    f"stops the clock from {say(first)}, both days included.",
                    end,
                )
            )
    if not days:
        return steps
    moved = end + timedelta(days=len(days))
    steps.append(
        Step(
            "LAW-1.12",
            f"{_count(days)} not counted, each day once and only after {say(start)}, so the time "
            f"ends on {say(moved)}.",
            moved,
        )
    )
    cautious = end + timedelta(days=len(fewer))
    steps.append(
        Step(
            "LAW-1.13",
            f"On the cautious reading the day of the answer counts: {_count(fewer)} not counted, "
            f"and the time ends on {say(cautious)}.",
            cautious,
        )
    )
    if received < in_force.ARTICLE_12A_FROM:
        steps.append(
            Step(
                "LAW-0.7",
                "For a request as old as this, pausing rests on the regulator's former guidance, "
                "which wanted a large amount of data.",
                moved,
                warning=True,
            )
        )
    return steps


def _count(days: set[date]) -> str:
    return f"{len(days)} day is" if len(days) == 1 else f"{len(days)} days are"


def _cautiously(due_statutory: date, due_cautious: date) -> list[Step]:
    if due_statutory == due_cautious:
        return []
    return [
        Step(
            "LAW-1.13",
            f"Work to {say(due_cautious)}; the request is late in law after {say(due_statutory)}.",
            due_cautious,
        )
    ]
