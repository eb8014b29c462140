"""The officer records who acts for a person, on a paper that is sealed as it arrives, and ends it."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from troth.office.tests.conftest import ask, register
from troth.people.models import Representation
from troth.people.selectors import represented_by


def test_an_officer_lets_somebody_act_and_ends_it(officer: Client) -> None:
    person, case = ask()
    helper = register("Petroc", "Vane", "petroc@vane.example")
    assert person.id is not None and helper.id is not None
    path = f"/office/cases/{case}/authorities/"
    assert "Nobody acts for them" in officer.get(path).content.decode()
    until = timezone.localdate() + timedelta(days=60)
    form = {
        "email": "petroc@vane.example",
        "acts_as": "relative",
        "checked": "Signed on 3 May, to ask for a copy",
        "until_day": str(until.day),
        "until_month": str(until.month),
        "until_year": str(until.year),
    }
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
