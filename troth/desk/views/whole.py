"""The whole of a record: everything that happened to it, and all of it on paper. For who may read its health data."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.pages import Section
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Tag
from troth.desk import noting, papers
from troth.desk.frame import about, looking, show
from troth.desk.parts import parts
from troth.desk.views import agreement, chart
from troth.desk.views.card import teller_of
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.records import selectors as records
from troth.records.selectors.paper import paragraphs_of
from troth.rights import selectors as rights
from troth.rights.selectors import Look
from troth.vault.categories import Category

PAGE = 50
#: When somebody signs in, or uses their rights, is their own business and no part of their care.
_NOT_TOLD = frozenset({Purpose.ACCOUNT_SECURITY.value, Purpose.RIGHTS.value})


def history(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Every event about one person that is part of the work with them, newest first. That somebody reads this is one too."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY, Category.HEALTH)
    who = people.get_identity(subject, look.opened)
    before, first = (_number(request.GET.get(name, "")) for name in ("before", "from"))
    found = rights.history_of(
        subject, at=look.at, limit=PAGE, before=before or None, viewer=look.id, without=_NOT_TOLD
    )
    start = first or 1
    last = start + len(found.looks) - 1
    path = reverse("desk_history", args=[subject])
    return show(
        request,
        "card/history",
        about(request, look, subject),
        subject=subject,
        name=who.name if who else "",
        table=_table(found.looks) if found.looks else None,
        why=papers.health_strip(look, subject, who),
        older=f"{path}?before={found.following}&from={last + 1}" if found.following else "",
        newest=path if before else "",
    )


def to_print(request: HttpRequest, subject: UUID) -> HttpResponse:
    """
    The record in full: every section, every note with its additions, the words of every consent and every body chart, nothing
    behind a link. Photographs rest on a consent of their own and files are papers already: that they are not in it, the page says.
    """
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY, Category.HEALTH)
    who = people.get_identity(subject, look.opened)
    kept = records.triggers(subject, born_on=who.born_on if who else None)
    sections = records.card_sections(subject, look.opened, kept=kept)
    teller = teller_of(look, subject, sections, [], [])
    drawn = []
    for section in sections:
        if isinstance(section, records.Withheld) or section.key != "notes":
            drawn += papers.papers([section], teller, look.purpose, at=look.at, may_write=False)
    drawn += parts(request, look, teller, kept, may_write=False).papers
    strip = papers.health_strip(look, subject, who)
    notes = [
        Section(
            row.heading or row.title or "Note",
            strip,
            note=noting.note_line(row, teller),
            rows=noting.note_rows(row),
            prose=noting.note_words(row),
            addition=" ".join(noting.additions(row, teller)),
            signed=noting.signature(row, teller),
        )
        for row in records.list_notes(subject, viewer=look.id)
    ]
    signed = [
        Section(
            f"Consent: {line.title}",
            strip,
            rows=tuple(agreement.rows_of(line)),
            prose=tuple(paragraphs_of(line.words)),
        )
        for line in records.list_consents(subject, look.opened)
    ]
    return show(
        request,
        "card/print",
        about(request, look, subject),
        subject=subject,
        name=who.name if who else "",
        born=", ".join(_who_it_is(who)) if who else "",
        sections=[*(paper.section for paper in drawn), *notes, *signed],
        charts=chart.drawn_so_far(look, subject),
        why=strip,
        printed=f"{timezone.localtime(look.at):%-d %B %Y, %H:%M}",
    )


def _who_it_is(who: people.PersonIdentity) -> list[str]:
    born = [f"Born {who.born_on:%-d %B %Y}"] if who.born_on else []
    return [*born, f"NHS number {who.nhs_number}"] if who.nhs_number else born


def _table(looks: tuple[Look, ...]) -> Table:
    columns = (Column("When", "figures"), Column("Who", "name"), Column("What happened"), Column("Why", word="Why"))
    lines = tuple(
        Line(
            (
                Cell(f"{timezone.localtime(look.at):%-d %b %Y, %H:%M}"),
                Cell(look.who, small=look.role),
                Cell(look.sentence),
                Cell(look.why, tag=Tag("refused", "Refused") if look.refused else None),
            )
        )
        for look in looks
    )
    return Table("What happened to this record", columns, lines)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0
