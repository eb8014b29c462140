"""What changes when something is written on a card, for whoever must see that it did. Nothing is opened for it."""

from uuid import UUID

from django.db.models import Count, Max

from troth.records.models import TABLES, ClinicalNote, NoteStatus


def mark_of(subject: UUID) -> tuple[str, ...]:
    """One word for each kind of entry: how many there are and when the last was changed. A draft counts for nothing yet."""
    marks = []
    for table in TABLES.values():
        rows = table.objects.filter(subject_id=subject)
        if table is ClinicalNote:
            rows = rows.filter(status=NoteStatus.SIGNED)
        found = rows.aggregate(many=Count("pk"), last=Max("changed_at"))
        marks.append(f"{found['many']}@{found['last'].timestamp() if found['last'] else 0}")
    return tuple(marks)
