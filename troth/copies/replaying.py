"""
Carrying out disposals that stand in the journal: at once, when one is made, and again after a restore (pitfalls A3).

Keys and search tokens go first, then files, then rows. Each step can be repeated, and stopped at any point.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connections, models, transaction
from django.db.models.query import QuerySet

from troth.copies.journal import Disposal, Position, entries_since, name_keys, record, stored_keys
from troth.vault import files, search
from troth.vault.keystore import STORE
from troth.vault.models import Holding, all_holdings
from troth.vault.querysets import HoldingQuerySet
from troth.vault.turning import forget_traces


def dispose(disposals: Sequence[Disposal], *, at: datetime, rows_too: bool = False) -> Position:
    """
    Journal disposals and carry them out at once, but for the rows, which the caller removes in an act. Repeatable.

    :raises JournalUnavailable: a destination did not take the line; nothing was destroyed.
    """
    named = name_keys(disposals)
    position = record(named, at=at)
    carry_out(named, rows_too=rows_too)
    return position


def carry_out(disposals: Iterable[Disposal], *, rows_too: bool = True) -> int:
    """
    Destroy what these disposals name, and give the number of keys that went. The journal must hold them already.

    Rows are removed without an act, as is right for a replay; a disposal that is made now removes its rows in its own act and
    passes `rows_too=False`.
    """
    gone = 0
    for disposal in disposals:
        gone += _destroy_keys(disposal)
        for place in disposal.files:
            files.destroy(place)
        if rows_too and disposal.rows:
            with transaction.atomic():
                _remove_rows(disposal.rows)
    return gone


def replay(progress: Callable[[str, int], None] = lambda what, count: None) -> tuple[int, int]:
    """
    Carry out the whole journal on the stores as they are. Gives the numbers of entries and of keys destroyed.

    The whole, because a backup may have been taken between a line of the journal and the destruction that followed it.

    :raises JournalDamaged: the journal was changed.
    """
    entries = keys = 0
    for entry in entries_since(0):
        keys += carry_out(entry.disposals)
        entries += 1
        progress("journal", entries)
    forget_traces()
    return entries, keys


def _destroy_keys(disposal: Disposal) -> int:
    """Keys and tokens live in one store and go in one transaction, so that no token outlives its key."""
    with transaction.atomic(using=STORE):
        search.forget(UUID(row.rpartition("/")[2]) for row in disposal.rows)
        meant = [(number, key[0]) for number, key in stored_keys(disposal) if key in disposal.keys]
        with connections[STORE].cursor() as cursor:
            for number, scope in meant:
                if not scope:
                    for field_id in _fields_in(disposal.compartment):
                        cursor.execute(
                            "DELETE FROM vault_token WHERE subject = %s AND field_id = %s",
                            [disposal.subject, field_id],
                        )
                else:  # a row's key is named by its row; a year's rows are in the disposal
                    cursor.execute(
                        "DELETE FROM vault_token WHERE row_id = %s AND subject = %s", [scope, disposal.subject]
                    )
                cursor.execute("DELETE FROM vault_datakey WHERE id = %s", [number])
    return len(meant)


def _fields_in(compartment: str) -> list[str]:
    return [
        field.id
        for model in all_holdings()
        for field in model.sealed_fields()
        if field.compartment == compartment and field.find is not None
    ]


def _remove_rows(references: Sequence[str]) -> None:
    by_model: dict[type[models.Model], list[UUID]] = {}
    for reference in references:
        label, _, key = reference.rpartition("/")
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError):
            continue  # its table has gone from the code since; without its key the row says nothing
        by_model.setdefault(model, []).append(UUID(key))
    for model, keys in by_model.items():
        _remove(model, keys)


def _remove(model: type[models.Model], keys: Sequence[Any]) -> None:
    """
    Remove rows and what hangs on them. When the disposal was made, nothing hung on them any more: whatever does in an older
    copy was gone, or pointed elsewhere, by then.
    """
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        related: Any = relation.related_model
        hanging = _plain(related).filter(**{f"{relation.field.name}__in": keys})
        if relation.field.null:
            hanging.update(**{relation.field.name: None})
        else:
            more = list(hanging.values_list("pk", flat=True))
            if more:
                _remove(related, more)
    _plain(model).filter(pk__in=keys)._raw_delete("default")


class _PastTheDoors(HoldingQuerySet):
    """Without the acts that a holding's doors ask for: a replay repeats what acts of the past decided."""

    def update(self, **values: Any) -> int:
        """Write open columns."""
        return models.QuerySet.update(self, **values)

    def _raw_delete(self, using: str | None) -> int:
        return int(models.QuerySet._raw_delete(self, using))


def _plain(model: type[models.Model]) -> QuerySet[Any]:
    kind = _PastTheDoors if issubclass(model, Holding) else QuerySet
    return kind(model=model, using="default")
