"""What the stores show of how personal data lies at rest."""

import os
import stat
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connections

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.copies import destinations, disposing
from troth.notice import selectors as notices
from troth.vault import compartments, intact, inventory, orphans, turning
from troth.vault.fields import SealedField
from troth.vault.keystore import STORE
from troth.vault.models import Holding, all_holdings
from troth.vault.sealing import STEP, VERSION

_SAMPLE = 40  # rows of each table
_TAG_AND_NONCE = 1 + 12 + 16


@check("vault.columns", looks_at="every column of every table in both databases")
def columns(question: Question) -> Finding:
    """Every column is sealed or declared open with a reason, and every holding lies in one compartment."""
    faults = [*inventory.undeclared(), *inventory.misfiled()]
    held = list(all_holdings())
    sealed = sum(len(model.sealed_fields()) for model in held)
    counts = {"tables_about_people": len(held), "sealed_columns": sealed, "faults": len(faults)}
    if faults:
        return Finding(
            False,
            f"{counted(len(faults), 'column or table', 'columns or tables')} with no category and no reason",
            counts,
        )
    return Finding(
        True,
        f"All {len(held)} tables about people have their category: {sealed} columns are sealed, the rest open with a reason",
        counts,
    )


@check("vault.sealed", looks_at="the newest rows of every table about people, as they lie in the database")
def sealed(question: Question) -> Finding:
    """What lies in a sealed column is ciphertext: it has the version, a nonce, a tag and the padded length."""
    looked = bare = 0
    for model in all_holdings():
        for blob in _stored(model):
            looked += 1
            bare += not _is_sealed(blob)
    counts = {"values": looked, "not_sealed": bare}
    if bare:
        return Finding(False, f"{counted(bare, 'value')} that should be sealed can be read in the database", counts)
    return Finding(True, f"Looked at {counted(looked, 'stored value')}: each is sealed with AES-256", counts)


@check(
    "vault.files",
    looks_at="every stored file, in its place, and who names it; the newest and one night's share, opened",
    scheduled=True,
)
def stored_files(question: Question) -> Finding:
    """
    Each file that a row names lies there whole; what was written last, and in turn every other, opens to its end. None lies there
    that nothing names, for longer than the nightly job leaves one.
    """
    looked = intact.look_at_files(night=question.at.toordinal())
    counts = {
        "files": looked.files,
        "opened": looked.opened,
        "not_there_whole": looked.missing,
        "do_not_open": looked.damaged,
    }
    if looked.missing or looked.damaged:
        faults = [
            *([f"{counted(looked.missing, 'stored file')} gone or of another length"] if looked.missing else []),
            *(
                [f"{counted(looked.damaged, 'stored file')} changed, so that it does not open"]
                if looked.damaged
                else []
            ),
        ]
        return Finding(False, " and ".join(faults), counts)
    try:
        counts["named_by_nothing"] = len(orphans.list_orphans(before=question.at - 2 * orphans.LEFT_FOR))
    except orphans.NotKnown:
        return Finding(False, "A record with a stored file does not say where that lies: its key is gone", counts)
    if counts["named_by_nothing"]:
        left = counted(counts["named_by_nothing"], "stored file")
        return Finding(False, f"{left} that no record names, and that should have been destroyed by now", counts)
    if not looked.files:
        return Finding(True, "No file is stored yet", counts)
    return Finding(
        True, f"Of {counted(looked.files, 'stored file')} each lies there whole, and {looked.opened:,} opened", counts
    )


@check(
    "vault.key_each", looks_at="every row with something sealed in it, and the keys in the key store", scheduled=True
)
def key_each(question: Question) -> Finding:
    """
    Keys are of a person and a kind of data each: none is shared, each is wrapped by a master key that exists, and none is gone but
    by a disposal. One that is lost is still in the backups, for as long as these are kept.
    """
    known = {made.name for made in compartments.list_compartments()}
    masters = {entry.number for entry in turning.status()}
    with connections[STORE].cursor() as cursor:
        cursor.execute(
            "SELECT compartment, master, count(*), count(DISTINCT subject) FROM vault_datakey GROUP BY compartment, master"
        )
        rows = cursor.fetchall()
    strange = [row for row in rows if row[0] not in known or row[1] not in masters]
    lost = disposing.list_lost()
    counts = {
        "keys": sum(row[2] for row in rows),
        "kinds": len({row[0] for row in rows}),
        "strange": len(strange),
        "rows_without_their_key": len(lost),
    }
    if strange:
        return Finding(False, "Keys are stored that no declared kind of data, or no master key, belongs to", counts)
    if lost:
        return Finding(
            False,
            f"{counted(len(lost), 'row')} that cannot be opened: the key is gone, and no disposal took it",
            counts,
        )
    return Finding(
        True,
        f"{counted(counts['keys'], 'key')} for {counted(counts['kinds'], 'kind')} of data, one for each person and kind",
        counts,
    )


@check("vault.keys_turned", looks_at="the master keys, and the number of days that the notice states")
def keys_turned(question: Question) -> Finding:
    """
    The master key is turned within the days that the notice states, and none outlives its backups: what is destroyed can be read in
    none after both times together.
    """
    version = notices.version_in_force(question.at)
    stated = notices.notice_of(version).retention.master_key_days if version else None
    days, longest = settings.TROTH_MASTER_KEY_DAYS, turning.longest_reach()
    if stated is not None and days > stated:
        return Finding(
            False, f"The notice says {stated} days and the setting says {days}", {"stated": stated, "set": days}
        )
    masters = turning.status()
    if not masters:
        return Finding(False, "There is no master key")
    age = (question.at - masters[-1].made_at).days
    overdue = [
        entry for entry in masters if entry.destroyed_from and question.at > entry.destroyed_from + timedelta(days=1)
    ]
    counts = {"days_old": age, "days_promised": days, "master_keys": len(masters), "overdue": len(overdue)}
    if question.at > masters[-1].made_at + timedelta(days=days):
        return Finding(False, f"The master key is {age} days old, of {days}", counts)
    if overdue:
        return Finding(False, f"{counted(len(overdue), 'old master key')} should have been destroyed by now", counts)
    return Finding(
        True,
        f"The master key is {age} days old, of {days}; no backup outlives a destruction by more than {longest.days}",
        counts,
    )


@check("vault.keys_apart", looks_at="where keys, data and backups lie, and who may read the key files")
def keys_apart(question: Question) -> Finding:
    """Keys lie outside the data and outside the backups, in files that their owner alone may read."""
    places = {"data": settings.TROTH_HOME, "keys": settings.TROTH_KEYS, "backups": settings.TROTH_BACKUPS}
    resolved = {name: Path(place).resolve() for name, place in places.items()}
    nested = [
        f"{one} within {other}"
        for one, place in resolved.items()
        for other, outer in resolved.items()
        if one != other and outer in (place, *place.parents)
    ]
    if nested:
        return Finding(False, f"Kept {nested[0]}, so one loss would take both", {"nested": len(nested)})
    files = [path for path in resolved["keys"].rglob("*") if path.is_file()]
    wide = [path for path in (resolved["keys"], *files) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    counts = {"key_files": len(files), "readable_by_others": len(wide)}
    if wide:
        return Finding(
            False,
            f"{counted(len(wide), 'file or folder of keys', 'files or folders of keys')} can be read by others on this machine",
            counts,
        )
    if not files:
        return Finding(False, "There is no key file", counts)
    strayed = _copies_of(files, (resolved["data"], *destinations.list_destinations()))
    if strayed:
        return Finding(
            False,
            f"{counted(strayed, 'copy', 'copies')} of a key beside the data or the backups, so one loss would take both",
            {**counts, "copies_beside_the_data": strayed},
        )
    return Finding(True, "Keys lie apart from data and backups, in files of their owner alone", counts)


def _copies_of(keys: list[Path], places: tuple[Path, ...]) -> int:
    """How many files under these places are a key file to the byte. Sealed files are passed over: they are many, and ours alone."""
    contents = {path.read_bytes() for path in keys}
    sizes, found = {len(content) for content in contents}, 0
    for place in places:
        for folder, within, names in os.walk(place):
            if Path(folder) == place and "files" in within:
                within.remove("files")
            for name in names:
                with suppress(FileNotFoundError):  # the database's own log comes and goes
                    path = Path(folder) / name
                    found += path.stat().st_size in sizes and path.read_bytes() in contents
    return found


@check("vault.stamps", looks_at="who wrote each row about people and when, in every table")
def stamps(question: Question) -> Finding:
    """Every row says who wrote it and when; none lies in the future, and none was changed before it was written."""
    rows = wrong = 0
    for model in all_holdings():
        held = model._base_manager
        rows += held.count()
        wrong += held.filter(recorded_at__gt=question.at + timedelta(minutes=5)).count()
        wrong += sum(
            1 for made, changed in held.values_list("recorded_at", "changed_at").iterator() if changed < made
        )
        wrong += held.filter(recorded_by="").count()
    counts = {"rows": rows, "wrong": wrong}
    if wrong:
        return Finding(False, f"{counted(wrong, 'row')} with a date or author that cannot be right", counts)
    return Finding(True, f"All {counted(rows, 'row')} carry who wrote them and when", counts)


@check("vault.rules", looks_at="every kind of data that is held, and the rules of keeping in the notice")
def rules(question: Question) -> Finding:
    """Every compartment is kept by a rule that the notice in force states, with a period, a reason and a source."""
    known = notices.retention_rules(notices.register_in_force(question.at))
    holding = _holding_something()
    used = {made.retention for made in compartments.list_compartments() if made.name in holding}
    lost = sorted(used - set(known))
    bare = sorted(name for name in used & set(known) if not (known[name].limbs and known[name].source))
    counts = {"rules_used": len(used), "not_in_the_notice": len(lost), "without_period_or_source": len(bare)}
    if lost or bare:
        return Finding(
            False,
            f"Data is held under rules that the notice does not give in full: {', '.join([*lost, *bare])}",
            counts,
        )
    return Finding(
        True,
        f"All {len(used)} rules that data is held by stand in the notice, with period, reason and source",
        counts,
    )


def _holding_something() -> set[str]:
    """The compartments in which something is held about somebody: those that have a key."""
    with connections[STORE].cursor() as cursor:
        cursor.execute("SELECT DISTINCT compartment FROM vault_datakey")
        return {name for (name,) in cursor.fetchall()}


def _stored(model: type[Holding]) -> list[bytes]:
    """Sealed columns of the newest rows, as they lie there: read past the fields, which would open them."""
    names = [field.column for field in model._meta.concrete_fields if isinstance(field, SealedField)]
    if not names:
        return []
    connection = connections["default"]
    quoted = ", ".join(connection.ops.quote_name(name) for name in names)
    table = connection.ops.quote_name(model._meta.db_table)
    query = f"SELECT {quoted} FROM {table} ORDER BY recorded_at DESC LIMIT {_SAMPLE}"  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [_bytes(value) for row in cursor.fetchall() for value in row if value is not None]


def _bytes(value: object) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)  # type: ignore[call-overload]


def _is_sealed(blob: bytes) -> bool:
    return blob[:1] == VERSION and len(blob) > _TAG_AND_NONCE and (len(blob) - _TAG_AND_NONCE) % STEP == 0
