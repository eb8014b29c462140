"""
The gate's own six pages: refused, sent already, a fault of ours, erased, and closed because the ledger, or anything at all, cannot
be written.

They stand in the layout of whoever asked. The last four bring a bare frame of their own, since the usual one asks the database;
what was erased stands for staff in the usual one, since only one record's key is gone and their work goes on.
"""

from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from troth.design.moments import hour_of
from troth.design.pages import Clinic, Page
from troth.design.values import Check as DrawnCheck
from troth.design.values import Counterpart, Link, Parted, Term
from troth.gate.emergency import may_break_glass
from troth.gate.refusals import Check, Decision
from troth.gate.table import actor_of, open_path, register_of
from troth.gate.whys import steps

#: Who works in the office.
OFFICERS = frozenset({"privacy_officer"})


def refusal_page(request: HttpRequest, decision: Decision) -> HttpResponse:
    """The refusal as a page of its own, answered 403. It says the rule only where it may say the check."""
    at = getattr(request, "at", None) or timezone.now()
    label = "Law" if decision.rule.startswith(("UK GDPR", "LAW")) else "Rule"
    rule = (
        Term(label, decision.rule[:1].upper() + decision.rule[1:])
        if decision.spoken and decision.rule
        else Term("Rule", "A record opens to the person it’s about, and to those who have a reason")
    )
    refusal = Parted(
        sentence=decision.sentence,
        counterpart=Counterpart(
            "Why you can’t", "parted", (rule, Term("This attempt", f"Recorded, {_clock(request, at)} today"))
        ),
        checks=tuple(DrawnCheck(step.name, step.state, step.words) for step in steps(decision)),
        emergency=_emergency(request, decision),
        remedy=_REMEDY if decision.spoken is None and _is_staff(request) else "",
    )
    return render(request, "gate/refused.html", {"layout": layout_of(request), "refusal": refusal}, status=403)


def _clock(request: HttpRequest, at: datetime) -> str:
    """The time of day as whoever asked reads it: staff by twenty-four hours, anybody else by twelve."""
    return f"{timezone.localtime(at):%H:%M}" if _is_staff(request) else hour_of(at)


def _emergency(request: HttpRequest, decision: Decision) -> Link | None:
    """
    The way to break the glass, for a health professional who was refused one person's record, whoever that is.

    Checks 1 to 3 it never passes, so it is not offered where one of them is named. What is not named is the same for a person who
    does not exist, and so is the link.
    """
    match = getattr(request, "resolver_match", None)
    subject = match.kwargs.get("subject") if match else None
    actor = actor_of(request)
    register = register_of(request)
    if subject is None or register is None or decision.spoken in {Check.PURPOSE, Check.CATEGORY, Check.ROLE}:
        return None
    path = open_path(request, "desk_emergency", subject)
    if not path or request.path.startswith(path) or not may_break_glass(actor, register):
        return None
    return Link("Break the glass in an emergency", path)


def plain_page(request: HttpRequest, name: str, *, status: int) -> HttpResponse:
    """A page that asks no database for anything."""
    return render(
        request,
        f"gate/{name}.html",
        {"layout": layout_of(request), "page": Page(Clinic("The clinic"))},
        status=status,
    )


def erased_page(request: HttpRequest) -> HttpResponse:
    """The answer 410. For anybody but staff it may be their own key that is gone, which the usual frame would ask for."""
    roles = _roles(request)
    said: dict[str, object] = {
        "layout": layout_of(request),
        "staff": bool(roles),
        "officer": bool(OFFICERS & set(roles)),
    }
    if not roles:
        said["page"] = Page(Clinic("The clinic"))
    return render(request, "gate/erased.html", said, status=410)


def sent_page(request: HttpRequest) -> HttpResponse:
    """The answer to a form that comes again with other words."""
    # Of what came, a single word was chosen, or stands in a hidden field, more often than not; sentences were typed.
    typed = [each for name in request.POST for each in request.POST.getlist(name) if len(str(each).split()) > 1]
    said = {"layout": layout_of(request), "here": request.path, "typed": typed}
    return render(request, "gate/sent.html", said, status=409)


_REMEDY = (
    "If you need it for your work, ask for what connects you: a request passed to you, a task, or an appointment. "
    "Then it opens."
)


def layout_of(request: HttpRequest) -> str:
    """The layout for a page that belongs to no face: that of the face in which whoever asks stands."""
    if is_in_office(request):
        return "design/office.html"
    return "design/desk.html" if _is_staff(request) else "design/portal.html"


def is_in_office(request: HttpRequest) -> bool:
    """Whether somebody who works in the office asks for a page of it, there or not."""
    try:
        home = reverse("office_home")
    except NoReverseMatch:
        return False
    return request.path.startswith(home) and bool(OFFICERS & set(_roles(request)))


def _is_staff(request: HttpRequest) -> bool:
    return bool(_roles(request))


def _roles(request: HttpRequest) -> Iterable[str]:
    """Of whoever asks; none where it went wrong before that was found out."""
    return getattr(getattr(request, "actor", None), "roles", ())
