"""Today at the desk: the requests that wait for whoever looks."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.tables import Cell, Column, Table, table_of
from troth.design.values import Link
from troth.desk.frame import frame, looking, show
from troth.people import selectors as people
from troth.prescribing import selectors as prescribing
from troth.prescribing.rules import PASSING_ON


def today(request: HttpRequest) -> HttpResponse:
    """The requests that wait: mine to decide or prepare, and those to pass on for who passes them on."""
    look = looking(request)
    mine = prescribing.list_waiting_for(look.id)
    passing = bool(look.actor.roles & PASSING_ON)
    unassigned = prescribing.list_to_pass_on() if passing else []
    names = people.names_of({line.subject for line in (*mine, *unassigned)}, look.opened)
    return show(
        request, "home/today", frame(request),
        mine=_table("Waiting for you", mine, names, reverse_to="desk_card"),
        passing=passing,
        unassigned=_table("To pass on", unassigned, names, reverse_to="desk_card", act="Pass on"),
        day=timezone.localtime(look.at).date(),
    )


def _table(
    title: str, lines: Iterable[prescribing.RequestLine], names: dict[UUID, str], *, reverse_to: str, act: str = "",
) -> Table | None:
    columns = (Column("Who", "name"), Column("Asked", "figures", word="Asked"), Column("Where it is"))
    rows: list[tuple[str | Cell, ...]] = []
    for line in lines:
        # A person under restriction keeps their name here; whoever is withheld altogether is told as withheld, never left out.
        who = Cell(names[line.subject], href=reverse(reverse_to, args=[line.subject])) if line.subject in names else Cell("Withheld", coin="parted")
        cells: tuple[str | Cell, ...] = (who, f"{timezone.localtime(line.requested_at):%-d %B, %H:%M}", line.status.words.capitalize())
        rows.append((*cells, Cell(act=Link(act, reverse("desk_assign", args=[line.id]), names.get(line.subject, "")))) if act else cells)
    return table_of(title, (*columns, Column("", "act")) if act else columns, rows) if rows else None
