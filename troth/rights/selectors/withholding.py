"""What is kept from a person for somebody's protection. But for `why_withheld` it is read in the open: nothing is opened."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from troth.gate import linking
from troth.gate.contexts import Opened
from troth.ledger import apart
from troth.ledger import selectors as ledger
from troth.ledger.names import Event
from troth.rights.models.withholding import Withholding
from troth.rights.rules.withholding import Kept, Span, is_opinion_good, runs_out_on
from troth.vault.categories import Category

_EVENTS = frozenset({Event.WITHHELD, Event.WITHHOLDING_ENDED})
_BATCH = 200
#: So long before an opinion runs out somebody is asked for the next.
SOON = timedelta(days=28)


def withholdings_of(subject: UUID) -> list[Kept]:
    """Every exemption over what was written down about one record of a person, the oldest first, those that ended included."""
    return [
        Kept(row.thing, row.since, timezone.localdate(row.opinion_at), row.opinion_by, row.ended_at)
        for row in Withholding.objects.filter(subject_id=subject).defer("words").order_by("since", "id")
    ]


def withholdings_over(subject: UUID, *, at: datetime) -> list[Kept]:
    """Every exemption over any record that is this person's, the oldest first, those that ended included."""
    persons = linking.subjects_of(subject, at=at)
    return sorted((each for person in persons for each in withholdings_of(person)), key=lambda each: each.since)


def spans_over(subject: UUID, *, at: datetime) -> list[Span]:
    """
    From when to when anything was kept from this person, under any record of theirs. The ledger says it, which nothing is erased
    from: when the row of an exemption is gone, what it kept stays kept, unless somebody had ended it before.
    """
    begun: dict[str, datetime] = {}
    ended: dict[str, datetime] = {}
    for person in linking.subjects_of(subject, at=at):
        before: int | None = None
        while some := ledger.events_about(apart.file_of(person.hex), limit=_BATCH, before=before, only=_EVENTS):
            for entry in some:  # the newest first: the first that began it is the last that is read
                which = begun if entry.event == Event.WITHHELD else ended
                which.update({each.rpartition("/")[0]: entry.at for each in entry.objects})
            before = some[-1].id
    return [Span(since, ended.get(row)) for row, since in begun.items()]


def standing_of(subject: UUID, *, at: datetime) -> list[Kept]:
    """Those that stand over any record of a person, the oldest first."""
    return [each for each in withholdings_over(subject, at=at) if each.ended_at is None]


def list_running_out(*, on: date) -> list[Kept]:
    """Those whose opinion is older than a request may be answered by, or will be within four weeks, the oldest first."""
    return [kept for _, kept in _running_out(on=on)]


def list_to_look_again(professional: UUID, *, on: date) -> list[tuple[UUID, date]]:
    """Of whom a health professional keeps something by such an opinion, and until which day it is good, the oldest first."""
    found = [(who, runs_out_on(kept)) for who, kept in _running_out(on=on) if kept.opinion_by == professional]
    return list(dict.fromkeys(found))


def _running_out(*, on: date) -> list[tuple[UUID, Kept]]:
    rows = Withholding.objects.filter(ended_at=None).defer("words").order_by("opinion_at", "id")
    kept = [
        (row.subject_id, Kept(row.thing, row.since, timezone.localdate(row.opinion_at), row.opinion_by, None))
        for row in rows.iterator()
    ]
    return [each for each in kept if not is_opinion_good(each[1], on=on + SOON)]


def why_withheld(subject: UUID, opened: Opened) -> dict[UUID, str]:
    """
    Why telling a person would be likely to cause serious harm, by what is kept from them and still is.

    :raises Refused: this context may not open health data of this person.
    """
    opened.require(subject, Category.HEALTH)
    rows = Withholding.objects.filter(subject_id=subject, ended_at=None)
    return {row.thing: row.words or "" for row in rows}
