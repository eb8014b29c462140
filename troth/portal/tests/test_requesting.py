"""Asking, following what was asked, complaining without an account, and acting for somebody."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from tests.stores import Home
from troth.delivery.models import Message
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.notice.purposes import Purpose
from troth.people import services as people
from troth.people.selectors import ActsAs, Authority, steps
from troth.people.tests.factories import prove
from troth.portal import deciding
from troth.portal.views import acting
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.models import CaseStep, RightsCase
from troth.rights.rules.letters import Ending
from troth.rights.tests.conftest import clinic  # noqa: F401 - a fixture
from troth.rights.tests.factories import PASSWORD, make_officer, make_patient
from troth.vault import files
from troth.vault.uploads import SealedUpload


def register(given: str = "Maureen", family: str = "Oddie", email: str = "maureen@oddie.example") -> Actor:
    """Somebody who can sign in."""
    return make_patient(at=timezone.now(), given_name=given, family_name=family, email=email, address="3 Tannery Row")


def signed_in(email: str) -> Client:
    """A browser in which that person has signed in."""
    client = Client()
    assert client.post("/sign-in/", {"email": email, "password": PASSWORD}).status_code == 302
    return prove(client)


@pytest.fixture
def person(clinic: Home) -> Actor:  # noqa: F811
    return register()


@pytest.fixture
def officer(clinic: Home) -> Actor:  # noqa: F811
    return make_officer(at=timezone.now())


def test_several_things_are_asked_at_once_and_followed(person: Actor, officer: Actor) -> None:
    client = signed_in("maureen@oddie.example")
    empty = client.post("/my-data/ask/", {})
    assert empty.status_code == 422 and "Choose what it is" in empty.content.decode()
    form = {"asked": ["access", "complaint"], "words": "zq-my-words"}
    assert client.post("/my-data/ask/", form).status_code == 302
    rows = {row.right: row for row in RightsCase.objects.filter(subject_id=person.id)}
    assert set(rows) == {"access", "complaint"} and {row.route for row in rows.values()} == {"portal"}
    page = client.get(f"/my-data/asked/{rows['access'].pk}/").content.decode()
    assert "zq-my-words" in page and "We have your request" in page
    services.finish_case(
        rows["complaint"].pk, ending=Ending.UPHELD, words="It was our mistake.", by=officer, at=timezone.now()
    )
    page = client.get(f"/my-data/asked/{rows['complaint'].pk}/").content.decode()
    assert "It was our mistake." in page and "What came of your complaint" in page


def test_an_objection_keeps_their_words_alone_and_says_what_stopped_and_what_became_of_it(
    person: Actor, officer: Actor
) -> None:
    client = signed_in("maureen@oddie.example")
    assert client.post("/my-data/choices/feedback/", {"word": "object", "words": "zq-my-words"}).status_code == 302
    assert client.post("/my-data/stop/", {"word": "stop", "words": ""}).status_code == 302
    rows = {row.right: row.pk for row in RightsCase.objects.all()}
    with processing(Purpose.RIGHTS, by=person, at=timezone.now()) as opened:
        assert rights.get_case(rows["objection"], opened).words == "zq-my-words"
    title = "Feedback and surveys"
    page = client.get(f"/my-data/asked/{rows['objection']}/").content.decode()
    assert "This has stopped already" in page and "You object to" in page
    assert (
        "Use of the record has stopped already"
        in client.get(f"/my-data/asked/{rows['restriction']}/").content.decode()
    )
    assert Message.objects.filter(kind="case_received").count() == 2
    services.weigh_objection(
        rows["objection"],
        purpose=Purpose.FEEDBACK,
        upheld=False,
        words="Safety needs it.",
        by=officer,
        at=timezone.now(),
    )
    listed = client.get("/my-data/asked/").content.decode()
    assert "Refused" in listed and "Answered" not in listed and title in listed
    assert "You object to" not in client.get(f"/my-data/asked/{rows['restriction']}/").content.decode()


def test_another_persons_request_is_as_if_there_were_none(person: Actor, officer: Actor) -> None:
    client = signed_in("maureen@oddie.example")
    client.post("/my-data/ask/", {"asked": ["access"], "words": "zq-my-words"})
    case = RightsCase.objects.get().pk
    register("Petroc", "Vane", "petroc@vane.example")
    other = signed_in("petroc@vane.example")
    assert other.get(f"/my-data/asked/{case}/").status_code == 404
    assert other.get("/my-data/asked/11111111-1111-4111-8111-111111111111/").status_code == 404


def test_a_correction_has_its_receipt(person: Actor) -> None:
    client = signed_in("maureen@oddie.example")
    assert client.post("/my-data/correct/", {"what": "My name", "words": "Oddy"}).status_code == 302
    case = RightsCase.objects.get(right="rectification")
    assert "We have your request" in client.get(f"/my-data/asked/{case.pk}/").content.decode()


def test_anybody_complains_and_the_page_says_the_same_to_everybody(person: Actor, officer: Actor) -> None:
    stranger = Client()
    page = stranger.get("/complain/").content.decode()
    assert "Information Commissioner" in page
    bare = stranger.post("/complain/", {"words": "You lost my letter", "name": "Ada Quoin"})
    assert bare.status_code == 422
    answers = [
        stranger.post("/complain/", {"words": "You lost my letter", "name": "Ada Quoin", "email": email})
        for email in ("ada@quoin.example", "maureen@oddie.example")
    ]
    assert {(each.status_code, each.headers["Location"]) for each in answers} == {(302, "/complained/")}
    assert stranger.get("/complained/").status_code == 200
    rows = list(RightsCase.objects.all())
    assert {row.route for row in rows} == {"form"} and person.id not in {row.subject_id for row in rows}
    assert signed_in("maureen@oddie.example").get("/complain/").headers["Location"] == "/my-data/ask/"


def test_an_address_that_had_several_messages_gets_no_further_acknowledgement(
    person: Actor, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = Client()
    form = {"words": "You lost my letter", "name": "Ada Quoin", "email": "ada@quoin.example"}
    answers = [stranger.post("/complain/", form) for _ in range(5)]
    assert {(each.status_code, each.headers["Location"]) for each in answers} == {(302, "/complained/")}
    assert RightsCase.objects.count() == 5, "each is taken in"
    assert CaseStep.objects.filter(kind="acknowledged").count() == Message.objects.count() == 3
    page = signed_in("privacy_officer@clinic.example").get(f"/office/cases/{_unacknowledged()}/").content.decode()
    assert "ada@quoin.example" in page, "and an officer can answer it"
    by_post = {**form, "email": "", "address": "3 Tannery Row"}
    assert [stranger.post("/complain/", by_post).status_code for _ in range(5)] == [302] * 5
    monkeypatch.setattr(steps, "PER_NETWORK", 1)
    assert stranger.post("/complain/", by_post).status_code == 429, "the network is counted without an address too"


def _unacknowledged() -> UUID:
    found: UUID = RightsCase.objects.exclude(
        pk__in=CaseStep.objects.filter(kind="acknowledged").values("case_id")
    ).values_list("pk", flat=True)[0]
    return found


def test_somebody_acts_for_a_person_until_the_person_ends_it(person: Actor, officer: Actor) -> None:
    petroc = register("Petroc", "Vane", "petroc@vane.example")
    helper = signed_in("petroc@vane.example")
    assert "You act for nobody" in helper.get("/acting/").content.decode()
    assert helper.get(f"/acting/{person.id}/").status_code == 403
    assert helper.post(f"/acting/{person.id}/", {"asked": ["access"], "words": "x"}).status_code == 403
    owner = signed_in("maureen@oddie.example")
    owner.post("/my-data/ask/", {"asked": ["access"], "words": "zq-her-own"})
    at = timezone.now()
    paper = SealedUpload(files.store([b"paper"], name="p.txt", media_type="text/plain"), "text/plain", None)
    authority = people.record_authority(
        person.id,  # type: ignore[arg-type]
        representative=petroc.id,  # type: ignore[arg-type]
        acts_as=ActsAs.RELATIVE,
        until=at + timedelta(days=30),
        checked="Signed on 3 May",
        paper=paper,
        by=officer,
        at=at,
    )
    last = f"until {deciding.say_day(timezone.localdate(at + timedelta(days=30)))}"
    listed = helper.get("/acting/").content.decode()
    assert "Maureen Oddie" in listed and last in listed
    assert f"You can ask for them {last}" in helper.get(f"/acting/{person.id}/").content.decode()
    assert helper.post(f"/acting/{person.id}/", {"asked": ["access"], "words": "zq-for-her"}).status_code == 302
    page = helper.get(f"/acting/{person.id}/").content.decode()
    assert "zq-for-her" in page and "Tannery" not in page and "zq-her-own" not in page
    assert "A copy of their data" in page and "what I gave you" not in page, "it is asked for somebody else"
    listed = owner.get("/my-data/acting/").content.decode()
    assert (
        "Signed on 3 May" in listed
        and "A relative or friend whom you asked to" in listed
        and "You act for them" not in listed
    )
    mine, theirs = (each.get("/my-data/").content.decode() for each in (owner, helper))
    assert 'href="/my-data/acting/"' in mine and 'href="/acting/"' not in mine
    assert 'href="/acting/"' in theirs
    assert helper.post(f"/my-data/acting/{authority}/end/").status_code == 404
    assert owner.post(f"/my-data/acting/{authority}/end/").status_code == 302
    assert helper.get(f"/acting/{person.id}/").status_code == 403
    assert "You act for nobody" in helper.get("/acting/").content.decode()


def test_the_last_day_of_an_authority_is_said_as_london_has_it(person: Actor, officer: Actor) -> None:
    """What stands until the midnight after 12 January ends on the 12th; what began at half past midnight in June began that day."""
    petroc = register("Petroc", "Vane", "petroc@vane.example")
    began = datetime(2026, 6, 9, 23, 30, tzinfo=UTC)
    known = Authority(
        uuid4(),
        person.id,  # type: ignore[arg-type]
        petroc.id,  # type: ignore[arg-type]
        ActsAs.RELATIVE,
        began,
        datetime(2027, 1, 13, tzinfo=UTC),
        None,
        "Signed on 3 May",
        "",
        (),
        None,
        None,
        True,
        True,
    )
    said = {row.label: row.value for row in acting._rows(known)}
    assert (said["Since"], said["Until"]) == ("10 June 2026", "12 January 2027")


def test_anybody_reads_what_software_decides_and_who_steps_in(person: Actor) -> None:
    page = Client().get("/decisions/").content.decode()
    assert "No decision with a serious effect on you is left to software alone" in page and "Who steps in" in page
    assert "Sign in and ask" in page
    assert "/my-data/ask/" in signed_in("maureen@oddie.example").get("/decisions/").content.decode()
