"""
Numbered papers and what is entered on them, within the acts that issue, settle and cancel.

What a card paid for something of another room, such as the deposit of a visit, has an invoice of its own from when the money came,
which is its tax point; what goes back of it is taken back by a credit note in the same act (decision 0193).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from django.conf import settings

from troth.billing import rules
from troth.billing.models import (
    Invoice,
    InvoiceKind,
    InvoiceState,
    Means,
    Payment,
    Series,
    Settlement,
    TillRow,
    VatRate,
    Voucher,
)
from troth.billing.rules import Line, NotPossible, Totals
from troth.billing.services.ordering import _let_go_of
from troth.billing.services.reckoning import THING, _year
from troth.gate.actors import Actor
from troth.gate.acts import acting
from troth.gate.contexts import Opened, processing
from troth.law.calendar import LONDON, months_after
from troth.notice.purposes import Action
from troth.people import selectors as people
from troth.vault.categories import Category


def _next_in(kind: InvoiceKind) -> Series:
    """The series of a kind, held against a second hand, with its next number taken."""
    Series.objects.get_or_create(kind=kind.value)
    series: Series = Series.objects.select_for_update().get(pk=kind.value)
    series.last += 1
    return series


def _write(
    series: Series,
    subject: UUID,
    lines: Sequence[Line],
    totals: Totals,
    *,
    addressee: str,
    key: UUID,
    at: datetime,
    credits: Invoice | None = None,  # noqa: A002  the column's name
    paid_by: Payment | None = None,
) -> Invoice:
    on, kind = at.astimezone(LONDON).date(), InvoiceKind(series.kind)
    series.save()
    made = Invoice.objects.create(
        subject_id=subject,
        key=key,
        kind=kind,
        number=series.last,
        state=InvoiceState.OPEN if totals.gross > 0 else InvoiceState.SETTLED,
        issued_on=on,
        due_on=on + rules.TERMS if totals.gross > 0 and paid_by is None else on,
        credits=credits,
        receipt_for=paid_by.pk if paid_by else None,
        advance=bool(paid_by and paid_by.advance),
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


def _begin(subject: UUID, key: UUID) -> tuple[Series, UUID | None]:
    """
    The next number of an invoice, and what was issued under this key before, if anything. The series is held from here on: a second
    click waits, and then finds what the first one issued.

    :raises NotPossible: the key was used for somebody else.
    """
    series = _next_in(InvoiceKind.INVOICE)
    known = Invoice.objects.filter(key=key).first()
    if known is not None and known.subject_id != subject:
        raise NotPossible("This was issued before, for somebody else. Begin again.")
    return series, known.pk if known else None


def _issue(
    series: Series,
    subject: UUID,
    lines: Sequence[Line],
    *,
    key: UUID,
    by: Actor,
    at: datetime,
    paid_by: Payment | None = None,
) -> Invoice:
    """An invoice to somebody as they are called today, taxed by the rates of today."""
    with _reading(by, at) as opened:
        addressee = _addressee(subject, opened)
    totals = rules.total(lines, on=at.astimezone(LONDON).date(), registered=bool(settings.TROTH_VAT_NUMBER))
    return _write(series, subject, lines, totals, addressee=addressee, key=key, at=at, paid_by=paid_by)


def _enter(
    row: Invoice,
    *,
    pence: int,
    means: Means,
    key: UUID,
    left: int,
    at: datetime,
    payment: UUID | None = None,
    voucher: UUID | None = None,
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
        voucher=voucher.hex if voucher else None,
    )
    TillRow.objects.create(on=on, what="received" if pence > 0 else "returned", how=means.value, pence=pence)
    if row.state != InvoiceState.CREDITED:
        row.state = InvoiceState.SETTLED if left - pence <= 0 else InvoiceState.OPEN
        row.save()
    if (pence > 0 and payment is None) or row.state == InvoiceState.SETTLED:
        _let_go_of(row.pk)  # what can still be paid by card was asked for when more was to pay
    return made


def _enter_paid(row: Payment, moved: int, *, by: Actor, at: datetime) -> None:
    """
    Enter what a card payment for something of another room brought, or what went back of it. Its invoice is issued with the first
    of it. What is for an invoice is entered with that, whoever settles: nobody's till waits until a restriction is lifted.
    """
    if not moved:
        return
    if row.thing_kind == THING:
        _enter_by_card(Invoice.objects.select_for_update().get(pk=row.thing), row, by=by, at=at)
        return
    with _reading(by, at):
        rate, what = row.rate, row.what or ""
    found: Invoice | None = Invoice.objects.select_for_update().filter(receipt_for=row.pk).first()
    if found is None and (rate is None or moved < 0):
        on = at.astimezone(LONDON).date()
        TillRow.objects.create(on=on, what="received" if moved > 0 else "returned", how=Means.CARD.value, pence=moved)
        return
    if found is None:
        lines, key = [Line(what, 1, moved, VatRate(rate))], uuid5(row.pk, "receipt")
        series = _next_in(InvoiceKind.INVOICE)
        found = _issue(series, row.subject_id, lines, key=key, by=by, at=at, paid_by=row)
    with _reading(by, at):
        left = _left(found)
    _enter(found, pence=moved, means=Means.CARD, key=uuid4(), left=left, at=at, payment=row.pk)
    if left - moved > 0 and not found.set_against:  # what was taken off another invoice is then owed again
        _credit_part(found, left - moved, what="Given back", key=uuid4(), by=by, at=at)


def _enter_by_card(row: Invoice, paid: Payment, *, by: Actor, at: datetime) -> None:
    """Enter the difference between what the firm took less what it gave back, and what was entered: nothing the second time."""
    with _reading(by, at):
        entered = sum(each.pence or 0 for each in Settlement.objects.filter(payment=paid.pk))
        change = (paid.captured or 0) - (paid.returned or 0) - entered
        left = _left(row)
    if change:
        _enter(row, pence=change, means=Means.CARD, key=uuid4(), left=left, at=at, payment=paid.pk)


def _credit_part(row: Invoice, pence: int, *, what: str, key: UUID, by: Actor, at: datetime) -> Invoice:
    """Take back a part of an invoice that is taxed at one rate, by a credit note."""
    with _reading(by, at):
        rates = {line.rate for line in rules.lines_of(row.lines)}
    assert len(rates) == 1
    return _credit(row, [Line(what, 1, -pence, rates.pop())], key=key, by=by, at=at)


def _credit(
    row: Invoice,
    lines: Sequence[Line] | None,
    *,
    key: UUID,
    by: Actor,
    at: datetime,
    voucher: UUID | None = None,
) -> Invoice:
    """
    Write a credit note over these lines, or over all that is left of an invoice. It takes back the VAT that was charged, whatever
    the rate is today and whether or not we are registered still. `voucher`: it is no cancelling, but what that one paid.
    """
    with _reading(by, at):
        said, addressee, notes = rules.lines_of(row.lines), row.addressee or "", _notes(row)
        whole = Totals(row.total or 0, row.vat or 0, rules.total(said, on=row.issued_on, registered=False).by_rate)
        before = [line for note in notes for line in rules.lines_of(note.lines)]
        taxed = bool(row.vat)
        charged = (row.vat or 0) + sum(note.vat or 0 for note in notes)
        left = _left(row)
    taken = rules.total(before, on=row.issued_on, registered=False)
    if lines is None:
        lines = rules.rest_of(said, before, rules.numbered(InvoiceKind.INVOICE, row.number))
        if not lines:  # vouchers paid all of it, so nothing is left to write a paper over
            row.state = InvoiceState.CREDITED
            row.save()
            return notes[-1]
    gross = sum(line.gross for line in lines)
    totals = rules.total(lines, on=row.issued_on, registered=taxed)
    over = whole.gross + taken.gross + gross == 0
    rest = sum(line.gross for line in (*said, *before, *lines) if line.rate is VatRate.STANDARD)
    if rest == 0:  # the last of several takes back to the penny what the others left
        totals = rules.with_vat(totals, -charged)
    made = _write(
        _next_in(InvoiceKind.CREDIT), row.subject_id, lines, totals, addressee=addressee, key=key, at=at, credits=row
    )
    if voucher is not None:
        made.voucher = voucher.hex
        made.save()
    if over and voucher is None:
        row.state = InvoiceState.CREDITED
    elif left + gross <= 0:
        row.state = InvoiceState.SETTLED
    row.save()
    _let_go_of(row.pk)  # what can still be paid by card was asked for when more was to pay
    _return_to_vouchers(row, owed=-(left + gross), by=by, at=at)
    return made


def _return_to_vouchers(row: Invoice, *, owed: int, by: Actor, at: datetime) -> None:
    """What came by voucher and is not wanted any more goes back to it, since it never was money that could go out."""
    with _reading(by, at):
        held: Counter[str] = Counter()
        for each in Settlement.objects.filter(invoice=row):
            if each.voucher:
                held[each.voucher] += each.pence or 0
    for voucher, pence in held.items():
        back = min(pence, max(owed, 0))
        if back > 0:
            found = _put_back(UUID(voucher), back, at=at)
            _enter(row, pence=-back, means=Means.VOUCHER, key=uuid4(), left=-owed, at=at, voucher=found)
            owed -= back


def _return_what_was_taxed(row: Invoice, *, by: Actor, at: datetime) -> None:
    """What vouchers taxed at their sale paid of an invoice goes back to them when it is cancelled; their VAT stays due."""
    with _reading(by, at):
        paid = [(UUID(note.voucher), -(note.total or 0)) for note in _notes(row) if note.voucher]
    for voucher, pence in paid:
        _put_back(voucher, pence, at=at)


def _put_back(voucher: UUID, pence: int, *, at: datetime) -> UUID:
    found: Voucher = Voucher.objects.select_for_update().get(pk=voucher)
    found.left += pence
    # It may be over by now, or nearly: what went back to it can still be used.
    on = at.astimezone(LONDON).date()
    found.expires_on = max(found.expires_on, months_after(on, rules.VOUCHER_BACK_MONTHS))
    found.save(update_fields=["left", "expires_on"])
    return voucher


def _left(row: Invoice) -> int:
    """Pence still to pay of an invoice; less than nothing is owed back. Reads: call it in a context."""
    return _wanted(row) - sum(each.pence or 0 for each in Settlement.objects.filter(invoice=row))


def _wanted(row: Invoice) -> int:
    """What it says less what was taken back of it by credit notes, in pence. Reads: call it in a context."""
    return (row.total or 0) + sum(each.total or 0 for each in _notes(row))


def _notes(row: Invoice) -> list[Invoice]:
    return list(Invoice.objects.filter(credits=row).order_by("number"))


def _reading(by: Actor, at: datetime) -> processing:
    """A context to read in, for what the open act is for: an act by itself only writes."""
    return processing(acting().purpose, Action.READ, by=by, at=at)


def _addressee(subject: UUID, opened: Opened) -> str:
    lines = [people.names_of([subject], opened).get(subject, "")]
    if opened.decision(subject, Category.CONTACT).allowed:
        contact = people.get_contact(subject, opened)
        lines += [contact.address, contact.postcode] if contact else []
    return "\n".join(line for line in lines if line)
