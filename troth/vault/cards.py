"""
Card numbers: found wherever they are typed, refused by every form, and never sealed (decision 0171).

Card payments go from a person's browser to the payment firm. A number that somebody types into one of our fields all the same
must not come to lie here, not even as ciphertext: so each field of each form refuses it, and so does the vault, whoever writes.
"""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

#: What a form's error is known by, so that the field is drawn empty again.
CODE = "card_number"
SENTENCE = (
    "This looks like a card number. Leave it out: cards are paid with on the payment firm’s own fields, "
    "and their numbers are never written here."
)
#: The figures of the shortest; a shorter text holds none.
SHORTEST = 12
# Thirteen to nineteen figures, alone or in groups, and no part of something longer: an id or a hash is no card.
_RUN = re.compile(r"(?<![\w.+-])\d(?:[  \-.]?\d){12,18}(?![\w-])")
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


def holds_card_number(text: str) -> bool:
    """Whether a text holds what could be paid with: figures of a card scheme, of its length, whose check digit is right (Luhn)."""
    return any(_is_card(re.sub(r"\D", "", found[0])) for found in _RUN.finditer(text))


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
    """Give the validator to every kind of form field, those of Django and those made later alike."""
    kinds: list[type[forms.Field]] = [forms.Field]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        own = kind.__dict__.get("default_validators")
        if own is not None and refuse_card_number not in own:
            kind.default_validators = [*own, refuse_card_number]
