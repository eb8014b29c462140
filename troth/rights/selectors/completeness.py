"""
Whether a finished copy is complete, reckoned without the code that built it: from the tables that the databases have, the fields
that are declared, and what really lies in the finished ZIP (LAW-3.2). A copy with a fault is not released.
"""

import html
import io
import json
import zipfile
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connections, models

from troth.ledger import selectors as ledger
from troth.ledger.check_export import CheckFailed, check_export
from troth.rights.rules.deceased import is_of_record
from troth.rights.rules.packing import Boxes
from troth.rights.rules.redacting import holds
from troth.rights.selectors.blackening import Unreadable, find_left, words_of
from troth.vault.compartments import get_compartment
from troth.vault.fields import SealedField
from troth.vault.files import StoredFile
from troth.vault.models import Holding, Subject

TEXTS = ("my-data.html", "my-data.json", "my-data.csv", "my-data.fhir.json", "check_export.py", "READ-ME.txt")
OF_THE_DEAD = ("record.html", "record.json", "record.csv", "READ-ME.txt")
#: Of every kind of data: what Article 15(1) wants said of it. The first of several that says something is enough.
_SAID_OF_KINDS = (("for",), ("because",), ("until", "rule"))
#: Of the copy as a whole (Article 15(1)(e) to (h) and 15(2)).
_SAID = ("rights", "complain_to_us", "complain_to_the_regulator", "machines_that_decide", "sources")
MOST = 20  # faults that are said one by one


class SealedReader(io.RawIOBase):
    """A sealed file as a ZIP reader wants it: it goes to any place in it and reads on from there."""

    def __init__(self, stored: StoredFile) -> None:
        super().__init__()
        self._stored, self._at = stored, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._stored.size}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, into: Any) -> int:
        pieces = self._stored.read(self._at, min(self._at + len(into), self._stored.size))
        number = 0
        for piece in pieces:
            into[number : number + len(piece)] = piece
            number += len(piece)
        self._at += number
        return number


def find_faults(
    stored: StoredFile,
    persons: Collection[UUID],
    *,
    before: datetime,
    withheld: Collection[str],
    removed: Mapping[str, Collection[str]],
    words: Mapping[str, Collection[str]],
    everywhere: Collection[str],
    blackened: Mapping[str, Mapping[str, Boxes]],
    of_dead: bool = False,
) -> list[str]:
    """
    A sentence for everything that a finished copy lacks of what is held about these subjects, and for what it still has of what
    was to be removed. Empty: it is complete.

    `before`: what was recorded later is not looked for. `withheld`: entries (hexadecimal) that somebody decided to withhold;
    `removed`: of an entry the files that were decided to go; `words`: those to go from an entry, and `everywhere` from all;
    `blackened`: of an entry the files with rectangles that have to be black, and to have nothing but pixels. `of_dead`: it is the
    record of somebody who died, which has to hold that and nothing else (LAW-4.10).
    """
    with zipfile.ZipFile(io.BufferedReader(SealedReader(stored), 1 << 16)) as archive:
        names = {info.filename: info.file_size for info in archive.infolist()}
        texts = OF_THE_DEAD if of_dead else TEXTS
        faults = [f"The file {name} is missing." for name in texts if not names.get(name)]
        if faults:
            return faults
        document = json.loads(archive.read("record.json" if of_dead else "my-data.json"))
        rows = _rows(persons, before)
        if of_dead:
            rows = {table: held for table, held in rows.items() if _is_of_record(held[0])}
            faults += list(_faults_of_more(document, names, rows))
        else:
            faults += list(_faults_of_article(document))
        faults += list(_faults_of_rows(document, names, rows, set(withheld), removed))
        faults += list(_faults_of_words(document, archive, texts, words, everywhere))
        faults += list(_faults_of_boxes(document, archive, blackened))
        for number, person in enumerate(() if of_dead else persons):
            faults += _faults_of_ledger(archive, f"who-looked{f'-{number + 1}' if number else ''}.json", person)
    left = len(faults) - MOST
    return faults if left <= 0 else [*faults[:MOST], f"There are {left} more."]


def count_rows(persons: Collection[UUID], *, before: datetime) -> dict[str, int]:
    """How many rows every table of the databases has about these subjects: where was looked (LAW-1.18)."""
    return {
        table: len(found) for table, (_, found) in _rows(persons, before).items()
    }  # empty tables too: that nothing was found there is part of the record


def _faults_of_article(document: Mapping[str, Any]) -> Iterator[str]:
    for kind in document.get("uses", []):
        for names in _SAID_OF_KINDS:
            if not any(kind.get(name) for name in names):
                yield f"Of “{kind.get('title')}” it does not say {' or '.join(names)} (Article 15)."
        for name in ("seen_by", "may_be_passed_to"):
            if name not in kind:
                yield f"Of “{kind.get('title')}” it does not say {name.replace('_', ' ')} (Article 15)."
    kinds = {kind.get("category") for kind in document.get("uses", [])}
    for category in sorted({each["category"] for each in document.get("held", [])} - kinds):
        yield f"It says nothing of why “{category}” is held (Article 15)."
    said = document.get("rights") or {}
    for name in _SAID:
        if not said.get(name):
            yield f"It does not say: {name.replace('_', ' ')} (Article 15)."
    for name in ("passed_on", "choices", "confirmed", "controller"):
        if name not in document:
            yield f"It does not say: {name.replace('_', ' ')} (Article 15)."
    for each in document.get("held", []):
        if not each.get("source"):
            yield f"An entry ({each.get('kind')}) does not say where it came from (Article 15(1)(g))."


def _faults_of_more(
    document: Mapping[str, Any], names: Mapping[str, int], rows: Mapping[str, tuple[Any, Mapping[str, Any]]]
) -> Iterator[str]:
    """What whoever applies for the record of somebody who died is not given, whatever else is held."""
    of_record = {(model._meta.label_lower, row) for model, found in rows.values() for row in found}
    for each in document["held"]:
        if (each["type"], each["id"]) not in of_record:
            yield f"An entry is no part of the record: {each['kind']} {each['id'][:8]}."
    for name in set(names) & set(TEXTS) - set(OF_THE_DEAD):
        yield f"{name} is no part of the record."


def _is_of_record(model: type[models.Model] | None) -> bool:
    if model is None or not issubclass(model, Holding):
        return False
    return any(is_of_record(get_compartment(name).category, name) for name in model.compartments())


def _faults_of_rows(
    document: Mapping[str, Any],
    names: Mapping[str, int],
    rows: Mapping[str, tuple[type[models.Model] | None, Mapping[str, set[str]]]],
    withheld: set[str],
    removed: Mapping[str, Collection[str]],
) -> Iterator[str]:
    told = {(each["type"], each["id"]): each for each in document["held"]}
    for table, (model, found) in rows.items():
        if model is None:
            if found:
                yield f"The table {table} has rows about the person, and nothing knows how to read it."
            continue
        fields, files = _declared(model)
        for row, filled in found.items():
            each = told.get((model._meta.label_lower, row))
            called = str(getattr(model, "called", model._meta.verbose_name))
            if each is None:
                yield f"An entry is missing: {called} {row[:8]}."
            elif each.get("held_back"):
                if row not in withheld:
                    yield f"An entry has no content, and nobody decided that: {called} {row[:8]}."
            else:
                here = {field["name"] for field in each["fields"]}
                for name in sorted(fields - here):
                    yield f"A field is missing: {name} of {called} {row[:8]}."
                gone = removed.get(row, ())
                wanted = {name for name in files if name in filled and name not in gone}
                if len(each["files"]) < len(wanted):
                    yield f"A file is missing: {called} {row[:8]}."
                for file in each["files"]:
                    if names.get(file["path"]) != file["size"]:
                        yield f"The file {file['path']} is not in it, or not whole."


def _faults_of_words(
    document: Mapping[str, Any],
    archive: zipfile.ZipFile,
    texts: Collection[str],
    words: Mapping[str, Collection[str]],
    everywhere: Collection[str],
) -> Iterator[str]:
    for each in document["held"]:
        gone = [*everywhere, *words.get(each["id"], ())]
        if holds(each, gone):
            yield f"Words that were to be removed still stand in an entry: {each['kind']} {each['id'][:8]}."
        for file in each["files"] if gone else ():
            yield from _faults_of_file(archive, file, gone)
    for name in (each for each in texts if each.endswith((".html", ".csv", ".fhir.json"))):
        if everywhere and holds(html.unescape(archive.read(name).decode("utf-8-sig")), everywhere):
            yield f"Words that were to be removed still stand in {name}."


def _faults_of_file(archive: zipfile.ZipFile, file: Mapping[str, Any], gone: Collection[str]) -> Iterator[str]:
    """What can be read in a file although it was to go. A PDF that cannot be read is left to whoever read it and let it go."""
    try:
        pages = words_of(archive.read(file["path"]), file["media_type"])
    except (KeyError, Unreadable):
        return
    for number, page in enumerate(pages, 1):
        if holds(page, gone):
            where = f"on page {number} of" if number < len(pages) else "in"
            yield f"Words that were to be removed can still be read {where} {file['name'] or file['path']}: blacken them there."


def _faults_of_boxes(
    document: Mapping[str, Any], archive: zipfile.ZipFile, blackened: Mapping[str, Mapping[str, Boxes]]
) -> Iterator[str]:
    for each in document["held"]:
        for file in each["files"]:
            boxes = blackened.get(each["id"], {}).get(file["field"])
            if not boxes:
                continue
            try:
                left = find_left(archive.read(file["path"]), boxes)
            except (KeyError, Unreadable):
                left = ["what nobody can read"]
            for found in left:
                yield f"In {file['path']}, out of which something was removed, there is still {found}."


def _faults_of_ledger(archive: zipfile.ZipFile, name: str, person: UUID) -> list[str]:
    try:
        listed = json.loads(archive.read(name))
        check_export(listed)
    except (KeyError, ValueError, CheckFailed) as wrong:
        return [f"The events about them do not check: {type(wrong).__name__}."]
    known = ledger.count_about(person.hex)
    if not 0 < len(listed["events"]) <= known:
        return [f"It has {len(listed['events'])} of {known} events about them."]
    return []


def _declared(model: type[models.Model]) -> tuple[set[str], set[str]]:
    """The fields that a copy has to name, and those that are files."""
    not_copied = getattr(model, "not_copied", {})
    opened = getattr(model, "open_fields", {})
    fields, files = set(), set()
    for field in model._meta.concrete_fields:
        if isinstance(field, SealedField) and field.kind is StoredFile and field.name not in not_copied:
            files.add(field.name)
        elif isinstance(field, SealedField) or field.attname in opened:
            fields.add(field.name)
    return fields, files


def _rows(
    persons: Collection[UUID], before: datetime
) -> dict[str, tuple[type[models.Model] | None, dict[str, set[str]]]]:
    """Every table that points at a subject, its model, and each row about these subjects with its filled columns."""
    known = {model._meta.db_table: model for model in apps.get_models() if issubclass(model, Holding)}
    found: dict[str, tuple[type[models.Model] | None, dict[str, set[str]]]] = {}
    for alias in connections:
        connection = connections[alias]
        with connection.cursor() as cursor:
            for table in sorted(connection.introspection.table_names(cursor)):
                columns = [each.name for each in connection.introspection.get_table_description(cursor, table)]
                if "subject_id" not in columns or table == Subject._meta.db_table:
                    continue
                key: models.Field[Any, Any] = models.UUIDField()
                subjects = [key.get_db_prep_value(person, connection) for person in persons]
                marks = ", ".join(["%s"] * len(subjects))
                dated = " AND recorded_at < %s" if "recorded_at" in columns else ""
                moment = [connection.ops.adapt_datetimefield_value(before)] if dated else []
                quoted = ", ".join(connection.ops.quote_name(each) for each in columns)
                cursor.execute(
                    f"SELECT {quoted} FROM {connection.ops.quote_name(table)} WHERE subject_id IN ({marks}){dated}",  # noqa: S608
                    [*subjects, *moment],
                )
                rows = {}
                for row in cursor.fetchall():
                    values = dict(zip(columns, row, strict=True))
                    name = values["id"].hex if isinstance(values["id"], UUID) else str(values["id"])
                    rows[name] = {column for column, value in values.items() if value is not None}
                model = known.get(table)
                if model is not None and hasattr(
                    model, "may_be_read"
                ):  # of the rest its person is not to learn, or not yet
                    read = model._base_manager.filter(model.may_be_read(before, persons), subject_id__in=persons)
                    kept = {each.hex for each in read.values_list("pk", flat=True)}
                    rows = {name: filled for name, filled in rows.items() if name in kept}
                found[table] = (model, rows)
    return found
