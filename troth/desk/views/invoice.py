"""The invoices of one person: issuing, entering what came, cancelling and giving back."""

from collections import Counter
from typing import Any
from uuid import UUID, uuid5

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from troth.billing import selectors as billing
from troth.billing import services
from troth.billing.rules import NotPossible, pounds
from troth.billing.selectors import (
    InvoiceKind,
    InvoiceLine,
    InvoiceState,
    Means,
    PaymentLine,
)
from troth.billing.selectors.paper import MEDIA_TYPE, set_invoice
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Row, Tag
from troth.desk.forms.before import UseVoucherForm
from troth.desk.forms.money import AGAIN, LESS, BackForm, IssueForm, SettleForm
from troth.desk.frame import frame, looking, purpose_line, show, strip
from troth.gate.streams import send_bytes
from troth.people import selectors as people
from troth.vault.categories import Category

TAGS = {
    InvoiceState.OPEN: Tag("close", "To pay"),
    InvoiceState.SETTLED: Tag("kept", "Paid"),
    InvoiceState.CREDITED: Tag("plain", "Cancelled"),
}
#: How money goes back over the counter, as its button says it.
WENT_BACK = {Means.TERMINAL: "It went back on the card machine", Means.CASH: "It went back in cash"}


def bill(request: HttpRequest, subject: UUID) -> HttpResponse:
    """The invoices of one person, issuing one, and what the payment firm would not give back to them."""
    look = looking(request)
    invoices = billing.list_invoices(subject, look.opened)
    failed = billing.still_failed(subject)
    payments = billing.list_payments(subject, look.opened)
    stuck = [(each.id, each.stuck) for each in payments if each.stuck and each.stuck.id in failed]
    again = request.POST.get("again", "")
    form = IssueForm(
        None if again else request.POST or None,
        prices=billing.list_prices(),
        deposits=billing.list_deposits(subject, look.opened),
    )
    error = ""
    try:
        for payment, refund in stuck:
            if again == refund.id.hex:
                # Its key follows from the one that failed, so that a second click asks for nothing more.
                key = uuid5(refund.id, "again")
                services.refund(payment, pence=refund.pence, why=refund.why, key=key, by=look.actor, at=look.at)
    except NotPossible as refused:
        error = str(refused)
    if again and not error:
        return redirect("desk_bill", subject=subject)
    if form.is_valid():
        try:
            made = services.issue(
                subject,
                lines=form.cleaned_data["lines"],
                deposits=form.cleaned_data["deposits"],
                key=form.cleaned_data["key"],
                by=look.actor,
                at=look.at,
            )
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("desk_invoice", invoice=made)
    return show(
        request,
        "money/person",
        frame(request, purpose=purpose_line(look.opened, subject)),
        name=people.names_of([subject], look.opened).get(subject, "Withheld"),
        form=form,
        lines=[form[price.id.hex] for price in form.prices],
        stuck=[(each.id.hex, pounds(each.pence), each.why, each.ended_at) for _, each in stuck],
        error=error,
        table=table_of(
            "Invoices",
            (
                Column("Number", "name"),
                Column("Issued", "figures", word="Issued"),
                Column("Total", "number", word="Total"),
                Column("To pay", "number", word="To pay"),
                Column("Where it is"),
            ),
            [
                (
                    Cell(each.number, href=reverse("desk_invoice", args=[each.id])),
                    f"{each.issued_on:%-d %b %Y}",
                    pounds(each.totals.gross),
                    pounds(each.left) if each.kind is InvoiceKind.INVOICE else "",
                    Cell(tag=TAGS[each.state]) if each.kind is InvoiceKind.INVOICE else f"Takes back {each.credits}",
                )
                for each in invoices
            ],
        )
        if invoices
        else None,
        ways=[
            ("Statement", reverse("desk_statement", args=[subject])),
            ("Packages and vouchers", reverse("desk_before", args=[subject])),
        ],
        why=strip(look, subject, Category.FINANCIAL),
        status=422 if error or form.is_bound else 200,
    )


def show_invoice(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """One invoice: what it says, what settled it, and what can be done about it."""
    look = looking(request)
    found = billing.get_invoice(invoice, look.opened)
    payments = [
        each
        for each in billing.list_payments(found.subject, look.opened)
        if each.thing == invoice or each.id == found.receipt_for
    ]
    settle = SettleForm(_posted(request, "settle"))
    # A deposit is taken back by itself, with the money (decision 0193); of what is cancelled all is owed back.
    asks = found.left >= 0 and not found.receipt_for and found.state is not InvoiceState.CREDITED
    back = BackForm(_posted(request, "back"), asks=asks, by_card=any(each.left for each in payments))
    using, came = UseVoucherForm(_posted(request, "voucher")), _came_at_desk(found)
    error = ""
    try:
        if settle.is_bound and settle.is_valid():
            values = settle.cleaned_data
            services.settle(
                invoice,
                pence=values["pence"],
                means=Means(values["means"]),
                key=values["key"],
                by=look.actor,
                at=look.at,
            )
            return redirect("desk_invoice", invoice=invoice)
        if using.is_bound and using.is_valid():
            services.pay_by_voucher(invoice, **using.cleaned_data, by=look.actor, at=look.at)
            return redirect("desk_invoice", invoice=invoice)
        if back.is_bound and back.is_valid():
            _give_back(request, found, payments, back)
            return redirect("desk_invoice", invoice=invoice)
        if request.POST.get("do") == "credit":
            made = services.credit(invoice, key=found.id, by=look.actor, at=look.at)
            return redirect("desk_invoice", invoice=made)
        if request.POST.get("do") == "paid":
            for each in found.refunds:
                if each.id.hex == request.POST.get("refund"):
                    services.pay_bank_refund(each.id, by=look.actor, at=look.at)
            return redirect("desk_invoice", invoice=invoice)
    except NotPossible as refused:
        error = str(refused)
    return show(
        request,
        "money/invoice",
        frame(request, purpose=purpose_line(look.opened, found.subject)),
        found=found,
        tag=TAGS[found.state] if found.kind is InvoiceKind.INVOICE else Tag("plain", f"Takes back {found.credits}"),
        table=table_of(
            "Lines",
            (
                Column("What", "name"),
                Column("How many", "number", word="How many"),
                Column("Each", "number", word="Each"),
                Column("VAT", word="VAT"),
                Column("Amount", "number", word="Amount"),
            ),
            [
                (line.what, str(line.quantity), pounds(line.pence), line.rate.words, pounds(line.gross))
                for line in found.lines
            ],
        ),
        rows=_rows(found),
        refunds=[(each.id.hex, pounds(each.pence), each.paid_at, each.details, each.given) for each in found.refunds],
        at_desk=[(each.value, words) for each, words in WENT_BACK.items() if came[each] > 0],
        by_bank=_by_bank(found),
        using=using if found.left > 0 and found.state is InvoiceState.OPEN else None,
        voucher=billing.voucher_of(invoice, look.opened),
        settle=settle if found.left > 0 and found.state is InvoiceState.OPEN else None,
        back=back if _can_go_back(found, payments) else None,
        by_card=any(each.left for each in payments),
        can_cancel=found.kind is InvoiceKind.INVOICE
        and found.state is not InvoiceState.CREDITED
        and not found.set_against,
        error=error,
        person=reverse("desk_bill", args=[found.subject]),
        why=strip(look, found.subject, Category.FINANCIAL),
        status=422 if error or settle.is_bound or using.is_bound or back.is_bound else 200,
    )


def paper(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """The invoice to print."""
    look = looking(request)
    found = billing.get_invoice(invoice, look.opened)
    return send_bytes(set_invoice(found, at=look.at), download_name=f"{found.number}.pdf", media_type=MEDIA_TYPE)


def _give_back(request: HttpRequest, found: InvoiceLine, payments: list[PaymentLine], form: BackForm) -> None:
    """To the card that it came from, where so much is left on one; else to a bank account, which the person is asked for."""
    look, values = looking(request), form.cleaned_data
    for each in payments:
        if each.left >= values["pence"] > 0 and request.POST.get("to") == "card":
            if values.get("then") == LESS:
                # First the debt and then the money: what the firm would not give back stays owed to them.
                key = uuid5(values["key"], LESS)
                services.lower(found.id, pence=values["pence"], key=key, by=look.actor, at=look.at)
            services.refund(
                each.id,
                pence=values["pence"],
                why=values["why"],
                key=values["key"],
                by=look.actor,
                at=look.at,
                beyond=found.left >= 0,
            )
            return
    if request.POST.get("to") == "card":
        raise NotPossible("No card payment has so much left. Give back less, or to a bank account.")
    _give_back_otherwise(request, found, values)


def _give_back_otherwise(request: HttpRequest, found: InvoiceLine, values: dict[str, Any]) -> None:
    """Over the counter by the way it came, or to a bank account, which the person is asked for."""
    look, less = looking(request), values.get("then") == LESS
    means = next((each for each in WENT_BACK if each == request.POST.get("to")), None)
    if means is not None:
        services.return_at_desk(
            found.id,
            pence=values["pence"],
            means=means,
            key=values["key"],
            less=less,
            beyond=found.left >= 0,
            by=look.actor,
            at=look.at,
        )
    elif values.get("then") == AGAIN:
        raise NotPossible(
            "By bank goes back what is owed to them. Say that they pay so much less, or cancel the invoice."
        )
    else:
        services.ask_bank_refund(
            found.id, pence=values["pence"], key=values["key"], less=less, by=look.actor, at=look.at
        )


def _came_at_desk(found: InvoiceLine) -> Counter[Means]:
    """What came over the counter and has not gone back, by way."""
    came: Counter[Means] = Counter()
    for each in found.entries:
        if each.means in WENT_BACK:
            came[each.means] += each.pence
    return came


def _by_bank(found: InvoiceLine) -> bool:
    """Whether anything may go back by bank: what is owed, or, once so much less is to be paid, what did not come by the firm."""
    apart = any(each.pence > 0 and each.means not in {Means.CARD, Means.VOUCHER} for each in found.entries)
    return found.left < 0 or (apart and found.left == 0)


def _can_go_back(found: InvoiceLine, payments: list[PaymentLine]) -> bool:
    ways = (_by_bank(found), any(each.left for each in payments), any(_came_at_desk(found).values()))
    return found.kind is InvoiceKind.INVOICE and any(ways)


def _posted(request: HttpRequest, form: str) -> object:
    return request.POST if request.method == "POST" and request.POST.get("do") == form else None


def _rows(found: InvoiceLine) -> list[Row]:
    rows = [
        Row("Issued", f"{found.issued_on:%-d %B %Y}"),
        Row("To", found.addressee.replace("\n", ", ")),
        Row("Without VAT", pounds(found.totals.net)),
        Row("VAT", pounds(found.totals.vat)),
        Row("Total", pounds(found.totals.gross)),
    ]
    if found.kind is InvoiceKind.INVOICE:
        if not found.receipt_for:
            rows.insert(1, Row("To pay by", f"{found.due_on:%-d %B %Y}"))
        rows += [Row(words, pounds(pence)) for words, pence in found.taken_off]
        rows += [Row(f"{each.on:%-d %b %Y}", f"{pounds(each.pence)}, {each.means.called}") for each in found.entries]
        rows.append(
            Row("Owed back to them", pounds(-found.left), flagged=True)
            if found.left < 0
            else Row("To pay", pounds(found.left))
        )
    return rows
