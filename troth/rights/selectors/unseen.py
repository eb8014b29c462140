"""
What goes with an erasure, or when its time is over, and was never shown to its person: it goes apart, so that neither a certificate
nor an event of theirs tells of it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from troth.rights.models.withholding import WITHHELD, Withholding
from troth.rights.rules.ending import Key
from troth.rights.selectors.places import rows_under


@dataclass(frozen=True)
class Unseen:
    """Of what goes, the rows that their person may not read, and the keys under which nothing else lies."""

    scopes: tuple[Key, ...]
    rows: "tuple[models.QuerySet[Any], ...]"


def unseen_of(subject: UUID, scopes: Collection[Key], *, at: datetime) -> Unseen:
    """
    The part of some keys that their person may not know of at a moment; nothing is opened. An exemption goes with what it keeps
    back, since nobody could weigh it any more.
    """
    kept: list[models.QuerySet[Any]] = []
    alone: set[Key] = set()
    gone: set[UUID] = set()
    for key in scopes:
        found = [(rows, _unread(rows, subject, at)) for rows in rows_under(subject, *key)]
        unread = [each for _, each in found if each is not None and each.exists()]
        if not unread:
            continue
        kept += unread
        gone.update(row for each in unread for row in each.values_list("pk", flat=True))
        if sum(rows.count() for rows, _ in found) == sum(each.count() for each in unread):
            alone.add(key)
    exemptions = Withholding.objects.filter(subject_id=subject)
    over = exemptions.filter(thing__in=gone)
    if (WITHHELD, "") not in scopes and over.exists():
        kept.append(over)
        if not exemptions.exclude(thing__in=gone).exists():
            alone.add((WITHHELD, ""))
    return Unseen(tuple(sorted(alone)), tuple(kept))


def _unread(rows: "models.QuerySet[Any]", subject: UUID, at: datetime) -> "models.QuerySet[Any] | None":
    """Of these rows those that no number may tell their person of, or None where they may be told of every one."""
    if not getattr(rows.model, "uncounted", False):
        return None
    read = rows.filter(rows.model.may_be_read(at, [subject])).values_list("pk", flat=True)
    return rows.exclude(pk__in=list(read))
