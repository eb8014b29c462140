"""Whoever comes is told what becomes of their visit, whoever did it; and nobody's message stands in another's way."""

from datetime import timedelta
from uuid import UUID

import pytest

from troth.delivery.models import Message
from troth.delivery.rules import Kind
from troth.diary import jobs, rules, services
from troth.diary.models import Appointment
from troth.diary.services import telling
from troth.diary.tests.conftest import NOW, TEN, Clinic
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people.tests.factories import make_patient

HALF, DAY = timedelta(minutes=30), timedelta(days=1)


def kinds(subject: UUID) -> list[str]:
    """What was written to somebody about their visits, by name: one moment wrote several."""
    rows = Message.objects.filter(subject_id=subject, purpose=Purpose.SERVICE_MESSAGES)
    return sorted(rows.values_list("kind", flat=True))


def reception_who_found(clinic: Clinic, name: str) -> Actor:
    """Reception, after it found this person by name."""
    reception = clinic.actor(clinic.reception)
    with processing(Purpose.FIND, by=reception, at=NOW, find_reason=FindReason.ON_THE_TELEPHONE) as opened:
        assert people.find_people(name, opened).people
    return reception


def test_what_the_desk_does_is_told_once_each(clinic: Clinic) -> None:
    by = reception_who_found(clinic, "oddie")
    what = {"practitioner": clinic.orla, "service": clinic.short}
    visit = services.book(clinic.ann, **what, starts_at=TEN, by=by, at=NOW)
    assert kinds(clinic.ann) == ["visit_booked"]
    services.move(visit, starts_at=TEN + HALF, by=by, at=NOW)
    services.cancel(visit, by=by, at=NOW)
    assert kinds(clinic.ann) == ["visit_booked", "visit_cancelled", "visit_moved"]
    services.book_series(clinic.ann, **what, starts=[TEN + DAY, TEN + 2 * DAY], by=by, at=NOW)
    assert kinds(clinic.ann).count("visit_booked") == 3


def test_who_tidies_up_a_visit_that_is_over_writes_to_nobody(clinic: Clinic) -> None:
    visit = clinic.book(clinic.ann, clinic.orla, TEN)
    services.cancel(visit, by=clinic.actor(clinic.manager), at=TEN + HALF)
    assert kinds(clinic.ann) == ["visit_booked"]


def test_who_has_no_address_is_booked_all_the_same(clinic: Clinic) -> None:
    quiet = make_patient(at=NOW - DAY, given_name="Ita", family_name="Quiet", email="")
    clinic.book(quiet, clinic.orla, TEN)
    assert kinds(quiet) == [] and Appointment.objects.count() == 1


def test_who_does_not_want_it_by_a_way_is_not_written_to_by_it(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.TROTH_SMS_URL = "https://texts.example/send"  # type: ignore[attr-defined]
    visit = clinic.book(clinic.ann, clinic.orla, TEN + DAY)

    def by_text_alone(_subject: UUID, _purpose: str, channel: str, **_: object) -> bool:
        return channel == "sms"

    for where in ("troth.delivery.selectors", "troth.delivery.services.outbox"):
        monkeypatch.setattr(f"{where}.may_reach", by_text_alone)
    services.remind(visit, by=telling.reminder(), at=TEN)
    assert [row.channel for row in Message.objects.filter(kind="visit_reminder")] == ["sms"]


def test_one_who_cannot_be_reminded_keeps_nobody_else_waiting(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = clinic.book(clinic.ann, clinic.orla, TEN + DAY)
    clinic.book(clinic.bob, clinic.dev, TEN + DAY)
    tell = telling._tell

    def broken(row: Appointment, kind: Kind, *, by: Actor, at: object) -> None:
        if row.pk == first:
            raise RuntimeError("zq-broken")
        tell(row, kind, by=by, at=at)  # type: ignore[arg-type]

    monkeypatch.setattr(telling, "_tell", broken)
    monkeypatch.setattr(jobs.timezone, "now", lambda: TEN + DAY - rules.REMINDED)
    with pytest.raises(ExceptionGroup, match="failed for some"):
        jobs.remind()
    assert kinds(clinic.bob) == ["visit_booked", "visit_reminder"] and "visit_reminder" not in kinds(clinic.ann)
    # It is tried again: the row of whom it failed for says nothing of a reminder.
    assert Appointment.objects.get(pk=first).reminded_for is None
