"""The officer records who acts for a person, on a paper that is sealed as it arrives, and ends it."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from troth.office.tests.conftest import ask, register
from troth.people.models import Representation
from troth.people.selectors import represented_by


def filled(email: str) -> dict[str, object]:
    """The form, with a paper, for whoever is reached by that address."""
    until = timezone.localdate() + timedelta(days=60)
    return {
        "email": email,
        "acts_as": "relative",
        "checked": "Signed on 3 May, to ask for a copy",
        "may_ask": ["access"],
        "until_day": str(until.day),
        "until_month": str(until.month),
        "until_year": str(until.year),
        "paper": SimpleUploadedFile("paper.txt", b"sentinel-paper"),
    }


def test_an_officer_lets_somebody_act_and_ends_it(officer: Client) -> None:
    person, case = ask()
    helper = register("Petroc", "Vane", "petroc@vane.example")
    assert person.id is not None and helper.id is not None
    path = f"/office/cases/{case}/authorities/"
    assert "Nobody acts for them" in officer.get(path).content.decode()
    form = {name: value for name, value in filled("petroc@vane.example").items() if name != "paper"}
    bare = officer.post(path, form)
    assert bare.status_code == 422 and "LAW-3.15" in bare.content.decode()
    nobody = officer.post(path, {**form, "email": "nobody@nowhere.example"})
    assert nobody.status_code == 422 and "Nobody is reached" in nobody.content.decode()
    paper = SimpleUploadedFile("paper.txt", b"sentinel-paper")
    assert officer.post(path, {**form, "paper": paper}).status_code == 302
    assert represented_by(helper.id, at=timezone.now()) == [(person.id, "rights")]
    page = officer.get(path).content.decode()
    assert "Signed on 3 May" in page and "Their paper is kept with it" in page
    assert officer.post(path, {"end": str(Representation.objects.get().pk)}).status_code == 302
    assert represented_by(helper.id, at=timezone.now()) == []
    assert officer.post(path, {"end": "no-id"}).status_code == 404


def test_an_address_that_only_looks_like_theirs_gives_nobody_authority(officer: Client) -> None:
    """The index knows no accents, and an address with one is another mailbox."""
    _, case = ask()
    helper = register("Petroc", "Vane", "petroc@vane.example")
    path = f"/office/cases/{case}/authorities/"
    answer = officer.post(path, filled("p\u00e9troc@vane.example"))
    assert answer.status_code == 422 and "Nobody is reached" in answer.content.decode()
    for typed in ("Petroc Vane", "petroc@localhost"):
        answer = officer.post(path, filled(typed))
        assert answer.status_code == 422 and "such as name@example.org" in answer.content.decode()
    assert not Representation.objects.exists()
    assert officer.post(path, filled(" Petroc@Vane.example")).status_code == 302
    assert Representation.objects.get().representative == helper.id


def test_who_has_searched_too_often_is_told_so_at_the_address(officer: Client, settings: Any) -> None:
    _, case = ask()
    register("Petroc", "Vane", "petroc@vane.example")
    settings.TROTH_FINDS_AN_HOUR = 1
    path = f"/office/cases/{case}/authorities/"
    assert officer.post(path, filled("nobody@nowhere.example")).status_code == 422
    answer = officer.post(path, filled("petroc@vane.example"))
    assert answer.status_code == 422 and "searched very often" in answer.content.decode()
    assert "petroc@vane.example" in answer.content.decode() and not Representation.objects.exists()
