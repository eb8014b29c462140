"""A request of somebody whom nobody knew, and the record that was found for it later."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest

from tests.stores import Home
from troth.delivery import selectors as mail
from troth.delivery import services as delivery
from troth.delivery.models import MESSAGE, Message
from troth.gate import facts
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.reasons import FindReason
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.ledger.records import check_records
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people
from troth.rights import selectors, services
from troth.rights.models import CASES, Asked, RightsCase, Route, StepKind, Waits
from troth.rights.rules.letters import Ending
from troth.rights.selectors.holdings import everything_about
from troth.rights.selectors.planning import plan_erasure
from troth.rights.services import StepRefused
from troth.rights.tests.factories import NOW, make_officer, make_patient
from troth.vault import keystore

LATER = NOW + timedelta(minutes=5)
SOON = LATER + timedelta(minutes=1)
NEXT = SOON + timedelta(minutes=1)


@pytest.fixture
def officer(clinic: Home) -> Actor:
    return make_officer()


@pytest.fixture
def ada(clinic: Home) -> UUID:
    found = make_patient(given_name="Ada", family_name="Quoin", email="ada@quoin.example").id
    assert found is not None
    return found


def written(officer: Actor, *asked: Asked, days_ago: int = 3) -> list[UUID]:
    """What came by email from somebody of whom nobody found a record."""
    return services.take_in_from_stranger(
        set(asked or {Asked.ACCESS}),
        name="Ada Quoin",
        email="quoin@post.example",
        words="zq-what-she-wrote",
        route=Route.EMAIL,
        received_on=(NOW - timedelta(days=days_ago)).date(),
        by=officer,
        at=NOW,
    )


def found(officer: Actor, who: UUID) -> UUID:
    """The officer looks for them, as the page does."""
    with processing(Purpose.FIND, by=officer, at=LATER, find_reason=FindReason.RIGHTS_REQUEST) as opened:
        assert who in [each.subject for each in people.find_people("Quoin", opened).people]
    return who


def place(case: UUID, to: UUID, *, by: Actor, under: UUID | None = None, **other: object) -> None:
    given = {"words": "She gave her day of birth.", "proof": "known_detail", "at": SOON, **other}
    services.place_case(case, under=under or subject_of(case), to=to, by=by, **given)  # type: ignore[arg-type]


def subject_of(case: UUID) -> UUID:
    found: UUID = RightsCase.objects.get(pk=case).subject_id
    return found


def kinds_of(case: UUID) -> list[StepKind]:
    return [kind for kind, _ in selectors.happened_in(case)]


def prove(case: UUID, officer: Actor, *, holds: bool = True) -> None:
    services.record_came(case, Waits.IDENTITY, on=NEXT.date(), by=officer, at=NEXT)
    services.judge_proof(case, Waits.IDENTITY, holds=holds, words="Born on the day she gave", by=officer, at=NEXT)


def test_the_message_goes_whole_with_its_words_letters_and_days(officer: Actor, ada: UUID) -> None:
    copy, erasure, complaint = cases = written(officer, Asked.ACCESS, Asked.ERASURE, Asked.COMPLAINT)
    under, before = subject_of(copy), {each.pk: each for each in RightsCase.objects.all()}
    place(erasure, found(officer, ada), by=officer)
    assert {subject_of(each) for each in cases} == {ada}
    with processing(Purpose.RIGHTS, by=officer, at=SOON) as opened:
        for case in cases:
            known = selectors.get_case(case, opened)
            assert known.words == "zq-what-she-wrote" and known.reply_to["email"] == "quoin@post.example"
            assert known.received_on == before[case].received_on and known.recorded_at == before[case].recorded_at
            assert any(step.words.startswith("We ") for step in selectors.list_steps(case, opened)), "its receipt"
        (moved,) = [step for step in selectors.list_steps(copy, opened) if step.kind is StepKind.MOVED]
    assert moved.by == officer.id.hex and moved.words == "She gave her day of birth."  # type: ignore[union-attr]
    assert Message.objects.filter(kind="case_proof").count() == 1, "one letter asks for both"
    assert RightsCase.objects.get(pk=complaint).waits_for == "", "a complaint is taken as it comes"
    assert {RightsCase.objects.get(pk=each).waits_for for each in (copy, erasure)} == {"identity"}
    assert not check_records()
    for subject in (under, ada):
        assert LedgerEvent.objects.filter(event="rights:case_moved", subject=subject.hex, outcome="done").exists()


def test_nothing_is_left_that_opens_what_lay_under_the_other_record(
    officer: Actor, ada: UUID, django_capture_on_commit_callbacks: object
) -> None:
    (case,) = written(officer)
    under = subject_of(case)
    assert keystore.fetch([under], [CASES], scope=None)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        place(case, found(officer, ada), by=officer)
    assert not keystore.fetch([under], [CASES], scope=None) and keystore.fetch([ada], [CASES], scope=None)


def test_to_stand_under_a_record_shows_nothing(officer: Actor, ada: UUID) -> None:
    copy, stop = written(officer, Asked.ACCESS, Asked.RESTRICTION)
    with pytest.raises(StepRefused, match=r"LAW-1\.15"):
        place(copy, found(officer, ada), by=officer, proof="")
    place(copy, ada, by=officer)
    assert services.why_unproven(copy) and not facts.of(ada, FactKind.RESTRICTION, at=NEXT)
    prove(copy, officer)
    assert not services.why_unproven(copy) and facts.of(ada, FactKind.RESTRICTION, at=NEXT)
    with pytest.raises(StepRefused, match="has stopped a use"):
        place(stop, found(officer, another()), by=officer, at=NEXT)


def another(given: str = "Bea") -> UUID:
    made = make_patient(given_name=given, family_name="Quoin", email=f"{given.lower()}@quoin.example").id
    assert made is not None
    return made


def test_a_proof_that_was_found_good_before_is_compared_with_the_record(officer: Actor, ada: UUID) -> None:
    (case,) = written(officer)
    services.ask_for(case, Waits.IDENTITY, proof="seen_document", by=officer, at=LATER)
    services.record_came(case, Waits.IDENTITY, on=LATER.date(), by=officer, at=LATER)
    services.judge_proof(case, Waits.IDENTITY, holds=True, words="A passport", by=officer, at=LATER)
    due = selectors.clock_of(case, at=LATER).due_on
    place(case, found(officer, ada), by=officer, proof="")
    assert services.why_unproven(case) and not Message.objects.filter(kind="case_proof").exclude(recorded_at__lt=SOON)
    assert selectors.clock_of(case, at=SOON).due_on == due, "no day moves by it"
    services.judge_proof(case, Waits.IDENTITY, holds=True, words="The same day of birth", by=officer, at=NEXT)
    assert not services.why_unproven(case)


def test_a_mistake_is_put_right(officer: Actor, ada: UUID) -> None:
    (case,) = written(officer)
    stranger, bea = subject_of(case), another()
    place(case, found(officer, bea), by=officer)
    place(case, stranger, by=officer, proof="", words="It was her sister", at=NEXT)
    assert subject_of(case) == stranger and kinds_of(case).count(StepKind.MOVED) == 2
    place(case, found(officer, ada), by=officer, at=NEXT)
    assert subject_of(case) == ada and Message.objects.filter(kind="case_proof").count() == 1
    assert not RightsCase.objects.filter(subject_id__in=(stranger, bea)).exists() and not check_records()


def test_it_goes_nowhere_else(officer: Actor, ada: UUID) -> None:
    (case,) = written(officer)
    stranger, bea = subject_of(case), another()
    with pytest.raises(StepRefused, match="Look for their record first"):
        place(case, ada, by=officer)
    found(officer, ada)
    with pytest.raises(StepRefused, match="Look for their record first"):
        place(case, subject_of(written(officer)[0]), by=officer)
    with pytest.raises(StepRefused, match="Look for their record first"):
        place(case, ada, by=officer, at=LATER + timedelta(minutes=31))
    with pytest.raises(StepRefused, match="how you know"):
        place(case, ada, by=officer, words="  ")
    with pytest.raises(StepRefused, match="already"):
        place(case, stranger, by=officer)
    with pytest.raises(Refused):
        place(case, ada, by=make_officer("patient_support"))
    place(case, ada, by=officer)
    with pytest.raises(StepRefused, match="meanwhile"):  # the page of a colleague who had it open
        place(case, bea, under=stranger, by=officer)
    with pytest.raises(StepRefused, match="already"):
        place(case, ada, by=officer)
    assert subject_of(case) == ada


def test_what_is_closed_worked_on_or_anybodys_own_stays_where_it_is(officer: Actor, ada: UUID) -> None:
    closed, begun = written(officer)[0], written(officer)[0]
    found(officer, ada)
    services.finish_case(closed, ending=Ending.TAKEN_BACK, by=officer, at=LATER)
    with pytest.raises(StepRefused, match="closed"):
        place(closed, ada, by=officer)
    place(begun, ada, by=officer)
    prove(begun, officer)
    services.begin_pack(begun, by=officer, at=NEXT)
    with pytest.raises(StepRefused, match=r"has begun .*LAW-1\.4"):
        place(begun, another(), by=officer, at=NEXT)
    (own,) = services.take_in(
        ada, {Asked.ACCESS}, words="Mine", route=Route.EMAIL, received_on=NOW.date(), by=officer, at=LATER
    )
    with pytest.raises(StepRefused, match="taken in under this record"):
        place(own, another("Cleo"), by=officer)


def carried() -> list[Message]:
    """Everything that waits leaves."""
    with pytest.MonkeyPatch.context() as patched:
        carrier = SimpleNamespace(keeps=False, send=lambda parcel: None)
        patched.setattr("troth.delivery.services.carrying._carrier_for", lambda channel: carrier)
        for row in Message.objects.filter(state="queued"):
            delivery.carry(row.pk, at=SOON)
    return list(Message.objects.filter(state="sent"))


def emails_of(subject: UUID) -> set[str]:
    return set(Message.objects.filter(subject_id=subject).values_list("kind", flat=True))


def test_the_emails_about_it_go_with_it_into_the_copy_and_the_erasure(
    officer: Actor, ada: UUID, django_capture_on_commit_callbacks: object
) -> None:
    copy, complaint = written(officer, Asked.ACCESS, Asked.COMPLAINT)
    under = subject_of(copy)
    assert {row.kind for row in carried() if row.subject_id == under} == {"case_received", "complaint_received"}
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        place(complaint, found(officer, ada), by=officer)
    assert not emails_of(under) and emails_of(ada) >= {"case_received", "complaint_received"}
    assert not keystore.fetch([under], [MESSAGE], scope=None) and not check_records()
    with processing(Purpose.RIGHTS, Action.EXPORT, by=officer, at=NEXT) as opened:
        held = [thing for thing in everything_about(ada, opened) if thing.model == "delivery.message"]
        said = {str(field.value) for thing in held for field in thing.fields if field.name == "address"}
    assert "quoin@post.example" in said
    named = set(plan_erasure(ada, at=NEXT, everything=True).scopes)
    assert {(MESSAGE, row.pk.hex) for row in Message.objects.filter(subject_id=ada)} <= named


def test_the_emails_go_back_with_it_too(officer: Actor, ada: UUID) -> None:
    (case,) = written(officer)
    stranger, bea = subject_of(case), another()
    carried()
    before = emails_of(bea)
    place(case, found(officer, bea), by=officer)
    carried()
    assert emails_of(bea) == before | {"case_received", "case_proof"}
    place(case, stranger, by=officer, proof="", words="It was her sister", at=NEXT)
    assert emails_of(bea) == before and emails_of(stranger) == {"case_received", "case_proof"}
    assert not check_records()


def test_a_letter_that_waits_to_be_printed_goes_with_it(officer: Actor, ada: UUID) -> None:
    (case,) = services.take_in_from_stranger(
        {Asked.ACCESS},
        name="Ada Quoin",
        address="3 Fell Lane",
        words="zq-what-she-wrote",
        route=Route.LETTER,
        received_on=NOW.date(),
        by=officer,
        at=NOW,
    )
    stranger = subject_of(case)
    place(case, found(officer, ada), by=officer)
    assert emails_of(stranger) == set() and "case_received" in emails_of(ada)
    (waits,) = mail.list_letters()[0]
    letter = mail.get_letter(waits.id, by=officer.id, at=NEXT)  # type: ignore[arg-type]
    assert letter is not None and letter.envelope == "Ada Quoin\n3 Fell Lane"


def test_what_has_not_left_yet_stays_where_its_carrier_has_it(officer: Actor, ada: UUID) -> None:
    (case,) = written(officer)
    under = subject_of(case)
    place(case, found(officer, ada), by=officer)
    assert emails_of(under) == {"case_received"}
    carried()
    assert emails_of(under) == {"case_received"} and not check_records()
