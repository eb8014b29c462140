"""
Acts on gift vouchers: selling one, and paying with one at the desk.

A voucher is for whoever brings its code. One for anything is outside the scope of VAT at its sale, and what it pays for is taxed
when it is used; one for what is taxed in one way is taxed at its sale, and what it pays for is taken off the invoice by a credit
note, so that no VAT is due on it again (decision 0271). What an invoice that was paid with one no longer wants goes back to the
voucher, and never out as money.
"""

from datetime import datetime
from uuid import UUID, uuid4, uuid5

from django.conf import settings

from troth.billing import rules
from troth.billing.models import (
    Invoice,
    InvoiceKind,
    InvoiceState,
    Means,
    PackageSold,
    Price,
    Settlement,
    VatRate,
    Voucher,
    VoucherSale,
)
from troth.billing.rules import Line, NotPossible
from troth.billing.selectors.vouchers import code_of, hash_of
from troth.billing.services.papers import _begin, _credit, _enter, _issue, _left, _notes, _reading, _wanted
from troth.billing.services.reckoning import _came, _year
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, require_role
from troth.gate.refusals import nothing_there
from troth.law.calendar import LONDON, months_after
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault.categories import Category
from troth.vault.errors import MasterKeyMissing

#: Who takes payments, or where nobody at the clinic does, who keeps the books.
FOR = (Purpose.PAYMENT, Purpose.ACCOUNTING)


@act(Event.VOUCHER_SOLD, purpose=FOR)
def sell_voucher(
    subject: UUID, *, pence: int, means: Means, only: VatRate | None = None, key: UUID, by: Actor, at: datetime
) -> UUID:
    """
    Sell somebody a gift voucher, paid as it is sold. Gives its invoice, on whose page the code is read. Who gets it is not asked.

    `only`: it is for what is taxed so and nothing else, and VAT is due on it now.

    :raises NotPossible: it is of an odd amount, nothing of its kind is offered, the secret of the codes is missing, or the key was
        used for somebody else.
    :raises Refused: the actor may not invoice this person.
    """
    acting().require(subject, Category.FINANCIAL)
    require_role(Category.FINANCIAL)
    series, before = _begin(subject, key)
    if before is not None:
        return before
    registered = bool(settings.TROTH_VAT_NUMBER)
    rates = [VatRate(each) for each in Price.objects.filter(offered=True).values_list("rate", flat=True)]
    rate = rules.rate_of_voucher(rates, only, pence=pence, registered=registered)
    if means in (Means.CARD, Means.VOUCHER):
        raise NotPossible("A voucher is paid at the desk or by bank.")
    on = at.astimezone(LONDON).date()
    until = months_after(on, rules.VOUCHER_MONTHS)
    number = uuid4()
    try:
        code = code_of(number)
    except MasterKeyMissing:
        raise NotPossible("The key of the vouchers’ codes is missing on this server. Tell whoever runs it.") from None
    made = Voucher.objects.create(
        pk=number, code_hash=hash_of(code), pence=pence, left=pence, expires_on=until, rate=rate or ""
    )
    called = f"Gift voucher for {rules.VOUCHER_FOR[rate]}" if rate else "Gift voucher"
    lines = [Line(f"{called}, until {until:%-d %B %Y}", 1, pence, rate or VatRate.OUTSIDE)]
    invoice = _issue(series, subject, lines, key=key, by=by, at=at)
    VoucherSale.objects.create(subject_id=subject, invoice=invoice.pk, disposal_year=_year(at), voucher=made.pk.hex)
    _enter(invoice, pence=pence, means=means, key=uuid5(key, "paid"), left=pence, at=at)
    found: UUID = invoice.pk
    return found


@act(Event.INVOICE_SETTLED, purpose=FOR)
def pay_by_voucher(invoice: UUID, *, code: str, key: UUID, by: Actor, at: datetime) -> int:
    """
    Pay an invoice with a voucher, as far as that goes. Gives how much in pence; what is left on it stays there. What one pays that
    was taxed at its sale is taken off by a credit note.

    :raises NotPossible: no voucher has this code, it is over or empty, is for something else, or nothing is left to pay.
    :raises Refused: the actor may not take money of this person.
    """
    row: Invoice | None = Invoice.objects.select_for_update().filter(pk=invoice).first()
    acting().require(row.subject_id if row else invoice, Category.FINANCIAL)
    if row is None:
        raise nothing_there()
    require_role(Category.FINANCIAL)
    known = Settlement.objects.filter(key=key).first()
    noted = Invoice.objects.filter(key=key, credits=row).first()
    if known is not None or noted is not None:
        with _reading(by, at):
            return (known.pence or 0) if known else -((noted.total if noted else 0) or 0)
    found = Voucher.objects.select_for_update().filter(code_hash=hash_of(code)).first()
    with _reading(by, at):
        left, due = _left(row), _wanted(row) - _came(row)
        lines = [line for paper in (row, *_notes(row)) for line in rules.lines_of(paper.lines)]
    rules.check_can_use_voucher(
        known=found is not None,
        expires_on=found.expires_on if found else None,
        on=at.astimezone(LONDON).date(),
        left=found.left if found else 0,
        for_voucher=VoucherSale.objects.filter(invoice=row.pk).exists(),
    )
    assert found is not None
    rate = VatRate(found.rate) if found.rate else None
    can = due
    if rate:
        before = PackageSold.objects.filter(invoice=row.pk).exists() or row.receipt_for is not None
        can = min(due, rules.check_can_use_for(rate, lines, before=before))
    pence = min(found.left, can)
    rules.check_can_settle(InvoiceKind(row.kind), InvoiceState(row.state), left=due, pence=pence)
    found.left -= pence
    found.save(update_fields=["left"])
    if rate:
        number = rules.numbered(InvoiceKind.INVOICE, row.number)
        paid = [Line(f"Voucher used on {number}, taxed when it was sold", 1, -pence, rate)]
        _credit(row, paid, key=key, by=by, at=at, voucher=found.pk)
        return pence
    _enter(row, pence=pence, means=Means.VOUCHER, key=key, left=left, at=at, voucher=found.pk)
    return pence
