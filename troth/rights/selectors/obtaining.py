"""What came about people from others: for the person, for the list of work, and for the job that tells them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone

from troth.gate.contexts import Opened
from troth.law.telling import Untold
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.notice.schema.uses import Source
from troth.notice.schema.words import Origin
from troth.rights.models.obtained import WAIT, Obtained
from troth.sharing import selectors as sharing
from troth.vault.categories import Category

DAY = timedelta(days=1)
#: For how long it counts against us that somebody was told late.
REMEMBERED = timedelta(days=90)
#: What is said of a source that the notice does not name, for one that came before it was taken out.
_WORDS = {Origin.GP: "Your GP practice", Origin.ANOTHER: "Somebody else who knows you or treated you"}


@dataclass(frozen=True)
class ToTell:
    """A row as the list of work shows it: nothing is opened."""

    id: UUID
    subject: UUID
    origin: str
    received_on: date
    due_on: date
    unreached: bool
    on_its_way: bool
    look_again_on: date | None
    held: bool


@dataclass(frozen=True)
class FromOthers:
    """One thing that came, opened and worded."""

    id: UUID
    subject: UUID
    source: str
    who: str
    kinds: tuple[str, ...]
    public: bool
    received_on: date
    due_on: date
    told_at: datetime | None
    ground: Untold | None
    words: str
    concealed: bool
    look_again_on: date | None
    unreached: bool
    on_its_way: bool
    settled_by: UUID | None


def open_rows() -> "QuerySet[Obtained]":
    """The rows of which somebody is still to be told."""
    return Obtained.objects.filter(told_at=None, settled_by=None)


def untold_of(subject: UUID, *, at: datetime) -> list[Obtained]:
    """Those of one person of which they are to be told now, held against a second hand."""
    rows = _to_be_told([subject]).filter(subject_id=subject).select_for_update().order_by("received_on", "id")
    return [row for row in rows if _is_ripe(row.received_on, row.due_on, at=at) or _passed_on([_key(row)])]


def list_to_tell(*, at: datetime, after: str, most: int) -> list[UUID]:
    """
    Whom something came about that they are to be told of now, by identifier, those after `after`: a few days after it came, at once
    where it says how to reach them, and at once where something of the kind was passed on since.
    """
    found = _to_be_told().filter(received_on__lte=timezone.localdate(at))
    if after:
        found = found.filter(subject_id__gt=UUID(after))
    waiting = list(
        found.order_by("subject_id").values_list(
            "subject_id", "origin", "kinds", "recorded_at", "received_on", "due_on"
        )
    )
    ripe = {subject for subject, *_, received, due in waiting if _is_ripe(received, due, at=at)} | _passed_on(
        [each[:4] for each in waiting]
    )
    return sorted(ripe)[:most]


def _to_be_told(of: Collection[UUID] = ()) -> "QuerySet[Obtained]":
    """The rows about which no message is on its way, none failed, and nothing of the same origin is kept from the person."""
    return open_rows().filter(message=None, unreached=False).exclude(Obtained.is_held(of))


def _is_ripe(received: date, due: date, *, at: datetime) -> bool:
    today = timezone.localdate(at)
    return received + WAIT <= today or due <= today


def _key(row: Obtained) -> tuple[UUID, str, str, datetime]:
    return row.subject_id, row.origin, row.kinds, row.recorded_at


def _passed_on(waiting: Collection[tuple[UUID, str, str, datetime]]) -> set[UUID]:
    """
    Those about whom something of the kind that came was passed on, to anybody but whom it came from (Article 14(3)(c)). What went
    before it was entered here cannot have held it, on the same day either; what they had sent themself, they know of; and what goes
    out to protect somebody tells nobody anything.
    """
    given: dict[UUID, list[tuple[str, frozenset[str], datetime]]] = {}
    for each in sharing.given_about({subject for subject, *_ in waiting}):
        if not each.chosen and each.purpose != Purpose.SAFEGUARDING:
            given.setdefault(each.subject, []).append((each.recipient, frozenset(each.kinds), each.at))
    return {
        subject
        for subject, origin, kinds, entered in waiting
        if any(
            to != origin and when >= entered and went & set(kinds.split())
            for to, went, when in given.get(subject, ())
        )
    }


def list_on_their_way() -> list[tuple[UUID, UUID]]:
    """Rows with a message of which nothing was recorded yet, and the message."""
    rows = open_rows().filter(message__isnull=False)
    return [(row, message) for row, message in rows.values_list("id", "message") if message]


def list_work(*, at: datetime, start: int = 0, most: int = 50) -> tuple[list[ToTell], int]:
    """What is still to be told or to be looked at again, what is due first standing first, and how many there are."""
    rows = (
        Obtained.objects.filter(_is_work())
        .annotate(held=ExpressionWrapper(Obtained.is_held(), output_field=BooleanField()))
        .order_by("due_on", "id")
    )
    return [
        ToTell(
            row.pk,
            row.subject_id,
            say_source(row.origin, at=at),
            row.received_on,
            row.due_on,
            row.unreached,
            row.message is not None,
            row.look_again_on,
            row.held and not row.concealed,
        )
        for row in rows.defer("who", "ground", "words")[start : start + most]
    ], rows.count()


def count_needing(*, on: date) -> dict[str, int]:
    """
    How many are late, how many nothing reaches, how many wait since another of the same origin is kept back, and of how many the
    silence is to be looked at again. Nothing is opened.
    """
    rows = open_rows()
    return {
        "late": rows.filter(due_on__lt=on).count(),
        "held": rows.filter(Obtained.is_held(), message=None, due_on__gte=on).count(),
        "unreached": rows.filter(unreached=True, due_on__gte=on).count(),
        "again": Obtained.objects.filter(concealed=True, look_again_on__lte=on).count(),
    }


def count_obtained(*, on: date) -> dict[str, int]:
    """
    How many came, were told, were left untold for a ground, and are late; how many were told late of these months; and how many
    are kept from their person beyond the day on which somebody was to ask again.
    """
    rows = Obtained.objects.all()
    told = rows.filter(told_at__date__gte=on - REMEMBERED).values_list("told_at", "received_on", "due_on")
    return {
        "came": rows.count(),
        "told": rows.filter(told_at__isnull=False).count(),
        "with_a_ground": rows.filter(told_at=None, settled_by__isnull=False).count(),
        "late": open_rows().filter(due_on__lt=on).count(),
        # Where it says how to reach them the day is that on which it came, and the message leaves in the night after it.
        "told_late": sum(
            timezone.localdate(at) > due + (DAY if due == received else timedelta())
            for at, received, due in told
            if at
        ),
        "run_out": rows.filter(concealed=True, look_again_on__lt=on).count(),
    }


def with_open(subjects: Collection[UUID], *, since: datetime) -> set[UUID]:
    """Of these people, those of whom an officer has something to tell, or settled something since a moment."""
    rows = Obtained.objects.filter(_is_work() | Q(changed_at__gte=since), subject_id__in=subjects)
    return set(rows.values_list("subject_id", flat=True))


def get_obtained(obtained: UUID, opened: Opened) -> FromOthers:
    """
    One of them, for whoever settles it.

    :raises Obtained.DoesNotExist: there is none of that id.
    :raises Refused: this context may not open it.
    """
    row = Obtained.objects.get(pk=obtained)
    opened.require(row.subject_id, Category.RIGHTS)
    return _from_others(row, at=opened.at)


def list_from_others(subject: UUID, opened: Opened) -> list[FromOthers]:
    """
    What came about a person, the newest first, for themself: once they were told or are to be told now. What they are not to learn
    of is not among it, nor what somebody may still decide about.

    :raises Refused: this context may not open it.
    """
    opened.require(subject, Category.RIGHTS)
    rows = Obtained.objects.filter(subject_id=subject).filter(Obtained.may_be_read(opened.at, [subject]))
    return [_from_others(row, at=opened.at) for row in rows.order_by("-received_on", "id")]


def say_line(row: Obtained, *, sealed: bool, at: datetime) -> str:
    """
    A row in one line of a message: from whom, on which day, and what kinds. An email, which is not `sealed` in an envelope, names
    none of the kinds that are of their health or as close.
    """
    of = f" ({row.who})" if row.who and sealed else ""
    special = not sealed and any(Category(each).special for each in row.kinds.split())
    kinds = "of a kind that we name in no email; ask us" if special else _list(_say_kinds(row.kinds, at=at))
    return f"{say_source(row.origin, at=at)}{of}, {row.received_on:%-d %B %Y}: {kinds}."


def say_source(origin: str, *, at: datetime) -> str:
    """A source in the words of the notice, before any 'when' or 'with' that says how it comes to be one."""
    known = {each.origin: each.words for each in _notice_sources(at)}
    word = Origin(origin)
    return known.get(word, "").split(",")[0] or _WORDS.get(word) or word.value.replace("_", " ").capitalize()


def _notice_sources(at: datetime) -> list[Source]:
    version = notices.version_in_force(at)
    return notices.notice_of(version).sources.origins if version else []


def _say_kinds(kinds: str, *, at: datetime) -> tuple[str, ...]:
    version = notices.version_in_force(at)
    known = {each.id: each.words for each in notices.notice_of(version).categories} if version else {}
    return tuple(known.get(Category(each)) or each.replace("_", " ") for each in kinds.split())


def _list(words: Collection[str]) -> str:
    return "; ".join(each[:1].lower() + each[1:] for each in words)


def _is_work() -> Q:
    return Q(told_at=None, settled_by=None) | Q(concealed=True)


def _from_others(row: Obtained, *, at: datetime) -> FromOthers:
    public = next((bool(each.public) for each in _notice_sources(at) if each.origin == row.origin), False)
    return FromOthers(
        row.pk,
        row.subject_id,
        say_source(row.origin, at=at),
        row.who or "",
        _say_kinds(row.kinds, at=at),
        public,
        row.received_on,
        row.due_on,
        row.told_at,
        row.ground,
        row.words or "",
        row.concealed,
        row.look_again_on,
        row.unreached,
        row.message is not None,
        row.settled_by,
    )
