"""
The copy that a person takes away: a ZIP of a page to read, a file for machines, a table, their files, and the ledger's events
about them with a checker that works without us (LAW-3.1, LAW-3.2).

It is never in the clear on disk: the ZIP is written straight to whoever asked, and a file is opened chunk by chunk on its way.
What is about their health and was not released is listed without its content (LAW-4.5).
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string

from troth.design.documents import json_of
from troth.gate.contexts import Opened
from troth.law.calendar import LONDON
from troth.ledger import check_export, proving
from troth.rights.selectors.assembling import HELD_BACK, Assembled, assemble, table_of
from troth.rights.selectors.fhir import bundle_of
from troth.rights.selectors.holdings import everything_about
from troth.rights.selectors.places import places_of
from troth.vault.categories import Category
from troth.vault.files import StoredFile

RECORD_NAME = "record.zip"
#: How hard the texts are compressed while somebody waits: the file is a tenth larger than it could be.
QUICKLY = 3
NAME = "my-data.zip"  # says nothing of health or of whose it is (pitfalls B18)


@dataclass(frozen=True)
class Copy:
    """A copy ready to go: small texts whole, files still sealed. Its pieces may be read once, after the context has closed."""

    texts: dict[str, bytes]
    files: tuple[tuple[str, StoredFile], ...]
    digest: str  # SHA-256 of the file for machines
    held_back: int
    made_at: datetime
    kinds: frozenset[Category] = frozenset()  # of which something is in it

    def pieces(self) -> Iterator[bytes]:
        """Yield the ZIP, piece by piece, as it is made."""
        pipe = _Pipe()
        moment = self.made_at.astimezone(LONDON).timetuple()[:6]
        with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.texts.items():
                archive.writestr(_info(name, moment), content, compresslevel=QUICKLY)
                yield pipe.taken()
            for name, stored in self.files:
                with archive.open(_info(name, moment), "w", force_zip64=stored.size > 2**31) as entry:
                    for piece in stored.read():
                        entry.write(piece)
                        yield pipe.taken()
                yield pipe.taken()
        yield pipe.taken()


class _Pipe(io.RawIOBase):
    """Where the ZIP is written: memory, emptied after each piece."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._waiting += piece
        return len(piece)

    def taken(self) -> bytes:
        """What was written since the last time."""
        piece = bytes(self._waiting)
        self._waiting.clear()
        return piece


def _info(name: str, moment: tuple[int, ...]) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, moment)  # type: ignore[arg-type]
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def make_copy(subject: UUID, opened: Opened, *, at: datetime, reviewed: bool = False) -> Copy:
    """
    Gather everything held about a person into a copy (LAW-3.1). `reviewed`: a health professional has let all of it go (LAW-4.5).

    :raises Refused: this context may not export one of the kinds that are held.
    """
    places = places_of(subject)
    things = everything_about(subject, opened, places=places)
    left_out = {} if reviewed else {thing.id: HELD_BACK for thing in things if not thing.released}
    return zip_of(assemble((subject,), things, opened, at=at, left_out=left_out, places={subject: places}))


def zip_of(made: Assembled, *, papers: Iterable[tuple[str, StoredFile]] = ()) -> Copy:
    """Make a copy of what was assembled, with further sealed files, such as the parts to print."""
    data = json_of(made.document)
    html = render_to_string("rights/copy.html", made.page)
    if made.of_dead:
        record = {
            "record.html": html.encode(),
            "record.json": data,
            "record.csv": table_of(made.document),
            "READ-ME.txt": _OF_THE_DEAD.encode(),
        }
        digest = hashlib.sha256(data).hexdigest()
        return Copy(record, (*papers, *made.files), digest, len(made.page["left_out"]), made.at)
    bundle = bundle_of(made.document)
    texts = {
        "my-data.html": html.encode(),
        "my-data.json": data,
        "my-data.csv": table_of(made.document),
        "my-data.fhir.json": json_of(bundle),
        **{
            f"who-looked{'' if not number else f'-{number + 1}'}.json": proving.export_person(person.hex, made.at)
            for number, person in enumerate(made.persons)
        },
        "check_export.py": Path(check_export.__file__).read_bytes(),
        "READ-ME.txt": _READ_ME.encode(),
    }
    return Copy(texts, (*papers, *made.files), hashlib.sha256(data).hexdigest(), len(made.page["left_out"]), made.at)


_READ_ME = """\
my-data.html      everything we hold about you, to read in any browser
my-data.json      the same for another clinic's computer
my-data.fhir.json what of it clinics exchange in the form FHIR R4
my-data.csv       the same for a spreadsheet
paper/            the same to print, where we made it for a request
files/            the files themselves
who-looked.json   every event about you in our ledger, with proofs; what is done to protect somebody from serious harm
                  is numbered by itself and shown later, for everybody alike (DPA 2018 Schedule 3 paragraph 5)
check_export.py   checks who-looked.json without us: python check_export.py who-looked.json
                  (it needs Python 3.11 and its package `cryptography`)

These files are not encrypted. Keep them where only you can open them.
"""

_OF_THE_DEAD = """\
record.html       the record of the patient who died, to read in any browser
record.json       the same for a computer
record.csv        the same for a spreadsheet
paper/            the same to print
files/            the files themselves

It holds what the Access to Health Records Act 1990 gives. These files are not encrypted, and what patients told us stays in
confidence after their death. Keep them where only you can open them.
"""
