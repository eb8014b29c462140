"""The same pages twice. Only where the rows come from differs."""

import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render

from bench.site.models import Booking, Permission
from bench.specimens.models import Card, PlainCard
from troth.design.pages import Clinic, Page, PurposeLine, Section
from troth.design.tables import Column, table_of
from troth.design.values import Counterpart, Item, Row, Term
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.notice.purposes import Purpose
from troth.people.selectors.finding import find_people

COLUMNS = (
    Column("Name", "name"),
    Column("Born", "figures"),
    Column("Telephone"),
    Column("Email"),
    Column("Note"),
    Column("Active"),
)
LABELS = ("Name", "Born", "Telephone", "Email", "Note", "Active")
Values = tuple[str, ...]


def _values(card: Any) -> Values:
    return (
        card.name,
        f"{card.born_on:%d %B %Y}",
        card.telephone,
        card.email,
        card.note,
        "yes" if card.active else "no",
    )


def permitted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What a plain application does: read a permission row, then show the page."""

    @functools.wraps(view)
    def asked(request: HttpRequest, **parts: Any) -> HttpResponse:
        person = getattr(request, "person", None)
        if person is None or not Permission.objects.filter(person=person, role="prescriber").exists():
            return HttpResponseForbidden()
        return view(request, **parts)

    return asked


def _booked(request: HttpRequest) -> Any:
    return Booking.objects.filter(practitioner=request.person).values("subject")


def sealed_list(request: HttpRequest, look: str) -> HttpResponse:
    rows = list(Card.objects.filter(subject_id__in=_booked(request)))
    admitted, withheld = request.opened.admit(rows)
    assert not withheld
    return show_list(request, look, [_values(card) for card in admitted])


@permitted
def plain_list(request: HttpRequest, look: str) -> HttpResponse:
    return show_list(
        request, look, [_values(card) for card in PlainCard.objects.filter(subject_id__in=_booked(request))]
    )


def sealed_card(request: HttpRequest, subject: UUID, look: str) -> HttpResponse:
    card = Card.objects.get(subject_id=subject)
    return show_card(request, look, _values(card), request.opened.reason_for(subject))


@permitted
def plain_card(request: HttpRequest, subject: UUID, look: str) -> HttpResponse:
    card = PlainCard.objects.get(subject_id=subject)
    return show_card(request, look, _values(card), "a booking")


def sealed_find(request: HttpRequest, text: str) -> HttpResponse:
    with processing(Purpose.FIND, by=request.actor, at=request.at, find_reason=FindReason.ON_THE_TELEPHONE) as opened:
        found = find_people(text, opened)
    rows = [(each.name, str(each.birth_year), each.postcode_area) for each in found.people]
    table = table_of("Found", (Column("Name", "name"), Column("Born", "figures"), Column("Area")), rows)
    return render(request, "site/list.html", {"page": _page(), "table": table, "total": found.matched})


def show_list(request: HttpRequest, look: str, values: list[Values]) -> HttpResponse:
    """The desk's own list, or a bare table as the least that a page can be."""
    if look == "bare":
        return render(request, "site/bare_list.html", {"labels": LABELS, "people": values})
    return render(
        request,
        "site/list.html",
        {"page": _page(), "table": table_of("People", COLUMNS, list(values)), "total": len(values)},
    )


def show_card(request: HttpRequest, look: str, values: Values, because: str) -> HttpResponse:
    if look == "bare":
        return render(request, "site/bare_list.html", {"labels": LABELS, "people": [values]})
    section = Section(
        "Who they are",
        Counterpart("You see this", terms=(Term("Because", f"because of {because}"),)),
        rows=tuple(Row(label, value) for label, value in zip(LABELS, values, strict=True)),
    )
    return render(request, "site/card.html", {"page": _page(), "name": values[0], "section": section})


def _page() -> Page:
    return Page(
        Clinic("Aldersyke Clinic", particulars="A benchmark"),
        nav=(Item("Today", "/", current=True), Item("People", "/people/")),
        person="Morwenna Tait",
        role="Prescriber",
        purpose=PurposeLine("looking after their condition", "of a booking"),
    )
