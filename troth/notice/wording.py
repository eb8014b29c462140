"""The words that changed between two notices, entry by entry as people read them, side by side."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from troth.notice.rendering import layered
from troth.notice.schema import Notice

_WORD = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Piece:
    """Some words, and whether the other side has them too."""

    words: str
    changed: bool


@dataclass(frozen=True)
class WordChange:
    """One entry whose words differ. An entry that only one side has leaves the other empty."""

    section: str
    title: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


def word_changes(before: Notice, after: Notice) -> list[WordChange]:
    """Every entry whose words differ, in the order of the later notice; what is gone stands last in its section."""
    return list(_changes(_entries(before), _entries(after)))


def _entries(notice: Notice) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Each entry of the notice as it is read: (section id, entry id) -> section, title, text."""
    found: dict[tuple[str, str], tuple[str, str, str]] = {}
    whole = layered(notice)
    found["", ""] = "Notice", whole.title, whole.summary
    for section in whole.sections:
        if section.short:
            found[section.id, ""] = section.title, section.title, section.short
        for entry in section.entries:
            text = "\n".join(filter(None, (entry.words, *(f"{fact.name}: {fact.words}" for fact in entry.facts))))
            found[section.id, entry.id] = section.title, entry.title, text
    return found


def _changes(
    old: dict[tuple[str, str], tuple[str, str, str]], new: dict[tuple[str, str], tuple[str, str, str]]
) -> Iterator[WordChange]:
    sections = list(dict.fromkeys([key[0] for key in new] + [key[0] for key in old]))
    keys = sorted(dict.fromkeys([*new, *old]), key=lambda key: sections.index(key[0]))
    for key in keys:
        section, title, _ = new.get(key) or old[key]
        was, now = (side.get(key, ("", "", ""))[2] for side in (old, new))
        was_called = old.get(key, ("", title, ""))[1]
        if was_called != title:
            was, now = f"{was_called}\n{was}", f"{title}\n{now}"
        if was != now:
            yield WordChange(section, title, *_pieces(*_only_changed(was, now)))


def _only_changed(was: str, now: str) -> tuple[str, str]:
    """The lines that differ: an entry has a line for each of its facts, and most of them stay as they were."""
    old, new = was.split("\n"), now.split("\n")
    kept: tuple[list[str], list[str]] = ([], [])
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            kept[0].extend(old[a:b])
            kept[1].extend(new[c:d])
    return "\n".join(kept[0]), "\n".join(kept[1])


def _pieces(was: str, now: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    old, new = _WORD.findall(was), _WORD.findall(now)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if a < b:
            left.append(Piece("".join(old[a:b]), kind != "equal"))
        if c < d:
            right.append(Piece("".join(new[c:d]), kind != "equal"))
    return tuple(left), tuple(right)
