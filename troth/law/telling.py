"""When somebody is told of data that came from somebody else, and on what grounds they are not (UK GDPR Article 14, LAW-9.3)."""

from datetime import date
from enum import StrEnum

from troth.law.calendar import months_after
from troth.law.steps import plain_date

MONTHS = 1


class Untold(StrEnum):
    """
    A ground on which a person is not told. `words` and `law` say it; `hides`: that there is something is not told either, since
    to say so would undo what the ground protects.
    """

    words: str
    law: str
    hides: bool

    def __new__(cls, value: str, words: str = "", law: str = "", hides: bool = False) -> "Untold":
        member = str.__new__(cls, value)
        member._value_ = value
        member.words, member.law, member.hides = words, law, hides
        return member

    KNOWN = "known", "They know all of it already", "UK GDPR Article 14(5)(a), LAW-9.3"
    IMPOSSIBLE = (
        "impossible",
        "Nobody can reach them, and it would take an effort out of proportion to find them",
        "UK GDPR Article 14(5)(b), LAW-9.3",
    )
    LAID_DOWN = (
        "laid_down",
        "A law says that we obtain or pass it on, and protects them otherwise",
        "UK GDPR Article 14(5)(c), LAW-9.3",
    )
    SECRECY = (
        "secrecy",
        "It is under a professional duty of secrecy to somebody else",
        "UK GDPR Article 14(5)(d), LAW-9.3",
        True,
    )
    CRIME = (
        "crime",
        "Telling them would hinder the prevention or detection of crime",
        "DPA 2018 Schedule 2 paragraph 2, LAW-4.9",
        True,
    )
    PROCEEDINGS = (
        "proceedings",
        "A law or a court forbids it, or it is needed for legal proceedings",
        "DPA 2018 Schedule 2 paragraph 5, LAW-4.9",
        True,
    )
    REGULATORS = (
        "regulators",
        "Telling them would hinder a regulator",
        "DPA 2018 Schedule 2 paragraphs 7 to 12, LAW-4.9",
        True,
    )
    PRIVILEGE = (
        "privilege",
        "It is between a client and their lawyer, or was made for a court case",
        "DPA 2018 Schedule 2 paragraph 19, LAW-4.9",
        True,
    )


def must_tell_by(obtained: date, *, reaches: bool = False) -> date:
    """
    The last day on which somebody is told: within one month of the day on which it came; on that very day where it says how to
    reach them, since the first message to them comes next (LAW-9.3). Whoever sees that it was passed on tells them then.

    The month is not moved to a working day: a machine writes on Sundays too, and so no day is won by it.
    """
    day = plain_date(obtained, "obtained")
    return day if reaches else months_after(day, MONTHS)
