"""The reader's own visits: what is ahead, what was, and the way to move or cancel each."""

from collections.abc import Iterable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.design.tables import Cell, Column, Table, table_of
from troth.design.values import Paging, Tag
from troth.diary import rules
from troth.diary import selectors as diary
from troth.diary.selectors import Visit, VisitState
from troth.people import selectors as people
from troth.portal import own_data
from troth.portal.views.my_data import reader
from troth.rights.selectors.planning import dates_kept
from troth.vault.categories import Category

AT_ONCE = 25
_AHEAD = {VisitState.AWAITING, VisitState.BOOKED, VisitState.ARRIVED}
_TAGS = {
    VisitState.AWAITING: Tag("close", "Deposit due"),
    VisitState.BOOKED: Tag("info", "Booked"),
    VisitState.ARRIVED: Tag("info", "You are here"),
    VisitState.COMPLETED: Tag("kept", "Done"),
    VisitState.MISSED: Tag("plain", "Missed"),
    VisitState.CANCELLED: Tag("plain", "Cancelled"),
}


@require_http_methods(["GET", "HEAD"])
def list_mine(request: HttpRequest) -> HttpResponse:
    """Visits that are ahead, the next first; then those that were, the newest first."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    visits = diary.visits_of(subject, request.opened) or []  # type: ignore[attr-defined]
    ahead = [each for each in reversed(visits) if each.state in _AHEAD and each.ends_at > at]
    past = [each for each in visits if each not in ahead]
    number = Paging.asked(request.GET.get("page", ""), len(past), each=AT_ONCE)
    return render(
        request,
        "portal/visits/list.html",
        {
            "ahead": _table("Visits ahead of you", ahead, linked=True),
            "past": _table("Visits that were", past[(number - 1) * AT_ONCE : number * AT_ONCE], linked=False),
            "paging": Paging.numbered(number, len(past), each=AT_ONCE, path=reverse("my_visits")),
            "why": own_data.counterpart_of(Category.CORRESPONDENCE, dates_kept(subject, at=at), at),
        },
    )


@require_http_methods(["GET", "HEAD"])
def open_mine(request: HttpRequest, visit: UUID) -> HttpResponse:
    """To the page of one visit, where it is moved, cancelled and put into a calendar; as the link of its message leads there."""
    found = diary.visits_of(reader(request), request.opened) or []  # type: ignore[attr-defined]
    if visit not in {each.id for each in found}:
        raise Http404
    if request.method == "GET":
        request.browser.hold_link(diary.token_of(visit))  # type: ignore[attr-defined]
    return redirect("visit")


def _table(title: str, visits: Iterable[Visit], *, linked: bool) -> Table | None:
    shown = list(visits)
    names = people.staff_profiles({each.practitioner for each in shown})
    rows: list[tuple[str | Cell, ...]] = [
        (
            Cell(
                rules.said_when(each.starts_at) if linked else f"{timezone.localtime(each.starts_at):%-d %B %Y}",
                href=reverse("my_visit", args=[each.id]) if linked else "",
            ),
            Cell(each.service, small=f"{each.minutes} minutes"),
            Cell(names[each.practitioner].name if each.practitioner in names else "A colleague"),
            Cell(tag=_TAGS[each.state], small="Late" if each.late else ""),
        )
        for each in shown
    ]
    heads = (
        Column("When", "name"),
        Column("What for", word="What for"),
        Column("With", word="With"),
        Column("Now", word="Now"),
    )
    return table_of(title, heads, rows) if rows else None
