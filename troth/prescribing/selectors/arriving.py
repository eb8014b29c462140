"""Messages of our MESH mailbox. Nobody knows yet whom they are about, so a list of them says when each came, and no more."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Min, Q
from django.utils import timezone

from troth.prescribing.models import (
    OPEN,
    Astray,
    GpMessage,
    GpNotice,
    GpNoticeState,
    MedicationRequest,
    MessageState,
    Way,
)
from troth.prescribing.selectors.telling import ANSWERED_WITHIN
from troth.vault import tickets
from troth.vault.files import StoredFile
from troth.vault.orphans import NotKnown

_PAGE = "gp message"
#: Those about which a clinician has still to do something.
OPEN_MESSAGES = (MessageState.WAITING, MessageState.TOO_LARGE)
#: One that nobody files is kept until somebody does. A ticket has to have an end.
_KEPT_FOR = timedelta(days=3650)


@dataclass(frozen=True)
class MessageLine:
    """One message as far as it is open."""

    id: UUID
    state: MessageState
    came_at: datetime


@dataclass(frozen=True)
class Message:
    """
    One message, its ticket read: the file, the mailbox that it came from, "" for MESH itself or our own desk, and when and by which
    way it came, which for what the desk had taken in is what they wrote down.
    """

    line: MessageLine
    file: StoredFile
    sender: str
    came_on: date
    way: Way

    @property
    def here_by(self) -> datetime:
        """Until when it came at the latest: a letter that was written after that is not answered by it."""
        next_day = datetime.combine(self.came_on + timedelta(days=1), time(), tzinfo=timezone.get_current_timezone())
        return min(self.line.came_at, next_day)


def list_messages(*, limit: int = 50) -> list[MessageLine]:
    """What waits for a clinician, the oldest first: to be filed, or as too large to be answered for."""
    rows = GpMessage.objects.filter(state__in=OPEN_MESSAGES).defer("ticket").order_by("came_at")[:limit]
    return [_line(row) for row in rows]


def count_messages() -> int:
    """How many wait."""
    return GpMessage.objects.filter(state__in=OPEN_MESSAGES).count()


def oldest_message() -> datetime | None:
    """Since when the first of them waits."""
    found: datetime | None = GpMessage.objects.filter(state__in=OPEN_MESSAGES).aggregate(first=Min("came_at"))[
        "first"
    ]
    return found


def get_line(message: UUID) -> MessageLine | None:
    """One message as far as it is open, or None."""
    row = GpMessage.objects.filter(pk=message).defer("ticket").first()
    return _line(row) if row else None


def get_message(message: UUID, *, at: datetime) -> Message:
    """One that waits to be filed, for who sent it, when and how it came, which says nothing of anybody. Its file stays shut."""
    return read_ticket(GpMessage.objects.get(pk=message, state=MessageState.WAITING), at=at)


def number_of(message: UUID) -> str:
    """The number that MESH gave one, for whoever asks its sender about it."""
    return GpMessage.objects.values_list("number", flat=True).get(pk=message)


def is_here(number: str) -> bool:
    """Whether a message was taken in, whatever became of it."""
    return GpMessage.objects.filter(number=number).exclude(_left_there()).exists()


def is_left(number: str) -> bool:
    """Whether a message was found too large: it stays where it is, and MESH tells its sender that nobody collected it."""
    return GpMessage.objects.filter(_left_there(), number=number).exists()


def _left_there() -> Q:
    return Q(state=MessageState.TOO_LARGE) | Q(why=Astray.TOO_LARGE)


def read_ticket(row: GpMessage, *, at: datetime) -> Message:
    """What a ticket says. For acts, which ask who may: this asks nobody."""
    said = tickets.read(row.ticket, page=_PAGE, holder=row.pk, at=at)
    file = StoredFile(said["place"], said["key"], int(said["size"]), said["name"], said["media_type"])
    came_on = date.fromisoformat(said["came_on"]) if "came_on" in said else timezone.localdate(row.came_at)
    return Message(_line(row), file, said["sender"], came_on, Way(said.get("way", Way.MESH)))


def places_of_files() -> list[str]:
    """
    Where the files of messages that nobody has filed lie.

    :raises NotKnown: of one it cannot be read.
    """
    waiting = GpMessage.objects.exclude(ticket="")
    try:
        return [read_ticket(row, at=row.came_at).file.place for row in waiting.iterator(chunk_size=200)]
    except tickets.TicketInvalid:
        raise NotKnown("A message does not say where its file lies.") from None


def seal(message: UUID, file: StoredFile, *, sender: str, came_on: date, way: Way, at: datetime) -> str:
    """The ticket of a message."""
    said = {name: str(value) for name, value in asdict(file).items()}
    said |= {"sender": sender, "came_on": came_on.isoformat(), "way": way.value}
    return tickets.issue(said, page=_PAGE, holder=message, at=at, life=_KEPT_FOR)


def candidates(with_tasks: Collection[UUID], *, clinician: UUID, at: datetime) -> list[UUID]:
    """
    About whom a message may be, for one clinician: people with tasks of theirs, with open requests of theirs, or whose GP they
    asked. Nothing is opened; the gate is asked about each.
    """
    requests = MedicationRequest.objects.filter(prescriber=clinician, status__in=OPEN)
    asked = GpNotice.objects.filter(request__prescriber=clinician, sent_at__gt=at - ANSWERED_WITHIN)
    found = [*requests.values_list("subject_id", flat=True), *asked.values_list("subject_id", flat=True)]
    return list(dict.fromkeys((*found, *with_tasks)))


def letter_owed(subject: UUID, *, clinician: UUID, before: datetime) -> UUID | None:
    """The newest letter by which this clinician asked this person’s GP before then: sent, not answered, nothing waiting."""
    rows = GpNotice.objects.filter(
        subject_id=subject, request__prescriber=clinician, sent_at__isnull=False, taken_in_at=None, due_at__lte=before
    )
    return rows.exclude(state=GpNoticeState.ANSWERED).order_by("-due_at").values_list("pk", flat=True).first()


def _line(row: GpMessage) -> MessageLine:
    return MessageLine(row.pk, MessageState(row.state), row.came_at)
