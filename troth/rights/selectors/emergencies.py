"""Records that were opened in an emergency: which, by whom, what was looked at, whether a colleague has judged it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from troth.gate import emergency
from troth.gate.contexts import Opened
from troth.gate.emergency import Broken
from troth.law.calendar import LONDON
from troth.law.working_days import Nation, working_days_after
from troth.ledger import selectors as ledger
from troth.rights.models import EmergencyReview, EmergencyTelling, Verdict
from troth.rights.selectors.history import Look, word_events
from troth.vault.categories import Category

#: Reviewed by somebody else within so many working days (pitfalls B14).
REVIEW_WITHIN = 3


@dataclass(frozen=True)
class Break:
    """One record opened in an emergency, and where its review stands. Nothing of anybody is opened for it."""

    note: UUID
    subject: UUID
    by: UUID
    at: datetime
    until: datetime
    due_on: date
    closed_at: datetime | None  # a colleague found it justified, or not
    talked: bool  # they want to talk first, and it still waits
    telling: str  # "" nobody said, "told", "delayed"
    look_again_on: date | None  # when a telling that was delayed is looked at again

    def is_late(self, today: date) -> bool:
        """Whether its days are over and nobody has closed it."""
        return self.closed_at is None and today > self.due_on

    @property
    def begun_on(self) -> date:
        """The day on which it happened, on a London wall."""
        return self.at.astimezone(LONDON).date()


@dataclass(frozen=True)
class Reviewed:
    """What one reviewer wrote, opened."""

    verdict: Verdict
    words: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Told:
    """What was decided about telling the person, opened."""

    state: str
    words: str
    by: str
    at: datetime
    look_again_on: date | None


@dataclass(frozen=True)
class Breaking:
    """One break with everything that its review needs."""

    broken: Break
    reason: str
    looks: tuple[Look, ...]
    reviews: tuple[Reviewed, ...]
    tellings: tuple[Told, ...]


def list_breaks() -> list[Break]:
    """Every record that was opened in an emergency, the newest first. It opens nothing."""
    known = emergency.list_broken()
    notes = [each.note for each in known]
    closed = dict(EmergencyReview.objects.filter(note__in=notes, closed=True).values_list("note", "recorded_at"))
    talked = set(EmergencyReview.objects.filter(note__in=notes, closed=False).values_list("note", flat=True))
    told = {
        note: (state, again)
        for note, state, again in EmergencyTelling.objects.filter(note__in=notes)
        .order_by("recorded_at")
        .values_list("note", "state", "look_again_on")
    }
    return [_break(each, closed, talked, told) for each in known]


def waiting_breaks(at: datetime | None = None) -> list[Break]:
    """Those that nobody has closed, the soonest due first; of a moment, those that had begun by then."""
    return sorted(
        (each for each in list_breaks() if each.closed_at is None and (at is None or each.at <= at)),
        key=lambda each: each.due_on,
    )


def find_break(note: UUID) -> Break | None:
    """One break by the id of its note, or None."""
    return next((each for each in list_breaks() if each.note == note), None)


def open_break(known: Break, opened: Opened) -> Breaking:
    """
    The sealed reason, what was looked at while it was open, and what reviewers wrote.

    :raises Refused: this context may not open it.
    """
    opened.require(known.subject, Category.RIGHTS)
    entries = ledger.search(
        actor=known.by.hex, subject=known.subject.hex, since=known.at, until=known.until, limit=200
    )
    return Breaking(
        known,
        emergency.read_note(known.note, opened),
        tuple(reversed(word_events(entries, at=opened.at))),
        tuple(
            Reviewed(row.verdict, row.words or "", row.recorded_by, row.recorded_at)
            for row in EmergencyReview.objects.filter(note=known.note).order_by("recorded_at")
        ),
        tuple(
            Told(row.state, row.words or "", row.recorded_by, row.recorded_at, row.look_again_on)
            for row in EmergencyTelling.objects.filter(note=known.note).order_by("recorded_at")
        ),
    )


def _break(
    each: Broken, closed: dict[UUID, datetime], talked: set[UUID], told: dict[UUID, tuple[str, date | None]]
) -> Break:
    state, again = told.get(each.note, ("", None))
    return Break(
        each.note,
        each.subject,
        each.by,
        each.at,
        each.until,
        working_days_after(each.at.astimezone(LONDON).date(), REVIEW_WITHIN, Nation.ENGLAND),
        closed.get(each.note),
        each.note in talked,
        state,
        again,
    )
