"""What is held, and by which names: identifiers, keyed hashes and minutes. Nothing of anybody is opened."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from troth.diary import rules
from troth.diary.models import Hold
from troth.vault import secrets
from troth.vault.among import in_batches

#: At once, so that no query has more parameters than a database takes: a year of classes has more places than that.
MOST_AT_ONCE = 10_000

Held = dict[UUID, list[rules.Stretch]]


def thing_of(resource: UUID) -> UUID:
    """By what a room or machine stands in the table of holds: a keyed hash, since which room it is tells what for."""
    return _keyed(b"resource|" + resource.bytes)


def seat_of(class_time: UUID, number: int) -> UUID:
    """By what one place of a class stands there: the first has the number nought."""
    return _keyed(b"seat|" + class_time.bytes + number.to_bytes(2))


def mark_of(service: UUID) -> UUID:
    """By what a service stands beside its classes and those who wait for it: a keyed hash, since what for is sealed."""
    return _keyed(b"service|" + service.bytes)


def held(things: Collection[UUID], first: int, last: int, *, at: datetime, without: UUID | None = None) -> Held:
    """
    For each of these things the stretches that are held between two minutes. What is over by itself does not count, nor what is
    held under the number `without`.
    """
    own = (
        set(Hold.objects.filter(appointment=without).values_list("thing", "first", "last"))
        if without is not None
        else set()
    )
    found: Held = defaultdict(list)
    for some in in_batches(things, MOST_AT_ONCE):
        rows = Hold.objects.filter(
            Q(until__isnull=True) | Q(until__gt=at),
            thing__in=some,
            first__lt=last,
            last__gt=first,
        )
        for thing, begins, ends in rows.values_list("thing", "first", "last"):
            if (thing, begins, ends) not in own:
                found[thing].append((begins, ends))
    return found


def _keyed(name: bytes) -> UUID:
    key = secrets.opened().named("diary")
    return UUID(bytes=hmac.digest(key, name, hashlib.sha256)[:16])
