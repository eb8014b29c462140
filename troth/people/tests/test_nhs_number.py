"""The NHS number: its last figure checks the others; it is sealed, found whole, and held only where the notice says so."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from conftest import publish_pack
from troth.gate import actors
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.gate.refusals import Refused
from troth.notice.purposes import Purpose
from troth.people import rules, selectors, services
from troth.people.rules import is_nhs_number, normal_nhs_number, read_query
from troth.people.tests.factories import LATER, make_patient, make_staff

KNOWN = ("9990000018", "9434765919", "4010232137", "9876543210")
OTHER = {"given_name": "Else", "family_name": "Where", "email": "else@x.example", "telephone": "07700 900 555"}


@pytest.mark.parametrize("number", KNOWN)
def test_a_number_is_one_and_no_neighbour_of_it_is(number: str) -> None:
    assert normal_nhs_number(f" {number[:3]} {number[3:6]}-{number[6:]} ") == number
    for wrong in {number[:-1] + str(last) for last in range(10)} - {number}:
        assert not is_nhs_number(wrong)
    for wrong in ("", number[:-1], number + "0", "0000000000", "1111111111", "999000001O"):
        with pytest.raises(ValueError, match="such as 999 000 0018"):
            normal_nhs_number(wrong)


@given(st.sampled_from(KNOWN), st.integers(0, 9), st.integers(0, 9))
def test_one_wrong_figure_is_always_seen(number: str, place: int, figure: int) -> None:
    changed = number[:place] + str(figure) + number[place + 1 :]
    assert is_nhs_number(changed) == (changed == number)


@given(st.sampled_from(KNOWN), st.integers(0, 8))
def test_two_neighbours_that_changed_places_are_always_seen(number: str, place: int) -> None:
    changed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert is_nhs_number(changed) == (changed == number)


def test_a_search_takes_ten_figures_for_what_they_are() -> None:
    assert read_query("999 000 0018").nhs_number == "9990000018"
    assert read_query("999 000 0019").telephone, "the last figure does not fit: a telephone, perhaps"
    assert read_query("07700 900214").telephone == "07700900214"


@pytest.fixture
def patient(notice_in_force: None) -> UUID:
    make_patient(**OTHER)
    return make_patient(nhs_number="999 000 0018")


def find(text: str, *, times: int = 1) -> list[UUID]:
    by = actors.person(make_staff("patient_support", email=f"{times}@clinic.example"), at=LATER)
    with processing(Purpose.FIND, by=by, at=LATER, find_reason=FindReason.ON_THE_TELEPHONE) as opened:
        return [each.subject for each in selectors.find_people(text, opened).people]


def test_it_is_found_whole_and_never_by_a_part(patient: UUID) -> None:
    assert find("999 000 0018") == [patient]
    assert find("9876543210", times=2) == []


def test_it_lies_sealed_and_is_read_spaced(patient: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_identity")
        assert "9990000018" not in repr(cursor.fetchall())
    with processing(Purpose.RIGHTS, by=actors.person(patient, at=LATER), at=LATER) as opened:
        who = selectors.get_identity(patient, opened)
    assert who is not None and who.nhs_number == "999 000 0018"


def test_two_records_with_one_number_are_suggested_as_one_person(patient: UUID) -> None:
    other = make_patient(
        **{**OTHER, "family_name": "Changed", "email": "new@x.example", "telephone": "07700 900 777"}
    )
    services.record_nhs_number(other, number="9990000018", by=_writer(other), at=LATER)
    (pair,) = selectors.list_likely()
    assert {pair.one, pair.other} == {patient, other} and pair.shared == ("the same NHS number",)


def _writer(subject: UUID) -> actors.Actor:
    """Whoever may change who somebody is: while they have no account, who registers people."""
    return actors.person(make_staff("patient_support", email="writer@clinic.example"), at=LATER)


def test_who_may_not_change_who_somebody_is_writes_none_down(patient: UUID) -> None:
    with pytest.raises(Refused):
        services.record_nhs_number(
            patient, number="9876543210", by=actors.person(make_staff("finance"), at=LATER), at=LATER
        )
    with pytest.raises(ValueError, match="such as"):
        services.record_nhs_number(patient, number="9876543211", by=_writer(patient), at=LATER)


def test_where_the_notice_does_not_name_it_none_is_held(db: None) -> None:
    publish_pack("wellness-clinic")
    assert not selectors.holds_nhs_numbers(LATER)
    with pytest.raises(ValueError, match="notice does not name"):
        make_patient(nhs_number="999 000 0018", at=LATER)
    subject = make_patient(at=LATER)
    by = actors.person(make_staff("receptionist"), at=LATER)
    with pytest.raises(ValueError, match="notice does not name"):
        services.record_nhs_number(subject, number="9990000018", by=by, at=LATER + timedelta(minutes=1))
    assert rules.spaced_nhs_number("") == ""
