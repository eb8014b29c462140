"""By what a second account is noticed when its card is another's, and that nobody learns of it who is not to."""

import json
from uuid import UUID

import pytest

from troth.billing import services as money
from troth.billing.models import CardMark
from troth.billing.selectors import State
from troth.billing.tests.conftest import firm  # noqa: F401 - a fixture
from troth.billing.tests.firm import LocalFirm
from troth.gate import features
from troth.gate.contexts import processing
from troth.ledger import proving
from troth.notice.purposes import Action, Purpose
from troth.prescribing import services
from troth.prescribing.models import Alike, PersonMark
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import reviewing
from troth.prescribing.tests.conftest import Clinic, agree, look, prescribe, refuse, send, verify
from troth.prescribing.tests.test_telling import SOON, second_account
from troth.records.tests import factories
from troth.records.tests.factories import LATER
from troth.rights import services as rights
from troth.rights.selectors import history_of, looks_at
from troth.rights.services import erasure, standing
from troth.vault import search
from troth.work.models import Job

CARD = "sentinel-card-sign"


@pytest.fixture
def bank(clinic: Clinic, firm: LocalFirm) -> LocalFirm:  # noqa: F811
    return firm


def pay(clinic: Clinic, request: UUID, bank: LocalFirm, card: str) -> UUID:
    payment = services.pay_request(request, by=clinic.ann, at=LATER)
    bank.pay(money.open_at_firm(payment, by=clinic.ann, at=LATER).reference, card=card)
    assert money.look(payment, at=LATER) is State.AUTHORISED
    assert Job.objects.filter(name="prescribing.compare_card").exists()
    services.compare_card(request, payment, at=LATER)
    return payment


def stranger_to(clinic: Clinic) -> Clinic:
    """An account that shares neither name nor address with the first."""
    return second_account(clinic, given_name="Moira", address="9 Elm Row, Hexham")


def alike(clinic: Clinic, request: UUID) -> list[tuple[UUID, tuple[str, ...], tuple[str, ...]]]:
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=SOON) as opened:
        return [(each.subject, each.how, each.refusals) for each in reviewing.get_review(request, opened).alike]


def test_whoever_pays_with_the_card_of_somebody_refused_is_noticed(clinic: Clinic, bank: LocalFirm) -> None:
    first = send(clinic)
    pay(clinic, first, bank, CARD)
    refuse(clinic, first, "Misuse.", by=clinic.prescriber)
    again = stranger_to(clinic)
    request = send(again)
    assert alike(clinic, request) == []
    payment = pay(again, request, bank, CARD)
    assert alike(clinic, request) == [(clinic.subject, ("same payment card",), ("Misuse.",))]
    with processing(Purpose.RIGHTS, Action.READ, by=again.ann, at=SOON):
        mark = CardMark.objects.get(payment=payment).card
    assert mark is not None and len(mark) == 64 and CARD not in mark
    services.compare_card(request, payment, at=SOON)  # what is said again notes nothing twice
    assert Alike.objects.count() == 1


def test_whoever_pays_with_another_card_is_not_noticed(clinic: Clinic, bank: LocalFirm) -> None:
    pay(clinic, send(clinic), bank, CARD)
    other = stranger_to(clinic)
    request = send(other)
    pay(other, request, bank, "sentinel-another")
    assert alike(clinic, request) == []


def test_a_likeness_that_was_known_is_joined_by_the_card(clinic: Clinic, bank: LocalFirm) -> None:
    pay(clinic, send(clinic), bank, CARD)
    namesake = second_account(clinic, address="9 Elm Row, Hexham")
    request = send(namesake)
    assert alike(clinic, request) == [(clinic.subject, ("same name and birthday",), ())]
    pay(namesake, request, bank, CARD)
    assert alike(clinic, request) == [(clinic.subject, ("same payment card", "same name and birthday"), ())]


def test_a_page_that_was_opened_before_the_card_came_prescribes_nothing(clinic: Clinic, bank: LocalFirm) -> None:
    pay(clinic, send(clinic), bank, CARD)
    again = stranger_to(clinic)
    request = send(again)
    verify(again, request)
    agree(again)
    stale = look(again, request)
    pay(again, request, bank, CARD)
    with pytest.raises(NotPossible, match="added since"):
        prescribe(again, request, review=stale)
    prescribe(again, request)


def test_no_event_that_its_person_reads_tells_of_a_likeness(clinic: Clinic, bank: LocalFirm) -> None:
    pay(clinic, send(clinic), bank, CARD)
    again = second_account(clinic)
    pay(again, send(again), bank, CARD)
    row = Alike.objects.get(subject_id=again.subject)
    for subject in (again.subject, clinic.subject):
        file = json.dumps(json.loads(proving.export_person(subject.hex, SOON)))
        assert (
            "alike" not in file
            and "likeness" not in file
            and row.pk.hex not in file
            and row.other.hex not in (file if subject == again.subject else "")
        )
        own = history_of(subject, at=SOON, limit=500).looks + looks_at(subject, at=SOON, limit=500)
        assert not any("looks like" in each.words for each in own)
    officer = factories.staff("privacy_officer").id
    seen = history_of(again.subject, at=SOON, limit=500, viewer=officer, with_apart=True).looks
    assert any("looks like" in each.words and each.apart for each in seen)


def _told(subject: UUID) -> list[tuple[str, ...]]:
    """What a person's own file says happened, without what is random."""
    events = json.loads(proving.export_person(subject.hex, SOON))["events"]
    names = ("event", "actor_kind", "purpose", "action", "what", "reason", "outcome")
    return [tuple(str(each["columns"].get(name)) for name in names) for each in events]


def test_the_files_of_those_who_are_alike_and_those_who_are_not_tell_the_same(
    clinic: Clinic, bank: LocalFirm
) -> None:
    pay(clinic, send(clinic), bank, CARD)
    both, none = second_account(clinic), second_account(clinic, given_name="Moira", address="9 Elm Row, Hexham")
    pay(none, send(none), bank, "sentinel-another")
    pay(both, send(both), bank, CARD)
    assert [row.subject_id for row in Alike.objects.all()] == [both.subject]
    assert sorted(_told(both.subject)) == sorted(_told(none.subject))


def test_whoever_restricted_the_use_of_their_record_is_compared_with_nobody(clinic: Clinic, bank: LocalFirm) -> None:
    first = send(clinic)
    pay(clinic, first, bank, CARD)
    refuse(clinic, first, "Misuse.", by=clinic.prescriber)
    standing.restrict(clinic.subject, by=clinic.ann, at=LATER)
    again = second_account(clinic)
    pay(again, send(again), bank, CARD)
    assert not Alike.objects.exists()


def test_a_card_is_neither_kept_nor_compared_where_the_notice_does_not_say_so(
    clinic: Clinic, bank: LocalFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = features.serves_any
    monkeypatch.setattr(
        features,
        "serves_any",
        lambda purposes, *given: Purpose.FRAUD_PREVENTION not in purposes and before(purposes, *given),
    )
    pay(clinic, send(clinic), bank, CARD)
    again = stranger_to(clinic)
    pay(again, send(again), bank, CARD)
    assert not CardMark.objects.exists() and not Alike.objects.exists()


@pytest.mark.parametrize("everything", [False, True])
def test_the_hash_of_a_card_goes_with_the_marks(
    clinic: Clinic, bank: LocalFirm, monkeypatch: pytest.MonkeyPatch, everything: bool
) -> None:
    monkeypatch.setattr(erasure, "_traces_forgotten", lambda: True)
    first = send(clinic)
    pay(clinic, first, bank, CARD)
    refuse(clinic, first, "Misuse.", by=clinic.prescriber)
    with processing(Purpose.RIGHTS, Action.READ, by=clinic.ann, at=LATER):
        mark = CardMark.objects.get().card
    assert mark is not None
    officer = factories.staff("privacy_officer")
    case = rights.ask_erasure(clinic.subject, by=clinic.ann, at=LATER, close_account=True)
    rights.carry_out_erasure(case, by=officer, at=LATER, everything=everything)
    kept = PersonMark.objects.exists()
    assert kept is not everything and CardMark.objects.exists() == kept
    assert bool(search.candidates(search.exact("payment_card"), mark)) == kept
    again = stranger_to(clinic)
    pay(again, send(again), bank, CARD)
    assert Alike.objects.exists() == kept
