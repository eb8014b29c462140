"""
Acts on invoices: issuing, settling, cancelling by a credit note, and giving back.

A number is given inside the act, from a row that is held until the act is committed: one that is undone gives its number back.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from troth.billing import rules
from troth.billing.models import (
    OFFERED_AT,
    BankDetails,
    BankRefund,
    Invoice,
    InvoiceKind,
    InvoiceState,
    Means,
    PackageDraw,
    PackageSold,
    Payment,
    Price,
    Settlement,
    State,
    VatRate,
    Voucher,
    VoucherSale,
)
from troth.billing.rules import Line, NotPossible
from troth.billing.services.ordering import _let_go_of
from troth.billing.services.papers import (
    _begin,
    _credit,
    _credit_part,
    _enter,
    _enter_by_card,
    _issue,
    _left,
    _notes,
    _reading,
    _return_what_was_taxed,
    _wanted,
)
from troth.billing.services.payments import ask
from troth.billing.services.reckoning import THING as THING
from troth.billing.services.reckoning import _came, _held, _open_for, _year
from troth.copies.disposing import dispose_rows
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, require_role
from troth.gate.contexts import processing
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.vault.categories import Category

#: Who takes payments, or where nobody at the clinic does, who keeps the books.
FOR = (Purpose.PAYMENT, Purpose.ACCOUNTING)


@act(Event.PRICE_SET, purpose=FOR)
def set_price(*, name: str, pence: int, rate: VatRate, offered: bool = True, by: Actor, at: datetime) -> UUID:
    """
    Put a line on the price list, or change it; invoices that were issued keep theirs. It is about nobody.

    :raises NotPossible: it has no name, or costs nothing.
    :raises Refused: no role of the actor's takes money.
    """
    require_role(Category.FINANCIAL)
    if not name.strip() or not 0 < pence <= rules.MOST or rate not in OFFERED_AT:
        raise NotPossible(f"A price has a name and a rate, and costs between a penny and {rules.pounds(rules.MOST)}.")
    made, _ = Price.objects.update_or_create(
        name=name.strip(), defaults={"pence": pence, "rate": rate.value, "offered": offered}
    )
    found: UUID = made.pk
    return found


@act(Event.INVOICE_ISSUED, purpose=FOR)
def issue(
    subject: UUID,
    *,
    lines: Sequence[tuple[UUID, int]],
    deposits: Sequence[UUID] = (),
    key: UUID,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Issue an invoice for lines of the price list (price, how many), under the next number. Gives it.

    `deposits`: invoices of what they paid before, which are taken off this one, each once.

    :raises NotPossible: there is nothing in it, a price is no longer in the list, or a deposit cannot be taken off it.
    :raises Refused: the actor may not invoice this person.
    """
    acting().require(subject, Category.FINANCIAL)
    require_role(Category.FINANCIAL)
    series, before = _begin(subject, key)
    if before is not None:
        return before
    prices = {row.pk: row for row in Price.objects.filter(pk__in=[price for price, _ in lines], offered=True)}
    if any(price not in prices for price, _ in lines):
        raise NotPossible("One of these is not in the price list any more. Choose again.")
    wanted = [
        Line(prices[price].name, quantity, prices[price].pence, VatRate(prices[price].rate))
        for price, quantity in lines
    ]
    rules.check_can_issue(wanted)
    taken_off = _held_deposits(subject, deposits)
    with _reading(by, at):
        wanted += [_taken_off(row) for row in taken_off]
    rules.check_can_take_off(wanted)
    found: UUID = _issue(series, subject, wanted, key=key, by=by, at=at).pk
    for row in taken_off:
        row.set_against = found
        row.save()
    return found


def _end_what_it_sold(row: Invoice, *, by: Actor, at: datetime) -> None:
    """A package or a voucher that an invoice was for goes with it, if nothing of it was used."""
    package = PackageSold.objects.select_for_update().filter(invoice=row.pk).first()
    if package is not None:
        if PackageDraw.objects.filter(package=package.pk, back_at=None).exists():
            rest = "End it instead, and the rest goes back." if package.ended_at is None else "The rest went back."
            raise NotPossible(f"Treatments were drawn from this package. {rest}")
        package.ended_at = package.ended_at or at
        package.save()
    sale = VoucherSale.objects.filter(invoice=row.pk).first()
    if sale is not None:
        with _reading(by, at):
            number = UUID(sale.voucher)
        voucher = Voucher.objects.select_for_update().get(pk=number)
        if voucher.left != voucher.pence:
            raise NotPossible("Part of this voucher was used, so it can no longer be cancelled.")
        voucher.left = 0
        voucher.save(update_fields=["left"])


def _held_deposits(subject: UUID, deposits: Sequence[UUID]) -> list[Invoice]:
    rows = list(
        Invoice.objects.select_for_update()
        .filter(pk__in=deposits, subject_id=subject, advance=True, state=InvoiceState.SETTLED, set_against=None)
        .order_by("number")
    )
    if len(rows) != len(set(deposits)):
        raise NotPossible("A deposit was given back or used in the meantime. Look at what is left, and begin again.")
    return rows


def _taken_off(row: Invoice) -> Line:
    """What was paid before, as a line of the later invoice. Reads: call it in a context."""
    wanted, number = _wanted(row), rules.numbered(InvoiceKind.INVOICE, row.number)
    if _held(row) < wanted:
        raise NotPossible(f"The deposit of {number} is on its way back to them.")
    return Line(f"Paid before as a deposit, {number}", 1, -wanted, rules.lines_of(row.lines)[0].rate)


@act(Event.INVOICE_SETTLED, purpose=FOR)
def settle(invoice: UUID, *, pence: int, means: Means, key: UUID, by: Actor, at: datetime) -> UUID:
    """
    Enter money that came for an invoice at the desk or by bank, part of it or all. Gives the entry.

    :raises NotPossible: so much is not left to pay.
    :raises Refused: the actor may not take money of this person.
    """
    row = _locked(invoice)
    require_role(Category.FINANCIAL)
    if (before := _made_under(key, Settlement)) is not None:
        return before
    with _reading(by, at):
        left, due = _left(row), _wanted(row) - _came(row)
    rules.check_can_settle(InvoiceKind(row.kind), InvoiceState(row.state), left=due, pence=pence)
    found: UUID = _enter(row, pence=pence, means=means, key=key, left=left, at=at).pk
    return found


@act(Event.INVOICE_CREDITED, purpose=FOR)
def credit(invoice: UUID, *, key: UUID, by: Actor, at: datetime) -> UUID:
    """
    Cancel an invoice by a credit note over all that is left of it. What was paid for it is then owed back, and a deposit that was
    taken off it stands by itself again. Gives the credit note.

    :raises NotPossible: it is cancelled already, or is a deposit that was taken off another.
    :raises Refused: the actor may not invoice this person.
    """
    row = _locked(invoice)
    require_role(Category.FINANCIAL)
    if (before := _made_under(key, Invoice)) is not None:
        return before
    notes = _notes(row)
    with _reading(by, at):
        by_vouchers = bool(notes) and all(each.voucher for each in notes)
    if row.state == InvoiceState.CREDITED and by_vouchers:
        # Vouchers paid all of it, so that no paper was written by which a second press is known.
        last: UUID = notes[-1].pk
        return last
    rules.check_can_credit(InvoiceKind(row.kind), InvoiceState(row.state))
    if row.set_against:
        raise NotPossible("This deposit was taken off another invoice. Cancel that one first.")
    _end_what_it_sold(row, by=by, at=at)
    _return_what_was_taxed(row, by=by, at=at)
    found: UUID = _credit(row, None, key=key, by=by, at=at).pk
    for deposit in Invoice.objects.select_for_update().filter(set_against=row.pk):
        deposit.set_against = None
        deposit.save()
        with _reading(by, at):
            gone = _left(deposit)
        if gone > 0:  # what went back of it meanwhile, at the firm by hand, is no debt once it stands by itself
            _credit_part(deposit, gone, what="Given back", key=uuid4(), by=by, at=at)
        # Whoever asked for it is told once more: they may have wanted it given back while it was used.
        paid = Payment.objects.select_for_update().get(pk=deposit.receipt_for)
        paid.told = ""
        paid.save(update_fields=["told"])
    return found


@act(Event.INVOICE_LOWERED, purpose=FOR)
def lower(invoice: UUID, *, pence: int, key: UUID, by: Actor, at: datetime) -> UUID:
    """
    Let somebody pay less than an invoice says, by a credit note over that part: what they paid beyond it is then owed back to
    them, and never to pay. Gives the credit note.

    :raises NotPossible: it is cancelled, comes to no more, has two rates of VAT, or was for something that ends by itself.
    :raises Refused: the actor may not invoice this person.
    """
    row = _locked(invoice)
    require_role(Category.FINANCIAL)
    if (before := _made_under(key, Invoice)) is not None:
        return before
    rules.check_can_credit(InvoiceKind(row.kind), InvoiceState(row.state))
    sold = any(model.objects.filter(invoice=row.pk).exists() for model in (PackageSold, VoucherSale))
    with _reading(by, at):
        rates = {line.rate for line in rules.lines_of(row.lines)}
        # What vouchers paid goes back to them first, and the money would then be to pay again.
        by_voucher = any(each.voucher for each in (*Settlement.objects.filter(invoice=row), *_notes(row)))
        wanted = _wanted(row)
    apart = sold or by_voucher or row.receipt_for is not None or row.set_against is not None
    rules.check_can_lower(wanted=wanted, pence=pence, rates=len(rates), apart=apart)
    found: UUID = _credit_part(row, pence, what="Taken off", key=key, by=by, at=at).pk
    return found


@act(Event.PAYMENT_ASKED, purpose=Purpose.PAYMENT)
def pay_by_card(invoice: UUID, *, pence: int, key: UUID, by: Actor, at: datetime) -> UUID:
    """
    Begin to pay an invoice by card, part of it or all. Gives the payment, whose page takes it from there: the open one, if it
    is of that amount. One of another amount is let go, so that an invoice is not paid twice.

    :raises NotPossible: so much is not left to pay, no firm takes such an amount, or what the key began is over.
    :raises Refused: it is not the actor's, nor theirs to pay.
    """
    row = _locked(invoice)
    with _reading(by, at):
        left, waiting = _wanted(row) - _came(row), _open_for(row.pk)
        same = [each.pk for each in waiting if each.pence == pence]
    # A page from before asks again for what is over: the payment that can be paid now is left alone.
    if Payment.objects.filter(key=key).exclude(pk__in=[each.pk for each in waiting]).exists():
        raise NotPossible("This payment was begun before, and is over. Begin again.")
    rules.check_can_settle(InvoiceKind(row.kind), InvoiceState(row.state), left=left, pence=pence)
    if same:
        before: UUID = same[0]
        return before
    _let_go_of(row.pk)
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
    Enter what the payment firm took for an invoice less what it gave back, where that was not entered with its word: such payments
    are from before that was done. Told twice, it enters nothing the second time.

    :raises Refused: the actor is not the service of payments.
    """
    _enter_by_card(_locked(invoice), Payment.objects.get(pk=payment), by=by, at=at)


@act(Event.BANK_REFUND_ASKED, purpose=FOR)
def ask_bank_refund(invoice: UUID, *, pence: int, key: UUID, less: bool = False, by: Actor, at: datetime) -> UUID:
    """
    Note that money goes back by bank. The person is asked on their page where it should go. `less`: so
    much less is to be paid, so that it is owed. Gives the refund.

    :raises NotPossible: so much is not owed to them.
    :raises Refused: the actor may not give money back to this person.
    """
    row = _locked(invoice)
    require_role(Category.FINANCIAL)
    if (before := _made_under(key, BankRefund)) is not None:
        return before
    if less:
        lower(invoice, pence=pence, key=uuid5(key, "less"), by=by, at=at)
    with _reading(by, at):
        owed = _held(row) - _wanted(row)
    rules.check_can_give_back(owed=owed, pence=pence)
    found: UUID = BankRefund.objects.create(
        subject_id=row.subject_id, key=key, invoice=row, disposal_year=_year(at), pence=pence
    ).pk
    return found


@act(Event.BANK_DETAILS_GIVEN, purpose=FOR)
def give_bank_details(refund: UUID, *, name: str, sort_code: str, account: str, by: Actor, at: datetime) -> None:
    """
    Say where a refund should go. Nobody is asked for this but whoever is owed one, and it is destroyed when that is paid (OC-3.6).

    :raises NotPossible: it is somebody else's, the refund is paid, or these are no bank details.
    :raises Refused: the actor may not see money of this person.
    """
    row = _locked_refund(refund)
    if by.id != row.subject_id:
        raise NotPossible("Only the person themself says where their money goes.")
    if row.paid_at is not None:
        raise NotPossible("This refund is paid already.")
    found = BankDetails.objects.filter(refund=row).first() or BankDetails(subject_id=row.subject_id, refund=row)
    found.name, found.sort_code, found.account = rules.check_bank_details(name, sort_code, account)
    found.save()


@act(Event.BANK_REFUND_PAID, purpose=FOR)
def pay_bank_refund(refund: UUID, *, by: Actor, at: datetime) -> None:
    """
    Note that a refund was paid by bank. The bank details go at once, with their key, from backups too when their time is over.

    :raises NotPossible: it is paid already, nobody has said where it goes, or so much is not owed to them any more.
    :raises Refused: the actor may not give money back to this person.
    """
    row = _locked_refund(refund)
    require_role(Category.FINANCIAL)
    if row.paid_at is not None:
        raise NotPossible("This refund is paid already.")
    details = list(BankDetails.objects.filter(refund=row))
    if not details:
        raise NotPossible("They have not said yet where it should go.")
    invoice: Invoice = Invoice.objects.select_for_update().get(pk=row.invoice_id)
    with _reading(by, at):
        pence, left = row.pence or 0, _left(invoice)
        owed = _held(invoice) + pence - _wanted(invoice)
    rules.check_can_give_back(owed=owed, pence=pence)
    row.paid_at = at
    row.save()
    _enter(invoice, pence=-pence, means=Means.BANK, key=row.key, left=left, at=at)
    dispose_rows(details, at=at)


def _left_of(invoice: UUID, *, by: Actor, at: datetime) -> int:
    """
    Pence still to pay of an invoice, for who takes them by another way than its page.

    :raises Refused: the actor may not see money of this person.
    """
    with processing(Purpose.PAYMENT, Action.READ, by=by, at=at) as opened:
        row = Invoice.objects.filter(pk=invoice).first()
        opened.require(row.subject_id if row else invoice, Category.FINANCIAL)
        if row is None:
            raise nothing_there()
        return _left(row)


def _made_under(key: UUID, table: type[Settlement | Invoice | BankRefund]) -> UUID | None:
    """What a form made when it was pressed before, so that pressed twice it makes one."""
    found: UUID | None = table.objects.filter(key=key).values_list("pk", flat=True).first()
    return found


def _locked(invoice: UUID) -> Invoice:
    """The invoice, held against a second hand, when the gate lets the actor decide on this person's money."""
    row: Invoice | None = Invoice.objects.select_for_update().filter(pk=invoice).first()
    # One that does not exist is answered as a stranger's: the gate is asked about somebody in either case.
    acting().require(row.subject_id if row else invoice, Category.FINANCIAL)
    if row is None:
        raise nothing_there()
    return row


def _locked_refund(refund: UUID) -> BankRefund:
    row: BankRefund | None = BankRefund.objects.select_for_update().filter(pk=refund).first()
    acting().require(row.subject_id if row else refund, Category.FINANCIAL)
    if row is None:
        raise nothing_there()
    return row


#: The states of a payment in which money has come for an invoice, or gone back.
MOVED = frozenset({State.CAPTURED, State.PART_REFUNDED, State.REFUNDED})
left_of = _left_of
