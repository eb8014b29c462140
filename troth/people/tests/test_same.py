"""Two records of one person: suggested by keyed hashes alone, linked by two people, undone without a trace in what may be seen."""

import re
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from troth.delivery.models import Message
from troth.gate import actors, facts, linking
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Action, Purpose
from troth.people import selectors, services
from troth.people.models import Identity, SamePerson
from troth.people.rules import LinkRefused, told_apart_by
from troth.people.selectors import LinkState, MadeSure
from troth.people.services.same import UNDOING
from troth.people.tests.factories import LATER, PASSWORD, make_patient, make_staff
from troth.vault import search
from troth.vault.categories import Category
from troth.vault.models import Subject

pytestmark = pytest.mark.usefixtures("notice_in_force")
THEN = LATER + timedelta(minutes=5)
OTHER = {
    "email": "m.oddie@work.example",
    "telephone": "07700 900 999",
    "address": "9 Mill Lane",
    "postcode": "NE46 2BB",
}


@pytest.fixture
def pair() -> tuple[UUID, UUID]:
    """The same name and day of birth, and nothing else."""
    return make_patient(password=PASSWORD), make_patient(password=PASSWORD, **OTHER)


@pytest.fixture
def support() -> Actor:
    return actors.person(make_staff("patient_support"), at=LATER)


@pytest.fixture
def colleague() -> Actor:
    return actors.person(make_staff("patient_support", email="second@clinic.example", name="Second"), at=LATER)


def propose(pair: tuple[UUID, UUID], by: Actor) -> UUID:
    return services.propose_link(*pair, reason="Both came with the same passport", by=by, at=LATER)


def linked(pair: tuple[UUID, UUID], support: Actor, colleague: Actor) -> UUID:
    link = propose(pair, support)
    services.confirm_link(link, made_sure=MadeSure.DOCUMENT, words="Passport seen", by=colleague, at=LATER)
    return link


def events(subject: UUID) -> list[str]:
    rows = LedgerEvent.objects.filter(subject=subject.hex, event__startswith="people:link").order_by("id")
    return [row.event for row in rows]


def test_a_pair_is_suggested_by_what_it_shares_and_opens_nothing(pair: tuple[UUID, UUID]) -> None:
    before = LedgerEvent.objects.count()
    assert [({one, other}, shared) for one, other, shared in map(_as_tuple, selectors.list_likely())] == [
        (set(pair), ("the same name and date of birth",))
    ]
    assert LedgerEvent.objects.count() == before


def _as_tuple(pair: selectors.Likely) -> tuple[UUID, UUID, tuple[str, ...]]:
    return pair.one, pair.other, pair.shared


def test_a_household_that_shares_a_telephone_alone_is_not_suggested() -> None:
    make_patient(password=PASSWORD)
    make_patient(given_name="Else", email="else@x.example")
    assert selectors.list_likely() == []


def test_what_is_shared_by_more_than_a_household_suggests_nobody() -> None:
    for number in range(5):
        make_patient(given_name=f"Person {number}", email="office@home.example", telephone=f"01434 60010{number}")
    assert selectors.list_likely() == []


def test_a_member_of_staff_who_is_a_patient_is_suggested_by_their_address() -> None:
    staff = make_staff("prescriber", email="maureen@oddie.example")
    patient = make_patient()
    (found,) = selectors.list_likely()
    assert {found.one, found.other} == {staff, patient}
    assert found.shared == ("the same email address",)


def test_names_are_told_apart_as_people_would_compare_them() -> None:
    born = date(1971, 3, 9)
    assert told_apart_by("Mary-Ann", "O’Neil", born) == told_apart_by(" mary ann", "o neil", born)
    assert told_apart_by("Maureen", "Oddie", born) != told_apart_by("Maureen", "Oddie", date(1971, 9, 3))


def test_whoever_registers_people_sees_a_pair_to_tell_apart_and_nobody_else_does(
    pair: tuple[UUID, UUID], support: Actor
) -> None:
    stranger = make_patient(
        **{**OTHER, "password": PASSWORD, "given_name": "Else", "email": "e@x.example", "telephone": "07700 900 555"}
    )
    with processing(Purpose.REGISTRATION, by=support, at=LATER) as opened:
        assert all(opened.decision(each, Category.IDENTITY).allowed for each in pair)
        lines = {line.label: line for line in selectors.beside(*pair, opened)}
    assert lines["Name"].same
    assert lines["Date of birth"].same
    assert not lines["Email"].same
    prescriber = actors.person(make_staff("prescriber"), at=LATER)
    with processing(Purpose.REGISTRATION, by=prescriber, at=LATER) as opened:
        assert not opened.decision(pair[0], Category.IDENTITY).allowed
    assert selectors.to_look_at(support.id or uuid4(), [stranger]) == set()


def test_a_link_takes_two_people_and_stands_in_both_histories(
    pair: tuple[UUID, UUID], support: Actor, colleague: Actor
) -> None:
    link = propose(pair, support)
    assert linking.subjects_of(pair[0], at=THEN) == (pair[0],)
    with pytest.raises(LinkRefused, match="You proposed this"):
        services.confirm_link(link, made_sure=MadeSure.DOCUMENT, words="x", by=support, at=LATER)
    services.confirm_link(link, made_sure=MadeSure.DOCUMENT, words="Passport seen", by=colleague, at=LATER)
    assert set(linking.subjects_of(pair[0], at=THEN)) == set(pair)
    for subject in pair:
        assert events(subject) == ["people:link_proposed", "people:linked"]
        assert Message.objects.filter(subject_id=subject).count() == 1
    assert selectors.list_likely() == []
    with pytest.raises(LinkRefused, match="decided already"):
        services.turn_link_down(link, words="x", by=colleague, at=LATER)


def test_a_link_merges_nothing_and_undone_leaves_nothing_behind(
    pair: tuple[UUID, UUID], support: Actor, colleague: Actor
) -> None:
    before = {row.pk: row.digest() for row in Identity.objects.filter(subject_id__in=pair)}
    link = linked(pair, support, colleague)
    services.undo_link(link, words="Another person of that name", by=colleague, at=THEN)
    for subject in pair:
        assert linking.subjects_of(subject, at=THEN) == (subject,)
        assert facts.of(subject, FactKind.SAME_PERSON, at=THEN) == []
        assert events(subject)[-1] == "people:link_undone"
        assert selectors.links_of(subject) == []
    assert {row.pk: row.digest() for row in Identity.objects.filter(subject_id__in=pair)} == before
    with processing(Purpose.RIGHTS, by=actors.person(pair[0], at=THEN), at=THEN) as opened:
        assert not opened.decision(pair[1], Category.IDENTITY).allowed
    with pytest.raises(LinkRefused, match="not linked any more"):
        services.undo_link(link, words="again", by=colleague, at=THEN)


def test_what_was_said_can_be_read_by_who_may_see_one_of_the_two(
    pair: tuple[UUID, UUID], support: Actor, colleague: Actor
) -> None:
    link = linked(pair, support, colleague)
    with processing(Purpose.REGISTRATION, by=support, at=THEN) as opened:
        said = selectors.words_of_link(link, opened)
    assert (said.reason, said.decision, said.made_sure) == (
        "Both came with the same passport",
        "Passport seen",
        MadeSure.DOCUMENT,
    )
    third = actors.person(make_staff("patient_support", email="third@clinic.example"), at=THEN)
    with pytest.raises(Refused), processing(Purpose.REGISTRATION, by=third, at=THEN) as opened:
        selectors.words_of_link(link, opened)


def test_once_linked_only_who_took_part_still_has_the_pair_to_look_at(
    pair: tuple[UUID, UUID], support: Actor, colleague: Actor
) -> None:
    linked(pair, support, colleague)
    third = actors.person(make_staff("patient_support", email="third@clinic.example"), at=THEN)
    for actor, sees in ((support, True), (colleague, True), (third, False)):
        with processing(Purpose.REGISTRATION, by=actor, at=THEN) as opened:
            assert opened.decision(pair[1], Category.IDENTITY).allowed is sees
    with pytest.raises(Refused):
        services.undo_link(selectors.links_of(pair[0])[0].link, words="x", by=third, at=THEN)


def test_two_people_are_suggested_no_more_and_may_be_proposed_again(
    pair: tuple[UUID, UUID], support: Actor, colleague: Actor
) -> None:
    link = propose(pair, support)
    with pytest.raises(LinkRefused, match="already"):
        propose(pair, support)
    services.turn_link_down(link, words="Twins with one name", by=colleague, at=LATER)
    assert selectors.list_likely() == []
    assert [line.state for line in selectors.list_links(LinkState.APART)] == [LinkState.APART]
    again = propose(pair, support)
    found = selectors.get_link(again)
    assert found is not None
    assert found.state is LinkState.PROPOSED


def test_nobody_acts_on_a_record_of_their_own(support: Actor, colleague: Actor) -> None:
    assert support.id is not None
    own = make_patient(email="patient_support@clinic.example")
    with pytest.raises(LinkRefused, match="your own"):
        services.propose_link(support.id, own, reason="me", by=support, at=LATER)
    with pytest.raises(LinkRefused, match="one record"):
        services.propose_link(own, own, reason="me", by=colleague, at=LATER)
    link = services.propose_link(support.id, own, reason="our colleague", by=colleague, at=LATER)
    with pytest.raises(LinkRefused, match="your own"):
        services.confirm_link(link, made_sure=MadeSure.KNOWN, words="me", by=support, at=LATER)
    third = actors.person(make_staff("patient_support", email="third@clinic.example"), at=LATER)
    services.confirm_link(link, made_sure=MadeSure.KNOWN, words="works here", by=third, at=LATER)
    with pytest.raises(LinkRefused, match="your own"):
        services.undo_link(link, words="not me", by=support, at=THEN)
    with processing(Purpose.REGISTRATION, by=support, at=THEN) as opened:
        assert not opened.decision(own, Category.IDENTITY).allowed


def test_too_many_records_are_not_one_person(
    pair: tuple[UUID, UUID], support: Actor, colleague: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking, "MOST", 1)
    link = propose(pair, support)
    with pytest.raises(LinkRefused, match="2 records"):
        services.confirm_link(link, made_sure=MadeSure.DOCUMENT, words="x", by=colleague, at=LATER)
    assert not facts.of(pair[0], FactKind.SAME_PERSON, at=THEN)


def test_the_words_lie_sealed_with_each_of_the_two(pair: tuple[UUID, UUID], support: Actor, colleague: Actor) -> None:
    linked(pair, support, colleague)
    rows = list(SamePerson.objects.order_by("-first"))
    assert [(row.subject_id, row.other_id) for row in rows] == [pair, pair[::-1]]
    with pytest.raises(Exception, match="context"):
        assert rows[0].reason


def test_the_privacy_officer_undoes_a_link_while_a_request_gives_the_reason(
    pair: tuple[UUID, UUID], support: Actor, colleague: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from troth.gate import reasons

    link = linked(pair, support, colleague)
    officer = actors.person(make_staff("privacy_officer"), at=THEN)
    with pytest.raises(Refused):
        services.undo_link(link, words="They say it is not them", by=officer, at=THEN)

    def asked(actor: Actor, subjects, *, at) -> set[UUID]:
        return {pair[0]} & set(subjects)

    monkeypatch.setattr(reasons, "_reasons", list(reasons._reasons))
    reasons.reason("a request about their data", serves={Purpose.RIGHTS}, told="asked")(asked)
    services.undo_link(link, words="They say it is not them", by=officer, at=THEN)
    assert linking.subjects_of(pair[1], at=THEN) == (pair[1],)
    assert Purpose.RIGHTS in UNDOING


def test_pairs_come_from_the_index_and_no_sealed_column_is_read(pair: tuple[UUID, UUID]) -> None:
    with CaptureQueriesContext(connection) as asked:
        selectors.list_likely()
        selectors.likely_with(pair[0])
        selectors.to_look_at(uuid4(), pair)
    read = {name for query in asked for name in re.findall(r'FROM "?(\w+)', query["sql"])}
    assert read <= {Subject._meta.db_table, SamePerson._meta.db_table}, "a suggestion reads nobody's name or address"
    assert list(search.shared(selectors.same.SIGNS, most=4, among=[uuid4()])) == []


def test_a_record_whose_making_was_undone_is_suggested_to_nobody(pair: tuple[UUID, UUID]) -> None:
    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        third = make_patient(given_name="Else", email=OTHER["email"], telephone="07700 900 555")
        raise Undone
    held = {subject for _, group in search.shared(selectors.same.SIGNS, most=4) for subject in group}
    assert third.hex in held, "the index lies in another store, which an undone act does not reach"
    assert [{each.one, each.other} for each in selectors.list_likely()] == [set(pair)]


def test_the_database_refuses_a_second_open_link_of_a_pair(
    pair: tuple[UUID, UUID], support: Actor, colleague: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the rule saw none: as it does when two propose at one moment."""
    propose(pair, support)
    monkeypatch.setattr("troth.people.services.same.check_can_propose_link", lambda **said: None)
    with pytest.raises(LinkRefused, match="already"):
        propose(pair, colleague)
    with pytest.raises(LinkRefused, match="already"):
        propose(pair[::-1], colleague)
    assert SamePerson.objects.count() == 2


def test_a_linked_record_is_copied_for_the_person_and_for_no_other_action(
    pair: tuple[UUID, UUID], support: Actor, colleague: Actor
) -> None:
    linked(pair, support, colleague)
    own = actors.person(pair[0], at=THEN)
    with processing(Purpose.RIGHTS, Action.EXPORT, by=own, at=THEN) as opened:
        assert opened.decision(pair[1], Category.IDENTITY).allowed
    with processing(Purpose.REGISTRATION, by=own, at=THEN) as opened:
        assert not opened.decision(pair[1], Category.CONTACT).allowed
