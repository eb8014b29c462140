"""A patient's own requests: what they asked for, where it is, what was decided."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Row
from troth.gate.contexts import Opened
from troth.gate.refusals import Decision
from troth.gate.table import actor_of
from troth.intake import selectors as intake
from troth.portal import own_data, own_home
from troth.portal.views.my_data import reader
from troth.prescribing import selectors as prescribing
from troth.prescribing import services
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import OPEN, RequestOpened


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """Every request, the newest first, and what was begun and not sent."""
    subject, opened = reader(request), request.opened  # type: ignore[attr-defined]
    found = own_home.requests_of(subject, opened)
    columns = (Column("What for", "name"), Column("Asked", "figures", word="Asked"), Column("Where it is"))
    lines = [
        Line(
            (
                Cell(each.medicine, href=reverse("my_request", args=[each.line.id])),
                Cell(f"{timezone.localtime(each.line.requested_at):%-d %B %Y}"),
                Cell(_where(each)),
            )
        )
        for each in found
    ]
    return render(
        request,
        "portal/requests/list.html",
        {
            "table": Table("Your requests", columns, tuple(lines)) if lines else None,
            "begun": intake.list_sheets(subject, opened),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def show_one(request: HttpRequest, treatment: UUID) -> HttpResponse:
    """One request: where it is, what was answered and changed, what was decided; and the way to take it back."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    opened: Opened = request.opened  # type: ignore[attr-defined]
    sheet = prescribing.sheet_for(treatment, opened)
    error = ""
    if request.method == "POST":
        try:
            services.withdraw_request(treatment, by=actor_of(request), at=at)
        except NotPossible as refused:
            error = str(refused)
        else:
            return redirect("my_request", treatment=treatment)
    found = prescribing.requests_of(subject, opened)
    assert not isinstance(found, Decision)
    this = next(each for each in found if each.line.id == treatment)
    numbers = {page.title: place for place, page in enumerate(sheet.form.pages, start=1)} if sheet else {}
    return render(
        request,
        "portal/requests/show.html",
        {
            "in_hand": own_home.in_hand(this, subject, at, own_data.passed_of(subject, by=actor_of(request), at=at)),
            "request_id": treatment,
            "open": this.line.status in OPEN,
            "rows": [Row(line.item.text, line.words, note=_earlier(line)) for line in (sheet.lines if sheet else ())]
            or [Row(each.question, each.answer) for each in this.answers],
            "pages": [(title, reverse("answer_page", args=[sheet.id, place])) for title, place in numbers.items()]
            if sheet
            else [],
            "error": error,
        },
        status=422 if error else 200,
    )


def _where(request: RequestOpened) -> str:
    if request.outcome:
        return request.outcome.words
    return request.line.status.words.capitalize()


def _earlier(line: intake.Line) -> str:
    """What was answered before, where it was changed."""
    if not line.changed:
        return ""
    return "; ".join(
        f"before {timezone.localtime(later.at):%-d %B, %-H:%M}: {given.words}"
        for given, later in zip(line.earlier, line.earlier[1:], strict=False)
    )
