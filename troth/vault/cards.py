"""
Card numbers: found wherever they are typed, refused by every form, and never sealed (decision 0171).

Card payments go from a person's browser to the payment firm. A number that somebody types into one of our fields all the same
must not come to lie here, not even as ciphertext: so each field of each form refuses it, and so does the vault, whoever writes.
"""

import re
import unicodedata
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

#: What a form's error is known by, so that the field is drawn empty again.
CODE = "card_number"
SENTENCE = (
    "This looks like a card number. Leave it out: cards are paid with on the payment firm’s own fields, "
    "and their numbers are never written here."
)
ACROSS = (
    "With what stands beside it this looks like a card number. Leave it out: cards are paid with on the payment firm’s own fields. "
    "If it is none, write what it is before the figures."
)
#: The figures of the shortest; a shorter text holds none.
SHORTEST = 12
# Thirteen to nineteen figures, alone or in groups, and no part of something longer: an id or a hash is no card.
_RUN = re.compile(r"(?<![\w.+-])\d(?:[ \-.]?\d){12,18}(?![\w-])")
# In the groups that are printed on cards, whatever stands between and beside them: the day it ends, or three figures more.
_APART = r"[ \-./_,|:]{1,3}"
_PRINTED = re.compile(
    r"(?<![\w+])(?=(\d{4}(?:APART\d{4}){3}(?:APART\d{3})?|\d{4}APART\d{6}APART\d{4,5})(?!\w))".replace(
        "APART", _APART
    )
)
# In one, beside other figures.
_ALONE = re.compile(r"(?<![\w+-])(?<!\d[.])\d{13,19}(?![\w-])")
# The first figures and lengths of the schemes: Visa, Mastercard, American Express, Discover, Diners, JCB, Maestro, UnionPay.
_SCHEMES = (
    (r"4", {13, 16, 19}),
    (r"5[1-5]|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720", {16}),
    (r"3[47]", {15}),
    (r"6011|64[4-9]|65", {16, 19}),
    (r"30[0-5]|36|38|39", {14, 16, 19}),
    (r"35(?:2[89]|[3-8]\d)", {16, 17, 18, 19}),
    (r"50|5[6-9]|6[0-9]", set(range(13, 20))),
)
# Of a number in two fields the schemes that nearly every card is of, whole: a sort code with its account number is shorter.
_WHOLE = re.compile(
    r"4\d{15}|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}|(?:6011|65\d\d)\d{12}"
)
_PART = re.compile(r"\d(?:[ \-.]?\d){3,}")


def holds_card_number(text: str) -> bool:
    """Whether a text holds what could be paid with: figures of a card scheme, of its length, whose check digit is right (Luhn)."""
    plain = _plain(text)
    runs = (found[0] for each in (_RUN, _ALONE) for found in each.finditer(plain))
    printed = (found[1] for found in _PRINTED.finditer(plain))
    return any(_is_card(figures) for each in (*runs, *printed) for figures in _read_as(re.sub(r"\D", "", each)))


def json_holds_card_number(value: Any) -> bool:
    """
    The same of each text and each whole number in plain JSON by itself: as it is written, it hides what is not ASCII, and
    coordinates look like groups of figures.
    """
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list | tuple):
        return any(map(json_holds_card_number, value))
    return isinstance(value, str | int) and holds_card_number(str(value))


def halves_of_card_number(first: str, second: str) -> bool:
    """Whether two texts that stand beside each other are a card number in two: each nothing but figures, four or more."""
    parts = [_plain(each).strip() for each in (first, second)]
    if not all(map(_PART.fullmatch, parts)):
        return False
    figures = re.sub(r"\D", "", "".join(parts))
    return bool(_WHOLE.fullmatch(figures)) and _is_card(figures)


def _read_as(figures: str) -> set[str]:
    """Nineteen figures in fours may be sixteen and the three from the back."""
    return {figures, figures[:16]} if len(figures) == 19 else {figures}


def _plain(text: str) -> str:
    """The same with figures, spaces and dashes of any script or width as a keyboard has them, and nothing that cannot be seen."""
    return re.sub(r"\s", " ", text) if text.isascii() else "".join(_as_typed(each) for each in text)


def _as_typed(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    if kind == "Cf":
        return ""
    if kind == "Pd" or sign == "\u2212":  # the sign of minus
        return "-"
    return " " if sign.isspace() else sign


def _is_card(figures: str) -> bool:
    if not any(len(figures) in lengths and re.match(start, figures) for start, lengths in _SCHEMES):
        return False
    total = 0
    for place, figure in enumerate(reversed(figures)):
        value = int(figure) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0 and len(set(figures)) > 1


def refuse_card_number(value: Any) -> None:
    """
    The validator that every field of every form has.

    :raises ValidationError: the value, or the name of the file, holds a card number. The message does not repeat it.
    """
    text = (
        value
        if isinstance(value, str)
        else getattr(value, "name", None) or (str(value) if isinstance(value, int) else "")
    )
    if isinstance(text, str) and holds_card_number(text):
        raise ValidationError(SENTENCE, code=CODE)


def guard_forms() -> None:
    """Give the validator to every kind of form field, Django's and those made later alike, and to forms a look across two."""
    kinds: list[type[forms.Field]] = [forms.Field]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        own = kind.__dict__.get("default_validators")
        if own is not None and refuse_card_number not in own:
            kind.default_validators = [*own, refuse_card_number]
    # What Django calls last of all when a form is looked through, and is empty but for forms of models, of which we have none.
    forms.BaseForm._post_clean = _refuse_halves  # type: ignore[attr-defined]


def _refuse_halves(form: forms.BaseForm) -> None:
    """Refuse a card number that is written half in one field and half in the next; both are drawn empty again."""
    shown = [(name, field) for name, field in form.fields.items() if not field.widget.is_hidden]
    typed = [
        (name, form.cleaned_data.get(name) if isinstance(field, forms.CharField) else None) for name, field in shown
    ]
    for (before, first), (after, second) in pairwise(typed):
        if isinstance(first, str) and isinstance(second, str) and halves_of_card_number(first, second):
            for name in (before, after):
                form.add_error(name, ValidationError(ACROSS, code=CODE))
