"""Registering, signing in, joining and leaving, through the acts."""

import json
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.contrib.auth.hashers import get_hasher

from troth.gate import actors, facts
from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import selectors, services
from troth.people.models import Account, Contact, Identity, Session, SignIn
from troth.people.rules import PoorPassword
from troth.people.selectors import Proof, Wait, Wrong, sessions
from troth.people.tests.factories import LATER, NOW, PASSWORD, make_patient, make_staff
from troth.vault import inventory
from troth.vault.categories import Category
from troth.vault.errors import AlreadyTaken
from troth.vault.models import Subject

pytestmark = pytest.mark.usefixtures("notice_in_force")
HERE = "192.0.2.7"


def person(subject: UUID, at=LATER) -> actors.Actor:
    return actors.person(subject, at=at)


def sign_in(email: str = "maureen@oddie.example", password: str = PASSWORD, at=LATER, network: str = HERE):
    return selectors.check_sign_in(email, password, at=at, network=network)


def test_every_column_of_this_room_is_declared() -> None:
    assert [fault for fault in inventory.undeclared() if "people" in fault] == []
    assert inventory.misfiled() == []


def test_registering_records_the_notice_and_the_agreement() -> None:
    subject = make_patient(password=PASSWORD)
    assert [fact.value for fact in facts.of(subject, FactKind.NOTICE_GIVEN, at=LATER)] == ["1"]
    assert facts.of(subject, FactKind.CONTRACT, at=LATER)
    with processing(Purpose.RIGHTS, by=person(subject), at=LATER) as opened:
        who = selectors.get_identity(subject, opened)
        where = selectors.get_contact(subject, opened)
    assert who and where
    assert (who.name, who.born_on.isoformat(), who.age(LATER.date())) == ("Maureen Oddie", "1971-03-09", 55)
    assert (where.telephone, where.postcode) == ("07700 900214", "NE46 1AA")


def test_registering_is_one_transaction() -> None:
    make_patient(password=PASSWORD)
    before = [model.objects.count() for model in (Subject, Identity, Contact, Account, LedgerEvent)]
    with pytest.raises(AlreadyTaken):
        make_patient(password=PASSWORD, given_name="Someone")
    assert [model.objects.count() for model in (Subject, Identity, Contact, Account, LedgerEvent)] == before


def test_a_family_may_share_an_address_and_each_sign_in_with_their_own() -> None:
    one = make_patient(password=PASSWORD)
    other = make_patient(given_name="Piers")
    assert one != other


def test_an_address_whose_registration_was_undone_is_free() -> None:
    with pytest.raises(ZeroDivisionError):
        from django.db import transaction

        with transaction.atomic():
            make_patient(password=PASSWORD)
            1 / 0  # noqa: B018
    assert make_patient(password=PASSWORD)


def test_a_stranger_who_registers_reads_nothing_back() -> None:
    subject = make_patient(password=PASSWORD)
    with pytest.raises(Refused), processing(Purpose.REGISTRATION, by=actors.enquirer(subject), at=LATER) as opened:
        selectors.get_identity(subject, opened)


def test_reception_makes_a_record_but_no_account() -> None:
    support = person(make_staff("patient_support"))
    subject = make_patient(by=support, at=LATER)
    assert Identity.objects.filter(subject_id=subject).exists()
    with pytest.raises(Refused):
        make_patient(by=support, at=LATER, email="x@y.example", password=PASSWORD)


@pytest.mark.parametrize("password", ["short", "password1234", "aaaaaaaaaaaaaa", "maureen1234"])
def test_poor_passwords_are_refused(password: str) -> None:
    with pytest.raises(PoorPassword):
        make_patient(password=password)


def test_the_right_password_signs_in_and_a_wrong_one_does_not() -> None:
    subject = make_patient(password=PASSWORD)
    assert sign_in() == Proof(subject)
    assert sign_in(" Maureen@ODDIE.example") == Proof(subject)
    assert sign_in(password="heron-lantern-oatcakes") == Wrong(subject)
    assert sign_in("nobody@oddie.example") == Wrong(None)


def test_known_and_unknown_addresses_take_the_same_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = make_patient(password=PASSWORD)
    from troth.people.selectors import signing_in

    work: list[tuple[str, ...]] = []

    def counted(password: str, encoded: str) -> bool:
        work.append(tuple(encoded.split("$")[:4]))
        return False

    monkeypatch.setattr(signing_in, "check_password", counted)
    assert (sign_in(), sign_in("nobody@oddie.example")) == (Wrong(subject), Wrong(None))
    assert len(work) == 2 and work[0] == work[1]


def test_a_failure_is_in_the_ledger_without_the_address() -> None:
    subject = make_patient(password=PASSWORD)
    desk = actors.Actor(
        "service",
        name="sign-in",
        purposes=frozenset({Purpose.SECURITY_LOG, Purpose.ACCOUNT_SECURITY}),
        categories=frozenset({Category.NETWORK, Category.ACCOUNT}),
    )
    came = selectors.Came("203.0.113.77", "Firefox on Linux")
    for whom in (subject, None):
        services.note_failed_try(whom, by=desk, at=LATER, came=came, why="wrong password")
    known, unknown = LedgerEvent.objects.filter(event="people:sign_in_failed").order_by("id")
    assert known.subject == subject.hex
    assert unknown.subject not in {"", subject.hex}, "of an unknown address the same is written, of a stranger"
    rows = json.dumps(
        [list(row) for row in LedgerEvent.objects.values_list("objects_touched", "note", "actor", "reason")]
    )
    assert "oddie" not in rows and "203.0.113" not in rows


def test_guesses_run_out_in_one_place_and_keep_nobody_out_elsewhere() -> None:
    subject = make_staff("prescriber")
    answers = [sign_in("prescriber@clinic.example", "wrong-wrong-wrong", network="203.0.113.9") for _ in range(30)]
    assert isinstance(answers[-1], Wait)
    for place in range(40):
        sign_in("prescriber@clinic.example", "wrong-wrong-wrong", network=f"198.51.100.{place}")
    assert sign_in("prescriber@clinic.example", network="192.0.2.1") == Proof(subject)


def test_the_row_of_a_session_is_no_sign_in() -> None:
    subject = make_patient(password=PASSWORD)
    cookie = services.sign_in(subject, by=person(subject), at=LATER, device="Firefox on Linux")
    row = Session.objects.get()
    stored = json.dumps(
        [
            str(bytes(value)) if isinstance(value, bytes | memoryview) else str(value)
            for value in Session.objects.values_list().get()
        ]
    )
    assert subject.hex not in stored.replace("-", "") and cookie not in stored
    opened = sessions.open_session(cookie, at=LATER)
    assert opened and opened.subject == subject and opened.second_factor_at is None
    for guess in (row.pk, row.owner, bytes(row.sealed).hex()[:60], cookie[:-1] + "x", ""):
        assert sessions.open_session(guess, at=LATER) is None


def test_a_session_row_changed_or_swapped_below_opens_nothing() -> None:
    one, two = make_patient(password=PASSWORD), make_staff()
    mine = services.sign_in(one, by=person(one), at=LATER)
    theirs = services.sign_in(two, by=person(two), at=LATER)
    sealed = Session.objects.get(pk=sessions.key_of(theirs)).sealed
    Session.objects.filter(pk=sessions.key_of(mine)).update(sealed=sealed)
    assert sessions.open_session(mine, at=LATER) is None
    Session.objects.filter(pk=sessions.key_of(theirs)).update(expires_at=LATER + timedelta(days=999))
    assert sessions.open_session(theirs, at=LATER) is None


def test_the_server_secret_is_needed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = make_patient(password=PASSWORD)
    cookie = services.sign_in(subject, by=person(subject), at=LATER)
    from troth.vault import secrets

    monkeypatch.setitem(secrets.opened()._named, "sessions", b"x" * 32)
    assert sessions.open_session(cookie, at=LATER) is None


def test_sessions_end_by_idleness_and_by_age() -> None:
    subject = make_patient(password=PASSWORD)
    cookie = services.sign_in(subject, by=person(subject), at=LATER)
    assert sessions.open_session(cookie, at=LATER + timedelta(minutes=29))
    assert sessions.open_session(cookie, at=LATER + timedelta(minutes=30)) is None
    at = LATER
    while at < LATER + sessions.LIFE:
        found = sessions.open_session(cookie, at=at)
        assert found
        services.sessions.renew(found, at=at)
        at += timedelta(minutes=20)
    assert sessions.open_session(cookie, at=at) is None
    assert services.sessions.forget_ended(at) == 1


def test_own_sessions_are_listed_and_ended() -> None:
    subject, other = make_patient(password=PASSWORD), make_staff()
    first = services.sign_in(subject, by=person(subject), at=NOW, device="Safari on an iPhone")
    second = services.sign_in(subject, by=person(subject), at=LATER, device="Firefox on Linux")
    services.sign_in(other, by=person(other), at=LATER)
    with processing(Purpose.ACCOUNT_SECURITY, by=person(subject), at=LATER) as opened:
        listed = selectors.list_sessions(subject, opened, current=sessions.key_of(second))
    assert [(each.device, each.current) for each in listed] == [
        ("Firefox on Linux", True),
        ("Safari on an iPhone", False),
    ]
    with pytest.raises(Refused), processing(Purpose.ACCOUNT_SECURITY, by=person(other), at=LATER) as opened:
        selectors.list_sessions(subject, opened, current="")
    assert services.end_sessions(subject, by=person(subject), at=LATER, keep=sessions.key_of(second)) == 1
    assert sessions.open_session(first, at=LATER) is None
    services.sign_out(subject, by=person(subject), at=LATER, key=sessions.key_of(second))
    assert sessions.open_session(second, at=LATER) is None
    assert Session.objects.count() == 1


def test_nobody_ends_anothers_session() -> None:
    subject, other = make_patient(password=PASSWORD), make_staff("patient_support")
    cookie = services.sign_in(subject, by=person(subject), at=LATER)
    services.sign_out(other, by=person(other), at=LATER, key=sessions.key_of(cookie))
    with pytest.raises(Refused):
        services.end_sessions(subject, by=person(other), at=LATER)
    assert sessions.open_session(cookie, at=LATER)


def test_a_new_password_puts_out_whoever_knew_the_old_one() -> None:
    subject = make_patient(password=PASSWORD)
    thief = services.sign_in(subject, by=person(subject), at=LATER)
    own = services.sign_in(subject, by=person(subject), at=LATER)
    assert selectors.check_own_password(subject, PASSWORD, at=LATER, network=HERE) is True
    services.change_password(
        subject, by=person(subject), at=LATER, password="thistle-gantry-9", keep=sessions.key_of(own)
    )
    assert sessions.open_session(thief, at=LATER) is None
    assert sessions.open_session(own, at=LATER)
    assert not sign_in()
    assert sign_in(password="thistle-gantry-9") == Proof(subject)


def test_of_a_sign_in_and_a_new_password_at_once_no_session_is_left_of_the_old_one() -> None:
    subject = make_patient(password=PASSWORD)
    looked_at = sign_in()
    assert isinstance(looked_at, Proof)
    services.change_password(subject, by=person(subject), at=LATER, password="thistle-gantry-9")
    with pytest.raises(services.AccountChanged):
        services.sign_in(subject, by=person(subject), at=LATER, seen=looked_at.seen)
    again = sign_in(password="thistle-gantry-9")
    assert isinstance(again, Proof)
    assert services.sign_in(subject, by=person(subject), at=LATER, seen=again.seen)


def test_changing_how_to_be_reached_leaves_the_sign_in_alone() -> None:
    subject = make_patient(password=PASSWORD)
    services.change_contact(
        subject,
        by=person(subject),
        at=LATER,
        email="m@new.example",
        telephone="01434 600000",
        address="9 Elvet Rise",
        postcode="DH1 3AA",
    )
    with processing(Purpose.RIGHTS, by=person(subject), at=LATER) as opened:
        where = selectors.get_contact(subject, opened)
    assert where and (where.email, where.telephone) == ("m@new.example", "01434 600000")
    assert sign_in() == Proof(subject)
    with pytest.raises(Refused):
        services.change_contact(
            subject,
            by=person(make_staff("finance")),
            at=LATER,
            email="m@new.example",
            telephone="01434600000",
            address="9 Elvet Rise",
            postcode="DH1 3AA",
        )


def test_whoever_restricts_their_record_still_puts_right_how_they_are_reached() -> None:
    subject = make_patient(password=PASSWORD)
    restrict(subject, by=person(subject), at=LATER)
    new = {"email": "m@new.example", "telephone": "01434 600000", "address": "9 Elvet Rise", "postcode": "DH1 3AA"}
    services.change_contact(subject, by=person(subject), at=LATER, **new)
    with processing(Purpose.RIGHTS, by=person(subject), at=LATER) as opened:
        where = selectors.get_contact(subject, opened)
    assert where and where.email == "m@new.example"


@act(Event.RESTRICTED, purpose=Purpose.RIGHTS)
def restrict(subject: UUID, *, by: actors.Actor, at: datetime) -> None:
    facts.record(subject, FactKind.RESTRICTION, at=at)


def test_staff_join_with_roles_of_the_notice_only() -> None:
    subject = make_staff("prescriber", name="Dr Ewa Lisle", registration=("GMC", "7654321"))
    assert person(subject).roles == {"prescriber"}
    member = selectors.staff_profiles([subject])[subject]
    assert (member.name, member.role_words, member.registration) == ("Dr Ewa Lisle", "Prescriber", "GMC 7654321")
    with pytest.raises(services.UnknownRole, match="astronaut"):
        make_staff("astronaut")


def test_a_leaver_loses_roles_sessions_and_account_at_once_and_keeps_the_name() -> None:
    administrator = person(make_staff("administrator"))
    subject = make_staff("prescriber")
    cookie = services.sign_in(subject, by=person(subject), at=LATER)
    with pytest.raises(Refused):
        services.leave_staff(subject, by=person(make_staff("pharmacist")), at=LATER)
    assert sessions.open_session(cookie, at=LATER)
    services.leave_staff(subject, by=administrator, at=LATER)
    assert person(subject).roles == frozenset()
    assert sessions.open_session(cookie, at=LATER) is None
    assert not sign_in("prescriber@clinic.example")
    assert selectors.staff_name(subject) == "Dr Prescriber"


def test_a_leaver_recorded_by_a_process_whose_clock_is_ahead_has_no_role_from_now_on() -> None:
    subject = make_staff("prescriber")
    assert person(subject).roles == {"prescriber"}
    services.leave_staff(subject, by=person(make_staff("administrator")), at=LATER + timedelta(hours=2))
    assert person(subject).roles == frozenset()


def test_an_administrator_has_no_way_to_a_patients_account() -> None:
    administrator = person(make_staff("administrator"))
    subject = make_patient(password=PASSWORD)
    with pytest.raises(Refused), processing(Purpose.ACCOUNT_SECURITY, by=administrator, at=LATER):
        Account.objects.get(subject_id=subject).password_hash  # noqa: B018


def test_the_service_that_signs_people_in_opens_accounts_only() -> None:
    with pytest.raises(PermissionError):
        actors.service("sign-in")
    subject = make_patient(password=PASSWORD)
    sign_in()
    opened = LedgerEvent.objects.filter(event="gate:opened", actor="sign-in").get()
    assert (opened.subject, opened.what, opened.reason) == (subject.hex, "account", "signing in")


def test_no_plaintext_of_a_person_is_in_either_store() -> None:
    subject = make_patient(password=PASSWORD)
    services.sign_in(subject, by=person(subject), at=LATER, device="Firefox on Linux")
    from django.db import connections

    for alias in connections:
        with connections[alias].cursor() as cursor:
            for table in connections[alias].introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')
                for row in cursor.fetchall():
                    for value in row:
                        text = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                        for planted in (
                            "Maureen",
                            "Oddie",
                            "oddie.example",
                            "Tannery",
                            "900214",
                            "NE46 1AA",
                            "1971-03",
                            "Firefox",
                            "argon2",
                        ):
                            if table != "notice_version":
                                assert planted not in text, (table, planted)
    assert SignIn.objects.count() == 1


def test_a_hash_of_other_costs_still_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(type(get_hasher()), "memory_cost", 128)
        subject = make_patient(password=PASSWORD)
    proof = sign_in()
    assert isinstance(proof, Proof) and proof.subject == subject


def test_a_copy_names_the_password_hash_and_leaves_it_out() -> None:
    assert set(Account.not_copied) == {"password_hash"} and set(SignIn.not_copied) == {"session"}


def test_the_hourly_job_forgets_what_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone

    from troth.people import jobs

    subject = make_patient(password=PASSWORD)
    services.sign_in(subject, by=person(subject), at=LATER)
    for at, left in ((LATER + sessions.LIFE - timedelta(seconds=1), 1), (LATER + sessions.LIFE, 0)):
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        jobs.forget_sessions()
        assert Session.objects.count() == left
