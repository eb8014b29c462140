"""For how long something is kept from its person for somebody's protection. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from troth.law.calendar import months_after
from troth.law.exemptions import Exemption

GROUND = Exemption.SERIOUS_HARM
#: What was looked at is shown by then, where nobody wrote down a reason against it meanwhile: within the month of Article 12(3).
SHOWN_AFTER = timedelta(days=28)
#: Fewer words than these say no reason for an opinion, however long they are.
FEWEST_WORDS = 3
#: An opinion is no older than this when a request is answered by it (LAW-4.4).
MONTHS_GOOD = 6


@dataclass(frozen=True)
class Kept:
    """One exemption over what was written down about a person. `ended_at` is None while it stands."""

    thing: UUID
    since: datetime
    opinion_on: date
    opinion_by: UUID
    ended_at: datetime | None


class Span(NamedTuple):
    """From when to when something was kept from a person. `ended_at` is None while nobody has ended it."""

    since: datetime
    ended_at: datetime | None


def shown_from(happened_at: datetime, kept: Iterable[Span]) -> datetime | None:
    """
    From when a person sees an event that stands apart; None while that is not known. What was shown once never goes again: only an
    exemption that began before it was shown keeps it longer.
    """
    shown, ended = happened_at + SHOWN_AFTER, happened_at
    for each in sorted(kept, key=lambda each: each.since):
        if each.since > shown:
            break
        if each.ended_at is None:
            return None
        if each.ended_at > ended:
            shown = ended = each.ended_at
    return shown


def runs_out_on(kept: Kept) -> date:
    """From which day the opinion is too old to answer a request by (LAW-4.4)."""
    return months_after(kept.opinion_on, MONTHS_GOOD)


def is_opinion_good(kept: Kept, *, on: date) -> bool:
    """Whether the opinion is young enough to answer a request by (LAW-4.4)."""
    return on < runs_out_on(kept)


def check_can_answer(standing: Iterable[Kept], *, on: date) -> str:
    """Why a copy may not be released yet, or "": what is kept from its person rests on an opinion that is too old."""
    if all(is_opinion_good(each, on=on) for each in standing):
        return ""
    return (
        "What is kept from them for somebody’s protection rests on an opinion older than six months. Ask a health professional for "
        "theirs, who looks again on the page of concerns before they answer you (LAW-4.4)."
    )
