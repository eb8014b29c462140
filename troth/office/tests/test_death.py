"""Somebody died: their account, its open pages and links, and whoever acted for them end at once; and a mistake is taken back."""

from datetime import timedelta
from uuid import UUID

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.gate import actors
from troth.gate.contexts import processing
from troth.notice.purposes import Purpose
from troth.office.tests.conftest import register, signed_in
from troth.people import services as people
from troth.people.rules import AuthorityRefused
from troth.people.selectors import ActsAs, represented_by
from troth.rights import services as rights
from troth.rights.models import Asked, RightsCase, Route
from troth.rights.tests.factories import PASSWORD, make_officer
from troth.vault import files
from troth.vault.categories import Category
from troth.vault.uploads import SealedUpload

EMAIL = "maureen@oddie.example"
DEATH = {
    "died_on_day": "2",
    "died_on_month": "11",
    "died_on_year": "2026",
    "shown_by": "certificate",
    "seen": "The certificate",
    "wish": "",
}


def authority(subject: UUID, representative: UUID, by: actors.Actor) -> UUID:
    at = timezone.now()
    paper = SealedUpload(files.store([b"a paper"], name="p.txt", media_type="text/plain"), "text/plain", None)
    return people.record_authority(
        subject,
        representative=representative,
        acts_as=ActsAs.RELATIVE,
        until=at + timedelta(days=30),
        checked="Signed by her",
        paper=paper,
        by=by,
        at=at,
    )


def test_a_death_ends_what_was_open_and_a_mistake_is_taken_back(officer: Client) -> None:
    ann, son = register(), register("Petroc", "Oddie", "petroc@oddie.example")
    assert ann.id and son.id
    by = make_officer(at=timezone.now(), email="second@clinic.example")
    now = timezone.now()
    (case,) = rights.take_in(
        ann.id,
        {Asked.DECEASED},
        words="I am her executor.",
        route=Route.LETTER,
        received_on=now.date(),
        applicant={"name": "Bill Oddie-Vane", "email": "bill@vane.example"},
        by=by,
        at=now,
    )
    authority(ann.id, son.id, by)
    browser, sons = signed_in(EMAIL), signed_in("petroc@oddie.example")
    acting = reverse("my_acting")
    assert browser.get(reverse("my_home")).status_code == 200
    assert represented_by(son.id, at=timezone.now())
    page = officer.get(reverse("office_case", args=[case])).content.decode()
    assert page.index("Record that they died") < page.index("Answer and close it")
    assert officer.post(reverse("office_case_step", args=[case, "death"]), DEATH).status_code == 302

    gone = browser.get(reverse("my_home"))  # the page that stood open
    assert gone.status_code == 302 and gone.headers["Location"] == reverse("sign_in")
    tried = Client().post("/sign-in/", {"email": EMAIL, "password": PASSWORD})
    assert tried.status_code == 403 and "has died" in tried.content.decode()
    wrong = Client().post("/sign-in/", {"email": EMAIL, "password": "not it at all"})
    assert wrong.status_code == 422 and "died" not in wrong.content.decode()
    assert not represented_by(son.id, at=timezone.now())
    assert "Maureen" not in sons.get(acting).content.decode()
    with processing(Purpose.RIGHTS, by=son, at=timezone.now()) as opened:
        assert not opened.decision(ann.id, Category.HEALTH).allowed
    try:
        authority(ann.id, son.id, by)
    except AuthorityRefused as why:
        assert "They died" in str(why)
    else:
        raise AssertionError("nobody is let act for somebody who died")

    page = officer.get(reverse("office_case", args=[case])).content.decode()
    assert page.index("Ask as what they apply") < page.index("Answer and close it")
    mistake = reverse("office_case_step", args=[case, "death-mistake"])
    assert "Take back that they died" in officer.get(reverse("office_case", args=[case])).content.decode()
    assert officer.post(mistake, {"words": ""}).status_code == 422
    assert officer.post(mistake, {"words": "She rang, and showed her passport."}).status_code == 302
    assert officer.post(mistake, {"words": "Again"}).status_code == 422
    assert signed_in(EMAIL).get(reverse("my_home")).status_code == 200
    assert not represented_by(son.id, at=timezone.now())  # only she can let him again
    assert RightsCase.objects.get(pk=case).state == "asked"
