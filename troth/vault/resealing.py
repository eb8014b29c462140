"""Sealing rows for another subject than the one whom they lay under: what they say is opened, sealed anew, and its old keys go."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from troth.vault import keystore
from troth.vault.models import Holding

Opened = Sequence[tuple[Holding, dict[str, Any]]]


def take_out(rows: Iterable[Holding]) -> Opened:
    """
    What the sealed fields of these rows say, by name.

    :raises Unopened: no context is open.
    """
    return [(row, {field.attname: getattr(row, field.attname) for field in row.sealed_fields()}) for row in rows]


def seal_under(taken: Opened, to: UUID) -> None:
    """
    Seal these rows for another subject, and save them.

    :raises NotAnAct: no act is open.
    """
    for row, said in taken:
        row.subject_id = to
        for name, value in said.items():
            setattr(row, name, value)
        row.save()


def forget_keys(under: UUID, taken: Opened) -> None:
    """Destroy the keys with which these rows, each of which has one of its own, were sealed, once it is certain that they moved."""
    scopes = {row.key_of(field)[1:] for row, _ in taken for field in row.sealed_fields()}
    transaction.on_commit(lambda: keystore.destroy_scopes(under, scopes), robust=True)
