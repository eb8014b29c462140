"""What requests tell the gate: who has a reason to see whom. One query each, however many people are asked about."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.gate import reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.prescribing import rules, selectors
from troth.prescribing.selectors import supplies, telling


@reasons.reason(
    "a request assigned to you",
    serves={Purpose.PRESCRIBING, Purpose.CARE, Purpose.SAFEGUARDING},
    told="your request was passed to them",
)
def assigned(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """A prescriber has a reason while a request is theirs and open, and for fourteen days after their decision."""
    return selectors.assigned_to(actor.id, subjects, at=at) if actor.id else set()


@reasons.reason(
    "a request you are preparing", serves={Purpose.PRESCRIBING, Purpose.CARE}, told="they prepare your request"
)
def preparing(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """An assistant has a reason while a request that they prepare is open."""
    return selectors.prepared_by(actor.id, subjects) if actor.id else set()


@reasons.reason("a request to pass on", serves={Purpose.PRESCRIBING}, told="your request waits to be passed on")
def passing_on(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Support staff have a reason while a request is open; what they see is who the person is, by the notice."""
    return selectors.with_open_request(subjects) if actor.roles & rules.PASSING_ON else set()


@reasons.reason(
    "a prescription to check and send",
    serves={Purpose.PRESCRIBING, Purpose.CARE, Purpose.GP_CORRESPONDENCE, Purpose.SAFEGUARDING},
    told="they check and send your prescription",
)
def supplying(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """A pharmacist has a reason from the signing of a prescription until its parcel is received, came back or was cancelled."""
    return selectors.with_open_supply(subjects) if actor.roles & rules.CHECKING else set()


@reasons.reason(
    "a letter to their doctor", serves={Purpose.PRESCRIBING, Purpose.GP_CORRESPONDENCE}, told="they write to your GP"
)
def writing_to_gp(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """A pharmacist has a reason while a letter is to be sent, and for four weeks in which the GP may answer it."""
    return telling.with_letter(subjects, at=at) if actor.roles & rules.CHECKING else set()


@reasons.reason(
    "a record like that of a request assigned to you",
    serves={Purpose.PRESCRIBING},
    told="a request assigned to them came from an account that looks like yours",
)
def looking_alike(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """A prescriber has a reason to see what was refused to an account of the same name and birthday, or the same address."""
    return selectors.alike_to(actor.id, subjects) if actor.id else set()


@check("prescribing.by_a_prescriber", looks_at="requests that were decided, and who decided each")
def decided_by_prescribers(question: Question) -> Finding:
    """Every request that was decided was decided by the prescriber whose it was: no machine, and nobody else."""
    decided, wrong = selectors.count_decided()
    counts = {"decided": decided, "by_others": wrong}
    if wrong:
        return Finding(
            False, f"{counted(wrong, 'request')} decided by somebody other than the prescriber whose it was", counts
        )
    return Finding(
        True, f"{counted(decided, 'request').capitalize()} decided, each by the prescriber whose it was", counts
    )


@check(
    "prescribing.gated",
    looks_at="each prescription, and what had to be there before it was signed and before it left",
)
def gated(question: Question) -> Finding:
    """Before each: fresh answers to a questionnaire and a check by another way; before it left, a check by a second person."""
    counts = supplies.count_supplies()
    wrong = counts["unanswered"] + counts["stale"] + counts["unverified"] + counts["unchecked"]
    if wrong:
        return Finding(False, f"{counted(wrong, 'prescription')} signed or sent without what had to be there", counts)
    return Finding(
        True,
        f"{counted(counts['signed'], 'prescription').capitalize()} signed, each with what had to be there",
        counts,
    )
