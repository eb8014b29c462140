"""Finding people: complete, sorted, ten at most, telling name, birth year and postcode area only."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.queries import count_reads
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.people import selectors
from troth.people.rules import TooVague, normal_postcode, normal_telephone, read_query
from troth.people.selectors import FoundPeople, FoundPerson
from troth.people.tests.factories import LATER, PASSWORD, make_patient, make_staff


@pytest.fixture
def support(notice_in_force: None) -> Iterator[actors.Actor]:
    yield actors.person(make_staff("patient_support"), at=LATER)


def find(text: str, by: actors.Actor) -> FoundPeople:
    with processing(Purpose.FIND, by=by, at=LATER, find_reason=FindReason.ON_THE_TELEPHONE) as opened:
        return selectors.find_people(text, opened)


def names(found: FoundPeople) -> list[str]:
    return [person.name for person in found.people]


def test_a_search_tells_name_birth_year_and_postcode_area_and_nothing_else(support: actors.Actor) -> None:
    subject = make_patient()
    assert find("oddie", support).people == (FoundPerson(subject, "Maureen Oddie", 1971, "NE46"),)
    assert {field.name for field in fields(FoundPerson)} == {"subject", "name", "birth_year", "postcode_area"}


def test_parts_accents_and_order_do_not_matter(support: actors.Actor) -> None:
    make_patient(given_name="Zoë", family_name="O'Brien-Núñez")
    for text in ("zoe", "nunez", "OBRIEN", "o'brien", "nuñez zoe", "Zoë Bri", "zo nun"):
        assert names(find(text, support)) == ["Zoë O'Brien-Núñez"], text
    assert names(find("zoe smith", support)) == names(find("nunezz", support)) == []


def test_exact_identifiers_find_and_parts_of_them_do_not(support: actors.Actor) -> None:
    make_patient()
    for text in (
        "maureen@oddie.example",
        "MAUREEN@oddie.example ",
        "07700 900214",
        "+44 7700 900 214",
        "oddie 09/03/1971",
        "1971-03-09 m oddie",
    ):
        assert names(find(text, support)) == ["Maureen Oddie"], text
    make_patient(given_name="Anh", family_name="Ng", born_on=date(1990, 5, 1))
    assert names(find("ng 1/5/1990", support)) == ["Anh Ng"]
    for text in ("aureen@oddie.example", "0770090021", "oddie 10/03/1971"):
        assert find(text, support).people == ()


def test_who_was_found_is_known_however_many_others_were_since(support: actors.Actor) -> None:
    assert support.id
    ann, other = make_patient(), make_patient(given_name="Anh", family_name="Ng", email="anh@ng.example")
    with boundary():
        find("oddie", support)
    for _ in range(3):
        with boundary():
            find("anh", support)
    assert selectors.found_by(support.id, {ann, other}, since=LATER) == {ann, other}
    assert selectors.found_by(support.id, {ann}, since=LATER + timedelta(seconds=1)) == set()
    assert selectors.found_by(make_staff("finance"), {ann}, since=LATER) == set()
    with CaptureQueriesContext(connections["default"]) as asked:
        assert selectors.found_by(support.id, set(), since=LATER) == set()
    assert len(asked) == 0  # every decision about a registration asks this reason


@pytest.mark.parametrize("text", ["", "od", "o d", "  ", "31/12/1980", "77009", "a@b"])
def test_too_little_is_refused(support: actors.Actor, text: str) -> None:
    make_patient()
    with pytest.raises(TooVague):
        find(text, support)


def test_ten_are_shown_of_all_that_match_by_family_name(support: actors.Actor) -> None:
    for number, letter in enumerate("QWERTYUIOPASD"):
        make_patient(given_name=f"Tom{letter.lower()}", family_name=f"{letter}stone", email=f"p{number}@x.example")
    make_patient(given_name="Tomas", family_name="Aaron")
    found = find("tom", support)
    expected = ["Tomas Aaron", *(f"Tom{letter.lower()} {letter}stone" for letter in sorted("QWERTYUIOPASD"))]
    assert (names(found), found.matched, found.more) == (expected[:10], 14, 4)


def test_who_is_shown_is_recorded_by_name_and_the_rest_are_counted(support: actors.Actor) -> None:
    shown = make_patient(given_name="Hanneke", family_name="Voss")
    make_patient(given_name="Hannibal", family_name="Crane")
    assert names(find("hanneke", support)) == ["Hanneke Voss"]
    events = LedgerEvent.objects.filter(purpose="find").order_by("id")
    assert {(event.event, event.subject) for event in events} == {("gate:opened", shown.hex), ("gate:searched", "")}
    assert events.get(event="gate:searched").objects_touched == "search/discarded/1"


def test_staff_are_no_patients_and_nobody_else_may_search(support: actors.Actor) -> None:
    subject = make_patient(password=PASSWORD)
    assert find("patient_support", support).people == ()
    for actor in (actors.person(subject, at=LATER), actors.person(make_staff("administrator"), at=LATER)):
        with pytest.raises(Refused):
            find("oddie", actor)


def test_many_candidates_cost_as_many_queries_as_few(support: actors.Actor) -> None:
    counts = []
    for more in (2, 30):
        for number in range(more):
            make_patient(given_name="Basil", family_name=f"Thorn{number}x{more}", born_on=date(1960, 1, 1))
        with (
            CaptureQueriesContext(connections["default"]) as data,
            CaptureQueriesContext(connections["keys"]) as keys,
        ):
            find("basil", support)
        counts.append([count_reads(each) for each in (data, keys)])
    assert counts[0] == counts[1]


def test_names_of_leaves_out_whom_it_may_not_name(support: actors.Actor) -> None:
    subject, other = make_patient(), make_patient(given_name="Piers")
    with processing(Purpose.RIGHTS, by=actors.person(subject, at=LATER), at=LATER) as opened:
        assert selectors.names_of([subject, other], opened) == {subject: "Maureen Oddie"}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+44 (0)7700 900-214", "07700900214"),
        ("00447700900214", "07700900214"),
        ("+33 1 99 00 12 34", "+33199001234"),
    ],
)
def test_telephones_are_compared_by_their_figures(typed: str, stored: str) -> None:
    assert normal_telephone(typed) == stored


@pytest.mark.parametrize("typed", ["NE46", "12345", "NE46 1A"])
def test_half_a_postcode_is_none(typed: str) -> None:
    with pytest.raises(ValueError, match="postcode"):
        normal_postcode(typed)


def test_a_query_reads_a_date_in_either_order() -> None:
    assert read_query("lee 1980-12-31").born_on == read_query("31/12/1980 lee").born_on == date(1980, 12, 31)


def test_under_a_restriction_a_person_is_found_and_where_they_live_is_not_shown(support: actors.Actor) -> None:
    from troth.gate import facts
    from troth.gate.acts import act
    from troth.gate.facts import FactKind
    from troth.ledger.names import Event

    @act(Event.RESTRICTED, purpose=Purpose.RIGHTS)
    def restrict(subject, *, by, at) -> None:  # type: ignore[no-untyped-def]
        facts.record(subject, FactKind.RESTRICTION, at=at)

    subject = make_patient()
    restrict(subject, by=actors.person(subject, at=LATER), at=LATER)
    assert find("oddie", support).people == (FoundPerson(subject, "Maureen Oddie", 1971, ""),)
    event = LedgerEvent.objects.filter(event="gate:opened", subject=subject.hex, purpose="find").latest("id")
    assert event.what == "identity"
