"""The clinic's money: what is owed, day-ends, prices, and the invoices of one person."""

from datetime import date, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from troth.billing import selectors as billing
from troth.billing import services
from troth.billing.rules import NotPossible, pounds
from troth.billing.selectors import (
    DayEnd,
    InvoiceKind,
    InvoiceLine,
    InvoiceState,
    Means,
    PaymentLine,
    VatRate,
)
from troth.billing.selectors.paper import MEDIA_TYPE, set_invoice
from troth.design.pages import PurposeLine
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Figure, Item, Paging, Row, Tag
from troth.desk.forms.money import BackForm, DaysForm, IssueForm, PriceForm, SettleForm
from troth.desk.frame import frame, looking, lowered, purpose_line, show, start_of, strip
from troth.gate.streams import send_bytes
from troth.gate.table import open_path
from troth.people import selectors as people
from troth.vault.categories import Category

PAGE = 25
TAGS = {
    InvoiceState.OPEN: Tag("close", "To pay"),
    InvoiceState.SETTLED: Tag("kept", "Paid"),
    InvoiceState.CREDITED: Tag("plain", "Cancelled"),
}


def list_debts(request: HttpRequest) -> HttpResponse:
    """What is owed, the longest overdue first."""
    look = looking(request)
    today, start = timezone.localdate(look.at), start_of(request, PAGE)
    debts, total = billing.list_debts(look.opened, on=today, start=start, most=PAGE)
    path = reverse("desk_money")
    return show(
        request,
        "money/debts",
        frame(request, purpose=PurposeLine(lowered(look.purpose))),
        tabs=_tabs(request, "desk_money"),
        figures=[Figure(pounds(much), f"{words.lower()}, {number}") for words, number, much in billing.ages(debts)],
        table=table_of(
            "What is owed",
            (
                Column("Invoice", "name"),
                Column("Who"),
                Column("Due", "figures", word="Due"),
                Column("How late", word="How late"),
                Column("To pay", "number", word="To pay"),
            ),
            [
                (
                    Cell(each.number, href=reverse("desk_invoice", args=[each.id]))
                    if each.name
                    else Cell(each.number),
                    each.name or Cell("Withheld", coin="parted"),
                    f"{each.due_on:%-d %b %Y}",
                    Cell(each.age, alarm=each.due_on < today - timedelta(days=60)),
                    pounds(each.left) if each.name else "",
                )
                for each in debts
            ],
        )
        if debts
        else None,
        paging=Paging(
            start + 1,
            start + len(debts),
            total,
            f"{path}?from={start - PAGE + 1}" if start else "",
            f"{path}?from={start + PAGE + 1}" if start + PAGE < total else "",
        ),
    )


def show_days(request: HttpRequest) -> HttpResponse:
    """What the books say of today, or of the days that are asked for. No record is opened for it."""
    look = looking(request)
    form, first, last = _days(request, timezone.localdate(look.at))
    found = billing.day_end(first, last)
    return show(
        request,
        "money/days",
        frame(request, purpose=PurposeLine(lowered(look.purpose))),
        tabs=_tabs(request, "desk_money_days"),
        form=form,
        period=_period(first, last),
        figures=[
            Figure(pounds(sum(gross for gross, _ in found.invoiced.values())), "invoiced"),
            Figure(pounds(sum(vat for _, vat in found.invoiced.values())), "VAT in it"),
            Figure(pounds(found.received), "came in, less what went back"),
        ],
        invoiced=_invoiced(found),
        moved=_moved(found),
        file=f"{reverse('desk_money_file')}?{request.GET.urlencode()}"
        if open_path(request, "desk_money_file")
        else "",
        status=422 if form.is_bound and form.errors else 200,
    )


def accountants_file(request: HttpRequest) -> HttpResponse:
    """The same days as a file for accountants: without a person, and without what anything was for."""
    _, first, last = _days(request, timezone.localdate(looking(request).at))
    return send_bytes(
        billing.accountants_file(first, last),
        download_name=f"books-{first:%Y%m%d}-{last:%Y%m%d}.csv",
        media_type="text/csv; charset=utf-8",
    )


def prices(request: HttpRequest) -> HttpResponse:
    """The price list, and a line more or another price."""
    look = looking(request)
    form = PriceForm(request.POST or None)
    if form.is_valid():
        values = form.cleaned_data
        try:
            services.set_price(
                name=values["name"],
                pence=values["pence"],
                rate=VatRate(values["rate"]),
                offered=values["offered"],
                by=look.actor,
                at=look.at,
            )
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("desk_prices")
    lines = billing.list_prices(all_of_them=True)
    return show(
        request,
        "money/prices",
        frame(request, purpose=PurposeLine(lowered(look.purpose))),
        tabs=_tabs(request, "desk_prices"),
        form=form,
        table=table_of(
            "Price list",
            (
                Column("What", "name"),
                Column("Price", "number", word="Price"),
                Column("VAT", word="VAT"),
                Column("In the list"),
            ),
            [
                (
                    line.name,
                    pounds(line.pence),
                    line.rate.words,
                    "Yes" if line.offered else Cell(tag=Tag("plain", "Taken out")),
                )
                for line in lines
            ],
        )
        if lines
        else None,
        status=422 if form.is_bound else 200,
    )


def bill(request: HttpRequest, subject: UUID) -> HttpResponse:
    """The invoices and payments of one person, and issuing one."""
    look = looking(request)
    invoices = billing.list_invoices(subject, look.opened)
    form = IssueForm(request.POST or None, prices=billing.list_prices())
    if form.is_valid():
        try:
            made = services.issue(
                subject, lines=form.cleaned_data["lines"], key=form.cleaned_data["key"], by=look.actor, at=look.at
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
                    Cell(tag=TAGS[each.state]) if each.kind is InvoiceKind.INVOICE else f"Cancels {each.credits}",
                )
                for each in invoices
            ],
        )
        if invoices
        else None,
        why=strip(look, subject, Category.FINANCIAL),
        status=422 if form.is_bound else 200,
    )


def show_invoice(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """One invoice: what it says, what settled it, and what can be done about it."""
    look = looking(request)
    found = billing.get_invoice(invoice, look.opened)
    payments = [each for each in billing.list_payments(found.subject, look.opened) if each.thing == invoice]
    settle, back = SettleForm(_posted(request, "settle")), BackForm(_posted(request, "back"))
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
        tag=TAGS[found.state] if found.kind is InvoiceKind.INVOICE else Tag("plain", f"Cancels {found.credits}"),
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
        settle=settle if found.left > 0 and found.state is InvoiceState.OPEN else None,
        back=back if _can_go_back(found, payments) else None,
        by_card=any(each.left for each in payments),
        can_cancel=found.kind is InvoiceKind.INVOICE and found.state is not InvoiceState.CREDITED,
        error=error,
        person=reverse("desk_bill", args=[found.subject]),
        why=strip(look, found.subject, Category.FINANCIAL),
        status=422 if error or settle.is_bound or back.is_bound else 200,
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
            services.refund(
                each.id, pence=values["pence"], why=values["why"], key=values["key"], by=look.actor, at=look.at
            )
            return
    if request.POST.get("to") == "card":
        raise NotPossible("No card payment has so much left. Give back less, or to a bank account.")
    services.ask_bank_refund(found.id, pence=values["pence"], key=values["key"], by=look.actor, at=look.at)


def _can_go_back(found: InvoiceLine, payments: list[PaymentLine]) -> bool:
    return found.kind is InvoiceKind.INVOICE and (found.left < 0 or any(each.left for each in payments))


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
        rows.insert(1, Row("To pay by", f"{found.due_on:%-d %B %Y}"))
        rows += [
            Row(f"{each.on:%-d %b %Y}", f"{pounds(each.pence)}, {each.means.words[:1].lower()}{each.means.words[1:]}")
            for each in found.entries
        ]
        rows.append(
            Row("Owed back to them", pounds(-found.left), flagged=True)
            if found.left < 0
            else Row("To pay", pounds(found.left))
        )
    return rows


def _days(request: HttpRequest, today: date) -> tuple[DaysForm, date, date]:
    asked = any(name.startswith(("first", "last")) for name in request.GET)
    form = DaysForm(request.GET if asked else None, initial={"first": today, "last": today})
    if form.is_bound and form.is_valid():
        return form, form.cleaned_data["first"], form.cleaned_data["last"]
    return form, today, today


def _period(first: date, last: date) -> str:
    return f"{first:%-d %B %Y}" if first == last else f"{first:%-d %B %Y} to {last:%-d %B %Y}"


def _invoiced(found: DayEnd) -> object:
    if not found.invoiced:
        return None
    return table_of(
        "Invoiced, by rate of VAT",
        (Column("Rate", "name"), Column("With VAT", "number", word="With VAT"), Column("VAT", "number", word="VAT")),
        [(VatRate(rate).words, pounds(gross), pounds(vat)) for rate, (gross, vat) in found.invoiced.items()],
    )


def _moved(found: DayEnd) -> object:
    if not found.moved:
        return None
    return table_of(
        "Came and went, by means",
        (
            Column("How", "name"),
            Column("Came", "number", word="Came"),
            Column("Went back", "number", word="Went back"),
        ),
        [(Means(means).words, pounds(came), pounds(went)) for means, (came, went) in found.moved.items()],
    )


def _tabs(request: HttpRequest, here: str) -> list[Item]:
    words = (("What is owed", "desk_money"), ("Day-end", "desk_money_days"), ("Prices", "desk_prices"))
    return [Item(said, path, route == here) for said, route in words if (path := open_path(request, route))]
