"""A shorter time that the clinic's own notice promises, beside the time that the law allows (LAW-1.25)."""

from dataclasses import dataclass
from datetime import date, timedelta

from troth.law.steps import NoAnswer, Step, say
from troth.law.working_days import Nation, working_days_after


@dataclass(frozen=True)
class Promise:
    """A shorter time that the clinic's own notice promises (LAW-1.25)."""

    days: int
    working: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.days <= 366:
            raise NoAnswer(f"A promise of {self.days} days is none.", "Give a number from 1 to 366.", "LAW-1.25")

    def kept_by(self, start: date, nation: Nation) -> date:
        """Return the day by which the promise is kept. It is the clinic's word, so no weekend lengthens it."""
        return working_days_after(start, self.days, nation) if self.working else start + timedelta(days=self.days)

    def step(self, promised: date, due: date) -> Step:
        """Say which comes first, the promise or the law."""
        days = f"{self.days} {'working ' if self.working else ''}{'day' if self.days == 1 else 'days'}"
        earlier = min(promised, due)
        return Step(
            "LAW-1.25",
            f"The notice promises an answer within {days}: {say(promised)}. The earlier of promise and "
            f"law is {say(earlier)}.",
            earlier,
        )
