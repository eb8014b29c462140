"""The records of somebody who died: who may apply, what was said in life, and who hears from us (LAW-4.10)."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from troth.consent import selectors as selected
from troth.consent import services as consents
from troth.consent.rules import How
from troth.delivery import selectors as delivery
from troth.delivery.models import Message
from troth.delivery.rules import Kind
from troth.gate import actors, facts
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.notice.purposes import Action, Purpose
from troth.people import services as people_services
from troth.people.tests.factories import make_patient as register
from troth.people.tests.factories import make_staff
from troth.rights import selectors, services
from troth.rights.models import Asked, CaseStep, DeathShownBy, RightsCase, Route, State, Waits
from troth.rights.rules import deceased as rules
from troth.rights.rules.exemptions import Exemption
from troth.rights.rules.letters import Ending
from troth.rights.selectors import posted
from troth.rights.services import StepRefused
from troth.rights.tests.factories import LATER, make_officer, make_patient
from troth.rights.tests.test_keeping import join

SOON = LATER + timedelta(minutes=1)
APPLICANT = {"name": "Bill Oddie-Vane", "email": "bill@vane.example"}
pytestmark = pytest.mark.usefixtures("notice_in_force")


def take(ann: Any, officer: Any, **other: Any) -> UUID:
    (case,) = services.take_in(
        ann.id,
        {Asked.DECEASED},
        **{
            "words": "I am her executor.",
            "route": Route.LETTER,
            "received_on": LATER.date(),
            "applicant": APPLICANT,
            "by": officer,
            "at": LATER,
            **other,
        },
    )
    return case


def death(case: UUID, officer: Any, **other: Any) -> None:
    given = {"died_on": date(2026, 11, 2), "shown_by": DeathShownBy.CERTIFICATE, "seen": "The certificate", **other}
    services.record_death(case, **given, by=officer, at=SOON)


def apply(case: UUID, officer: Any, applies_as: str) -> None:
    services.ask_for(case, Waits.AUTHORITY, proof="grant", by=officer, at=SOON - timedelta(seconds=2))
    services.record_came(
        case, Waits.AUTHORITY, on=SOON.date(), words="The grant", by=officer, at=SOON - timedelta(seconds=1)
    )
    services.judge_proof(
        case, Waits.AUTHORITY, holds=True, words="Looked at it", applies_as=applies_as, by=officer, at=SOON
    )


def close(case: UUID, officer: Any, ending: Ending, **other: Any) -> None:
    services.finish_case(case, ending=ending, **{"words": "", "by": officer, "at": SOON, **other})


def test_nothing_is_handed_over_before_the_death_and_the_right_to_ask_are_shown() -> None:
    ann, officer = make_patient(), make_officer()
    case = take(ann, officer)
    with pytest.raises(StepRefused, match="Record first"):
        close(case, officer, Ending.ANSWERED)
    with pytest.raises(StepRefused, match="still to come"):
        death(case, officer, died_on=SOON.date() + timedelta(days=1))
    death(case, officer)
    with pytest.raises(StepRefused, match="already"):
        death(case, officer)
    with pytest.raises(StepRefused, match="as what they apply"):
        close(case, officer, Ending.ANSWERED)
    services.ask_for(case, Waits.AUTHORITY, proof="grant", by=officer, at=SOON - timedelta(seconds=2))
    services.record_came(
        case, Waits.AUTHORITY, on=SOON.date(), words="The grant", by=officer, at=SOON - timedelta(seconds=1)
    )
    with pytest.raises(StepRefused, match="as what they apply"):
        services.judge_proof(case, Waits.AUTHORITY, holds=True, words="Looked", by=officer, at=SOON)
    services.judge_proof(
        case, Waits.AUTHORITY, holds=True, words="Looked", applies_as=rules.CLAIM, by=officer, at=SOON
    )
    with pytest.raises(StepRefused, match="bear on the claim"):
        close(case, officer, Ending.ANSWERED)
    close(case, officer, Ending.ANSWERED, words="The notes of the last operation alone.")
    assert RightsCase.objects.get(pk=case).state == State.DONE


def test_a_death_recorded_before_two_records_were_linked_can_be_taken_back_from_either() -> None:
    ann, again, officer = make_patient(), make_patient(email="ann@again.example"), make_officer()
    death(take(ann, officer), officer)
    join(ann.id, again.id, by=officer, at=SOON)
    case = take(again, officer)
    assert not selectors.is_death_recorded(again.id)
    services.take_back_death(case, words="It was another Ann.", by=officer, at=SOON)
    assert not facts.of(ann.id, FactKind.DIED, at=SOON)
    assert not selectors.is_death_recorded(ann.id)


def test_a_day_of_death_before_the_birth_is_refused() -> None:
    ann, officer = make_patient(), make_officer()
    with pytest.raises(StepRefused, match="before they were born"):
        death(take(ann, officer), officer, died_on=date(1926, 11, 2))


@pytest.mark.parametrize("asked", [Asked.ACCESS, Asked.ERASURE, Asked.RESTRICTION])
def test_what_only_the_living_can_ask_is_not_taken_in_for_somebody_who_died(asked: Asked) -> None:
    ann, officer = make_patient(), make_officer()
    death(take(ann, officer), officer)
    before = RightsCase.objects.count()
    given = {"words": "All of hers", "route": Route.LETTER, "received_on": SOON.date(), "by": officer, "at": SOON}
    for also in ({asked}, {asked, Asked.COMPLAINT}):
        with pytest.raises(StepRefused, match=r"They died.*LAW-4\.10"):
            services.take_in(ann.id, also, **given)
    with pytest.raises(StepRefused, match="They died"):
        services.take_in(ann.id, set(), consent=Purpose.MARKETING, **given)
    assert RightsCase.objects.count() == before
    services.take_in(ann.id, {Asked.COMPLAINT}, **given)
    services.take_in(ann.id, {Asked.DECEASED}, applicant={"name": "Cal", "email": "cal@vane.example"}, **given)


def test_what_was_said_in_life_binds_whoever_asks() -> None:
    ann, officer = make_patient(), make_officer()
    case = take(ann, officer)
    death(case, officer, wish="Nobody of my family is to read my notes.")
    apply(case, officer, rules.PERSONAL_REPRESENTATIVE)
    with pytest.raises(StepRefused, match="said in life"):
        close(case, officer, Ending.ANSWERED)
    close(
        case,
        officer,
        Ending.REFUSED,
        ground=Exemption.RECORDED_WISH.value,
        words="She had asked for that in writing.",
    )
    with processing(Purpose.RIGHTS, Action.READ, by=officer, at=SOON) as opened:
        letters = [
            step.words for step in selectors.list_steps(case, opened) if step.detail.get("letter") == "refusal"
        ]
    assert "Access to Health Records Act 1990" in letters[0]


def test_whoever_asks_hears_from_us_and_nothing_goes_to_who_died() -> None:
    ann, officer = make_patient(email="ann@oddie.example"), make_officer()
    consents.give(ann.id, Purpose.MARKETING, channel="email", by=ann, at=LATER)
    with pytest.raises(StepRefused, match="not the person who died"):
        take(ann, officer, applicant=None)
    before = Message.objects.count()
    case = take(ann, officer)
    death(case, officer)
    assert not facts.of(ann.id, FactKind.CONSENT, at=SOON)
    (marketing,) = [each for each in selected.list_consents(ann.id, at=SOON) if each.purpose is Purpose.MARKETING]
    assert {each.by_death for each in marketing.channels if each.ended} == {True}
    with processing(Purpose.RIGHTS, Action.READ, by=officer, at=SOON) as opened:
        ended, agreed = selected.list_words([ann.id], opened)  # that it ended is a word as well, with its proof
    assert ended.how is How.DEATH and "2 November" in ended.proof and agreed.given
    for kind in (Kind.CONTACT_CHANGED, Kind.NOTICE_CHANGES, Kind.CASE_REMINDER):
        assert people_services.tell(ann.id, kind, by=officer, at=SOON) is None
    apply(case, officer, rules.PERSONAL_REPRESENTATIVE)
    services.tell_progress(case, words="We are looking it out.", by=officer, at=SOON)
    with processing(Purpose.RIGHTS, Action.READ, by=officer, at=SOON):
        rows = list(Message.objects.order_by("recorded_at"))[before:]
        assert rows and {row.address for row in rows} == {"bill@vane.example"}
        link = next(row.link for row in rows if row.kind == "case_letter_link")
    letter = posted.read_letter(link.rstrip("/").rpartition("/")[2], at=SOON)
    assert letter is not None and "We are looking it out." in letter.paragraphs
    assert posted.read_letter(link.rstrip("/").rpartition("/")[2], at=SOON + timedelta(days=31)) is None
    assert posted.read_letter("nonsense", at=SOON) is None
    assert CaseStep.objects.filter(case_id=case, kind="letter").count() >= 3


def test_an_address_that_they_gave_for_an_earlier_request_is_theirs_and_hears_nothing_after_their_death() -> None:
    ann, officer = make_patient(), make_officer()
    (earlier,) = services.take_in(
        ann.id,
        {Asked.ACCESS},
        words="All of it.",
        route=Route.EMAIL,
        received_on=LATER.date(),
        reply_to="ann@elsewhere.example",
        by=officer,
        at=LATER,
    )
    death(take(ann, officer), officer)
    before = Message.objects.count()
    services.tell_progress(earlier, words="We are looking it out.", by=officer, at=SOON)
    assert Message.objects.count() == before
    with processing(Purpose.RIGHTS, Action.READ, by=officer, at=SOON) as opened:
        (letter,) = [
            step for step in selectors.list_steps(earlier, opened) if step.detail.get("letter") == "progress"
        ]
    assert letter.detail["by"] == "post"


def test_whoever_gave_a_postal_address_alone_gets_paper_and_the_dead_get_nothing() -> None:
    officer = make_officer()
    clerk = actors.person(make_staff("patient_support"), at=LATER)
    ann = actors.person(register(by=clerk, email="ann@oddie.example"), at=LATER)
    before = Message.objects.count()
    case = take(ann, officer, applicant={"name": "Bill Oddie-Vane", "address": "2 Vane Row"})
    death(case, officer)
    services.tell_progress(case, words="We are looking it out.", by=officer, at=SOON)
    (waits,) = delivery.list_letters()[0]
    receipt = delivery.get_letter(waits.id, by=officer.id, at=SOON)  # type: ignore[arg-type]
    assert receipt is not None and receipt.envelope == "Bill Oddie-Vane\n2 Vane Row"
    assert Message.objects.count() == before + 1
    with processing(Purpose.RIGHTS, Action.READ, by=officer, at=SOON) as opened:
        letters = [step for step in selectors.list_steps(case, opened) if "letter" in step.detail]
    assert letters and {step.detail["by"] for step in letters} == {"post"}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"recorded": False}, "Record first"),
        ({"applies_as": ""}, "as what they apply"),
        ({"applies_as": "neighbour"}, "as what they apply"),
        ({"wish": "Nobody"}, "said in life"),
        ({"applies_as": rules.CLAIM}, "bear on the claim"),
    ],
)
def test_who_may_not(said: dict[str, Any], why: str) -> None:
    good = {"recorded": True, "wish": "", "applies_as": rules.PERSONAL_REPRESENTATIVE, "words": ""}
    assert rules.check_can_hand_over(**good) == ""
    assert why in rules.check_can_hand_over(**{**good, **said})


def test_what_ends_with_a_death_is_no_proof_after_it_and_a_grant_is_none_before() -> None:
    ann, officer = make_patient(), make_officer()
    case = take(ann, officer)
    for waits, proof in ((Waits.AUTHORITY, "power_of_attorney"), (Waits.IDENTITY, "account")):
        with pytest.raises(StepRefused, match="what would settle it"):
            services.ask_for(case, waits, proof=proof, by=officer, at=SOON)
    (living,) = services.take_in(
        ann.id, {Asked.ACCESS}, words="x", route=Route.EMAIL, received_on=LATER.date(), by=officer, at=LATER
    )
    with pytest.raises(StepRefused, match="what would settle it"):
        services.ask_for(living, Waits.AUTHORITY, proof="grant", by=officer, at=SOON)
