"""
Schedules: `@schedule("daily 02:30")` above a job runs it at that time by the clock on a London wall.

The arithmetic is pure: a rule gives the newest slot at or before a moment. Slots missed while no worker ran are
caught up by one run of the newest. A wall time that summer time skips or repeats happens once: in spring an hour
later by the clock, in autumn the first time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time

from django.db import transaction

from troth.law.calendar import LONDON
from troth.work.models import Job, Slot, State
from troth.work.queue import Declared

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EVERY = re.compile(r"every (?:(\d{1,4}) )?(second|minute|hour)s?", re.ASCII)
_AT = re.compile(rf"(?:daily|weekly ({'|'.join(DAYS)})|monthly (\d\d?)) (\d\d):(\d\d)", re.ASCII)


@dataclass(frozen=True)
class Rule:
    """When a schedule is due: every `step`, or at a wall time on each day, weekday or day of the month."""

    step: timedelta | None = None
    wall: wall_time = wall_time()
    weekday: int | None = None
    day: int | None = None

    @classmethod
    def read(cls, text: str) -> "Rule":
        """
        Read `every 10 minutes`, `daily 02:30`, `weekly monday 06:00` or `monthly 1 05:15` (days 1 to 28).

        :raises ValueError: it is none of these.
        """
        if every := _EVERY.fullmatch(text):
            step = timedelta(**{f"{every[2]}s": int(every[1] or 1)})
            if step:
                return cls(step=step)
        elif (at := _AT.fullmatch(text)) and (at[2] is None or 1 <= int(at[2]) <= 28):
            return cls(
                wall=wall_time(int(at[3]), int(at[4])),
                weekday=DAYS.index(at[1]) if at[1] else None,
                day=int(at[2]) if at[2] else None,
            )
        raise ValueError(
            f"{text!r} is no schedule: write `every 10 minutes`, `daily 02:30`, `weekly monday 06:00` "
            "or `monthly 1 05:15` (a day from 1 to 28)."
        )

    def latest(self, at: datetime) -> datetime:
        """The newest slot at or before `at`, in UTC."""
        if self.step is not None:
            return at.astimezone(UTC) - (at - _EPOCH) % self.step
        on = at.astimezone(LONDON).date()
        while not self._falls(on) or self._slot(on) > at:
            on -= timedelta(days=1)
        return self._slot(on)

    def following(self, after: datetime) -> datetime:
        """The first slot later than `after`, in UTC."""
        if self.step is not None:
            return self.latest(after) + self.step
        on = after.astimezone(LONDON).date()
        while not self._falls(on) or self._slot(on) <= after:
            on += timedelta(days=1)
        return self._slot(on)

    def _falls(self, on: date) -> bool:
        return self.weekday in (None, on.weekday()) and self.day in (None, on.day)

    def _slot(self, on: date) -> datetime:
        # fold=0 reads a skipped time by the offset before the change and a repeated one as its first occurrence.
        return datetime.combine(on, self.wall, tzinfo=LONDON).astimezone(UTC)


scheduled: dict[str, tuple[Rule, Declared[[]]]] = {}


def schedule(text: str) -> Callable[[Declared[[]]], Declared[[]]]:
    """
    Run the job below by the clock, asked for by `schedule` and for no subject; it takes no arguments.

    :raises ValueError: the text is no schedule, or the job takes arguments.
    """
    rule = Rule.read(text)

    def attach(known: Declared[[]]) -> Declared[[]]:
        if known.parameters.kinds:
            raise ValueError(f"{known.name} takes arguments, and a schedule has none to give.")
        scheduled[known.name] = (rule, known.using(asker="schedule"))
        return known

    return attach


def ask_for_due(at: datetime) -> int:
    """
    Enqueue each schedule whose newest slot has not run, and return how many; however many workers ask at once.

    One seen for the first time waits for its next slot. One whose last run is still waiting is not asked for twice.
    """
    last: dict[str, datetime] = dict(Slot.objects.values_list("name", "last_at"))
    asked = 0
    for name, (rule, known) in scheduled.items():
        slot = rule.latest(at)
        if name not in last:
            Slot.objects.bulk_create([Slot(name=name, last_at=slot)], ignore_conflicts=True)
        elif last[name] < slot:
            with transaction.atomic():
                # The row moves forward for one worker only; another's update finds nothing left to move.
                moved = Slot.objects.filter(name=name, last_at__lt=slot).update(last_at=slot)
                if moved and not Job.objects.filter(name=name, state=State.WAITING, asker="schedule").exists():
                    known.enqueue()
                    asked += 1
    return asked
