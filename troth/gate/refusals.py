"""What the gate answers: a decision, and the exception that carries a refusal. No database here."""

from enum import StrEnum
from typing import NamedTuple


class Check(StrEnum):
    """The six checks, in the order in which they are asked."""

    PURPOSE = "purpose"
    CATEGORY = "category"
    ROLE = "role"
    REASON = "reason"
    BASIS = "basis"
    RESTRICTION = "restriction"

    @property
    def number(self) -> int:
        """Its place, from 1."""
        return list(Check).index(self) + 1


class Decision(NamedTuple):
    """
    The gate's answer for one subject and category.

    A refusal names the check that failed first (for the ledger), its rule or clause, and the sentence the person refused may
    be told: checks 5 and 6 are spoken only to one who passed 1 to 4 (pitfalls B20).
    """

    allowed: bool
    check: Check | None = None
    rule: str = ""
    sentence: str = ""
    spoken: Check | None = None  # the check that may be named to the person
    reason: str = ""  # why this actor may look: "a booking", "your own record"

    def __bool__(self) -> bool:
        # A refusal that counted as false once fell through an `or`: whoever asks must say what.
        raise TypeError("Ask a decision for `.allowed`.")


#: Said to everyone who fails a check that depends on the person asked for: the same when there is no such person.
CANNOT_OPEN = "You can't open this record: nothing connects you with it today."


class Refused(Exception):
    """The gate said no. `decision` is the value; the message is fit for the person refused and cites its rule."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        super().__init__(decision.sentence)


def nothing_there() -> Refused:
    """
    What to raise for the identifier of no row, after the gate was asked about it as about a stranger. It may be that of a person,
    of whom the gate said yes.
    """
    return Refused(Decision(allowed=False, check=Check.REASON, sentence=CANNOT_OPEN))


class TooOften(Exception):
    """This actor has done that too often for now. The sentence says when it goes on; nothing was opened."""


class LedgerUnavailable(Exception):
    """The event could not be written, so nothing is shown."""
