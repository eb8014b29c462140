"""Asking for what cannot be answered at once, what became of it, and complaining without an account."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.design.done import done
from troth.design.rulers import tape_of_days
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Link, Row
from troth.gate.actors import NOBODY
from troth.gate.table import actor_of
from troth.notice import selectors as notices
from troth.people import selectors as people
from troth.people.middleware import network_of
from troth.portal import deciding, own_data
from troth.portal.forms.requesting import AskForm, ComplainForm
from troth.portal.views.account import WAIT
from troth.portal.views.my_data import find_own, reader
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.rules.automation import REGISTER
from troth.rights.rules.clock import Asked, Route, StepKind, Waits
from troth.rights.rules.letters import ASKED_WORDS
from troth.rights.selectors import packs
from troth.rights.selectors.cases import Case, Step

WAITS = {
    Waits.IDENTITY: "We asked you to show who you are. The month begins on the day on which that comes.",
    Waits.AUTHORITY: "We asked for proof that you may act. The month begins on the day on which that comes.",
    Waits.FEE: "We asked for a fee. The month begins on the day on which it comes.",
    Waits.ANSWER: "We asked you a question. The days until you answer do not count.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Take in what the reader asks, as many cases as it holds. We know who they are, so nothing is asked back (LAW-1.15)."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.take_in(
            subject,
            form.cleaned_data["asked"],
            words=form.cleaned_data["words"],
            route=Route.PORTAL,
            received_on=timezone.localdate(at),
            by=actor_of(request),
            at=at,
        )
        return done("my_rights_requests", "request-sent")
    return render(
        request,
        "portal/requesting/ask.html",
        {"form": form, "why": own_data.rights_counterpart(at)},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest, case: UUID) -> HttpResponse:
    """One request of the reader's own: where it is, and the letters about it. Of anybody else's it says what it says of none."""
    at, opened = request.at, request.opened  # type: ignore[attr-defined]
    known = _own(request, case)
    clock = rights.clock_of(known.id, at=at)
    today = timezone.localdate(at)
    steps = rights.list_steps(known.id, opened)
    over = known.state == "done"
    return render(
        request,
        "portal/requesting/request.html",
        {
            "called": ASKED_WORDS[known.asked],
            "rows": _rows(known, steps, rights.named_in_cases(known.subject, opened, at=at).get(known.id, ())),
            "waits": WAITS[clock.waits_for] if clock.waits_for and not over else "",
            "tape": None
            if over or clock.waits_for or clock.acknowledged_on
            else tape_of_days(known.received_on, clock.due_on, today),
            "due": deciding.say_day(clock.due_on),
            "left": _left((clock.due_on - today).days),
            "letters": [_letter(step) for step in reversed(steps) if step.kind is StepKind.LETTER],
            "leads": _leads(known, request),
            "why": own_data.rights_counterpart(at),
        },
    )


def _leads(known: Case, request: HttpRequest) -> list[Link]:
    """Where what came of it lies: the copy that can be fetched, or the certificate."""
    opened = request.opened  # type: ignore[attr-defined]
    if known.asked is Asked.ACCESS:
        open_now = any(
            pack.case == known.id and pack.is_open(request.at)  # type: ignore[attr-defined]
            for pack in packs.list_packs(known.subject, opened)
        )
        return [Link("Fetch your copy", reverse("my_packs"))] if open_now else []
    if known.asked is Asked.ERASURE:
        return [
            Link(f"Certificate {each.reference}", reverse("my_certificate", args=[each.id]))
            for each in rights.list_certificates(known.subject, opened)
            if each.case == known.id
        ]
    return [Link("Take your data elsewhere", reverse("my_move"))] if known.asked is Asked.PORTABILITY else []


@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    """Take in a complaint about data from anybody (LAW-2.1, LAW-2.2). Whether we hold anything of them is told to nobody here."""
    at = getattr(request, "at", None) or timezone.now()
    actor = actor_of(request)
    if actor.kind == "person" and actor.id is not None and not actor.roles and not actor.held_back:
        return redirect("my_ask")
    form = ComplainForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        given = form.cleaned_data
        may = people.may_ask(given["email"], network=network_of(request), at=at)
        if not isinstance(may, people.Wait):
            # An address that had several messages within the hour gets none by itself: it stands where an officer reads it.
            email, address = (
                (given["email"], given["address"]) if may else ("", f"{given['address']}\n{given['email']}".strip())
            )
            services.take_in_from_stranger(
                {Asked.COMPLAINT},
                name=given["name"],
                email=email,
                address=address,
                words=given["words"],
                route=Route.FORM,
                received_on=timezone.localdate(at),
                by=NOBODY,
                at=at,
            )
            return redirect("complained")
        form.add_error(None, WAIT)
        status = 429
    version = notices.version_in_force(at)
    notice = notices.notice_of(version) if version else None
    return render(
        request,
        "portal/requesting/complain.html",
        {"form": form, "regulator": notice.complaints.regulator if notice else None},
        status=status,
    )


@require_http_methods(["GET", "HEAD"])
def complained(request: HttpRequest) -> HttpResponse:
    """What happens next, in the same words for everybody."""
    return render(request, "portal/requesting/complained.html")


@require_http_methods(["GET", "HEAD"])
def decisions(request: HttpRequest) -> HttpResponse:
    """The register of what software does by itself, as anybody may read it, with who steps in (LAW-3.12)."""
    version = notices.version_in_force(getattr(request, "at", None) or timezone.now())
    notice = notices.notice_of(version) if version else None
    said = notice.automated_decisions.words if notice and notice.automated_decisions else ""
    columns = (
        Column("What it does", "name"),
        Column("What that can mean", word="It can mean"),
        Column("Who steps in", word="Who steps in"),
    )
    lines: list[tuple[str | Cell, ...]] = [
        (Cell(rule.does, small="It uses health data" if rule.health else ""), rule.means, rule.person)
        for rule in REGISTER
    ]
    return render(
        request,
        "portal/requesting/decisions.html",
        {"says": said, "table": table_of("What software does by itself", columns, lines)},
    )


def _own(request: HttpRequest, case: UUID) -> Case:
    return find_own(request, lambda each: rights.get_case(case, request.opened, of=each))  # type: ignore[attr-defined]


_NAMED = {Asked.OBJECTION: "You object to", Asked.PORTABILITY: "Where it goes"}


def _rows(known: Case, steps: list[Step], named: tuple[str, ...]) -> list[Row]:
    rows = [
        Row("Reference", known.reference, mono=True),
        Row("You asked", deciding.say_day(known.received_on)),
    ]
    rows += [Row(_NAMED[known.asked], each) for each in named]
    if known.about == "held_back":
        rows.append(Row("What it is about", "What a copy that you took left out"))
    elif known.words or not named:
        rows.append(Row("In your words", known.words or "You asked with our form"))
    closed = next((step for step in reversed(steps) if step.kind is StepKind.CLOSED), None)
    if known.state == "done":
        rows.append(Row(deciding.ended(known), deciding.say_day(closed.on) if closed else "Yes"))
    if known.asked_by:
        rows.append(Row("Asked for you", "Somebody who acts for you asked this"))
    return rows


def _letter(step: Step) -> tuple[str, str, list[str]]:
    """A letter: its heading, its day, its paragraphs."""
    title, *paragraphs = step.words.split("\n\n")
    return title, deciding.say_day(step.on), paragraphs


def _left(days: int) -> str:
    if days < 0:
        return f"{-days} {'day' if days == -1 else 'days'} late"
    return "Today" if days == 0 else f"{days} {'day' if days == 1 else 'days'} left"
