"""A question that may stop the clock of an access request, and of nothing else (LAW-1.10, LAW-1.11)."""

from dataclasses import dataclass
from datetime import date, timedelta

from troth.law.steps import NoAnswer, plain_date, say


@dataclass(frozen=True, order=True)
class Pause:
    """
    A question about which data is meant: the day it was sent and the day its answer came (LAW-1.10, LAW-1.11).

    While no answer has come, pass the day on which you look as `answered`: the result is then the earliest it can be.

    :raises NoAnswer: the answer is dated before the question.
    """

    asked: date
    answered: date

    def __post_init__(self) -> None:
        plain_date(self.asked, "asked")
        if plain_date(self.answered, "answered") < self.asked:
            raise NoAnswer(
                f"The pause ends on {say(self.answered)}, before it starts on {say(self.asked)}.",
                "Give the day the question was sent first, then the day its answer came.",
                "LAW-1.11",
            )

    def days(self, *, cautious: bool) -> set[date]:
        """Return the days it stops the clock: both ends, or without the answer's day on the cautious reading."""
        length = (self.answered - self.asked).days + (0 if cautious else 1)
        return {self.asked + timedelta(days=n) for n in range(length)}
