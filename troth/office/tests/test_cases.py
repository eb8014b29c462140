"""The office: an officer answers a request, nobody else gets in, and the list opens nothing."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from tests.stores import Home
from troth.gate.contexts import processing
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.office import casework
from troth.office.tests.conftest import ask, signed_in
from troth.people.models import Identity
from troth.prescribing.models import GpMessage
from troth.rights import selectors, services
from troth.rights.models import Asked, ErasureCertificate, RightsCase, Route, StepKind, Waits
from troth.rights.selectors.cases import Step
from troth.rights.tests.factories import LATER, make_officer, make_patient


def test_the_list_opens_nobodys_data(officer: Client) -> None:
    person, case = ask()
    before = LedgerEvent.objects.filter(event="gate:opened", subject=person.id.hex).count()
    page = officer.get("/office/cases/").content.decode()
    assert f"/office/cases/{case}/" in page and "Oddie" not in page
    assert LedgerEvent.objects.filter(event="gate:opened", subject=person.id.hex).count() == before


def test_an_officer_reads_decides_and_gets_the_certificate(officer: Client) -> None:
    person, case = ask()
    page = officer.get(f"/office/cases/{case}/").content.decode()
    assert "Forget &lt;i&gt;me&lt;/i&gt;" in page and "A request about their data" in page
    assert officer.get(f"/office/cases/{case}/history/").status_code == 200
    assert officer.post(f"/office/cases/{case}/", {}).status_code == 422
    seen = officer.post(f"/office/cases/{case}/", {"extent": "everything"})
    assert seen.status_code == 200 and "No letter goes" in seen.content.decode(), "nothing goes before that is seen"
    assert Identity.objects.filter(subject_id=person.id).exists()
    decision = {"extent": "everything", "seen": seen.context["mark"]}
    answer = officer.post(f"/office/cases/{case}/", decision)
    assert answer.status_code == 302
    assert "Gone" in officer.get(answer.headers["Location"]).content.decode()
    assert not Identity.objects.filter(subject_id=person.id).exists()
    assert "Whose record" not in officer.get(f"/office/cases/{case}/").content.decode()
    assert (
        officer.post(f"/office/cases/{case}/", {"extent": "everything"}).headers["Location"]
        == answer.headers["Location"]
    )
    assert ErasureCertificate.objects.filter(case_id=case).count() == 1


def test_what_no_card_holds_yet_is_said_before_an_erasure_and_a_copy(officer: Client) -> None:
    _, case = ask()
    assert "nobody’s card" not in officer.get(f"/office/cases/{case}/").content.decode()
    GpMessage.objects.create(number="20261103112233445566_1", came_at=timezone.now())
    assert "1 message from a GP is on nobody’s card yet" in officer.get(f"/office/cases/{case}/").content.decode()
    GpMessage.objects.create(number="20261103112233445566_2", came_at=timezone.now())
    assert (
        "2 messages from GPs are on nobody’s card yet; the first"
        in officer.get(f"/office/cases/{case}/").content.decode()
    )


def test_the_letter_of_an_erasure_is_seen_first_and_is_the_one_that_goes(officer: Client) -> None:
    _, case = ask()
    page = officer.post(f"/office/cases/{case}/", {"extent": "plan"})
    letter = page.context["letter"]
    assert letter is not None and letter.title in page.content.decode()
    assert RightsCase.objects.get(pk=case).state == "asked"
    other = officer.post(f"/office/cases/{case}/", {"extent": "everything", "seen": page.context["mark"]})
    assert other.status_code == 200, "another decision has another letter, or none"
    done = officer.post(f"/office/cases/{case}/", {"extent": "plan", "seen": page.context["mark"]})
    assert done.status_code == 302
    sent = [step.words for step in _steps(case) if step.kind is StepKind.LETTER]
    assert sent[-1] == letter.text


def _steps(case: UUID) -> list[Step]:
    officer = make_officer(at=timezone.now(), email="second@clinic.example")
    with processing(Purpose.RIGHTS, by=officer, at=timezone.now() + timedelta(seconds=2)) as opened:
        return selectors.list_steps(case, opened)


def test_no_erasure_is_offered_before_the_proof_that_was_asked_for_settles_it(officer: Client) -> None:
    person, by = make_patient(), make_officer(email="colleague@clinic.example")
    assert person.id is not None
    copy, case = services.take_in(
        person.id,
        {Asked.ACCESS, Asked.ERASURE},
        words="All of it",
        route=Route.EMAIL,
        received_on=LATER.date(),
        proof="seen_document",
        by=by,
        at=LATER,
    )
    page = officer.get(f"/office/cases/{case}/").content.decode()
    assert "Proof was asked for" in page and "Decide this erasure" not in page
    name = "Maureen Oddie"
    assert name in page and name in officer.get(f"/office/cases/{case}/step/judge-identity/").content.decode()
    answer = officer.post(f"/office/cases/{case}/", {"extent": "everything", "seen": "nobody"})
    assert answer.status_code == 422 and Identity.objects.filter(subject_id=person.id).exists()
    services.record_came(case, Waits.IDENTITY, on=LATER.date(), words="Seen", by=by, at=LATER)
    services.judge_proof(case, Waits.IDENTITY, holds=True, words="Looked at it", by=by, at=LATER)
    page = officer.get(f"/office/cases/{case}/").content.decode()
    assert "Decide this erasure" in page
    assert page.index("Answer what they asked to see first") < page.index("Decide what goes"), "else nothing would go"
    assert f'href="/office/cases/{copy}/"' in page.partition("What else can be done")[0]


def test_other_roles_and_patients_stay_out(clinic: Home) -> None:
    _, case = ask()
    make_officer("patient_support", at=timezone.now())
    for email in ("patient_support@clinic.example", "maureen@oddie.example"):
        client = signed_in(email)
        for path in ("/office/", f"/office/cases/{case}/", f"/office/cases/{case}/history/"):
            assert client.get(path).status_code == 403
        assert client.post(f"/office/cases/{case}/", {"extent": "everything"}).status_code == 403
    assert RightsCase.objects.get(pk=case).state == "asked"


def test_a_strangers_request_says_that_it_stands_under_no_record(officer: Client) -> None:
    now = timezone.now()
    (case,) = services.take_in_from_stranger(
        {Asked.ACCESS},
        name="Ada Quoin",
        email="ada@quoin.example",
        words="What do you hold?",
        route=Route.EMAIL,
        received_on=timezone.localdate(now),
        by=make_officer("patient_support"),
        at=now,
    )
    page = officer.get(f"/office/cases/{case}/").content.decode()
    assert (
        "This stands under no record" in page
        and f'href="/office/cases/{case}/record/"' in page
        and "Nobody’s yet" in page
    )


def test_the_case_says_how_far_a_letter_on_paper_is_and_leads_to_what_is_printed(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = timezone.now()
    (case,) = services.take_in_from_stranger(
        {Asked.ACCESS},
        name="Ada Quoin",
        address="3 Fell Lane",
        words="x",
        route=Route.LETTER,
        received_on=at.date(),
        by=make_officer("patient_support", at=at),
        at=at,
    )
    where = f"/office/cases/{case}/"
    page = officer.get(where).content.decode()
    assert "(waits to be printed)" in page
    found = re.search(rf"{where}letters/[0-9a-f-]+/", page)
    assert found is not None
    page = officer.get(found[0]).content.decode()
    printed = re.search(r"/office/messages/post/[0-9a-f-]+/", page)
    assert "Waits to be printed" in page and printed is not None
    assert officer.post(printed[0]).status_code == 302
    assert "(printed on " in officer.get(where).content.decode()
    monkeypatch.setattr(casework.delivery, "became_of", lambda message: (None, True))  # its time is over
    assert "(on paper)" in officer.get(where).content.decode()


def test_a_restriction_of_nobodys_record_is_put_under_one_first(officer: Client) -> None:
    at = timezone.now()
    (case,) = services.take_in_from_stranger(
        {Asked.RESTRICTION},
        name="Ada Quoin",
        email="ada@quoin.example",
        words="x",
        route=Route.EMAIL,
        received_on=at.date(),
        by=make_officer("patient_support", at=at),
        at=at,
    )
    page = " ".join(officer.get(f"/office/cases/{case}/").content.decode().split())
    assert page.index("Nothing is on hold before that") < page.index("Settle what it waits for, then lift it")
    assert page.count(f"/office/cases/{case}/record/") == 2, "over the page, and as what comes next"
