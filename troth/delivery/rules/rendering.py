"""A letter as it lies in somebody's mailbox: subject line, text and HTML, from the same words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string

from troth.delivery.rules.letters import LETTERS, Kind
from troth.design.values import Counterpart, Link, Row, Term

#: Stands where the one-time link goes. The link is put in as the message leaves, and is kept nowhere after that.
LINK = "[one-time-link]"
WAVE = "cid:wave"


@dataclass(frozen=True)
class Clinic:
    """Who writes, as the notice says, and where its pages are. `use` is how the notice words what the letter is for."""

    name: str
    imprint: str
    site: str  # such as https://clinic.example, without the last stroke
    use: str = ""


@dataclass(frozen=True)
class Rendered:
    """What is sent. Where the letter has a one-time link, both texts hold `LINK` in its place."""

    line: str
    text: str
    html: str


def render(kind: Kind, clinic: Clinic, words: Mapping[str, str], *, wave: str = WAVE) -> Rendered:
    """
    Lay a letter out.

    :raises KeyError: a word that it needs was not given.
    """
    letter = LETTERS[kind]
    known = {**words, "clinic": clinic.name}

    def filled(texts: tuple[str, ...]) -> list[str]:
        return [line for text in texts for line in text.format_map(known).split("\n")]

    for_ = (Term("For", clinic.use),) if clinic.use else ()
    context = {
        "clinic_name": clinic.name,
        "heading": letter.line,
        "opening": filled(letter.opening),
        "rows": [Row(label, value.format_map(known)) for label, value in letter.rows],
        "action": Link(letter.action, f"{clinic.site}{letter.page.format_map(known)}" if letter.page else LINK)
        if letter.action
        else None,
        "paragraphs": filled(letter.closing),
        "why": Counterpart(
            "Why you got this",
            terms=(
                *for_,
                Term("Because", f"{letter.because}. Nothing in this message tells us whether you opened it."),
            ),
        ),
        "wave": wave,
        "imprint": clinic.imprint,
        "notice": Link("Privacy notice", f"{clinic.site}/notice/"),
    }
    return Rendered(
        letter.line,
        render_to_string("design/email/base.txt", context),
        render_to_string("design/email/base.html", context),
    )
