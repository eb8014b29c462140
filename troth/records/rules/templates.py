"""
Templates as people write them, and what was filled in with one, as pure rules.

A note's template is a line for each question. `Skin type: I; II; III` takes one of those; `Plan…` takes several lines; any other
line is a question with a short answer.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from troth.notice.register import Register
from troth.records.models import TemplateKind
from troth.records.rules import NotPossible

MOST_QUESTIONS, MOST_OPTIONS, LONGEST_LINE, LONGEST = 24, 12, 200, 20_000
LONGEST_KEY = 60
#: The address of the page on which a template is added.
NO_KEYS = frozenset({"new"})
#: Who keeps templates besides health professionals.
KEEPERS = frozenset({"administrator"})
#: What a letter may name of the person or the clinic, in braces; whatever else stands in braces is refused.
NAMES = {
    "name": "the person’s name",
    "born": "their date of birth",
    "date": "the day of the letter",
    "clinic": "the clinic’s name",
    "author": "who signs it",
}
_NAMED = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Asked:
    """One question of a note's template. `options` are the answers to choose from; `long` takes several lines."""

    question: str
    options: tuple[str, ...] = ()
    long: bool = False


def read(body: str) -> tuple[Asked, ...]:
    """
    The questions of a note's template.

    :raises NotPossible: there is none, there are too many, or one is asked twice. The message names the line.
    """
    found: list[Asked] = []
    for number, raw in enumerate(body.splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        if len(line) > LONGEST_LINE:
            raise NotPossible(f"Line {number} is longer than {LONGEST_LINE} characters.")
        question, colon, rest = line.partition(":")
        options = tuple(part.strip() for part in rest.split(";") if part.strip())
        if colon and (len(options) < 2 or len(set(options)) < len(options)):
            raise NotPossible(
                f"Line {number}: after a colon stand two or more different answers, with semicolons between."
            )
        if len(options) > MOST_OPTIONS:
            raise NotPossible(f"Line {number} has more than {MOST_OPTIONS} answers to choose from.")
        long = not colon and line.endswith(("…", "..."))
        asked = question.rstrip("….").strip() if long else question.strip()
        if not asked:
            raise NotPossible(f"Line {number} asks nothing.")
        if any(each.question == asked for each in found):
            raise NotPossible(f"Line {number}: “{asked}” is asked already.")
        found.append(Asked(asked, options, long))
    if not found:
        raise NotPossible("Write a line for each question.")
    if len(found) > MOST_QUESTIONS:
        raise NotPossible(f"A note asks {MOST_QUESTIONS} questions at most.")
    return tuple(found)


def filled(
    key: str, version: int, title: str, asked: Collection[Asked], answers: Mapping[str, str]
) -> dict[str, Any]:
    """
    What a note keeps of its template: the questions as they stood, with what was answered, so that it can be read by itself.

    :raises NotPossible: an answer is none of those that its question takes, or is too long.
    """
    kept = []
    for each in asked:
        answer = answers.get(each.question, "").strip()
        if each.options and answer and answer not in each.options:
            raise NotPossible(f"“{each.question}” takes one of: {'; '.join(each.options)}.")
        if len(answer) > LONGEST:
            raise NotPossible(f"The answer to “{each.question}” is too long.")
        kept.append({"question": each.question, "answer": answer})
    return {"key": key, "version": version, "title": title, "answers": kept}


def check_says_something(text: str, answers: Mapping[str, Any] | None) -> None:
    """
    Refuse a note in which nothing was written.

    :raises NotPossible: so it is.
    """
    if not text.strip() and not any(each["answer"] for each in (answers or {}).get("answers", ())):
        raise NotPossible("Write something first.")


def check_keeps(roles: Collection[str], register: Register) -> None:
    """
    Refuse whoever does not keep templates: they are about nobody, so the gate is asked about no person.

    :raises NotPossible: they are neither a health professional, as the notice calls them, nor an administrator.
    """
    known = register.roles
    if not any(role in KEEPERS or (role in known and known[role].health_professional) for role in roles):
        raise NotPossible("Only an administrator or a health professional changes templates.")


def check_template(kind: TemplateKind, title: str, body: str) -> None:
    """
    Refuse a template that cannot be used as it stands.

    :raises NotPossible: it has no title or no words, a note's questions cannot be read, or a letter names what there is not.
    """
    if not title.strip():
        raise NotPossible("Give it a name.")
    if kind is TemplateKind.NOTE:
        read(body)
        return
    if not body.strip():
        raise NotPossible("Write what it says.")
    unknown = [name for name in _NAMED.findall(body) if name not in NAMES or kind is not TemplateKind.LETTER]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in NAMES) if kind is TemplateKind.LETTER else "none"
        raise NotPossible(f"There is nothing to put in for {{{unknown[0]}}}. What can stand in braces: {known}.")


def written_out(body: str, values: Mapping[str, str]) -> str:
    """A letter's words with what stands for the names in braces. Whatever else stands in braces stays as it is."""
    return _NAMED.sub(lambda found: values.get(found[1], found[0]), body)


def key_of(title: str, *, taken: Collection[str] = ()) -> str:
    """
    The key of a new template: its first title in small letters, with a number where that is taken, as it is of titles without Latin
    letters, or names the page on which one is added. It stays when the title changes.
    """
    plain = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:LONGEST_KEY].strip("-") or "template"
    keys = (plain, *(f"{plain[: LONGEST_KEY - 4]}-{number}" for number in range(2, 1_000)))
    return next(key for key in keys if key not in taken and key not in NO_KEYS)
