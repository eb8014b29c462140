"""What members of staff publish of themselves. It is open, with the reason in the model, and needs no context."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from troth.people.models import StaffProfile
from troth.vault.models import Subject, SubjectKind


@dataclass(frozen=True)
class StaffMember:
    """A published profile. `registration` reads "GMC 1234567", or is empty."""

    subject: UUID
    name: str
    role_words: str
    registration: str


def staff_profiles(subjects: Iterable[UUID]) -> dict[UUID, StaffMember]:
    """The published profiles of these members of staff; whoever has none is left out."""
    return {row.subject_id: _member(row) for row in StaffProfile.objects.filter(subject_id__in=list(subjects))}


def list_staff() -> list[StaffMember]:
    """Everyone with a published profile, by name; those who left keep theirs, since the history of records names them."""
    return [_member(row) for row in StaffProfile.objects.order_by("display_name", "id")]


def staff_name(subject: UUID) -> str:
    """The published name, or words for someone who has none."""
    found = staff_profiles([subject]).get(subject)
    return found.name if found else "a member of staff"


def staff_among(subjects: Collection[UUID]) -> set[UUID]:
    """Those of these subjects who are members of staff."""
    return set(Subject.objects.filter(id__in=list(subjects), kind=SubjectKind.STAFF).values_list("id", flat=True))


def _member(row: StaffProfile) -> StaffMember:
    return StaffMember(
        row.subject_id, row.display_name, row.role_words, f"{row.registration_body} {row.registration_number}".strip()
    )
