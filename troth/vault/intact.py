"""
Whether the keys of rows are there, and the sealed files that rows name, and whether these open.

Nobody sees what is opened here: only counts leave.

It asks no gate, so that it finds what a gate would hide. Never call it for anything that a person reads (decision 0303).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from troth.vault import keystore
from troth.vault.errors import Damaged, MasterKeyMissing
from troth.vault.fields import SealedField
from troth.vault.files import StoredFile
from troth.vault.models import Holding, all_holdings
from troth.vault.sealing import open_sealed
from troth.vault.walking import in_pieces

#: Of each table so many of the newest rows have their files read to the end, every time.
NEWEST = 40
#: Every other file is read to its end once in so many nights.
ROUND = 28


@dataclass
class FilesLooked:
    """How many files rows name, how many of them were read to their end, and how many are not there whole or do not open."""

    files: int = 0
    opened: int = 0
    missing: int = 0
    damaged: int = 0


def look_at_files(*, night: int) -> FilesLooked:
    """
    Look at every file that a row names; read the newest, and those whose turn it is on this night (a date's ordinal).

    What was erased has no key and is passed over. What changes meanwhile is looked at again before it counts.
    """
    looked = FilesLooked()
    for model in all_holdings():
        if not (fields := [each for each in model.sealed_fields() if each.kind is StoredFile]):
            continue
        newest = set(model._base_manager.order_by("-recorded_at").values_list("pk", flat=True)[:NEWEST])
        for rows in in_pieces(model):
            keys = keys_of(rows, fields)
            for row in rows:
                read = row.pk in newest or row.pk.int % ROUND == night % ROUND
                for each in fields:
                    _look_at(each, row, keys, looked, read=read)
    return looked


def list_keyless() -> list[str]:
    """References of rows in which something is sealed whose key is not in the key store: erased, or lost."""
    found = []
    for model in all_holdings():
        if not (fields := list(model.sealed_fields())):
            continue
        for rows in in_pieces(model):
            keys = keys_of(rows, fields)
            found += [
                row.reference
                for row in rows
                if any(
                    row.__dict__[each.attname].blob is not None and row.key_of(each) not in keys for each in fields
                )
            ]
    return found


def open_field(each: SealedField[Any], row: Any, name: keystore.KeyName, held: keystore.WrappedKey) -> Any:
    """
    The value of a field, past the gate.

    :raises Damaged: it, or its key, does not open.
    :raises MasterKeyMissing: the master key that its key was wrapped by is gone.
    """
    blob = row.__dict__[each.attname].blob
    if blob is None:
        return None
    content = open_sealed(keystore.unwrap(name, held), blob, each.bound_id + row.pk.bytes + row.subject_id.bytes)
    return None if content is None else each.decode(content)


def keys_of(rows: list[Any], fields: list[SealedField[Any]]) -> dict[keystore.KeyName, keystore.WrappedKey]:
    """The stored keys of these fields of these rows, whatever their scope, by name; those that are gone are absent."""
    return keystore.fetch({row.subject_id for row in rows}, sorted({each.compartment for each in fields}), scope=None)


def _look_at(
    each: SealedField[Any],
    row: Any,
    keys: dict[keystore.KeyName, keystore.WrappedKey],
    looked: FilesLooked,
    *,
    read: bool,
) -> None:
    found = _state_of(each, row, keys, read=read)
    if found in ("missing", "damaged"):
        found = _state_now(each, type(row), row.pk, read=read)
    looked.files += found != "none"
    looked.opened += read and found == "whole"
    looked.missing += found == "missing"
    looked.damaged += found == "damaged"


def _state_now(each: SealedField[Any], model: type[Holding], pk: UUID, *, read: bool) -> str:
    """As it is now. A file goes after its row, so one that is missing is a fault only where its row stays as it was."""
    before = model._base_manager.filter(pk=pk).first()
    if before is None:
        return "none"
    found = _state_of(each, before, keys_of([before], [each]), read=read)
    after = model._base_manager.filter(pk=pk).first()
    changed = after is None or after.__dict__[each.attname].blob != before.__dict__[each.attname].blob
    keyless = after is not None and after.key_of(each) not in keys_of([after], [each])
    return "none" if changed or keyless else found


def _state_of(
    each: SealedField[Any], row: Any, keys: dict[keystore.KeyName, keystore.WrappedKey], *, read: bool
) -> str:
    """`none`: there is no file, or it was erased. `missing`, `damaged` or `whole`: how it lies there."""
    name = row.key_of(each)
    if name not in keys:
        return "none"
    try:
        stored = open_field(each, row, name, keys[name])
        if stored is None:
            return "none"
        if not stored.lies_whole:
            return "missing"
        for _ in stored.read() if read else ():
            pass
    except (Damaged, MasterKeyMissing):
        return "damaged"
    return "whole"
