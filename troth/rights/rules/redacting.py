"""
Removing what is about somebody else from a value: really removed, so that nothing made from the value can hold it (LAW-4.8).

Words are found whatever their case and however the spaces between them run. What was removed leaves a mark of one length,
which says that something was there and nothing of how long it was.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

REMOVED = "[removed: about somebody else]"
SHORTEST = 2


def cut(value: Any, words: Iterable[str]) -> Any:
    """A value without these words: in text, and in every key and value of lists and answers within it."""
    pattern = _pattern(tuple(sorted({_plain(each) for each in words if _plain(each)}, key=lambda w: (-len(w), w))))
    return value if pattern is None else _cut(value, pattern)


def holds(value: Any, words: Iterable[str]) -> bool:
    """Whether a value, or anything within it, has one of these words."""
    return bool(cut(value, words) != value)


def check_can_cut(words: Iterable[str]) -> str:
    """Say why these words cannot be removed, or "" when they can."""
    found = [each for each in words if _plain(each)]
    if any(len(_plain(each)) < SHORTEST for each in found):
        return f"Write at least {SHORTEST} characters of what has to go: a single letter is everywhere."
    if any(_plain(each) in _plain(REMOVED) for each in found):
        return "These words stand in the mark that is left behind. Remove the whole field instead."
    return ""


def _plain(words: str) -> str:
    return " ".join(unicodedata.normalize("NFC", words).split()).casefold()


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> "re.Pattern[str] | None":
    if not words:
        return None
    return re.compile("|".join(r"\s+".join(map(re.escape, each.split())) for each in words), re.IGNORECASE)


def _cut(value: Any, pattern: "re.Pattern[str]") -> Any:
    if isinstance(value, str):
        found = unicodedata.normalize("NFC", value)
        return pattern.sub(REMOVED, found) if pattern.search(found) else value
    if isinstance(value, dict):
        return {_cut(key, pattern): _cut(each, pattern) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_cut(each, pattern) for each in value]
    return value
