"""The layered notice as text for a terminal."""

import textwrap
from collections.abc import Iterator

from troth.notice.layers import Layered

WIDTH = 100


def as_text(rendered: Layered, *, width: int = WIDTH) -> str:
    """The notice for a terminal."""
    return "\n".join(_lines(rendered, width)) + "\n"


def _lines(rendered: Layered, width: int) -> Iterator[str]:
    yield rendered.title
    yield "=" * min(len(rendered.title), width)
    if rendered.issued:
        yield f"Written {rendered.issued}"
    if rendered.summary:
        yield from ("", *textwrap.wrap(rendered.summary, width))
    for section in rendered.sections:
        yield from ("", section.title, "-" * min(len(section.title), width))
        yield from textwrap.wrap(section.short, width)
        for entry in section.entries:
            yield from textwrap.wrap(f"* {entry.title}", width, subsequent_indent="  ")
            yield from textwrap.wrap(entry.words, width, initial_indent="  ", subsequent_indent="  ")
            for fact in entry.facts:
                yield from textwrap.wrap(
                    f"{fact.name}: {fact.words}", width, initial_indent="    ", subsequent_indent="      "
                )
