"""Which files are here already, by ids that are worked out elsewhere; nothing is opened."""

from collections.abc import Iterable
from uuid import UUID

from troth.records.models import DocumentReference
from troth.vault.among import in_batches


def which_files_are_here(ids: Iterable[UUID]) -> set[UUID]:
    """Of these ids, those of files that are here."""
    here = (DocumentReference.objects.filter(pk__in=some).values_list("pk", flat=True) for some in in_batches(ids))
    return set[UUID]().union(*here)
