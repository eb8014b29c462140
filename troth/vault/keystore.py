"""
Data keys: one for each (subject, compartment, scope), kept in the store `keys`, wrapped by a master key.

Key first, then row; rows before keys on the way out. The first writer of a key wins and the other re-reads (pitfalls A12).
Statements are plain SQL because every page and every save runs them.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connections, transaction

from troth.vault import secrets
from troth.vault.among import among
from troth.vault.errors import Damaged, MasterKeyMissing

STORE = "keys"
CHUNK = 5_000

KeyName = tuple[
    int, str, str
]  # subject as a number, which hashes in a tenth of the time of a UUID; compartment; scope


class WrappedKey(NamedTuple):
    """A data key as stored."""

    master: int
    wrapped: bytes


@lru_cache(maxsize=4096)
def _ending(compartment: str, scope: str, master: int) -> bytes:
    return f"|{master}|{compartment}|{scope}".encode()


def _bound_to(name: KeyName, master: int) -> bytes:
    return name[0].to_bytes(16, "big") + _ending(name[1], name[2], master)


def unwrap(name: KeyName, held: WrappedKey) -> AESGCM:
    """
    Open a data key and make its cipher.

    :raises MasterKeyMissing: the master key it was wrapped by is gone.
    :raises Damaged: the stored key was changed or moved from another name.
    """
    return AESGCM(unwrap_raw(name, held))


def unwrap_raw(name: KeyName, held: WrappedKey) -> bytes:
    """The bytes of a data key. Only turning and files use them; everything else takes a cipher."""
    blob = held.wrapped
    try:
        return secrets.opened().master(held.master).cipher.decrypt(blob[:12], blob[12:], _bound_to(name, held.master))
    except (InvalidTag, ValueError):
        raise _damaged(name[1]) from None


def _damaged(compartment: str) -> Damaged:
    return Damaged(
        f"The stored key of compartment {compartment!r} does not open: it was changed, or moved from another "
        "subject. Restore the key store from a backup."
    )


def wrap(name: KeyName, key: bytes, master: secrets.MasterKey) -> WrappedKey:
    """Wrap the bytes of a data key under a master key."""
    nonce = os.urandom(12)
    return WrappedKey(master.number, nonce + master.cipher.encrypt(nonce, key, _bound_to(name, master.number)))


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def fetch(
    subjects: Iterable[UUID], compartments: Sequence[str], *, scope: str | None = ""
) -> dict[KeyName, WrappedKey]:
    """The stored keys of these subjects and compartments: of one scope, or of every scope with `scope=None`."""
    found: dict[KeyName, WrappedKey] = {}
    names = [subject.hex for subject in subjects]
    if not names or not compartments:
        return found
    connection = connections[STORE]
    of_these, listed = among(connection, "subject", names)
    in_these, named = among(connection, "compartment", compartments)
    sql = f"SELECT subject, compartment, scope, master, wrapped FROM vault_datakey WHERE {of_these} AND {in_these}"  # noqa: S608
    parameters = [listed, named]
    if scope is not None:
        sql += " AND scope = %s"
        parameters.append(scope)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        for subject, compartment, of, master, wrapped in cursor.fetchall():
            found[(int(subject, 16), compartment, of)] = WrappedKey(master, bytes(wrapped))
    return found


def open_many(subjects: Sequence[str], compartment: str) -> dict[str, AESGCM]:
    """
    The ciphers of a compartment with one key a subject, for as many subjects (in hexadecimal) as a search has candidates.

    :raises MasterKeyMissing: the master key of one is gone.
    :raises Damaged: a stored key was changed or moved from another name.
    """
    found: dict[str, AESGCM] = {}
    masters: dict[int, tuple[AESGCM, bytes]] = {}
    connection = connections[STORE]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT subject, master, wrapped FROM json_each(%s) AS wanted JOIN vault_datakey "
                "ON subject = wanted.value AND compartment = %s AND scope = ''",
                [json.dumps(subjects), compartment],
            )
        else:
            # One text, since psycopg makes an array of thousands value by value. OFFSET 0 has PostgreSQL look each key up by
            # its name: left to itself it reads the whole table.
            cursor.execute(
                "SELECT wanted.subject, held.master, held.wrapped FROM string_to_table(%s, ',') AS wanted(subject), "
                "LATERAL (SELECT master, wrapped FROM vault_datakey WHERE subject = wanted.subject AND compartment = %s "
                "AND scope = '' OFFSET 0) AS held",
                [",".join(subjects), compartment],
            )
        rows = cursor.fetchall()
    try:
        for subject, number, blob in rows:
            if number not in masters:
                masters[number] = (secrets.opened().master(number).cipher, _ending(compartment, "", number))
            master, ending = masters[number]
            found[subject] = AESGCM(master.decrypt(blob[:12], blob[12:], bytes.fromhex(subject) + ending))
    except (InvalidTag, ValueError):
        raise _damaged(compartment) from None
    return found


def make(names: Sequence[KeyName]) -> dict[KeyName, WrappedKey]:
    """
    Make a key for each name that has none, and give back the stored one of every name.

    Committed before it returns. Two processes that make the same key at once end up with the one that was stored first.
    """
    opened = secrets.opened()
    if not opened.masters and list_foreign_masters():
        raise MasterKeyMissing(
            "TROTH_KEYS holds no master key, and the key store holds keys that one of them wrapped. A new one "
            "would open nothing of what is there: put back the folder that goes with the data."
        )
    while (stored := _store(names, opened.current())) is None:
        opened.reload()
    return stored if len(stored) == len(set(names)) else _fetch_like(names)


def list_masters() -> list[int]:
    """The numbers of the master keys under which anything lies, whether or not they are at hand."""
    with connections[STORE].cursor() as cursor:
        cursor.execute("SELECT DISTINCT master FROM vault_datakey ORDER BY master")
        return [number for (number,) in cursor.fetchall()]


def list_foreign_masters() -> list[int]:
    """The numbers of the master keys under which keys lie that the key of that number here does not open: another deployment's."""
    found = []
    with connections[STORE].cursor() as cursor:
        cursor.execute(
            "SELECT subject, compartment, scope, master, wrapped FROM vault_datakey WHERE id IN "
            "(SELECT MAX(id) FROM vault_datakey GROUP BY master) ORDER BY master"
        )
        for subject, compartment, scope, master, wrapped in cursor.fetchall():
            try:
                unwrap_raw((int(subject, 16), compartment, scope), WrappedKey(master, bytes(wrapped)))
            except (MasterKeyMissing, Damaged):
                found.append(master)
    return found


def _store(names: Sequence[KeyName], master: secrets.MasterKey) -> dict[KeyName, WrappedKey] | None:
    """
    Store new keys under that master key, and give them; nothing when somebody else stored one of them first, and None when the
    master key was destroyed since it was taken, and so none was stored.

    `turning.destroy_retired` hides a master key and then counts what lies under it, waiting for transactions like this one: so
    either we find it hidden here, or it counts our keys and lets the master key live.
    """
    made_at = datetime.now(UTC)
    made = {name: wrap(name, AESGCM.generate_key(256), master) for name in dict.fromkeys(names)}
    rows = [(f"{name[0]:032x}", *name[1:], held.master, held.wrapped, made_at) for name, held in made.items()]
    stored = 0
    with transaction.atomic(using=STORE):
        with connections[STORE].cursor() as cursor:
            for chunk in _chunks(rows):
                cursor.executemany(
                    "INSERT INTO vault_datakey (subject, compartment, scope, master, wrapped, made_at) "
                    "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (subject, compartment, scope) DO NOTHING",
                    chunk,
                )
                stored += cursor.rowcount
        in_use = secrets.opened().is_in_use(master.number)
        if not in_use:
            transaction.set_rollback(True, using=STORE)
    if not in_use:
        return None
    return made if stored == len(rows) else {}


def _fetch_like(names: Sequence[KeyName]) -> dict[KeyName, WrappedKey]:
    wanted = set(names)
    subjects = {UUID(int=name[0]) for name in names}
    compartments = sorted({name[1] for name in names})
    scopes = {name[2] for name in names}
    # Of one row alone its key is asked for, and not every key beside it: somebody may have thousands.
    held = fetch(subjects, compartments, scope=scopes.pop() if len(scopes) == 1 else None)
    return {name: key for name, key in held.items() if name in wanted}


def destroy(subject: UUID, compartments: Sequence[str], *, scope: str | None = None) -> tuple[KeyName, ...]:
    """
    Destroy the keys of a subject in these compartments, of one scope or of all. Repeatable.

    Gives the names that went. They are unreadable in every backup too once the master key of today is destroyed.
    """
    gone = tuple(fetch([subject], compartments, scope=scope))
    _delete(subject, gone)
    return gone


def destroy_scopes(subject: UUID, scopes: Iterable[tuple[str, str]]) -> tuple[KeyName, ...]:
    """The same for keys of many compartments, each by its compartment and scope, in as few statements."""
    wanted = set(scopes)
    held = fetch([subject], sorted({compartment for compartment, _ in wanted}), scope=None)
    gone = tuple(name for name in held if name[1:] in wanted)
    _delete(subject, gone)
    return gone


def _delete(subject: UUID, names: Sequence[KeyName]) -> None:
    with connections[STORE].cursor() as cursor:
        for chunk in _chunks(names):
            each = ", ".join(["(%s, %s)"] * len(chunk))
            cursor.execute(
                f"DELETE FROM vault_datakey WHERE subject = %s AND (compartment, scope) IN (VALUES {each})",  # noqa: S608
                [subject.hex, *(part for name in chunk for part in name[1:])],
            )


def list_stored(subject: UUID) -> tuple[KeyName, ...]:
    """The names of every key that a subject has."""
    with connections[STORE].cursor() as cursor:
        cursor.execute("SELECT subject, compartment, scope FROM vault_datakey WHERE subject = %s", [subject.hex])
        return tuple((int(found, 16), compartment, scope) for found, compartment, scope in cursor.fetchall())
