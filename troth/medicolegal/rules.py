"""
What may be done with a case, by whom and in which order; and the clocks that run. Pure rules: no database, no clock.

The days are service standards that change: they stand here as dated values and are told to nobody as law.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from troth.medicolegal.models import Stage

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


#: The steps that have acts of their own, since more than the stage of the case changes with them.
WITH_FORMS = frozenset(
    {
        (Stage.INSTRUCTED, Stage.ACCEPTED),
        (Stage.INSTRUCTED, Stage.DECLINED),
        (Stage.ACCEPTED, Stage.BOOKED),
        (Stage.RECORDS, Stage.BOOKED),
        (Stage.EXAMINED, Stage.SIGNED),
        (Stage.SIGNED, Stage.CHECKED),
        (Stage.SIGNED, Stage.EXAMINED),
        (Stage.CHECKED, Stage.RELEASED),
    }
)

#: What a report must hold (LAW-13.6): each part with its heading and what is written there.
PARTS: Mapping[str, tuple[str, str]] = {
    "qualifications": ("Who the expert is", "Your qualifications and experience for these questions"),
    "instructions": ("What was asked", "The substance of all material instructions, written and spoken"),
    "facts": ("The facts", "What you were told and read, and which facts are within your own knowledge"),
    "examined_by": (
        "Who examined and tested",
        "Who carried out each examination or test, and whether you supervised it",
    ),
    "findings": ("What was found", "What the examination and the records showed"),
    "material": ("What the opinion relies on", "Literature and other material. Write “None” where there is none"),
    "opinion": ("Opinion", "Your opinion, the range of opinion there is, and why you hold yours"),
    "conclusions": ("Conclusions", "A summary: the injury, its cause, how long it lasts, what treatment helps"),
    "limits": (
        "Limits of the opinion",
        "What your opinion depends on or leaves open. Write “None” where nothing does",
    ),
}
#: What the expert states to the court (LAW-13.6). The last is the statement of truth, word for word as the rules prescribe it.
STATEMENTS: Mapping[str, str] = {
    "duty": "I understand my duty to the court, which overrides any duty to whoever instructs or pays me. I have complied with it, "
    "and will go on complying with it.",
    "rules": "I am aware of the requirements of Part 35 of the Civil Procedure Rules, of Practice Direction 35 and of the Guidance "
    "for the Instruction of Experts in Civil Claims 2014.",
    "truth": "I confirm that I have made clear which facts and matters referred to in this report are within my own knowledge and "
    "which are not. Those that are within my own knowledge I confirm to be true. The opinions I have expressed represent my true "
    "and complete professional opinions on the matters to which they refer. I understand that proceedings for contempt of court "
    "may be brought against anyone who makes, or causes to be made, a false statement in a document verified by a statement of "
    "truth without an honest belief in its truth.",
}
#: To whom of the notice's recipients a report goes, by the role of whoever instructed.
RELEASED_TO: Mapping[str, str] = {
    "instructing_solicitor": "instructing_firms",
    "insurer_contact": "instructing_insurers",
}


def recipients_of(roles: Collection[str]) -> list[str]:
    """To which recipients of the notice a report goes that somebody with these roles instructed."""
    return [RELEASED_TO[role] for role in sorted(roles) if role in RELEASED_TO]


@dataclass(frozen=True)
class Clock:
    """What is due next in a case, and by when."""

    what: str
    began: datetime
    due: datetime
    counted: str = ""  # how, in words

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


def check_may_write(stage: str, *, expert: UUID | None, by: UUID | None) -> None:
    """
    Refuse to write a report in a case that is not at its writing, and to anybody but its expert.

    :raises NotPossible: either.
    """
    if stage != Stage.EXAMINED:
        raise NotPossible("A report is written once the claimant was examined, and not changed once it is signed.")
    if expert != by:
        raise NotPossible("The report is for the expert of this case to write.")


def missing_in(parts: Mapping[str, str], stated: Collection[str]) -> list[str]:
    """What a report still lacks before it can be signed (LAW-13.6), each in words."""
    found = [heading for part, (heading, _) in PARTS.items() if not parts.get(part, "").strip()]
    names = {
        "duty": "the statement of duty to the court",
        "rules": "that the rules are known",
        "truth": "the statement of truth",
    }
    return found + [words for statement, words in names.items() if statement not in stated]


def check_complete(parts: Mapping[str, str], stated: Collection[str]) -> None:
    """
    Refuse to sign a report that lacks a part or a statement that the court's rules ask for (LAW-13.6).

    :raises NotPossible: something is missing; the message names it.
    """
    missing = missing_in(parts, stated)
    if missing:
        raise NotPossible(f"The report can’t be signed yet. Still missing: {'; '.join(missing)} (LAW-13.6).")


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
            return Clock(
                "Answer the instruction",
                instructed_at,
                instructed_at + timedelta(days=1),
                "24 hours from the instruction",
            )
        case Stage.ACCEPTED | Stage.RECORDS:
            return Clock(
                "Give a date for the examination",
                instructed_at,
                instructed_at + timedelta(days=14),
                "14 days from the instruction",
            )
        case Stage.BOOKED:
            return Clock("Examination", stage_since, examination_at or stage_since, "The time that was booked")
        case Stage.EXAMINED:
            begun = examination_at or stage_since
            return Clock("Sign the report", begun, begun + timedelta(days=14), "14 days from the examination")
        case Stage.SIGNED:
            due = stage_since + timedelta(days=14)
            return Clock("The claimant reads it", stage_since, due, "14 days from the expert’s signature")
        case Stage.CHECKED:
            due = stage_since + timedelta(days=2)
            return Clock("Release the report", stage_since, due, "Two days from the claimant’s answer")
        case _:
            return None
