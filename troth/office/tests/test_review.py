"""Reviews at the office: what waits with its clock, one emergency opened for its review, judged, told; late when it is late."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.test import Client
from django.utils import timezone

from troth.delivery import selectors as delivery
from troth.gate import actors, emergency
from troth.gate.contexts import processing
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.office.tests.conftest import register
from troth.rights.tests.factories import make_officer
from troth.vault.categories import Category

WHY = "Collapsed at home, ambulance asks what she takes"


def broken(*, days_ago: int = 0) -> tuple[UUID, UUID]:
    """A patient whose record a doctor opened in an emergency so many days ago: the note, and the patient."""
    at = timezone.now() - timedelta(days=days_ago, minutes=5)
    before = at - timedelta(minutes=5)
    patient, doctor = register(at=before), make_officer("prescriber", at=before)
    assert patient.id and doctor.id
    by = actors.person(doctor.id, at=at, second_factor_at=at)
    emergency.break_glass(patient.id, note=WHY, by=by, at=at)
    with processing(Purpose.EMERGENCY, by=by, at=at + timedelta(minutes=1)) as opened:
        opened.require(patient.id, Category.IDENTITY)
        from troth.people import selectors as people

        assert people.get_identity(patient.id, opened)
    return emergency.list_broken()[0].note, patient.id


def test_the_list_says_who_and_by_when_and_opens_nothing(officer: Client) -> None:
    assert "No review waits" in officer.get("/office/reviews/").content.decode()
    note, patient = broken()
    before = LedgerEvent.objects.filter(subject=patient.hex).count()
    page = officer.get("/office/reviews/").content.decode()
    assert "1 review waits" in page and "Ines Prescriber" in page and "Not told yet" in page and "Oddie" not in page
    assert "A review is late" not in page
    assert LedgerEvent.objects.filter(subject=patient.hex).count() == before
    today = officer.get("/office/").content.decode()
    assert "opened by Ines Prescriber" in today and f"/office/reviews/{note}/" in today


def test_an_emergency_is_opened_for_its_review_judged_and_told(officer: Client) -> None:
    note, patient = broken()
    where = f"/office/reviews/{note}/"
    page = officer.get(where).content.decode()
    assert WHY in page and "Opened the record: Who you are" in page and "An emergency to review" in page
    opened = LedgerEvent.objects.filter(event="gate:opened", subject=patient.hex).latest("id")
    assert opened.reason == "an emergency to review" and opened.purpose == "rights"
    assert officer.post(where, {"verdict": "justified"}).status_code == 422
    thin = officer.post(where, {"verdict": "justified", "words": "fine fine"})
    assert (
        thin.status_code == 422
        and "three different words" in thin.content.decode()
        and "fine fine" in thin.content.decode()
    )
    assert officer.post(where, {"verdict": "justified", "words": "The ambulance asked for it"}).status_code == 302
    page = officer.get(where).content.decode()
    assert "The ambulance asked for it" in page and "Write the review" not in page and "It is closed" in page
    assert officer.post(where, {"verdict": "justified", "words": "Once more with feeling"}).status_code == 422
    listed = officer.get("/office/reviews/").content.decode()
    assert "No review waits" in listed and "In time" in listed
    assert officer.get(f"{where}tell/").status_code == 302
    assert officer.post(f"{where}tell/", {"how": "tell"}).status_code == 422
    put_off = {"how": "delay", "told": "Her partner reads her post"}
    assert officer.post(f"{where}tell/", put_off).status_code == 422
    again = timezone.localdate() + timedelta(days=5)
    day = {
        "look_again_on_day": str(again.day),
        "look_again_on_month": str(again.month),
        "look_again_on_year": str(again.year),
    }
    assert officer.post(f"{where}tell/", {**put_off, **day}).status_code == 302
    assert "Put off until" in officer.get(where).content.decode()
    assert officer.post(f"{where}tell/", {"how": "tell", "told": "Told by telephone"}).status_code == 302
    page = officer.get(where).content.decode()
    assert "They were told" in page and "Record it" not in page
    assert officer.post(f"{where}tell/", {"how": "tell", "told": "Told twice over"}).status_code == 422


def test_a_review_that_is_late_says_so_there_and_today(officer: Client) -> None:
    broken(days_ago=12)
    assert "A review is late" in officer.get("/office/reviews/").content.decode()
    today = officer.get("/office/").content.decode()
    assert "thing needs you today" in today or "things need you today" in today
    assert today.index("An emergency of") < today.index("No backup was made yet")


def test_other_roles_stay_out_and_there_is_no_other_emergency(
    officer: Client, colleague: Callable[[str], Client]
) -> None:
    note, _ = broken()
    finance = colleague("finance")
    for path in ("", f"{note}/", f"{note}/tell/"):
        assert finance.get(f"/office/reviews/{path}").status_code == 403
    assert officer.get(f"/office/reviews/{UUID(int=1)}/").status_code == 404


def test_telling_by_email_writes_the_letter_and_records_it(officer: Client) -> None:
    note, patient = broken()
    assert officer.post(f"/office/reviews/{note}/tell/", {"how": "email"}).status_code == 302
    assert "Told by email" in officer.get(f"/office/reviews/{note}/").content.decode()
    waiting, total = delivery.list_unsent()
    assert total == 1 and waiting[0].kind == "opened_in_emergency"
    assert LedgerEvent.objects.filter(event="rights:emergency_told", subject=patient.hex).count() == 1
    assert officer.post(f"/office/reviews/{note}/tell/", {"how": "email"}).status_code == 422
