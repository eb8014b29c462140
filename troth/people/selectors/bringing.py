"""Who was brought over from the system before, and who is here already: by keyed hashes, opening nothing."""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from troth.people.models import FIND_NHS, FIND_TWICE, Brought, Identity
from troth.people.rules import normal_nhs_number, told_apart_by
from troth.vault import search, secrets
from troth.vault.among import in_batches


def mark_of(system: str, kind: str, reference: str) -> UUID:
    """By what a row of a file stands here: the same for the same row, however often its file is brought in."""
    key = secrets.opened().named("bringing")
    named = "\x1f".join((system.strip().casefold(), kind, reference.strip()))
    return UUID(bytes=hmac.digest(key, named.encode(), hashlib.sha256)[:16])


def brought_by(marks: Iterable[UUID]) -> dict[UUID, UUID]:
    """Of these marks of clients, those who are here, and as whom."""
    found: dict[UUID, UUID] = {}
    for some in in_batches(marks):
        found.update(Brought.objects.filter(mark__in=some).values_list("mark", "subject_id"))
    return found


def who_were_brought(subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those whose record was brought over."""
    return set(Brought.objects.filter(subject_id__in=subjects).values_list("subject_id", flat=True))


def is_like_another(given_name: str, family_name: str, born_on: date, nhs_number: str) -> bool:
    """
    Whether a record here has the same name and day of birth, or the same NHS number, by the index and opening nothing. The index
    outlives an act that was undone: what it finds of a row that is not there, as of a run that was stopped in it, is nobody.
    """
    found = search.find_exact(FIND_TWICE, told_apart_by(given_name, family_name, born_on))
    if nhs_number:
        found += search.find_exact(FIND_NHS, normal_nhs_number(nhs_number))
    return Identity.objects.filter(pk__in=[row for _, row in found]).exists()
