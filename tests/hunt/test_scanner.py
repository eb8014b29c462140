"""The scanner can fail: plaintext is planted on purpose in each kind of place, and each is found."""

import base64
import bz2
import datetime as dt
import gzip
import io
import json
import logging
import lzma
import sqlite3
import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection, connections

from tests.hunt import needles
from tests.hunt.places import hunt_server, server_folder
from tests.hunt.scanner import DEPTH, Scanner
from tests.stores import Home

WORD = needles.coined()
ACCENTED = f"{needles.coined(3)}ö{needles.coined(5)}"
DAY = dt.date(1903, 5, 17)
SENTENCE = f"A letter for {WORD.capitalize()} O'{ACCENTED.capitalize()}, and nobody else."


def scanner() -> Scanner:
    return Scanner(
        [
            needles.of_word("word", WORD),
            needles.of_word("accented", ACCENTED),
            needles.of_date("day", DAY),
            needles.of_decimal("decimal", Decimal("71.1234069371")),
            needles.of_digits("number", "7301940612345"),
            needles.of_digits("NHS number", "9434765870"),
            needles.of_choice("choice", "plimsoll-taupe"),
        ]
    )


def names(found: object) -> set[str]:
    return {each.needle for each in found}  # type: ignore[attr-defined]


def zipped(content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", method) as archive:
        archive.writestr("letter.txt", b"padding " * 50 + content)
    return kept.getvalue()


def tarred(content: bytes) -> bytes:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w:gz") as archive:
        entry = tarfile.TarInfo("letter.txt")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return kept.getvalue()


def pdf(content: bytes) -> bytes:
    """A page whose words are kerned, as typesetters write them, in a compressed stream."""
    shown = b"BT /F1 12 Tf [" + b"-20".join(b"(%c)" % letter for letter in content) + b"]TJ ET"
    stream = zlib.compress(shown)
    return b"%%PDF-1.7\n1 0 obj <</Length %d /Filter /FlateDecode>>\nstream\n%s\nendstream\nendobj" % (
        len(stream),
        stream,
    )


FOLDINGS: dict[str, Callable[[bytes], bytes]] = {
    "as it is": bytes,
    "capitals": bytes.upper,
    "UTF-16, small end first": lambda told: told.decode().encode("utf-16-le"),
    "UTF-16, big end first": lambda told: told.decode().encode("utf-16"),
    "UTF-32": lambda told: told.decode().encode("utf-32"),
    "ZIP": zipped,
    "a ZIP torn in two": lambda told: zipped(told)[:-30],
    "a ZIP by bzip2": lambda told: zipped(told, zipfile.ZIP_BZIP2),
    "a ZIP in a ZIP": lambda told: zipped(zipped(told)),
    "gzip": gzip.compress,
    "a gzipped tar": tarred,
    "zlib, quick": lambda told: zlib.compress(told, 1),
    "zlib, small": lambda told: zlib.compress(told, 9),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "base64": base64.b64encode,
    "base64 in lines": base64.encodebytes,
    "base64 of addresses": base64.urlsafe_b64encode,
    "base64 of gzip": lambda told: base64.b64encode(gzip.compress(told)),
    "hexadecimal": lambda told: told.hex().encode(),
    "hexadecimal with gaps": lambda told: told.hex(":").encode(),
    "bytes of PostgreSQL as text": lambda told: b"\\x" + told.hex().encode(),
    "an address": lambda told: quote(told).encode(),
    "an address, every byte": lambda told: b"".join(b"%%%02X" % byte for byte in told),
    "JSON in ASCII": lambda told: json.dumps(told.decode()).encode(),
    "JSON, every letter": lambda told: (
        b'{"a": "' + b"".join(b"\\u%04x" % ord(letter) for letter in told.decode()) + b'"}'
    ),
    "Python's escapes": lambda told: b"".join(b"\\x%02x" % byte for byte in told),
    "octal escapes": lambda told: b"".join(b"\\%03o" % byte for byte in told),
    "entities": lambda told: "".join(f"&#{ord(letter)};" for letter in told.decode()).encode(),
    "quoted-printable": lambda told: b"Content: 1\n" + b"".join(b"=%02X" % byte for byte in told),
    "a PDF": pdf,
}


@pytest.mark.parametrize("folding", FOLDINGS)
def test_word_is_found_under_every_folding(folding: str) -> None:
    noise = bytes(range(256)) * 3
    hidden = FOLDINGS[folding](SENTENCE.encode())
    around = b"" if folding in {"entities", "quoted-printable"} else noise
    assert "word" in names(scanner().scan_bytes("here", around + hidden + around))
    assert not scanner().scan_bytes("here", around + FOLDINGS[folding](b"A letter for nobody at all.") + around)


def test_what_is_folded_deeper_than_is_looked_is_not_found() -> None:
    told = SENTENCE.encode()
    for _ in range(DEPTH):
        told = base64.b64encode(told)
    assert "word" in names(scanner().scan_bytes("here", told))
    assert not scanner().scan_bytes("here", base64.b64encode(told))


@pytest.mark.parametrize(
    "spelled",
    [
        ACCENTED,
        ACCENTED.upper(),
        needles._bare(ACCENTED),
        json.dumps(ACCENTED),
        quote(ACCENTED),
        quote(ACCENTED, encoding="latin-1"),
        ACCENTED.replace("ö", "o\u0308"),
        ACCENTED.replace("ö", "&ouml;"),
        ACCENTED.replace("ö", "&#246;"),
    ],
    # The words are coined anew for each run, and both workers must call the tests the same.
    ids=["plain", "upper", "bare", "json", "url", "latin", "combining", "entity", "number"],
)
def test_accent_is_found_however_it_is_written(spelled: str) -> None:
    assert names(scanner().scan_bytes("here", f"for {spelled} only".encode())) == {"accented"}
    assert names(scanner().scan_bytes("here", b"\1" + spelled.encode("utf-16-be"))) == {"accented"}


@pytest.mark.parametrize("length", range(1, len(WORD) + 1))
def test_part_of_a_name_longer_than_the_index_may_know_is_found(length: int) -> None:
    cell = f"part:{WORD[:length]}"
    assert bool(scanner().scan_cell("here", cell)) is (length > needles.TOKEN)


@pytest.mark.parametrize(
    "written",
    [
        "1903-05-17",
        "1903-05-17T09:30:00+00:00",
        "19030517",
        "17/05/1903",
        "17/5/1903",
        "17.05.1903",
        "17-05-1903",
        "05/17/1903",
        "17 May 1903",
        "17-May-1903",
        "May 17, 1903",
        "Born 17 MAY 1903",
        "-2102630400",
        "-2102630400000",
        "-2102630400.0",
    ],
)
def test_day_is_found_as_people_and_machines_write_it(written: str) -> None:
    assert names(scanner().scan_bytes("here", written.encode())) == {"day"}


@pytest.mark.parametrize(
    "value", [DAY, dt.datetime(1903, 5, 17, 9, 30), 2416252, 2416251.5, 694827, -24336, {"born": [2416252]}]
)
def test_day_is_found_in_a_cell_of_its_own_type(value: object) -> None:
    assert names(scanner().scan_cell("here", value)) == {"day"}


@pytest.mark.parametrize(
    "value",
    [
        Decimal("71.1234069371"),
        71.1234069371,
        Decimal("71.1234"),
        "71.123",
        "71,1234069371",
        {"kg": "71.1234069371"},
        struct.pack("<d", 71.1234069371),
        struct.pack(">d", 71.1234069371),
    ],
)
def test_decimal_is_found(value: object) -> None:
    assert names(scanner().scan_cell("here", value)) == {"decimal"}


@pytest.mark.parametrize(
    "value",
    [
        7301940612345,
        "7301940612345",
        "7,301,940,612,345",
        [1, [7301940612345]],
        (7301940612345).to_bytes(8, "little"),
        (7301940612345).to_bytes(6, "big"),
    ],
)
def test_integer_is_found(value: object) -> None:
    assert names(scanner().scan_cell("here", value)) == {"number"}


@pytest.mark.parametrize("written", ["9434765870", "943 476 5870", "943-476-5870"])
def test_nhs_number_is_found_however_it_is_spaced(written: str) -> None:
    assert names(scanner().scan_bytes("here", written.encode())) == {"NHS number"}


def test_choice_is_found_as_a_cell_or_in_a_document_and_not_in_a_sentence() -> None:
    for cell in (
        "plimsoll-taupe",
        "Plimsoll-Taupe",
        {"colour": "plimsoll-taupe"},
        '["plimsoll-taupe"]',
        {"plimsoll-taupe": 1},
    ):
        assert names(scanner().scan_cell("here", cell)) == {"choice"}
    assert not scanner().scan_cell("here", "One of: plimsoll-taupe, red, green.")


# -- places --------------------------------------------------------------------------------------------------------------
def test_archive_in_a_folder_and_the_name_of_a_file_are_found(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "export.bin").write_bytes(zipped(SENTENCE.encode()))
    assert {Path(each.place).name for each in scanner().scan_folder(tmp_path)} == {"export.bin"}
    (tmp_path / "deep" / "er" / "export.bin").unlink()
    assert not scanner().scan_folder(tmp_path)
    (tmp_path / f"letter-{WORD}.txt").write_bytes(b"")
    assert "word" in names(scanner().scan_folder(tmp_path))


def test_file_written_before_the_hunt_began_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_text(SENTENCE)
    written = path.stat().st_mtime
    assert "word" in names(Scanner(scanner().needles, since=written).scan_folder(tmp_path))
    assert not Scanner(scanner().needles, since=written + 1).scan_folder(tmp_path)


def test_base64_in_a_log_is_found(tmp_path: Path) -> None:
    stream = tmp_path / "stderr.log"
    handler = logging.FileHandler(stream)
    logger = logging.Logger("hunt")
    logger.addHandler(handler)
    logger.warning("attachment %s could not be sent", base64.b64encode(SENTENCE.encode()).decode())
    handler.close()
    assert "word" in names(scanner().scan_file(stream))


def test_page_of_a_write_ahead_log_is_found(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "clinic.sqlite3", isolation_level=None)) as store:
        store.execute("PRAGMA journal_mode=WAL")
        store.execute("CREATE TABLE letter (id INTEGER PRIMARY KEY, words TEXT)")
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.execute("INSERT INTO letter (words) VALUES (?)", [SENTENCE])
        store.execute("UPDATE letter SET words = 'gone'")
        places = {Path(each.place).name for each in scanner().scan_folder(tmp_path) if each.needle == "word"}
        assert places == {"clinic.sqlite3-wal"}


def plain_table(alias: str, words: str) -> None:
    """Three times, for a log is cut into pages, and one of three stands whole whatever the cut."""
    with connections[alias].cursor() as cursor:
        cursor.execute("CREATE TABLE hunt_letter (id INTEGER PRIMARY KEY, words TEXT)")
        for number in range(3):
            cursor.execute("INSERT INTO hunt_letter VALUES (%s, %s)", [number, words])


@pytest.mark.parametrize("alias", ["default", "keys"])
def test_long_column_that_compresses_is_found_through_sql(committed_db: Home, alias: str) -> None:
    begun = scanner()
    assert not begun.scan_database(connections[alias])
    assert begun.searched.cells > 10
    filler = "The weather of that week was dry and of no interest to anybody. " * 80
    plain_table(alias, f"{filler}{SENTENCE}{filler}")
    places = {each.place for each in scanner().scan_database(connections[alias]) if each.needle == "word"}
    assert {place.replace('"', "").replace("public.", "") for place in places} == {f"{alias}.hunt_letter.words"}


def test_compressed_column_of_postgresql_is_out_of_sight_of_a_raw_search(committed_db: Home) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL compresses long columns; SQLite does not")
    filler = "The weather of that week was dry and of no interest to anybody. " * 160
    plain_table("default", filler + " ".join(WORD[:2] + WORD for _ in range(3)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_filepath('hunt_letter'), pg_column_size(words) FROM hunt_letter")
        path, size = cursor.fetchone()
    assert size < 2_000
    heap = server_folder(connection) / path
    assert heap.stat().st_size > 0
    assert "word" in names(scanner().scan_database(connection))


def test_short_column_is_found_in_the_files_and_the_log_of_the_server(committed_db: Home) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server")
    recent = Scanner(scanner().needles, since=time.time() - 1)
    with connection.cursor() as cursor:
        # The throwaway cluster answers a commit before its log is written; here the log is what we look at.
        cursor.execute("SET synchronous_commit = on")
    plain_table("default", SENTENCE)
    places = [each.place for each in hunt_server(recent, connection) if each.needle == "word"]
    assert any("/pg_wal/" in place for place in places)
    assert any("/base/" in place for place in places)
