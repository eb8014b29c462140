"""Which requests may go under another record: those of somebody whom nobody knew, as long as no work hangs on them."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import ManyToOneRel, QuerySet

from troth.gate import facts
from troth.gate.contexts import Opened
from troth.gate.facts import FactKind
from troth.rights.models import Asked, CaseStep, RightsCase, State, StepKind
from troth.rights.rules.placing import needs_proof
from troth.rights.selectors import clocks
from troth.rights.selectors.cases import is_enquirer
from troth.vault.categories import Category


def open_with(case: UUID) -> list[RightsCase]:
    """A case and the other open ones of its message under the same record: one person wrote them, so they go together."""
    row = RightsCase.objects.only("id", "subject", "message").get(pk=case)
    rows = RightsCase.objects.filter(subject_id=row.subject_id).exclude(state=State.DONE)
    together = rows.filter(message=row.message) if row.message else rows.filter(pk=case)
    return sorted(together, key=lambda each: (each.pk != case, each.recorded_at, each.pk))


def to_be_proven(case: UUID) -> list[RightsCase]:
    """Those of them of which proof has to be asked before they stand under anybody's record (LAW-1.15)."""
    return [each for each in open_with(case) if needs_proof(Asked(each.right), clocks.happened_in(each.pk))]


def came_from(case: UUID, opened: Opened) -> UUID | None:
    """
    The record that was made for whoever wrote, where a case was put under another since.

    :raises Refused: this context may not open it.
    """
    moved = CaseStep.objects.filter(case_id=case, kind=StepKind.MOVED).order_by(*CaseStep.IN_ORDER).first()
    if moved is None:
        return None
    opened.require(moved.subject_id, Category.RIGHTS)
    return UUID(moved.detail["from"])


def why_not_move(case: UUID, *, at: datetime) -> str:
    """Say why a case, with those that go with it, may not go under another record, or "" when it may."""
    row = RightsCase.objects.only("id", "subject", "state").get(pk=case)
    if row.state == State.DONE:
        return "It is closed. Open it again first."
    if not is_enquirer(row.subject_id) and not _was_moved(case):
        return "It was taken in under this record. Only what came from somebody whom nobody knew goes under another."
    for each in open_with(case):
        if each.state != State.ASKED or _has_work(each.pk):
            return (
                f"Work on {clocks.reference_of(each.pk)} has begun under this record. Close what came with this message, and "
                "take it in again under the right one, with the same day [LAW-1.4]."
            )
        if _stopped_something(each.pk, each.subject_id, at=at):
            reference = clocks.reference_of(each.pk)
            return f"{reference} has stopped a use of this record. Let that go on first, and tell them [LAW-3.6]."
    return ""


def _was_moved(case: UUID) -> bool:
    return bool(CaseStep.objects.filter(case_id=case, kind=StepKind.MOVED).exists())


def _has_work(case: UUID) -> bool:
    """Whether anything but its steps hangs on a case: a copy, a correction, whom it was told to."""
    for each in RightsCase._meta.get_fields(include_hidden=True):
        if isinstance(each, ManyToOneRel) and each.related_model is not CaseStep:
            hanging: QuerySet[Any] = cast(Any, each.related_model)._base_manager.filter(**{each.field.name: case})
            if hanging.exists():
                return True
    return False


def _stopped_something(case: UUID, subject: UUID, *, at: datetime) -> bool:
    """Whether a use of the record stopped, and stands still, with a step of this case."""
    moments = set(CaseStep.objects.filter(case_id=case).values_list("recorded_at", flat=True))
    kinds = (FactKind.RESTRICTION, FactKind.OBJECTION)
    return any(facts.moment(fact.since) in moments for kind in kinds for fact in facts.unended(subject, kind, at=at))
