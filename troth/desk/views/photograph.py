"""Photographs of what is treated: a page of their own, since they are opened for a purpose of their own and by consent."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.desk import papers
from troth.desk.forms.photograph import CompareForm, PhotographForm
from troth.desk.frame import Looking, about, looking, show, strip
from troth.gate.refusals import Check
from troth.gate.streams import send_file
from troth.gate.table import open_path
from troth.people import selectors as people
from troth.records import services
from troth.records.rules import NotPossible
from troth.records.selectors import photographs
from troth.records.selectors.photographs import PhotographLine, Stage
from troth.vault.categories import Category

#: What leads to consent. Who treats somebody does not write it down for them: there would be nobody who could have said no.
AGREEING = "They agree in their account, under “Your choices”, or say so at reception, which writes it down."


def show_all(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Every photograph, newest first, or why there are none to see: they rest on the person's consent."""
    look = looking(request)
    decision = look.opened.decision(subject, Category.PHOTOGRAPH)
    if decision.spoken is Check.BASIS:
        # For photographs even the name is opened by their consent alone, so this page names nobody.
        refused = papers.withheld(["Photographs"], decision, look.purpose, at=look.at).section
        assert refused.refusal is not None
        refused = replace(refused, refusal=replace(refused.refusal, remedy=AGREEING))
        consent = open_path(request, "desk_consent", subject)
        # Whoever may not write it down asks reception for it.
        task = None if consent else open_path(request, "desk_task_new", subject)
        return _page(
            request, look, subject, "photograph/list", named=False, refused=refused, consent=consent, task=task
        )
    look.opened.require(subject, Category.IDENTITY, Category.PHOTOGRAPH)
    lines = photographs.list_photographs(subject, look.opened)
    return _page(
        request,
        look,
        subject,
        "photograph/list",
        lines=[(line, _words(line)) for line in lines],
        pairs=len(lines) > 1,
        why=strip(look, subject, Category.PHOTOGRAPH),
    )


def add(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Add one. What is sent is sealed as it arrives, made anew without what the camera wrote, and then destroyed."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY, Category.PHOTOGRAPH)
    today = timezone.localdate(look.at)
    sent = request.method == "POST"
    form = PhotographForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        initial={"photograph": uuid4(), "taken_on": today},
    )
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.add_photograph(
                subject,
                upload=said["file"],
                stage=Stage(said["stage"]),
                part=said["part"],
                taken_on=said["taken_on"],
                photograph=said["photograph"],
                by=look.actor,
                at=look.at,
            )
        except NotPossible as error:
            form.add_error("file", str(error))
        else:
            return done("desk_photographs", "photograph-added", subject=subject)
    return _page(request, look, subject, "photograph/add", form=form, status=422 if form.errors else 200)


def compare(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Two photographs beside each other, the earlier one first; where script runs, over each other as well."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY, Category.PHOTOGRAPH)
    lines = photographs.list_photographs(subject, look.opened)
    form = CompareForm(
        request.GET if "one" in request.GET or "two" in request.GET else None,
        choices=[(str(line.id), _words(line)) for line in reversed(lines)],
    )
    chosen = [line for line in reversed(lines) if str(line.id) in form.pair()]
    return _page(
        request,
        look,
        subject,
        "photograph/compare",
        chosen=[(line, _words(line)) for line in chosen],
        form=form if len(lines) > 1 else None,
        why=strip(look, subject, Category.PHOTOGRAPH),
        status=422 if len(lines) > 1 and form.errors else 200,
    )


def send(request: HttpRequest, photograph: UUID) -> HttpResponseBase:
    """The photograph itself, small for a list and whole to look at, named generically."""
    look = looking(request)
    stored = photographs.open_photograph(photograph, look.opened, small="small" in request.GET)
    return send_file(request, stored, download_name="photograph.jpg", media_type=stored.media_type)


def _words(line: PhotographLine) -> str:
    part = f"{line.part}, " if line.part else ""
    return f"{line.stage.words}: {part}{line.taken_on:%-d %B %Y}"


def _page(
    request: HttpRequest, look: Looking, subject: UUID, template: str, *, named: bool = True, **values: Any
) -> HttpResponse:
    who = people.get_identity(subject, look.opened) if named else None
    return show(
        request,
        template,
        about(request, look, subject),
        subject=subject,
        name=who.name if who else "",
        card=reverse("desk_card", args=[subject]),
        **values,
    )
