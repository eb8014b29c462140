"""Reading cases: who has a reason to look, the board, and one case opened. Plain values only."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.contexts import Opened
from troth.gate.refusals import nothing_there
from troth.medicolegal import rules
from troth.medicolegal.models import OVER, Case, Report, Stage
from troth.medicolegal.rules import Clock
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.sharing import selectors as sharing
from troth.vault.categories import Category

# The vocabulary comes with the values that pages get: a face imports no models.
__all__ = [
    "CaseLine",
    "CaseOpened",
    "ReportOpened",
    "Stage",
    "assigned_to",
    "closed_on",
    "count_released",
    "count_under_way",
    "get_case",
    "get_own_case",
    "get_released",
    "instructed_by",
    "list_cases",
    "list_experts",
    "list_own_cases",
    "list_reports",
    "newest_claimants",
    "released_to",
    "to_take_on",
    "with_case_under_way",
    "with_names",
]


@dataclass(frozen=True)
class CaseLine:
    """A case as far as it is open, with the claimant's name where the viewer may see it."""

    id: UUID
    subject: UUID
    stage: Stage
    instructed_by: UUID
    handler: UUID | None
    expert: UUID | None
    instructed_at: datetime
    examination_at: datetime | None
    clock: Clock | None
    name: str = ""

    @property
    def over(self) -> bool:
        """Whether nobody works on it any more."""
        return self.stage in OVER


@dataclass(frozen=True)
class ReportOpened:
    """One version of a report with what stands in it: parts by their key, and which statements the expert makes."""

    case: UUID
    version: int
    signed_at: datetime | None
    parts: dict[str, str]
    stated: tuple[str, ...]
    claimant_said: str

    @property
    def told(self) -> list[tuple[str, str]]:
        """The report as it is read: each part under its heading, in their order, then what the expert states."""
        return [
            *((heading, self.parts[part]) for part, (heading, _) in rules.PARTS.items() if part in self.parts),
            *(("The expert states", rules.STATEMENTS[each]) for each in self.stated),
        ]


@dataclass(frozen=True)
class CaseOpened:
    """A case with what was sealed."""

    line: CaseLine
    reference: str
    accident_on: date | None
    accident: str
    questions: str


def assigned_to(actor: UUID, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those with a case that this person handles or examines, open or over for no more than fourteen days."""
    rows = Case.objects.filter(Q(handler=actor) | Q(expert=actor), subject_id__in=subjects)
    return set(rows.filter(_alive(at)).values_list("subject_id", flat=True))


def instructed_by(actor: UUID, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those about whom this person instructed a case that is open, or over for no more than fourteen days."""
    rows = Case.objects.filter(_alive(at), instructed_by=actor, subject_id__in=subjects)
    return set(rows.values_list("subject_id", flat=True))


def to_take_on(subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those with an instruction that nobody has answered."""
    rows = Case.objects.filter(subject_id__in=subjects, stage=Stage.INSTRUCTED)
    return set(rows.values_list("subject_id", flat=True))


def released_to(actor: UUID, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those whose report was released to this person, in a case open or over for no more than fourteen days."""
    rows = Case.objects.filter(
        _alive(at), instructed_by=actor, subject_id__in=subjects, stage__in=(Stage.RELEASED, Stage.CLOSED)
    )
    return set(rows.values_list("subject_id", flat=True))


def list_cases(opened: Opened) -> list[CaseLine]:
    """
    The viewer's cases, and for who handles cases the instructions that nobody answered; what is due first stands first.

    Nothing is opened: `with_names` opens the names of those that a page shows.
    """
    actor: Actor = opened.by
    mine = Q(handler=actor.id) | Q(expert=actor.id) | Q(instructed_by=actor.id)
    if actor.roles & rules.HANDLING:
        mine |= Q(stage=Stage.INSTRUCTED)
    rows = Case.objects.filter(mine, _alive(opened.at)).defer(*_sealed()).order_by("instructed_at")
    lines = [_line(row, "") for row in rows]
    return sorted(lines, key=lambda line: (line.clock is None, line.clock.due if line.clock else line.instructed_at))


def with_names(lines: Iterable[CaseLine], opened: Opened) -> list[CaseLine]:
    """The same cases with the claimants' names, where the viewer may see them."""
    shown = list(lines)
    names = people.names_of(dict.fromkeys(line.subject for line in shown), opened)
    return [replace(line, name=names.get(line.subject, "")) for line in shown]


def get_case(case: UUID, opened: Opened) -> CaseOpened:
    """
    One case, opened.

    :raises Refused: the viewer may not see it, or there is no such case.
    """
    row = Case.objects.filter(pk=case).first()
    opened.require(row.subject_id if row else case, Category.IDENTITY, Category.ACCIDENT)
    if row is None:
        raise nothing_there()
    name = people.names_of({row.subject_id}, opened).get(row.subject_id, "")
    return CaseOpened(
        _line(row, name), row.their_reference or "", row.accident_on, row.accident or "", row.questions or ""
    )


def list_own_cases(subject: UUID, opened: Opened) -> list[CaseLine]:
    """
    The cases about a person, as far as they are open, the newest first: what a claimant is shown.

    :raises Refused: the viewer may not see them.
    """
    opened.require(subject, Category.ACCIDENT)
    rows = Case.objects.filter(subject_id=subject).defer(*_sealed()).order_by("-instructed_at")
    return [_line(row, "") for row in rows]


def get_own_case(case: UUID, claimant: UUID, opened: Opened) -> CaseLine:
    """
    One case about the claimant who looks.

    :raises Refused: it is somebody else's, or there is none.
    """
    row = Case.objects.filter(pk=case).defer(*_sealed()).first()
    opened.require(row.subject_id if row else case, Category.ACCIDENT)
    if row is None:
        raise nothing_there()
    return _line(row, "")


def get_released(case: UUID, opened: Opened) -> CaseLine:
    """
    One case whose report was released to whoever looks, with the claimant's name.

    :raises Refused: it was not, or there is no such case.
    """
    row = Case.objects.filter(pk=case).defer(*_sealed()).first()
    mine = row is not None and row.instructed_by == opened.by.id and row.stage in (Stage.RELEASED, Stage.CLOSED)
    row = row if mine else None
    opened.require(row.subject_id if row else case, Category.IDENTITY, Category.REPORT)
    if row is None:
        raise nothing_there()
    return with_names([_line(row, "")], opened)[0]


def list_reports(case: UUID, opened: Opened, *, drafts: bool = False) -> list[ReportOpened]:
    """
    The reports of a case, the newest first: those that were signed, and for who writes it the draft.

    :raises Refused: the viewer may not see reports of this person for this purpose, or there is no such case.
    """
    row = Case.objects.filter(pk=case).defer(*_sealed()).first()
    opened.require(row.subject_id if row else case, Category.REPORT)
    rows = Report.objects.filter(case=case).order_by("-version")
    return [
        ReportOpened(
            case,
            report.version,
            report.signed_at,
            report.parts or {},
            tuple(report.stated or ()),
            report.claimant_said or "",
        )
        for report in (rows if drafts else rows.filter(signed_at__isnull=False))
    ]


def newest_claimants(limit: int) -> list[UUID]:
    """Of whom the newest cases are: random identifiers, for asking the gate who may see them."""
    return list(Case.objects.order_by("-instructed_at").values_list("subject_id", flat=True)[:limit])


def count_under_way(at: datetime) -> tuple[int, int, int]:
    """How many cases are under way, how many of them are past the day of their next step, and how many lie in wrong hands."""
    rows = list(Case.objects.exclude(stage__in=OVER).defer(*_sealed()))
    handle = actors.who_hold(rules.HANDLING, {row.handler for row in rows if row.handler}, at=at)
    examine = actors.who_hold(rules.EXAMINING, {row.expert for row in rows if row.expert}, at=at)
    clocks = [_line(row, "").clock for row in rows]
    late = sum(clock is not None and clock.late(at) for clock in clocks)
    wrong = sum(
        (row.handler is not None and row.handler not in handle)
        or (row.expert is not None and row.expert not in examine)
        for row in rows
    )
    return len(rows), late, wrong


def count_released() -> tuple[int, int]:
    """How many reports were released, and how many of those went outside without an entry in the log of what was passed on."""
    signed = Report.objects.filter(signed_at__isnull=False).values("case")
    rows = Case.objects.filter(Q(stage=Stage.RELEASED) | Q(stage=Stage.CLOSED, pk__in=signed))
    found = list(rows.values_list("subject_id", "instructed_by", "instructed_at", "stage", "stage_since"))
    # Roles as they were when it was instructed and when it went: a handler who has left since was nobody outside.
    moments = {
        (by, moment)
        for _, by, asked, stage, since in found
        for moment in (asked, *([since] if stage == Stage.RELEASED else []))
    }
    ours = actors.who_held(rules.HANDLING, moments)
    outside = {subject for subject, by, asked, _, since in found if not {(by, asked), (by, since)} & ours}
    return len(found), len(outside - sharing.given_for(Purpose.REPORT_RELEASE, outside))


def list_experts(at: datetime) -> list[people.StaffMember]:
    """Those who hold an expert's role now, by name. Their profiles are published."""
    staff = people.list_staff()
    may = actors.who_hold(rules.EXAMINING, (member.subject for member in staff), at=at)
    return [member for member in staff if member.subject in may]


def _line(row: Case, name: str) -> CaseLine:
    return CaseLine(
        row.pk,
        row.subject_id,
        Stage(row.stage),
        row.instructed_by,
        row.handler,
        row.expert,
        row.instructed_at,
        row.examination_at,
        rules.clock_of(
            row.stage,
            instructed_at=row.instructed_at,
            stage_since=row.stage_since,
            examination_at=row.examination_at,
        ),
        name,
    )


def _alive(at: datetime) -> Q:
    return ~Q(stage__in=OVER) | Q(stage_since__gt=at - rules.DAYS_AFTER)


def _sealed() -> list[str]:
    """The sealed columns, which the board does not even load."""
    return [field.name for field in Case.sealed_fields()]


def closed_on(subject: UUID) -> dict[str, date]:
    """A person's closed cases in which a report was signed, and their reports, in hexadecimal, with the day it was closed."""
    closed = dict(
        Case.objects.filter(subject_id=subject, stage__in=OVER).values_list("pk", "stage_since").order_by("pk")
    )
    reports = list(Report.objects.filter(subject_id=subject, case__in=closed).values_list("pk", "case", "signed_at"))
    reported = {case for _, case, signed in reports if signed}
    days = {case.hex: closed[case].date() for case in reported}
    return days | {report.hex: closed[case].date() for report, case, _ in reports if case in reported}


def with_case_under_way(subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those with a case that somebody works on. It opens nothing."""
    rows = Case.objects.filter(subject_id__in=subjects).exclude(stage__in=OVER).order_by()
    return set(rows.values_list("subject_id", flat=True))
