"""Links between subjects that are one person: what they join, what they keep shut, and that they open nothing to staff."""

from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.specimens.models import Person
from troth.gate import actors, emergency, facts, linking
from troth.gate.contexts import processing
from troth.gate.facts import StandingFact
from troth.gate.models import FactKind
from troth.gate.reasons import told_as
from troth.gate.refusals import Check, Refused
from troth.gate.tests.conftest import (
    LATER,
    NOW,
    Clinic,
    booked_with,
    end_fact,
    make_person,
    note_allergies,
    record_fact,
)
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.vault.categories import Category

THEN = LATER + timedelta(minutes=1)


def link(one: UUID, other: UUID, *, clinic: Clinic, ends: int = 2) -> None:
    for near, far in ((one, other), (other, one))[:ends]:
        record_fact(near, FactKind.SAME_PERSON, by=clinic.officer, at=NOW, other=far, value="ab" * 16)


@pytest.fixture
def twin(clinic: Clinic) -> Person:
    return make_person("Ann Lee again", allergies="latex")


def decided(subject: UUID, by: actors.Actor, purpose: Purpose, category: Category = Category.HEALTH):
    with processing(purpose, by=by, at=THEN) as opened:
        return opened.decision(subject, category)


def test_a_person_reaches_a_linked_record_for_their_rights_alone(clinic: Clinic, twin: Person) -> None:
    assert not decided(twin.subject_id, clinic.ann_self, Purpose.RIGHTS).allowed
    link(clinic.ann.subject_id, twin.subject_id, clinic=clinic)
    found = decided(twin.subject_id, clinic.ann_self, Purpose.RIGHTS)
    assert (found.allowed, found.reason) == (True, linking.LINKED)
    assert linking.subjects_of(clinic.ann.subject_id, at=THEN) == (clinic.ann.subject_id, twin.subject_id)
    with processing(Purpose.RIGHTS, by=clinic.ann_self, at=THEN) as opened:
        opened.admit([twin])
        assert twin.allergies == "latex"
    event = LedgerEvent.objects.get(event=Event.OPENED, subject=twin.subject_id.hex, actor=clinic.ann_self.id.hex)
    assert (event.reason, told_as(event.reason)) == (linking.LINKED, "it is linked with another record of yours")
    for purpose in set(Purpose) - {Purpose.RIGHTS}:
        assert not decided(twin.subject_id, clinic.ann_self, purpose, Category.IDENTITY).allowed
    end_fact(clinic.ann.subject_id, FactKind.SAME_PERSON, by=clinic.officer, at=LATER, value="ab" * 16)
    end_fact(twin.subject_id, FactKind.SAME_PERSON, by=clinic.officer, at=LATER, value="ab" * 16)
    assert not decided(twin.subject_id, clinic.ann_self, Purpose.RIGHTS).allowed
    assert linking.subjects_of(clinic.ann.subject_id, at=THEN) == (clinic.ann.subject_id,)


def test_half_a_link_opens_nothing_and_keeps_shut(clinic: Clinic, twin: Person) -> None:
    booked_with[clinic.prescriber.id].add(twin.subject_id)
    link(twin.subject_id, clinic.ann.subject_id, clinic=clinic, ends=1)
    assert not decided(twin.subject_id, clinic.ann_self, Purpose.RIGHTS).allowed
    record_fact(clinic.ann.subject_id, FactKind.RESTRICTION, by=clinic.officer, at=LATER)
    assert decided(twin.subject_id, clinic.prescriber, Purpose.CARE).check is Check.RESTRICTION


def test_a_link_whose_mark_is_wrong_opens_neither_record(clinic: Clinic, twin: Person) -> None:
    booked_with[clinic.prescriber.id].add(twin.subject_id)
    link(clinic.ann.subject_id, twin.subject_id, clinic=clinic)
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "UPDATE gate_fact SET until = %s WHERE kind = 'same_person' AND subject = %s",
            [facts.micros(THEN + timedelta(days=1)), twin.subject_id.hex],
        )
    assert not decided(twin.subject_id, clinic.ann_self, Purpose.RIGHTS).allowed
    for subject in (twin.subject_id, clinic.ann.subject_id):
        assert decided(subject, clinic.prescriber, Purpose.CARE).check is Check.PURPOSE


def test_a_link_opens_nothing_to_staff_or_to_who_acts_for_somebody(clinic: Clinic, twin: Person) -> None:
    carer = make_person("Carer").subject_id
    record_fact(clinic.ann.subject_id, FactKind.REPRESENTATIVE, by=clinic.officer, at=NOW, other=carer)
    link(clinic.ann.subject_id, twin.subject_id, clinic=clinic)
    assert decided(clinic.ann.subject_id, clinic.prescriber, Purpose.CARE).allowed
    assert decided(twin.subject_id, clinic.prescriber, Purpose.CARE).check is Check.REASON
    assert decided(clinic.ann.subject_id, actors.person(carer, at=THEN), Purpose.RIGHTS).allowed
    assert not decided(twin.subject_id, actors.person(carer, at=THEN), Purpose.RIGHTS).allowed


def test_staff_open_no_record_of_their_own_under_another_subject(clinic: Clinic, twin: Person) -> None:
    prescriber = clinic.prescriber
    booked_with[prescriber.id] |= {twin.subject_id, (third := make_person("Ann Lee once more")).subject_id}
    link(prescriber.id, clinic.ann.subject_id, clinic=clinic)
    link(clinic.ann.subject_id, twin.subject_id, clinic=clinic)
    with processing(Purpose.CARE, by=prescriber, at=THEN) as opened:
        admitted, withheld = opened.admit([third.subject_id, clinic.ann.subject_id, twin.subject_id])
    assert admitted == [third.subject_id]
    assert {decision.check for decision in withheld.values()} == {Check.REASON}
    for purpose in (Purpose.RIGHTS, Purpose.CARE):  # nor for their rights, while this sign-in holds a role
        assert not decided(twin.subject_id, prescriber, purpose).allowed
    with pytest.raises(Refused, match="own record"):
        emergency.break_glass(
            twin.subject_id,
            note="They fainted at the desk and cannot speak",
            by=actors.person(prescriber.id, at=THEN, second_factor_at=THEN),
            at=THEN,
        )


def test_a_glass_broken_before_the_link_was_made_is_shut_by_it(clinic: Clinic, twin: Person) -> None:
    breaker = actors.person(clinic.prescriber.id, at=LATER, second_factor_at=LATER)
    emergency.break_glass(twin.subject_id, note="They fainted at the desk and cannot speak", by=breaker, at=LATER)
    assert decided(twin.subject_id, breaker, Purpose.EMERGENCY).allowed
    link(breaker.id, twin.subject_id, clinic=clinic)
    assert not decided(twin.subject_id, breaker, Purpose.EMERGENCY).allowed


def test_the_alarm_over_own_records_looks_for_staff_and_each_subject_that_is_them(
    clinic: Clinic, twin: Person
) -> None:
    link(clinic.prescriber.id, clinic.ann.subject_id, clinic=clinic)
    link(clinic.ann.subject_id, twin.subject_id, clinic=clinic)
    staff = clinic.prescriber.id.hex
    assert set(linking.pairs(at=THEN)) == {(staff, clinic.ann.subject_id.hex), (staff, twin.subject_id.hex)}


def test_the_last_word_about_a_consent_counts_whichever_record_it_was_said_about(
    clinic: Clinic, twin: Person
) -> None:
    booked_with[clinic.prescriber.id].add(twin.subject_id)
    both = (clinic.ann.subject_id, twin.subject_id)
    link(*both, clinic=clinic)
    for subject in both:
        record_fact(subject, FactKind.CONSENT, by=clinic.officer, at=NOW, purpose=Purpose.MARKETING)
    end_fact(both[0], FactKind.CONSENT, by=clinic.officer, at=LATER, purpose=Purpose.MARKETING)
    person = linking.person_of(both[1], at=THEN)

    def standing():
        return facts.standing(
            facts.about([both[1]])[both[1].hex],
            Purpose.MARKETING,
            at=facts.micros(THEN),
            declaring=frozenset({1}),
            actor="",
            others=person.others,
        )

    assert (standing().consent, standing().consent_taken_back) == (False, True)
    end_fact(both[1], FactKind.CONSENT, by=clinic.officer, at=THEN, purpose=Purpose.MARKETING)
    record_fact(both[1], FactKind.CONSENT, by=clinic.officer, at=THEN, purpose=Purpose.MARKETING)
    assert standing().consent


def test_an_objection_about_one_record_holds_for_the_other(clinic: Clinic, twin: Person) -> None:
    link(clinic.ann.subject_id, twin.subject_id, clinic=clinic)
    record_fact(twin.subject_id, FactKind.OBJECTION, by=clinic.officer, at=LATER, purpose=Purpose.MARKETING)
    person = linking.person_of(clinic.ann.subject_id, at=THEN)
    for purpose, objected in ((Purpose.MARKETING, True), (Purpose.CARE, False)):
        found = facts.standing(
            [], purpose, at=facts.micros(THEN), declaring=frozenset(), actor="", others=person.others
        )
        assert found.objected is objected


def test_a_restriction_in_the_same_act_reaches_the_linked_record(clinic: Clinic, twin: Person) -> None:
    booked_with[clinic.prescriber.id].add(twin.subject_id)
    link(clinic.ann.subject_id, twin.subject_id, clinic=clinic)
    with pytest.raises(Refused), processing(Purpose.CARE, by=clinic.prescriber, at=THEN) as opened:
        opened.require(twin.subject_id, Category.HEALTH)
        record_fact(clinic.ann.subject_id, FactKind.RESTRICTION, by=clinic.officer, at=THEN)
        note_allergies(Person.objects.get(pk=twin.pk), "none", by=clinic.prescriber, at=THEN)


def test_fifty_people_without_links_cost_no_query_more(clinic: Clinic) -> None:
    people = [make_person(f"Person {number}").subject_id for number in range(5)]
    known = facts.about(people)
    with CaptureQueriesContext(connections["default"]) as data:
        linking.persons(known, at=facts.micros(THEN))
    assert not data.captured_queries


# -- against a slow model ----------------------------------------------------------------------------------------------
SUBJECTS = [UUID(int=number).hex for number in range(1, 7)]
edges = st.lists(
    st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(SUBJECTS), st.booleans(), st.booleans()), max_size=14
)


def made_of(drawn) -> dict[str, list[StandingFact]]:
    known: dict[str, list[StandingFact]] = {subject: [] for subject in SUBJECTS}
    for number, (one, other, over, sound) in enumerate(drawn):
        known[one].append(
            StandingFact(str(number), one, "same_person", "", "", other, 0, None, 5 if over else None, "", sound)
        )
    return known


def slowly(known: dict[str, list[StandingFact]], one: str, other: str, *, whole: bool) -> bool:
    """Whether a chain of links leads from one to the other, by trying longer and longer chains."""

    def says(a: str, b: str) -> bool:
        return any(fact.other == b and fact.ended is None and fact.sound for fact in known[a])

    leads = {(a, b): a == b or (says(a, b) and says(b, a) if whole else says(a, b) or says(b, a))
             for a, b in product(SUBJECTS, SUBJECTS)}  # fmt: skip
    for middle, a, b in product(SUBJECTS, SUBJECTS, SUBJECTS):
        leads[a, b] = leads[a, b] or (leads[a, middle] and leads[middle, b])
    return leads[one, other]


@settings(max_examples=300, deadline=None)
@given(edges)
def test_persons_agree_with_the_slow_model(drawn) -> None:
    known = made_of(drawn)
    found = linking.persons(known, at=9)
    for one, other in product(SUBJECTS, SUBJECTS):
        assert (other in found[one].joined) == slowly(known, one, other, whole=True)
        assert (other in found[one].near) == slowly(known, one, other, whole=False)
        assert found[one].joined <= found[one].near


@pytest.mark.parametrize("action", list(Action))
@settings(max_examples=150, deadline=None)
@given(
    drawn=edges,
    roles=st.frozensets(st.sampled_from(["prescriber"])),
    held_back=st.booleans(),
    represented=st.booleans(),
)
def test_a_link_never_makes_anybody_with_a_role_more_than_they_were(
    action: Action, drawn, roles: frozenset[str], held_back: bool, represented: bool
) -> None:
    known = made_of(drawn)
    actor = actors.Actor("person", UUID(SUBJECTS[0]), roles=roles, held_back=held_back)
    subject = UUID(SUBJECTS[1])
    standing = facts.standing([], Purpose.CARE, at=9, declaring=frozenset(), actor="")._replace(
        represented=frozenset(Category) if represented else frozenset()
    )
    person = linking.persons(known, at=9)[subject.hex]
    alone = linking.Person(frozenset({subject.hex}), frozenset({subject.hex}))
    for purpose in Purpose:
        linked = linking.relation_of(actor, subject, person, standing, purpose)
        without = linking.relation_of(actor, subject, alone, standing, purpose)
        if linked != without:
            assert purpose is Purpose.RIGHTS
            assert not roles
            assert not held_back
            assert slowly(known, actor.id.hex, subject.hex, whole=True)
