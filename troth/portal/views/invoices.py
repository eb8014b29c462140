"""An invoice of the reader's: what it says, paying it, and where a refund should go."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from troth.billing import selectors as billing
from troth.billing import services
from troth.billing.rules import NotPossible, pounds
from troth.billing.selectors import BankRefundLine, InvoiceKind, InvoiceLine, InvoiceState
from troth.billing.selectors.paper import MEDIA_TYPE, set_invoice
from troth.design.tables import Cell, Column, Table, table_of
from troth.design.values import Row, Tag
from troth.gate.streams import send_bytes
from troth.gate.table import actor_of
from troth.portal import own_data
from troth.portal.forms.money import BankForm, PayForm
from troth.portal.views.my_data import reader
from troth.rights.selectors.planning import dates_kept
from troth.vault.categories import Category

TAGS = {
    InvoiceState.OPEN: Tag("close", "To pay"),
    InvoiceState.SETTLED: Tag("kept", "Paid"),
    InvoiceState.CREDITED: Tag("plain", "Cancelled"),
}


def table(invoices: list[InvoiceLine]) -> Table | None:
    """The reader's invoices, or nothing where there are none."""
    if not invoices:
        return None
    return table_of(
        "Your invoices",
        (
            Column("Number", "name"),
            Column("Issued", "figures", word="Issued"),
            Column("Total", "number", word="Total"),
            Column("To pay", "number", word="To pay"),
            Column("Where it is"),
        ),
        [
            (
                Cell(each.number, href=reverse("my_invoice", args=[each.id])),
                f"{each.issued_on:%-d %b %Y}",
                pounds(each.totals.gross),
                pounds(max(each.left, 0)) if each.kind is InvoiceKind.INVOICE else "",
                Cell(tag=TAGS[each.state]) if each.kind is InvoiceKind.INVOICE else f"Takes back {each.credits}",
            )
            for each in invoices
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """One invoice. Paying leads to the page of the payment; of a refund by bank, the reader says where it should go."""
    at = request.at  # type: ignore[attr-defined]
    found = billing.get_invoice(invoice, request.opened)  # type: ignore[attr-defined]
    waiting = next((each for each in found.refunds if each.paid_at is None), None)
    payable = found.kind is InvoiceKind.INVOICE and found.state is InvoiceState.OPEN and billing.takes_cards()
    pay = PayForm(request.POST if request.POST.get("do") == "pay" else None, left=found.left)
    bank = BankForm(request.POST if request.POST.get("do") == "bank" else None)
    try:
        if pay.is_bound and pay.is_valid():
            payment = services.pay_by_card(
                invoice, pence=pay.cleaned_data["pence"], key=pay.cleaned_data["key"], by=actor_of(request), at=at
            )
            return redirect("my_payment", payment=payment)
        if bank.is_bound and waiting is not None and bank.is_valid():
            services.give_bank_details(waiting.id, **bank.cleaned_data, by=actor_of(request), at=at)
            return redirect("my_invoice", invoice=invoice)
    except NotPossible as refused:
        (pay if pay.is_bound else bank).add_error(None, str(refused))
    return render(
        request,
        "portal/money/invoice.html",
        {
            "found": found,
            "tag": TAGS[found.state]
            if found.kind is InvoiceKind.INVOICE
            else Tag("plain", f"Takes back {found.credits}"),
            "table": table_of(
                "What for",
                (
                    Column("What", "name"),
                    Column("How many", "number", word="How many"),
                    Column("Amount", "number", word="Amount"),
                ),
                [(line.what, str(line.quantity), pounds(line.gross)) for line in found.lines],
            ),
            "rows": _rows(found),
            "voucher": billing.voucher_of(invoice, request.opened),  # type: ignore[attr-defined]
            "pay": pay if payable and found.left > 0 else None,
            "bank": bank if waiting is not None and not waiting.given else None,
            "waiting": _said(waiting),
            "why": own_data.counterpart_of(Category.FINANCIAL, dates_kept(reader(request), at=at), at),
        },
        status=422 if pay.is_bound or bank.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD"])
def paper(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """The invoice to print."""
    found = billing.get_invoice(invoice, request.opened)  # type: ignore[attr-defined]
    made = set_invoice(found, at=request.at)  # type: ignore[attr-defined]
    return send_bytes(made, download_name=f"{found.number}.pdf", media_type=MEDIA_TYPE)


def _rows(found: InvoiceLine) -> list[Row]:
    rows = [Row("Issued", f"{found.issued_on:%-d %B %Y}")]
    if found.kind is InvoiceKind.INVOICE:
        rows.append(Row("Paid" if found.receipt_for else "To pay by", f"{found.due_on:%-d %B %Y}"))
    rows += [Row("VAT in it", pounds(found.totals.vat)), Row("Total", pounds(found.totals.gross))]
    rows += [Row(words, pounds(pence)) for words, pence in found.taken_off]
    rows += [
        Row(f"{each.on:%-d %b %Y}", f"{pounds(abs(each.pence))} {'came' if each.pence > 0 else 'went back'}")
        for each in found.entries
    ]
    if found.kind is InvoiceKind.INVOICE:
        rows.append(Row("We owe you", pounds(-found.left)) if found.left < 0 else Row("To pay", pounds(found.left)))
    return rows


def _said(waiting: BankRefundLine | None) -> str:
    if waiting is None:
        return ""
    if waiting.given:
        return f"{pounds(waiting.pence)} goes to the account that you named. Once it is paid, we destroy the bank details."
    return f"We owe you {pounds(waiting.pence)}. Say where it should go."
