"""No card number comes to lie here: every form refuses one, and the vault does, whoever writes."""

import pkgutil
from importlib import import_module

import pytest
from django import forms

import troth
from troth.vault.cards import (
    CODE,
    halves_of_card_number,
    holds_card_number,
    json_holds_card_number,
    refuse_card_number,
)

#: The numbers that payment firms publish for trying things out.
CARDS = [
    "4242424242424242",
    "4242 4242 4242 4242",
    "4242-4242-4242-4242",
    "my card is 5555555555554444, thanks",
    "378282246310005",
    "3782 822463 10005",
    "6011111111111117",
    "30569309025904",
    "3566002020360505",
    "2223003122003222",
    "4222222222222",
    "4242 4242 4242 4242 12/28 123",  # with the day it ends, as people type it
    "4242 4242 4242 4242 123",
    "1 card: 4242424242424242 1228 123",
    "room 3 4242 4242 4242 4242",
    "card no.4242424242424242",
    "4242\n4242\n4242\n4242",
    "4242, 4242, 4242, 4242",
    "4242 / 4242 / 4242 / 4242",
    "4242\u20134242\u20134242\u20134242",
    "4242\u2009\u20094242\u00a04242\t4242",
    "42\u200b42\u00ad42424242\u20604242",
    "\uff14\uff12\uff14\uff12\uff14\uff12\uff14\uff12\uff14\uff12\uff14\uff12\uff14\uff12\uff14\uff12",
    "\u0664\u0662\u0664\u0662 \u0664\u0662\u0664\u0662 \u0664\u0662\u0664\u0662 \u0664\u0662\u0664\u0662",
    "3782-822463-10005 0326",
]
OTHERS = [
    "4242424242424241",  # the check digit is wrong
    "943 476 5919",  # an NHS number
    "07700 900 214",
    "+44 7700 900214",
    "2026-11-24 09:30:00.123456",
    "b04a4242424242424242",  # part of an id
    "4242424242424242abcd",
    "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
    "0000000000000000",
    "GB29 NWBK 6016 1331 9268 19",
    "4242 4242 4242 4241",
    "138/82 140/85 136/80 141/84",  # what somebody's blood pressure was
    "2026 2027 2028 2029",
    "0.4242424242424242",
    "",
]


@pytest.mark.parametrize("text", CARDS)
def test_a_card_number_is_found_however_it_is_typed(text: str) -> None:
    assert holds_card_number(text)


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_no_card_number_passes(text: str) -> None:
    assert not holds_card_number(text)


def test_in_json_each_text_is_looked_at_and_coordinates_are_none() -> None:
    wide = "".join(chr(0xFF10 + int(each)) for each in "4242424242424242")
    for held in ({"a": [wide]}, ["4242\n4242\n4242\n4242"], {"4242 4242 4242 4242": 1}, [4242424242424242]):
        assert json_holds_card_number(held)
    assert not json_holds_card_number({"strokes": [[4242, 4242, 4242, 4242], [True, None, 0.5]]})


def _every_form() -> list[type[forms.BaseForm]]:
    for room in pkgutil.walk_packages(troth.__path__, "troth."):
        if ".forms" in room.name and ".tests" not in room.name:
            import_module(room.name)
    found, waiting = [], [forms.BaseForm]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("troth."):
            found.append(kind)
    return found


def _takes_words(field: forms.Field) -> bool:
    """Whether a person can type freely into it; of a choice only what is listed passes."""
    return isinstance(field, forms.CharField | forms.IntegerField | forms.FileField)


def test_every_field_of_every_form_refuses_one() -> None:
    looked_at = 0
    for form in _every_form():
        for name, field in getattr(form, "base_fields", {}).items():
            parts = field.fields if isinstance(field, forms.MultiValueField) else [field]
            for part in parts:
                if _takes_words(part):
                    looked_at += 1
                    assert refuse_card_number in part.validators, f"{form.__module__}.{form.__name__}.{name}"
    assert looked_at > 60


def test_a_field_says_so_without_repeating_it() -> None:
    class Note(forms.Form):
        words = forms.CharField()

    bound = Note({"words": "pay with 4242 4242 4242 4242"})
    assert not bound.is_valid()
    assert bound.errors.as_data()["words"][0].code == CODE
    assert "4242" not in str(bound.errors)


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("4242 4242", "4242 4242", True),
        ("4242-4242-4242", "4242", True),
        ("3782 8224", "6310005", True),
        ("2223 0031", "2200 3222", True),
        ("4242 4242", "4242 4241", False),  # the check digit is wrong
        ("card 4242 4242", "4242 4242", False),  # in words it may be anything
        ("42-42-42", "42424242", False),  # a sort code and an account number
        ("424242424242424", "2", False),
        ("943 476 5919", "07700 900 214", False),
        ("3056 930", "9025904", False),  # fourteen figures: of a scheme that hardly anybody has
    ],
)
def test_a_number_in_two_fields_is_known_by_both(first: str, second: str, is_one: bool) -> None:
    assert halves_of_card_number(first, second) is is_one


def test_two_fields_beside_each_other_hold_no_half_each() -> None:
    class Two(forms.Form):
        one = forms.CharField()
        key = forms.CharField(widget=forms.HiddenInput)
        two = forms.CharField(required=False)
        three = forms.CharField(required=False)

    bound = Two({"one": "4242 4242", "key": "x", "two": "4242 4242"})
    assert not bound.is_valid() and {*bound.errors} == {"one", "two"} and "4242" not in str(bound.errors)
    assert all(errors[0].code == CODE for errors in bound.errors.as_data().values())
    # With something between them they stand apart, and a form of which a part is wrong already is looked at as far as it goes.
    assert Two({"one": "4242 4242", "key": "x", "two": "and", "three": "4242 4242"}).is_valid()
    assert {*Two({"one": "", "key": "x", "two": "4242 4242", "three": "4242 4242"}).errors} == {"one", "two", "three"}


def test_no_form_of_ours_leaves_the_look_across_out() -> None:
    assert {form._post_clean for form in _every_form()} == {forms.BaseForm._post_clean}
