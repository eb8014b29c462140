"""What is paid before it is had: the packages of the price list, and what one person has of packages and bought in vouchers."""

from datetime import date
from uuid import UUID, uuid5

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from troth.billing import selectors as billing
from troth.billing import services
from troth.billing.rules import NotPossible, pounds
from troth.billing.selectors import Means, SoldPackage
from troth.design.pages import PurposeLine
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Tag
from troth.desk.forms.before import DrawForm, PackageForm, SellPackageForm, SellVoucherForm
from troth.desk.frame import frame, looking, lowered, purpose_line, show, strip
from troth.desk.views.money import tabs
from troth.people import selectors as people
from troth.vault.categories import Category


def packages(request: HttpRequest) -> HttpResponse:
    """The packages of the price list, and one more or another price."""
    look = looking(request)
    prices = billing.list_prices()
    form = PackageForm(request.POST or None, prices=prices)
    if form.is_valid():
        values = form.cleaned_data
        try:
            services.set_package(**{**values, "price": UUID(values["price"])}, by=look.actor, at=look.at)
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("desk_packages")
    lines = billing.list_packages(all_of_them=True)
    return show(
        request,
        "before/packages",
        frame(request, purpose=PurposeLine(lowered(look.purpose))),
        tabs=tabs(request, "desk_packages"),
        form=form if prices else None,
        table=table_of(
            "Packages",
            (
                Column("What", "name"),
                Column("Price", "number", word="Price"),
                Column("How many", "number", word="How many"),
                Column("Lasts", word="Lasts"),
                Column("In the list"),
            ),
            [
                (
                    Cell(line.name, small=f"Of: {line.serves}"),
                    pounds(line.pence),
                    str(line.many),
                    f"{line.months} months",
                    "Yes" if line.offered else Cell(tag=Tag("plain", "Taken out")),
                )
                for line in lines
            ],
        )
        if lines
        else None,
        status=422 if form.is_bound else 200,
    )


def before(request: HttpRequest, subject: UUID) -> HttpResponse:
    """What one person has of packages, drawing from one, and selling them a package or a voucher."""
    look = looking(request)
    today = timezone.localdate(look.at)
    has = billing.packages_of(subject, look.opened)
    do = request.POST.get("do", "")
    sell = SellPackageForm(request.POST if do == "package" else None, packages=billing.list_packages())
    voucher = SellVoucherForm(request.POST if do == "voucher" else None, prices=billing.list_prices())
    drawing = DrawForm(request.POST if do.startswith(("draw ", "end ")) else None)
    error = ""
    try:
        if sell.is_bound and sell.is_valid():
            made = services.sell_package(
                subject,
                package=UUID(sell.cleaned_data["package"]),
                key=sell.cleaned_data["key"],
                by=look.actor,
                at=look.at,
            )
            return redirect("desk_invoice", invoice=made)
        if voucher.is_bound and voucher.is_valid():
            values = voucher.cleaned_data
            made = services.sell_voucher(
                subject,
                pence=values["pence"],
                means=Means(values["means"]),
                only=values.get("only"),
                key=values["key"],
                by=look.actor,
                at=look.at,
            )
            return redirect("desk_invoice", invoice=made)
        for each in has:
            if do == f"draw {each.id.hex}" and drawing.is_valid():
                services.draw(
                    each.id, thing=uuid5(each.id, drawing.cleaned_data["key"].hex), by=look.actor, at=look.at
                )
                return redirect("desk_before", subject=subject)
            if do == f"end {each.id.hex}":
                services.end_package(each.id, key=uuid5(each.id, "end"), by=look.actor, at=look.at)
                return redirect("desk_invoice", invoice=each.invoice)
    except NotPossible as refused:
        error = str(refused)
    return show(
        request,
        "before/person",
        frame(request, purpose=purpose_line(look.opened, subject)),
        name=people.names_of([subject], look.opened).get(subject, "Withheld"),
        error=error,
        sell=sell if sell.has_any else None,
        voucher=voucher,
        drawing=drawing,
        living=[
            (each.id.hex, each.name, each.many - each.used, pounds(each.back), each.paid)
            for each in has
            if each.is_open(today)
        ],
        table=table_of(
            "Packages",
            (
                Column("What", "name"),
                Column("Had", "number", word="Had"),
                Column("Until", "figures", word="Until"),
                Column("Where it is"),
            ),
            [
                (
                    Cell(each.name, href=reverse("desk_invoice", args=[each.invoice]), small=f"Of: {each.serves}"),
                    f"{each.used} of {each.many}",
                    f"{each.expires_on:%-d %b %Y}",
                    Cell(tag=tag_of(each, today)),
                )
                for each in has
            ],
        )
        if has
        else None,
        person=reverse("desk_bill", args=[subject]),
        why=strip(look, subject, Category.FINANCIAL),
        status=422 if error or sell.is_bound or voucher.is_bound or drawing.is_bound else 200,
    )


def tag_of(package: SoldPackage, today: date) -> Tag:
    """Where a package is, in a word."""
    if package.ended:
        return Tag("plain", "Given back")
    if package.used == package.many:
        return Tag("plain", "All had")
    if not package.is_open(today):
        return Tag("plain", "Over")
    return Tag("kept", "Can be drawn from") if package.paid else Tag("close", "To pay first")
