"""What cases tell the gate: who has a reason to see whom. One query each, however many people are asked about."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.gate import reasons
from troth.gate.actors import Actor
from troth.gate.boundary import Boundary
from troth.gate.opened import Opened
from troth.medicolegal import rules, selectors
from troth.notice.purposes import Action, Purpose
from troth.rights.rules.ending import ends, ends_for, holds
from troth.vault.saying import Known, says


@reasons.reason(
    "a case assigned to you",
    serves={Purpose.INSTRUCTIONS, Purpose.MEDICAL_REPORTING, Purpose.REPORT_RELEASE},
    told="your case is theirs",
)
def assigned(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Handler and expert have a reason while a case is theirs and open, and for fourteen days after."""
    return selectors.assigned_to(actor.id, subjects, at=at) if actor.id and actor.roles else set()


@reasons.reason("a case you instructed", serves={Purpose.INSTRUCTIONS}, told="they instructed your case")
def instructed(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever instructed a case has a reason while it is open, and for fourteen days after."""
    return selectors.instructed_by(actor.id, subjects, at=at) if actor.id and actor.roles else set()


@reasons.reason(
    "a report released to you", serves={Purpose.REPORT_RELEASE}, told="your report was released to who instructed it"
)
def given_the_report(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever instructed a case has a reason to read its report from its release until fourteen days after the case is closed."""
    return selectors.released_to(actor.id, subjects, at=at) if actor.id and actor.roles else set()


@reasons.reason("an instruction to answer", serves={Purpose.INSTRUCTIONS}, told="your case waited for an answer")
def unanswered(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Case handlers have a reason while nobody has answered an instruction."""
    return selectors.to_take_on(subjects) if actor.roles & rules.HANDLING else set()


@ends_for("care_record")
@ends("medicolegal.cases", "medicolegal.reports")
def closed(subject: UUID) -> Mapping[str, date]:
    """A case in which a report was written is over on the day on which it was closed. One without is kept from the last step.
    The name and the notes of the examination are kept as long."""
    return selectors.closed_on(subject)


@holds("A case that is under way")
def under_way(subjects: Collection[UUID], at: datetime) -> set[UUID]:
    """While somebody works on a case, nothing of its claimant is destroyed."""
    return selectors.with_case_under_way(subjects)


@check("medicolegal.hands", looks_at="cases that are under way, and the roles of those in whose hands they are")
def hands(question: Question) -> Finding:
    """Every case that was taken on is a case handler's, and an expert's once an examination is booked."""
    running, late, wrong = selectors.count_under_way(question.at)
    counts = {"under_way": running, "past_their_day": late, "in_wrong_hands": wrong}
    if wrong:
        return Finding(False, f"{counted(wrong, 'case')} in the hands of somebody without the role for it", counts)
    return Finding(
        True,
        f"{counted(running, 'case').capitalize()} under way, each in the hands of those whose steps come next;"
        f" {counted(late, 'case')} past the day of the next step",
        counts,
    )


@check("medicolegal.released", looks_at="released reports, and the log of what was passed on")
def released(question: Question) -> Finding:
    """Each report that went to a firm or an insurer stands in the log that its claimant reads."""
    found, unwritten = selectors.count_released()
    counts = {"released": found, "not_in_the_log": unwritten}
    if unwritten:
        return Finding(False, f"{counted(unwritten, 'released report')} not in the log of what was passed on", counts)
    return Finding(
        True, f"{counted(found, 'report').capitalize()} released, each in the log that its claimant reads", counts
    )


@check("medicolegal.own_cases", looks_at="the gate’s answers to firms that instructed somebody else’s case")
def own_cases(question: Question) -> Finding:
    """Whoever instructs sees the cases that they instructed, and has no reason to see another."""
    claimants = selectors.newest_claimants(40)
    asked = seen = 0
    for role in sorted(rules.INSTRUCTING - rules.HANDLING):
        firm = Actor("person", uuid4(), roles=frozenset({role}))
        context = Opened(Purpose.INSTRUCTIONS, Action.READ, by=firm, at=question.at, into=Boundary())
        asked += len(claimants)
        seen += sum(bool(reason) for reason in context.reasons_for(claimants).values())
    counts = {"asked": asked, "seen": seen}
    if seen:
        return Finding(False, f"A firm had a reason to see {counted(seen, 'case')} that it did not instruct", counts)
    return Finding(
        True, f"Asked {asked:,} times for a case that another firm instructed: there was no reason", counts
    )


@says("medicolegal.report", "parts")
def parts_in_words(row: Any, field: str, known: Known) -> str:
    """A report under its headings."""
    return "\n\n".join(
        f"{heading}\n{row.parts[part]}" for part, (heading, _) in rules.PARTS.items() if row.parts.get(part)
    )


@says("medicolegal.report", "stated")
def stated_in_words(row: Any, field: str, known: Known) -> str:
    """What the expert stated, word for word."""
    return "\n".join(words for statement, words in rules.STATEMENTS.items() if statement in row.stated)
