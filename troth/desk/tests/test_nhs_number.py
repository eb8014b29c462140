"""The NHS number at the desk: asked for where the notice names it, on the card, and in the person's own copy."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.desk.tests.conftest import Clinic
from troth.gate.reasons import FindReason
from troth.people.tests.factories import browser_of, make_patient, make_staff

NUMBER = "999 000 0018"


def test_it_is_written_down_at_the_card_and_stands_there_and_in_their_own_data(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    doctor, path = signed_in(clinic.prescriber), reverse("desk_nhs_number", args=[clinic.subject])
    card = reverse("desk_card", args=[clinic.subject])
    assert path in doctor.get(card).content.decode()
    wrong = doctor.post(path, {"number": "999 000 0081"})
    assert wrong.status_code == 422 and "999 000 0081" in wrong.content.decode()
    assert doctor.post(path, {"number": NUMBER}).headers["Location"].startswith(card)
    assert f"NHS number {NUMBER}" in doctor.get(card).content.decode()
    own = signed_in(clinic.subject).get(reverse("my_kind", args=["identity"])).content.decode()
    assert "NHS number" in own and "9990000018" in own
    found = doctor.post(reverse("desk_find"), {"q": NUMBER, "reason": FindReason.CLINICAL_QUERY}).content.decode()
    assert card in found


def test_others_open_no_form_for_it(clinic: Clinic, signed_in: Callable[[UUID], Client]) -> None:
    path = reverse("desk_nhs_number", args=[clinic.subject])
    assert Client().get(path).headers["Location"] == reverse("sign_in")
    for who in (clinic.colleague, clinic.finance, clinic.other):
        assert signed_in(who).post(path, {"number": NUMBER}).status_code == 403


def test_reception_asks_for_it_where_the_notice_names_it(clinic: Clinic, signed_in: Callable[[UUID], Client]) -> None:
    desk, path = signed_in(clinic.support), reverse("desk_register")
    assert "NHS number" in desk.get(path).content.decode()
    given = {
        "given_name": "Nell",
        "family_name": "Numbered",
        "born_on_day": "3",
        "born_on_month": "5",
        "born_on_year": "1980",
        "email": "nell@post.example",
        "telephone": "07700 900 100",
        "address": "1 Weir Terrace",
        "postcode": "LD3 1CI",
    }
    wrong = desk.post(path, {**given, "nhs_number": "999 000 0019"})
    assert wrong.status_code == 422 and "999 000 0019" in wrong.content.decode()
    assert desk.post(path, {**given, "nhs_number": NUMBER}).status_code == 302
    found = desk.post(reverse("desk_find"), {"q": NUMBER, "reason": FindReason.ON_THE_TELEPHONE}).content.decode()
    assert "Nell Numbered" in found


def test_where_the_notice_does_not_name_it_there_is_no_page_and_no_field(db: None) -> None:
    publish_pack("wellness-clinic")
    at = timezone.now() - timedelta(minutes=5)
    subject, reception = make_patient(at=at), browser_of(make_staff("receptionist", at=at))
    assert 'name="nhs_number"' not in reception.get(reverse("desk_register")).content.decode()
    assert reception.get(reverse("desk_nhs_number", args=[subject])).status_code == 404
