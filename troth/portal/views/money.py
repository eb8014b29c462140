"""The reader's own money: what is to pay, what was paid, and the one page with the payment firm's card fields."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from troth.billing import selectors as billing
from troth.billing import services
from troth.billing.rules import NotPossible, pounds
from troth.billing.selectors import Order, PaymentLine, RefundState, SoldPackage, State, Trouble
from troth.design.tables import Cell, Column, Table, table_of
from troth.design.values import Row, Tag
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.gate.table import actor_of
from troth.notice.purposes import Action, Purpose
from troth.portal import own_data
from troth.portal.views import invoices
from troth.portal.views.my_data import reader
from troth.prescribing.selectors import pricing
from troth.rights.selectors.planning import dates_kept
from troth.vault.categories import Category

#: The firm's largest message is far smaller.
MOST_BYTES = 256_000
_TAGS = {
    State.ASKED: Tag("close", "To pay"),
    State.AUTHORISED: Tag("info", "Held on your card"),
    State.CAPTURED: Tag("kept", "Paid"),
    State.RELEASED: Tag("plain", "Let go"),
    State.PART_REFUNDED: Tag("info", "Part given back"),
    State.REFUNDED: Tag("plain", "Given back"),
    State.FAILED: Tag("plain", "Not paid"),
}

#: What is open of whoever restricted the use of their record, or left.
_CLOSED = (
    "Nothing is taken, and nothing can be paid here, while the use of your record is restricted or has ended. "
    "What your bank holds for us is let go."
)


@require_http_methods(["GET", "HEAD"])
def list_mine(request: HttpRequest) -> HttpResponse:
    """Every payment of the reader, the newest first."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    lines = billing.list_payments(subject, request.opened)  # type: ignore[attr-defined]
    asked = billing.list_invoices(subject, request.opened)  # type: ignore[attr-defined]
    return render(
        request,
        "portal/money/list.html",
        {
            "invoices": invoices.table(asked),
            "packages": _packages(billing.packages_of(subject, request.opened)),  # type: ignore[attr-defined]
            "table": table_of(
                "Your payments",
                (
                    Column("When", "figures"),
                    Column("What for", "name"),
                    Column("Amount", "number", word="Amount"),
                    Column("Where it is", word="Where it is"),
                ),
                [
                    (
                        _day(line.asked_at),
                        Cell(line.what or "A payment", href=reverse("my_payment", args=[line.id])),
                        pounds(line.pence),
                        Cell(tag=_TAGS[line.state]),
                    )
                    for line in lines
                ],
            )
            if lines
            else None,
            "why": own_data.counterpart_of(Category.FINANCIAL, dates_kept(subject, at=at), at),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, payment: UUID) -> HttpResponse:
    """One payment, and paying it."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    asked = pricing.request_paid_by(payment, subject)
    return paying(
        request,
        payment,
        by=actor_of(request),
        back=reverse("my_request", args=[asked]) if asked else reverse("my_payments"),
        back_words="Back to your request" if asked else "All your payments",
        why=own_data.counterpart_of(Category.FINANCIAL, dates_kept(subject, at=at), at),
    )


def paying(
    request: HttpRequest,
    payment: UUID,
    *,
    by: Actor,
    back: str,
    back_words: str = "All your payments",
    until: str = "",
    loose: bool = False,
    why: object = None,
) -> HttpResponse:
    """
    The page on which `by` pays: with the firm's card fields, in frames of the firm's own, or the stand-in's buttons. `until`:
    what is paid for is kept until then. `loose`: it is kept no longer, and is theirs if it is free still once they have paid.

    It asks the firm each time it is opened, so that coming back to it after paying shows what is true. The firm's addresses are in
    the content policy of this answer, and of no other.
    """
    at: datetime = request.at  # type: ignore[attr-defined]
    error = ""
    # Whose it is not is refused here, before anything is asked about it.
    line = _line(payment, by, at)
    # Of whoever restricted the use of their record, or left, money is only settled: the page says so, and asks the firm nothing.
    closed = billing.is_only_settled(payment, at=at)
    if request.method == "POST" and "stand_in" in request.POST and not closed:
        try:
            services.pay_stand_in(payment, taken=request.POST["stand_in"] == "taken", by=by, at=at)
        except NotPossible as refused:
            error, line = str(refused), _line(payment, by, at)
        else:
            return redirect(request.path)
    secret, away = "", False
    if line.state in (State.ASKED, State.AUTHORISED) and not error and not closed:
        try:
            secret = services.open_at_firm(payment, by=by, at=at).secret
            services.tell(payment, at=at)
        except (services.FirmSilent, services.FirmRefused, services.NoFirm):
            away = True
        line = _line(payment, by, at)
    payable = line.state is State.ASKED and line.order is Order.NONE and not away and not closed
    fields = payable and not billing.is_stand_in()
    response = render(
        request,
        "portal/money/pay.html",
        {
            "line": line,
            "rows": _rows(line),
            "tag": _TAGS[line.state],
            "said": _said(line) if not closed or line.state not in (State.ASKED, State.AUTHORISED) else _CLOSED,
            "amount": pounds(line.pence),
            "declined": line.trouble is Trouble.DECLINED and line.state is State.ASKED,
            "away": away and line.state is State.ASKED,
            "error": error,
            "stand_in": payable and billing.is_stand_in(),
            "fields": fields,
            "script": settings.TROTH_STRIPE_SCRIPT if fields else "",
            "public_key": settings.TROTH_STRIPE_PUBLIC_KEY if fields else "",
            "secret": secret if fields else "",
            "back": back,
            "back_words": back_words,
            "until": until,
            "loose": loose,
            "why": why,
        },
        status=422 if error else 200,
    )
    if fields:
        response.also_from = firm_sources()  # type: ignore[attr-defined]
    return response


def _packages(has: list[SoldPackage]) -> Table | None:
    """What the reader has of packages, or nothing where they have none."""
    if not has:
        return None
    return table_of(
        "Your packages",
        (
            Column("What", "name"),
            Column("Had", "number", word="Had"),
            Column("Until", "figures", word="Until"),
        ),
        [
            (
                Cell(
                    each.name,
                    href=reverse("my_invoice", args=[each.invoice]),
                    small="Given back" if each.ended else "",
                ),
                f"{each.used} of {each.many}",
                f"{each.expires_on:%-d %b %Y}",
            )
            for each in has
        ],
    )


def firm_sources() -> dict[str, str]:
    """What the payment page's content policy lets in besides our own: the firm's script, its frames and its API."""
    script, api = _origin(settings.TROTH_STRIPE_SCRIPT), _origin(settings.TROTH_STRIPE_API)
    frames = f"{script} https://hooks.stripe.com" if script == "https://js.stripe.com" else script
    return {"script-src": script, "frame-src": frames, "connect-src": f"'self' {api}"}


@csrf_exempt
@require_POST
def hear(request: HttpRequest) -> HttpResponse:
    """A message of the payment firm. Its signature is its right to be here; it decides nothing, and has the firm asked."""
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        services.hear(request.body, request.headers.get("Stripe-Signature", ""))
    except PermissionError:
        return HttpResponse("Not signed by the payment firm.", status=400, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


def _line(payment: UUID, by: Actor, at: datetime) -> PaymentLine:
    with processing(Purpose.PAYMENT, Action.READ, by=by, at=at) as opened:
        return billing.get_payment(payment, opened)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _rows(line: PaymentLine) -> list[Row]:
    rows = [Row("What for", line.what or "A payment"), Row("Amount", pounds(line.pence))]
    if line.captured and line.captured != line.pence:
        rows.append(Row("Taken", pounds(line.captured)))
    for each in line.refunds:
        words = {RefundState.ASKED: "on its way to your card", RefundState.DONE: "given back to your card"}
        rows.append(
            Row(
                f"Refund of {_day(each.asked_at)}", f"{pounds(each.pence)}, {words.get(each.state, each.state.words)}"
            )
        )
    return rows


#: Why a payment is over without any money: what happened, to whoever was to pay.
_WHY_NOT = {
    Trouble.NONE: "This payment is over. Nothing was taken.",
    Trouble.EXPIRED: "This was not paid in time, so it is over. Nothing was taken.",
    Trouble.LAPSED: "Your bank let the amount go before we took it. Nothing was taken.",
    Trouble.DIFFERS: "The payment firm named another amount than we had, so we stopped it. Nothing was taken.",
}


def _said(line: PaymentLine) -> str:
    """Where it is, in a sentence."""
    if line.order is Order.CAPTURE:
        return "We have asked for the money that your bank holds for us."
    if line.state is State.FAILED:
        return f"{_WHY_NOT.get(line.trouble, _WHY_NOT[Trouble.NONE])} What it was for can be paid for anew, if you still want it."
    if line.order is Order.RELEASE:
        return "We are letting this go. Nothing is kept of it."
    return {
        State.ASKED: "We hold the amount on your card first, and take it only once we have agreed."
        if line.holds
        else "",
        State.AUTHORISED: "Your bank holds this amount for us. Nothing has been taken.",
        State.CAPTURED: "Paid. Thank you.",
        State.RELEASED: "Nothing was taken. Your bank shows the amount as free again within some days.",
        State.PART_REFUNDED: "Part of it goes back to the card that you paid with, within ten days.",
        State.REFUNDED: "All of it goes back to the card that you paid with, within ten days.",
    }[line.state]


def _day(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%-d %b %Y}"
