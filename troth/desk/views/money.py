"""The clinic's money: what is owed, day-ends and prices."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from troth.billing import selectors as billing
from troth.billing import services
from troth.billing.rules import NotPossible, pounds
from troth.billing.selectors import (
    DayEnd,
    Means,
    VatRate,
)
from troth.design.days import days_of, period
from troth.design.pages import PurposeLine
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Figure, Item, Paging, Tag
from troth.desk.forms.money import PriceForm
from troth.desk.frame import frame, looking, lowered, show, start_of
from troth.gate.streams import send_bytes
from troth.gate.table import open_path
from troth.people import selectors as people

PAGE = 25


def list_debts(request: HttpRequest) -> HttpResponse:
    """What is owed, the longest overdue first."""
    look = looking(request)
    today, start = timezone.localdate(look.at), start_of(request, PAGE)
    debts, total = billing.list_debts(look.opened, on=today, start=start, most=PAGE)
    path, left = reverse("desk_money"), billing.count_left(at=look.at)
    erased = people.erased_among({each.subject for each in debts if not each.name})
    return show(
        request,
        "money/debts",
        frame(request, purpose=PurposeLine(lowered(look.purpose))),
        tabs=tabs(request, "desk_money"),
        left=left,
        counted="1 payment is only settled." if left == 1 else f"{left} payments are only settled.",
        figures=[
            Figure(pounds(much), f"{number} invoice{'' if number == 1 else 's'}, {words.lower()}")
            for words, number, much in billing.ages(debts)
        ],
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
                    each.name or _unnamed(each.subject in erased),
                    f"{each.due_on:%-d %b %Y}",
                    Cell(each.age, alarm=each.due_on < today - timedelta(days=60)),
                    pounds(each.left) if each.name else "",
                )
                for each in debts
            ],
        )
        if debts
        else None,
        paging=Paging.beginning(start, len(debts), total, each=PAGE, path=path),
    )


def _unnamed(erased: bool) -> Cell:
    """In place of a name: what somebody owes is counted, so the line stays for the minutes until the erasure takes it."""
    return Cell("Erased") if erased else Cell("Withheld", coin="parted")


def list_refunds(request: HttpRequest) -> HttpResponse:
    """What the payment firm would not give back, and what to do about it."""
    look, start = looking(request), start_of(request, PAGE)
    found, total = billing.list_failed_refunds(look.opened, start=start, most=PAGE)
    path = reverse("desk_refunds")
    erased = people.erased_among({each.subject for each in found if not each.name})
    return show(
        request,
        "money/refunds",
        frame(request, purpose=PurposeLine(lowered(look.purpose))),
        tabs=tabs(request, "desk_refunds"),
        table=table_of(
            "Refunds that failed",
            (
                Column("Who", "name"),
                Column("How much", "number", word="How much"),
                Column("Since", "figures", word="Since"),
                Column("What it was for", word="What it was for"),
            ),
            [
                (
                    Cell(each.name, href=reverse("desk_bill", args=[each.subject]))
                    if each.name
                    else _unnamed(each.subject in erased),
                    pounds(each.pence) if each.name else "",
                    f"{timezone.localtime(each.ended_at):%-d %b %Y}" if each.ended_at else "",
                    each.why,
                )
                for each in found
            ],
        )
        if found
        else None,
        paging=Paging.beginning(start, len(found), total, each=PAGE, path=path),
    )


def show_days(request: HttpRequest) -> HttpResponse:
    """What the books say of today, or of the days that are asked for. No record is opened for it."""
    look = looking(request)
    form, first, last = days_of(request, *[timezone.localdate(look.at)] * 2)
    found = billing.day_end(first, last)
    return show(
        request,
        "money/days",
        frame(request, purpose=PurposeLine(lowered(look.purpose))),
        tabs=tabs(request, "desk_money_days"),
        form=form,
        period=period(first, last),
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
    _, first, last = days_of(request, *[timezone.localdate(looking(request).at)] * 2)
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
        tabs=tabs(request, "desk_prices"),
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
                    "Offered" if line.offered else Cell(tag=Tag("plain", "Taken out")),
                )
                for line in lines
            ],
        )
        if lines
        else None,
        status=422 if form.is_bound else 200,
    )


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


def tabs(request: HttpRequest, here: str) -> list[Item]:
    """The pages of the clinic's money, as far as they are open to the viewer."""
    words = (
        ("What is owed", "desk_money"),
        ("Refunds that failed", "desk_refunds"),
        ("Day-end", "desk_money_days"),
        ("Prices", "desk_prices"),
        ("Packages", "desk_packages"),
    )
    return [Item(said, path, route == here) for said, route in words if (path := open_path(request, route))]
