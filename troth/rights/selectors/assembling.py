"""
What a copy says, put together once: the document for machines, from which the page, the table, the paper and the FHIR bundle
are made, so that what is left out of it is in none of them. Every item of Article 15 is among it (LAW-3.1, LAW-3.2).
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from troth.design.moments import day_and_hour
from troth.design.spreadsheets import guarded
from troth.gate import facts
from troth.gate.contexts import Opened
from troth.gate.facts import FactKind
from troth.law.calendar import LONDON
from troth.rights.selectors.history import history_of
from troth.rights.selectors.holdings import BY_MACHINES, HeldFile, HeldThing, recorded_by, staff_in
from troth.rights.selectors.places import Places
from troth.rights.selectors.planning import dates_kept
from troth.rights.selectors.wording import describe_uses, notice_now, title_of
from troth.sharing import selectors as sharing
from troth.vault.categories import Category
from troth.vault.files import ENDINGS, StoredFile

FORMAT = "troth copy 2"
HISTORY = 1_000_000
OUR_MACHINES = "Our machines"
HELD_BACK = "Held back until a clinician has checked it. You can ask for it, and we answer within one month."
PARTS_REMOVED = "Parts of it are black or taken out: they are about somebody else."


@dataclass(frozen=True)
class Assembled:
    """A copy before it is written out: the document for machines, the values of its page, and the files, still sealed."""

    persons: tuple[UUID, ...]
    document: dict[str, Any]
    page: dict[str, Any]
    files: tuple[tuple[str, StoredFile], ...]
    at: datetime
    of_dead: bool = False


def assemble(
    persons: tuple[UUID, ...],
    things: list[HeldThing],
    opened: Opened,
    *,
    at: datetime,
    left_out: Mapping[str, str],
    places: Mapping[UUID, Places] | None = None,
) -> Assembled:
    """
    Put together what is said about one person, who may be several subjects. `left_out`: the entries that are listed without
    their content, each with why. `places`: where the rows of each lie, when that was looked up already.

    :raises Refused: this context may not open what was passed on about them.
    """
    given = [thing.held_back() if thing.id in left_out else thing for thing in things]
    names = {key: name for person in persons for key, name in recorded_by(things, person).items()}
    names |= staff_in(given) | {person.hex: "You" for person in persons}
    files = name_files(given)
    paths = {key: path for key, (path, _) in files.items()}
    kinds = _kinds(persons, given, at, places or {})
    document: dict[str, Any] = {
        "format": FORMAT,
        "subject": persons[0].hex,
        "records": [person.hex for person in persons],
        "made_at": at.isoformat(),
        "controller": opened.register.controller,
        "notice": opened.register.version,
        "confirmed": bool(things),
        "uses": kinds,
        "held": [_thing(thing, names, paths, left_out.get(thing.id, "")) for thing in given],
        "passed_on": _passed(persons, opened),
        "choices": _choices(persons, at),
        "rights": _rights(at),
    }
    made = day_and_hour(at, between=" at ")
    page = {
        "title": "My data",
        "lead": f"Everything that {opened.register.controller} holds about you, made on {made} under notice "
        f"{opened.register.version}. Numbers by which our machines join and count entries stand in my-data.json.",
        "controller": opened.register.controller,
        "notice": opened.register.version,
        "made": made,
        "sections": _sections(given, kinds, names, paths, left_out),
        "passed_on": [{**each, "when": _say_date(each["at"])} for each in document["passed_on"]],
        "choices": [
            {**each, "since_words": _say_date(each["since"]), "ended_words": _say_date(each["ended"])}
            for each in document["choices"]
        ],
        "looks": [look for person in persons for look in history_of(person, at=at, limit=HISTORY).looks],
        "left_out": dict(left_out),
        "held_back": HELD_BACK if HELD_BACK in left_out.values() else "",
        "rights": document["rights"],
    }
    return Assembled(persons, document, page, tuple((path, file.stored) for path, file in files.values()), at)


def name_files(things: Iterable[HeldThing]) -> dict[tuple[str, str], tuple[str, HeldFile]]:
    """Where each file of these lies in a copy, by its thing and its field."""
    return {
        (thing.id, file.field): (f"files/{number:03d}{ENDINGS.get(file.media_type, '.bin')}", file)
        for number, (thing, file) in enumerate(((thing, file) for thing in things for file in thing.files), 1)
    }


def table_of(document: Mapping[str, Any]) -> bytes:
    """One line for each field. A cell that a spreadsheet would run as a formula is quoted with an apostrophe (B18)."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["Kind", "Recorded", "By", "Source", "What", "Value"])
    for thing in document["held"]:
        common = [thing["kind"], thing["recorded_at"], thing["recorded_by"], thing["source"]]
        lines = [[field["label"], _cell(field)] for field in thing["fields"]]
        lines += [["File", file["path"]] for file in thing["files"]]
        lines += [["", thing["held_back"]]] if "held_back" in thing else []
        writer.writerows([guarded(each) for each in (*common, *line)] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def _passed(persons: tuple[UUID, ...], opened: Opened) -> list[dict[str, Any]]:
    """Who was given something, from the log of what was passed on; what it was stands among what is held (LAW-3.7)."""
    return [
        {
            "at": each.at.isoformat(),
            "recipient": each.who,
            "country": each.where,
            "for": each.purpose,
            "categories": [kind.value for kind in each.kinds],
        }
        for person in persons
        for each in sharing.list_disclosures(person, opened)
    ]


def _choices(persons: tuple[UUID, ...], at: datetime) -> list[dict[str, Any]]:
    """Every standing fact about them: what they agreed to, objected to or stopped, which notice they were given, and since when."""
    return [
        {
            "what": fact.kind,
            "words": FactKind(fact.kind).label.capitalize(),
            "for": title_of(fact.purpose, at) if fact.purpose else "",
            "detail": fact.value,
            "since": facts.moment(fact.since).isoformat(),
            "ended": facts.moment(fact.ended).isoformat() if fact.ended else None,
        }
        for known in facts.about(persons).values()
        for fact in known
    ]


def _said_by(thing: HeldThing, names: Mapping[str, str]) -> str:
    return names.get(thing.recorded_by, OUR_MACHINES)


def _kinds(
    persons: tuple[UUID, ...], things: list[HeldThing], at: datetime, places: Mapping[UUID, Places]
) -> list[dict[str, Any]]:
    kept = [dates_kept(person, at=at, places=places.get(person)) for person in persons]
    found = []
    for category in (each for each in Category if any(thing.category is each for thing in things)):
        uses = describe_uses(category, at)
        fates = [fate for each in kept if (fate := each.get(category)) is not None]
        ends = [fate.until for fate in fates]
        known = [end for end in ends if end is not None]
        found.append(
            {
                "category": category.value,
                "title": uses.title,
                "for": list(uses.purposes),
                "because": uses.because,
                "seen_by": list(uses.seen_by),
                "may_be_passed_to": list(uses.passed_to),
                "until": max(known).isoformat() if known and len(known) == len(ends) else None,
                "rule": "; ".join(dict.fromkeys(fate.words for fate in fates if fate.words)),
            }
        )
    return found


def _thing(
    thing: HeldThing,
    names: dict[str, str],
    paths: dict[tuple[str, str], str],
    left_out: str,
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
        **({"held_back": left_out} if left_out else {}),
    }


def _file(file: HeldFile, path: str) -> dict[str, Any]:
    said = {"field": file.field, "path": path, "name": file.name, "media_type": file.media_type, "size": file.size}
    return {**said, "parts_removed": PARTS_REMOVED} if file.parts_removed else said


def _sections(
    things: list[HeldThing],
    kinds: list[dict[str, Any]],
    names: dict[str, str],
    paths: dict[tuple[str, str], str],
    left_out: Mapping[str, str],
) -> list[dict[str, Any]]:
    return [
        {
            **kind,
            "until_words": _say_date(kind["until"]),
            "things": [
                {
                    "kind": thing.kind,
                    "note": _note(thing, names),
                    "left_out": left_out.get(thing.id, ""),
                    "rows": _rows(thing, names),
                    "files": [(paths[(thing.id, file.field)], _called(file)) for file in thing.files],
                }
                for thing in things
                if thing.category.value == kind["category"]
            ],
        }
        for kind in kinds
    ]


def _note(thing: HeldThing, names: Mapping[str, str]) -> str:
    """When a thing was recorded and by whom, and where it came from."""
    by = _said_by(thing, names)
    who = "" if by == "You" or thing.source == BY_MACHINES else f", by {by}"
    return f"{thing.recorded_at.astimezone(LONDON):%-d %B %Y}{who}. {thing.source}."


def _rows(thing: HeldThing, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a page and a paper say of a thing. By what our machines join and count entries stands in the file for machines alone."""
    rows, empty = [], []
    for field in thing.fields:
        if field.name == "source":
            continue  # it stands above them
        if field.withheld:
            rows.append((field.heading, f"Not copied: {field.withheld}"))
        elif field.person is not None:
            rows += [(field.heading, names[field.person.hex])] if field.person.hex in names else []
        elif field.text and not field.for_machines:
            rows.append((field.heading, field.text))
        elif field.value is None and not field.is_open:
            empty.append(
                field.heading[:1].lower() + field.heading[1:] if field.heading[1:2].islower() else field.heading
            )
    return [*rows, ("Nothing was entered for", ", ".join(empty))] if empty else rows


def _called(file: HeldFile) -> str:
    name = file.name or "A file"
    return f"{name}. {PARTS_REMOVED}" if file.parts_removed else name


def _say_date(text: str | None) -> str:
    return f"{datetime.fromisoformat(text):%-d %B %Y}" if text else ""


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
