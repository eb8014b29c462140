"""What has to be in order on this machine: each check says what it found, and the command that mends it."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True)
class Found:
    """The answer of one check. `stops` says that no server may start before it is mended."""

    name: str
    fine: bool
    words: str
    cure: str = ""
    stops: bool = False


Check = Callable[[datetime], Iterator[Found]]
ALARM = timedelta(seconds=10)


def examine(at: datetime) -> list[Found]:
    """Every check, in the order in which a mend of one may mend the next."""
    return [found for check in CHECKS for found in check(at)]


def list_stoppers(at: datetime) -> list[Found]:
    """What a server must not start with."""
    return [found for found in examine(at) if not found.fine and found.stops]


def look_at_folders(at: datetime) -> Iterator[Found]:
    """Whether data, keys and backups lie apart. Opens nothing."""
    from django.conf import settings

    places: dict[str, Path] = {
        "data (TROTH_HOME)": settings.TROTH_HOME,
        "keys (TROTH_KEYS)": settings.TROTH_KEYS,
        "backups (TROTH_BACKUPS)": settings.TROTH_BACKUPS,
    }
    names = list(places)
    nested = [
        f"{one} lies in {other}"
        for one in names
        for other in names
        if one != other and places[other].resolve() in (places[one].resolve(), *places[one].resolve().parents)
    ]
    yield Found(
        "keys, data and backups lie apart",
        not nested,
        "; ".join(nested) or "no folder lies within another",
        "Point TROTH_KEYS and TROTH_BACKUPS at folders outside TROTH_HOME, and move the files there.",
        stops=True,
    )
    if settings.TROTH_SECURE_COOKIES:  # a server for more than this machine
        parents = {path.resolve().parent for path in places.values()}
        yield Found(
            "one archive cannot hold them all",
            len(parents) == len(places),
            "each has a parent folder of its own" if len(parents) == len(places) else "some share a parent folder",
            "Put TROTH_KEYS on another volume than TROTH_HOME, and TROTH_BACKUPS on another machine.",
        )


def _mail(at: datetime) -> Iterator[Found]:
    from django.conf import settings

    if settings.TROTH_DEMO or not settings.TROTH_SECURE_COOKIES:
        return  # a clinic of this machine alone writes to nobody
    yield Found(
        "messages can leave",
        bool(settings.TROTH_MAIL_URL),
        "a mail server is set" if settings.TROTH_MAIL_URL else "no mail server is set, so nobody can register",
        "Set TROTH_MAIL_URL, as docs/how-to/operator.md says under Mail.",
    )


def _modes(at: datetime) -> Iterator[Found]:
    from django.conf import settings

    wide = [
        path
        for top in (settings.TROTH_HOME, settings.TROTH_KEYS, settings.TROTH_BACKUPS)
        if top.exists()
        for path in (top, *top.rglob("*"))
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    folders = " ".join(
        str(top) for top in (settings.TROTH_HOME, settings.TROTH_KEYS, settings.TROTH_BACKUPS) if top.exists()
    )
    yield Found(
        "files are their owner's alone",
        not wide,
        f"{len(wide)} files or folders can be read by others" if wide else "modes are 0600 and 0700",
        f"chmod -R go-rwx {folders}",
        stops=any(settings.TROTH_KEYS in (path, *path.parents) for path in wide),
    )


def _tables(at: datetime) -> Iterator[Found]:
    from django.db import DatabaseError, connections

    from troth.copies import tables
    from troth.vault import inventory

    behind = []
    for alias in connections:
        try:
            if tables.count_missing(alias):
                behind.append(alias)
        except DatabaseError as error:
            yield Found(
                f"database {alias} answers",
                False,
                type(error).__name__,
                "Start it, and check TROTH_DATABASE_URL and TROTH_KEYS_DATABASE_URL.",
                stops=True,
            )
            return
    yield Found(
        "databases are up to date",
        not behind,
        f"behind: {', '.join(behind)}" if behind else "both",
        "troth serve brings them up to date when it starts.",
        stops=True,
    )
    if not behind:
        faults = [*inventory.undeclared(), *inventory.misfiled()]
        yield Found(
            "every column is sealed or declared open",
            not faults,
            faults[0] if faults else "every table was looked at",
            f"{len(faults)} in all. Declare them in the model, with a reason, or remove the table.",
            stops=True,
        )


def _ledger(at: datetime) -> Iterator[Found]:
    from django.db import connection

    from troth.ledger.guards import guards_missing
    from troth.ledger.sealing import oldest_unsealed_age

    if "ledger_event" not in connection.introspection.table_names():
        return
    missing = guards_missing(connection)
    yield Found(
        "the ledger's guards stand",
        not missing,
        ", ".join(missing) or "every trigger is as we made it",
        "Find out who removed them, run `troth ledger verify`, then migrate to put them back.",
        stops=True,
    )
    age = oldest_unsealed_age(at)
    waits = age is not None and age > ALARM
    yield Found(
        "events are sealed in time",
        not waits,
        f"the oldest has waited {age}" if waits else "none waits long",
        "troth ledger seal",
    )


def _keys(at: datetime) -> Iterator[Found]:
    from django.conf import settings

    from troth.cli.own_keys import find_foreign
    from troth.vault import keystore, secrets

    masters = secrets.opened().masters
    if _stores_are_there():
        foreign = keystore.list_foreign_masters()
        told = f"master key {' and '.join(map(str, foreign))} here is not the one that wrapped what is stored"
        told = told if foreign else find_foreign()
        yield Found(
            "the master keys go with the data",
            not told,
            told or "a key under each of them opens",
            "Point TROTH_KEYS at the folder of this deployment, or put it back. Write nothing before.",
            stops=True,
        )
    if not masters:
        yield Found("there is a master key", True, "none yet: the first record makes it")
        return
    age = at - masters[max(masters)].made_at
    yield Found(
        "the master key is young enough",
        age <= timedelta(days=settings.TROTH_MASTER_KEY_DAYS),
        f"number {max(masters)} is {age.days} days old, of {settings.TROTH_MASTER_KEY_DAYS}",
        "troth keys turn",
    )


def _stores_are_there() -> bool:
    from django.db import connections

    from troth.vault.keystore import STORE

    return "vault_datakey" in connections[STORE].introspection.table_names()


def _memory(at: datetime) -> Iterator[Found]:
    from troth.work.process import can_be_dumped

    yield Found("memory cannot be dumped", not can_be_dumped(), "core dumps are off for this process", "ulimit -c 0")
    swaps = Path("/proc/swaps")
    used = swaps.read_text().splitlines()[1:] if swaps.exists() else []
    open_to_disk = [line.split()[0] for line in used if not line.startswith(("/dev/zram", "/dev/mapper", "/dev/dm-"))]
    yield Found(
        "memory does not reach the disk",
        not open_to_disk,
        ", ".join(open_to_disk) or "no swap that is not encrypted",
        "swapoff -a, or put swap on an encrypted volume.",
    )
    yield Found(
        "the time is plausible",
        at > datetime(2026, 1, 1, tzinfo=UTC),
        f"{at:%Y-%m-%d %H:%M} UTC",
        "timedatectl set-ntp true",
    )


def _notice(at: datetime) -> Iterator[Found]:
    from django.db import connection

    from troth.notice import selectors as notices

    if "notice_version" not in connection.introspection.table_names():
        return
    version = notices.version_in_force(at)
    yield Found(
        "a notice holds",
        version is not None,
        str(version) if version else "nobody's data may be used yet",
        "troth notice publish FILE",
    )


def _temporary(at: datetime) -> Iterator[Found]:
    import tempfile

    from django.conf import settings

    folder = Path(tempfile.gettempdir()).resolve()
    inside = settings.TROTH_HOME.resolve() in (folder, *folder.parents) or not os.access(folder, os.W_OK)
    yield Found(
        "temporary files have a place of their own", not inside, str(folder), "Set TMPDIR to a folder on tmpfs."
    )


#: With these PostgreSQL's own log names a statement that failed, and never a value that was in it (pitfalls B8).
QUIET = {"log_error_verbosity": "terse", "log_parameter_max_length_on_error": "0", "log_statement": "none"}


def _servers(at: datetime) -> Iterator[Found]:
    from django.db import DatabaseError, connections

    for alias in connections:
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(QUIET)])
                told = dict(cursor.fetchall())
        except DatabaseError:
            continue  # `_tables` says that it does not answer
        wrong = {name: value for name, value in QUIET.items() if told.get(name) != value}
        yield Found(
            f"the server of {alias} logs no values",
            not wrong,
            ", ".join(f"{name} is {told.get(name)}" for name in wrong) or "a failed statement leaves its shape only",
            " ".join(f"ALTER SYSTEM SET {name} = '{value}';" for name, value in wrong.items())
            + " SELECT pg_reload_conf();  (as the server's owner, in psql)",
        )


def _zones(at: datetime) -> Iterator[Found]:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        london = ZoneInfo("Europe/London")
        right = [datetime(2026, month, 1, 12, tzinfo=london).utcoffset() for month in (1, 7)] == [
            timedelta(0),
            timedelta(hours=1),
        ]
        words = "summer and winter time are known" if right else "the zone data here knows no summer time in London"
    except ZoneInfoNotFoundError:
        right, words = False, "this machine brings no zone data, and the package tzdata is missing"
    yield Found(
        "the clocks of London are known",
        right,
        words,
        "make setup  (it installs tzdata; unset PYTHONTZPATH)",
        stops=True,
    )


CHECKS: tuple[Check, ...] = (
    look_at_folders,
    _mail,
    _modes,
    _zones,
    _tables,
    _servers,
    _ledger,
    _keys,
    _notice,
    _memory,
    _temporary,
)
