"""Until which day a signed prescription may be dispensed, and by whom. Pure."""

from datetime import date, timedelta
from uuid import UUID

from troth.law.calendar import months_after
from troth.prescribing.rules import NotPossible

#: Human Medicines Regulations 2012, regulation 217(5): six months that begin with the day on which it was signed.
MONTHS = 6
#: Misuse of Drugs Regulations 2001, regulation 16.
DAYS_CONTROLLED = 28


def last_day(signed_on: date, *, controlled: bool = False) -> date:
    """The last day on which it may be dispensed."""
    if controlled:
        return signed_on + timedelta(days=DAYS_CONTROLLED)
    return months_after(signed_on, MONTHS) - timedelta(days=1)


def check_is_in_date(*, until: date, today: date) -> None:
    """
    Refuse to check or send on a prescription that has run out: the person may have changed since, and it is none in law.

    :raises NotPossible: it has run out.
    """
    if today > until:
        raise NotPossible(
            f"This prescription could be dispensed until {until:%-d %B %Y} (Human Medicines Regulations 2012, regulation 217; "
            "controlled drugs sooner). Cancel it. They can ask anew."
        )


def check_is_not_own(*, subject: UUID, by: UUID | None) -> None:
    """
    Refuse somebody's part in what they asked for themself, whatever role they hold (GMC, prescribing: not for yourself).

    :raises NotPossible: it is their own.
    """
    if subject == by:
        raise NotPossible(
            "It was asked for by the same person. Nobody decides, checks or sends what is for themself."
        )
