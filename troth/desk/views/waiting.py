"""The waiting list at the desk: who waits for what and since when, putting somebody on it, and taking them off."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.pages import PurposeLine
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Paging, Row, Tag
from troth.desk.forms.diary import WaitForm
from troth.desk.forms.task import TaskSearchForm
from troth.desk.frame import frame, looking, lowered, purpose_line, show, strip
from troth.diary import rules, services
from troth.diary import selectors as diary
from troth.people import selectors as people
from troth.vault.categories import Category

AT_ONCE = 50


def list_waiting(request: HttpRequest) -> HttpResponse:
    """Whoever came first stands first. A search looks through the names of these people and of nobody else."""
    look = looking(request)
    form = TaskSearchForm(request.POST or None)
    wanted = form.cleaned_data["q"].strip() if form.is_valid() else ""
    found = diary.list_waiting(look.opened, text=wanted)
    number = Paging.asked(request.GET.get("page", ""), len(found), each=AT_ONCE)
    shown = found[(number - 1) * AT_ONCE : number * AT_ONCE]
    names = people.staff_profiles({each.practitioner for each in shown if each.practitioner})
    path = reverse("desk_waiting")
    heads = (
        Column("Who", "name"),
        Column("What for", word="What for"),
        Column("Suits them", word="Suits them"),
        Column("Waits since", word="Waits since"),
        Column("Now", word="Now"),
    )
    rows: list[tuple[str | Cell, ...]] = [
        (
            Cell("Somebody whom you may not see")
            if each.withheld
            else Cell(each.name, href=reverse("desk_wish", args=[each.id])),
            Cell(each.service, small=f"With {names[each.practitioner].name}" if each.practitioner in names else ""),
            Cell(_days(each)),
            Cell(f"{timezone.localtime(each.since):%-d %B}"),
            _now(each),
        )
        for each in shown
    ]
    return show(
        request,
        "waiting/list",
        frame(
            request, purpose=PurposeLine(lowered(look.purpose), "", "Names, what for, and the days that suit them.")
        ),
        form=form,
        wanted=wanted,
        here=path,
        table=table_of("Who waits for a time", heads, rows) if rows else None,
        paging=Paging.numbered(number, len(found), each=AT_ONCE, path=path),
        status=422 if form.is_bound and not form.is_valid() else 200,
    )


def show_wish(request: HttpRequest, wish: UUID) -> HttpResponse:
    """One place on the list, and taking it off."""
    look = looking(request)
    found = diary.get_waiting(wish, look.opened)
    if found is None:
        raise Http404
    error = ""
    if request.method == "POST":
        try:
            services.leave_list(wish, by=look.actor, at=look.at)
        except rules.NotPossible as refused:
            error = str(refused)
        else:
            return done("desk_waiting", "wish-ended")
    names = people.staff_profiles({found.practitioner} if found.practitioner else set())
    whom = names[found.practitioner].name if found.practitioner in names else "Whoever has time"
    return show(
        request,
        "waiting/show",
        frame(request, purpose=purpose_line(look.opened, found.subject)),
        wish=found,
        error=error,
        rows=[
            Row("What for", found.service),
            Row("With", whom),
            Row("Suits them", _days(found)),
            Row("Waits since", f"{timezone.localtime(found.since):%A %-d %B}"),
            *([Row("Offered", _offered(found))] if found.offered_at else []),
        ],
        why=strip(look, found.subject, Category.CORRESPONDENCE),
        status=422 if error else 200,
    )


def join(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Put somebody on the list: what for, with whom, and from when to when it suits them."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY, Category.CORRESPONDENCE)
    form = WaitForm(
        request.POST or None,
        services=diary.list_services(),
        practitioners=[(each.subject, each.name) for each in diary.list_practitioners(at=look.at)],
    )
    if form.is_valid():
        try:
            services.join_list(subject, by=look.actor, at=look.at, **form.wanted())
        except rules.NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return done("desk_waiting", "wish-made")
    return show(
        request,
        "diary/form",
        frame(request, purpose=purpose_line(look.opened, subject)),
        form=form,
        asks_time=False,
        heading="Put them on the waiting list",
        name=people.names_of({subject}, look.opened).get(subject, ""),
        why=strip(look, subject, Category.CORRESPONDENCE),
        back=reverse("desk_book", args=[subject]),
        now="",
        status=422 if form.errors else 200,
    )


def _days(each: diary.Waiting) -> str:
    return f"{each.first_on:%-d %B} to {each.last_on:%-d %B}"


def _offered(each: diary.Waiting) -> str:
    assert each.offered_at is not None and each.offered_until is not None
    return f"{rules.said_day(each.offered_at)}, theirs until {rules.said_day(each.offered_until)}"


def _now(each: diary.Waiting) -> Cell:
    if each.offered_at is None:
        return Cell(tag=Tag("plain", "Waiting"))
    return Cell(tag=Tag("info", "Offered"), small=rules.said_day(each.offered_at))
