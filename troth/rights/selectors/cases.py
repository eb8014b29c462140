"""Cases and certificates as plain values."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from troth.gate.contexts import Opened
from troth.rights.models import About, Asked, CaseStep, ErasureCertificate, RightsCase, Route, State, StepKind, Waits
from troth.rights.models.deceased import Death
from troth.rights.selectors.clocks import reference_of
from troth.vault.categories import Category
from troth.vault.models import Subject, SubjectKind


@dataclass(frozen=True)
class Case:
    """One request of one person. `decision` and `outcome` are what the acts wrote, opened."""

    id: UUID
    subject: UUID
    right: str
    state: State
    received_on: date
    due_on: date
    recorded_at: datetime
    words: str
    close_account: bool
    decision: dict[str, Any]
    outcome: dict[str, Any]
    route: Route
    reply_to: dict[str, str]
    message: UUID | None
    assigned_to: UUID | None
    asked_by: UUID | None
    about: About
    waits_for: Waits | None
    acknowledged: bool = False

    @property
    def asked(self) -> Asked:
        """What it is."""
        return Asked(self.right)

    @property
    def reference(self) -> str:
        """What people quote."""
        return reference_of(self.id)


@dataclass(frozen=True)
class Step:
    """One thing that happened to a case, opened. `by` is who recorded it, as a reference."""

    id: UUID
    kind: StepKind
    on: date
    at: datetime
    by: str
    words: str
    detail: dict[str, str]


class OpenCase(NamedTuple):
    """A case that waits, as the list of work shows it: nothing of it is opened."""

    id: UUID
    subject: UUID
    right: str
    state: State
    due_on: date
    received_on: date


@dataclass(frozen=True)
class Certificate:
    """A certificate of erasure, opened."""

    id: UUID
    case: UUID
    subject: UUID
    issued_at: datetime
    content: dict[str, Any]

    @property
    def reference(self) -> str:
        """What people quote: eight characters of a random identifier."""
        return reference_of(self.id)


def get_case(case: UUID, opened: Opened, *, of: UUID | None = None) -> Case:
    """
    One case; `of` finds only that person's, so that nobody learns whether there is another's.

    :raises RightsCase.DoesNotExist: there is none of that id.
    :raises Refused: this context may not open it.
    """
    narrowed = {} if of is None else {"subject_id": of}
    return _case(RightsCase.objects.get(pk=case, **narrowed), opened)


def list_steps(case: UUID, opened: Opened) -> list[Step]:
    """
    What happened to a case, in order, opened.

    :raises Refused: this context may not open it.
    """
    rows = list(CaseStep.objects.filter(case_id=case).order_by(*CaseStep.IN_ORDER))
    if rows:
        opened.require(rows[0].subject_id, Category.RIGHTS)
    return [
        Step(row.pk, StepKind(row.kind), row.on, row.recorded_at, row.recorded_by, row.words or "", row.detail or {})
        for row in rows
    ]


def is_death_recorded(subject: UUID) -> bool:
    """Whether somebody wrote under this record that its person died: nothing of it is handed over before."""
    return bool(Death.objects.filter(subject_id=subject).exists())


def list_cases(subject: UUID, opened: Opened) -> list[Case]:
    """The cases of a person, newest first, with whether a complaint was acknowledged: no day of the law is left then (LAW-2.6)."""
    rows = RightsCase.objects.where("-recorded_at", "id", subject_id=subject)
    complaints = [row.pk for row in rows if row.right == Asked.COMPLAINT]
    steps = CaseStep.objects.filter(case_id__in=complaints, kind=StepKind.ACKNOWLEDGED)
    acknowledged = set(steps.values_list("case_id", flat=True)) if complaints else ()
    return [replace(_case(row, opened), acknowledged=row.pk in acknowledged) for row in rows]


def open_cases() -> list[OpenCase]:
    """Every case that waits, soonest due first. It opens nothing."""
    return [
        OpenCase(row.pk, row.subject_id, row.right, State(row.state), row.due_on, row.received_on)
        for row in RightsCase.objects.exclude(state=State.DONE).order_by("due_on", "id")
    ]


def is_enquirer(subject: UUID) -> bool:
    """Whether a record was made for somebody who wrote to us and whom we do not know."""
    return Subject.objects.filter(pk=subject, kind=SubjectKind.ENQUIRER).exists()


def undecided_erasure(subject: UUID) -> UUID | None:
    """The erasure that a person asked for and that is not carried to its end, if any."""
    found = RightsCase.objects.where("recorded_at", "id", subject_id=subject, right="erasure")
    return next((row.pk for row in found if row.state != State.DONE), None)


def copies_that_wait(subject: UUID) -> dict[About, UUID]:
    """The open request of a person to see or move data by what it is about, soonest due first: what it must hold may not go yet."""
    waiting = [
        row
        for row in RightsCase.objects.where("due_on", "id", subject_id=subject)
        if row.right in ("access", "portability") and row.state != State.DONE
    ]
    return {About(row.about): row.pk for row in reversed(waiting)}


def get_certificate(certificate: UUID, opened: Opened, *, of: UUID | None = None) -> Certificate:
    """
    One certificate; `of` finds only that person's, so that nobody learns whether there is another's.

    :raises ErasureCertificate.DoesNotExist: there is none of that id.
    :raises Refused: this context may not open it.
    """
    narrowed = {} if of is None else {"subject_id": of}
    return _certificate(ErasureCertificate.objects.get(pk=certificate, **narrowed), opened)


def certificate_of(case: UUID) -> UUID | None:
    """The id of a case's certificate, if it was issued."""
    found: UUID | None = ErasureCertificate.objects.filter(case_id=case).values_list("pk", flat=True).first()
    return found


def list_certificates(subject: UUID, opened: Opened) -> list[Certificate]:
    """The certificates of a person, newest first."""
    rows = ErasureCertificate.objects.filter(subject_id=subject).order_by("-recorded_at", "id")
    return [_certificate(row, opened) for row in rows]


def _case(row: RightsCase, opened: Opened) -> Case:
    opened.require(row.subject_id, Category.RIGHTS)
    return Case(
        row.pk,
        row.subject_id,
        row.right,
        State(row.state),
        row.received_on,
        row.due_on,
        row.recorded_at,
        row.words or "",
        bool(row.close_account),
        row.decision or {},
        row.outcome or {},
        Route(row.route),
        row.reply_to or {},
        row.message,
        row.assigned_to,
        row.asked_by,
        About(row.about),
        Waits(row.waits_for) if row.waits_for else None,
    )


def _certificate(row: ErasureCertificate, opened: Opened) -> Certificate:
    opened.require(row.subject_id, Category.RIGHTS)
    return Certificate(row.pk, row.case_id, row.subject_id, row.recorded_at, row.content)
