"""The diary at the desk: a week and a day, a visit and what becomes of it, booking and moving."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.pages import PurposeLine
from troth.design.values import Item, Row, Tag
from troth.desk.forms.diary import BookForm, MoveForm
from troth.desk.frame import Looking, frame, looking, lowered, purpose_line, show, strip
from troth.diary import selectors as diary
from troth.diary import services
from troth.diary.rules import ARRANGING, STEPS, NotPossible
from troth.diary.selectors import VisitState
from troth.people import selectors as people
from troth.vault.categories import Category

TAGS: dict[VisitState, Tag] = {
    VisitState.ARRIVED: Tag("info", "here"),
    VisitState.MISSED: Tag("late", "missed"),
}
#: What each step is called on its button, and the act behind it.
ACTS: dict[VisitState, tuple[str, Callable[..., None]]] = {
    VisitState.ARRIVED: ("They are here", services.arrive),
    VisitState.COMPLETED: ("The visit is over", services.complete),
    VisitState.MISSED: ("They did not come", services.miss),
    VisitState.CANCELLED: ("Cancel it", services.cancel),
}


@dataclass(frozen=True)
class Slot:
    """One line of a day: a visit, or a stretch that is free."""

    at: datetime
    words: str
    kind: str  # free, taken, booked, arrived, completed, missed
    href: str = ""
    small: str = ""
    tag: Tag | None = None


@dataclass(frozen=True)
class Day:
    """One practitioner's day as it is drawn."""

    words: str
    today: bool
    off: bool
    slots: tuple[Slot, ...]
    narrow: bool = False  # the day of a week that a telephone shows; the others are a word away


@dataclass(frozen=True)
class Line:
    """One practitioner with their days."""

    name: str
    role: str
    booked: str
    days: tuple[Day, ...]


def week(request: HttpRequest) -> HttpResponse:
    """Monday to Saturday, a row for each practitioner."""
    on = _on(request)
    monday = on - timedelta(days=on.weekday())
    return _days(request, "week", monday, 6, on, f"Week of {monday:%-d %B}", step=7)


def day(request: HttpRequest) -> HttpResponse:
    """One day, a column for each practitioner; on a telephone one below the other."""
    on = _on(request)
    return _days(request, "day", on, 1, on, f"{on:%A %-d %B}", step=1)


def visit(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """One visit, and what can become of it."""
    look = looking(request)
    found = diary.get_visit(appointment, look.opened)
    error = ""
    if request.method == "POST":
        wanted = request.POST.get("step", "")
        if wanted not in set(ACTS):
            raise Http404
        try:
            ACTS[VisitState(wanted)][1](appointment, by=look.actor, at=look.at)
        except NotPossible as refused:
            error = str(refused)
        else:
            return done("desk_visit", f"visit-{wanted}", appointment=appointment)
    names = people.staff_profiles({found.practitioner})
    rows = [
        Row("When", _when(found)),
        Row("With", names[found.practitioner].name if found.practitioner in names else "A colleague"),
        Row("What for", found.service),
        Row("Where it is", found.state.words.capitalize()),
        *([Row("Note", found.note)] if found.note else []),
    ]
    return show(
        request,
        "diary/visit",
        frame(request, purpose=purpose_line(look.opened, found.subject)),
        status=422 if error else 200,
        visit=found,
        rows=rows,
        error=error,
        why=strip(look, found.subject, Category.CORRESPONDENCE),
        steps=[(step.value, ACTS[step][0]) for step in ACTS if step in STEPS[found.state]],
        movable=found.state is VisitState.BOOKED,
    )


def book(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Book a visit for somebody: what, with whom, on which day; then one of the times that are free."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY, Category.CORRESPONDENCE)
    form = BookForm(request.POST or None, services=diary.list_services(), practitioners=_practitioners(), at=look.at)
    if form.is_valid() and (starts := form.cleaned_data["starts"]):
        try:
            made = services.book(
                subject,
                practitioner=UUID(form.cleaned_data["practitioner"]),
                service=UUID(form.cleaned_data["service"]),
                starts_at=starts,
                note=form.cleaned_data["note"],
                by=look.actor,
                at=look.at,
            )
        except NotPossible as refused:
            form.add_error("starts", str(refused))
        else:
            return done("desk_visit", "visit-booked", appointment=made)
    return _form(request, look, subject, form, "Book a visit", reverse("desk_diary"))


def move(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Move a visit to another time, or to a colleague."""
    look = looking(request)
    found = diary.get_visit(appointment, look.opened)
    initial = {"practitioner": str(found.practitioner)}
    form = MoveForm(
        request.POST or None, lasts=found.minutes, practitioners=_practitioners(), at=look.at, initial=initial
    )
    if form.is_valid() and (starts := form.cleaned_data["starts"]):
        try:
            services.move(
                appointment,
                starts_at=starts,
                practitioner=UUID(form.cleaned_data["practitioner"]),
                by=look.actor,
                at=look.at,
            )
        except NotPossible as refused:
            form.add_error("starts", str(refused))
        else:
            return done("desk_visit", "visit-moved", appointment=appointment)
    back = reverse("desk_visit", args=[appointment])
    return _form(request, look, found.subject, form, "Move the visit", back, now=_when(found))


def _form(
    request: HttpRequest,
    look: Looking,
    subject: UUID,
    form: BookForm | MoveForm,
    title: str,
    back: str,
    *,
    now: str = "",
) -> HttpResponse:
    return show(
        request,
        "diary/form",
        frame(request, purpose=purpose_line(look.opened, subject)),
        # Asking which times are free is no mistake; a form with an error is shown again as one.
        status=422 if form.is_bound and form.errors else 200,
        form=form,
        heading=title,
        name=people.names_of({subject}, look.opened).get(subject, ""),
        why=strip(look, subject, Category.CORRESPONDENCE),
        back=back,
        now=now,
    )


def _days(
    request: HttpRequest, view: str, first: date, days: int, on: date, title: str, *, step: int
) -> HttpResponse:
    look = looking(request)
    arranges = bool(look.actor.roles & ARRANGING)
    visits = diary.list_visits(first, days, look.opened)
    today = timezone.localdate(look.at)
    shown = on if first <= on < first + timedelta(days=days) else first
    lines = []
    for columns in diary.columns(first, days, visits):
        worked = sum(column.worked[1] - column.worked[0] for column in columns if column.worked)
        free = sum(minutes for column in columns for _, minutes in column.free) // 15
        member = columns[0].practitioner
        lines.append(
            Line(
                member.name,
                member.role_words,
                f"{round(100 * (worked - free) / worked)}% booked" if worked else "Not in",
                tuple(_day(column, look, today, shown) for column in columns),
            )
        )
    heads = [
        (f"{each:%a %-d}" if days > 1 else "Time", each == today)
        for each in (first + timedelta(days=number) for number in range(days))
    ]
    declared = look.opened.declared
    purpose = PurposeLine(
        lowered(declared.title) if declared else "",
        "",
        "Names, times and services. For anything of their health open a card, and say why."
        if arranges
        else "You see your own visits; colleagues’ time shows only as taken.",
    )
    return show(
        request,
        "diary/days",
        frame(request, purpose=purpose),
        title=title,
        view=view,
        lines=lines,
        heads=heads,
        now=f"{timezone.localtime(look.at):%H:%M}" if first <= today < first + timedelta(days=days) else "",
        earlier=_at(view, on - timedelta(days=step)),
        later=_at(view, on + timedelta(days=step)),
        present=_at(view, today),
        present_words="This week" if view == "week" else "Today",
        views=[
            Item("Day", _at("day", on), current=view == "day"),
            Item("Week", _at("week", on), current=view == "week"),
        ],
        each_day=[
            Item(f"{each:%a %-d}", _at(view, each), current=each == shown)
            for each in (first + timedelta(days=number) for number in range(days))
        ],
        left=sum(visit.state in (VisitState.BOOKED, VisitState.ARRIVED) for visit in visits),
        arranges=arranges,
    )


def _day(column: diary.Column, look: Looking, today: date, shown: date) -> Day:
    slots = [_slot(visit) for visit in column.visits]
    slots += [Slot(start, f"{minutes} min free", "free") for start, minutes in column.free if start > look.at]
    return Day(
        f"{column.on:%A %-d %B}",
        column.on == today,
        column.worked is None and not column.visits,
        tuple(sorted(slots, key=lambda slot: slot.at)),
        narrow=column.on == shown,
    )


def _slot(visit: diary.Visit) -> Slot:
    start = timezone.localtime(visit.starts_at)
    if visit.withheld:
        return Slot(start, f"{visit.minutes} min taken", "taken")
    return Slot(
        start,
        visit.name or "Name not held",
        visit.state.value,
        reverse("desk_visit", args=[visit.id]),
        visit.service,
        TAGS.get(visit.state),
    )


def _practitioners() -> list[tuple[UUID, str]]:
    return [(member.subject, f"{member.name}, {member.role_words.lower()}") for member in diary.list_practitioners()]


def _when(visit: diary.Visit) -> str:
    start, end = timezone.localtime(visit.starts_at), timezone.localtime(visit.ends_at)
    return f"{start:%A %-d %B %Y, %H:%M} to {end:%H:%M}"


def _on(request: HttpRequest) -> date:
    """The day that is asked for, or today."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate(looking(request).at)


def _at(view: str, on: date) -> str:
    return f"{reverse('desk_diary' if view == 'week' else 'desk_diary_day')}?on={on.isoformat()}"
