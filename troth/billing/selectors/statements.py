"""A person's statement: what they were charged and what they paid over some days, and what that leaves."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from troth.billing import rules
from troth.billing.models import Invoice, InvoiceKind, Means, Settlement
from troth.gate.contexts import Opened
from troth.people import selectors as people
from troth.vault.categories import Category


@dataclass(frozen=True)
class StatementLine:
    """One thing that changed what somebody owes. Pence; a credit note charges, and money that went back pays, less than nothing."""

    on: date
    what: str
    invoice: UUID
    charged: int
    paid: int
    balance: int


@dataclass(frozen=True)
class Statement:
    """What somebody owed before the first day, each change, and what they owe after the last. Less than nothing is owed to them."""

    subject: UUID
    name: str
    first: date
    last: date
    opening: int
    lines: tuple[StatementLine, ...]

    @property
    def closing(self) -> int:
        """Pence owed at the end of the last day."""
        return self.opening + self.charged - self.paid

    @property
    def charged(self) -> int:
        """Pence charged on these days, credit notes taken off."""
        return sum(each.charged for each in self.lines)

    @property
    def paid(self) -> int:
        """Pence that came on these days, less what went back."""
        return sum(each.paid for each in self.lines)


def get_statement(subject: UUID, opened: Opened, *, first: date, last: date) -> Statement:
    """
    The statement of a person from one day to another, both of them included.

    :raises Refused: the viewer may not see money of this person.
    """
    opened.require(subject, Category.FINANCIAL)
    invoices = {row.pk: row for row in Invoice.objects.filter(subject_id=subject, issued_on__lte=last)}
    named = {key: rules.numbered(InvoiceKind(row.kind), row.number) for key, row in invoices.items()}
    changes: list[tuple[date, datetime, str, UUID, int, int]] = [
        (
            row.issued_on,
            row.recorded_at,
            f"{InvoiceKind(row.kind).words} {named[key]}",
            key,
            row.total or 0,
            0,
        )
        for key, row in invoices.items()
    ]
    for each in Settlement.objects.filter(subject_id=subject, on__lte=last):
        pence, means = each.pence or 0, Means(each.means)
        said = "Paid" if pence > 0 else "Given back"
        what = f"{said} by {means.called}, {named.get(each.invoice_id, 'an invoice')}"
        changes.append((each.on, each.recorded_at, what, each.invoice_id, 0, pence))
    changes.sort(key=lambda each: each[:2])
    balance = opening = sum(charged - paid for on, _, _, _, charged, paid in changes if on < first)
    lines = []
    for on, _, what, invoice, charged, paid in changes:
        if on >= first:
            balance += charged - paid
            lines.append(StatementLine(on, what, invoice, charged, paid, balance))
    name = people.names_of([subject], opened).get(subject, "")
    return Statement(subject, name, first, last, opening, tuple(lines))
