"""The notice as people read it: rendered from the register, with every version and what changed."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from troth.design.values import Row
from troth.notice import rendering
from troth.notice import selectors as notices
from troth.notice.comparison import compare
from troth.notice.layers import Entry


@dataclass(frozen=True)
class Paragraph:
    """One entry of a section, with its facts as the design's rows."""

    id: str
    title: str
    words: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Part:
    """One section, ready to draw."""

    id: str
    title: str
    short: str
    entries: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Listed:
    """One version in the list, and what it changed."""

    number: int
    in_force_at: datetime
    published_at: datetime
    state: str
    changes: tuple[str, ...]
    shown: bool


def show(request: HttpRequest) -> HttpResponse:
    """The version that holds now."""
    version = notices.version_in_force(request.at)  # type: ignore[attr-defined]
    if version is None:
        return render(request, "portal/notice/none.html", status=404)
    return _shown(request, version.number)


def show_version(request: HttpRequest, number: int) -> HttpResponse:
    """
    One version, past or to come.

    :raises Http404: there is none of that number.
    """
    return _shown(request, number)


def _shown(request: HttpRequest, number: int) -> HttpResponse:
    try:
        version = notices.get_version(number)
    except notices.NoNotice:
        raise Http404 from None
    rendered = rendering.layered(notices.notice_of(version))
    parts = [
        Part(section.id, section.title, section.short, tuple(_paragraph(entry) for entry in section.entries))
        for section in rendered.sections
    ]
    now = notices.version_in_force(request.at)  # type: ignore[attr-defined]
    return render(
        request,
        "portal/notice/show.html",
        {
            "version": version,
            "notice": rendered,
            "parts": parts,
            "holds": now is not None and now.number == number,
            "versions": _versions(number, now.number if now else 0),
        },
    )


def _paragraph(entry: Entry) -> Paragraph:
    return Paragraph(entry.id, entry.title, entry.words, tuple(Row(fact.name, fact.words) for fact in entry.facts))


def _versions(shown: int, in_force: int) -> list[Listed]:
    listed = notices.list_versions()
    found = []
    for place, version in enumerate(listed):
        before = listed[place + 1] if place + 1 < len(listed) else None
        changes = compare(notices.notice_of(before), notices.notice_of(version)) if before else []
        state = "holds now" if version.number == in_force else "to come" if version.number > in_force else "past"
        found.append(
            Listed(
                version.number,
                version.in_force_at,
                version.published_at,
                state,
                tuple(change.words for change in changes),
                version.number == shown,
            )
        )
    return found
