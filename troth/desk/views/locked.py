"""Genes, biometrics and origins: which service needs one and why, and of a person what was recorded for it. Closed otherwise."""

from dataclasses import replace
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.pages import Section
from troth.design.tables import Cell, Column
from troth.design.values import Row
from troth.desk import papers
from troth.desk.forms.locked import FindingForm, NeedForm
from troth.desk.frame import Looking, about, frame, looking, show, strip
from troth.desk.views.entry import is_professional
from troth.desk.views.keeping import list_settings
from troth.diary import selectors as diary
from troth.notice.register import Register
from troth.people import selectors as people
from troth.records import services
from troth.records.rules import NotPossible
from troth.records.selectors import Source, locked
from troth.records.selectors.locked import LockedPart
from troth.vault.categories import Category

LEAD = "What is locked on every card, and opens for these services alone: for whoever gives one, to people who come for it."
REMEDY = "If a treatment cannot be given safely without it, the clinic’s manager says so under “Services”."


def list_needs(request: HttpRequest) -> HttpResponse:
    """Which services need what, and why. What they needed once is left out: the ledger has it."""
    _insist(looking(request).opened.register)
    rows = [
        (
            f"{each.service_name} {each.kind}",
            [
                Cell(each.service_name, href=reverse("desk_need", args=[each.id])),
                Cell(each.kind),
                Cell(each.why),
                Cell(f"{timezone.localtime(each.since):%-d %B %Y}"),
            ],
        )
        for each in locked.list_needs()
    ]
    heads = (
        Column("Service", "name"),
        Column("Needs", word="Needs"),
        Column("Why", word="Why"),
        Column("Since", word="Since"),
    )
    return list_settings(
        request, "desk_needs", "What treatments need", "Say what a service needs", "desk_need_new", heads, rows, LEAD
    )


def declare(request: HttpRequest) -> HttpResponse:
    """Say that a service needs one of the locked kinds, and why."""
    look = looking(request)
    kinds = _insist(look.opened.register)
    form = NeedForm(
        request.POST or None,
        services=[("", "Choose a service"), *((str(each.id), each.name) for each in diary.list_services())],
        kinds=[(each.value, locked.NAMES[each]) for each in kinds],
    )
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.declare_need(
                UUID(said["service"]), Category(said["category"]), why=said["why"], by=look.actor, at=look.at
            )
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return done("desk_needs", "need-kept")
    return show(
        request,
        "locked/declare",
        frame(request),
        form=form,
        back=reverse("desk_needs"),
        status=422 if form.errors else 200,
    )


def show_need(request: HttpRequest, need: UUID) -> HttpResponse:
    """One need that stands, and ending it."""
    look = looking(request)
    _insist(look.opened.register)
    found = next((each for each in locked.list_needs() if each.id == need), None)
    if request.method == "POST":
        try:
            services.end_need(need, by=look.actor, at=look.at)
        except NotPossible:
            pass  # a colleague ended it a moment ago: what was wanted is done
        return done("desk_needs", "need-ended")
    if found is None:
        raise Http404
    rows = [
        Row("Needs", found.kind),
        Row("Why", found.why),
        Row("Since", f"{timezone.localtime(found.since):%-d %B %Y}"),
    ]
    return show(
        request, "locked/need", frame(request), name=found.service_name, rows=rows, back=reverse("desk_needs")
    )


def show_locked(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Of each locked kind what was recorded, and for what; or that it is closed, by which rule."""
    look = looking(request)
    _insist(look.opened.register)
    look.opened.require(subject, Category.IDENTITY, Category.HEALTH)
    parts = locked.list_locked(subject, look.opened)
    who = people.get_identity(subject, look.opened)
    profiles = people.staff_profiles({UUID(each.by) for part in parts for each in part.findings})
    names = {key.hex: member.name for key, member in profiles.items()}
    return show(
        request,
        "locked/show",
        about(request, look, subject),
        subject=subject,
        name=who.name if who else "",
        card=reverse("desk_card", args=[subject]),
        refused=[_refused(part, look) for part in parts if not part.decision.allowed],
        parts=[
            (
                part,
                [
                    Row(
                        f"{timezone.localtime(each.at):%-d %B %Y}",
                        each.words,
                        f"{each.source.words}. Recorded by {names.get(each.by, 'a colleague')}.",
                    )
                    for each in part.findings
                ],
                strip(look, subject, part.category),
            )
            for part in parts
            if part.decision.allowed
        ],
    )


def record(request: HttpRequest, subject: UUID, kind: str) -> HttpResponse:
    """Record one finding of a locked kind. The gate refuses it where nothing that they come for needs it."""
    look = looking(request)
    found = next((each for each in _insist(look.opened.register) if each.value == kind), None)
    if found is None:
        raise Http404
    look.opened.require(subject, Category.IDENTITY, found)
    part = next(each for each in locked.list_locked(subject, look.opened) if each.category is found)
    form = FindingForm(
        request.POST or None,
        initial={"entry": uuid4()},
        professional=is_professional(look),
        today=timezone.localdate(look.at),
    )
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.record_locked(
                subject,
                found,
                words=said["words"],
                source=Source(said["source"]),
                release=form.release,
                entry=said["entry"],
                by=look.actor,
                at=look.at,
            )
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return done("desk_locked", "finding-added", subject=subject)
    who = people.get_identity(subject, look.opened)
    return show(
        request,
        "locked/record",
        about(request, look, subject),
        form=form,
        part=part,
        name=who.name if who else "",
        back=reverse("desk_locked", args=[subject]),
        status=422 if form.errors else 200,
    )


def _refused(part: LockedPart, look: Looking) -> Section:
    """A locked kind that stays closed to this viewer, and what would have to be for it to open."""
    section = papers.withheld([part.kind], part.decision, look.purpose, at=look.at).section
    assert section.refusal is not None
    return replace(section, refusal=replace(section.refusal, remedy=REMEDY))


def _insist(register: Register) -> tuple[Category, ...]:
    """
    The kinds that the notice lets a treatment need.

    :raises Http404: it lets none, and so there is no such page.
    """
    kinds = locked.lockable(register)
    if not kinds:
        raise Http404
    return kinds
