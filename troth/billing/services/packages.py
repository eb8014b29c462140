"""
Acts on packages: what is offered, selling one, drawing a treatment from it, and giving back what is left.

Whoever arranges visits sees no money, so a visit draws by the service of payments of its room (`draw_for`).
"""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from troth.billing import rules
from troth.billing.models import (
    Invoice,
    InvoiceState,
    Package,
    PackageDraw,
    PackageSold,
    Price,
    VatRate,
)
from troth.billing.rules import Line, NotPossible
from troth.billing.services.papers import _begin, _credit_part, _issue, _reading
from troth.billing.services.reckoning import _year
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, require_role
from troth.law.calendar import LONDON, months_after
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault.categories import Category

#: Who takes payments, or where nobody at the clinic does, who keeps the books.
FOR = (Purpose.PAYMENT, Purpose.ACCOUNTING)


@act(Event.PACKAGE_SET, purpose=FOR)
def set_package(
    *, name: str, price: UUID, many: int, pence: int, months: int, offered: bool = True, by: Actor, at: datetime
) -> UUID:
    """
    Put a package on the price list, or change it; what was sold stays as it was. It is about nobody.

    :raises NotPossible: it has no name, is of one, costs nothing, lasts for ever, or is of nothing in the list.
    :raises Refused: no role of the actor's takes money.
    """
    require_role(Category.FINANCIAL)
    rules.check_package(many=many, pence=pence, months=months)
    if not name.strip() or not Price.objects.filter(pk=price, offered=True).exists():
        raise NotPossible("A package has a name, and is of a line of the price list.")
    made, _ = Package.objects.update_or_create(
        name=name.strip(),
        defaults={"price_id": price, "many": many, "pence": pence, "months": months, "offered": offered},
    )
    found: UUID = made.pk
    return found


@act(Event.PACKAGE_SOLD, purpose=FOR)
def sell_package(subject: UUID, *, package: UUID, key: UUID, by: Actor, at: datetime) -> UUID:
    """
    Sell somebody a package: an invoice of its own is issued, and once that is paid it can be drawn from. Gives the invoice. It is
    taxed as it is sold, since what it is for is known.

    :raises NotPossible: it is not offered any more, or the key was used for somebody else.
    :raises Refused: the actor may not invoice this person.
    """
    acting().require(subject, Category.FINANCIAL)
    require_role(Category.FINANCIAL)
    series, before = _begin(subject, key)
    if before is not None:
        return before
    rows = Package.objects.select_related("price").filter(pk=package, offered=True, price__offered=True)
    offered = rows.first()
    if offered is None:
        raise NotPossible("This package is not offered any more. Choose again.")
    on = at.astimezone(LONDON).date()
    until = months_after(on, offered.months)
    lines = [Line(f"{offered.name}, until {until:%-d %B %Y}", 1, offered.pence, VatRate(offered.price.rate))]
    made: UUID = _issue(series, subject, lines, key=key, by=by, at=at).pk
    PackageSold.objects.create(
        subject_id=subject,
        invoice=made,
        many=offered.many,
        expires_on=until,
        disposal_year=_year(at),
        name=offered.name,
        serves=offered.price.name,
        pence=offered.pence,
    )
    return made


@act(Event.PACKAGE_DRAWN, purpose=FOR)
def draw(package: UUID, *, thing: UUID, by: Actor, at: datetime) -> None:
    """
    Draw one treatment from a package, for a visit or under the number of a form. Drawn twice for one, it is drawn once.

    :raises NotPossible: it is not paid, is over, or nothing is left.
    :raises Refused: the actor may not decide on money of this person.
    """
    require_role(Category.FINANCIAL)
    _draw(_locked(package)[1], thing, by=by, at=at)


@act(Event.PACKAGE_DRAWN, purpose=Purpose.PAYMENT)
def draw_for(subject: UUID, *, serves: str, thing: UUID, by: Actor, at: datetime) -> None:
    """
    Draw one treatment for a visit from whichever of a person's packages is for it and is over first.

    :raises NotPossible: they have none from which it can be drawn.
    :raises Refused: the actor may not decide on money of this person.
    """
    acting().require(subject, Category.FINANCIAL)
    require_role(Category.FINANCIAL)
    if PackageDraw.objects.filter(thing=thing, back_at=None).exists():
        return
    rows = list(PackageSold.objects.select_for_update().filter(subject_id=subject).order_by("expires_on", "pk"))
    with _reading(by, at):
        rows = [row for row in rows if row.serves == serves]
    refused = NotPossible("They have no package for this treatment.")
    for row in rows:
        try:
            _draw(row, thing, by=by, at=at)
        except NotPossible as no:
            refused = no
        else:
            return
    raise refused


@act(Event.PACKAGE_GIVEN_BACK, purpose=FOR)
def give_draw_back(thing: UUID, *, by: Actor, at: datetime) -> None:
    """
    Give back what was drawn for a visit that is not to be, so that it can be drawn again while the package lasts. Of one that was
    ended before its day what it cost is then owed back. Where nothing was drawn there is nothing to do.

    :raises Refused: the actor may not decide on money of this person.
    """
    require_role(Category.FINANCIAL)
    package = PackageDraw.objects.filter(thing=thing, back_at=None).values_list("package", flat=True).first()
    if package is None:
        return
    invoice, sold = _locked(package)
    row = PackageDraw.objects.select_for_update().filter(thing=thing, back_at=None).first()
    if row is None:  # in another window, while we waited
        return
    before = len(_used(sold))
    row.back_at = at
    row.save()
    if sold.ended_at is not None and at.astimezone(LONDON).date() <= sold.expires_on:
        with _reading(by, at):
            then, now = (
                rules.goes_back(pence=sold.pence or 0, many=sold.many, used=used) for used in (before, before - 1)
            )
        if now > then:
            _credit_part(invoice, now - then, what="Given back to the package", key=uuid4(), by=by, at=at)


@act(Event.PACKAGE_ENDED, purpose=FOR)
def end_package(package: UUID, *, key: UUID, by: Actor, at: datetime) -> None:
    """
    End a package and take back by a credit note what was not drawn, each treatment at what it cost in the package. What was paid
    for it is then owed back.

    :raises NotPossible: it is over, or everything was drawn.
    :raises Refused: the actor may not decide on money of this person.
    """
    invoice, row = _locked(package)
    require_role(Category.FINANCIAL)
    if row.ended_at is not None and Invoice.objects.filter(key=key).exists():
        return
    used = _used(row)
    on = at.astimezone(LONDON).date()
    rules.check_can_end(ended=row.ended_at is not None, expires_on=row.expires_on, on=on, left=row.many - len(used))
    with _reading(by, at):
        back = rules.goes_back(pence=row.pence or 0, many=row.many, used=len(used))
    row.ended_at = at
    row.save()
    _credit_part(invoice, back, what="Not drawn from the package", key=key, by=by, at=at)


def _draw(row: PackageSold, thing: UUID, *, by: Actor, at: datetime) -> None:
    if PackageDraw.objects.filter(thing=thing, back_at=None).exists():
        return
    used, on = _used(row), at.astimezone(LONDON).date()
    rules.check_can_draw(
        paid=Invoice.objects.filter(pk=row.invoice, state=InvoiceState.SETTLED).exists(),
        ended=row.ended_at is not None,
        expires_on=row.expires_on,
        on=on,
        left=row.many - len(used),
    )
    with _reading(by, at):
        what = row.serves or ""
    place = next(each for each in range(1, row.many + 1) if each not in used)
    try:
        with transaction.atomic():
            PackageDraw.objects.create(
                subject_id=row.subject_id,
                package=row.pk,
                place=place,
                thing=thing,
                drawn_on=on,
                disposal_year=_year(at),
                what=what,
            )
    except IntegrityError:
        raise NotPossible("This was drawn in another window. Look there.") from None


def _used(row: PackageSold) -> set[int]:
    return set(PackageDraw.objects.filter(package=row.pk, back_at=None).values_list("place", flat=True))


def _locked(package: UUID) -> tuple[Invoice, PackageSold]:
    """
    Its invoice and the package, held against a second hand, when the gate lets the actor decide on this person's money. The invoice
    is held first, as by whoever cancels it.
    """
    known = PackageSold.objects.filter(pk=package).values_list("subject_id", "invoice").first()
    acting().require(known[0] if known else package, Category.FINANCIAL)
    assert known is not None
    invoice = Invoice.objects.select_for_update().get(pk=known[1])
    return invoice, PackageSold.objects.select_for_update().get(pk=package)
