from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.work.arguments import ArgumentRefused, Parameters


class Channel(StrEnum):
    EMAIL = "email"
    LETTER = "letter"


def every_kind(a: UUID, b: int, c: bool, d: date, e: Channel, f: str, g: UUID | None = None) -> None: ...


def number(b: int) -> None: ...


def code(f: str) -> None: ...


CODES = st.from_regex(r"[a-z][a-z0-9_.:-]{0,63}", fullmatch=True)


@given(
    st.tuples(
        st.uuids(), st.integers(-(2**31) + 1, 2**31 - 1), st.booleans(), st.dates(), st.sampled_from(Channel), CODES
    ),
    st.none() | st.uuids(),
)
def test_pack_and_unpack_give_back_every_kind(values: tuple[Any, ...], last: UUID | None) -> None:
    parameters = Parameters(every_kind)
    read = parameters.unpack(parameters.pack(values, {"g": last}))
    assert tuple(read.values()) == (*values, last)
    assert [type(value) for value in read.values()][:6] == [UUID, int, bool, date, Channel, str]


@pytest.mark.parametrize(
    "value",
    [
        "Ann Lee",
        "Smith",
        "ann@example.org",
        "07700900123",
        "+447700900123",
        "943 476 5919",
        "9434765919",
        "SW1A 1AA",
        "",
        "o'neill",
        "x" * 65,
        "naïve",
        b"abc",
        3,
        None,
        ["a"],
        {"a": "b"},
        "two\nlines",
        "trailing\n",
    ],
)
def test_code_refuses_what_people_are_called_and_where_they_live_without_quoting_it(value: Any) -> None:
    with pytest.raises(ArgumentRefused) as refused:
        Parameters(code).pack((value,), {})
    if isinstance(value, str) and value:
        assert value not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("value", [2**31, -(2**31), 9434765919, True, 1.5, "7"])
def test_number_refuses_large_ones_and_other_kinds(value: Any) -> None:
    with pytest.raises(ArgumentRefused, match="'b' must be a whole number"):
        Parameters(number).pack((value,), {})


@pytest.mark.parametrize(
    ("position", "value"),
    [
        (0, str(UUID("d05ba2c7-1bf0-4fbd-8a52-c3876949ae1c"))),
        (2, 1),
        (3, datetime(2026, 1, 1)),
        (3, "2026-01-01"),
        (4, "email"),
        (5, "Jo Bloggs"),
    ],
)
def test_pack_refuses_the_wrong_kind(position: int, value: Any) -> None:
    values: list[Any] = [uuid4(), 1, True, date(2026, 1, 1), Channel.EMAIL, "a_code"]
    values[position] = value
    with pytest.raises(ArgumentRefused):
        Parameters(every_kind).pack(tuple(values), {})


def test_pack_refuses_unknown_arguments_without_quoting_them() -> None:
    with pytest.raises(ArgumentRefused) as refused:
        Parameters(number).pack((), {"Perpetua": 1})
    assert "Perpetua" not in str(refused.value)


@pytest.mark.parametrize("stored", [{}, {"b": 1, "z": 2}])
def test_unpack_refuses_what_no_longer_fits(stored: dict[str, Any]) -> None:
    with pytest.raises(ArgumentRefused):
        Parameters(number).unpack(stored)


def test_unpack_refuses_a_word_that_left_its_vocabulary_without_quoting_it() -> None:
    def send(e: Channel) -> None: ...

    with pytest.raises(ArgumentRefused) as refused:
        Parameters(send).unpack({"e": "pigeon"})
    assert "pigeon" not in str(refused.value)
    assert refused.value.__suppress_context__


def free(text: object) -> None: ...
def bare(text) -> None: ...  # type: ignore[no-untyped-def]
def many(*numbers: int) -> None: ...
def listed(ids: list[UUID]) -> None: ...
def either(a: int | UUID) -> None: ...


@pytest.mark.parametrize("function", [free, bare, many, listed, either])
def test_functions_that_could_take_a_persons_words_cannot_be_jobs(function: Any) -> None:
    with pytest.raises(ArgumentRefused):
        Parameters(function)
