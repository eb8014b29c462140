"""
Booking by whoever comes to the site, signed in or not: what, with whom, when; then who they are; then a page of their visit.

A time is kept while the last page is filled in. What was chosen goes along in a sealed ticket, so that no address says what for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import nsmallest
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.design.moments import hour_of
from troth.design.values import Item
from troth.diary import rules, services
from troth.diary import selectors as diary
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.table import actor_of, register_of
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people.middleware import network_of
from troth.portal.forms.booking import KnownForm, StrangerForm
from troth.portal.views.account import WAIT, counterpart
from troth.vault.categories import Category

#: How many days one page of times shows, and how far the search for the first free one looks.
DAYS_SHOWN, DAYS_SEARCHED = 7, 56
#: How many times are offered in place of one that is kept no longer.
MOST_INSTEAD = 8


@dataclass(frozen=True)
class Time:
    """A time that can be chosen, and with whom."""

    value: str
    words: str
    left: int = 0  # the places of a class; none where it is a visit alone
    whom: str = ""  # of a class, where somebody else gives one at the same time


@dataclass(frozen=True)
class Day:
    """One day with what is free of it."""

    words: str
    times: tuple[Time, ...]


@require_http_methods(["GET", "HEAD"])
def list_services(request: HttpRequest) -> HttpResponse:
    """What can be booked here."""
    register = register_of(request)
    offered = [(each, diary.is_booked_online(each, register)) for each in diary.list_services() if each.online]
    return render(request, "portal/booking/services.html", {"services": offered if diary.has_anything() else []})


@require_http_methods(["GET", "HEAD", "POST"])
def choose_time(request: HttpRequest, service: UUID) -> HttpResponse:
    """With whom and when. Choosing a time keeps it for a quarter of an hour."""
    at = request.at  # type: ignore[attr-defined]
    offered = diary.get_service(service)
    if offered is None or not diary.is_booked_online(offered, register_of(request)):
        raise Http404
    whom = _uuid(request.GET.get("with", ""))
    error, status = "", 200
    # Whoever chooses another time gives back the one that was kept for them.
    instead = request.POST.get("instead", "") or request.GET.get("instead", "")
    given_back = diary.open_kept(instead, at=at) if instead else None
    if request.method == "POST":
        practitioner, _, starts = request.POST.get("time", "").partition("|")
        kept, error = _keep(request, offered, _uuid(practitioner), starts, given_back)
        if kept:
            return redirect("book_details", ticket=kept)
        status = 422
    workers = diary.workers(at=at)
    members = [each for each in diary.list_practitioners(at=at) if workers[each.subject].does(service)]
    first, free = _free(request, service, whom, given_back)
    path = reverse("book_time", args=[service])
    today = timezone.localdate(at)
    names = {each.subject: each.name for each in members} if offered.is_class else {}
    left = diary.places_left(offered, first, DAYS_SHOWN, at=at, without=given_back.pending if given_back else None)

    def there(on: date, who: UUID | None) -> str:
        return f"{path}?from={on}" + (f"&with={who}" if who else "") + (f"&instead={instead}" if instead else "")

    return render(
        request,
        "portal/booking/time.html",
        {
            "offered": offered,
            "error": error,
            "instead": instead,
            "whom": [
                Item("Whoever has time", there(first, None), current=whom is None),
                *(Item(each.name, there(first, each.subject), current=whom == each.subject) for each in members),
            ],
            "days": [
                Day(
                    f"{on:%A %-d %B}",
                    tuple(
                        Time(
                            f"{who[0] if len(who) == 1 else ''}|{rules.moment_of(start).isoformat()}",
                            hour_of(rules.moment_of(start)),
                            left.get((who[0], start), 0),
                            names.get(who[0], "") if len(several) > 1 else "",
                        )
                        for start, several in starts.items()
                        # Each class is one by itself. Of several who have time it is the one with least taken when it is chosen.
                        for who in ([[each] for each in several] if offered.is_class else [several])
                    ),
                )
                for on, starts in free.items()
            ],
            "first": first,
            "last": first + timedelta(days=DAYS_SHOWN - 1),
            "earlier": there(max(today, first - timedelta(days=DAYS_SHOWN)), whom) if first > today else "",
            "later": there(first + timedelta(days=DAYS_SHOWN), whom),
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def give_details(request: HttpRequest, ticket: str) -> HttpResponse:
    """Who comes. Whoever is signed in is known already."""
    at = request.at  # type: ignore[attr-defined]
    kept = diary.open_kept(ticket, at=at)
    offered = diary.get_service(kept.service) if kept else None
    if kept is None or offered is None:
        return render(request, "portal/booking/over.html", status=410)
    again = f"{reverse('book_time', args=[kept.service])}?instead={ticket}"
    if diary.is_booked(kept):
        return _booked(request, kept)
    if kept.until <= at and request.method != "POST":
        return render(request, "portal/booking/over.html", {"again": again}, status=410)
    if kept.until <= at:
        return _choose_again(request, kept, offered, again)
    form = _who(request)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            made = _book(request, kept, form)
        except rules.NotPossible as refused:
            if diary.is_booked(kept):  # it was sent twice at once, and the other was a moment earlier
                return _booked(request, kept)
            if isinstance(refused, rules.Lost):
                return _choose_again(request, kept, offered, again)
            return render(request, "portal/booking/over.html", {"why": str(refused), "again": again}, status=409)
        if made:
            return _to_visit(request, made)
        form.add_error(None, WAIT)
        status = 429
    return _details(request, kept, offered, form, again, status=status)


def _who(request: HttpRequest, times: Sequence[datetime] = ()) -> KnownForm | StrangerForm:
    """What is asked of whoever comes; `times`: of which one is to be chosen, since the first is kept no longer."""
    data = request.POST or None
    if _known(request):
        return KnownForm(data, arranging=people.takes_adjustments(register_of(request)), times=times)
    return StrangerForm(data, on=timezone.localdate(request.at), times=times)  # type: ignore[attr-defined]


def _known(request: HttpRequest) -> Actor | None:
    """Whoever is signed in as a patient, of whom nothing more is asked."""
    actor = actor_of(request)
    return actor if actor.kind == "person" and not actor.roles and not actor.held_back else None


def _to_visit(request: HttpRequest, made: str) -> HttpResponse:
    """To what was booked: where it waits for a deposit, to that."""
    request.browser.hold_link(made)  # type: ignore[attr-defined]
    found = diary.visit_by_link(made, at=request.at)  # type: ignore[attr-defined]
    return redirect("visit_deposit" if found and found.awaits_deposit else f"{reverse('visit')}?new=1")


def _choose_again(request: HttpRequest, kept: diary.Kept, offered: diary.Offered, again: str) -> HttpResponse:
    """
    Their time went to the others while they wrote. What they wrote stands, beside the next times of the same practitioner; one that
    is chosen is kept and booked at once.
    """
    at = request.at  # type: ignore[attr-defined]
    times = _next_times(kept, at)
    if not times:
        return render(request, "portal/booking/over.html", {"again": again}, status=410)
    form = _who(request, times)
    if form.is_valid():
        fresh, error = _keep(request, offered, kept.practitioner, form.cleaned_data.pop("starts"), kept)
        now = diary.open_kept(fresh, at=at) if fresh else None
        try:
            made = _book(request, now, form) if now else ""
        except rules.NotPossible as refused:
            made, error = "", str(refused)
        if made:
            return _to_visit(request, made)
        form.add_error("starts", error or WAIT)
    return _details(request, kept, offered, form, again, over=True, status=409)


def _next_times(kept: diary.Kept, at: datetime) -> list[datetime]:
    """What is free of the same practitioner nearest to the time that was kept, from its day on."""
    first = max(timezone.localdate(at), timezone.localdate(kept.starts_at))
    found = diary.open_days(
        kept.service, first, DAYS_SEARCHED, practitioner=kept.practitioner, without=kept.pending, at=at
    )
    starts = [rules.moment_of(start) for on in diary.by_day(found).values() for start in on]
    ahead = (each for each in starts if each >= at + rules.NEWEST)
    return sorted(nsmallest(MOST_INSTEAD, ahead, key=lambda each: abs(each - kept.starts_at)))


def _details(
    request: HttpRequest,
    kept: diary.Kept,
    offered: diary.Offered,
    form: KnownForm | StrangerForm,
    again: str,
    *,
    over: bool = False,
    status: int,
) -> HttpResponse:
    at = request.at  # type: ignore[attr-defined]
    member = people.staff_profiles({kept.practitioner}).get(kept.practitioner)
    return render(
        request,
        "portal/booking/details.html",
        {
            "form": form,
            "known": bool(_known(request)),
            "over": over,
            "offered": offered,
            "when": rules.said_when(kept.starts_at),
            "practitioner": member.name if member else "a colleague",
            "until": hour_of(kept.until),
            "near": rules.is_late(kept.starts_at, at=at),
            "again": again,
            "why": counterpart(at, Purpose.BOOKING, "Why we ask", Category.CORRESPONDENCE),
        },
        status=status,
    )


def _booked(request: HttpRequest, kept: diary.Kept) -> HttpResponse:
    """A ticket that was used: to the visit in the browser that booked it, and in another no word of it."""
    found = diary.visit_by_link(request.browser.held_link(), at=request.at)  # type: ignore[attr-defined]
    if found is not None and found.id == kept.pending:
        return redirect("visit")
    return render(request, "portal/booking/over.html", {"booked": True})


def _keep(
    request: HttpRequest, offered: diary.Offered, practitioner: UUID | None, starts: str, instead: diary.Kept | None
) -> tuple[str, str]:
    """Keep a time instead of another, and give its ticket; or why not."""
    at = request.at  # type: ignore[attr-defined]
    moment = rules.read_moment(starts, at=at)
    if moment is None:
        return "", "Choose a time."
    if not diary.may_hold(network_of(request), at=at):
        return "", WAIT
    on = timezone.localtime(moment).date()
    before = instead.pending if instead else None
    free = {each.at: each.practitioner for each in diary.free_on(offered.id, on, practitioner, without=before, at=at)}
    if moment not in free or moment < at + rules.NEWEST:
        return "", "That time has just been taken. Choose another one."
    try:
        pending = services.hold_time(
            practitioner=free[moment],
            service=offered.id,
            starts_at=moment,
            instead=before,
            by=actors.NOBODY,
            at=at,
        )
    except rules.NotPossible as refused:
        return "", str(refused)
    kept = diary.Kept(pending, offered.id, free[moment], moment, at + rules.HELD_FOR)
    return diary.seal_kept(kept, at=at), ""


def _book(request: HttpRequest, kept: diary.Kept, form: KnownForm | StrangerForm) -> str:
    """
    Book what was kept, and give the link's token; nothing where too many come from one network.

    :raises NotPossible: it is kept no longer.
    """
    at = request.at  # type: ignore[attr-defined]
    actor = _known(request)
    if actor is not None and actor.id is not None:
        return services.book_kept(kept, actor.id, note=form.cleaned_data["note"], by=actor, at=at)
    may = people.may_ask(form.cleaned_data["email"], network=network_of(request), at=at)
    if isinstance(may, people.Wait):
        return ""
    return services.book_as_stranger(kept, **form.cleaned_data, told=may, by=actors.NOBODY, at=at)


def _free(
    request: HttpRequest, service: UUID, whom: UUID | None, instead: diary.Kept | None
) -> tuple[date, Mapping[date, Mapping[int, Sequence[UUID]]]]:
    """The day from which on times are shown, the one asked for or the first on which something is free; and those times by day."""
    at = request.at  # type: ignore[attr-defined]
    today = timezone.localdate(at)

    def search(first: date, days: int) -> dict[date, dict[int, list[UUID]]]:
        before = instead.pending if instead else None
        return diary.by_day(diary.open_days(service, first, days, practitioner=whom, without=before, at=at))

    try:
        first = max(today, min(date.fromisoformat(request.GET.get("from", "")), today + rules.AHEAD))
    except ValueError:
        found = search(today, DAYS_SEARCHED)
        first = next(iter(found), today)
        return first, {on: starts for on, starts in found.items() if on < first + timedelta(days=DAYS_SHOWN)}
    return first, search(first, DAYS_SHOWN)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
