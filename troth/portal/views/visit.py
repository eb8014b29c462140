"""A visit as whoever has the link of its message sees it: when and with whom, to move it, cancel it or put it into a calendar."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from troth.billing.selectors import Order, PaymentFor, State, is_set_against
from troth.design.moments import hour_of
from troth.design.values import Row
from troth.diary import rules, services
from troth.diary import selectors as diary
from troth.diary.selectors import Ended
from troth.gate import actors
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.portal.forms.booking import MoveForm, WhyForm
from troth.portal.views import money
from troth.portal.views.account import counterpart
from troth.vault.categories import Category

#: Where a deposit is, as its payer reads it.
DEPOSIT = {
    State.ASKED: "Not paid",
    State.AUTHORISED: "Held on your card",
    State.CAPTURED: "Paid",
    State.RELEASED: "Let go: nothing was taken",
    State.PART_REFUNDED: "Part of it given back",
    State.REFUNDED: "Given back to your card",
    State.FAILED: "Not paid: nothing was taken",
}
#: Where a deposit is that never came to us.
_UNPAID = {State.ASKED, State.RELEASED, State.FAILED}


@require_http_methods(["GET", "HEAD"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address, whether or not there is such a link."""
    if request.method == "GET":
        request.browser.hold_link(token)  # type: ignore[attr-defined]
    return redirect("visit")


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """The visit, and what can be done with it."""
    found = _found(request)
    if found is None:
        return _over(request)
    known, new = diary.deposit_of(found.id), request.GET.get("new") == "1"
    return render(
        request,
        "portal/booking/visit.html",
        {
            "visit": found,
            "new": new and found.is_ahead,
            "lost": new and _was_lost(found, known),
            "until": _kept_until(found, request.at),  # type: ignore[attr-defined]
            "deposit": _holds_deposit(known),
            "asked": _asks_deposit(found, known),
            "rows": _rows(found, known),
            "free_until": rules.said_when(found.starts_at - rules.FREE_UNTIL),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def deposit(request: HttpRequest) -> HttpResponse:
    """The deposit that a visit waits for, on the page with the payment firm's card fields. It is booked as soon as that is held."""
    at = request.at  # type: ignore[attr-defined]
    found = _found(request)
    if found is None:
        return _over(request)
    known = diary.deposit_of(found.id)
    if known is None or not (found.awaits_deposit or _asks_deposit(found, known)):
        return redirect(f"{reverse('visit')}?new=1" if _was_lost(found, known) else "visit")
    until = _kept_until(found, at)
    answer = money.paying(
        request,
        known.id,
        by=diary.payer(),
        back=reverse("visit"),
        back_words="Back to your visit",
        until=until,
        loose=found.awaits_deposit and not until,
        why=counterpart(at, Purpose.PAYMENT, "Why we ask", Category.FINANCIAL),
    )
    # The page asks the firm what became of it, so that by now it may be booked.
    now = _found(request)
    if now is None or now.awaits_deposit or not found.awaits_deposit:
        return answer
    return redirect(f"{reverse('visit')}?new=1")


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest) -> HttpResponse:
    """Cancel it, with a reason of a list."""
    found = _found(request)
    if found is None:
        return _over(request)
    form = WhyForm(request.POST or None)
    if form.is_valid():
        try:
            services.cancel_by_link(
                request.browser.held_link(),  # type: ignore[attr-defined]
                because=Ended(form.cleaned_data["because"] or Ended.UNSAID),
                by=actors.NOBODY,
                at=request.at,  # type: ignore[attr-defined]
            )
        except rules.NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("visit")
    return _form(request, found, form, "Cancel your visit")


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest) -> HttpResponse:
    """Move it to another free time with the same practitioner."""
    found = _found(request)
    if found is None:
        return _over(request)
    at, token = request.at, request.browser.held_link()  # type: ignore[attr-defined]
    form = MoveForm(request.POST or None, free=lambda on: diary.free_for_link(token, on, at=at))
    if form.is_valid() and form.cleaned_data["starts"]:
        try:
            services.move_by_link(token, starts_at=form.cleaned_data["starts"], by=actors.NOBODY, at=at)
        except rules.NotPossible as refused:
            form.add_error("starts", str(refused))
        else:
            return redirect("visit")
    return _form(request, found, form, "Move your visit")


@require_http_methods(["GET", "HEAD"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The visit as a file for a calendar. It says when, and nothing of what for."""
    found = _found(request)
    if found is None:
        return _over(request)
    text = rules.calendar_of(
        found.id,
        found.starts_at,
        found.ends_at,
        cancelled=not found.is_ahead and found.state is not diary.VisitState.COMPLETED,
        at=request.at,  # type: ignore[attr-defined]
    )
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="appointment.ics"', "Cache-Control": "no-store"},
    )


def _found(request: HttpRequest) -> diary.LinkedVisit | None:
    return diary.visit_by_link(request.browser.held_link(), at=request.at)  # type: ignore[attr-defined]


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/booking/no_visit.html", status=410)


def _deposit(found: diary.LinkedVisit, known: PaymentFor | None) -> str:
    """Where the deposit of a visit is, in a sentence, or nothing where none was asked for."""
    if known is None:
        return ""
    # Of a visit that is off it is let go, whether or not the firm has said so yet.
    return DEPOSIT[State.FAILED if _was_lost(found, known) and known.state is State.ASKED else known.state]


def _kept_until(found: diary.LinkedVisit, at: datetime) -> str:
    """The hour until which its time is kept for the deposit to be paid; nothing once others can take it."""
    return hour_of(found.kept_until) if found.kept_until and found.kept_until > at else ""


def _was_lost(found: diary.LinkedVisit, known: PaymentFor | None) -> bool:
    """Whether it is cancelled and its deposit never came to us, as where that was not paid while its time was kept."""
    return found.state is diary.VisitState.CANCELLED and known is not None and known.state in _UNPAID


def _asks_deposit(found: diary.LinkedVisit, known: PaymentFor | None) -> bool:
    """Whether a visit that stands has a deposit that was asked for by a link, and is still to pay."""
    return found.is_ahead and known is not None and known.state is State.ASKED and known.order is Order.NONE


def _holds_deposit(known: PaymentFor | None) -> bool:
    """Whether a deposit is with us, or on its way to us, so that it goes back or is kept. One that paid an invoice does neither."""
    held = known is not None and known.state in {State.AUTHORISED, State.CAPTURED, State.PART_REFUNDED}
    return held and known is not None and not is_set_against(known.id)


def _rows(found: diary.LinkedVisit, known: PaymentFor | None) -> list[Row]:
    deposit = _deposit(found, known)
    member = people.staff_profiles({found.practitioner}).get(found.practitioner)
    return [
        Row("When", rules.said_when(found.starts_at)),
        Row("With", member.name if member else "A colleague"),
        Row("Now", found.state.words.capitalize() + (", late" if found.late else "")),
        *([Row("Deposit", deposit)] if deposit else []),
    ]


def _form(request: HttpRequest, found: diary.LinkedVisit, form: Any, title: str) -> HttpResponse:
    known = diary.deposit_of(found.id)
    return render(
        request,
        "portal/booking/form.html",
        {
            "form": form,
            "title": title,
            "rows": _rows(found, known),
            "visit": found,
            "moving": isinstance(form, MoveForm),
            "deposit": _holds_deposit(known) and found.is_ahead,
            "free_until": rules.said_when(found.starts_at - rules.FREE_UNTIL),
        },
        status=422 if form.is_bound and form.errors else 200,
    )
