"""The diary at the desk: a week or a day, of everybody or of one practitioner."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.pages import PurposeLine
from troth.design.values import Item, Tag
from troth.desk.frame import Looking, frame, looking, lowered, show
from troth.diary import selectors as diary
from troth.diary.rules import ARRANGING, said
from troth.diary.selectors import VisitState
from troth.people import selectors as people

#: A gap that is shorter is not shown as free: nothing fits in.
FREE_SHOWN = 10
FURTHEST = timedelta(days=36_525)
TAGS: dict[VisitState, Tag] = {
    VisitState.AWAITING: Tag("close", "deposit due"),
    VisitState.ARRIVED: Tag("info", "here"),
    VisitState.MISSED: Tag("late", "missed"),
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
    colour: str = ""
    practitioner: str = ""
    arrange: str = ""  # what reception has ready for them
    move: str = ""  # where a visit is moved, for those who drag it

    @property
    def said(self) -> str:
        """Its time; an hour that comes twice says which it is."""
        return said(self.at)

    @property
    def day(self) -> str:
        """Its day, as a form sends it."""
        return f"{timezone.localtime(self.at):%Y-%m-%d}"

    @property
    def iso(self) -> str:
        """Its moment, as a form sends it."""
        return self.at.isoformat()


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
    """Monday to Saturday, and Sunday where something is on it: a row for each practitioner."""
    on = _on(request)
    monday = on - timedelta(days=on.weekday())
    return _days(request, "week", monday, 7, on, f"Week of {monday:%-d %B}", step=7)


def day(request: HttpRequest) -> HttpResponse:
    """One day, a column for each practitioner; on a telephone one below the other."""
    on = _on(request)
    return _days(request, "day", on, 1, on, f"{on:%A %-d %B}", step=1)


def _days(
    request: HttpRequest, view: str, first: date, days: int, on: date, title: str, *, step: int
) -> HttpResponse:
    look = looking(request)
    arranges = bool(look.actor.roles & ARRANGING)
    visits = diary.list_visits(first, days, look.opened)
    classes = diary.list_classes(first, days)
    # Whoever receives people reads it on the day; a week is laid out without opening anybody's.
    arrange = (
        people.adjustments_of({each.subject for each in visits if not each.withheld}, look.opened)
        if days == 1
        else {}
    )
    today = timezone.localdate(look.at)
    shown = on if first <= on < first + timedelta(days=days) else first
    lines = []
    only = _only(request)
    rows = diary.columns(first, days, visits, classes=classes, at=look.at, only=only)
    last_is_on = shown == first + timedelta(days=days - 1) or any(columns[-1].is_on for columns in rows)
    if days > 1 and not last_is_on:
        days -= 1
    for whole in rows:
        columns = whole[:days]
        worked = sum(ends - begins for column in columns for begins, ends in column.worked)
        free = sum(minutes for column in columns for _, minutes in column.free)
        member = columns[0].practitioner
        lines.append(
            Line(
                member.name,
                member.role_words,
                f"{max(0, round(100 * (worked - free) / worked))}% booked" if worked else "Not in",
                tuple(_day(column, look, today, shown, arrange) for column in columns),
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
        earlier=_at(view, on - timedelta(days=step), only),
        later=_at(view, on + timedelta(days=step), only),
        present=_at(view, today, only),
        present_words="This week" if view == "week" else "Today",
        views=[
            Item("Day", _at("day", on, only), current=view == "day"),
            Item("Week", _at("week", on, only), current=view == "week"),
        ],
        each_day=[
            Item(f"{each:%a %-d}", _at(view, each, only), current=each == shown)
            for each in (first + timedelta(days=number) for number in range(days))
        ],
        left=sum(visit.state in (VisitState.BOOKED, VisitState.ARRIVED) for visit in visits)
        + sum(each.ahead for each in classes),
        classes=arranges and any(each.is_class for each in diary.list_services()),
        arranges=arranges,
        whose=[
            Item("Everybody", _at(view, on), current=only is None),
            *(
                Item(member.name, _at(view, on, member.subject), current=only == member.subject)
                for member in diary.list_practitioners(at=look.at)
            ),
        ],
        here=_at(view, on, only),
    )


def _day(
    column: diary.Column,
    look: Looking,
    today: date,
    shown: date,
    arrange: Mapping[UUID, people.Adjustments],
) -> Day:
    slots = [_slot(visit, arrange.get(visit.subject)) for visit in column.visits]
    slots += [
        Slot(
            timezone.localtime(each.starts_at),
            each.name,
            "booked" if each.ends_at > look.at else "completed",
            reverse("desk_class", args=[each.id]),
            f"{each.taken} of {each.places}",
            colour=each.colour,
        )
        for each in column.classes
    ]
    slots += [
        Slot(start, f"{minutes} min free", "free", practitioner=str(column.practitioner.subject))
        for start, minutes in column.free
        if start > look.at and minutes >= FREE_SHOWN
    ]
    return Day(
        f"{column.on:%A %-d %B}",
        column.on == today,
        not column.is_on,
        # By the moment: where an hour comes twice, the wall shows the second one as early as the first.
        tuple(sorted(slots, key=lambda slot: slot.at.timestamp())),
        narrow=column.on == shown,
    )


def _slot(visit: diary.Visit, adjusted: people.Adjustments | None) -> Slot:
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
        visit.colour,
        move=reverse("desk_visit_move", args=[visit.id]) if visit.state is VisitState.BOOKED else "",
        arrange=adjusted.said if adjusted else "",
    )


def _on(request: HttpRequest) -> date:
    """The day that is asked for, or today: no calendar goes on past the last of its years."""
    today = timezone.localdate(looking(request).at)
    try:
        asked = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return today
    return asked if abs(asked - today) < FURTHEST else today


def _only(request: HttpRequest) -> UUID | None:
    """The practitioner whose diary alone is asked for, if one is."""
    try:
        return UUID(request.GET.get("with", ""))
    except ValueError:
        return None


def _at(view: str, on: date, only: UUID | None = None) -> str:
    path = f"{reverse('desk_diary' if view == 'week' else 'desk_diary_day')}?on={on.isoformat()}"
    return f"{path}&with={only}" if only else path
