"""Messages of our MESH mailbox. Nobody knows yet whom they are about, so a list of them says when each came, and no more."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from troth.prescribing.models import OPEN, GpMessage, GpNotice, GpNoticeState, MedicationRequest, MessageState
from troth.prescribing.selectors.telling import ANSWERED_WITHIN
from troth.vault import tickets
from troth.vault.files import StoredFile

_PAGE = "gp message"
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
    """One message, its ticket read: the file, and the mailbox that it came from, "" for MESH itself or our own desk."""

    line: MessageLine
    file: StoredFile
    sender: str


def list_messages(*, limit: int = 50) -> list[MessageLine]:
    """What waits to be filed, the oldest first."""
    rows = GpMessage.objects.filter(state=MessageState.WAITING).defer("ticket").order_by("came_at")[:limit]
    return [_line(row) for row in rows]


def count_messages() -> int:
    """How many wait."""
    return GpMessage.objects.filter(state=MessageState.WAITING).count()


def get_line(message: UUID) -> MessageLine | None:
    """One message as far as it is open, or None."""
    row = GpMessage.objects.filter(pk=message).defer("ticket").first()
    return _line(row) if row else None


def sender_of(message: UUID, *, at: datetime) -> str:
    """The mailbox that a message came from, which is of a practice and about nobody; "" for MESH itself or our own desk."""
    return read_ticket(GpMessage.objects.get(pk=message, state=MessageState.WAITING), at=at).sender


def is_here(number: str) -> bool:
    """Whether a message was taken in, whatever became of it."""
    return GpMessage.objects.filter(number=number).exists()


def read_ticket(row: GpMessage, *, at: datetime) -> Message:
    """What a ticket says. For acts, which ask who may: this asks nobody."""
    said = tickets.read(row.ticket, page=_PAGE, holder=row.pk, at=at)
    file = StoredFile(said["place"], said["key"], int(said["size"]), said["name"], said["media_type"])
    return Message(_line(row), file, said["sender"])


def seal(message: UUID, file: StoredFile, *, sender: str, at: datetime) -> str:
    """The ticket of a message."""
    said = {name: str(value) for name, value in asdict(file).items()}
    return tickets.issue({**said, "sender": sender}, page=_PAGE, holder=message, at=at, life=_KEPT_FOR)


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
