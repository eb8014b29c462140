"""The NHS number: ten figures, of which the last checks the others (modulus 11, NHS Data Dictionary). No database, no clock."""

import re

from troth.notice.purposes import Purpose

#: For what whoever works with a card may write the number down. Whoever registers people does it then.
NUMBERING = (Purpose.PRESCRIBING, Purpose.CARE, Purpose.MEDICAL_REPORTING, Purpose.REGISTRATION)
_WEIGHTS = range(10, 1, -1)


def is_nhs_number(figures: str) -> bool:
    """Whether ten figures are an NHS number: its last follows from the nine before it, and never from nothing but zeros."""
    if not re.fullmatch(r"[0-9]{10}", figures) or len(set(figures)) == 1:
        return False
    check = 11 - sum(int(figure) * weight for figure, weight in zip(figures, _WEIGHTS, strict=False)) % 11
    return check != 10 and check % 11 == int(figures[9])


def normal_nhs_number(text: str) -> str:
    """
    An NHS number as it is stored and compared: ten figures, however it was spaced.

    :raises ValueError: it is none: a figure is missing, or two of them changed places.
    """
    bare = re.sub(r"[\s-]", "", text)
    if not is_nhs_number(bare):
        raise ValueError(
            "Enter an NHS number such as 999 000 0018. Look again: its last figure does not fit the others."
        )
    return bare


def spaced_nhs_number(number: str) -> str:
    """A stored number as it stands in letters: 999 000 0018."""
    return f"{number[:3]} {number[3:6]} {number[6:]}" if number else ""
