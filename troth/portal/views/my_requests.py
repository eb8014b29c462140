"""A patient's own requests: what they asked for, where it is, what was decided."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Link, Row
from troth.gate.contexts import Opened
from troth.gate.refusals import Decision
from troth.gate.streams import send_file
from troth.gate.table import actor_of
from troth.intake import selectors as intake
from troth.people import selectors as people
from troth.portal import own_data, own_home
from troth.portal.forms.requests import GpForm, WriteForm
from troth.portal.views.my_data import reader
from troth.prescribing import selectors as prescribing
from troth.prescribing import services
from troth.prescribing.rules import NotPossible
from troth.prescribing.rules.machine import SUPPLY, Step
from troth.prescribing.selectors import OPEN, GpState, RequestOpened, RequestStatus, SupplyStatus, reviewing, telling
from troth.prescribing.selectors.reviewing import SupplyLine


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
    """One request: where it is, what was written, answered and decided; and the ways to answer, to change, to take it back."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    opened: Opened = request.opened  # type: ignore[attr-defined]
    sheet = prescribing.sheet_for(treatment, opened)
    supply = reviewing.supply_for(treatment, opened)
    form = WriteForm(request.POST) if "write" in request.POST else WriteForm()
    error = ""
    if request.method == "POST":
        try:
            if _act(request, treatment, supply, form):
                return redirect("my_request", treatment=treatment)
        except NotPossible as refused:
            error = str(refused)
    found = prescribing.requests_of(subject, opened)
    assert not isinstance(found, Decision)
    this = next(each for each in found if each.line.id == treatment)
    gp = reviewing.gp_of(subject, opened)
    numbers = {page.title: place for place, page in enumerate(sheet.form.pages, start=1)} if sheet else {}
    return render(
        request,
        "portal/requests/show.html",
        {
            "in_hand": own_home.in_hand(this, subject, at, own_data.passed_of(subject, by=actor_of(request), at=at)),
            "open": this.line.status in OPEN,
            "asked": this.line.status is RequestStatus.ASKED,
            "form": form,
            "messages": [
                Row(
                    people.staff_name(UUID(each.author)) if each.by_staff else "You",
                    each.words,
                    note=f"{timezone.localtime(each.at):%-d %B, %-H:%M}",
                )
                for each in reviewing.list_messages(treatment, opened, staff=False)
            ],
            "supply": [*_told(supply), *_letter(supply, opened)] if supply else [],
            "supply_id": supply.id if supply else None,
            "may_stop": supply is not None and (supply.status, Step.CANCEL) in SUPPLY,
            "may_receive": supply is not None and supply.status is SupplyStatus.DISPATCHED,
            "rows": [Row(line.item.text, line.words, note=_earlier(line)) for line in (sheet.lines if sheet else ())]
            or [Row(each.question, each.answer) for each in this.answers],
            "gp": [
                Row(
                    "Your GP",
                    gp.state.words.capitalize(),
                    note=gp.practice.get("name", ""),
                    link=Link("Change", reverse("my_gp"), "what we may tell your GP"),
                )
            ],
            "pages": [(title, reverse("answer_page", args=[sheet.id, place])) for title, place in numbers.items()]
            if sheet
            else [],
            "error": error,
        },
        status=422 if error or form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def gp(request: HttpRequest) -> HttpResponse:
    """Whether the reader's GP may be told, and which practice it is."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    stands = reviewing.gp_of(subject, request.opened)  # type: ignore[attr-defined]
    initial = {"state": stands.state.value, **stands.practice}
    choosing = request.method == "POST" and "withdraw" not in request.POST
    form = GpForm(request.POST if choosing else None, initial=initial)
    if request.method == "POST" and not choosing:
        services.choose_gp(subject, state=GpState.WITHDRAWN, practice=stands.practice, by=actor_of(request), at=at)
        return redirect("my_gp")
    if form.is_valid():
        said = form.cleaned_data
        state = GpState(said["state"])
        practice = {"name": said["name"], "address": said["address"]} if state is GpState.GIVEN else {}
        services.choose_gp(subject, state=state, practice=practice, by=actor_of(request), at=at)
        return redirect("my_gp")
    return render(
        request,
        "portal/requests/gp.html",
        {
            "form": form,
            "now": [
                Row(
                    "Your GP",
                    stands.state.words.capitalize(),
                    note=", ".join(filter(None, (stands.practice.get("name"), stands.practice.get("address")))),
                )
            ],
            "may_withdraw": stands.state is GpState.GIVEN,
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD"])
def paper(request: HttpRequest, prescription: UUID) -> HttpResponseBase:
    """The reader's own prescription, as it was signed."""
    stored = reviewing.open_document(prescription, request.opened)  # type: ignore[attr-defined]
    return send_file(request, stored, download_name="prescription.pdf", media_type="application/pdf")


def _act(request: HttpRequest, treatment: UUID, supply: SupplyLine | None, form: WriteForm) -> bool:
    """
    Do what was posted; whether anything was done.

    :raises NotPossible: a rule says no.
    """
    by, at = actor_of(request), request.at  # type: ignore[attr-defined]
    if "withdraw" in request.POST:
        services.withdraw_request(treatment, by=by, at=at)
        return True
    if supply is not None and "received" in request.POST:
        services.deliver(supply.id, by=by, at=at)
        return True
    if supply is not None and "stop" in request.POST:
        services.cancel_prescription(supply.id, words="They do not want it any more.", by=by, at=at)
        return True
    if "write" in request.POST and form.is_valid():
        services.answer_question(treatment, words=form.cleaned_data["words"], by=by, at=at)
        return True
    return False


def _letter(supply: SupplyLine, opened: Opened) -> list[Row]:
    """What became of the letter to their GP, where there is one."""
    letter = telling.letter_about(supply.id, opened)
    if letter is None:
        return []
    when = f", {timezone.localtime(letter.sent_at):%-d %B %Y}" if letter.sent_at else ""
    return [
        Row("Letter to your GP", f"{letter.state.words.capitalize()}{when}", note=letter.practice.get("name", ""))
    ]


def _told(supply: SupplyLine) -> list[Row]:
    item = supply.item
    return [
        Row("Medicine", f"{item['name']}, {item['form']}"),
        Row("How you take it", item["directions"]),
        Row("How much", f"{item['quantity']} {item['unit']}"),
        Row(
            "Where it is",
            supply.status.words.capitalize(),
            note=f"Parcel {supply.tracking}" if supply.tracking else "",
        ),
    ]


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
