"""
Acts on invoices: issuing, settling, cancelling by a credit note, and giving back.

A number is given inside the act, from a row that is held until the act is committed: one that is undone gives its number back.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings

from troth.billing import rules
from troth.billing.models import (
    BankDetails,
    BankRefund,
    Invoice,
    InvoiceKind,
    InvoiceState,
    Means,
    Payment,
    Price,
    Series,
    Settlement,
    State,
    TillRow,
    VatRate,
)
from troth.billing.rules import Line, NotPossible
from troth.billing.services.payments import ask
from troth.copies.disposing import dispose_rows
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import Opened, processing
from troth.law.calendar import LONDON
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people
from troth.vault.categories import Category

#: Who takes payments, or where nobody at the clinic does, who keeps the books.
FOR = (Purpose.PAYMENT, Purpose.ACCOUNTING)
THING = "billing.invoice"


@act(Event.PRICE_SET, purpose=FOR)
def set_price(*, name: str, pence: int, rate: VatRate, offered: bool = True, by: Actor, at: datetime) -> UUID:
    """
    Put a line on the price list, or change it; invoices that were issued keep theirs. It is about nobody.

    :raises NotPossible: it has no name, or costs nothing.
    """
    if not name.strip() or not 0 < pence <= rules.MOST:
        raise NotPossible(f"A price has a name, and costs between a penny and {rules.pounds(rules.MOST)}.")
    made, _ = Price.objects.update_or_create(
        name=name.strip(), defaults={"pence": pence, "rate": rate.value, "offered": offered}
    )
    found: UUID = made.pk
    return found


@act(Event.INVOICE_ISSUED, purpose=FOR)
def issue(subject: UUID, *, lines: Sequence[tuple[UUID, int]], key: UUID, by: Actor, at: datetime) -> UUID:
    """
    Issue an invoice for lines of the price list (price, how many), under the next number. Gives it.

    :raises NotPossible: there is nothing in it, or a price is no longer in the list.
    :raises Refused: the actor may not invoice this person.
    """
    acting().require(subject, Category.FINANCIAL)
    known = Invoice.objects.filter(key=key).first()
    if known is not None:
        if known.subject_id != subject:
            raise NotPossible("This was issued before, for somebody else. Begin again.")
        before: UUID = known.pk
        return before
    prices = {row.pk: row for row in Price.objects.filter(pk__in=[price for price, _ in lines], offered=True)}
    if any(price not in prices for price, _ in lines):
        raise NotPossible("One of these is not in the price list any more. Choose again.")
    wanted = [
        Line(prices[price].name, quantity, prices[price].pence, VatRate(prices[price].rate))
        for price, quantity in lines
    ]
    rules.check_can_issue(wanted)
    with _reading(by, at) as opened:
        addressee = _addressee(subject, opened)
    found: UUID = _write(subject, InvoiceKind.INVOICE, wanted, addressee=addressee, key=key, at=at).pk
    return found


@act(Event.INVOICE_SETTLED, purpose=FOR)
def settle(invoice: UUID, *, pence: int, means: Means, key: UUID, by: Actor, at: datetime) -> UUID:
    """
    Enter money that came for an invoice at the desk or by bank, part of it or all. Gives the entry.

    :raises NotPossible: so much is not left to pay.
    :raises Refused: the actor may not take money of this person.
    """
    row = _locked(invoice)
    known = Settlement.objects.filter(key=key).first()
    if known is not None:
        before: UUID = known.pk
        return before
    with _reading(by, at):
        left = _left(row)
    rules.check_can_settle(InvoiceKind(row.kind), InvoiceState(row.state), left=left, pence=pence)
    found: UUID = _enter(row, pence=pence, means=means, key=key, left=left, at=at).pk
    return found


@act(Event.INVOICE_CREDITED, purpose=FOR)
def credit(invoice: UUID, *, key: UUID, by: Actor, at: datetime) -> UUID:
    """
    Cancel an invoice by a credit note over all of it. What was paid for it is then owed back. Gives the credit note.

    :raises NotPossible: it is cancelled already.
    :raises Refused: the actor may not invoice this person.
    """
    row = _locked(invoice)
    known = Invoice.objects.filter(key=key).first()
    if known is not None:
        before: UUID = known.pk
        return before
    rules.check_can_credit(InvoiceKind(row.kind), InvoiceState(row.state))
    with _reading(by, at):
        lines, addressee = rules.lines_of(row.lines), row.addressee or ""
    made = _write(
        row.subject_id,
        InvoiceKind.CREDIT,
        [Line(line.what, line.quantity, -line.pence, line.rate) for line in lines],
        addressee=addressee,
        key=key,
        at=at,
        credits=row,
    )
    row.state = InvoiceState.CREDITED
    row.save()
    found: UUID = made.pk
    return found


@act(Event.PAYMENT_ASKED, purpose=Purpose.PAYMENT)
def pay_by_card(invoice: UUID, *, pence: int, key: UUID, by: Actor, at: datetime) -> UUID:
    """
    Begin to pay an invoice by card, part of it or all. Gives the payment, whose page takes it from there.

    :raises NotPossible: so much is not left to pay, or no firm takes such an amount.
    :raises Refused: it is not the actor's, nor theirs to pay.
    """
    row = _locked(invoice)
    with _reading(by, at):
        left = _left(row)
    rules.check_can_settle(InvoiceKind(row.kind), InvoiceState(row.state), left=left, pence=pence)
    return ask(
        row.subject_id,
        pence=pence,
        what=f"Invoice {rules.numbered(InvoiceKind.INVOICE, row.number)}",
        thing_kind=THING,
        thing=row.pk,
        key=key,
        by=by,
        at=at,
    )


@act(Event.INVOICE_SETTLED, purpose=Purpose.PAYMENT)
def settle_by_card(invoice: UUID, *, payment: UUID, by: Actor, at: datetime) -> None:
    """
    Enter what the payment firm says of a payment: the difference between what it took less what it gave back, and what was entered.

    Told twice, it enters nothing the second time.

    :raises Refused: the actor is not the service of payments.
    """
    row = _locked(invoice)
    with _reading(by, at):
        paid = Payment.objects.get(pk=payment)
        entered = sum(each.pence or 0 for each in Settlement.objects.filter(payment=payment))
        change = (paid.captured or 0) - (paid.returned or 0) - entered
        left = _left(row)
    if change:
        _enter(row, pence=change, means=Means.CARD, key=uuid4(), left=left, at=at, payment=payment)


@act(Event.BANK_REFUND_ASKED, purpose=FOR)
def ask_bank_refund(invoice: UUID, *, pence: int, key: UUID, by: Actor, at: datetime) -> UUID:
    """
    Note that money goes back by bank transfer. The person is asked on their page where it should go. Gives the refund.

    :raises NotPossible: so much is not owed to them.
    :raises Refused: the actor may not give money back to this person.
    """
    row = _locked(invoice)
    known = BankRefund.objects.filter(key=key).first()
    if known is not None:
        before: UUID = known.pk
        return before
    with _reading(by, at):
        owed = -_left(row) - sum(each.pence or 0 for each in BankRefund.objects.filter(invoice=row, paid_at=None))
    rules.check_can_give_back(owed=owed, pence=pence)
    found: UUID = BankRefund.objects.create(
        subject_id=row.subject_id, key=key, invoice=row, disposal_year=_year(at), pence=pence
    ).pk
    return found


@act(Event.BANK_DETAILS_GIVEN, purpose=FOR)
def give_bank_details(refund: UUID, *, name: str, sort_code: str, account: str, by: Actor, at: datetime) -> None:
    """
    Say where a refund should go. Nobody is asked for this but whoever is owed one, and it is destroyed when that is paid (OC-3.6).

    :raises NotPossible: the refund is paid, or these are no bank details.
    :raises Refused: it is not the actor's, nor theirs to pay.
    """
    row = _locked_refund(refund)
    if row.paid_at is not None:
        raise NotPossible("This refund is paid already.")
    found = BankDetails.objects.filter(refund=row).first() or BankDetails(subject_id=row.subject_id, refund=row)
    found.name, found.sort_code, found.account = rules.check_bank_details(name, sort_code, account)
    found.save()


@act(Event.BANK_REFUND_PAID, purpose=FOR)
def pay_bank_refund(refund: UUID, *, by: Actor, at: datetime) -> None:
    """
    Note that a refund was paid by bank. The bank details go at once, with their key, from backups too when their time is over.

    :raises NotPossible: it is paid already, or nobody has said where it goes.
    :raises Refused: the actor may not give money back to this person.
    """
    row = _locked_refund(refund)
    if row.paid_at is not None:
        raise NotPossible("This refund is paid already.")
    details = list(BankDetails.objects.filter(refund=row))
    if not details:
        raise NotPossible("They have not said yet where it should go.")
    invoice: Invoice = Invoice.objects.select_for_update().get(pk=row.invoice_id)
    with _reading(by, at):
        pence, left = row.pence or 0, _left(invoice)
    row.paid_at = at
    row.save()
    _enter(invoice, pence=-pence, means=Means.BANK, key=row.key, left=left, at=at)
    dispose_rows(details, at=at)


def _write(
    subject: UUID,
    kind: InvoiceKind,
    lines: Sequence[Line],
    *,
    addressee: str,
    key: UUID,
    at: datetime,
    credits: Invoice | None = None,  # noqa: A002  the column's name
) -> Invoice:
    on = at.astimezone(LONDON).date()
    totals = rules.total(lines, on=on, registered=bool(settings.TROTH_VAT_NUMBER))
    series, _ = Series.objects.get_or_create(kind=kind.value)
    series = Series.objects.select_for_update().get(pk=series.pk)
    series.last += 1
    series.save()
    made = Invoice.objects.create(
        subject_id=subject,
        key=key,
        kind=kind,
        number=series.last,
        state=InvoiceState.OPEN if kind is InvoiceKind.INVOICE else InvoiceState.SETTLED,
        issued_on=on,
        due_on=on + rules.TERMS if kind is InvoiceKind.INVOICE else on,
        credits=credits,
        disposal_year=_year(at),
        addressee=addressee,
        lines=[[line.what, line.quantity, line.pence, line.rate.value] for line in lines],
        total=totals.gross,
        vat=totals.vat,
    )
    what = "invoiced" if kind is InvoiceKind.INVOICE else "credited"
    TillRow.objects.bulk_create(
        [TillRow(on=on, what=what, how=rate.value, pence=gross, vat=vat) for rate, gross, vat in totals.by_rate]
    )
    return made


def _enter(
    row: Invoice, *, pence: int, means: Means, key: UUID, left: int, at: datetime, payment: UUID | None = None
) -> Settlement:
    on = at.astimezone(LONDON).date()
    made = Settlement.objects.create(
        subject_id=row.subject_id,
        key=key,
        invoice=row,
        payment=payment,
        on=on,
        disposal_year=_year(at),
        pence=pence,
        means=means,
    )
    TillRow.objects.create(on=on, what="received" if pence > 0 else "returned", how=means.value, pence=pence)
    if row.state != InvoiceState.CREDITED:
        row.state = InvoiceState.SETTLED if left - pence <= 0 else InvoiceState.OPEN
        row.save()
    return made


def _left(row: Invoice) -> int:
    """Pence still to pay of an invoice; less than nothing is owed back. Reads: call it in a context."""
    wanted = 0 if row.state == InvoiceState.CREDITED else row.total or 0
    return wanted - sum(each.pence or 0 for each in Settlement.objects.filter(invoice=row))


def _left_of(invoice: UUID, *, by: Actor, at: datetime) -> int:
    """
    Pence still to pay of an invoice, for who takes them by another way than its page.

    :raises Refused: the actor may not see money of this person.
    """
    with processing(Purpose.PAYMENT, Action.READ, by=by, at=at) as opened:
        row = Invoice.objects.filter(pk=invoice).first()
        opened.require(row.subject_id if row else invoice, Category.FINANCIAL)
        assert row is not None
        return _left(row)


def _reading(by: Actor, at: datetime) -> processing:
    """A context to read in, for what the open act is for: an act by itself only writes."""
    return processing(acting().purpose, Action.READ, by=by, at=at)


def _addressee(subject: UUID, opened: Opened) -> str:
    lines = [people.names_of([subject], opened).get(subject, "")]
    if opened.decision(subject, Category.CONTACT).allowed:
        contact = people.get_contact(subject, opened)
        lines += [contact.address, contact.postcode] if contact else []
    return "\n".join(line for line in lines if line)


def _locked(invoice: UUID) -> Invoice:
    """The invoice, held against a second hand, when the gate lets the actor decide on this person's money."""
    row: Invoice | None = Invoice.objects.select_for_update().filter(pk=invoice).first()
    # One that does not exist is answered as a stranger's: the gate is asked about somebody in either case.
    acting().require(row.subject_id if row else invoice, Category.FINANCIAL)
    assert row is not None
    return row


def _locked_refund(refund: UUID) -> BankRefund:
    row: BankRefund | None = BankRefund.objects.select_for_update().filter(pk=refund).first()
    acting().require(row.subject_id if row else refund, Category.FINANCIAL)
    assert row is not None
    return row


def _year(at: datetime) -> int:
    return rules.financial_year(at.astimezone(LONDON).date(), settings.TROTH_FINANCIAL_YEAR_END)


#: The states of a payment in which money has come for an invoice, or gone back.
MOVED = frozenset({State.CAPTURED, State.PART_REFUNDED, State.REFUNDED})
left_of = _left_of
