"""A patient's own requests: what they asked for, where it is, what was decided."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.billing.selectors import UNPAID, State
from troth.design.moments import day_and_hour
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Link, Row
from troth.gate.contexts import Opened
from troth.gate.refusals import Decision
from troth.gate.streams import send_file
from troth.gate.table import actor_of, open_path
from troth.intake import selectors as intake
from troth.intake.rules import NotPossible as NotAnswered
from troth.intake.rules import suiting
from troth.people import selectors as people
from troth.portal import own_data, own_home
from troth.portal.forms.requests import ContestForm, GpForm, WriteForm
from troth.portal.views.my_data import reader
from troth.prescribing import selectors as prescribing
from troth.prescribing import services
from troth.prescribing.rules import CONTESTED_WITHIN, NotPossible
from troth.prescribing.rules.machine import SUPPLY, Step
from troth.prescribing.selectors import (
    OPEN,
    GpState,
    Outcome,
    RequestOpened,
    RequestStatus,
    SupplyStatus,
    contesting,
    directory,
    identifying,
    pricing,
    reviewing,
    supplies,
    telling,
)
from troth.prescribing.selectors.supplies import SupplyLine
from troth.prescribing.selectors.telling import LetterOpened
from troth.vault.categories import Category


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
    """One request: where it is, what was written, answered and decided; and the ways to answer and to change."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    opened: Opened = request.opened  # type: ignore[attr-defined]
    line = prescribing.get_line(treatment)
    opened.require(line.subject if line else treatment, Category.HEALTH)
    if line is None or line.subject != subject:  # one of somebody whom the reader represents is not shown here
        raise Http404
    sheet = prescribing.sheet_for(treatment, opened)
    supply = supplies.supply_for(treatment, opened)
    form = WriteForm(request.POST) if "write" in request.POST else WriteForm()
    again = ContestForm(request.POST) if "contest" in request.POST else ContestForm()
    error = ""
    if request.method == "POST":
        try:
            if "pay" in request.POST:
                return redirect("my_payment", payment=services.pay_request(treatment, by=actor_of(request), at=at))
            if _act(request, treatment, supply, form, again):
                return redirect("my_request", treatment=treatment)
        except (NotPossible, NotAnswered) as refused:
            error = str(refused)
    found = prescribing.requests_of(subject, opened)
    assert not isinstance(found, Decision)
    this = next(each for each in found if each.line.id == treatment)
    gp = reviewing.gp_of(subject, opened)
    letters = telling.asked_for(treatment, opened)
    paid = pricing.payment_of(treatment)
    to_pay = paid is not None and _is_to_pay(paid[1], this.line.status in OPEN, supply)
    contested = contesting.contest_of(treatment, opened)
    numbers = {page.title: place for place, page in enumerate(sheet.form.pages, start=1)} if sheet else {}
    return render(
        request,
        "portal/requests/show.html",
        {
            "in_hand": own_home.in_hand(
                this, subject, at, own_data.passed_of(subject, by=actor_of(request), at=at), supply
            ),
            "open": this.line.status in OPEN,
            "holding": _holding(sheet, at) if sheet and this.line.status in OPEN else None,
            "referred": this.outcome is Outcome.REFERRED,
            "asked": this.line.status is RequestStatus.ASKED,
            "form": form,
            "messages": [
                Row(
                    people.staff_name(UUID(each.author)) if each.by_staff else "You",
                    each.words,
                    note=day_and_hour(each.at, "%-d %B"),
                )
                for each in reviewing.list_messages(treatment, opened, staff=False)
            ],
            "supply": [*_told(supply), *_letter(supply, opened), *_next(supply, opened, at)] if supply else [],
            "supply_id": supply.id if supply else None,
            "cancelled": supply is not None and supply.status is SupplyStatus.CANCELLED,
            "may_stop": supply is not None and (supply.status, Step.CANCEL) in SUPPLY,
            "stop": reverse("my_request_stop", args=[treatment]),
            "may_receive": supply is not None and supply.status is SupplyStatus.DISPATCHED,
            "may_report": supply is not None and supply.can_be_taken,
            "rows": [Row(line.item.text, line.words, note=_earlier(line)) for line in (sheet.lines if sheet else ())]
            or [Row(each.question, each.answer) for each in this.answers],
            "gp": [
                Row(
                    "Your GP",
                    gp.state.words.capitalize(),
                    note=gp.practice.get("name", ""),
                    link=Link("Change", reverse("my_gp"), "what we may tell and ask your GP"),
                ),
                *(_asked(letter) for letter in letters),
            ],
            "waits_for_gp": this.line.status in OPEN and any(each.state in telling.UNANSWERED for each in letters),
            "pages": [(title, reverse("answer_page", args=[sheet.id, place])) for title, place in numbers.items()]
            if sheet
            else [],
            "payment": _payment(*paid, to_pay=to_pay) if paid else [],
            "to_pay": to_pay,
            "lapsed": paid is not None and paid[1] in (State.FAILED, State.RELEASED),
            "ask_gp": this.line.status in OPEN and gp.state is GpState.NOT_ASKED,
            "show_document": this.line.status in OPEN
            and sheet is not None
            and bool(open_path(request, "my_identity"))
            and identifying.is_wanted(sheet.treatment.id, subject, opened)
            and not reviewing.is_documented(subject, opened),
            "error": error,
            "again": again if _may_contest(this, at) and contested is None else None,
            "before": [
                Row(
                    f"Decided on {timezone.localtime(contested.decided_at):%-d %B %Y}",
                    contested.outcome_words or contested.outcome.words,
                    note=f"You asked for another look: {contested.objection}",
                )
            ]
            if contested
            else [],
            "wrong": again if again.is_bound else form,
        },
        status=422 if error or form.is_bound or again.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def gp(request: HttpRequest) -> HttpResponse:
    """Whether the reader's GP may be told, and which practice it is."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    stands = reviewing.gp_of(subject, request.opened)  # type: ignore[attr-defined]
    initial = {"state": stands.state.value, "may_ask": stands.may_ask, **stands.practice}
    posted = request.POST if request.method == "POST" and "withdraw" not in request.POST else None
    searching = posted is not None and "search" in posted
    # What is looked for is posted, since an address lies in histories; the directory itself is about nobody.
    found = directory.find(posted.get("find", "")) if posted is not None else []
    kept = directory.is_kept()
    if searching and posted is not None:  # nothing is checked yet, and what was typed stays
        form = GpForm(initial={**initial, **posted.dict()}, directory=kept, found=found)
    else:
        form = GpForm(posted, initial=initial, directory=kept, found=found)
    if "withdraw" in request.POST:
        services.choose_gp(subject, state=GpState.WITHDRAWN, practice=stands.practice, by=actor_of(request), at=at)
        return redirect("my_gp")
    if form.is_valid():
        said = form.cleaned_data
        state = GpState(said["state"])
        practice = form.practice() if state is GpState.GIVEN else {}
        try:
            may_ask = said["may_ask"]
            services.choose_gp(subject, state=state, practice=practice, may_ask=may_ask, by=actor_of(request), at=at)
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
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
                ),
                *([Row("Questions to them", _MAY_ASK[stands.may_ask])] if stands.state is GpState.GIVEN else []),
            ],
            "may_withdraw": stands.state is GpState.GIVEN,
            "missed": searching and not found,
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD"])
def paper(request: HttpRequest, prescription: UUID) -> HttpResponseBase:
    """The reader's own prescription, as it was signed."""
    stored = supplies.open_document(prescription, request.opened)  # type: ignore[attr-defined]
    return send_file(request, stored, download_name="prescription.pdf", media_type="application/pdf")


def _act(
    request: HttpRequest, treatment: UUID, supply: SupplyLine | None, form: WriteForm, again: ContestForm
) -> bool:
    """
    Do what was posted; whether anything was done.

    :raises NotPossible: a rule says no.
    """
    by, at = actor_of(request), request.at  # type: ignore[attr-defined]
    if supply is not None and "received" in request.POST:
        services.deliver(supply.id, by=by, at=at)
        return True
    if "holds" in request.POST:
        services.confirm_answers(treatment, by=by, at=at)
        return True
    if "write" in request.POST and form.is_valid():
        services.answer_question(treatment, words=form.cleaned_data["words"], by=by, at=at)
        return True
    if "contest" in request.POST and again.is_valid():
        services.contest_decision(treatment, words=again.cleaned_data["words"], by=by, at=at)
        return True
    return False


@dataclass(frozen=True)
class _Holding:
    """That somebody may say of all their answers that they hold: when they last did, and whether that is too long ago."""

    words: str
    said_on: str
    too_old: bool
    good_for: int


def _holding(sheet: intake.Sheet, at: datetime) -> _Holding | None:
    """None on the day on which they said it: asking again would bring nothing."""
    said = sheet.confirmed_at
    if said is None or at - said < timedelta(days=1):
        return None
    good_for = sheet.treatment.answers_good_for
    too_old = at - said > timedelta(days=good_for)
    words = "Nothing else has changed" if sheet.answered_at > said else "Nothing has changed"
    return _Holding(words, f"{timezone.localtime(said):%-d %B %Y}", too_old, good_for)


#: What became of what a request costs, as the person reads it.
_PAID = {
    State.ASKED: "Not paid yet",
    State.AUTHORISED: "Held on your card, and not taken",
    State.CAPTURED: "Paid",
    State.RELEASED: "Let go. Nothing was taken",
    State.PART_REFUNDED: "Paid, and part of it given back",
    State.REFUNDED: "Given back to your card",
    State.FAILED: "Not paid in time, or let go by your bank. Nothing was taken",
}


def _payment(payment: UUID, state: State, *, to_pay: bool) -> list[Row]:
    see = Link("See it", reverse("my_payment", args=[payment]), "the payment")
    # What was taken back or refused before it was paid is owed by nobody, though the firm has yet to say that it ended.
    owed_by_nobody = state in (State.ASKED, State.FAILED) and not to_pay
    words = "Nothing was taken, and nothing is to be paid" if owed_by_nobody else _PAID[state]
    return [Row("Payment", words, link=see)]


def _is_to_pay(state: State, is_open: bool, supply: SupplyLine | None) -> bool:
    """Whether it waits for the reader to pay: not paid yet, or the money is gone again before anything left."""
    waits = is_open or (supply is not None and (supply.status, Step.CANCEL) in SUPPLY)
    return waits and state in UNPAID


def _may_contest(request: RequestOpened, at: datetime) -> bool:
    """Whether the page offers another look at what was decided; the act asks the same and more."""
    decided = request.line.status is RequestStatus.DECIDED and request.outcome is not Outcome.PRESCRIBED
    return decided and request.decided_at is not None and at - request.decided_at <= CONTESTED_WITHIN


def _letter(supply: SupplyLine, opened: Opened) -> list[Row]:
    """What became of the letter to their GP, where there is one."""
    letter = telling.letter_about(supply.id, opened)
    if letter is None:
        return []
    return [
        Row(
            "Letter to your GP",
            f"{letter.state.words[:1].upper()}{letter.state.words[1:]}",
            note=f"{letter.practice.get('name', '')}. {_left(letter)}".strip(". "),
        )
    ]


def _left(letter: LetterOpened) -> str:
    """When a letter left, in a sentence: what became of it since has another day, so the two never stand as one."""
    return f"Sent on {timezone.localtime(letter.sent_at):%-d %B %Y}." if letter.sent_at else ""


def _next(supply: SupplyLine, opened: Opened, at: datetime) -> list[Row]:
    """From when they may ask for another, once they have this one. It is a request like the first."""
    treatment = intake.get_treatment(supply.item.get("treatment", ""))
    if treatment is None or supply.status not in (SupplyStatus.DELIVERED, SupplyStatus.CLOSED):
        return []
    last = supplies.last_on(supplies.supplies_of(supply.subject, opened), treatment.id)
    due = suiting.due_from(treatment, last) if last else timezone.localdate(at)
    return [
        Row(
            "The next supply",
            f"Due from {due:%-d %B %Y}" if due > timezone.localdate(at) else "You can ask for it now",
            note="You answer the questions again, and a prescriber decides each time.",
            link=Link("Ask again", reverse("treatment", args=[treatment.id]), "for this treatment"),
        )
    ]


#: Whether a GP who may be told may be asked too, as the person reads it.
_MAY_ASK = {True: "We may ask them what a prescriber needs to know", False: "We do not ask them about you"}


def _asked(letter: LetterOpened) -> Row:
    """One letter that asks their GP: for what, when it left, and what came. Also what they took back after it had left."""
    assert letter.asked is not None
    came = (
        f" It came on {letter.asked.came_on:%-d %B %Y}, {letter.asked.way.words}."
        if letter.asked.came_on and letter.asked.way
        else ""
    )
    return Row(
        f"Asked of {letter.practice.get('name', 'your GP')}",
        f"{letter.state.words[:1].upper()}{letter.state.words[1:]}",
        note=f"{'; '.join(letter.asked.wanted)}. {_left(letter)}{came} {letter.answer}".strip(),
    )


def _told(supply: SupplyLine) -> list[Row]:
    item = supply.item
    if supply.status is SupplyStatus.CANCELLED:  # how to take what never came is not told as if it had
        return [
            Row("Where it is", "Cancelled. Nothing of it is sent", flagged=True),
            Row("Medicine", f"{item['name']}, {item['form']}"),
        ]
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
        f"before {day_and_hour(later.at, '%-d %B')}: {given.words}"
        for given, later in zip(line.earlier, line.earlier[1:], strict=False)
    )
