"""Everything that a prescriber or a pharmacist looks at before they decide, on one page. Plain values only."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from troth.gate.actors import Actor
from troth.gate.contexts import Opened
from troth.gate.refusals import nothing_there
from troth.intake import selectors as intake
from troth.intake.rules import answering, suiting
from troth.intake.rules.suiting import Found
from troth.people import selectors as people
from troth.prescribing.models import (
    Alike,
    Concern,
    EarlierDecision,
    GpChoice,
    GpNotice,
    GpNoticeState,
    GpState,
    Likeness,
    Matter,
    MedicationRequest,
    Method,
    Outcome,
    Paid,
    Prescription,
    RequestMessage,
    RequestStatus,
    Verification,
    Verified,
)
from troth.prescribing.rules import gates
from troth.prescribing.rules.formulary import Medicine, formulary
from troth.prescribing.selectors import identifying, reacting
from troth.prescribing.selectors.pricing import paid_for
from troth.prescribing.selectors.supplies import GONE, SupplyLine, last_on, supplies_of
from troth.records.selectors import marks
from troth.rights.selectors import withholding
from troth.vault import tickets
from troth.vault.categories import Category

YEAR = timedelta(days=365)
#: The page whose tickets say that a request was read, and for how long one is good.
REVIEW, LIFE = "prescribing.review", timedelta(hours=12)


@dataclass(frozen=True)
class MessageLine:
    """One message, with who wrote it."""

    at: datetime
    by_staff: bool
    among_staff: bool
    author: str
    words: str


@dataclass(frozen=True)
class VerificationLine:
    """One check, with who made it and how."""

    at: datetime
    by: UUID
    matter: Matter
    method: Method
    result: Verified
    note: str


@dataclass(frozen=True)
class GpLine:
    """What somebody chose about their GP, and when."""

    state: GpState
    practice: dict[str, str]
    at: datetime | None
    may_ask: bool = False


@dataclass(frozen=True)
class AlikeLine:
    """Another record that looks like this person's: by what, and what was refused or worried about there."""

    subject: UUID
    how: tuple[str, ...]
    may_open: bool
    refusals: tuple[str, ...]
    concerns: tuple[str, ...]


@dataclass(frozen=True)
class Sent:
    """What was sent with a request, what the rules say of it, and what was written about it."""

    sheet: intake.Sheet | None
    found: tuple[Found, ...]
    messages: tuple[MessageLine, ...]


@dataclass(frozen=True)
class Review:
    """A request with everything about it."""

    request: UUID
    subject: UUID
    status: RequestStatus
    asked_for: str
    paid: Paid
    sheet: intake.Sheet | None
    found: tuple[Found, ...]
    messages: tuple[MessageLine, ...]
    verifications: tuple[VerificationLine, ...]
    identity: Verified
    by_document: bool
    gp: GpLine
    supplies: tuple[SupplyLine, ...]  # earlier ones for anything, the newest first
    refusals: tuple[tuple[datetime, str], ...]
    objection: str  # what they said against the decision that this is looked at again for
    alike: tuple["AlikeLine", ...]
    concerns: tuple[str, ...]
    medicines: tuple[Medicine, ...]
    mark: str
    at: datetime

    def verified(self, matter: Matter) -> Verified:
        """What the checks of one matter came to. One that contradicts counts whatever came after it."""
        results = [each.result for each in self.verifications if each.matter is matter]
        if Verified.CONTRADICTED in results:
            return Verified.CONTRADICTED
        if Verified.VERIFIED in results:
            return Verified.VERIFIED
        return results[-1] if results else Verified.NONE

    def facts(self, medicine: Medicine, reasons: dict[str, str]) -> gates.Facts:
        """What the gates ask, for one medicine and the reasons that were written."""
        sheet = self.sheet
        treatment = sheet.treatment if sheet else None
        history, body = self.verified(Matter.HISTORY), self.verified(Matter.BODY)
        asked = body if gates.Risk.WEIGHT in medicine.risks else history
        contradicted = Verified.CONTRADICTED in (history, body)
        count = sum(
            each.item.get("medicine") == medicine.id and each.status not in GONE and self.at - each.signed_at < YEAR
            for each in self.supplies
        )
        return gates.Facts(
            has_answers=sheet is not None,
            complete=sheet is not None and not answering.missing(sheet.form, sheet.answers),
            age_of_answers=self.at - ((sheet.confirmed_at or sheet.started_at) if sheet else self.at),
            good_for=timedelta(days=treatment.answers_good_for if treatment else 0),
            identity=self.identity,
            by_document=self.by_document,
            stops=tuple(each.rule for each in self.found if each.stops),
            risks=medicine.risks,
            suits=treatment is not None and treatment.id in medicine.treatments,
            verified=Verified.CONTRADICTED if contradicted else asked,
            gp=self.gp.state,
            regular_confirmed=self.verified(Matter.REGULAR_PRESCRIBER) is Verified.VERIFIED,
            too_many=count >= medicine.supplies_a_year,
            paid=self.paid,
            reasons=reasons,
        )


def get_review(request: UUID, opened: Opened) -> Review:
    """
    A request with everything about it.

    :raises Refused: the viewer may not see health data of this person for what the page is opened for.
    """
    row, sent, others = _sent(request, opened)
    subject, sheet = row.subject_id, sent.sheet
    refused = [
        each
        for each in MedicationRequest.objects.filter(subject_id=subject, status=RequestStatus.DECIDED)
        if each.pk != request and each.outcome == Outcome.REFUSED and each.decided_at
    ]
    before = list(EarlierDecision.objects.filter(subject_id=subject).order_by("decided_at"))
    refusals = [(each.decided_at, each.outcome_words) for each in refused if each.decided_at]
    refusals += [(each.decided_at, each.outcome_words) for each in before if each.outcome == Outcome.REFUSED]
    return Review(
        request,
        subject,
        RequestStatus(row.status),
        row.medicine,
        paid_for(row.payment),
        sheet,
        sent.found,
        sent.messages,
        tuple(
            VerificationLine(
                each.checked_at, UUID(each.recorded_by), each.matter, each.method, each.result, each.note or ""
            )
            for each in Verification.objects.filter(subject_id=subject).order_by("checked_at", "id")
            if each.request_id == request or each.matter is Matter.IDENTITY  # who they are holds for every request
        ),
        identity_of(subject, opened),
        is_documented(subject, opened),
        gp_of(subject, opened),
        tuple(others),
        tuple(sorted(refusals)),
        next((each.objection for each in before if each.request_id == request), ""),
        tuple(_alike(request, opened)),
        _concerns(subject),
        tuple(medicine for medicine in formulary().values() if sheet and sheet.treatment.id in medicine.treatments),
        mark_of(request, subject, row.response),
        opened.at,
    )


def get_sent(request: UUID, opened: Opened) -> Sent:
    """
    What was sent with a request, and nothing else of its person: for who checks the prescription.

    :raises Refused: the viewer may not see health data of this person for what the page is opened for.
    """
    return _sent(request, opened)[1]


def _sent(request: UUID, opened: Opened) -> tuple[MedicationRequest, Sent, list[SupplyLine]]:
    """The request, what was sent with it, and its person's other supplies, which the rules look at."""
    row = MedicationRequest.objects.filter(pk=request).first()
    opened.require(row.subject_id if row else request, Category.IDENTITY, Category.HEALTH)
    if row is None:
        raise nothing_there()
    sheet = intake.sheet_behind(row.response) if row.response else None
    others = supplies_of(row.subject_id, opened, but=request)
    found: list[Found] = []
    if sheet:
        who = people.get_identity(row.subject_id, opened)
        found = suiting.assess(
            sheet.treatment,
            sheet.form,
            sheet.answers,
            born_on=who.born_on if who else None,
            last_supplied_on=last_on(others, sheet.treatment.id),
            today=timezone.localdate(opened.at),
        )
    return row, Sent(sheet, tuple(found), tuple(list_messages(request, opened))), others


def open_review(request: UUID, mark: str, *, by: Actor, at: datetime, had: str = "") -> str:
    """The ticket that a page of review hands to whoever looks at it; the one they `had` while nothing was added since."""
    assert by.id
    with suppress(tickets.TicketInvalid):
        before = tickets.read(had, page=REVIEW, holder=by.id, at=at)
        if (before["request"], before["mark"]) == (request.hex, mark):
            return had
    said = {"request": request.hex, "mark": mark, "at": at.isoformat()}
    return tickets.issue(said, page=REVIEW, holder=by.id, at=at, life=LIFE)


def _alike(request: UUID, opened: Opened) -> list[AlikeLine]:
    """The records found alike when this request was sent, with what was refused there, as far as the viewer may open them."""
    rows = list(Alike.objects.filter(request_id=request).order_by("other"))
    admitted, _ = opened.admit(list({row.other for row in rows}), Category.HEALTH)
    found = []
    for row in rows:
        other, how = row.other, tuple(Likeness(word).words for word in row.how or ())
        may = other in admitted
        refused = MedicationRequest.objects.filter(subject_id=other, status=RequestStatus.DECIDED) if may else ()
        words = tuple(each.outcome_words for each in refused if each.outcome == Outcome.REFUSED)
        before = EarlierDecision.objects.filter(subject_id=other) if may else ()
        words += tuple(each.outcome_words for each in before if each.outcome == Outcome.REFUSED)
        found.append(AlikeLine(other, how, may, words, _concerns(other) if may else ()))
    return found


def _concerns(subject: UUID) -> tuple[str, ...]:
    return tuple(row.words for row in Concern.objects.filter(subject_id=subject).order_by("raised_at"))


@dataclass(frozen=True)
class ConcernLine:
    """A worry about somebody's safety, who wrote it down, and when; `harm`: why it is kept from its person, while it is."""

    id: UUID
    at: datetime
    by: UUID
    words: str
    kept: bool
    harm: str
    told_at: datetime | None


def has_concern(subject: UUID) -> bool:
    """Whether anything was written down for somebody's protection. It opens nothing; who may be told, the caller asks."""
    return Concern.objects.filter(subject_id=subject).exists()


def list_concerns(subject: UUID, opened: Opened) -> list[ConcernLine]:
    """
    What was written down for somebody's protection, the newest first.

    :raises Refused: the viewer may not see health data of this person.
    """
    opened.require(subject, Category.HEALTH)
    rows = Concern.objects.filter(subject_id=subject).order_by("-raised_at")
    why = withholding.why_withheld(subject, opened)
    return [
        ConcernLine(
            row.pk,
            row.raised_at,
            UUID(row.recorded_by),
            row.words,
            row.kept and row.told_at is None,
            why.get(row.pk, ""),
            row.told_at,
        )
        for row in rows
    ]


def mark_of(request: UUID, subject: UUID, response: UUID | None) -> str:
    """
    What changes with each answer, message, check, concern, reaction, likeness, choice about the GP, what the GP sent, what is on
    the card, and with each prescription for the same person: a reason that was written against one stop says nothing of a supply
    that came since. Nothing is opened for it.
    """
    counts = (
        intake.count_answers(response) if response else 0,
        RequestMessage.objects.filter(request_id=request).count(),
        Verification.objects.filter(request_id=request).count(),
        GpChoice.objects.filter(subject_id=subject).count(),
        Concern.objects.filter(subject_id=subject).count(),
        reacting.mark_of(subject),
        GpNotice.objects.filter(request_id=request, state=GpNoticeState.ANSWERED).count(),
        Prescription.objects.filter(subject_id=subject).count(),
        *marks.mark_of(subject),
        # A likeness that was known may be joined by another: the card comes after name and address.
        *(each.timestamp() for each in Alike.objects.filter(request_id=request).values_list("changed_at", flat=True)),
    )
    return ".".join(str(count) for count in counts)


def list_messages(request: UUID, opened: Opened, *, staff: bool = True) -> list[MessageLine]:
    """
    What was written about a request, the oldest first; without what staff wrote to each other for its person.

    :raises Refused: the viewer may not see health data of this person.
    """
    rows = list(RequestMessage.objects.filter(request_id=request).order_by("number"))
    if rows:
        opened.require(rows[0].subject_id, Category.HEALTH)
    return [
        MessageLine(row.written_at, row.by_staff, row.among_staff, row.recorded_by, row.words)
        for row in rows
        if staff or not row.among_staff
    ]


def identity_of(subject: UUID, opened: Opened) -> Verified:
    """
    Whether somebody made sure who a person is. One check that contradicts counts whatever came after it.

    :raises Refused: the viewer may not see health data of this person.
    """
    opened.require(subject, Category.HEALTH)
    results = [
        each.result
        for each in Verification.objects.filter(subject_id=subject).order_by("checked_at")
        if each.matter is Matter.IDENTITY
    ]
    shown = identifying.found_of(subject, opened)
    results += [] if shown is Verified.NONE else [shown]
    if Verified.CONTRADICTED in results:
        return Verified.CONTRADICTED
    return Verified.VERIFIED if Verified.VERIFIED in results else results[-1] if results else Verified.NONE


def is_documented(subject: UUID, opened: Opened) -> bool:
    """
    Whether somebody here looked at a document and found that it is this person's: one that was sent, or one that they held up. What
    contradicts it is for `identity_of`.

    :raises Refused: the viewer may not see health data of this person.
    """
    opened.require(subject, Category.HEALTH)
    shown = any(
        (each.matter, each.method, each.result) == (Matter.IDENTITY, Method.DOCUMENT, Verified.VERIFIED)
        for each in Verification.objects.filter(subject_id=subject)
    )
    return shown or identifying.found_of(subject, opened) is Verified.VERIFIED


def gp_of(subject: UUID, opened: Opened) -> GpLine:
    """
    What somebody chose last about their GP.

    :raises Refused: the viewer may not see health data of this person.
    """
    opened.require(subject, Category.HEALTH)
    row = GpChoice.objects.filter(subject_id=subject).order_by("-number").first()
    if row is None:
        return GpLine(GpState.NOT_ASKED, {}, None)
    return GpLine(row.state, row.practice or {}, row.chosen_at, bool(row.may_ask))
