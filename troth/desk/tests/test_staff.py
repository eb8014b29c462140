"""The pages of staff: for whom they are, starters and leavers, roles in force at once, and lost second factors by two people."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.desk.tests.conftest import Clinic
from troth.gate import actors
from troth.ledger.models import LedgerEvent
from troth.people import rules, selectors, services
from troth.people.models import Authenticator, FactorReset
from troth.people.tests.factories import browser_of, make_staff

SignedIn = Callable[[UUID], Client]
STARTER = {
    "name": "Dr Oona Brack",
    "email": "oona@clinic.example",
    "roles": ["prescriber"],
    "body": "GMC",
    "number": "7000001",
}
PASSWORD = "gantry-thistle-lemon"


@pytest.fixture
def boss(clinic: Clinic) -> UUID:
    return make_staff("administrator", at=clinic.at, name="Stewart Illing", email="boss@clinic.example")


def invited(boss: UUID, **other: object) -> tuple[str, str]:
    answer = browser_of(boss).post(reverse("desk_invite"), {**STARTER, **other})
    page = answer.content.decode()
    code = re.search(r'code-shown">([A-Z2-7-]{19})<', page)
    member = re.search(r"/desk/staff/([0-9a-f-]{36})/", page)
    assert answer.status_code == 200 and code and member, page[-900:]
    return code[1], member[1]


def started(code: str, email: str = "oona@clinic.example") -> object:
    return Client().post("/start/", {"email": email, "code": code, "password": PASSWORD})


def test_only_the_administrator_opens_the_pages_of_staff(clinic: Clinic, boss: UUID) -> None:
    paths = [
        reverse("desk_staff"),
        reverse("desk_invite"),
        *(
            reverse(f"desk_member{what}", args=[clinic.prescriber])
            for what in ("", "_roles", "_leave", "_code", "_factor")
        ),
    ]
    for path in paths:
        assert Client().get(path)["Location"] == "/sign-in/"
        for who in (clinic.subject, clinic.prescriber, clinic.support, clinic.finance):
            assert browser_of(who).get(path).status_code == 403, path
            assert browser_of(who).post(path, {**STARTER, "reason": "x"}).status_code == 403, path
        assert browser_of(boss).get(path).status_code in (200, 302), path


def test_the_list_is_searched_by_name_and_role_and_paged(clinic: Clinic, boss: UUID) -> None:
    for number in range(25):
        make_staff("finance", at=clinic.at, name=f"Member {number:02d}", email=f"m{number}@clinic.example")
    browser = browser_of(boss)
    page = browser.get(reverse("desk_staff")).content.decode()
    assert "1 to 25 of 31" in page and 'href="/desk/staff/?page=2"' in page
    assert "26 to 31 of 31" in browser.get("/desk/staff/?page=2").content.decode()
    found = browser.post(reverse("desk_staff"), {"q": "sorcha"}).content.decode()
    assert "Dr Sorcha Dunleavy" in found and "Member 01" not in found
    assert "Nobody fits" in browser.post(reverse("desk_staff"), {"q": "nobody-at-all"}).content.decode()
    assert browser.get("/desk/staff/?page=x").status_code == 200


def test_a_starter_chooses_a_password_with_the_code_once_and_sets_up_a_factor(clinic: Clinic, boss: UUID) -> None:
    code, member = invited(boss)
    assert started(code, "else@clinic.example").status_code == 422  # type: ignore[attr-defined]
    assert started("AAAA-AAAA-AAAA-AAAA").status_code == 422  # type: ignore[attr-defined]
    answer = started(code)
    assert answer["Location"] == "/security/second-factor/"  # type: ignore[index]
    assert started(code).status_code == 422  # type: ignore[attr-defined]
    again = Client().post("/sign-in/", {"email": "oona@clinic.example", "password": PASSWORD})
    assert again.status_code == 302
    # From now on no code opens the account to whoever holds it
    assert browser_of(boss).post(reverse("desk_member_code", args=[member])).status_code == 302
    with pytest.raises(LookupError):
        services.make_start_code(UUID(member), by=clinic.actor(boss), at=timezone.now())


def test_a_new_code_ends_the_one_before_and_none_holds_for_ever(
    clinic: Clinic, boss: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, member = invited(boss)
    page = browser_of(boss).post(reverse("desk_member_code", args=[member])).content.decode()
    newer = re.search(r'code-shown">([A-Z2-7-]{19})<', page)
    assert newer and started(code).status_code == 422  # type: ignore[attr-defined]
    later = timezone.now() + timedelta(days=8)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert started(newer[1]).status_code == 422  # type: ignore[attr-defined]


def test_what_makes_no_sense_of_a_starter_is_refused_and_what_was_typed_stays(clinic: Clinic, boss: UUID) -> None:
    browser = browser_of(boss)
    for wrong in (
        {"body": "", "number": ""},
        {"roles": []},
        {"roles": ["king"]},
        {"email": "oona"},
        {"email": "1@clinic.example"},
    ):
        answer = browser.post(reverse("desk_invite"), {**STARTER, **wrong})
        assert answer.status_code == 422, wrong
        assert "Dr Oona Brack" in answer.content.decode()


def test_roles_are_in_force_with_the_next_request_and_nobody_gives_themselves_one(clinic: Clinic, boss: UUID) -> None:
    support, browser = browser_of(clinic.support), browser_of(boss)
    assert support.get(reverse("desk_staff")).status_code == 403
    path = reverse("desk_member_roles", args=[clinic.support])
    assert browser.post(path, {"roles": ["administrator"]}).status_code == 302
    assert support.get(reverse("desk_staff")).status_code == 200
    # She can take it from who gave it, and neither of them can change their own
    assert (
        support.post(reverse("desk_member_roles", args=[clinic.support]), {"roles": ["finance"]}).status_code == 422
    )
    assert support.post(reverse("desk_member_roles", args=[boss]), {"roles": ["finance"]}).status_code == 302
    assert browser.get(reverse("desk_staff")).status_code == 403
    # A health professional's role takes a registration
    answer = support.post(reverse("desk_member_roles", args=[clinic.finance]), {"roles": ["pharmacist"]})
    assert answer.status_code == 422 and "needs a registration" in answer.content.decode()
    events = LedgerEvent.objects.filter(event="people:roles_changed", subject=clinic.support.hex)
    assert [event.actor for event in events] == [boss.hex]


def test_a_leaver_is_out_at_once_in_every_browser(clinic: Clinic, boss: UUID) -> None:
    prescriber = browser_of(clinic.prescriber)
    card = reverse("desk_card", args=[clinic.subject])
    assert prescriber.get(card).status_code == 200
    today = timezone.localdate()
    day = {"last_day_day": today.day, "last_day_month": today.month, "last_day_year": today.year}
    assert browser_of(boss).post(reverse("desk_member_leave", args=[clinic.prescriber]), day).status_code == 302
    assert prescriber.get(card)["Location"] == "/sign-in/"
    assert not Client().cookies.get("troth_session")
    answer = Client().post("/sign-in/", {"email": "0@clinic.example", "password": "heron-lantern-oatcake"})
    assert answer.status_code == 422
    assert clinic.actor(clinic.prescriber).roles == frozenset()
    # Nobody lets themselves go
    assert browser_of(boss).post(reverse("desk_member_leave", args=[boss]), day).status_code == 422


def test_a_last_day_to_come_ends_every_role_by_itself_and_a_job_closes_the_account(
    clinic: Clinic, boss: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = timezone.localdate() + timedelta(days=10)
    day = {"last_day_day": last.day, "last_day_month": last.month, "last_day_year": last.year}
    assert browser_of(boss).post(reverse("desk_member_leave", args=[clinic.prescriber]), day).status_code == 302
    page = browser_of(boss).get(reverse("desk_member", args=[clinic.prescriber])).content.decode()
    assert f"{last:%-d %B %Y}" in page and "Leaving" in page
    assert clinic.actor(clinic.prescriber).roles == {"prescriber"}
    # A change of roles keeps the day
    changed = {"roles": ["finance"]}
    assert browser_of(boss).post(reverse("desk_member_roles", args=[clinic.prescriber]), changed).status_code == 302
    assert clinic.actor(clinic.prescriber).roles == {"finance"}
    after = timezone.now() + timedelta(days=12)
    assert actors.person(clinic.prescriber, at=after).roles == frozenset()
    monkeypatch.setattr(timezone, "now", lambda: after)
    from troth.people import jobs

    jobs.let_go(clinic.support)  # somebody who stays: nothing happens
    assert clinic.actor(clinic.support).roles == {"patient_support"}
    jobs.let_go(clinic.prescriber)
    assert not selectors.check_sign_in("0@clinic.example", "heron-lantern-oatcake", at=after, network="n")


def test_a_lost_factor_is_taken_away_by_two_people_and_never_by_one(clinic: Clinic, boss: UUID) -> None:
    at = timezone.now()
    services.add_app(
        clinic.prescriber,
        by=clinic.actor(clinic.prescriber),
        at=at,
        secret="GEZDGNBVGY3TQOJQ",
        step=rules.step_of(at),
    )
    theirs, browser = browser_of(clinic.prescriber), browser_of(boss)
    asked = browser.post(
        reverse("desk_member_factor", args=[clinic.prescriber]), {"reason": "sentinel-lost at the sea"}
    )
    assert asked.status_code == 302
    reset, path = {"reset": str(FactorReset.objects.get().pk)}, reverse("desk_resets")
    # Neither who asked nor whom it is about can confirm, a patient sees no such page, and unconfirmed nothing is carried out
    for who, answer in ((boss, 422), (clinic.prescriber, 422), (clinic.subject, 403)):
        assert browser_of(who).post(path, reset).status_code == answer
    assert browser.post(path, {**reset, "done": "yes"}).status_code == 422
    assert Authenticator.objects.exists()
    assert "sentinel-lost" not in browser_of(clinic.support).get(path).content.decode()
    assert browser_of(clinic.support).post(path, reset).status_code == 302
    assert browser_of(clinic.finance).post(path, reset).status_code == 422, "once"
    # Who confirmed cannot carry it out, and holds no role that may
    assert browser_of(clinic.support).post(path, {**reset, "done": "yes"}).status_code in (403, 422)
    assert Authenticator.objects.exists()
    assert browser.post(path, {**reset, "done": "yes"}).status_code == 302
    assert not Authenticator.objects.exists()
    assert theirs.get("/desk/")["Location"] == "/sign-in/"
    assert browser.post(path, {**reset, "done": "yes"}).status_code == 422, "a double click"
    names = set(LedgerEvent.objects.filter(subject=clinic.prescriber.hex).values_list("event", flat=True))
    assert {"people:factor_reset_asked", "people:factor_reset_confirmed", "people:factors_reset"} <= names


def test_a_reset_wants_a_fresh_second_factor(clinic: Clinic, boss: UUID) -> None:
    browser = browser_of(boss, at=timezone.now() - timedelta(minutes=6))
    answer = browser.get(reverse("desk_member_factor", args=[clinic.prescriber]))
    assert (answer.status_code, answer["Location"]) == (302, "/security/prove/")


def test_the_page_of_roles_is_read_from_the_notice(clinic: Clinic) -> None:
    page = Client().get(reverse("desk_roles")).content.decode()
    assert "Doctors and independent prescribers" in page and "Staff accounts, settings" in page
    assert "Deciding whether treatment is safe" in page or "prescribing" in page.casefold()
