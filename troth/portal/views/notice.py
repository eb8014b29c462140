"""The notice as people read it: six short answers first, then each part, every version, and what changed between any two."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Banner, Item, Link, Row, Tag
from troth.gate.table import actor_of
from troth.notice import rendering
from troth.notice import selectors as notices
from troth.notice.comparison import Change, compare
from troth.notice.first_layer import Answer, first_layer
from troth.notice.layers import Entry
from troth.notice.selectors import Version
from troth.people import selectors as people
from troth.portal.forms.notice import CompareForm

_HASH = 16  # characters of a hash that a table shows; the page of a version has all of it


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


def show(request: HttpRequest) -> HttpResponse:
    """The version that holds now."""
    version = notices.version_in_force(request.at)  # type: ignore[attr-defined]
    if version is None:
        return render(request, "portal/notice/none.html", status=404)
    return _shown(request, version)


def show_version(request: HttpRequest, number: int) -> HttpResponse:
    """
    One version, past or to come.

    :raises Http404: there is none of that number.
    """
    return _shown(request, _version(number))


def file(request: HttpRequest, number: int) -> HttpResponse:
    """
    A version as the file that machines read: what was published, to the letter.

    :raises Http404: there is none of that number.
    """
    return HttpResponse(
        _version(number).text,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="notice-{number}.yaml"'},
    )


def versions(request: HttpRequest) -> HttpResponse:
    """Every version with its dates and hash, and the form that compares any two."""
    listed, at = notices.list_versions(), request.at  # type: ignore[attr-defined]
    form = CompareForm([each.number for each in listed]) if len(listed) > 1 else None
    return render(request, "portal/notice/versions.html", {"table": _table(listed, at), "form": form})


def changes(request: HttpRequest) -> HttpResponse:
    """What changed from one version to another, in plain words: what matters to people first."""
    listed = notices.list_versions()
    form = CompareForm([each.number for each in listed], request.GET or None)
    found: list[Change] | None = None
    if form.is_valid():
        before, after = (_version(form.cleaned_data[name]) for name in ("before", "after"))
        found = compare(notices.notice_of(before), notices.notice_of(after))
    return render(
        request,
        "portal/notice/changes.html",
        {
            "form": form,
            "found": found,
            "material": [change.words for change in found or [] if change.material],
            "other": [change.words for change in found or [] if not change.material],
        },
        status=422 if form.is_bound and not form.is_valid() else 200,
    )


def _version(number: int) -> Version:
    try:
        return notices.get_version(number)
    except notices.NoNotice:
        raise Http404 from None


def _shown(request: HttpRequest, version: Version) -> HttpResponse:
    at = request.at  # type: ignore[attr-defined]
    notice = notices.notice_of(version)
    rendered = rendering.layered(notice)
    parts = [
        Part(section.id, section.title, section.short, tuple(_paragraph(entry) for entry in section.entries))
        for section in rendered.sections
    ]
    now = notices.version_in_force(at)
    listed = notices.list_versions()
    before = next((each for each in listed if each.number < version.number), None)
    changed = compare(notices.notice_of(before), notice) if before else None
    return render(
        request,
        "portal/notice/show.html",
        {
            "version": version,
            "notice": rendered,
            "answers": _answers(first_layer(notice, changed)),
            "parts": parts,
            "contents": [Item("In short", "#short"), *(Item(part.title, f"#{part.id}") for part in parts)],
            "holds": now is not None and now.number == version.number,
            "before": before,
            "material": [change.words for change in changed or [] if change.material],
            "other": [change.words for change in changed or [] if not change.material],
            "table": _table(listed, at, shown=version.number),
            "receipt": _receipt(request),
        },
    )


def _answers(answers: tuple[Answer, ...]) -> list[Row]:
    return [
        Row(answer.question, answer.words, link=Link("More", f"#{answer.part}", f": {answer.question}"))
        for answer in answers
    ]


def _paragraph(entry: Entry) -> Paragraph:
    return Paragraph(entry.id, entry.title, entry.words, tuple(Row(fact.name, fact.words) for fact in entry.facts))


def _table(listed: list[Version], at: datetime, *, shown: int = 0) -> Table:
    now = notices.version_in_force(at)
    columns = (
        Column("Version", "name"),
        Column("In force from", "figures", word="In force from"),
        Column("Published", "figures", word="Published"),
        Column("Hash", word="Hash"),
    )
    lines = [
        Line(
            (
                Cell(
                    f"Version {version.number}",
                    href=reverse("notice_version", args=[version.number]),
                    tag=_state(version.number, now.number if now else 0),
                ),
                Cell(say_day(version.in_force_at)),
                Cell(say_day(version.published_at)),
                Cell(f"{version.hash[:_HASH]}…", mono=True),
            ),
            chosen=version.number == shown,
        )
        for version in listed
    ]
    return Table("All versions of our notice", columns, tuple(lines))


def _state(number: int, in_force: int) -> Tag | None:
    if number == in_force:
        return Tag("kept", "Holds now")
    return Tag("info", "To come") if number > in_force else None


def _receipt(request: HttpRequest) -> Banner | None:
    """Which version the reader was given, when somebody signed in reads it."""
    actor = actor_of(request)
    if actor.kind != "person" or actor.id is None:
        return None
    receipts = people.list_receipts(actor.id, at=request.at)  # type: ignore[attr-defined]
    if not receipts:
        return None
    newest = receipts[0]
    verb = "given" if newest.given else "told of"
    return Banner(
        "info",
        f"You were {verb} version {newest.version} on {say_day(newest.at)}.",
        "" if len(receipts) == 1 else f"Before that, {len(receipts) - 1} earlier.",
        Link("Read that version", reverse("notice_version", args=[newest.version])),
    )


def say_day(moment: datetime) -> str:
    """`24 November 2026`."""
    return f"{timezone.localtime(moment):%-d %B %Y}"
