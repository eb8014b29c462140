"""Second factors: codes, recovery codes and passkeys, once each; and tries that nobody can turn against their owner."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from tests.authenticator import Device
from troth.gate import actors
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.people import rules, selectors, services
from troth.people.models import Account, Authenticator, Passkey, RecoveryCode, SignInTry
from troth.people.selectors import AppCode, Came, Proof, Recovery, SecondStep, Site, Wait
from troth.people.selectors.strangers import strangers_number
from troth.people.tests.factories import LATER, NOW, PASSWORD, make_patient, make_staff

pytestmark = pytest.mark.usefixtures("notice_in_force")
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238's test vectors, in Base32
EMAIL = "prescriber@clinic.example"
SITE = Site("localhost", "http://localhost:8000", "Aldersyke Clinic")


def person(subject: UUID, at=LATER) -> actors.Actor:
    return actors.person(subject, at=at)


def with_app(subject: UUID) -> None:
    services.add_app(subject, by=person(subject), at=NOW, secret=SECRET, step=rules.step_of(NOW))


def code(at=LATER) -> str:
    return rules.code_at(SECRET, rules.step_of(at))


def test_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B: the last six of the eight figures for SHA-1
    for seconds, figures in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        assert rules.code_at(SECRET, seconds // 30) == figures


def test_a_code_holds_for_its_half_minute_and_the_one_on_each_side() -> None:
    for late, fits in ((-60, False), (-30, True), (0, True), (30, True), (60, False)):
        found = rules.matching_step(SECRET, code(), LATER + timedelta(seconds=late))
        assert (found is not None) is fits, late
    assert rules.matching_step(SECRET, f" {code()[:3]} {code()[3:]} ", LATER) == rules.step_of(LATER)
    assert rules.matching_step(SECRET, "", LATER) is None


def test_a_code_is_taken_once() -> None:
    subject = make_staff()
    with_app(subject)
    found = selectors.check_code(subject, code(), at=LATER)
    assert found == AppCode(rules.step_of(LATER))
    services.use_code(subject, by=person(subject), at=LATER, code=found)
    again = selectors.check_code(subject, code(), at=LATER + timedelta(seconds=20))
    assert again is not None
    with pytest.raises(services.UsedUp):
        services.use_code(subject, by=person(subject), at=LATER, code=again)
    other = make_staff("finance")
    with_app(other)
    services.use_code(other, by=person(other), at=LATER, code=again)  # another person's code of that moment


def test_the_first_code_of_an_app_is_used_up_too() -> None:
    subject = make_staff()
    services.add_app(subject, by=person(subject), at=LATER, secret=SECRET, step=rules.step_of(LATER))
    with pytest.raises(services.UsedUp):
        services.use_code(subject, by=person(subject), at=LATER, code=AppCode(rules.step_of(LATER)))


def test_ten_recovery_codes_work_once_each_and_not_for_another() -> None:
    subject, other = make_staff(), make_staff("finance")
    codes = services.make_recovery_codes(subject, by=person(subject), at=NOW)
    assert len(set(codes)) == 10 and all(rules.is_recovery_code(each) for each in codes)
    assert selectors.check_code(other, codes[0], at=LATER) is None
    found = selectors.check_code(subject, codes[0].lower().replace("-", " "), at=LATER)
    assert isinstance(found, Recovery)
    services.use_code(subject, by=person(subject), at=LATER, code=found)
    assert selectors.check_code(subject, codes[0], at=LATER) is None
    with pytest.raises(services.UsedUp):
        services.use_code(subject, by=person(subject), at=LATER, code=found)
    assert RecoveryCode.objects.count() == 9
    fresh = services.make_recovery_codes(subject, by=person(subject), at=LATER)
    assert selectors.check_code(subject, codes[1], at=LATER) is None
    assert selectors.check_code(subject, fresh[1], at=LATER)


def test_nothing_of_a_factor_lies_in_the_clear() -> None:
    subject = make_staff()
    with_app(subject)
    codes = services.make_recovery_codes(subject, by=person(subject), at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM people_authenticator UNION ALL SELECT code_hash FROM people_recoverycode")
        stored = repr([bytes(value) for (value,) in cursor.fetchall()])
    assert SECRET not in stored and not any(each in stored for each in codes)


def test_staff_act_under_no_role_until_a_second_factor_was_shown() -> None:
    subject, patient = make_staff("prescriber"), make_patient()
    held = actors.signed_in(subject, at=LATER, second_factor_at=None)
    assert held.held_back and held.roles == frozenset()
    with pytest.raises(Refused), processing(Purpose.CARE, by=held, at=LATER) as opened:
        selectors.get_identity(patient, opened)
    shown = actors.signed_in(subject, at=LATER, second_factor_at=LATER)
    assert shown.roles == {"prescriber"} and not shown.held_back
    theirs = actors.signed_in(patient, at=LATER, second_factor_at=None)
    assert not theirs.held_back


def test_the_last_factor_of_staff_is_replaced_and_not_taken_away() -> None:
    subject, patient = make_staff(), make_patient(password=PASSWORD)
    for each in (subject, patient):
        with_app(each)
    with pytest.raises(services.FactorNeeded):
        services.remove_app(subject, by=person(subject), at=LATER)
    assert selectors.has_second_factor(subject)
    services.remove_app(patient, by=person(patient), at=LATER)
    assert not selectors.has_second_factor(patient)


def test_a_colleague_can_neither_add_nor_remove_anybodys_factor() -> None:
    subject, other = make_staff("prescriber"), make_staff("finance")
    with_app(subject)
    for by in (person(other), person(make_patient())):
        with pytest.raises(Refused):
            services.remove_app(subject, by=by, at=LATER)
        with pytest.raises(Refused):
            services.add_app(subject, by=by, at=LATER, secret=SECRET, step=1)
        with pytest.raises(Refused):
            services.make_recovery_codes(subject, by=by, at=LATER)
    assert selectors.has_second_factor(subject)


# -- passkeys ----------------------------------------------------------------------------------------------------------
def new_passkey(subject: UUID, device: Device, *, session: str = "s", at=LATER, answered_at=LATER) -> object:
    with processing(Purpose.ACCOUNT_SECURITY, by=person(subject), at=at) as opened:
        asked = selectors.ask_new_passkey(subject, SITE, account=EMAIL, session=session, opened=opened)
    return selectors.read_new_passkey(
        asked.ticket, device.create(asked.options, SITE.origin), SITE, subject=subject, session="s", at=answered_at
    )


def take_on(subject: UUID, device: Device, name: str = "My phone") -> None:
    made = new_passkey(subject, device)
    assert made is not None
    services.add_passkey(subject, by=person(subject), at=LATER, made=made, name=name)  # type: ignore[arg-type]


def show(device: Device, **how: object) -> object:
    asked = selectors.ask_passkey(SITE, at=LATER)
    return selectors.check_passkey(
        asked.ticket, device.get(asked.options, **{"origin": SITE.origin, **how}), SITE, at=LATER
    )


def test_a_passkey_tells_whose_it_is_and_its_challenge_is_answered_once() -> None:
    subject, device = make_staff(), Device()
    take_on(subject, device)
    shown = show(device)
    assert shown is not None and shown.subject == subject and not shown.copied  # type: ignore[attr-defined]
    services.use_passkey(subject, by=person(subject), at=LATER, shown=shown)  # type: ignore[arg-type]
    with pytest.raises(services.UsedUp):
        services.use_passkey(subject, by=person(subject), at=LATER, shown=shown)  # type: ignore[arg-type]
    with processing(Purpose.ACCOUNT_SECURITY, by=person(subject), at=LATER) as opened:
        listed = selectors.list_factors(subject, opened)
    assert [(each.name, each.used_at) for each in listed.passkeys] == [("My phone", LATER)]


def test_the_browser_is_not_told_whose_passkey_is_wanted() -> None:
    take_on(make_staff(), Device())
    options = json.loads(selectors.ask_passkey(SITE, at=LATER).options)
    assert not options.get("allowCredentials") and options["userVerification"] == "required"


@pytest.mark.parametrize(
    "how",
    [
        {"origin": "https://elsewhere.example"},
        {"verified": False},
        {"handle": b"another"},
        {"spoiled": True},
        {"domain": "elsewhere.example"},
    ],
)
def test_a_passkey_that_does_not_hold_signs_nobody_in(how: dict[str, object]) -> None:
    device = Device()
    take_on(make_staff(), device)
    assert show(device, **how) is None


def test_a_stale_challenge_another_session_or_a_stranger_is_refused() -> None:
    subject, device = make_staff(), Device()
    assert new_passkey(subject, device, session="another") is None
    assert new_passkey(subject, device, answered_at=LATER + timedelta(minutes=16)) is None
    assert show(device) is None  # nobody has it
    take_on(subject, device)
    asked = selectors.ask_passkey(SITE, at=LATER)
    answer = device.get(asked.options, origin=SITE.origin)
    assert selectors.check_passkey(asked.ticket, answer, SITE, at=LATER + timedelta(minutes=16)) is None
    assert selectors.check_passkey(asked.ticket[:-4] + "AAAA", answer, SITE, at=LATER) is None
    for spoiled in ("", "{}", "[]", "null", '{"id": 1}', "x" * 9_000):
        assert selectors.check_passkey(asked.ticket, spoiled, SITE, at=LATER) is None
    other = selectors.ask_passkey(SITE, at=LATER)
    assert selectors.check_passkey(other.ticket, answer, SITE, at=LATER) is None  # an answer to another challenge


def test_a_counter_that_goes_back_is_a_copied_key() -> None:
    subject, device = make_staff(), Device()
    take_on(subject, device)
    shown = show(device)
    services.use_passkey(subject, by=person(subject), at=LATER, shown=shown)  # type: ignore[arg-type]
    device.count -= 1
    copied = show(device)
    assert copied is not None and copied.copied  # type: ignore[attr-defined]
    with pytest.raises(services.UsedUp):
        services.use_passkey(subject, by=person(subject), at=LATER, shown=copied)  # type: ignore[arg-type]


def test_a_leavers_passkey_signs_nobody_in() -> None:
    subject, device = make_staff("prescriber"), Device()
    take_on(subject, device)
    boss = make_staff("administrator")
    services.leave_staff(subject, by=person(boss), at=LATER)
    assert show(device) is None


def test_another_persons_passkey_stays_where_it_is() -> None:
    subject, other, device = make_staff(), make_staff("finance"), Device()
    take_on(subject, device)
    with_app(other)
    with pytest.raises(LookupError):
        services.remove_passkey(other, Passkey.objects.get().pk, by=person(other), at=LATER)
    assert Passkey.objects.count() == 1
    assert not LedgerEvent.objects.filter(event="people:factor_removed").exists(), "nothing was removed"


def test_an_app_that_is_not_there_is_not_recorded_as_removed() -> None:
    patient = make_patient(password=PASSWORD)
    with pytest.raises(LookupError):
        services.remove_app(patient, by=person(patient), at=LATER)
    assert not LedgerEvent.objects.filter(event="people:factor_removed").exists()


# -- tries -------------------------------------------------------------------------------------------------------------
def attack(email: str, password: str, *, places: int) -> list[object]:
    return [
        selectors.check_sign_in(email, password, at=LATER, network=f"198.51.{place // 250}.{place % 250}/32")
        for place in range(places)
    ]


def test_an_attack_from_many_networks_stops_no_owner_on_a_known_browser_and_guesses_no_code() -> None:
    subject = make_staff("prescriber")
    with_app(subject)
    mark = selectors.account_mark(EMAIL)
    # Somebody who even knows the password tries codes from two hundred networks
    tried = 0
    for place in range(200):
        network = f"203.0.{place}.1/32"
        answer = selectors.check_sign_in(EMAIL, PASSWORD, at=LATER, network=network)
        assert isinstance(answer, SecondStep)
        tried += selectors.allow_second(mark, at=LATER, network=network) is None
    assert tried <= 6, "each try is one in three hundred thousand"
    # The owner, on the browser that she always uses, from the very same network
    hers = selectors.check_sign_in(EMAIL, PASSWORD, at=LATER, network="203.0.7.1/32", device="d" * 32)
    assert hers == SecondStep(subject, mark)
    assert selectors.allow_second(mark, at=LATER, network="203.0.7.1/32", device="d" * 32) is None
    # and away from home with a recovery code
    assert selectors.allow_second(mark, at=LATER, network="192.0.2.9/32", paper=True) is None
    # and no browser, known or not, may guess for ever
    waits = [selectors.allow_second(mark, at=LATER, network="203.0.7.1/32", device="d" * 32) for _ in range(20)]
    assert isinstance(waits[-1], Wait)


def test_while_many_guess_the_second_factor_is_asked_for_whether_or_not_the_password_was_right() -> None:
    subject = make_staff("prescriber")
    with_app(subject)
    attack(EMAIL, "wrong-wrong-wrong", places=30)
    elsewhere = {"at": LATER, "network": "192.0.2.200/32"}
    mark = selectors.account_mark(EMAIL)
    assert selectors.check_sign_in(EMAIL, PASSWORD, **elsewhere) == SecondStep(subject, mark, guarded=True)
    assert selectors.check_sign_in(EMAIL, "wrong-wrong-wrong", **elsewhere) == SecondStep(None, mark, guarded=True)
    attack("nobody@clinic.example", "wrong-wrong-wrong", places=30)
    unknown = selectors.check_sign_in("nobody@clinic.example", PASSWORD, **elsewhere)
    assert unknown == SecondStep(None, selectors.account_mark("nobody@clinic.example"), guarded=True)
    assert selectors.check_code(None, code(), at=LATER) is None


def test_what_stands_in_for_nobody_opens_to_nobody() -> None:
    """The stranger's own right code, for nobody, for somebody without an app, and for the stranger by name."""
    desk = actors.Actor(
        "service", name="sign-in", purposes=frozenset(Purpose), categories=frozenset(selectors_categories())
    )
    services.note_failed_try(None, by=desk, at=NOW, came=Came("192.0.2.1", "A browser"), why="wrong password")
    stranger = strangers_number()
    with processing(Purpose.ACCOUNT_SECURITY, by=desk, at=NOW):
        secret, account = (
            Authenticator.objects.get(subject_id=stranger).secret,
            Account.objects.get(subject_id=stranger),
        )
        assert account.closed
    right = rules.code_at(secret, rules.step_of(LATER))
    assert selectors.check_code(None, right, at=LATER) is None
    assert selectors.check_code(make_patient(password=PASSWORD), right, at=LATER) is None
    assert selectors.check_code(stranger, right, at=LATER) == AppCode(rules.step_of(LATER))  # so the code was right
    assert not selectors.check_sign_in("", PASSWORD, at=LATER, network="192.0.2.1/32")


def test_tries_are_kept_for_days_of_whoever_they_were_about() -> None:
    subject = make_patient(password=PASSWORD)
    desk = actors.Actor(
        "service", name="sign-in", purposes=frozenset(Purpose), categories=frozenset(selectors_categories())
    )
    came = Came("203.0.113.77", "Firefox on Linux")
    services.note_failed_try(subject, by=desk, at=NOW, came=came, why="wrong password")
    services.note_failed_try(None, by=desk, at=NOW, came=came, why="wrong password")
    services.note_failed_try(None, by=desk, at=NOW, came=came, why="wrong password")
    with processing(Purpose.RIGHTS, by=person(subject), at=LATER) as opened:
        page = selectors.list_tries(subject, opened)
    assert [(each.words, each.went_well, each.area) for each in page.tries] == [
        ("Refused: the password was wrong", False, "network 203.0.…")
    ]
    assert page.total == 1
    assert "203.0.113" not in repr(list(LedgerEvent.objects.values()))
    with (
        pytest.raises(Refused),
        processing(Purpose.RIGHTS, by=person(make_patient(given_name="X")), at=LATER) as opened,
    ):
        selectors.list_tries(subject, opened)
    assert SignInTry.objects.count() == 3
    after = NOW + timedelta(days=31)
    assert len(selectors.whose_tries_are_due(after - timedelta(days=30))) == 2
    for each in selectors.whose_tries_are_due(after - timedelta(days=30)):
        services.forget_tries(each, by=desk, at=after)
    assert SignInTry.objects.count() == 0


def selectors_categories() -> set[object]:
    from troth.vault.categories import Category

    return {Category.ACCOUNT, Category.NETWORK}


def test_the_password_alone_is_enough_where_there_is_nothing_else() -> None:
    subject = make_patient(password=PASSWORD)
    answer = selectors.check_sign_in("maureen@oddie.example", PASSWORD, at=LATER, network="n")
    assert answer == Proof(subject)
