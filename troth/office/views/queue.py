"""The list of work: what waits, soonest due first, what to do next with each, and how much falls due when."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from troth.design.charts import Chart, Series
from troth.design.rulers import tape_of_days
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Item, Link, Paging, Tag
from troth.office.casework import ASKED, ROUTES, next_step
from troth.office.forms.step import STANDING, WHOSE, FilterForm
from troth.office.frame import Looking, counted, day, looking, number_in, show
from troth.people import selectors as people
from troth.rights import selectors as rights
from troth.rights.selectors import Waiting

PAGE = 25


def list_cases(request: HttpRequest) -> HttpResponse:
    """The cases that fit what is asked for. Nothing of anybody is opened for it."""
    look = looking(request)
    form = FilterForm(request.GET or None, kinds=[(asked.value, words) for asked, words in ASKED.items()])
    given = form.cleaned_data if form.is_valid() else {}
    number = max(1, number_in(request.GET.get("page", "1")))
    found, total = rights.list_queue(
        asked=given.get("asked", ""),
        standing=given.get("standing", ""),
        whose=look.id if given.get("whose") == "mine" else None,
        nobodys=given.get("whose") == "nobodys",
        reference=given.get("reference", ""),
        on=look.today,
        start=(number - 1) * PAGE,
        most=PAGE,
    )
    chosen = {name: value for name, value in given.items() if value}
    return show(
        request,
        "case/list",
        form=form if form.is_bound else FilterForm(kinds=[(asked.value, words) for asked, words in ASKED.items()]),
        cases=_table(found, look) if found else None,
        filtered=bool(chosen),
        narrowed=bool(given.get("asked") or given.get("reference")),
        standing=_switch(STANDING, "standing", given),
        whose=_switch(WHOSE, "whose", given),
        count=counted(total, "request"),
        load=_load(look),
        paging=_paging(number, total, chosen),
    )


def show_load(request: HttpRequest) -> HttpResponse:
    """The numbers of the chart as a table."""
    look = looking(request)
    lines = tuple(
        Line((Cell(f"Week of {day(week)}"), Cell(str(number)), Cell(str(nobodys))))
        for week, number, nobodys in rights.load_by_week(look.today)
    )
    columns = (
        Column("Week", "name"),
        Column("Due", "number", word="Due"),
        Column("Of these nobody’s", "number", word="Nobody’s"),
    )
    return show(request, "case/load", load=Table("What falls due in which week", columns, lines))


def _table(found: list[Waiting], look: Looking) -> Table:
    columns = (
        Column("Request", "name"),
        Column("Answer by", "figures", word="Answer by"),
        Column("Left"),
        Column("Next", word="Next"),
        Column("Whose", word="Whose"),
    )
    names = people.staff_profiles({each.assigned_to for each in found if each.assigned_to})
    lines = []
    for each in found:
        profile = names.get(each.assigned_to) if each.assigned_to else None
        done = each.state == "done"
        lines.append(
            Line(
                (
                    Cell(
                        f"{ASKED[each.asked]} {each.reference}",
                        href=reverse("office_case", args=[each.id]),
                        small=f"{ROUTES[each.route]}, {day(each.received_on)}",
                    ),
                    Cell("Closed")
                    if done
                    else Cell(day(each.due_on), tape=tape_of_days(each.received_on, each.due_on, look.today)),
                    Cell() if done else _left(each, look),
                    Cell(next_step(each)),
                    Cell(profile.name if profile else "Nobody’s"),
                )
            )
        )
    return Table("Requests about data", columns, tuple(lines))


def _switch(words: dict[str, str], name: str, given: dict[str, str]) -> list[Item]:
    """Joined boxes over one filter, each an address that keeps the others."""
    kept = {other: value for other, value in given.items() if value and other != name}
    path = reverse("office_cases")
    return [
        Item(
            said,
            f"{path}?{urlencode({**kept, name: value})}" if kept or value else path,
            given.get(name, "") == value,
        )
        for value, said in words.items()
    ]


def _left(each: Waiting, look: Looking) -> Cell:
    if each.waits_for is not None:
        return Cell(tag=Tag("info", "Waits for them"))
    if each.acknowledged:
        return Cell(tag=Tag("plain", "Acknowledged"))
    days = (each.due_on - look.today).days
    if days < 0:
        return Cell(tag=Tag("late", f"{counted(-days, 'day')} late"))
    return Cell(tag=Tag("close" if days <= 7 else "kept", "Today" if days == 0 else counted(days, "day")))


def _load(look: Looking) -> Chart | None:
    weeks = rights.load_by_week(look.today)
    if not any(number for _, number, _ in weeks):
        return None
    total = sum(number for _, number, _ in weeks)
    busiest = max(weeks, key=lambda each: each[1])
    return Chart(
        f"Requests due in each of the next six weeks: {total:,} in all. Most in the week of {day(busiest[0])}, {busiest[1]:,}.",
        tuple(f"{week:%-d %b}" for week, _, _ in weeks),
        (
            Series("Somebody has it", "seal", tuple(float(number - nobodys) for _, number, nobodys in weeks)),
            Series("Nobody’s", "hatch", tuple(float(nobodys) for _, _, nobodys in weeks)),
        ),
        Link("As a table", reverse("office_load")),
    )


def _paging(number: int, total: int, chosen: dict[str, str]) -> Paging:
    path = reverse("office_cases")

    def to(page: int) -> str:
        return f"{path}?{urlencode({**chosen, 'page': page})}"

    return Paging(
        min((number - 1) * PAGE + 1, total),
        min(number * PAGE, total),
        total,
        to(number - 1) if number > 1 else "",
        to(number + 1) if number * PAGE < total else "",
    )
