"""Classes at the desk: putting one on the timetable, who comes to it, and cancelling it with all of them."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.pages import PurposeLine
from troth.design.values import Row, Tag
from troth.desk.forms.diary import ClassForm
from troth.desk.frame import Looking, frame, looking, lowered, show
from troth.desk.views.visit import ACTS
from troth.diary import rules, services
from troth.diary import selectors as diary
from troth.diary.rules import ARRANGING, STEPS, said
from troth.diary.selectors import Visit, VisitState
from troth.people import selectors as people

_TAGS: dict[VisitState, Tag] = {
    VisitState.AWAITING: Tag("close", "Deposit due"),
    VisitState.BOOKED: Tag("plain", "Booked"),
    VisitState.ARRIVED: Tag("info", "Here"),
    VisitState.COMPLETED: Tag("kept", "Done"),
    VisitState.MISSED: Tag("late", "Did not come"),
}


@dataclass(frozen=True)
class Comer:
    """One person of a class as a line says it: what became of them, and what can."""

    id: UUID
    name: str
    note: str
    href: str
    tag: Tag
    steps: tuple[tuple[str, str], ...]


def show_class(request: HttpRequest, class_time: UUID) -> HttpResponse:
    """A class with whoever comes to it: for those who arrange visits, and for who gives it. To a colleague it is time taken."""
    look = looking(request)
    found = diary.get_class(class_time)
    if found is None:
        raise Http404
    arranges = bool(look.actor.roles & ARRANGING)
    visits = diary.visits_to(class_time, look.opened) if arranges or found.practitioner == look.actor.id else []
    error = ""
    if request.method == "POST":
        try:
            return _step(request, look, visits, found)
        except rules.NotPossible as refused:
            error = str(refused)
    comers = sorted((_comer(each) for each in visits), key=lambda each: (not each.name, each.name.casefold()))
    return show(
        request,
        "classes/show",
        frame(request, purpose=_purpose(look)),
        status=422 if error else 200,
        found=found,
        rows=_rows(found),
        comers=comers,
        sees=arranges or found.practitioner == look.actor.id,
        arranges=arranges,
        cancellable=arranges and not found.cancelled and found.starts_at > look.at,
        addable=arranges and not found.cancelled and found.starts_at > look.at and found.taken < found.places,
        error=error,
    )


def plan(request: HttpRequest) -> HttpResponse:
    """Put a class on the timetable, once or several times: all of them or none."""
    look = looking(request)
    here = diary.list_practitioners(at=look.at)
    offered = [each for each in diary.list_services() if each.is_class]
    if not offered:
        return show(request, "classes/none", frame(request, purpose=_purpose(look)))
    form = ClassForm(
        request.POST or None,
        services=offered,
        practitioners=[(member.subject, f"{member.name}, {member.role_words.lower()}") for member in here],
        at=look.at,
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = services.plan_classes(
                service=UUID(given["service"]),
                practitioner=UUID(given["practitioner"]),
                starts=form.all_starts(),
                by=look.actor,
                at=look.at,
            )
        except rules.NotPossible as refused:
            form.add_error("begins", str(refused))
        else:
            return done("desk_class", "class-planned", class_time=made[0])
    return show(
        request,
        "keeping/form",
        frame(request, purpose=_purpose(look)),
        status=422 if form.errors else 200,
        form=form,
        title="Set a class",
        makes=True,
        back=reverse("desk_diary"),
    )


def cancel(request: HttpRequest, class_time: UUID) -> HttpResponse:
    """Cancel a class with every visit to it, once it was said what that does."""
    look = looking(request)
    found = diary.get_class(class_time)
    if found is None:
        raise Http404
    error = ""
    if request.method == "POST":
        try:
            stay = services.cancel_class(class_time, by=look.actor, at=look.at)
        except rules.NotPossible as refused:
            error = str(refused)
        else:
            return done("desk_class", "class-left" if stay else "class-cancelled", class_time=class_time)
    return show(
        request,
        "classes/cancel",
        frame(request, purpose=_purpose(look)),
        status=422 if error else 200,
        found=found,
        rows=_rows(found),
        error=error,
    )


def _step(request: HttpRequest, look: Looking, visits: list[Visit], found: diary.Class) -> HttpResponse:
    """
    What became of one person: only of somebody who comes to this class, and whom the viewer may see.

    :raises NotPossible: their visit is not where that can be.
    """
    wanted = request.POST.get("step", "")
    visit = next((each for each in visits if str(each.id) == request.POST.get("visit", "")), None)
    if wanted not in set(ACTS) or visit is None or visit.withheld:
        raise Http404
    ACTS[VisitState(wanted)][1](visit.id, by=look.actor, at=look.at)
    return done("desk_class", f"visit-{wanted}", class_time=found.id)


def _comer(visit: Visit) -> Comer:
    if visit.withheld:
        return Comer(visit.id, "", "", "", _TAGS[visit.state], ())
    steps = tuple((step.value, words) for step, (words, _) in ACTS.items() if step in STEPS[visit.state])
    href = reverse("desk_visit", args=[visit.id])
    return Comer(visit.id, visit.name or "Name not held", visit.note, href, _TAGS[visit.state], steps)


def _rows(found: diary.Class) -> list[Row]:
    names = people.staff_profiles({found.practitioner})
    where = diary.where_is(found.id)
    things = {each.id: each for each in diary.list_resources()}
    there = [things[each] for each in (where.room, where.machine) if each in things]
    start = timezone.localtime(found.starts_at)
    return [
        Row("When", f"{start:%A %-d %B %Y}, {said(found.starts_at)} to {said(found.ends_at)}"),
        Row("With", names[found.practitioner].name if found.practitioner in names else "A colleague"),
        *([Row("Where", f"{there[0].place_name}: {', '.join(each.name for each in there)}")] if there else []),
        Row("Places", f"{found.taken} of {found.places} taken"),
        *([Row("Where it is", "Cancelled")] if found.cancelled else []),
    ]


def _purpose(look: Looking) -> PurposeLine:
    return PurposeLine(
        lowered(look.purpose), "", "Names and times. For anything of their health open a card, and say why."
    )
