"""
The copy to print: PDF declared as PDF/UA-1 (tagged, with language, title and headings), in parts of a size that memory bears.

What the face has not stands as a box (`design.papers`), and the first page says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from troth.design.papers import MEDIA_TYPE as MEDIA_TYPE
from troth.design.papers import letters_shown, set_pdf

_TEMPLATE = Path(__file__).parent.parent / "templates" / "rights" / "copy.typ"
#: Entries in one part.
PART = 200
_NOT_SHOWN = (
    "Some letters cannot be printed here and stand as a box. They are in the page beside this as they were written."
)


def parts_of(page: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What each part shows, from the values of the page: the entries in turn, and behind them what is said about all."""
    sections = [*_held(page["sections"]), *(() if page.get("of_dead") else _about_all(page))]
    parts: list[list[dict[str, Any]]] = [[]]
    room = PART
    for section in sections:
        things = section["things"]
        while True:
            if room <= 0:
                parts.append([])
                room = PART
            taken, things = things[:room], things[room:]
            parts[-1].append({**section, "things": taken})
            room -= max(len(taken), 1)
            if not things:
                break
            section = {**section, "why": [], "title": f"{section['title'].removesuffix(', continued')}, continued"}
    many = len(parts)
    return [
        {
            "title": page["title"] + (f", part {number} of {many}" if many > 1 else ""),
            "controller": page["controller"],
            "footer": f"{page['controller']}, {page['made']}",
            "lead": [page["lead"]] if number == 1 else [],
            "sections": part,
        }
        for number, part in enumerate(parts, 1)
    ]


def set_part(part: Mapping[str, Any]) -> bytes:
    """
    One part as PDF.

    :raises typst.TypstError: it could not be set as PDF/UA-1.
    """
    shown, boxes = letters_shown(part)
    if boxes:
        shown["lead"] = [*shown["lead"], _NOT_SHOWN]
    return set_pdf(_TEMPLATE, shown)


def _held(sections: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for section in sections:
        why = [
            ("For", "; ".join(section["for"])),
            ("The law lets us because", section["because"]),
            ("Seen by", ", ".join(section["seen_by"])),
            ("May be passed to", ", ".join(section["may_be_passed_to"])),
            ("Until", f"{section['until_words']}. {section['rule']}" if section["until_words"] else section["rule"]),
        ]
        yield {
            "title": section["title"],
            "why": [list(row) for row in why if row[1]],
            "things": [
                {
                    "title": thing["kind"][:1].upper() + thing["kind"][1:],
                    "note": thing["note"],
                    "left_out": thing["left_out"],
                    "rows": [list(row) for row in thing["rows"]]
                    + [["File", f"{name}: {path}"] for path, name in thing["files"]],
                }
                for thing in section["things"]
            ],
        }


def _about_all(page: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    passed = [(f"{each['when']}, {each['recipient']}", each["for"]) for each in page["passed_on"]]
    yield _flat(
        "Who we passed it to", passed, "No one so far. Who may be given something stands beside each kind above."
    )
    yield _flat(
        "What you agreed to, objected to and were told",
        [
            (each["words"], " ".join(filter(None, (each["for"], f"since {each['since_words']}"))))
            for each in page["choices"]
        ],
        "Nothing.",
    )
    said = page["rights"]
    if said:
        yield _flat("Your rights", [(each["right"], each["words"]) for each in said["rights"]])
        yield _flat(
            "Also to know",
            [
                ("Where data comes from", "; ".join(said["sources"])),
                ("Machines that decide", said["machines_that_decide"]),
                ("Other countries", "; ".join(said["other_countries"])),
                ("Complain to us", said["complain_to_us"]),
                ("Complain to the regulator", said["complain_to_the_regulator"]),
            ],
        )


def _flat(title: str, rows: Iterable[tuple[str, str]], none: str = "") -> dict[str, Any]:
    found = [[label, words] for label, words in rows if words]
    return {"title": title, "why": found or [["", none]], "things": []}
