"""
The copy that a person takes away: a ZIP of a page to read, a file for machines, a table, their files, and the ledger's events
about them with a checker that works without us (LAW-3.1, LAW-3.2).

It is never in the clear on disk: the ZIP is written straight to whoever asked, and a file is opened chunk by chunk on its way.
What is about their health and was not released is listed without its content (LAW-4.5).
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string

from troth.design.spreadsheets import guarded
from troth.gate.contexts import Opened
from troth.ledger import check_export, proving
from troth.rights.selectors.history import history_of
from troth.rights.selectors.holdings import HeldFile, HeldThing, everything_about, recorded_by
from troth.rights.selectors.planning import dates_kept
from troth.rights.selectors.wording import describe_uses, notice_now
from troth.vault.categories import Category
from troth.vault.files import StoredFile

FORMAT = "troth copy 1"
NAME = "my-data.zip"  # says nothing of health or of whose it is (pitfalls B18)
LONDON = ZoneInfo("Europe/London")
HISTORY = 1_000_000
HELD_BACK = "Held back until a clinician has checked it. You can ask for it, and we answer within one month."
_ENDINGS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "text/plain": ".txt",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "video/mp4": ".mp4",
}


@dataclass(frozen=True)
class Copy:
    """A copy ready to go: small texts whole, files still sealed. Its pieces may be read once, after the context has closed."""

    texts: dict[str, bytes]
    files: tuple[tuple[str, StoredFile], ...]
    digest: str  # SHA-256 of the file for machines
    held_back: int
    made_at: datetime

    def pieces(self) -> Iterator[bytes]:
        """Yield the ZIP, piece by piece, as it is made."""
        pipe = _Pipe()
        moment = self.made_at.astimezone(LONDON).timetuple()[:6]
        with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.texts.items():
                archive.writestr(_info(name, moment), content)
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
    things = everything_about(subject, opened)
    given = [thing if thing.released or reviewed else thing.held_back() for thing in things]
    withheld = {thing.id for thing in things if not (thing.released or reviewed)}
    names = recorded_by(things, subject)
    files = {
        (thing.id, file.field): (f"files/{number:03d}{_ENDINGS.get(file.media_type, '.bin')}", file)
        for number, (thing, file) in enumerate(((thing, file) for thing in given for file in thing.files), 1)
    }
    paths = {key: path for key, (path, _) in files.items()}
    kinds = _kinds(subject, given, at)
    document = {
        "format": FORMAT,
        "subject": subject.hex,
        "made_at": at.isoformat(),
        "controller": opened.register.controller,
        "notice": opened.register.version,
        "uses": kinds,
        "held": [_thing(thing, names, paths, held_back=thing.id in withheld) for thing in given],
        "rights": _rights(at),
    }
    data = json.dumps(document, ensure_ascii=False, indent=1).encode()
    html = render_to_string(
        "rights/copy.html",
        {
            "controller": opened.register.controller,
            "notice": opened.register.version,
            "made": f"{at.astimezone(LONDON):%-d %B %Y at %H:%M}",
            "sections": _sections(given, kinds, names, paths, withheld),
            "history": history_of(subject, at=at, limit=HISTORY),
            "held_back": HELD_BACK if withheld else "",
            "rights": _rights(at),
        },
    )
    texts = {
        "my-data.html": html.encode(),
        "my-data.json": data,
        "my-data.csv": _csv(document["held"]),
        "who-looked.json": proving.export_person(subject.hex, at),
        "check_export.py": Path(check_export.__file__).read_bytes(),
        "READ-ME.txt": _READ_ME.encode(),
    }
    stored = tuple((path, file.stored) for path, file in files.values())
    return Copy(texts, stored, hashlib.sha256(data).hexdigest(), len(withheld), at)


_READ_ME = """\
my-data.html    everything we hold about you, to read in any browser
my-data.json    the same for another clinic's computer
my-data.csv     the same for a spreadsheet
files/          the files themselves
who-looked.json every event about you in our ledger, with proofs
check_export.py checks who-looked.json without us: python check_export.py who-looked.json
                (it needs Python 3.11 and its package `cryptography`)

These files are not encrypted. Keep them where only you can open them.
"""


def _said_by(thing: HeldThing, names: dict[str, str]) -> str:
    return names.get(thing.recorded_by, "Our machines")


def _kinds(subject: UUID, things: list[HeldThing], at: datetime) -> list[dict[str, Any]]:
    kept = dates_kept(subject, at=at)
    found = []
    for category in (each for each in Category if any(thing.category is each for thing in things)):
        uses = describe_uses(category, at)
        fate = kept.get(category)
        found.append(
            {
                "category": category.value,
                "title": uses.title,
                "for": list(uses.purposes),
                "because": uses.because,
                "seen_by": list(uses.seen_by),
                "may_be_passed_to": list(uses.passed_to),
                "until": fate.until.isoformat() if fate and fate.until else None,
                "rule": fate.words if fate else "",
            }
        )
    return found


def _thing(
    thing: HeldThing,
    names: dict[str, str],
    paths: dict[tuple[str, str], str],
    *,
    held_back: bool,
) -> dict[str, Any]:
    return {
        "id": thing.id,
        "kind": thing.kind,
        "type": thing.model,
        "category": thing.category.value,
        "recorded_at": thing.recorded_at.isoformat(),
        "changed_at": thing.changed_at.isoformat(),
        "recorded_by": _said_by(thing, names),
        "source": thing.source,
        "fields": [
            {
                "name": field.name,
                "label": field.label,
                "value": field.value,
                **({"left_out": field.withheld} if field.withheld else {}),
            }
            for field in thing.fields
        ],
        "files": [_file(file, paths[(thing.id, file.field)]) for file in thing.files],
        **({"held_back": HELD_BACK} if held_back else {}),
    }


def _file(file: HeldFile, path: str) -> dict[str, Any]:
    return {"path": path, "name": file.name, "media_type": file.media_type, "size": file.size}


def _sections(
    things: list[HeldThing],
    kinds: list[dict[str, Any]],
    names: dict[str, str],
    paths: dict[tuple[str, str], str],
    withheld: set[str],
) -> list[dict[str, Any]]:
    return [
        {
            **kind,
            "until_words": _say_date(kind["until"]),
            "things": [
                {
                    "kind": thing.kind,
                    "when": f"{thing.recorded_at.astimezone(LONDON):%-d %B %Y}",
                    "by": _said_by(thing, names),
                    "source": thing.source,
                    "held_back": thing.id in withheld,
                    "fields": list(thing.fields),
                    "files": [(paths[(thing.id, file.field)], file.name or "A file") for file in thing.files],
                }
                for thing in things
                if thing.category.value == kind["category"]
            ],
        }
        for kind in kinds
    ]


def _say_date(text: str | None) -> str:
    return f"{datetime.fromisoformat(text):%-d %B %Y}" if text else ""


def _csv(held: Any) -> bytes:
    """One line for each field. A cell that a spreadsheet would run as a formula is quoted with an apostrophe (B18)."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["Kind", "Recorded", "By", "Source", "What", "Value"])
    for thing in held:
        common = [thing["kind"], thing["recorded_at"], thing["recorded_by"], thing["source"]]
        lines = [[field["label"], _cell(field)] for field in thing["fields"]]
        lines += [["File", file["path"]] for file in thing["files"]]
        lines += [["", thing["held_back"]]] if "held_back" in thing else []
        writer.writerows([guarded(each) for each in (*common, *line)] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def _cell(field: dict[str, Any]) -> str:
    value = field.get("left_out") or field["value"]
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _rights(at: datetime) -> dict[str, Any]:
    """The other items of Article 15: the rights, the complaint, machines that decide, and other countries."""
    notice = notice_now(at)
    if notice is None:
        return {}
    regulator = notice.complaints.regulator
    automated = notice.automated_decisions
    return {
        "rights": [
            {"right": each.right.value.replace("_", " ").capitalize(), "words": each.words} for each in notice.rights
        ],
        "complain_to_us": notice.complaints.own.words if notice.complaints.own else "",
        "complain_to_the_regulator": f"{regulator.name}, {regulator.address}, {regulator.website}"
        if regulator
        else "",
        "machines_that_decide": automated.words if automated else "",
        "other_countries": [f"{route.country}: {route.words}" for route in notice.transfers.routes],
        "sources": [source.words for source in notice.sources.origins if source.words],
    }
