"""The page that puts a stranger's request under a record, as an officer meets it."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from tests.stores import Home
from troth.delivery.models import Message
from troth.office.tests.conftest import register, signed_in
from troth.rights import services
from troth.rights.models import Asked, CaseStep, RightsCase, Route
from troth.rights.tests.factories import make_officer

WHY = {"words": "She wrote from the address on her card.", "proof": "known_detail"}


@pytest.fixture
def cases(clinic: Home) -> list[UUID]:
    at = timezone.now()
    return services.take_in_from_stranger(
        {Asked.ACCESS, Asked.RECTIFICATION},
        name="M Oddie",
        email="mo@post.example",
        words="What do you hold?",
        route=Route.EMAIL,
        received_on=timezone.localdate(at),
        by=make_officer("patient_support", at=at),
        at=at,
    )


def chosen(officer: Client, path: str, label: str = "Maureen Oddie") -> str:
    """What the page gives for the record of that name, after a search for it."""
    page = officer.post(path, {"q": "Oddie"}).content.decode()
    assert label in page
    return re.findall(r'name="to" value="([^"]+)"', page.partition(label)[0])[-1]


def test_a_request_is_put_under_the_record_that_was_found(officer: Client, cases: list[UUID]) -> None:
    person = register()
    path = f"/office/cases/{cases[0]}/record/"
    assert f'href="{path}"' in officer.get(f"/office/cases/{cases[0]}/").content.decode()
    to = chosen(officer, path)
    assert "1 other request" in (asks := officer.post(path, {"to": to}).content.decode()) and "Maureen Oddie" in asks
    assert officer.post(path, {"to": to, "words": "", "proof": ""}).status_code == 422
    first = officer.post(path, {"to": to, **WHY})
    assert "Tell us something that only you would know" in first.content.decode()
    assert "References " in first.content.decode(), "one letter for both"
    assert RightsCase.objects.exclude(subject_id=person.id).count() == 2, "nothing goes before the letter was seen"
    once = re.findall(r'name="once" value="([^"]+)"', first.content.decode())[0]
    sent = {"to": to, **WHY, "seen": first.context["mark"], "once": once}
    answer = officer.post(path, sent)
    assert officer.post(path, sent).headers.get("Location") == answer.headers.get("Location"), "pressed twice"
    assert answer.status_code == 302 and RightsCase.objects.filter(subject_id=person.id).count() == 2
    assert Message.objects.filter(kind="case_proof").count() == 1
    page = officer.get(answer.headers["Location"]).content.decode()
    assert "Put under this record: She wrote" in page and "Waits for proof of who they are" in page
    assert "This stands under no record" not in page


def test_a_page_that_was_left_open_moves_nothing(officer: Client, cases: list[UUID]) -> None:
    register()
    other = register(given="Gwen", email="gwen@oddie.example")
    path = f"/office/cases/{cases[0]}/record/"
    stale, to = chosen(officer, path), chosen(officer, path, "Gwen Oddie")
    mark = officer.post(path, {"to": to, **WHY}).context["mark"]
    assert officer.post(path, {"to": to, **WHY, "seen": mark}).status_code == 302
    answer = officer.post(path, {"to": stale, **WHY})
    assert answer.status_code == 422 and "put under another record meanwhile" in answer.content.decode()
    assert set(RightsCase.objects.values_list("subject_id", flat=True)) == {other.id}
    page = officer.get(path).content.decode()
    back = re.findall(r'name="to" value="([^"]+)"', page.partition("Was it a mistake")[2])[0]
    assert officer.post(path, {"to": back, "words": "It was her sister."}).status_code == 302
    assert not RightsCase.objects.filter(subject_id=other.id).exists()
    assert "This stands under no record" in officer.get(f"/office/cases/{cases[0]}/").content.decode()


def test_nobody_chooses_what_they_did_not_find(
    officer: Client, cases: list[UUID], colleague: Callable[[str], Client]
) -> None:
    register()
    make_officer(email="second@clinic.example", at=timezone.now())
    path = f"/office/cases/{cases[0]}/record/"
    to = chosen(officer, path)
    second = signed_in("second@clinic.example")
    assert second.post(path, {"to": to, **WHY}).headers["Location"] == path, "it was given to somebody else"
    assert officer.post(path, {"to": "made-up", **WHY}).status_code == 302
    assert colleague("prescriber").get(path).status_code == 403
    assert "Nobody fits" in officer.post(path, {"q": "Nemo"}).content.decode()
    assert not CaseStep.objects.filter(kind="moved").exists()


def test_what_stays_where_it_is_says_why(officer: Client) -> None:
    at, person = timezone.now(), register()
    assert person.id is not None
    (case,) = services.take_in(
        person.id,
        {Asked.ACCESS},
        words="Mine",
        route=Route.EMAIL,
        received_on=timezone.localdate(at),
        by=make_officer("patient_support"),
        at=at,
    )
    path = f"/office/cases/{case}/record/"
    assert "It was taken in under this record" in officer.get(path).content.decode()
    assert officer.post(path, {"q": "Oddie"}).status_code == 422
    assert path not in officer.get(f"/office/cases/{case}/").content.decode()


def test_one_letter_asks_who_they_are_for_all_of_a_message(officer: Client, cases: list[UUID]) -> None:
    path = f"/office/cases/{cases[1]}/step/ask-identity/"
    form = {"proof": "seen_document", "words": ""}
    first = officer.post(path, form)
    assert "References " in first.content.decode()
    assert officer.post(path, {**form, "seen": first.context["mark"]}).status_code == 302
    assert Message.objects.filter(kind="case_proof").count() == 1
    assert set(RightsCase.objects.values_list("waits_for", flat=True)) == {"identity"}
