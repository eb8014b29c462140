"""
Sealed files that nothing names any more: their process was killed before it wrote the row, or after it removed it (decision 0311).

What cannot be said for certain is never said to be an orphan. A room that keeps where a file lies elsewhere than in a sealed file
field declares it with `names_files`; one that does not would have its files destroyed.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from troth.vault.errors import Damaged, MasterKeyMissing, VaultError
from troth.vault.fields import SealedField
from troth.vault.files import StoredFile
from troth.vault.intact import keys_of, open_field
from troth.vault.keystore import KeyName, WrappedKey
from troth.vault.models import Holding, all_holdings
from troth.vault.walking import in_pieces

#: So long a file is left alone, since an act may still be about to name it.
LEFT_FOR = timedelta(days=1)
#: Killed processes leave one or two. Where more are named by nothing, rows were lost, and the files are what is left of them.
MOST = 50
Names = Callable[[], Iterable[str]]
_elsewhere: list[Names] = []


class NotKnown(VaultError):
    """A row has a file, and where that lies cannot be read: any file may be the one."""


def names_files(source: Names) -> Names:
    """Declare what gives the places of files that no sealed file field names. It raises `NotKnown` rather than leave one out."""
    _elsewhere.append(source)
    return source


def declared() -> tuple[Names, ...]:
    """Everything that was declared."""
    return tuple(_elsewhere)


def list_orphans(*, before: datetime) -> list[Path]:
    """
    Files that nothing names and that were written before a moment: a day ago, so that no act is still about to name them.

    :raises NotKnown: which files rows name cannot be said for all of them.
    """
    found = _written_before(before)
    for _ in range(2):  # a row that was changed meanwhile may have been missed the first time
        if found:
            named = _places_named()
            found = [path for path in found if path.stem not in named]
    return found


def _written_before(moment: datetime) -> list[Path]:
    """Files and drafts of files, looked for before the rows are: a row that is added later names none of them."""
    folder: Path = settings.TROTH_HOME / "files"
    found = []
    for path in sorted(folder.glob("*/*")):
        try:
            if path.stat().st_mtime < moment.timestamp():
                found.append(path)
        except FileNotFoundError:
            continue
    return found


def _places_named() -> set[str]:
    named = {place for source in _elsewhere for place in source()}
    for model in all_holdings():
        if not (fields := [each for each in model.sealed_fields() if each.kind is StoredFile]):
            continue
        for rows in in_pieces(model):
            keys = keys_of(rows, fields)
            named.update(_place_in(each, row, keys) for row in rows for each in fields)
    return named


def _place_in(each: SealedField[Any], row: Holding, keys: dict[KeyName, WrappedKey]) -> str:
    """Where the file of a field lies, or "" where it has none. A row that was erased meanwhile names nothing any more."""
    if row.__dict__[each.attname].blob is None:
        return ""
    name = row.key_of(each)
    try:
        stored = open_field(each, row, name, keys[name])
    except (Damaged, KeyError, MasterKeyMissing):
        if not type(row)._base_manager.filter(pk=row.pk).exists():
            return ""
        raise NotKnown("A row has a file, and where that lies cannot be read.") from None
    return stored.place if stored else ""
