"""The pure rules: what a search matches, against a slow model; what counts as a telephone, a postcode, a password."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.people import rules
from troth.people.rules import Query
from troth.vault.search import fold, name_parts

NAMES = st.text(alphabet="abcÉéßoO'’-– ñ.zA", max_size=24)


@given(NAMES, NAMES)
def test_a_name_matches_when_every_typed_part_begins_one_of_its_parts(name: str, typed: str) -> None:
    slow = all(any(part.startswith(piece) for part in name_parts(name)) for piece in re.findall(r"\w+", fold(typed)))
    assert Query(names=typed).matches(name, None) is slow


@given(st.text(max_size=40))
def test_reading_a_search_gives_a_query_or_says_what_to_add(text: str) -> None:
    try:
        query = rules.read_query(text)
    except rules.TooVague as vague:
        assert str(vague)
        return
    letters = max((sum(map(str.isalpha, part)) for part in re.findall(r"\w+", fold(query.names))), default=0)
    assert query.email or query.telephone or letters >= 3 or (query.born_on and query.names.strip())


@given(st.integers(0, 9_999_999_999))
def test_a_number_is_the_same_number_however_it_is_written(number: int) -> None:
    digits = f"{number:010d}"
    forms = [
        f"0{digits}",
        f"+44{digits}",
        f"0044 {digits[:4]} {digits[4:]}",
        f"+44 (0){digits}",
        f"0{digits[:4]}-{digits[4:]}",
    ]
    if not digits.startswith("0"):
        assert {rules.normal_telephone(form) for form in forms} == {f"0{digits}"}


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
def test_a_birth_date_is_read_as_people_here_write_it(day: date) -> None:
    assert rules.read_query(f"ng {day:%d/%m/%Y}").born_on == day == rules.read_query(f"{day.isoformat()} ng").born_on


@pytest.mark.parametrize("password", ["kiln-otter-saddle", "Ünterwegs im Nebel", "7 geese, 2 foxes"])
def test_good_passwords_pass(password: str) -> None:
    rules.check_password(password, known=("Maureen", "Oddie", "maureen@oddie.example"))
