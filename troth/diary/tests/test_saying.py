"""Of what a diary holds its person reads what it is, though nothing of it is sealed: no entry of theirs seems empty."""

from datetime import timedelta
from uuid import UUID

from troth.diary import services
from troth.diary.tests.conftest import NOW, TEN, Clinic
from troth.diary.tests.test_classes import TOMORROW, offer, plan
from troth.gate.contexts import processing
from troth.notice.purposes import Purpose
from troth.rights.selectors import everything_about


def read(clinic: Clinic, who: UUID) -> dict[str, str]:
    """What stands on a page of each kind of entry about them."""
    at = NOW + timedelta(minutes=1)
    with processing(Purpose.RIGHTS, by=clinic.actor(who, at), at=at) as opened:
        things = everything_about(who, opened)
        empty = [thing.model for thing in things if thing.released and not (thing.told or thing.files)]
        assert empty == []
        return {thing.model: ", ".join(field.text for field in thing.told) for thing in things}


def test_a_patient_reads_from_when_until_when_a_time_is_held(clinic: Clinic) -> None:
    clinic.book(clinic.ann, clinic.orla, TEN)
    said = read(clinic, clinic.ann)["diary.hold"]
    assert said.startswith("23 November 2026, 10:00 to 10:")


def test_a_practitioner_reads_their_hours_their_days_away_and_their_classes(clinic: Clinic) -> None:
    plan(clinic, offer(clinic))
    services.set_day_off(
        clinic.orla,
        first_on=TOMORROW.date() + timedelta(days=7),
        last_on=TOMORROW.date() + timedelta(days=8),
        by=clinic.actor(clinic.administrator),
        at=NOW,
    )
    said = read(clinic, clinic.orla)
    assert "Monday 09:00 to 18:00" in said["diary.practitioner"] and "Sunday" not in said["diary.practitioner"]
    assert said["diary.dayoff"] == "1 December 2026 to 2 December 2026, Away all day"
    assert said["diary.classtime"] == "24 November 2026, 10:00 to 11:00, 2 places"
