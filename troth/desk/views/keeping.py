"""What the clinic offers, where, and when its people work: lists, and a page for each. Nothing here is about a patient."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.billing import selectors as billing
from troth.design.done import done
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Item, Paging, Tag
from troth.desk.forms.keeping import (
    AwayForm,
    HoursForm,
    PlaceForm,
    ResourceForm,
    SearchForm,
    ServiceForm,
)
from troth.desk.frame import Looking, frame, looking, show
from troth.diary import rules, services
from troth.diary import selectors as diary
from troth.diary.selectors import ResourceKind
from troth.gate.table import open_path
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.records.selectors.locked import lockable

AT_ONCE = 25
CLOSED = Tag("plain", "Closed")
LEAD = "What can be booked, where, and with whom. It holds from the next booking on; what is booked stays as it is."


def list_services(request: HttpRequest) -> HttpResponse:
    """What is offered, that which is not any more too."""
    register = looking(request).opened.register
    rows = [
        (
            each.name,
            [
                Cell(each.name, href=reverse("desk_service", args=[each.id]), tag=CLOSED if each.closed else None),
                Cell(
                    f"{each.minutes} min" + (f", {each.places} places" if each.is_class else ""), small=_around(each)
                ),
                Cell(
                    each.price or "Agreed each time",
                    small=f"Deposit {diary.pounds(each.deposit_pence)}" if each.deposit_pence else "",
                ),
                Cell(_begun(", ".join(filter(None, (each.room_sort, each.machine_sort))) or "nothing of its own")),
                Cell(
                    "Yes" if diary.is_booked_online(each, register) else "No",
                    small="Until cards are taken here, they ring"
                    if each.online and not diary.is_booked_online(each, register) and not each.closed
                    else "",
                ),
            ],
        )
        for each in diary.list_services(closed=True)
    ]
    heads = (
        Column("Service", "name"),
        Column("Takes", word="Takes"),
        Column("Price", "number", word="Price"),
        Column("Needs", word="Needs"),
        Column("Online", word="Online"),
    )
    return _list(request, "desk_services", "Services", "Add a service", "desk_service_new", heads, rows)


def keep_service(request: HttpRequest, service: UUID | None = None) -> HttpResponse:
    """Add a service, or change one."""
    known = diary.get_service(service) if service else None
    if service and known is None:
        raise Http404
    sorts: dict[ResourceKind, list[str]] = {kind: [] for kind in ResourceKind}
    for each in diary.list_resources():
        if each.sort not in sorts[each.kind]:
            sorts[each.kind].append(each.sort)
    form = ServiceForm(request.POST or None, sorts=sorts, initial=vars(known) if known else None)
    return _keep(
        request,
        form,
        known.name if known else "Add a service",
        "desk_services",
        lambda look: services.offer_service(service=service, by=look.actor, at=look.at, **form.cleaned_data),
        **_tax_of(request, known),
    )


def _tax_of(request: HttpRequest, known: diary.Offered | None) -> dict[str, str]:
    """How the deposit of a service is taxed and why, and where the price list is, for who may see that and has to look there."""
    if known is None or not known.deposit_pence:
        return {}
    rate = billing.rate_in_list(known.name)
    if rate is not None:
        return {"tax": f"{rate.words}, as the line “{known.name}” of the price list is."}
    words = billing.rate_of(known.name).words
    return {
        "tax": f"{words}: no line of the price list is called “{known.name}”, and health care is exempt only where a line says "
        "that it is. Such a deposit cannot be taken off an invoice for health care. Whoever keeps the books can add that line.",
        "prices": open_path(request, "desk_prices"),
    }


def list_places(request: HttpRequest) -> HttpResponse:
    """Where the clinic is."""
    rows = [
        (
            each.name,
            [
                Cell(each.name, href=reverse("desk_place", args=[each.id]), tag=CLOSED if each.closed else None),
                Cell(each.address),
            ],
        )
        for each in diary.list_places()
    ]
    heads = (Column("Place", "name"), Column("Address", word="Address"))
    return _list(request, "desk_places", "Places", "Add a place", "desk_place_new", heads, rows)


def keep_place(request: HttpRequest, place: UUID | None = None) -> HttpResponse:
    """Add a place, or change one."""
    known = next((each for each in diary.list_places() if each.id == place), None)
    if place and known is None:
        raise Http404
    form = PlaceForm(request.POST or None, initial=vars(known) if known else None)
    return _keep(
        request,
        form,
        known.name if known else "Add a place",
        "desk_places",
        lambda look: services.keep_place(place=place, by=look.actor, at=look.at, **form.cleaned_data),
    )


def list_resources(request: HttpRequest) -> HttpResponse:
    """Rooms and machines."""
    rows = [
        (
            f"{each.name} {each.sort}",
            [
                Cell(
                    each.name,
                    href=reverse("desk_resource", args=[each.id]),
                    tag=CLOSED if each.closed or each.place_closed else None,
                ),
                Cell("Room" if each.kind is ResourceKind.ROOM else "Machine"),
                Cell(_begun(each.sort)),
                Cell(each.place_name),
            ],
        )
        for each in diary.list_resources()
    ]
    heads = (Column("Name", "name"), Column("Kind"), Column("Sort", word="Sort"), Column("Where", word="Where"))
    return _list(
        request, "desk_resources", "Rooms and machines", "Add a room or machine", "desk_resource_new", heads, rows
    )


def keep_resource(request: HttpRequest, resource: UUID | None = None) -> HttpResponse:
    """Add a room or a machine, or change one."""
    known = next((each for each in diary.list_resources() if each.id == resource), None)
    if resource and known is None:
        raise Http404
    form = ResourceForm(
        request.POST or None, places=diary.list_places(), initial=vars(known) if known else {"kind": "room"}
    )

    def write(look: Looking) -> object:
        given = form.cleaned_data
        return services.keep_resource(
            kind=ResourceKind(given["kind"]),
            name=given["name"],
            sort=given["sort"],
            place=UUID(given["place"]),
            closed=given["closed"],
            resource=resource,
            by=look.actor,
            at=look.at,
        )

    return _keep(request, form, known.name if known else "Add a room or machine", "desk_resources", write)


def list_workers(request: HttpRequest) -> HttpResponse:
    """Everybody on staff, with whether they see people."""
    known = diary.workers(at=looking(request).at)
    rows = [
        (
            each.name,
            [
                Cell(each.name, href=reverse("desk_worker", args=[each.subject]), small=each.role_words),
                Cell(_hours_in_short(known[each.subject])) if each.subject in known else Cell("Sees nobody"),
            ],
        )
        for each in sorted(people.list_staff(), key=lambda member: (member.subject not in known, member.name))
    ]
    heads = (Column("Name", "name"), Column("Works", word="Works"))
    return _list(request, "desk_workers", "Who works when", "", "", heads, rows)


def keep_worker(request: HttpRequest, member: UUID) -> HttpResponse:
    """When a member of staff sees people and for what; and the days on which it is otherwise."""
    _insist_on_visits(request)
    look = looking(request)
    profile = people.staff_profiles({member}).get(member)
    if profile is None:
        raise Http404
    known = diary.workers([member], at=look.at).get(member)
    sent = request.POST.get("form", "") if request.method == "POST" else ""
    form = HoursForm(
        request.POST if sent == "hours" else None, offered=diary.list_services(), initial=_initial(known)
    )
    away = AwayForm(request.POST if sent == "away" else None, prefix="away")
    try:
        if sent == "hours" and form.is_valid():
            _set_hours(look, member, form)
            return done("desk_worker", "hours-set", member=member)
        if sent == "away" and away.is_valid():
            services.set_day_off(member, by=look.actor, at=look.at, **away.cleaned_data)
            return done("desk_worker", "away-set", member=member)
        if sent == "back" and (ends := _uuid(request.POST.get("away", ""))):
            services.end_day_off(ends, by=look.actor, at=look.at)
            return done("desk_worker", "away-ended", member=member)
    except rules.NotPossible as refused:
        (form if sent == "hours" else away).add_error(None, str(refused))
    bad = bool(form.errors or away.errors)
    return show(
        request,
        "keeping/worker",
        frame(request),
        status=422 if bad else 200,
        member=profile,
        form=form,
        away=away,
        wrong=form if form.errors else away if away.errors else form,
        days_a=[form[f"a{number}"] for number in range(7)],
        days_b=[form[f"b{number}"] for number in range(7)],
        away_list=[
            (
                each.id,
                f"{each.first_on:%-d %b %Y} to {each.last_on:%-d %b %Y}",
                rules.say_stretches(each.stretches) or "away",
            )
            for each in diary.list_away(member, since=timezone.localdate(look.at))
        ],
    )


def _set_hours(look: Looking, member: UUID, form: HoursForm) -> None:
    """:raises NotPossible: the hours cannot be."""
    given = form.cleaned_data
    services.set_hours(
        member,
        hours=form.week("a"),
        other_hours=form.week("b") if given["two_weeks"] else None,
        from_monday=given["from_monday"],
        services=None if given["all_services"] == "yes" else [UUID(each) for each in given["services"]],
        by=look.actor,
        at=look.at,
    )


def _initial(known: diary.Worker | None) -> dict[str, Any]:
    if known is None:
        return {"all_services": "yes"}
    both = {"a": known.hours, "b": known.other_hours or {}}
    return {
        "all_services": "yes" if known.services is None else "no",
        "services": [str(each) for each in known.services or ()],
        "two_weeks": known.other_hours is not None,
        "from_monday": known.from_monday,
        **{
            f"{week}{number}": rules.stretches_of(hours.get(str(number)))
            for week, hours in both.items()
            for number in range(7)
        },
    }


def _hours_in_short(known: diary.Worker) -> str:
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    days = [name for number, name in enumerate(names) if rules.stretches_of(known.hours.get(str(number)))]
    return (", ".join(days) or "No day") + ("; every second week otherwise" if known.other_hours is not None else "")


def _begun(said: str) -> str:
    return said[:1].upper() + said[1:]  # capitals within stay, as in “IPL”


def _around(each: diary.Offered) -> str:
    said = [f"{each.before} min before" if each.before else "", f"{each.after} min after" if each.after else ""]
    return ", ".join(filter(None, said))


def _insist_on_visits(request: HttpRequest) -> None:
    """
    What a clinic without visits does not do has no page there, though its administrators might keep it.

    :raises Http404: the notice declares no booking.
    """
    if Purpose.BOOKING not in looking(request).opened.register.purposes:
        raise Http404


def _list(
    request: HttpRequest,
    here: str,
    title: str,
    add: str,
    new: str,
    heads: tuple[Column, ...],
    rows: Sequence[tuple[str, list[Cell]]],
    lead: str = LEAD,
    *,
    of_visits: bool = True,
) -> HttpResponse:
    """A list with its search and pages. Nothing in it is about a patient, so what is looked for may stand in the address."""
    if of_visits:
        _insist_on_visits(request)
    form = SearchForm(request.GET or None)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    found = [cells for words, cells in rows if text.casefold() in words.casefold()]
    number = Paging.asked(request.GET.get("page", ""), len(found), each=AT_ONCE)
    path = reverse(here) + (f"?{urlencode({'q': text})}" if text else "")
    shown = found[(number - 1) * AT_ONCE : number * AT_ONCE]
    return show(
        request,
        "keeping/list",
        frame(request),
        title=title,
        lead=lead,
        add=add,
        new=reverse(new) if new else "",
        form=form,
        searched=text,
        here=reverse(here),
        table=table_of(title, heads, [tuple(cells) for cells in shown]) if shown else None,
        paging=Paging.numbered(number, len(found), each=AT_ONCE, path=path),
        kinds=kinds_of(request, here),
        promise="" if of_visits else "What you add will stand here.",
    )


def kinds_of(request: HttpRequest, here: str) -> list[Item]:
    """The lists there are, as far as they are this viewer's."""
    register = looking(request).opened.register
    known = [("Services", "desk_services"), ("Rooms and machines", "desk_resources"), ("Places", "desk_places")]
    if Purpose.BOOKING not in register.purposes:
        return []
    if "administrator" in looking(request).actor.roles:
        known.append(("Who works when", "desk_workers"))
    if lockable(register):
        known.append(("What treatments need", "desk_needs"))
    if open_path(request, "desk_cameras"):
        known.append(("Cameras", "desk_cameras"))
    if open_path(request, "desk_bring_in"):
        known.append(("Bring in", "desk_bring_in"))
    return [Item(words, reverse(name), current=name == here) for words, name in known]


def _keep(
    request: HttpRequest, form: forms.Form, title: str, back: str, write: Callable[[Looking], object], **said: str
) -> HttpResponse:
    """A form of its own page: what was typed stays, whatever is wrong with it."""
    _insist_on_visits(request)
    look = looking(request)
    if form.is_valid():
        try:
            write(look)
        except rules.NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return done(back, "setting-kept")
    return show(
        request,
        "keeping/form",
        frame(request),
        form=form,
        title=title,
        back=reverse(back),
        **said,
        status=422 if form.errors else 200,
    )


#: The same list serves what other rooms keep about services.
list_settings = _list


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
