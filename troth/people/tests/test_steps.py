"""Registering with a confirmed address, links, claiming by a code, and telling people what happened to their account."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from troth.copies import journal
from troth.delivery import selectors as delivery
from troth.delivery.models import Message
from troth.delivery.tests import demonstration
from troth.gate import actors, facts
from troth.gate.facts import FactKind
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.people import selectors, services
from troth.people.models import Account, AccountStep, ClaimCode, Contact, Identity, Session, StepKind
from troth.people.rules import PoorPassword
from troth.people.selectors import Proof, steps
from troth.people.selectors.steps import CLAIM_LIFE, Wait
from troth.people.services.steps import _service, _set_password
from troth.people.tests.factories import PASSWORD, details, make_patient, make_staff
from troth.vault import inventory, keystore
from troth.vault.errors import AlreadyTaken
from troth.vault.models import Subject
from troth.work.models import Job
from troth.work.worker import Worker

pytestmark = pytest.mark.usefixtures("notice_in_force")
EMAIL, OTHER = "maureen@oddie.example", "someone@else.example"
HERE = "192.0.2.7"
NEW = "gantry-thistle-9"


@pytest.fixture(autouse=True)
def _shown(settings: Any) -> None:
    demonstration.begin(settings)


def now() -> Any:
    return timezone.now()


def work_off() -> None:
    worker = Worker()
    while worker.step():
        pass
    assert not Job.objects.exclude(state="done").exists()


def mailbox(address: str) -> list[delivery.Shown]:
    work_off()
    return [each for each in delivery.list_sent(at=now()) if each.address == address]


def link_in(mail: delivery.Shown) -> str:
    found = re.search(r"/link/([\w-]+)/", mail.text)
    assert found and found[1] in mail.html
    return found[1]


def ask(**other: Any) -> UUID:
    return services.ask_account(by=actors.NOBODY, at=now(), **{**details(), "password": PASSWORD, **other})


def ask_link(email: str = EMAIL) -> None:
    services.ask_link(email, by=actors.NOBODY, at=now())


def can_sign_in(email: str, password: str) -> bool:
    return isinstance(selectors.check_sign_in(email, password, at=now(), network=HERE), Proof)


def registered(**other: Any) -> UUID:
    subject = ask(**other)
    services.confirm_step(link_in(mailbox(other.get("email", EMAIL))[0]), at=now())
    return subject


def events(subject: UUID) -> set[str]:
    return set(LedgerEvent.objects.filter(subject=subject.hex).values_list("event", flat=True))


def test_every_column_is_declared() -> None:
    assert [fault for fault in inventory.undeclared() if "people" in fault] == []
    assert inventory.misfiled() == []


# -- registering -------------------------------------------------------------------------------------------------------
def test_nobody_signs_in_before_the_address_is_confirmed() -> None:
    subject = ask()
    (mail,) = mailbox(EMAIL)
    assert not can_sign_in(EMAIL, PASSWORD)
    assert not Identity.objects.exists() and not Account.objects.exists()
    assert services.confirm_step(link_in(mail), at=now()) is StepKind.REGISTRATION
    assert can_sign_in(EMAIL, PASSWORD)
    assert Subject.objects.get(pk=subject).kind == "patient"
    assert (
        Identity.objects.filter(subject_id=subject).exists() and Contact.objects.filter(subject_id=subject).exists()
    )


def test_the_notice_that_was_shown_is_on_record_from_the_registration_and_the_agreement_from_the_confirmation() -> (
    None
):
    subject = ask()
    assert [fact.value for fact in facts.of(subject, FactKind.NOTICE_GIVEN, at=now())] == ["1"]
    assert not facts.of(subject, FactKind.CONTRACT, at=now())
    services.confirm_step(link_in(mailbox(EMAIL)[0]), at=now())
    assert facts.of(subject, FactKind.CONTRACT, at=now())
    assert {Event.ACCOUNT_ASKED, Event.PERSON_REGISTERED, Event.MESSAGE_LEFT} <= events(subject)


def test_a_link_works_once_and_not_for_ever() -> None:
    ask()
    token = link_in(mailbox(EMAIL)[0])
    assert steps.find_step(token, at=now() + timedelta(days=3, hours=1)) is None
    with pytest.raises(services.LinkOver):
        services.confirm_step(token, at=now() + timedelta(days=3, hours=1))
    services.confirm_step(token, at=now())
    with pytest.raises(services.LinkOver):
        services.confirm_step(token, at=now())
    with pytest.raises(services.LinkOver):
        services.confirm_step("x" * 43, at=now())


def test_of_two_who_follow_a_link_at_once_the_one_who_waited_finds_it_over() -> None:
    """Both were looked up before either was used, and the second came first: its own moment lies before the end of the link."""
    registered()
    ask_link()
    token, earlier = link_in(mailbox(EMAIL)[0]), now()
    step = steps.find_step(token, at=earlier)
    assert step is not None
    services.choose_password(token, at=earlier + timedelta(seconds=1), password=NEW)
    with pytest.raises(services.LinkOver):
        _set_password(step, PASSWORD, by=_service(step), at=earlier)
    assert can_sign_in(EMAIL, NEW)


def test_the_token_is_stored_nowhere() -> None:
    ask()
    token = link_in(mailbox(EMAIL)[0])
    assert token not in str(list(AccountStep.objects.values_list("token_hash", "kind")))
    assert token not in str(list(Job.objects.values()))
    assert token not in str(list(LedgerEvent.objects.values()))


def test_a_known_address_is_told_and_keeps_its_account() -> None:
    owner = make_patient(password=PASSWORD)
    ask(given_name="Someone", password=NEW)
    (mail,) = mailbox(EMAIL)
    assert mail.line == "You have an account already"
    assert "Someone" not in mail.text + mail.html
    assert Message.objects.get(pk=mail.id).subject_id == owner
    assert can_sign_in(EMAIL, PASSWORD) and not can_sign_in(EMAIL, NEW)
    assert not AccountStep.objects.filter(expires_at__gt=now()).exists()


def test_a_record_that_was_made_twice_is_found_whichever_way_it_was_made() -> None:
    online = registered()
    at_the_desk = make_patient(email="m@work.example", telephone="07700 900 999", at=now())
    (pair,) = selectors.list_likely()
    assert {pair.one, pair.other} == {online, at_the_desk}
    assert pair.shared == ("the same name and date of birth",)


def test_of_two_registrations_with_one_address_the_first_confirmed_wins() -> None:
    ask()
    ask(given_name="Second", password=NEW)
    first, second = (link_in(mail) for mail in mailbox(EMAIL))
    services.confirm_step(first, at=now())
    with pytest.raises(AlreadyTaken):
        services.confirm_step(second, at=now())
    assert Identity.objects.count() == 1


def test_registering_with_the_address_of_a_record_inherits_nothing() -> None:
    theirs = make_patient()  # made at reception, with that address to write to
    mine = registered()
    assert mine != theirs
    assert [account.subject_id for account in Account.objects.all()] == [mine]


def test_what_is_not_confirmed_is_destroyed() -> None:
    subject = ask()
    work_off()
    before = journal.position().number
    assert services.dispose_steps(at=now() + timedelta(days=2)) == 0
    assert services.dispose_steps(at=now() + timedelta(days=3, hours=1)) == 1
    assert not AccountStep.objects.exists()
    assert {name for _, name, _ in keystore.list_stored(subject)} == {"delivery.message"}
    assert journal.position().number == before + 1


def test_a_poor_password_is_refused_before_anything_is_written() -> None:
    with pytest.raises(PoorPassword):
        ask(password="short")
    assert not AccountStep.objects.exists()


# -- links -------------------------------------------------------------------------------------------------------------
def test_a_registration_that_waits_gets_a_new_link_and_the_old_one_is_over() -> None:
    ask()
    (old,) = mailbox(EMAIL)
    ask_link()
    newest = mailbox(EMAIL)[0]
    assert newest.line == old.line and link_in(newest) != link_in(old)
    assert steps.find_step(link_in(old), at=now()) is None
    services.confirm_step(link_in(newest), at=now())
    assert can_sign_in(EMAIL, PASSWORD)


def test_a_new_password_by_link() -> None:
    subject = make_patient(password=PASSWORD)
    cookie = services.sign_in(subject, by=actors.person(subject, at=now()), at=now())
    ask_link()
    (mail,) = mailbox(EMAIL)
    assert mail.line == "Choose a new password"
    token = link_in(mail)
    with pytest.raises(services.LinkOver):
        services.confirm_step(token, at=now())  # a button alone does not do it
    with pytest.raises(PoorPassword):
        services.choose_password(token, at=now(), password="short")
    services.choose_password(token, at=now(), password=NEW)
    assert can_sign_in(EMAIL, NEW) and not can_sign_in(EMAIL, PASSWORD)
    assert selectors.sessions.open_session(cookie, at=now()) is None and not Session.objects.exists()
    assert mailbox(EMAIL)[0].line == "Your password was changed"
    with pytest.raises(services.LinkOver):
        services.choose_password(token, at=now(), password="another-thistle-9")


def test_a_reset_holds_for_an_hour_and_the_newest_link_alone() -> None:
    make_patient(password=PASSWORD)
    ask_link()
    first = link_in(mailbox(EMAIL)[0])
    ask_link()
    second = link_in(mailbox(EMAIL)[0])
    assert steps.find_step(first, at=now()) is None
    assert steps.find_step(second, at=now() + timedelta(minutes=61)) is None
    with pytest.raises(services.LinkOver):
        services.choose_password(second, at=now() + timedelta(minutes=61), password=NEW)


def test_a_reset_touches_the_password_and_nothing_else_that_proves_who_somebody_is() -> None:
    """Whatever second factors are kept, of whichever table: only the account's row and steps are written."""
    subject = make_patient(password=PASSWORD)
    ask_link()
    token = link_in(mailbox(EMAIL)[0])
    before = LedgerEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
    services.choose_password(token, at=now(), password=NEW)
    written = " ".join(
        LedgerEvent.objects.filter(id__gt=before, subject=subject.hex).values_list("objects_touched", flat=True)
    )
    kinds = {reference.split("/")[0] for reference in written.split() if "/" in reference}
    assert kinds == {"people.account", "people.accountstep", "people.session", "delivery.message"}


def test_an_unknown_address_is_told_so_in_its_mailbox_alone() -> None:
    ask_link(OTHER)
    (mail,) = mailbox(OTHER)
    assert mail.line == "No account has this address"
    assert Subject.objects.get(pk=Message.objects.get(pk=mail.id).subject_id).kind == "enquirer"
    assert "/link/" not in mail.text


def test_somebody_who_left_gets_no_link() -> None:
    subject = make_staff(email="prescriber@clinic.example")
    services.leave_staff(subject, by=_setup(), at=now())
    ask_link("prescriber@clinic.example")
    assert [mail.line for mail in mailbox("prescriber@clinic.example")] == ["No account has this address"]


def _setup() -> actors.Actor:
    from troth.notice.purposes import Purpose
    from troth.vault.categories import Category

    return actors.Actor(
        "service",
        name="setup",
        purposes=frozenset({Purpose.STAFF}),
        categories=frozenset({Category.ACCOUNT, Category.EMPLOYMENT, Category.IDENTITY, Category.CONTACT}),
    )


def test_the_web_writes_the_same_for_a_known_and_an_unknown_address() -> None:
    make_patient(password=PASSWORD)
    written = []
    for email in (EMAIL, OTHER):
        before = LedgerEvent.objects.count(), Job.objects.count(), AccountStep.objects.count()
        ask_link(email)
        ask(email=email)
        after = LedgerEvent.objects.count(), Job.objects.count(), AccountStep.objects.count()
        written.append([b - a for a, b in zip(before, after, strict=True)])
    assert written[0] == written[1]


def test_asking_is_throttled_by_address_without_a_word_and_by_network_with_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = now()
    assert [steps.may_ask(EMAIL, network=HERE, at=at) for _ in range(4)] == [True, True, True, False]
    assert steps.may_ask(EMAIL, network="198.51.100.9", at=at) is False
    assert steps.may_ask(OTHER, network=HERE, at=at) is True
    monkeypatch.setattr(steps, "PER_NETWORK", 2)
    assert isinstance([steps.may_ask(f"{n}@x.example", network="203.0.113.1", at=at) for n in range(3)][-1], Wait)
    make_patient(password=PASSWORD)
    assert can_sign_in(EMAIL, PASSWORD)  # and nobody is locked out by it


# -- another address ---------------------------------------------------------------------------------------------------
def test_another_address_is_confirmed_there_and_told_to_the_old_one() -> None:
    subject = make_patient(password=PASSWORD)
    me = actors.person(subject, at=now())
    services.ask_address(subject, by=me, at=now(), email=OTHER)
    assert [mail.line for mail in mailbox(EMAIL)] == ["Somebody wants to change your address"]
    assert can_sign_in(EMAIL, PASSWORD)
    services.confirm_step(link_in(mailbox(OTHER)[0]), at=now())
    assert can_sign_in(OTHER, PASSWORD) and not can_sign_in(EMAIL, PASSWORD)
    assert mailbox(EMAIL)[0].line == "Your email address was changed"


def test_a_new_password_ends_a_change_of_address() -> None:
    subject = make_patient(password=PASSWORD)
    me = actors.person(subject, at=now())
    services.ask_address(subject, by=me, at=now(), email=OTHER)
    token = link_in(mailbox(OTHER)[0])
    services.change_password(subject, by=me, at=now(), password=NEW)
    with pytest.raises(services.LinkOver):
        services.confirm_step(token, at=now())


def test_an_address_that_somebody_has_is_never_taken_over() -> None:
    subject = make_patient(password=PASSWORD)
    make_patient(password=PASSWORD, email=OTHER)
    services.ask_address(subject, by=actors.person(subject, at=now()), at=now(), email=OTHER)
    assert [mail.line for mail in mailbox(OTHER)] == ["You have an account already"]


def test_nobody_changes_the_address_of_another() -> None:
    subject, other = make_patient(password=PASSWORD), make_patient(password=PASSWORD, email=OTHER)
    with pytest.raises(Refused):
        services.ask_address(subject, by=actors.person(other, at=now()), at=now(), email="third@x.example")


# -- claiming ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def record() -> UUID:
    """A record made at reception, whose person is reached at an address that they do not sign in with."""
    return make_patient(email="home@oddie.example")


@pytest.fixture
def support() -> actors.Actor:
    return actors.person(make_staff("patient_support"), at=now())


def claim(code: str, **other: Any) -> bool:
    given = {"born_on": details()["born_on"], "email": EMAIL, "password": PASSWORD, **other}
    return services.claim(code=code, at=now(), **given)


def test_a_code_and_the_date_of_birth_open_the_account_of_a_record(record: UUID, support: actors.Actor) -> None:
    code = services.make_claim_code(record, by=support, at=now())
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}", code)
    assert claim(code.lower().replace("-", " "))
    assert not Account.objects.filter(subject_id=record).exists()
    services.confirm_step(link_in(mailbox(EMAIL)[0]), at=now())
    assert can_sign_in(EMAIL, PASSWORD)
    assert [account.subject_id for account in Account.objects.filter(subject_id=record)] == [record]
    assert [mail.line for mail in mailbox("home@oddie.example")] == ["An account was opened for you"]
    assert not ClaimCode.objects.exists() and not claim(code)


def test_a_code_with_another_date_opens_nothing(record: UUID, support: actors.Actor) -> None:
    from datetime import date

    code = services.make_claim_code(record, by=support, at=now())
    assert not claim(code, born_on=date(1971, 3, 10))
    assert not claim("AAAA-AAAA")
    assert LedgerEvent.objects.filter(event=Event.CLAIM_FAILED).count() == 2
    assert not AccountStep.objects.exists()


def test_a_code_is_over_after_two_weeks_and_an_older_one_at_once(record: UUID, support: actors.Actor) -> None:
    first = services.make_claim_code(record, by=support, at=now())
    second = services.make_claim_code(record, by=support, at=now())
    assert steps.find_claim(first, details()["born_on"], at=now()) is None
    assert steps.find_claim(second, details()["born_on"], at=now()) == record
    assert steps.find_claim(second, details()["born_on"], at=now() + CLAIM_LIFE) is None
    assert services.dispose_steps(at=now() + CLAIM_LIFE) == 1
    assert not ClaimCode.objects.exists()


def test_a_code_has_five_tries_in_its_life_wherever_they_come_from() -> None:
    at = now()
    tries = [steps.may_try_code("AAAA-AAAA", network=f"192.0.2.{n}", at=at) for n in range(6)]
    assert tries == [True] * 5 + [False]
    assert steps.may_try_code("aaaa aaaa", network="192.0.2.99", at=at + CLAIM_LIFE - timedelta(minutes=1)) is False
    assert steps.may_try_code("BBBB-BBBB", network="192.0.2.98", at=at) is True


def test_a_code_is_stored_nowhere(record: UUID, support: actors.Actor) -> None:
    code = services.make_claim_code(record, by=support, at=now())
    stored = str([list(model.objects.values()) for model in (ClaimCode, LedgerEvent)])
    assert code not in stored and code.replace("-", "") not in stored


def test_only_a_role_that_registers_people_gives_codes(record: UUID) -> None:
    for role in ("finance", "administrator"):
        with pytest.raises(Refused):
            services.make_claim_code(record, by=actors.person(make_staff(role), at=now()), at=now())
    with pytest.raises(Refused):
        services.make_claim_code(record, by=actors.person(make_patient(email=OTHER), at=now()), at=now())
    assert not ClaimCode.objects.exists()


def test_no_code_is_given_for_somebody_who_signs_in_already(support: actors.Actor) -> None:
    with pytest.raises((services.CannotClaim, Refused)):
        services.make_claim_code(make_patient(password=PASSWORD), by=support, at=now())


def test_a_claim_that_waits_opens_nothing_once_the_record_has_an_account(record: UUID, support: actors.Actor) -> None:
    code = services.make_claim_code(record, by=support, at=now())
    claim(code)
    old = mailbox(EMAIL)
    claim(code, email=OTHER)
    new = mailbox(OTHER)
    with pytest.raises(services.LinkOver):
        services.confirm_step(link_in(old[0]), at=now())
    services.confirm_step(link_in(new[0]), at=now())
    assert can_sign_in(OTHER, PASSWORD)


# -- telling -----------------------------------------------------------------------------------------------------------
def test_a_device_that_is_new_is_told_and_the_first_and_the_known_are_not() -> None:
    subject = make_patient(password=PASSWORD)
    for device in ("Firefox on Linux", "Firefox on Linux", "Chrome on Windows", "Firefox on Linux"):
        services.sign_in(subject, by=actors.person(subject, at=now()), at=now(), device=device)
    (mail,) = mailbox(EMAIL)
    assert (mail.line, "Chrome on Windows" in mail.text) == ("A new device signed in", True)


def test_a_person_without_an_account_is_told_where_we_reach_them(record: UUID) -> None:
    from troth.delivery.rules import Kind

    services.tell(record, Kind.OPENED_IN_EMERGENCY, by=actors.NOBODY, at=now())
    assert [mail.line for mail in mailbox("home@oddie.example")] == ["Your record was opened"]


def test_somebody_with_no_address_is_not_told() -> None:
    from troth.delivery.rules import Kind

    assert services.tell(ask(), Kind.CERTIFICATE_READY, by=actors.NOBODY, at=now()) is None
