"""One visit at the desk: what becomes of it, booking, moving and cancelling."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from troth.billing import selectors as billing
from troth.design.done import done
from troth.design.values import Row
from troth.desk.forms.diary import BookForm, CancelForm, MoveForm
from troth.desk.frame import Looking, frame, looking, purpose_line, show, strip
from troth.diary import selectors as diary
from troth.diary import services
from troth.diary.rules import DRAWN_FOR, OVERRIDING, STEPS, NotPossible, said
from troth.diary.selectors import Ended, Override, VisitState
from troth.gate.table import open_path
from troth.people import selectors as people
from troth.vault.categories import Category

#: What each step is called on its button, and the act behind it. Cancelling asks why first.
ACTS: dict[VisitState, tuple[str, Callable[..., None]]] = {
    VisitState.ARRIVED: ("They are here", services.arrive),
    VisitState.COMPLETED: ("The visit is over", services.complete),
    VisitState.MISSED: ("They did not come", services.miss),
}
ASK_DEPOSIT, DRAW, UNPAID = "deposit", "package", "unpaid"


def show_visit(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """One visit, and what can become of it."""
    look = looking(request)
    found = diary.get_visit(appointment, look.opened)
    error = ""
    if request.method == "POST":
        wanted = request.POST.get("step", "")
        if wanted not in {*ACTS, ASK_DEPOSIT, DRAW, UNPAID}:
            raise Http404
        try:
            if wanted == ASK_DEPOSIT:
                services.ask_deposit(appointment, by=look.actor, at=look.at)
                return done("desk_visit", "deposit-asked", appointment=appointment)
            if wanted == UNPAID:
                services.book_unpaid(appointment, by=look.actor, at=look.at)
                return done("desk_visit", "booked-unpaid", appointment=appointment)
            if wanted == DRAW:
                services.draw_package(appointment, by=look.actor, at=look.at)
                return done("desk_visit", "package-drawn", appointment=appointment)
            ACTS[VisitState(wanted)][1](appointment, by=look.actor, at=look.at)
        except NotPossible as refused:
            error = str(refused)
        else:
            return done("desk_visit", f"visit-{wanted}", appointment=appointment)
    names = people.staff_profiles({found.practitioner})
    things = {each.id: each for each in diary.list_resources()}
    where = [things[each] for each in (found.room, found.machine) if each in things]
    rows = [
        Row("When", _when(found)),
        Row("With", names[found.practitioner].name if found.practitioner in names else "A colleague"),
        Row("What for", found.service),
        *([Row("Arrange", adjusted.said)] if (adjusted := _adjusted(look, found.subject)) else []),
        *([Row("Where", f"{where[0].place_name}: {', '.join(each.name for each in where)}")] if where else []),
        *([Row("Made ready", _around(found))] if found.before or found.after else []),
        Row("Where it is", found.state.words.capitalize() + (", late" if found.late else "")),
        *([Row("Deposit", deposit.state.words.capitalize())] if (deposit := diary.deposit_of(found.id)) else []),
        *([Row("Package", "One treatment is drawn for it")] if (drawn := billing.is_drawn_for(found.id)) else []),
        *([Row("Why", found.because.capitalize())] if found.because else []),
        *([Row("Past what is free", Override(found.override).words.capitalize())] if found.override else []),
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
        takes_adjustments=people.takes_adjustments(look.opened.register),
        steps=[(step.value, ACTS[step][0]) for step in ACTS if step in STEPS[found.state]],
        asks_deposit=found.state is VisitState.BOOKED
        and found.starts_at > look.at
        and diary.may_ask_deposit(
            found.id, diary.get_service(found.offered) if found.offered else None, look.opened.register
        ),
        draws=found.state in DRAWN_FOR
        and not drawn
        and not diary.has_deposit(found.id)
        and billing.has_package(found.subject, on=timezone.localdate(look.at)),
        waits=found.state is VisitState.AWAITING and found.starts_at > look.at,
        movable=found.state is VisitState.BOOKED,
        cancellable=found.state in {VisitState.BOOKED, VisitState.AWAITING},
    )


def cancel(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Cancel a visit, and say why in words of a list."""
    look = looking(request)
    found = diary.get_visit(appointment, look.opened)
    form = CancelForm(request.POST or None, later=_later(look, found))
    if form.is_valid():
        try:
            given = form.cleaned_data
            act = services.cancel_following if given.get("following") else services.cancel
            act(appointment, because=Ended(given["because"]), by=look.actor, at=look.at)
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            word = "visits-cancelled" if given.get("following") else "visit-cancelled"
            return done("desk_visit", word, appointment=appointment)
    back = reverse("desk_visit", args=[appointment])
    return _form(request, look, found.subject, form, "Cancel the visit", back, now=_when(found))


def book(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Book a visit for somebody: what, with whom, on which day; then one of the times that are free."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY, Category.CORRESPONDENCE)
    form = BookForm(
        request.POST or None,
        services=diary.list_services(),
        subject=subject,
        practitioners=_practitioners(look),
        at=look.at,
        may_override=_may_override(look),
    )
    if form.is_valid() and form.cleaned_data["starts"]:
        try:
            made = _book(look, subject, form)
        except NotPossible as refused:
            form.add_error("starts", str(refused))
        else:
            return done("desk_visit", "visit-booked", appointment=made)
    wait = open_path(request, "desk_wait", subject)
    return _form(request, look, subject, form, "Book a visit", reverse("desk_diary"), wait=wait)


def _book(look: Looking, subject: UUID, form: BookForm) -> UUID:
    """
    What the form asks for: one visit, or several that belong together.

    :raises NotPossible: one of them cannot be.
    """
    given = form.cleaned_data
    starts, whom, service = form.all_starts(), given["starts"].practitioner, UUID(given["service"])
    if len(starts) > 1:
        return services.book_series(
            subject,
            practitioner=whom,
            service=service,
            starts=starts,
            note=given["note"],
            by=look.actor,
            at=look.at,
        )[0]
    return services.book(
        subject,
        practitioner=whom,
        service=service,
        starts_at=starts[0],
        note=given["note"],
        override=given.get("override") or "",
        by=look.actor,
        at=look.at,
    )


def move(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Move a visit to another time, or to a colleague. Who dragged it in the diary comes back there."""
    look = looking(request)
    found = diary.get_visit(appointment, look.opened)
    form = MoveForm(
        request.POST or None,
        visit=found,
        later=_later(look, found),
        practitioners=_practitioners(look),
        at=look.at,
        may_override=_may_override(look),
        initial={"practitioner": str(found.practitioner), "on": timezone.localtime(found.starts_at).date()},
    )
    if form.is_valid() and (starts := form.cleaned_data["starts"]):
        try:
            _move(look, found, form, starts)
        except NotPossible as refused:
            form.add_error("starts", str(refused))
        else:
            if request.POST.get("back") == "diary":
                on = timezone.localtime(starts.at).date()
                return HttpResponseRedirect(f"{reverse('desk_diary')}?on={on}&done=visit-moved")
            return done("desk_visit", "visit-moved", appointment=appointment)
    back = reverse("desk_visit", args=[appointment])
    return _form(request, look, found.subject, form, "Move the visit", back, now=_when(found))


def _move(look: Looking, visit: diary.Visit, form: MoveForm, to: diary.Free) -> None:
    """
    Move it, alone or with those that follow.

    :raises NotPossible: one of them cannot be there.
    """
    given = form.cleaned_data
    if given.get("following"):
        # One of those that follow may be with somebody else, and stays so unless a colleague was chosen.
        whom = None if to.practitioner == visit.practitioner else to.practitioner
        services.move_following(visit.id, starts_at=to.at, practitioner=whom, by=look.actor, at=look.at)
        return
    services.move(
        visit.id,
        starts_at=to.at,
        practitioner=to.practitioner,
        override=given.get("override") or "",
        by=look.actor,
        at=look.at,
    )


def _later(look: Looking, visit: diary.Visit) -> int:
    """How many visits of its series follow it."""
    return len(diary.that_follow(visit.series, visit.starts_at, at=look.at))


def _form(
    request: HttpRequest,
    look: Looking,
    subject: UUID,
    form: BookForm | MoveForm | CancelForm,
    title: str,
    back: str,
    *,
    now: str = "",
    wait: str = "",
) -> HttpResponse:
    return show(
        request,
        "diary/form",
        frame(request, purpose=purpose_line(look.opened, subject)),
        # Asking which times are free is no mistake; a form with an error is shown again as one.
        status=422 if form.is_bound and form.errors else 200,
        form=form,
        asks_time=not isinstance(form, CancelForm),
        heading=title,
        name=people.names_of({subject}, look.opened).get(subject, ""),
        why=strip(look, subject, Category.CORRESPONDENCE),
        back=back,
        now=now,
        wait=wait,
        arrange=adjusted.words if (adjusted := _adjusted(look, subject)) else (),
    )


def _adjusted(look: Looking, subject: UUID) -> people.Adjustments | None:
    """What is to be arranged for them, for whoever books and receives; why they need it is kept nowhere that reception sees."""
    return people.adjustments_of({subject}, look.opened).get(subject)


def _practitioners(look: Looking) -> list[tuple[UUID, str]]:
    here = diary.list_practitioners(at=look.at)
    return [(member.subject, f"{member.name}, {member.role_words.lower()}") for member in here]


def _may_override(look: Looking) -> bool:
    """Whether to offer it at all. Whose time a practitioner may override is the act's to say."""
    return bool(look.actor.roles & OVERRIDING)


def _when(visit: diary.Visit) -> str:
    start = timezone.localtime(visit.starts_at)
    return f"{start:%A %-d %B %Y}, {said(visit.starts_at)} to {said(visit.ends_at)}"


def _around(visit: diary.Visit) -> str:
    first = visit.starts_at - timedelta(minutes=visit.before)
    last = visit.ends_at + timedelta(minutes=visit.after)
    return f"From {said(first)}, cleared by {said(last)}"
