"""The requests of one prescriber in the order in which they are best read. For it their health data is opened, and it says so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from troth.billing import selectors as billing
from troth.gate.contexts import Opened
from troth.intake import selectors as intake
from troth.prescribing.models import OPEN, Alike, Concern, GpNoticeState, MedicationRequest, RequestStatus
from troth.prescribing.rules import triage
from troth.prescribing.rules.formulary import formulary
from troth.prescribing.selectors import telling
from troth.vault.categories import Category
from troth.vault.openable import openable


@dataclass(frozen=True)
class Placed:
    """One request in the order, with why it stands where it does. `presses`: it stands among the first."""

    request: UUID
    subject: UUID
    asked_for: str
    asked_at: datetime
    presses: bool
    parked: bool
    why: tuple[str, ...]


def list_by_urgency(prescriber: UUID, opened: Opened, *, most: int = 50) -> tuple[list[Placed], int]:
    """
    The first of a prescriber's open requests, what presses before the rest, and how many are withheld. As many queries for fifty as
    for five. It is cut once it is in order, so that what came last and presses most stands on it.

    What the rules said is as it was when a request was sent; the page of the request reckons it anew.
    """
    rows = list(MedicationRequest.objects.filter(status__in=OPEN, prescriber=prescriber).order_by("requested_at"))
    admitted = set(opened.admit([row.subject_id for row in rows], Category.HEALTH).admitted)
    seen = openable(row for row in rows if row.subject_id in admitted)
    treatments = intake.treatments_of([row.response for row in seen if row.response])
    confirmed = intake.last_confirmed(treatments)
    held = billing.held_among([row.payment for row in seen if row.payment])
    worried = set(Concern.objects.filter(subject_id__in=admitted).values_list("subject_id", flat=True))
    alike = set(Alike.objects.filter(request__in=[row.pk for row in seen]).values_list("request_id", flat=True))
    asked = telling.asked_among([row.pk for row in seen], at=opened.at)
    risks = {
        treatment.id: frozenset(
            risk for each in formulary().values() if treatment.id in each.treatments for risk in each.risks
        )
        for treatment in treatments.values()
    }
    found = []
    for row in seen:
        treatment = treatments.get(row.response) if row.response else None
        effects = [each.get("effect") for each in row.findings or ()]
        parked = "Waits for their answer" if row.status == RequestStatus.ASKED else ""
        if row.payment and row.payment not in held:
            parked = "Waits for their payment"
        waits, gp_says = _of_gp(asked.get(row.pk))
        parked = parked or waits
        good_for = timedelta(days=treatment.answers_good_for) if treatment else None
        key, why = triage.place(
            triage.Waiting(
                row.requested_at,
                confirmed[row.response] + good_for if good_for and row.response in confirmed else None,
                effects.count("stop"),
                effects.count("flag"),
                risks[treatment.id] if treatment else frozenset(),
                row.subject_id in worried,
                row.pk in alike,
                parked,
                gp_says,
            ),
            opened.at,
        )
        presses = not parked and key[1] == triage.FIRST
        found.append(
            (key, Placed(row.pk, row.subject_id, row.medicine, row.requested_at, presses, bool(parked), why))
        )
    return [placed for _, placed in sorted(found, key=lambda each: each[0])[:most]], len(rows) - len(seen)


def _of_gp(asked: telling.AskedLine | None) -> tuple[str, str]:
    """What a request waits for where its GP was asked, and what its prescriber is to know of it; each "" where there is none."""
    if asked is not None and asked.taken_in:
        return "", "What came from their GP waits to be looked at"
    if asked is None or asked.state is GpNoticeState.CLOSED:
        return "", ""
    if asked.state is GpNoticeState.ANSWERED:
        return "", "Their GP answered"
    if asked.state is GpNoticeState.STOPPED:
        return "", "Their GP is not asked any more: they took it back"
    if asked.state is GpNoticeState.FAILED:
        return "", "The letter to their GP came back"
    return ("", "Their GP has not answered in 14 days") if asked.late else ("Waits for their GP", "")
