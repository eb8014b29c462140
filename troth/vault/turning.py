"""
The life of a master key (pitfalls A2): made, turned while the site runs, kept for the backups made under it, destroyed.

Every step can be repeated and stopped at any point: where things stand is read from the key store and the key folder.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import OperationalError, connections, transaction

from troth.vault import keystore, secrets
from troth.vault.errors import MasterKeyMissing

BATCH = 500


class MasterStatus(NamedTuple):
    """Where one master key stands."""

    number: int
    made_at: datetime
    retired_at: datetime | None
    destroyed_from: datetime | None  # when it may be destroyed: its backups have aged out
    keys: int  # living data keys that it still wraps


def status() -> list[MasterStatus]:
    """Every master key that exists, oldest first."""
    with connections[keystore.STORE].cursor() as cursor:
        cursor.execute("SELECT master, COUNT(*) FROM vault_datakey GROUP BY master")
        counts = dict(cursor.fetchall())
    lag = timedelta(days=settings.TROTH_BACKUP_DAYS)
    return [
        MasterStatus(
            key.number,
            key.made_at,
            key.retired_at,
            key.retired_at + lag if key.retired_at else None,
            counts.get(key.number, 0),
        )
        for _, key in sorted(secrets.opened().masters.items())
    ]


def longest_reach() -> timedelta:
    """For how long a backup may open what is destroyed now: its master key lives, and then as long again as backups are kept."""
    return timedelta(days=settings.TROTH_MASTER_KEY_DAYS + settings.TROTH_BACKUP_DAYS)


def is_due(at: datetime) -> bool:
    """Whether the current master key has lived its days, or an earlier turn did not finish."""
    current = secrets.opened().current()
    unfinished = any(entry.number != current.number and entry.keys for entry in status())
    return unfinished or at >= current.made_at + timedelta(days=settings.TROTH_MASTER_KEY_DAYS)


def turn(*, at: datetime, new: bool, progress: Callable[[int], None] = lambda count: None) -> int:
    """
    Re-wrap every living data key under the newest master key, made first when `new`; retire the others. Online and resumable.

    A key that another process makes, turns or destroys meanwhile is left as that process left it. Gives how many were turned.
    """
    opened = secrets.opened()
    _show_hidden(opened)
    if new:
        opened.make_master(at=at)
    current = opened.current()
    turned = 0
    store = connections[keystore.STORE]
    while True:
        with store.cursor() as cursor:
            cursor.execute(
                "SELECT id, subject, compartment, scope, master, wrapped FROM vault_datakey "
                "WHERE master < %s ORDER BY master, id LIMIT %s",
                [current.number, BATCH],
            )
            rows = cursor.fetchall()
            if not rows:
                break
            changes = []
            for key_id, subject, compartment, scope, master, wrapped in rows:
                name = (int(subject, 16), compartment, scope)
                raw = keystore.unwrap_raw(name, keystore.WrappedKey(master, bytes(wrapped)))
                held = keystore.wrap(name, raw, current)
                changes.append((held.master, held.wrapped, key_id, master))
            cursor.executemany(
                "UPDATE vault_datakey SET master = %s, wrapped = %s WHERE id = %s AND master = %s", changes
            )
        turned += len(rows)
        progress(turned)
    for number in list(opened.masters):
        # A key made under an old master by a process that had not yet seen the new one is caught by the next turn.
        if number < current.number:
            opened.retire_master(number, at=at)
    return turned


def destroy_retired(*, at: datetime, now: bool = False) -> list[int]:
    """
    Destroy the retired master keys whose backups have aged out (`now`: all retired ones), and give their numbers.

    :raises MasterKeyMissing: a living data key is still wrapped by one of them; turn first.
    """
    opened = secrets.opened()
    _show_hidden(opened)
    gone = []
    for entry in status():
        if entry.retired_at is None or not (now or (entry.destroyed_from and at >= entry.destroyed_from)):
            continue
        if entry.keys:
            raise MasterKeyMissing(
                f"Master key {entry.number} still wraps {entry.keys} living keys: run `troth keys turn` first."
            )
        # A process that took this key before it was retired may store a data key under it only now. It looks for the master
        # key once more before it commits (`keystore.make`): either it finds it hidden, or the count below finds its key.
        opened.hide_master(entry.number)
        if _count_under(entry.number):
            opened.show_master(entry.number)
            raise MasterKeyMissing(f"Master key {entry.number} was used again just now: run `troth keys turn` first.")
        forget_traces()
        opened.destroy_master(entry.number)
        gone.append(entry.number)
    return gone


def _show_hidden(opened: secrets.Secrets) -> None:
    """A destruction that was killed after hiding a master key decided nothing: it is decided anew. A decided one is ended."""
    opened.finish_destroying()
    for number in opened.hidden():
        opened.show_master(number)


def _count_under(number: int) -> int:
    """How many keys lie under a master key, those of transactions that are still open included: it waits for them."""
    store = connections[keystore.STORE]
    # On SQLite every transaction of ours begins by taking the write lock (settings: IMMEDIATE).
    with transaction.atomic(using=keystore.STORE), store.cursor() as cursor:
        if store.vendor == "postgresql":
            cursor.execute("LOCK TABLE vault_datakey IN SHARE MODE")
        cursor.execute("SELECT COUNT(*) FROM vault_datakey WHERE master = %s", [number])
        return int(cursor.fetchone()[0])


def forget_traces() -> bool:
    """
    Clear the key store's write-ahead log of SQLite, which keeps overwritten pages. False while another reader held it open.

    PostgreSQL's log ages out by itself; its archive belongs to the backups (pitfalls A2).
    """
    store = connections[keystore.STORE]
    if store.vendor != "sqlite":
        return True
    try:
        with store.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return bool(cursor.fetchone()[0] == 0)
    except OperationalError:  # inside a transaction, or another connection holds the file
        return False
