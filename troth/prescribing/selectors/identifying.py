"""Documents by which people show who they are: what waits, one to look at, and what was found. Plain values only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from troth.gate.contexts import Opened
from troth.gate.reasons import linked
from troth.gate.refusals import nothing_there
from troth.prescribing.models import CheckState, DocumentKind, DocumentPicture, IdentityCheck, Verified
from troth.prescribing.rules.documents import Fault
from troth.prescribing.rules.formulary import formulary
from troth.prescribing.rules.gates import DOCUMENT_FIRST
from troth.rights.selectors import restricted_since
from troth.vault.categories import Category
from troth.vault.files import StoredFile

DAY = timedelta(days=1)


@dataclass(frozen=True)
class CheckLine:
    """A check as far as it is open: nothing is opened."""

    id: UUID
    subject: UUID
    state: CheckState
    sent_at: datetime


@dataclass(frozen=True)
class CheckOpened:
    """A check. `others`: under how many other accounts the same document was shown; `of_others`: what staff wrote of that."""

    line: CheckLine
    kind: DocumentKind
    faults: tuple[Fault, ...]
    result: Verified
    words: str
    others: int
    of_others: str
    has_picture: bool
    decided_at: datetime | None

    @property
    def state_words(self) -> str:
        """Where it is, in words. Who takes one back ends what it comes to; one that lapses is left as it waited."""
        if self.line.state is not CheckState.LEFT:
            return self.line.state.words
        return "nobody looked at it in time" if self.result is Verified.IN_PROGRESS else "taken back"


def list_waiting(*, limit: int = 50) -> list[CheckLine]:
    """The documents that nobody has looked at yet, the oldest first."""
    rows = IdentityCheck.objects.filter(state=CheckState.SENT).only("id", "subject", "state", "sent_at")
    return [_line(row) for row in rows.order_by("sent_at", "id")[:limit]]


def count_waiting(*, at_most: int = 1000) -> int:
    """How many documents nobody has looked at yet."""
    return IdentityCheck.objects.filter(state=CheckState.SENT)[:at_most].count()


def get_check(check: UUID, opened: Opened) -> CheckOpened:
    """
    One check.

    :raises Refused: the viewer may not see this about the person.
    """
    row = IdentityCheck.objects.filter(pk=check).first()
    opened.require(row.subject_id if row else check, Category.IDENTITY, Category.IDENTITY_DOCUMENT)
    if row is None:
        raise nothing_there()
    return _opened(row)


def checks_of(subject: UUID, opened: Opened) -> list[CheckOpened]:
    """
    A person's checks, the newest first.

    :raises Refused: the viewer may not see this about the person.
    """
    opened.require(subject, Category.IDENTITY)
    return [_opened(row) for row in IdentityCheck.objects.filter(subject_id=subject).order_by("-sent_at", "id")]


def found_of(subject: UUID, opened: Opened) -> Verified:
    """
    What documents show of who somebody is. One that contradicts counts whatever came after it.

    :raises Refused: the viewer may not see this about the person.
    """
    opened.require(subject, Category.IDENTITY)
    rows = IdentityCheck.objects.filter(subject_id=subject).exclude(state=CheckState.LEFT).order_by("sent_at", "id")
    results = [row.result for row in rows]
    for wanted in (Verified.CONTRADICTED, Verified.VERIFIED):
        if wanted in results:
            return wanted
    return results[-1] if results else Verified.NONE


def picture_of(check: UUID, opened: Opened) -> StoredFile | None:
    """
    The picture of a document, or None where it is destroyed, or will be since nobody is to look at it any more.

    :raises Refused: the viewer may not see it.
    """
    row = _to_be_seen().filter(check_of_id=check).first()
    subject = row.subject_id if row else _subject_of(check)
    opened.require(subject or check, Category.IDENTITY_DOCUMENT)
    return row.file if row else None


def typed_of(check: UUID, opened: Opened) -> dict[str, str]:
    """
    What was typed from a document, as long as its picture is here: `family`, `given`, `born_on`, `expires_on`. Empty after that.

    :raises Refused: the viewer may not see it.
    """
    row = _to_be_seen().filter(check_of_id=check).first()
    subject = row.subject_id if row else _subject_of(check)
    opened.require(subject or check, Category.IDENTITY_DOCUMENT)
    return dict(row.typed or {}) if row else {}


def is_wanted(treatment: str, subject: UUID, opened: Opened) -> bool:
    """
    Whether a document is still asked for before anything of this treatment is prescribed: every medicine of it is of a class that
    asks for one, and nobody has looked at one. Where one was found to be somebody else's, no other opens the way: the clinic does.

    :raises Refused: the viewer may not see this about the person.
    """
    medicines = [each for each in formulary().values() if treatment in each.treatments]
    asks = bool(medicines) and all(each.risks & DOCUMENT_FIRST for each in medicines)
    return asks and found_of(subject, opened) not in {Verified.VERIFIED, Verified.CONTRADICTED}


def pictures_to_go(*, before: datetime) -> list[UUID]:
    """The pictures whose check was over by a moment, or was taken back. Nothing is opened."""
    rows = DocumentPicture.objects.exclude(check_of__state=CheckState.SENT)
    due = rows.filter(check_of__decided_at__lte=before) | rows.filter(check_of__state=CheckState.LEFT)
    return list(due.values_list("pk", flat=True))


def with_document(subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those whose document waits, or was looked at within a day."""
    rows = IdentityCheck.objects.filter(state=CheckState.SENT) | IdentityCheck.objects.filter(
        state=CheckState.DECIDED, decided_at__gt=at - DAY
    )
    return linked(rows, subjects)


def with_picture(subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those of whose document a picture is here."""
    return linked(DocumentPicture.objects.all(), subjects)


def count_pictures(*, at: datetime) -> dict[str, int]:
    """
    How many documents were looked at, how many pictures are here, and how many of them longer than a day after the check. Those of
    people who stopped the use of their record stand apart: destroying is a use too.
    """
    here = DocumentPicture.objects.all()
    over = here.filter(check_of__decided_at__lt=at - DAY) | here.filter(check_of__sent_at__lt=at - timedelta(days=15))
    late = list(over.values_list("subject_id", flat=True))
    stopped = {subject for subject in set(late) if restricted_since(subject, at=at) is not None}
    return {
        "looked_at": IdentityCheck.objects.filter(state=CheckState.DECIDED).count(),
        "pictures": here.count(),
        "too_long": sum(subject not in stopped for subject in late),
        "stopped": len(stopped),
    }


def _to_be_seen() -> "QuerySet[DocumentPicture]":
    """The pictures but those that were taken back, which nobody opens while they wait to be destroyed."""
    return DocumentPicture.objects.exclude(check_of__state=CheckState.LEFT)


def _subject_of(check: UUID) -> UUID | None:
    return IdentityCheck.objects.filter(pk=check).values_list("subject_id", flat=True).first()


def _line(row: IdentityCheck) -> CheckLine:
    return CheckLine(row.pk, row.subject_id, CheckState(row.state), row.sent_at)


def _opened(row: IdentityCheck) -> CheckOpened:
    return CheckOpened(
        _line(row),
        row.kind,
        tuple(Fault(each) for each in (row.reading or {}).get("faults", ())),
        row.result,
        row.words or "",
        len(row.same_as or ()),
        row.same_words or "",
        _to_be_seen().filter(check_of_id=row.pk).exists(),
        row.decided_at,
    )
