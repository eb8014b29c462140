"""Consents to treatments: what was signed, and what a visit asks for. Call these in a context that is open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from troth.design.moments import day_and_hour
from troth.diary import selectors as diary
from troth.diary.selectors import VisitState
from troth.gate.contexts import Opened
from troth.gate.refusals import nothing_there
from troth.records.models import TreatmentConsent
from troth.records.models.consents import SignedHow as SignedHow
from troth.records.rules.strokes import SIGNATURE_HEIGHT, path_of, svg_of
from troth.records.selectors.paper import paragraphs_of, set_paper
from troth.records.selectors.templates import TemplateLine
from troth.vault.categories import Category

#: A consent is asked anew for a visit that lies further from it than this: what was explained is forgotten by then.
HOLDS_FOR = timedelta(days=365)


@dataclass(frozen=True)
class ConsentLine:
    """
    A consent as pages show it. `ticked` is the sentence that was ticked, empty where it was signed before that was kept;
    `drawn` the path of the signature, empty where none was drawn.
    """

    id: UUID
    subject: UUID
    title: str
    key: str
    version: str
    words: str
    ticked: str
    name: str
    drawn: str
    strokes: object
    how: SignedHow
    signed_at: datetime
    withdrawn_at: datetime | None
    back_because: str


@dataclass(frozen=True)
class AskedFor:
    """A form that a visit asks for and that is not signed."""

    template: TemplateLine
    service: str
    on: datetime


def list_consents(subject: UUID, opened: Opened) -> list[ConsentLine]:
    """
    What a person signed, the newest first.

    :raises Refused: the viewer may not see health data of this person for what the page is opened for.
    """
    opened.require(subject, Category.HEALTH)
    return [_line(row) for row in TreatmentConsent.objects.where("-signed_at", subject_id=subject)]


def get_consent(consent: UUID, opened: Opened) -> ConsentLine:
    """
    One consent.

    :raises Refused: it may not be seen, or there is none: both are answered alike.
    """
    row = TreatmentConsent.objects.filter(pk=consent).first()
    opened.require(row.subject_id if row else consent, Category.HEALTH)
    if row is None:
        raise nothing_there()
    return _line(row)


def asked_for(
    subject: UUID, opened: Opened, signed: list[ConsentLine], offered: list[TemplateLine], *, at: datetime
) -> list[AskedFor]:
    """
    Of the forms that are offered those that their visits of today and later ask for, by what the service says, and for which no
    consent stands.
    """
    forms = {line.key: line for line in offered}
    found: dict[str, AskedFor] = {}
    if not forms:
        return []
    services = {service.id: service for service in diary.list_services(closed=True)}
    for visit in diary.visits_of(subject, opened) or ():
        service = services.get(visit.offered) if visit.offered else None
        if service is None or service.form not in forms or visit.ends_at < at - timedelta(hours=12):
            continue
        if visit.state in (VisitState.CANCELLED, VisitState.MISSED) or _stands(service.form, signed, visit.starts_at):
            continue
        found[service.form] = AskedFor(forms[service.form], visit.service, visit.starts_at)
    return sorted(found.values(), key=lambda asked: asked.on)


def consent_paper(line: ConsentLine, *, name: str, born: str, at: datetime) -> bytes:
    """What was signed, as PDF, with the signature under it."""
    back = f"{timezone.localtime(line.withdrawn_at):%-d %B %Y}" if line.withdrawn_at else ""
    return set_paper(
        title=f"Consent: {line.title}",
        rows=(("For", name), ("Born", born), ("Wording", f"Version {line.version}")),
        paragraphs=paragraphs_of(line.words),
        drawing=svg_of(line.strokes, height=SIGNATURE_HEIGHT) if line.drawn else "",
        drawn_by=f"The signature of {line.name}",
        signed=(
            ("Ticked", f"“{line.ticked}”" if line.ticked else ""),
            ("Signed by", line.name),
            ("Signed on", day_and_hour(line.signed_at)),
            ("Where", line.how.words),
            ("Taken back on", back),
        ),
        on=line.signed_at,
        at=at,
    )


def _stands(key: str, signed: list[ConsentLine], on: datetime) -> bool:
    return any(line.key == key and line.withdrawn_at is None and on - line.signed_at <= HOLDS_FOR for line in signed)


def _line(row: TreatmentConsent) -> ConsentLine:
    key, _, version = row.form.partition("/")
    strokes = row.strokes
    return ConsentLine(
        row.pk,
        row.subject_id,
        row.title,
        key,
        version,
        row.words,
        row.ticked or "",
        row.name,
        path_of(strokes),
        strokes,
        row.how,
        row.signed_at,
        row.withdrawn_at,
        row.back_because or "",
    )
