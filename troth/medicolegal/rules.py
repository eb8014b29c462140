"""
What may be done with a case, by whom and in which order; and the clocks that run. Pure rules: no database, no clock.

The days are service standards that change: they stand here as dated values and are told to nobody as law.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from troth.medicolegal.models import Stage

LONDON = ZoneInfo("Europe/London")
#: Who does what. The notice says which of them may see what of it.
INSTRUCTING = frozenset({"instructing_solicitor", "insurer_contact", "case_handler"})
HANDLING = frozenset({"case_handler"})
EXAMINING = frozenset({"medical_expert"})
#: After a case is over its people may look for so long, to finish what is open. Then only a new reason opens it.
DAYS_AFTER = timedelta(days=14)

#: From which stage a case goes to which, and whose step that is: the handler's, the expert's, or the claimant's own.
STEPS: Mapping[Stage, Mapping[Stage, str]] = {
    Stage.INSTRUCTED: {Stage.ACCEPTED: "handler", Stage.DECLINED: "handler"},
    Stage.ACCEPTED: {Stage.RECORDS: "handler", Stage.BOOKED: "handler", Stage.CLOSED: "handler"},
    Stage.RECORDS: {Stage.BOOKED: "handler", Stage.CLOSED: "handler"},
    Stage.BOOKED: {Stage.EXAMINED: "expert", Stage.ACCEPTED: "handler"},
    Stage.EXAMINED: {Stage.SIGNED: "expert"},
    Stage.SIGNED: {Stage.CHECKED: "claimant", Stage.EXAMINED: "claimant"},
    Stage.CHECKED: {Stage.RELEASED: "handler"},
    Stage.RELEASED: {Stage.CLOSED: "handler"},
    Stage.CLOSED: {},
    Stage.DECLINED: {},
}


@dataclass(frozen=True)
class Clock:
    """What is due next in a case, and by when."""

    what: str
    due: datetime

    def late(self, at: datetime) -> bool:
        """Whether it is past."""
        return at > self.due


class NotPossible(Exception):
    """The state of the case does not allow it. The message is fit for the person who tried."""


def check_instruction(*, accident_on: date, born_on: date, on: date, told: bool) -> None:
    """
    Refuse an instruction about an accident that has not happened or was before a birth, or whose claimant was not told.

    :raises NotPossible: one of these.
    """
    if accident_on > on:
        raise NotPossible("The accident lies in the future. Check the day.")
    if accident_on < born_on:
        raise NotPossible("The accident lies before the claimant was born. Check both days.")
    if not told:
        raise NotPossible(
            "Give the claimant our notice first, and say here that you have: we may hold nothing before."
        )


def check_step(
    stage: str, to: Stage, *, handler: UUID | None, expert: UUID | None, claimant: UUID, by: UUID | None
) -> None:
    """
    Refuse a step that a case cannot take from where it is, and one by somebody whose step it is not.

    :raises NotPossible: either.
    """
    whose = STEPS[Stage(stage)].get(to)
    if whose is None:
        raise NotPossible(f"A case that is “{Stage(stage).words.lower()}” does not go to “{to.words.lower()}”.")
    known = {"handler": handler, "expert": expert, "claimant": claimant}[whose]
    if known is None or known != by:
        raise NotPossible(f"That is for the {whose} of this case.")


def check_can_book(*, stage: str, expert_is_one: bool, instructed_at: datetime, when: datetime, at: datetime) -> None:
    """
    Refuse an examination in the past, by somebody who is no expert, or in a case that is not ready for it.

    :raises NotPossible: one of these.
    """
    if Stage.BOOKED not in STEPS[Stage(stage)]:
        raise NotPossible("This case is not waiting for an examination.")
    if not expert_is_one:
        raise NotPossible("Choose a medical expert who is registered with us.")
    if when <= max(at, instructed_at):
        raise NotPossible("An examination lies in the future. Choose a later day.")


def check_examined(*, examination_at: datetime | None, at: datetime) -> None:
    """
    Refuse to say that somebody was examined before they came.

    :raises NotPossible: the time has not come.
    """
    if examination_at is None or at < examination_at:
        raise NotPossible("The examination has not begun yet.")


def clock_of(
    stage: str, *, instructed_at: datetime, stage_since: datetime, examination_at: datetime | None
) -> Clock | None:
    """What is due next: an answer within a day, an appointment within fourteen, the report within fourteen of the examination."""
    match Stage(stage):
        case Stage.INSTRUCTED:
            return Clock("Answer the instruction", instructed_at + timedelta(days=1))
        case Stage.ACCEPTED | Stage.RECORDS:
            return Clock("Give a date for the examination", instructed_at + timedelta(days=14))
        case Stage.BOOKED:
            return Clock("Examination", examination_at or stage_since)
        case Stage.EXAMINED:
            return Clock("Sign the report", (examination_at or stage_since) + timedelta(days=14))
        case Stage.SIGNED:
            return Clock("The claimant reads it", stage_since + timedelta(days=14))
        case Stage.CHECKED:
            return Clock("Release the report", stage_since + timedelta(days=2))
        case _:
            return None
