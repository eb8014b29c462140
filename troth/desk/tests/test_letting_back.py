"""Somebody who lost every second factor: made sure of at the desk, let back in once, and nobody else by the way."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.delivery.models import Message
from troth.desk.tests.conftest import Clinic
from troth.gate import actors
from troth.gate.reasons import FindReason
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.people import rules, selectors, services
from troth.people.models import Authenticator, RecoveryCode, ReturnCode, Session
from troth.people.rules import ReturnRefused
from troth.people.selectors import Recognised
from troth.people.tests.factories import browser_of, make_patient, make_staff

SECRET = "JBSWY3DPEHPK3PXP"
PASSWORD = "heron-lantern-oatcake"
EMAIL = "lost@post.example"
SAID = {"made_sure": "document", "reason": "sentinel-lost the telephone on a train"}


@pytest.fixture
def patient(clinic: Clinic) -> UUID:
    """Somebody with a password, an app and recovery codes, none of which they have any more."""
    at = timezone.now() - timedelta(minutes=40)
    subject = make_patient(at=at, given_name="Lossie", family_name="Mislaid", email=EMAIL, password=PASSWORD)
    by = actors.person(subject, at=at)
    services.add_app(subject, by=by, at=at, secret=SECRET, step=rules.step_of(at))
    services.make_recovery_codes(subject, by=by, at=at)
    return subject


def found(client: Client) -> str:
    return client.post(reverse("desk_find"), {"q": "Mislaid", "reason": FindReason.ON_THE_TELEPHONE}).content.decode()


def code_for(patient: UUID, client: Client, **said: str) -> str:
    assert reverse("desk_let_back", args=[patient]) in found(client)
    page = client.post(reverse("desk_let_back", args=[patient]), {**SAID, **said})
    assert page.status_code == 200, page.content.decode()
    (code,) = re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", page.content.decode())
    return str(code)


def enter(code: str) -> Client:
    """Sign in with the password, and the code where the app's is asked for."""
    client = Client()
    assert (
        client.post(reverse("sign_in"), {"email": EMAIL, "password": PASSWORD}).headers["Location"]
        == "/sign-in/second/"
    )
    client.last = client.post(reverse("second_step"), {"code": code})  # type: ignore[attr-defined]
    return client


def test_who_was_made_sure_of_comes_back_once_and_sets_up_a_new_one(
    clinic: Clinic, patient: UUID, signed_in: Callable[[UUID], Client]
) -> None:
    elsewhere = browser_of(patient)
    code = code_for(patient, signed_in(clinic.support))
    assert Message.objects.filter(subject_id=patient).count() >= 2, "they are told that a code was made"
    before = Message.objects.filter(subject_id=patient).count()
    client = enter(code)
    assert client.last.headers["Location"].startswith(reverse("second_factor"))  # type: ignore[attr-defined]
    assert "set up a new second step" in client.get(client.last.headers["Location"]).content.decode()  # type: ignore[attr-defined]
    assert Message.objects.filter(subject_id=patient).count() == before + 2, (
        "and that it was used, from a device that is new"
    )
    assert not selectors.has_second_factor(patient) and not RecoveryCode.objects.filter(subject_id=patient).exists()
    assert elsewhere.get(reverse("security")).status_code == 302, "whoever was signed in elsewhere is no more"
    events = list(LedgerEvent.objects.filter(subject=patient.hex).values_list("event", flat=True))
    assert {"people:return_code_made", "people:factors_reset"} <= set(events)
    again = Client()
    assert (
        again.post(reverse("sign_in"), {"email": EMAIL, "password": PASSWORD}).headers["Location"]
        != "/sign-in/second/"
    )


def test_a_code_is_used_once_and_a_newer_one_takes_its_place(
    clinic: Clinic, patient: UUID, signed_in: Callable[[UUID], Client]
) -> None:
    desk = signed_in(clinic.support)
    old, new = code_for(patient, desk), code_for(patient, desk)
    assert enter(old).last.status_code == 422  # type: ignore[attr-defined]
    row = selectors.check_code(patient, new, at=timezone.now())
    assert isinstance(row, selectors.Returning)
    at = timezone.now()
    by = actors.person(patient, at=at)
    services.come_back(patient, by=by, at=at, code=row)
    with pytest.raises(services.UsedUp):
        services.come_back(patient, by=by, at=at, code=row)
    assert ReturnCode.objects.exclude(code_hash="").count() == 0


def test_a_code_that_is_over_opens_nothing(
    clinic: Clinic, patient: UUID, signed_in: Callable[[UUID], Client]
) -> None:
    code = code_for(patient, signed_in(clinic.support))
    late = timezone.now() + services.RETURN + timedelta(minutes=1)
    assert selectors.check_code(patient, code, at=late) is None
    row = selectors.check_code(patient, code, at=timezone.now())
    assert isinstance(row, selectors.Returning)
    with pytest.raises(services.UsedUp):
        services.come_back(patient, by=actors.person(patient, at=late), at=late, code=row)
    posted = code_for(patient, signed_in(clinic.support), made_sure="by_post")
    assert selectors.check_code(patient, posted, at=late) is not None, "a letter takes days"


def test_who_still_has_what_was_said_to_be_lost_stops_the_code_by_signing_in(
    clinic: Clinic, patient: UUID, signed_in: Callable[[UUID], Client]
) -> None:
    code = code_for(patient, signed_in(clinic.support))
    assert enter(rules.code_at(SECRET, rules.step_of(timezone.now()))).last.status_code == 302  # type: ignore[attr-defined]
    assert enter(code).last.status_code == 422  # type: ignore[attr-defined]
    assert Authenticator.objects.filter(subject_id=patient).exists()


def test_the_code_is_theirs_alone_and_nothing_without_the_password(
    clinic: Clinic, patient: UUID, signed_in: Callable[[UUID], Client]
) -> None:
    code = code_for(patient, signed_in(clinic.support))
    assert selectors.check_code(clinic.subject, code, at=timezone.now()) is None
    assert selectors.check_code(None, code, at=timezone.now()) is None
    assert Client().post(reverse("second_step"), {"code": code}).headers["Location"] == reverse("sign_in")
    assert Session.objects.count() == 1, "the one of the desk"


def test_whoever_is_signed_in_proves_nothing_with_it(
    clinic: Clinic, patient: UUID, signed_in: Callable[[UUID], Client]
) -> None:
    code, own = code_for(patient, signed_in(clinic.support)), browser_of(patient)
    assert own.post(reverse("prove"), {"code": code}).status_code == 422
    assert selectors.has_second_factor(patient)


def test_only_who_serves_people_and_has_found_them_may(
    clinic: Clinic, patient: UUID, signed_in: Callable[[UUID], Client]
) -> None:
    path = reverse("desk_let_back", args=[patient])
    assert Client().get(path).headers["Location"] == reverse("sign_in")
    for who in (clinic.prescriber, clinic.finance, clinic.assistant, clinic.subject, patient):
        assert signed_in(who).post(path, SAID).status_code == 403
    assert signed_in(clinic.support).post(path, SAID).status_code == 403, (
        "nobody asked them: they have not been found"
    )
    assert path not in found(signed_in(clinic.prescriber))
    assert not ReturnCode.objects.exists()
    desk = signed_in(clinic.support)
    found(desk)
    body = desk.post(path, {"reason": "kept words"})
    assert body.status_code == 422 and "Say how you made sure" in body.content.decode()
    assert "kept words" in body.content.decode() and not ReturnCode.objects.exists()


def test_nobody_lets_back_themself_a_colleague_or_who_has_lost_nothing(clinic: Clinic) -> None:
    at = timezone.now()
    said = {"made_sure": Recognised.DOCUMENT, "reason": "x", "by": clinic.actor(clinic.support), "at": at}
    own = {"own": False, "serves": True, "colleague": False, "has_factor": True}
    for change in ({"own": True}, {"serves": False}, {"colleague": True}, {"has_factor": False}):
        with pytest.raises(ReturnRefused):
            rules.check_can_let_back(**{**own, **change})
    rules.check_can_let_back(**own)
    colleague = make_staff("pharmacist", at=at - timedelta(minutes=5))
    with pytest.raises(Refused):  # the gate, before the rule: a colleague is nobody who was found
        services.make_return_code(colleague, **said)  # type: ignore[arg-type]


def test_what_happened_lies_sealed(clinic: Clinic, patient: UUID, signed_in: Callable[[UUID], Client]) -> None:
    code_for(patient, signed_in(clinic.support))
    row = ReturnCode.objects.get()
    with pytest.raises(Exception, match="context"):
        assert row.reason
