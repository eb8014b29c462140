"""What changes when something is written on a card, for whoever must see that it did. Nothing is opened for it."""

from uuid import UUID

from django.db.models import Count, Max

from troth.records.models import (
    AllergyIntolerance,
    ClinicalNote,
    DocumentReference,
    MedicationStatement,
    NoteStatus,
    Observation,
)


def mark_of(subject: UUID) -> tuple[str, ...]:
    """One word for each kind of entry: how many there are and when the last was changed. A draft counts for nothing yet."""
    rows = (
        AllergyIntolerance.objects.filter(subject_id=subject),
        MedicationStatement.objects.filter(subject_id=subject),
        Observation.objects.filter(subject_id=subject),
        ClinicalNote.objects.filter(subject_id=subject, status=NoteStatus.SIGNED),
        DocumentReference.objects.filter(subject_id=subject),
    )
    marks = []
    for each in rows:
        found = each.aggregate(many=Count("pk"), last=Max("changed_at"))
        marks.append(f"{found['many']}@{found['last'].timestamp() if found['last'] else 0}")
    return tuple(marks)
