"""Reading suspected reactions, and the file of a Yellow Card. Plain values only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from troth.design.spreadsheets import as_csv
from troth.gate.contexts import Opened
from troth.gate.reasons import linked
from troth.gate.refusals import nothing_there
from troth.intake import selectors as intake
from troth.law.calendar import age_on
from troth.people import selectors as people
from troth.prescribing.models import (
    Drug,
    GpNotice,
    MedicationRequest,
    Prescription,
    Reaction,
    ReactionState,
    Recovery,
    Seriousness,
)
from troth.prescribing.rules.formulary import formulary
from troth.prescribing.rules.gates import Risk
from troth.prescribing.selectors.telling import GOT
from troth.vault.categories import Category

#: States in which somebody still has something to do.
WAITING = (ReactionState.REPORTED, ReactionState.DUE)


@dataclass(frozen=True)
class WaitingReaction:
    """A report in a list: whom it is about is a random identifier."""

    id: UUID
    subject: UUID
    state: ReactionState
    reported_at: datetime


@dataclass(frozen=True)
class ReactionOpened:
    """One report, opened, with what was supplied."""

    id: UUID
    subject: UUID
    prescription: UUID
    state: ReactionState
    reported_at: datetime
    reported_by: UUID
    reviewed_at: datetime | None
    sent_at: datetime | None
    what: str
    began_on: date | None
    serious: tuple[Seriousness, ...]
    recovery: Recovery
    drug: Drug
    others: str
    assessment: str
    card_number: str
    medicine: str
    is_watched: bool  # a black triangle medicine, of which every suspected reaction is sent


def told_in(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a form holds that asks what the Yellow Card scheme asks, whoever fills it in, as the act of reporting takes it."""
    return {
        "what": said["what"],
        "began_on": said["began_on"],
        "serious": [Seriousness(each) for each in said["serious"]],
        "recovery": Recovery(said["recovery"]),
        "drug": Drug(said["drug"]),
        "others": said["others"],
        "key": said["key"],
    }


def list_waiting(*, limit: int = 50) -> list[WaitingReaction]:
    """The reports that wait for somebody, the oldest first. Nothing is opened."""
    sealed = [field.name for field in Reaction.sealed_fields()]
    rows = Reaction.objects.filter(state__in=WAITING).defer(*sealed).order_by("reported_at")[:limit]
    return [WaitingReaction(row.pk, row.subject_id, ReactionState(row.state), row.reported_at) for row in rows]


def count_waiting(*, signer: UUID | None, at_most: int = 1000) -> int:
    """How many reports wait for somebody; where a signer is given, about what they signed."""
    rows = Reaction.objects.filter(state__in=WAITING)
    return (rows.filter(prescription__prescriber=signer) if signer else rows)[:at_most].count()


def with_reaction(subjects: Collection[UUID], *, signer: UUID | None) -> set[UUID]:
    """Of these people, those of whom a report waits; where a signer is given, about what they signed."""
    rows = Reaction.objects.filter(state__in=WAITING)
    return linked(rows.filter(prescription__prescriber=signer) if signer else rows, subjects)


def list_about(prescription: UUID, opened: Opened) -> list[ReactionOpened]:
    """
    What was reported after one supply, the newest first.

    :raises Refused: the viewer may not see health data of this person.
    """
    found = Reaction.objects.filter(prescription_id=prescription).select_related("prescription")
    rows = list(found.order_by("-reported_at"))
    if rows:
        opened.require(rows[0].subject_id, Category.HEALTH)
    return [_opened(row) for row in rows]


def list_of(subject: UUID, opened: Opened) -> list[ReactionOpened]:
    """
    What somebody told of reactions to whatever was supplied to them, the newest first.

    :raises Refused: the viewer may not see health data of this person.
    """
    opened.require(subject, Category.HEALTH)
    found = Reaction.objects.filter(subject_id=subject).select_related("prescription")
    return [_opened(row) for row in found.order_by("-reported_at")]


def mark_of(subject: UUID) -> str:
    """What changes when somebody tells of a reaction, or a professional finds what it was. Nothing is opened for it."""
    known = Reaction.objects.filter(subject_id=subject)
    return f"{known.count()}-{known.filter(reviewed_at__isnull=False).count()}"


def get_reaction(reaction: UUID, opened: Opened) -> ReactionOpened:
    """
    One report.

    :raises Refused: the viewer may not see health data of this person.
    """
    row = Reaction.objects.filter(pk=reaction).select_related("prescription").first()
    opened.require(row.subject_id if row else reaction, Category.IDENTITY, Category.HEALTH)
    if row is None:
        raise nothing_there()
    return _opened(row)


def told_before(subject: UUID, opened: Opened, *, supply: UUID) -> list[str]:
    """
    What a GP is told of reactions, a line each: to this supply, and to earlier ones of which a letter went to a GP. What the person
    did not let us tell stays untold when they agree later, for another supply.

    :raises Refused: the viewer may not see health data of this person.
    """
    opened.require(subject, Category.HEALTH)
    told = GpNotice.objects.filter(subject_id=subject, state__in=GOT, request=None)
    known = {supply, *told.values_list("prescription_id", flat=True)}
    rows = Reaction.objects.filter(subject_id=subject, prescription__in=known).select_related("prescription")
    found = [_opened(row) for row in rows.order_by("reported_at")]
    return [f"{each.medicine}: {each.what} ({each.recovery.words.lower()})" for each in found]


def yellow_card(reaction: UUID, opened: Opened) -> str:
    """
    The file for the Yellow Card scheme as CSV, in the order of its form. No name, no day of birth, no address stands in it.

    :raises Refused: the viewer may not see health data of this person.
    """
    found = get_reaction(reaction, opened)
    supply = Prescription.objects.get(pk=found.prescription)
    item = dict(supply.item)
    who = people.get_identity(found.subject, opened)
    asked = MedicationRequest.objects.get(pk=supply.request_id)
    answers = {}
    if asked.response:
        answers = {line.item.id: line.words for line in intake.sheet_behind(asked.response).lines}
    began = found.began_on
    age = age_on(who.born_on, began) if who and who.born_on and began else None
    reporter = people.staff_profiles([found.reported_by]).get(found.reported_by)
    return as_csv(
        ("section and field", "value"),
        [
            ("Patient: local number", f"R-{found.id.hex[:10].upper()}"),
            ("Patient: age when it began, in years", "" if age is None else str(age)),
            ("Patient: sex", answers.get("sex", "")),
            ("Patient: weight", answers.get("weight", "")),
            ("Suspected drug: name", item["name"]),
            ("Suspected drug: form", item["form"]),
            ("Suspected drug: dm+d code", item["dmd"]),
            ("Suspected drug: dose and route", item["directions"]),
            ("Suspected drug: prescribed for", item["indication"]),
            (
                "Suspected drug: supplied on",
                _day(timezone.localdate(supply.dispatched_at) if supply.dispatched_at else None),
            ),
            ("Suspected drug: black triangle", "Yes" if found.is_watched else "No"),
            ("Suspected drug: what was done", found.drug.words),
            ("Suspected reaction: what was noticed", found.what),
            ("Suspected reaction: began on", _day(began)),
            ("Suspected reaction: outcome", found.recovery.words),
            ("Suspected reaction: serious because", "; ".join(each.words for each in found.serious) or "Not serious"),
            ("Other drugs in the last three months", found.others),
            ("Additional information", found.assessment),
            ("Reporter: is the patient", "No" if reporter else "Yes"),
            ("Reporter: name", reporter.name if reporter else ""),
            ("Reporter: registration", reporter.registration if reporter else ""),
        ],
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _opened(row: Reaction) -> ReactionOpened:
    item = dict(row.prescription.item)
    known = formulary().get(item["medicine"])
    return ReactionOpened(
        row.pk,
        row.subject_id,
        row.prescription_id,
        ReactionState(row.state),
        row.reported_at,
        UUID(row.recorded_by),
        row.reviewed_at,
        row.sent_at,
        row.what or "",
        row.began_on,
        tuple(Seriousness(each) for each in row.serious or ()),
        row.recovery,
        row.drug,
        row.others or "",
        row.assessment or "",
        row.card_number or "",
        item["name"],
        known is not None and Risk.BLACK_TRIANGLE in known.risks,
    )
