"""Reception takes in what somebody asks about their data: in a minute, without reading anything back."""

from collections.abc import Callable
from uuid import UUID, uuid4

from django.test import Client
from django.utils import timezone

from troth.consent import services as consents
from troth.desk.tests.conftest import Clinic
from troth.gate import actors, facts
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Action, Purpose
from troth.rights import selectors as rights
from troth.rights.models import RightsCase, StepKind
from troth.rights.tests.factories import make_officer

DAY = timezone.localdate()
FORM = {
    "asked": ["access", "complaint"],
    "words": "zq-their-words",
    "route": "telephone",
    "received_on_day": str(DAY.day),
    "received_on_month": str(DAY.month),
    "received_on_year": str(DAY.year),
    "sure": "sure",
}


def test_support_takes_a_request_in_and_does_not_see_it_again(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    path = f"/desk/people/{clinic.subject}/asked/"
    assert Client().get(path).status_code == 302
    client = signed_in(clinic.support)
    assert client.get("/desk/asked/").status_code == 200
    empty = client.post(path, {})
    assert empty.status_code == 422 and "Choose what they ask for" in empty.content.decode()
    assert "What do they ask for?</legend>" in empty.content.decode()  # and not "if you like"
    taken = client.post(path, FORM)
    assert taken.status_code == 200 and "It is taken in" in taken.content.decode()
    rows = {row.right: row for row in RightsCase.objects.filter(subject_id=clinic.subject)}
    assert set(rows) == {"access", "complaint"} and rows["access"].route == "telephone"
    said = " ".join(taken.content.decode().split())
    assert "zq-their-words" not in said
    copy, complaint = (rights.reference_of(rows[each].pk) for each in ("access", "complaint"))
    assert f"A copy of what we hold: <strong>{copy}</strong>, we answer by" in said
    assert f"handled their data: <strong>{complaint}</strong>, they have our word that we look into it" in said
    assert client.get(f"/office/cases/{rows['access'].pk}/").status_code == 403
    event = LedgerEvent.objects.filter(event="rights:case_taken_in").latest("id")
    assert event.on_behalf_of == clinic.support.hex


def test_whoever_may_find_somebody_gets_to_the_form_without_a_card(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    path = f"/desk/people/{clinic.subject}/asked/"
    client = signed_in(clinic.finance)
    found = client.post("/desk/asked/", {"q": "oddie"}).content.decode()
    assert path in found
    assert "It is taken in" in client.post(path, FORM).content.decode()


def test_nobody_asks_under_a_number_that_is_nobodys(clinic: Clinic, signed_in: Callable[[UUID], Client]) -> None:
    client, path = signed_in(clinic.support), f"/desk/people/{uuid4()}/asked/"
    assert client.get(path).status_code == client.post(path, FORM).status_code == 404


def test_a_doubt_asks_for_proof_first(clinic: Clinic, signed_in: Callable[[UUID], Client]) -> None:
    client = signed_in(clinic.support)
    path, form = f"/desk/people/{clinic.subject}/asked/", {**FORM, "asked": ["access"], "sure": "doubt"}
    shown = client.post(path, form)
    (letter,) = shown.context["letters"]
    assert shown.status_code == 200 and "We look at it and keep no copy." in shown.content.decode()
    assert not RightsCase.objects.filter(subject_id=clinic.subject).exists(), "no letter goes that nobody has seen"
    other = client.post(path, {**form, "asked": ["access", "erasure"], "seen": shown.context["mark"]})
    (both,) = other.context["letters"]
    assert "You asked: a copy of your data; erasure." in both.text, "what was shown was another letter"
    answer = client.post(path, {**form, "seen": shown.context["mark"]})
    assert "we ask for proof first" in answer.content.decode()
    row = RightsCase.objects.get(subject_id=clinic.subject)
    assert row.waits_for == "identity"
    at = timezone.now()
    with processing(Purpose.RIGHTS, Action.READ, by=make_officer(at=at), at=at) as opened:
        sent = [each.words for each in rights.list_steps(row.pk, opened) if each.kind is StepKind.LETTER]
    assert sent == [letter.text.replace("Reference follows.", f"Reference {rights.reference_of(row.pk)}.")]


def test_a_use_to_stop_is_named(clinic: Clinic, signed_in: Callable[[UUID], Client]) -> None:
    client = signed_in(clinic.support)
    answer = client.post(f"/desk/people/{clinic.subject}/asked/", {**FORM, "asked": ["objection"]})
    assert answer.status_code == 422 and "Choose which use" in answer.content.decode()


def test_a_stranger_needs_a_way_to_be_answered(clinic: Clinic, signed_in: Callable[[UUID], Client]) -> None:
    client = signed_in(clinic.support)
    form = {**FORM, "name": "Ada Quoin"}
    answer = client.post("/desk/asked/unknown/", form)
    assert answer.status_code == 422 and "nobody can answer" in answer.content.decode()
    before = RightsCase.objects.count()
    assert client.post("/desk/asked/unknown/", {**form, "email": "ada@quoin.example"}).status_code == 200
    assert RightsCase.objects.count() == before + 2


def test_a_consent_is_taken_back_by_telephone_at_once(clinic: Clinic, signed_in: Callable[[UUID], Client]) -> None:
    now = timezone.now()
    person = actors.person(clinic.subject, at=now)
    consents.give(clinic.subject, Purpose.MARKETING, channel="email", by=person, at=now)
    assert facts.of(clinic.subject, FactKind.CONSENT, at=timezone.now())
    client = signed_in(clinic.support)
    form = {**FORM, "asked": [], "consent": "marketing"}
    assert "taken back" in client.post(f"/desk/people/{clinic.subject}/asked/", form).content.decode()
    assert not facts.of(clinic.subject, FactKind.CONSENT, at=timezone.now())
