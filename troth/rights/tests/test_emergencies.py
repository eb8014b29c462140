"""An emergency is reviewed once, in words, by somebody else, within three working days; the person is told, or not yet."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tests.stores import Home
from troth.gate import actors, emergency
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.rights import rules, services
from troth.rights import selectors as rights
from troth.rights.models import EmergencyReview
from troth.rights.selectors import Verdict
from troth.rights.services import ReviewRefused
from troth.rights.tests.factories import make_officer, make_patient
from troth.vault.categories import Category

#: A Thursday: three working days later is the Tuesday after.
BEFORE = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
AT = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
WHY = "Collapsed at home, ambulance asks what she takes"


def break_it(subject: Actor, by: Actor, *, at: datetime = AT) -> UUID:
    """Break the glass, look, and give the note's id."""
    assert subject.id and by.id
    doctor = actors.person(by.id, at=at, second_factor_at=at)
    emergency.break_glass(subject.id, note=WHY, by=doctor, at=at)
    with processing(Purpose.EMERGENCY, by=doctor, at=at + timedelta(minutes=1)) as opened:
        opened.require(subject.id, Category.IDENTITY)
    return emergency.list_broken()[0].note


@pytest.fixture
def cast(clinic: Home) -> tuple[Actor, Actor, Actor]:
    """The patient, the doctor, the officer."""
    return make_patient(at=BEFORE), make_officer("prescriber", at=BEFORE), make_officer(at=BEFORE)


def officer_now(officer: Actor, at: datetime) -> Actor:
    assert officer.id
    return actors.person(officer.id, at=at)


def test_a_break_waits_for_three_working_days_and_is_late_after_them(cast: tuple[Actor, Actor, Actor]) -> None:
    patient, doctor, _ = cast
    note = break_it(patient, doctor)
    (known,) = rights.waiting_breaks()
    assert (known.note, known.subject, known.by) == (note, patient.id, doctor.id)
    assert known.due_on == date(2026, 12, 1) and known.until == AT + timedelta(minutes=30)
    assert not known.is_late(date(2026, 12, 1)) and known.is_late(date(2026, 12, 2))


def test_a_colleague_reads_the_reason_and_what_was_seen_and_closes_it(cast: tuple[Actor, Actor, Actor]) -> None:
    patient, doctor, officer = cast
    note = break_it(patient, doctor)
    later = AT + timedelta(hours=1)
    by = officer_now(officer, later)
    with processing(Purpose.RIGHTS, by=by, at=later) as opened:
        found = rights.open_break(rights.waiting_breaks()[0], opened)
    assert found.reason == WHY and found.reviews == ()
    services.review_emergency(note, verdict=Verdict.NEEDS_TALK, words="I will ask her about it", by=by, at=later)
    (known,) = rights.waiting_breaks()
    assert known.talked and known.closed_at is None
    services.review_emergency(note, verdict=Verdict.JUSTIFIED, words="The ambulance asked for it", by=by, at=later)
    assert rights.waiting_breaks() == []
    with pytest.raises(ReviewRefused, match="already"):
        services.review_emergency(note, verdict=Verdict.NOT_JUSTIFIED, words="On second thoughts no", by=by, at=later)
    assert EmergencyReview.objects.filter(closed=True).count() == 1
    assert LedgerEvent.objects.filter(event="rights:emergency_reviewed", subject=patient.id.hex).count() == 2  # type: ignore[union-attr]
    with processing(Purpose.RIGHTS, by=by, at=later) as opened:
        words = [each.words for each in rights.open_break(rights.list_breaks()[0], opened).reviews]
    assert words == ["I will ask her about it", "The ambulance asked for it"]


def test_nobody_reviews_their_own_nor_without_words(cast: tuple[Actor, Actor, Actor]) -> None:
    patient, doctor, officer = cast
    note = break_it(patient, doctor)
    assert doctor.id and patient.id
    with pytest.raises(ReviewRefused, match="yourself"):
        services.review_emergency(
            note,
            verdict=Verdict.JUSTIFIED,
            words="It was needed, believe me",
            by=actors.person(doctor.id, at=AT),
            at=AT,
        )
    assert "yourself" in rules.check_can_review(broke=doctor.id, reviewer=doctor.id, closed=False, words="a b c d")
    with pytest.raises(ReviewRefused, match="sentence"):
        services.review_emergency(
            note, verdict=Verdict.JUSTIFIED, words="fine fine fine", by=officer_now(officer, AT), at=AT
        )
    with pytest.raises(ReviewRefused, match="No record"):
        services.review_emergency(
            uuid4(), verdict=Verdict.JUSTIFIED, words="one two three", by=officer_now(officer, AT), at=AT
        )
    assert not EmergencyReview.objects.exists()


def test_an_officer_who_broke_it_has_no_reason_to_open_the_file(cast: tuple[Actor, Actor, Actor]) -> None:
    patient, doctor, _ = cast
    assert doctor.id and patient.id
    from troth.people.tests.factories import make_staff  # an officer who is a doctor too

    both = make_staff("prescriber", at=BEFORE, email="both@clinic.example")
    assert both
    break_it(patient, actors.person(both, at=AT))
    officer_too = actors.Actor("person", both, roles=frozenset({"prescriber", "privacy_officer"}))
    from troth.rights.answers import reviewing

    assert reviewing(officer_too, [patient.id], at=AT) == set()
    other = actors.Actor("person", doctor.id, roles=frozenset({"privacy_officer"}))
    assert reviewing(other, [patient.id], at=AT) == {patient.id}
    assert reviewing(actors.Actor("person", doctor.id, roles=frozenset({"prescriber"})), [patient.id], at=AT) == set()


def test_telling_is_recorded_or_put_off_for_a_reason_and_a_while(cast: tuple[Actor, Actor, Actor]) -> None:
    patient, doctor, officer = cast
    note = break_it(patient, doctor)
    by = officer_now(officer, AT)
    with pytest.raises(ReviewRefused, match="within 30 days"):
        services.delay_telling(note, words="Her partner reads her post", look_again_on=date(2027, 3, 1), by=by, at=AT)
    with pytest.raises(ReviewRefused, match="after today"):
        services.delay_telling(note, words="Her partner reads her post", look_again_on=AT.date(), by=by, at=AT)
    with pytest.raises(ReviewRefused, match="sentence"):
        services.tell_about_emergency(note, words=" ", by=by, at=AT)
    services.delay_telling(note, words="Her partner reads her post", look_again_on=date(2026, 12, 10), by=by, at=AT)
    assert rights.list_breaks()[0].telling == "delayed"
    assert rights.list_breaks()[0].look_again_on == date(2026, 12, 10)
    later = AT + timedelta(minutes=5)
    services.tell_about_emergency(note, words="Told by telephone", by=officer_now(officer, later), at=later)
    assert rights.list_breaks()[0].telling == "told"
    with pytest.raises(ReviewRefused, match="already"):
        services.tell_about_emergency(note, words="Told again", by=officer_now(officer, later), at=later)


def test_trying_to_break_ones_own_glass_is_refused_and_stands_in_the_ledger(cast: tuple[Actor, Actor, Actor]) -> None:
    _, doctor, _ = cast
    assert doctor.id
    with pytest.raises(Refused, match="your own record"):
        emergency.break_glass(doctor.id, note=WHY, by=actors.person(doctor.id, at=AT, second_factor_at=AT), at=AT)
    event = LedgerEvent.objects.get(event="gate:refused", actor=doctor.id.hex, subject=doctor.id.hex)
    assert event.purpose == "emergency" and event.failed_check == "reason"
