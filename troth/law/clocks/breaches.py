"""The clock of a personal-data breach: 72 elapsed hours to tell the regulator (LAW-7.2)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from troth.law import in_force
from troth.law.calendar import LONDON
from troth.law.steps import NoAnswer, Step, say, say_moment
from troth.law.working_days import CALENDAR_ENDS

HOURS = timedelta(hours=72)


@dataclass(frozen=True)
class DueAt:
    """The last moment to report a breach, in London time, with the steps that led to it."""

    due_at: datetime
    steps: tuple[Step, ...]

    @property
    def warnings(self) -> tuple[Step, ...]:
        """The steps that say why the answer must not be relied upon without a second look."""
        return tuple(step for step in self.steps if step.warning)


def breach_due(aware_at: datetime) -> DueAt:
    """
    Count 72 hours as they pass from becoming aware, whatever day or clock change comes between (LAW-7.2).

    :raises NoAnswer: the moment has no offset, or lies outside the years that the law and the calendar cover.
    """
    if aware_at.date() < in_force.RIGHTS_FROM:
        raise NoAnswer(
            f"The duty to report a breach began on {say(in_force.RIGHTS_FROM)}.", "Check the year.", "LAW-7.2"
        )
    if aware_at.date() > CALENDAR_ENDS:
        raise NoAnswer(f"Clock changes are not known beyond {say(CALENDAR_ENDS)}.", "Check the year.", "LAW-7.2")
    if aware_at.utcoffset() is None:
        raise NoAnswer(
            f"A breach is counted by the hour, and {aware_at.isoformat()} has no offset from UTC.",
            _with_offset(aware_at),
            "LAW-7.2",
        )
    started, ended = aware_at.astimezone(UTC), aware_at.astimezone(UTC) + HOURS
    aware, due = started.astimezone(LONDON), ended.astimezone(LONDON)
    if aware.date() < in_force.RIGHTS_FROM:  # by the clock of a place where that day had begun already
        raise NoAnswer(
            f"The duty to report a breach began on {say(in_force.RIGHTS_FROM)}.", "Check the year.", "LAW-7.2"
        )
    steps = [
        Step("LAW-7.2", f"The clinic became aware on {say_moment(aware)}.", aware),
        Step(
            "LAW-7.2",
            f"Seventy-two elapsed hours later it is {say_moment(due)}. Report without undue delay, and not "
            "later than this unless the breach is unlikely to put anybody at risk.",
            due,
        ),
    ]
    if aware.utcoffset() != due.utcoffset():
        steps.append(
            Step(
                "LAW-7.2",
                "The clocks change in between. Elapsed hours are counted, so the time on the wall moves by an hour.",
                due,
            )
        )
    if due.weekday() >= 5:
        steps.append(
            Step("LAW-7.2", f"It is a {due:%A}, and weekends and holidays count: the end does not move.", due)
        )
    return DueAt(due, tuple(steps))


def _with_offset(naive: datetime) -> str:
    """Say how to write a time that lacks its offset, taken as London's; both ways in the hour that comes twice."""
    ways = []
    for fold in (0, 1):
        local = naive.replace(tzinfo=LONDON, fold=fold)
        # A time that the clocks skip does not survive the way to UTC and back.
        if local.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) == naive:
            ways.append(local.isoformat())
    if not ways:
        return "The clocks in London skipped that time: check it, and add +00:00 or +01:00."
    return f"If it is London time, write {' or '.join(dict.fromkeys(ways))}."
