"""What a person sees and does in their own pages when two records of theirs are linked, and what ends with the link."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from tests.stores import Home
from troth.consent import services as consents
from troth.gate import actors
from troth.gate.contexts import processing
from troth.gate.refusals import Check
from troth.notice.purposes import Purpose
from troth.people import services
from troth.people.selectors import MadeSure
from troth.people.tests.factories import PASSWORD, browser_of, make_patient, make_staff
from troth.rights import jobs
from troth.rights import selectors as rights
from troth.rights import services as wishes
from troth.rights.models import ErasureCertificate, RightsCase
from troth.rights.rules.clock import Asked, Route
from troth.rights.rules.packing import Decided
from troth.rights.selectors import packs
from troth.vault.categories import Category

SIDE = {"email": "m.oddie@work.example", "telephone": "07700 900 999", "address": "9 Sentinel Lane"}


@pytest.fixture(autouse=True)
def _clock() -> None:
    """Time goes on here: what is recorded about links has an order."""


@pytest.fixture
def pair(notice_in_force: None) -> Iterator[tuple[UUID, UUID]]:
    yield linked_pair()


def linked_pair() -> tuple[UUID, UUID]:
    at = timezone.now() - timedelta(minutes=5)
    both = make_patient(at=at, password=PASSWORD), make_patient(at=at, password=PASSWORD, **SIDE)
    by = [
        actors.person(
            make_staff("patient_support", at=at, email=f"{name}@clinic.example", name=name), at=timezone.now()
        )
        for name in ("one", "two")
    ]
    now = timezone.now()
    link = services.propose_link(*both, reason="x", by=by[0], at=now)
    services.confirm_link(link, made_sure=MadeSure.DOCUMENT, words="x", by=by[1], at=now)
    return both


def undo(pair: tuple[UUID, UUID]) -> None:
    from troth.people import selectors as people

    (line,) = people.links_of(pair[0])
    by = actors.person(line.proposed_by, at=timezone.now())
    services.undo_link(line.link, words="x", by=by, at=timezone.now())


def page(client: Client, name: str, query: str = "") -> str:
    return client.get(reverse(name) + query).content.decode()


def test_my_data_shows_both_records_and_one_when_the_link_is_undone(pair: tuple[UUID, UUID]) -> None:
    client = browser_of(pair[0])
    body = page(client, "my_data")
    assert "9 Sentinel Lane" in body and "What your other record holds" in body
    kind = client.get(reverse("my_kind", args=["contact"]) + "?record=2").content.decode()
    assert "9 Sentinel Lane" in kind
    assert client.get(reverse("my_kind", args=["contact"]) + "?record=3").status_code == 404
    assert "Sentinel" not in page(client, "my_details")
    undo(pair)
    assert "Sentinel" not in page(client, "my_data")
    assert client.get(reverse("my_kind", args=["contact"]) + "?record=2").status_code == 404


def test_whoever_works_here_sees_only_what_belongs_to_the_sign_in(notice_in_force: None) -> None:
    at = timezone.now() - timedelta(minutes=5)
    staff = make_staff("prescriber", at=at, email="maureen@oddie.example", name="Dr Oddie")
    patient = make_patient(at=at, address="9 Sentinel Lane")
    by = [
        actors.person(
            make_staff("patient_support", at=at, email=f"{name}@clinic.example", name=name), at=timezone.now()
        )
        for name in ("one", "two")
    ]
    now = timezone.now()
    link = services.propose_link(staff, patient, reason="x", by=by[0], at=now)
    services.confirm_link(link, made_sure=MadeSure.KNOWN, words="x", by=by[1], at=now)
    assert "Sentinel" not in page(browser_of(staff), "my_data")
    assert browser_of(staff).get(reverse("my_history") + "?record=2").status_code == 404
    assert "What your other record holds" in page(browser_of(patient), "my_data")
    assert "Your other record" not in page(browser_of(patient), "my_erasure"), "a post is not erased from here"


def test_who_looked_is_listed_for_each_record_and_ones_own_look_is_ones_own(pair: tuple[UUID, UUID]) -> None:
    client = browser_of(pair[0])
    page(client, "my_data")  # opens the other record too, which is an event about it
    body = page(client, "my_history", "?record=2")
    assert "Your other record" in body and "it holds" in body
    assert "Linked two records of one person" in body
    (own,) = [
        look for look in rights.history_of(pair[1], at=timezone.now()).looks if look.opened and look.by_themself
    ]
    assert own.who == "You"
    assert "You" in page(browser_of(pair[1]), "my_history")


def test_a_copy_holds_both_records_each_with_its_own_events(pair: tuple[UUID, UUID]) -> None:
    sent = browser_of(pair[0]).post(reverse("my_copy"))
    with zipfile.ZipFile(io.BytesIO(sent.getvalue())) as packed:  # type: ignore[attr-defined]
        names = set(packed.namelist())
        assert {"my-data.json", "who-looked.json", "record-2/my-data.json", "record-2/who-looked.json"} <= names
        assert b"9 Sentinel Lane" in packed.read("record-2/my-data.json")
        assert b"9 Sentinel Lane" not in packed.read("my-data.json")
        assert b"record-2/" in packed.read("READ-ME.txt")
    undo(pair)
    again = browser_of(pair[0]).post(reverse("my_copy"))
    assert b"record-2" not in again.getvalue()  # type: ignore[attr-defined]


def test_a_word_about_one_record_holds_for_the_other_and_ends_for_both(pair: tuple[UUID, UUID]) -> None:
    at = timezone.now()
    wishes.restrict(pair[1], by=actors.person(pair[1], at=at), at=at)
    assert rights.restricted_since(pair[0], at=at) is not None
    support = actors.person(make_staff("patient_support", email="third@clinic.example"), at=at)
    with processing(Purpose.SERVICE_MESSAGES, by=support, at=timezone.now()) as opened:
        assert not opened.decision(pair[0], Category.CONTACT).allowed
    wishes.lift_restriction(pair[0], by=actors.person(pair[0], at=at), at=timezone.now())
    assert rights.restricted_since(pair[1], at=timezone.now()) is None


def test_a_consent_taken_back_in_one_record_is_taken_back_in_the_other(pair: tuple[UUID, UUID]) -> None:
    def agrees(subject: UUID) -> bool:
        choices = rights.list_choices(subject, at=timezone.now())
        return next(each.standing for each in choices if each.purpose is Purpose.MARKETING)

    for subject in pair:
        consents.give(
            subject,
            Purpose.MARKETING,
            channel="email",
            by=actors.person(subject, at=timezone.now()),
            at=timezone.now(),
        )
    assert agrees(pair[0]) and agrees(pair[1])
    own = actors.person(pair[0], at=timezone.now())
    consents.take_back(pair[0], Purpose.MARKETING, by=own, at=timezone.now())
    assert not agrees(pair[0]) and not agrees(pair[1])
    consents.give(pair[0], Purpose.MARKETING, channel="email", by=own, at=timezone.now())
    assert agrees(pair[0])


def test_an_erasure_says_beforehand_what_goes_of_both_and_then_carries_out_both(committed_db: Home) -> None:
    publish_pack()
    pair = linked_pair()
    client = browser_of(pair[0])
    body = page(client, "my_erasure")
    assert "Your other record" in body
    mark = re.search(r'name="plan" value="(\w+)"', body)
    assert mark
    stranger = browser_of(make_patient(email="else@x.example", given_name="Else", telephone="07700 900 001"))
    answer = client.post(reverse("my_erasure"), {"account": "keep", "password": PASSWORD, "plan": mark[1]})
    assert answer.status_code == 302
    done = {row.subject_id: row.pk for row in ErasureCertificate.objects.all()}
    assert set(done) == set(pair)
    for certificate in done.values():
        assert client.get(reverse("my_certificate", args=[certificate])).status_code == 200
        assert stranger.get(reverse("my_certificate", args=[certificate])).status_code == 404
    assert "9 Sentinel Lane" not in page(client, "my_data")


def test_the_first_four_checks_still_stand_between_staff_and_a_linked_record(pair: tuple[UUID, UUID]) -> None:
    prescriber = actors.person(make_staff("prescriber"), at=timezone.now())
    with processing(Purpose.CARE, by=prescriber, at=timezone.now()) as opened:
        assert opened.decision(pair[0], Category.HEALTH).check is Check.REASON


def test_a_request_and_a_copy_of_a_linked_record_open_and_end_with_the_link(pair: tuple[UUID, UUID]) -> None:
    at = timezone.now()
    for subject, words in zip(pair, ("zq-first", "zq-second"), strict=True):
        by = actors.person(subject, at=at)
        wishes.take_in(
            subject, {Asked.ACCESS}, words=words, route=Route.PORTAL, received_on=timezone.localdate(at), by=by, at=at
        )
        at += timedelta(seconds=1)
    cases = {row.subject_id: row.pk for row in RightsCase.objects.all()}
    client, stranger = (
        browser_of(pair[0]),
        browser_of(make_patient(email="else@x.example", given_name="Else", telephone="07700 900 001")),
    )
    body = page(client, "my_rights_requests")
    assert body.index("zq-second") < body.index("zq-first"), "the newest stands first, whichever record it is of"
    for case in cases.values():
        path = reverse("my_rights_request", args=[case])
        assert path in body and client.get(path).status_code == 200
        assert stranger.get(path).status_code == 404
    pack = released(cases[pair[1]])
    path = reverse("my_pack_file", args=[pack])
    assert path in page(client, "my_packs") and path not in page(stranger, "my_packs")
    assert stranger.post(path).status_code == 404
    sent = client.post(path)
    assert sent.status_code == 200 and b"".join(sent.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    undo(pair)
    assert client.get(reverse("my_rights_request", args=[cases[pair[1]]])).status_code == 404
    assert path not in page(client, "my_packs") and client.post(path).status_code == 404


def released(case: UUID) -> UUID:
    """A copy of everything, decided, built and released by an officer. Gives the pack."""
    at = timezone.now()
    officer = actors.person(make_staff("privacy_officer", at=at, email="officer@clinic.example"), at=timezone.now())
    pack = wishes.begin_pack(case, by=officer, at=timezone.now())
    with processing(Purpose.RIGHTS, by=officer, at=timezone.now()) as opened:
        entries = packs.review(packs.get_pack(pack, opened), opened)
    goes = {each.thing.id: Decided() for each in entries}
    wishes.decide_entries(pack, goes, by=officer, at=timezone.now())
    wishes.order_build(pack, build=jobs.build_pack, by=officer, at=timezone.now())
    jobs.build_pack(pack)
    wishes.release_pack(pack, by=officer, at=timezone.now())
    return pack


def test_the_page_that_is_left_when_the_sign_in_goes_has_every_certificate(committed_db: Home) -> None:
    publish_pack()
    pair = linked_pair()
    client = browser_of(pair[0])
    mark = re.search(
        r'name="plan" value="(\w+)"', client.post(reverse("my_erasure"), {"account": "close"}).content.decode()
    )
    assert mark
    left = client.post(reverse("my_erasure"), {"account": "close", "password": PASSWORD, "plan": mark[1]})
    assert left.status_code == 200
    body = left.content.decode()
    made = {row.subject_id: row.pk.hex for row in ErasureCertificate.objects.all()}
    assert set(made) == set(pair) and all(number in body for number in made.values())
    assert body.index(made[pair[0]]) < body.index(made[pair[1]]), "the one of this sign-in first"


def test_nobody_acts_for_another_record_of_their_own(pair: tuple[UUID, UUID]) -> None:
    client = browser_of(pair[0])
    assert client.get(reverse("my_acting_for", kwargs={"subject": pair[1]})).status_code == 404
