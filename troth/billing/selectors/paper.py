"""An invoice or a credit note to print: PDF declared as PDF/UA-1, set by Typst in this process from text that it never runs."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from troth.billing.models import InvoiceKind, VatRate
from troth.billing.rules import pounds, standard_rate
from troth.billing.selectors.invoices import InvoiceLine
from troth.billing.selectors.statements import Statement
from troth.design.papers import MEDIA_TYPE as MEDIA_TYPE
from troth.design.papers import set_pdf
from troth.notice import selectors as notices
from troth.notice.schema import Notice

_TEMPLATE = Path(__file__).parent.parent / "templates" / "billing" / "invoice.typ"


def set_invoice(invoice: InvoiceLine, *, at: datetime) -> bytes:
    """
    The paper, as PDF. Who issues it is the controller of the notice in force.

    :raises typst.TypstError: it could not be set as PDF/UA-1.
    """
    version = notices.version_in_force(at)
    assert version is not None
    return set_pdf(_TEMPLATE, _values(invoice, notices.notice_of(version)))


def _values(invoice: InvoiceLine, notice: Notice) -> dict[str, Any]:
    percent = standard_rate(invoice.taxed_on)
    rates = {
        VatRate.EXEMPT: "Exempt",
        VatRate.OUTSIDE: "None",
        VatRate.STANDARD: f"{percent}%" if invoice.totals.vat else "None",
    }
    is_credit = invoice.kind is InvoiceKind.CREDIT
    totals = [["Without VAT", pounds(invoice.totals.net), False]]
    totals += [
        [f"VAT at {percent}% in {pounds(gross)}", pounds(each), False]
        for rate, gross, each in invoice.totals.by_rate
        if rate is VatRate.STANDARD and each
    ]
    totals.append(["Total", pounds(invoice.totals.gross), True])
    totals += [[words, pounds(-pence), False] for words, pence in invoice.taken_off]
    if not is_credit:
        totals += [["Paid", pounds(invoice.paid), False], ["To pay", pounds(max(invoice.left, 0)), True]]
    return {
        "title": f"{invoice.kind.words} {invoice.number}",
        "number": invoice.number,
        **_issuer(notice),
        "addressee": invoice.addressee.split("\n"),
        "terms": [
            ["Issued", f"{invoice.issued_on:%-d %B %Y}"],
            ["Takes back", invoice.credits]
            if is_credit
            else ["Paid" if invoice.receipt_for else "To pay by", f"{invoice.due_on:%-d %B %Y}"],
        ],
        "head": ["What", "How many", "Each", "VAT", "Amount"],
        "lines": [
            [line.what, str(line.quantity), pounds(line.pence), rates[line.rate], pounds(line.gross)]
            for line in invoice.lines
        ],
        "totals": totals,
        "notes": [
            "Prices include VAT where it is charged. Health care is exempt (VAT Act 1994, Schedule 9, Group 7)."
        ],
    }


def set_statement(statement: Statement, *, at: datetime) -> bytes:
    """
    A statement, as PDF.

    :raises typst.TypstError: it could not be set as PDF/UA-1.
    """
    version = notices.version_in_force(at)
    assert version is not None
    closing = statement.closing
    return set_pdf(
        _TEMPLATE.with_name("statement.typ"),
        {
            **_issuer(notices.notice_of(version)),
            "title": "Statement",
            "addressee": [statement.name] if statement.name else [],
            "terms": [
                ["From", f"{statement.first:%-d %B %Y}"],
                ["To", f"{statement.last:%-d %B %Y}"],
                ["Owed before", pounds(statement.opening)],
            ],
            "head": ["When", "What", "Charged", "Paid", "Owed"],
            "lines": [
                [
                    f"{each.on:%-d %b %Y}",
                    each.what,
                    pounds(each.charged) if each.charged else "",
                    pounds(each.paid) if each.paid else "",
                    pounds(each.balance),
                ]
                for each in statement.lines
            ],
            "totals": [
                ["Charged", pounds(statement.charged), False],
                ["Paid, less what went back", pounds(statement.paid), False],
                ["We owe you" if closing < 0 else "To pay", pounds(abs(closing)), True],
            ],
            "notes": ["Credit notes are charged as less than nothing. What each invoice is for stands on it."],
        },
    )


def _issuer(notice: Notice) -> dict[str, Any]:
    who = notice.controller
    company = f"Company {who.company_number}" if who and who.company_number else ""
    vat = settings.TROTH_VAT_NUMBER
    said = (
        who.legal_name if who else "",
        who.address if who else "",
        ", ".join(filter(None, (company, f"VAT number {vat}" if vat else "Not registered for VAT"))),
    )
    return {
        "clinic": (who and (who.trading_name or who.legal_name)) or "The clinic",
        "particulars": [line for line in said if line],
    }
