"""Cases: as many as a message holds rights, their clocks, what is asked for, their endings and letters."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.stores import Home
from troth.delivery import selectors as delivery
from troth.delivery.models import Message
from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.refusals import Refused
from troth.law.clocks import Promise
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.people.models import Identity
from troth.people.tests.factories import make_patient as registered
from troth.rights import selectors, services
from troth.rights.models import Asked, CaseStep, RightsCase, Route, State, StepKind, Waits
from troth.rights.rules.letters import Ending, LetterKind
from troth.rights.selectors import clocks
from troth.rights.selectors.cases import Step
from troth.rights.services import AnswerRefused, StepRefused
from troth.rights.tests.factories import NOW, PASSWORD, make_officer, make_patient

TODAY = NOW.date()
LATER = NOW + timedelta(minutes=5)
SOON = LATER + timedelta(minutes=1)


def take_in(person: Actor, *asked: Asked, by: Actor, at: datetime = LATER, **other: object) -> list[object]:
    """What somebody asked on the telephone, unless said otherwise."""
    assert person.id is not None
    given = {"words": "sentinel-words", "route": Route.TELEPHONE, "received_on": TODAY, **other}
    return services.take_in(person.id, set(asked), by=by, at=at, **given)  # type: ignore[arg-type, return-value]


@pytest.fixture
def officer(clinic: Home) -> Actor:
    return make_officer()


@pytest.fixture
def patient(clinic: Home) -> Actor:
    return make_patient()


def steps_of(case: object) -> list[tuple[str, date]]:
    return [(kind.value, on) for kind, on in selectors.happened_in(case)]  # type: ignore[arg-type]


def test_one_message_is_a_case_for_each_right_with_its_words_and_receipt(patient: Actor, officer: Actor) -> None:
    made = take_in(patient, Asked.ACCESS, Asked.RECTIFICATION, Asked.COMPLAINT, by=officer)
    rows = {row.right: row for row in RightsCase.objects.filter(subject_id=patient.id)}
    assert set(rows) == {"access", "rectification", "complaint"} and len(made) == 3
    assert len({row.message for row in rows.values()}) == 1 and {row.route for row in rows.values()} == {"telephone"}
    assert rows["access"].due_on == date(2026, 12, 24)  # EX-20
    assert rows["complaint"].due_on == date(2026, 12, 24)  # EX-46: another counter that ends on the same day
    with processing(Purpose.RIGHTS, by=patient, at=LATER) as opened:
        assert {case.words for case in selectors.list_cases(patient.id, opened)} == {"sentinel-words"}  # type: ignore[arg-type]
    kinds = sorted(Message.objects.filter(subject_id=patient.id).values_list("kind", flat=True))
    assert kinds == ["case_received", "complaint_received"]
    assert ("acknowledged", TODAY) in steps_of(rows["complaint"].pk)


def test_reception_takes_in_what_it_may_not_read(patient: Actor, officer: Actor) -> None:
    receptionist = make_officer("patient_support")
    (case,) = take_in(patient, Asked.ACCESS, by=receptionist)
    with pytest.raises(Refused), processing(Purpose.RIGHTS, by=receptionist, at=LATER) as opened:
        selectors.get_case(case, opened)  # type: ignore[arg-type]
    event = LedgerEvent.objects.get(event="rights:case_taken_in")
    assert event.on_behalf_of == receptionist.id.hex and event.actor == "rights-intake"  # type: ignore[union-attr]


def test_a_patient_takes_nothing_in_for_another(patient: Actor, officer: Actor) -> None:
    other = make_patient(email="petroc@vane.example")
    with pytest.raises(Refused):
        take_in(patient, Asked.ACCESS, by=other)
    assert not RightsCase.objects.exists()


def test_a_doubt_asks_for_proof_and_stops_nothing_but_marketing(patient: Actor, officer: Actor) -> None:
    take_in(patient, Asked.RESTRICTION, by=officer, proof="seen_document")
    assert not facts.of(patient.id, FactKind.RESTRICTION, at=LATER)  # type: ignore[arg-type]
    row = RightsCase.objects.get(right="restriction")
    assert row.waits_for == "identity"
    take_in(patient, Asked.OBJECTION, by=officer, proof="seen_document", purpose=Purpose.MARKETING)
    assert [fact.purpose for fact in facts.of(patient.id, FactKind.OBJECTION, at=LATER)] == ["marketing"]  # type: ignore[arg-type]
    assert "case_proof" in Message.objects.values_list("kind", flat=True)


def test_what_waited_for_proof_stops_when_the_proof_holds(patient: Actor, officer: Actor) -> None:
    use = Purpose.CLINICAL_AUDIT
    made = take_in(
        patient, Asked.RESTRICTION, Asked.OBJECTION, Asked.ACCESS, by=officer, proof="seen_document", purpose=use
    )
    kinds = (FactKind.RESTRICTION, FactKind.OBJECTION)
    # One letter, which is the receipt as well: more would name the same proof again and again.
    assert list(Message.objects.values_list("kind", flat=True)) == ["case_proof"]
    first, *_, last = made
    services.record_came(first, Waits.IDENTITY, on=TODAY, by=officer, at=SOON)  # type: ignore[arg-type]
    services.judge_proof(last, Waits.IDENTITY, holds=False, words="A blurred one", by=officer, at=SOON)  # type: ignore[arg-type]
    assert not any(facts.of(patient.id, kind, at=SOON) for kind in kinds)  # type: ignore[arg-type]
    services.judge_proof(first, Waits.IDENTITY, holds=True, words="Seen, and it is them", by=officer, at=SOON)  # type: ignore[arg-type]
    stopped = [fact.purpose for kind in kinds for fact in facts.of(patient.id, kind, at=SOON)]  # type: ignore[arg-type]
    assert len(stopped) == 2 and stopped[1] == use


def test_a_consent_other_than_to_marketing_is_not_taken_back_at_a_strangers_word(
    patient: Actor, officer: Actor
) -> None:
    with pytest.raises(StepRefused, match="Make sure first"):
        take_in(patient, by=officer, proof="seen_document", consent=Purpose.PROMOTIONS)


def test_without_a_doubt_a_restriction_stands_at_once(patient: Actor, officer: Actor) -> None:
    take_in(patient, Asked.RESTRICTION, by=officer)
    assert facts.of(patient.id, FactKind.RESTRICTION, at=LATER)  # type: ignore[arg-type]


def test_an_objection_names_its_use_and_no_day_is_still_to_come(patient: Actor, officer: Actor) -> None:
    with pytest.raises(StepRefused, match="which use"):
        take_in(patient, Asked.OBJECTION, by=officer)
    with pytest.raises(StepRefused, match="still to come"):
        take_in(patient, Asked.ACCESS, by=officer, received_on=TODAY + timedelta(days=1))
    with pytest.raises(StepRefused, match="Choose what"):
        take_in(patient, by=officer)


def test_proof_restarts_the_month_and_a_question_pauses_only_a_copy(patient: Actor, officer: Actor) -> None:
    copy, erasure = take_in(patient, Asked.ACCESS, Asked.ERASURE, by=officer)
    services.ask_for(copy, Waits.IDENTITY, proof="seen_document", by=officer, at=LATER)  # type: ignore[arg-type]
    clock = selectors.clock_of(copy, at=LATER)  # type: ignore[arg-type]
    assert clock.waits_for is Waits.IDENTITY and not clock.is_late(date(2027, 6, 1))
    came = NOW + timedelta(days=6)
    services.record_came(copy, Waits.IDENTITY, on=came.date(), by=officer, at=came)  # type: ignore[arg-type]
    clock = selectors.clock_of(copy, at=came)  # type: ignore[arg-type]
    assert clock.runs and clock.due_on == date(2026, 12, 30) == RightsCase.objects.get(pk=copy).due_on
    for case in (copy, erasure):
        services.ask_for(case, Waits.ANSWER, words="Which of the two?", by=officer, at=came)  # type: ignore[arg-type]
    asked = came + timedelta(days=3)
    assert selectors.clock_of(copy, at=asked).waits_for is Waits.ANSWER  # type: ignore[arg-type]
    assert selectors.clock_of(erasure, at=asked).waits_for is None  # type: ignore[arg-type]
    services.record_came(copy, Waits.ANSWER, on=asked.date(), words="Both", by=officer, at=asked)  # type: ignore[arg-type]
    clock = selectors.clock_of(copy, at=asked)  # type: ignore[arg-type]
    assert (clock.due_on, clock.late_after) == (date(2027, 1, 4), date(2027, 1, 4))


def test_who_was_signed_in_is_never_asked_who_they_are(patient: Actor, officer: Actor) -> None:
    (case,) = take_in(patient, Asked.ACCESS, by=patient, route=Route.PORTAL)
    with pytest.raises(StepRefused, match=r"LAW-1\.15"):
        services.ask_for(case, Waits.IDENTITY, proof="seen_document", by=officer, at=LATER)  # type: ignore[arg-type]
    (other,) = take_in(patient, Asked.COMPLAINT, by=officer)
    with pytest.raises(StepRefused, match=r"LAW-2\.3"):
        services.ask_for(other, Waits.IDENTITY, proof="seen_document", by=officer, at=LATER)  # type: ignore[arg-type]


def test_what_was_not_asked_for_moves_nothing(patient: Actor, officer: Actor) -> None:
    (case,) = take_in(patient, Asked.ACCESS, by=officer)
    for waits in Waits:
        with pytest.raises(StepRefused, match=r"LAW-1\.2"):
            services.record_came(case, waits, on=TODAY, by=officer, at=LATER)  # type: ignore[arg-type]
    with pytest.raises(StepRefused, match="no more than that"):
        services.ask_for(case, Waits.IDENTITY, proof="grant", by=officer, at=LATER)  # type: ignore[arg-type]


def test_nothing_comes_before_it_was_asked_for(patient: Actor, officer: Actor) -> None:
    (case,) = take_in(patient, Asked.ACCESS, by=officer, received_on=TODAY - timedelta(days=5))
    services.ask_for(case, Waits.IDENTITY, proof="seen_document", by=officer, at=LATER)  # type: ignore[arg-type]
    with pytest.raises(StepRefused, match="cannot have come before"):
        services.record_came(case, Waits.IDENTITY, on=TODAY - timedelta(days=1), by=officer, at=LATER)  # type: ignore[arg-type]
    services.record_came(case, Waits.IDENTITY, on=TODAY, by=officer, at=LATER + timedelta(minutes=1))  # type: ignore[arg-type]
    assert selectors.clock_of(case, at=LATER + timedelta(minutes=1)).runs  # type: ignore[arg-type]


def test_an_extension_is_told_in_its_first_month_and_only_once(patient: Actor, officer: Actor) -> None:
    (case,) = take_in(patient, Asked.ACCESS, by=officer)
    late = datetime(2026, 12, 25, 9, tzinfo=UTC)
    with pytest.raises(StepRefused, match=r"LAW-1\.8"):
        services.extend_case(case, reason="complex", by=officer, at=late)  # type: ignore[arg-type]
    with pytest.raises(StepRefused, match=r"LAW-1\.7"):
        services.extend_case(case, reason="large", by=officer, at=LATER)  # type: ignore[arg-type]
    services.extend_case(case, reason="complex", by=officer, at=LATER)  # type: ignore[arg-type]
    assert RightsCase.objects.get(pk=case).due_on == date(2027, 2, 24)
    with pytest.raises(StepRefused, match="once"):
        services.extend_case(case, reason="complex", by=officer, at=LATER)  # type: ignore[arg-type]
    with processing(Purpose.RIGHTS, by=officer, at=LATER) as opened:
        (letter,) = [
            step
            for step in selectors.list_steps(case, opened)  # type: ignore[arg-type]
            if step.kind is StepKind.LETTER and step.detail["letter"] == "extension"
        ]
    assert "24 February 2027" in letter.words and "complex" in letter.words


@pytest.mark.parametrize(
    ("ending", "ground", "words", "why"),
    [
        (Ending.REFUSED, "", "Because of this and that", "Choose the exemption"),
        (Ending.PARTLY, "", "Because of this and that", "Choose the exemption"),
        (Ending.REFUSED, "accurate", "Because of this and that", "does not answer"),
        (Ending.REFUSED, "excessive", "No.", "a sentence or two"),
        (Ending.ANSWERED, "", "Done.", "how they got theirs otherwise"),
        (Ending.ANSWERED, "excessive", "Because of this and that", "belongs to a refusal"),
        (Ending.UPHELD, "", "Because of this and that", "does not end like that"),
        (Ending.UNANSWERED, "", "", r"LAW-1\.14"),
    ],
)
def test_a_case_does_not_close_on_nothing(
    patient: Actor, officer: Actor, ending: Ending, ground: str, words: str, why: str
) -> None:
    (case,) = take_in(patient, Asked.ACCESS, by=officer)
    with pytest.raises(StepRefused, match=why):
        services.finish_case(case, ending=ending, ground=ground, words=words, by=officer, at=LATER)  # type: ignore[arg-type]
    assert RightsCase.objects.get(pk=case).state == "asked"


def test_a_refusal_says_its_exemption_its_reasons_and_where_to_complain(patient: Actor, officer: Actor) -> None:
    (case,) = take_in(patient, Asked.ACCESS, by=officer)
    services.finish_case(
        case,  # type: ignore[arg-type]
        ending=Ending.REFUSED,
        ground="excessive",
        words="We answered the same on 3 May.",
        by=officer,
        at=LATER,
    )
    with processing(Purpose.RIGHTS, by=patient, at=LATER) as opened:
        letter = next(
            step
            for step in reversed(selectors.list_steps(case, opened))  # type: ignore[arg-type]
            if step.detail.get("letter") == "refusal"
        )
    for said in ("Article 12(5)", "We answered the same", "Information Commissioner", "court", "complain to us"):
        assert said in letter.words
    mail = Message.objects.get(kind="case_letter")
    with processing(Purpose.RIGHTS, by=patient, at=LATER):
        assert "We answered the same" not in mail.text and "in your account" in mail.text
    with pytest.raises(StepRefused, match="closed"):
        services.add_note(case, words="late", by=officer, at=LATER)  # type: ignore[arg-type]


def test_what_stays_unanswered_closes_after_a_month_and_opens_on_reply(patient: Actor, officer: Actor) -> None:
    (case,) = take_in(patient, Asked.ACCESS, by=officer)
    services.ask_for(case, Waits.ANSWER, words="Which clinic?", by=officer, at=LATER)  # type: ignore[arg-type]
    month = LATER + timedelta(days=30)
    services.finish_case(case, ending=Ending.UNANSWERED, by=officer, at=month)  # type: ignore[arg-type]
    assert RightsCase.objects.get(pk=case).state == "done"
    services.reopen_case(case, words="Here I am", by=officer, at=month)  # type: ignore[arg-type]
    row = RightsCase.objects.get(pk=case)
    assert row.state == "asked" and row.waits_for == "" and row.due_on > date(2026, 12, 24)


def test_a_complaint_has_its_outcome_with_reasons(patient: Actor, officer: Actor) -> None:
    (case,) = take_in(patient, Asked.COMPLAINT, by=officer, by_post=True)
    assert steps_of(case) == []  # on paper nothing is acknowledged until somebody does it
    services.acknowledge(case, by_post=True, by=officer, at=LATER)  # type: ignore[arg-type]
    with pytest.raises(StepRefused, match="already"):
        services.acknowledge(case, by=officer, at=LATER)  # type: ignore[arg-type]
    services.add_note(case, kind=StepKind.ENQUIRY, words="Asked the desk", by=officer, at=LATER)  # type: ignore[arg-type]
    services.tell_progress(case, words="We asked the desk.", by=officer, at=LATER)  # type: ignore[arg-type]
    with pytest.raises(StepRefused, match=r"LAW-2\.7"):
        services.finish_case(case, ending=Ending.UPHELD, words="Yes", by=officer, at=LATER)  # type: ignore[arg-type]
    services.finish_case(case, ending=Ending.UPHELD, words="A letter went astray.", by=officer, at=LATER)  # type: ignore[arg-type]
    kinds = [kind for kind, _ in steps_of(case)]
    assert {"acknowledged", "enquiry", "progress", "closed"} <= set(kinds) and kinds.count("letter") == 3


def test_only_an_officer_takes_steps(patient: Actor, officer: Actor) -> None:
    (case,) = take_in(patient, Asked.ACCESS, by=officer)
    for role in ("patient_support", "prescriber", "administrator", "finance"):
        with pytest.raises(Refused):
            services.add_note(case, words="x", by=make_officer(role), at=LATER)  # type: ignore[arg-type]
    with pytest.raises(StepRefused, match="Only a privacy officer"):
        services.assign_case(case, to=patient.id, by=officer, at=LATER)  # type: ignore[arg-type]
    services.assign_case(case, to=officer.id, by=officer, at=LATER)  # type: ignore[arg-type]
    assert RightsCase.objects.get(pk=case).assigned_to == officer.id
    assert CaseStep.objects.filter(kind="assigned").count() == 1


def test_a_stranger_has_a_record_of_their_own_and_a_way_to_be_answered(clinic: Home, officer: Actor) -> None:
    given = {
        "words": "Do you hold anything of me?",
        "route": Route.EMAIL,
        "received_on": TODAY,
        "by": officer,
        "at": LATER,
    }
    with pytest.raises(StepRefused, match="nobody can answer"):
        services.take_in_from_stranger({Asked.ACCESS}, name="Ada Quoin", **given)  # type: ignore[arg-type]
    (case,) = services.take_in_from_stranger(
        {Asked.ACCESS},
        name="Ada Quoin",
        email="ada@quoin.example",
        **given,  # type: ignore[arg-type]
    )
    row = RightsCase.objects.get(pk=case)
    assert row.subject.kind == "enquirer"
    services.ask_for(case, Waits.IDENTITY, proof="seen_document", by=officer, at=LATER)
    assert sorted(Message.objects.values_list("kind", flat=True)) == ["case_proof", "case_received"]


def test_the_list_sorts_by_day_filters_and_finds_by_reference(patient: Actor, officer: Actor) -> None:
    old = take_in(patient, Asked.ACCESS, by=officer, received_on=date(2026, 10, 5))[0]
    new = take_in(patient, Asked.PORTABILITY, by=officer)[0]
    services.ask_for(new, Waits.IDENTITY, proof="known_detail", by=officer, at=LATER)  # type: ignore[arg-type]

    def found(**asked: object) -> list[object]:
        return [each.id for each in selectors.list_queue(on=TODAY, **asked)[0]]  # type: ignore[arg-type]

    assert found() == [old, new]
    assert found(standing="late") == [old] == found(asked="access") == found(standing="running")
    assert found(standing="waiting") == [new]
    assert found(reference=selectors.reference_of(new)) == [new]  # type: ignore[arg-type]
    assert found(nobodys=True) == [old, new] and found(whose=officer.id) == []
    assert [number for _, number, _ in selectors.load_by_week(TODAY)] == [1, 0, 0, 0, 1, 0]


def test_steps_of_one_moment_stand_in_the_order_in_which_they_were_taken(patient: Actor, officer: Actor) -> None:
    (case,) = take_in(patient, Asked.ACCESS, by=officer)
    written = [f"{number}th thing" for number in range(12)]
    for words in written:
        services.add_note(case, words=words, by=officer, at=SOON)  # type: ignore[arg-type]
    with processing(Purpose.RIGHTS, by=officer, at=SOON) as opened:
        steps = selectors.list_steps(case, opened)  # type: ignore[arg-type]
    assert [step.words for step in steps if step.kind is StepKind.NOTE] == written


def test_nothing_is_erased_or_corrected_before_a_proof_that_was_asked_for_settles_it(
    patient: Actor, officer: Actor
) -> None:
    fact, erasure = take_in(patient, Asked.RECTIFICATION, Asked.ERASURE, by=officer, proof="seen_document")
    with pytest.raises(StepRefused, match="Proof was asked for"):
        services.carry_out_erasure(erasure, by=officer, at=SOON, everything=True)  # type: ignore[arg-type]
    row = Identity.objects.get(subject_id=patient.id)
    with pytest.raises(AnswerRefused, match="Proof was asked for"):
        services.correct(
            fact,  # type: ignore[arg-type]
            model="people.identity",
            item=row.pk,
            field="family_name",
            value="Vane",
            words="They say so",
            by=officer,
            at=SOON,
        )
    assert RightsCase.objects.get(pk=erasure).state == State.ASKED
    (copy,) = take_in(patient, Asked.ACCESS, by=officer, proof="seen_document")
    for ending, ground in ((Ending.ANSWERED, ""), (Ending.PARTLY, "others")):
        with pytest.raises(StepRefused, match="Proof was asked for"):
            services.finish_case(
                copy,  # type: ignore[arg-type]
                ending=ending,
                ground=ground,
                words="They had it on paper here",
                by=officer,
                at=SOON,
            )


def test_who_asks_again_for_an_erasure_loses_none_of_their_words(patient: Actor, officer: Actor) -> None:
    (case,) = take_in(patient, Asked.ERASURE, by=officer, words="sentinel-first")
    again = take_in(patient, Asked.ERASURE, by=officer, words="sentinel-second", at=SOON)
    assert again == [case]
    at = SOON + timedelta(minutes=1)
    assert services.ask_erasure(patient.id, by=patient, at=at, words="sentinel-third", close_account=True) == case  # type: ignore[arg-type]
    assert services.ask_erasure(patient.id, by=officer, at=at) == case  # type: ignore[arg-type]
    with processing(Purpose.RIGHTS, by=officer, at=at) as opened:
        known = selectors.get_case(case, opened)  # type: ignore[arg-type]
        closes = RightsCase.objects.get(pk=case).close_account
        notes = [each.words for each in selectors.list_steps(case, opened) if each.kind is StepKind.NOTE]  # type: ignore[arg-type]
    assert known.words == "sentinel-first"
    assert [words.split(": ")[1] for words in notes] == ["sentinel-second", "sentinel-third"]
    assert closes, "an officer takes back nothing of what they asked"


def test_what_is_doubted_in_one_message_is_asked_in_one_letter_and_settled_once(
    patient: Actor, officer: Actor
) -> None:
    made = take_in(patient, Asked.ACCESS, Asked.RESTRICTION, by=officer, proof="seen_document")
    copy, hold = made
    assert Message.objects.filter(subject_id=patient.id, kind="case_proof").count() == 1
    with processing(Purpose.RIGHTS, by=officer, at=LATER) as opened:
        sent = [
            [each for each in selectors.list_steps(case, opened) if each.kind is StepKind.LETTER]  # type: ignore[arg-type]
            for case in made
        ]
    (first,), (second,) = sent
    both = [selectors.reference_of(case) for case in made]  # type: ignore[arg-type]
    assert first.words == second.words and f"References {both[0]} and {both[1]}." in first.words
    assert second.detail["with"] == both[0]
    services.record_came(hold, Waits.IDENTITY, on=TODAY, words="A passport", by=officer, at=SOON)  # type: ignore[arg-type]
    assert all(selectors.clock_of(case, at=SOON).waits_for is None for case in made)  # type: ignore[arg-type]
    assert not facts.of(patient.id, FactKind.RESTRICTION, at=SOON)  # type: ignore[arg-type]
    services.judge_proof(copy, Waits.IDENTITY, holds=True, words="It is them", by=officer, at=SOON)  # type: ignore[arg-type]
    assert not any(services.why_unproven(case) for case in made)  # type: ignore[arg-type]
    assert facts.of(patient.id, FactKind.RESTRICTION, at=SOON), "what waited for the proof stops with it"  # type: ignore[arg-type]


def test_nobody_is_born_on_a_day_that_is_still_to_come(patient: Actor, officer: Actor) -> None:
    (case,) = take_in(patient, Asked.RECTIFICATION, by=officer)
    row = Identity.objects.get(subject_id=patient.id)
    with pytest.raises(AnswerRefused, match="still to come"):
        services.correct(
            case,  # type: ignore[arg-type]
            model="people.identity",
            item=row.pk,
            field="born_on",
            value=(TODAY + timedelta(days=1)).isoformat(),
            words="They say so",
            by=officer,
            at=SOON,
        )


def letters_of(case: object, *, by: Actor) -> list[Step]:
    with processing(Purpose.RIGHTS, by=by, at=SOON) as opened:
        return [each for each in selectors.list_steps(case, opened) if each.kind is StepKind.LETTER]  # type: ignore[arg-type]


def test_one_message_has_one_receipt_that_names_each_thing_and_says_what_stopped(
    patient: Actor, officer: Actor
) -> None:
    many = (Asked.ACCESS, Asked.RECTIFICATION, Asked.ERASURE, Asked.RESTRICTION, Asked.OBJECTION)
    made = take_in(patient, *many, by=officer, purpose=Purpose.MARKETING)
    (sent,) = Message.objects.filter(subject_id=patient.id)
    assert sent.kind == "case_received"
    letters = [letters_of(case, by=officer) for case in made]
    assert all(len(each) == 1 for each in letters) and len({each[0].words for each in letters}) == 1
    text = letters[0][0].words
    assert all(selectors.reference_of(case) in text for case in made)  # type: ignore[arg-type]
    assert "a copy of your data; a correction; erasure; " in text
    assert "This has stopped already: " in text and "Use of the record has stopped already" in text
    assert text.count("We answer by 24 December 2026.") == 1


def test_a_receipt_on_paper_waits_among_the_letters_to_print(clinic: Home, officer: Actor) -> None:
    """Whoever takes it in at the desk opens no case: nobody else would know that it is to go."""
    given = {"words": "x", "route": Route.LETTER, "received_on": TODAY, "by": officer, "at": LATER}
    copy, erasure, _ = services.take_in_from_stranger(
        {Asked.ACCESS, Asked.ERASURE, Asked.COMPLAINT}, name="Ada Quoin", address="3 Fell Lane\nPenrith", **given,  # type: ignore[arg-type]
    )  # fmt: skip
    (waits,) = delivery.list_letters()[0]
    letter = delivery.get_letter(waits.id, by=officer.id, at=SOON)  # type: ignore[arg-type]
    assert letter is not None and letter.envelope == "Ada Quoin\n3 Fell Lane\nPenrith"
    assert f"{selectors.reference_of(copy)} and {selectors.reference_of(erasure)}" in letter.text
    assert [each.detail["by"] for case in (copy, erasure) for each in letters_of(case, by=officer)] == ["post"] * 2


@pytest.mark.parametrize("asks_for_paper", [True, False])
def test_whoever_gave_no_email_address_or_wants_paper_has_the_receipt_on_paper_and_the_case_says_so(
    clinic: Home, officer: Actor, asks_for_paper: bool
) -> None:
    clerk = make_officer("patient_support")
    address = {"email": "ann@vane.example"} if asks_for_paper else {"email": ""}
    ann = actors.person(registered(**address, address="9 Tannery Row", by=clerk), at=LATER)
    (case,) = take_in(ann, Asked.ACCESS, by=officer, by_post=asks_for_paper)
    (sent,) = letters_of(case, by=officer)
    assert sent.detail["by"] == "post"
    (waits,) = [each for each in delivery.list_letters()[0] if each.kind == "case_received"]
    letter = delivery.get_letter(waits.id, by=officer.id, at=SOON)  # type: ignore[arg-type]
    assert letter is not None and "9 Tannery Row" in letter.envelope
    services.ask_for(case, Waits.IDENTITY, proof="seen_document", by_post=True, by=officer, at=SOON)  # type: ignore[arg-type]
    assert len(delivery.list_letters()[0]) == 1, "an officer prints their own from the case"


def test_one_receipt_gives_each_thing_its_own_day_where_the_notice_promises_one_sooner(
    patient: Actor, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sooner = {Asked.ERASURE: Promise(20)}
    monkeypatch.setattr(clocks, "promise_of", lambda asked, notice: sooner.get(asked))
    made = take_in(patient, Asked.ACCESS, Asked.ERASURE, by=officer)
    text = letters_of(made[0], by=officer)[0].words
    assert "We answer by 24 December 2026 (a copy of your data); 14 December 2026 (erasure)." in text
    assert Message.objects.filter(subject_id=patient.id).count() == 1


def test_whoever_has_no_account_hears_of_their_erasure_though_their_address_goes_with_it(officer: Actor) -> None:
    ann = registered(email="ann@vane.example", by=make_officer("patient_support"))
    (case,) = services.take_in(
        ann, {Asked.ERASURE}, words="All of it", route=Route.EMAIL, received_on=TODAY, by=officer, at=LATER
    )
    assert services.certificate_letter(case, everything=True, by=officer, at=SOON) is not None
    services.carry_out_erasure(case, by=officer, at=SOON, everything=True)
    letter = Message.objects.get(subject_id=ann, kind="case_letter_link")
    with processing(Purpose.RIGHTS, by=officer, at=SOON) as opened:
        assert selectors.get_case(case, opened).reply_to == {}, "what was kept for the letter goes with it"
        assert letter.address == "ann@vane.example"


def test_a_copy_is_fetched_in_an_account_or_handed_over_on_paper_and_never_perhaps(notice_in_force: None) -> None:
    officer = make_officer()
    for email, password, said in (
        ("with@oddie.example", PASSWORD, "You can fetch it in your account until"),
        ("without@oddie.example", None, "We hand it over on paper."),
    ):
        person = make_patient(email=email, password=password)
        (case,) = services.take_in(
            person.id,
            {Asked.ACCESS},
            words="All",
            route=Route.EMAIL,
            received_on=LATER.date(),
            by=officer,
            at=LATER,
        )
        text = services.compose_for(case, LetterKind.COPY, day=LATER.date(), at=LATER).text
        assert said in text and ("account" in text) is (password is not None)
