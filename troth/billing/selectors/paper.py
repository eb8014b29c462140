"""An invoice or a credit note to print: PDF declared as PDF/UA-1, set by Typst in this process from text that it never runs."""

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from troth.billing.models import InvoiceKind, VatRate
from troth.billing.rules import pounds, standard_rate
from troth.billing.selectors.invoices import InvoiceLine
from troth.notice import selectors as notices
from troth.notice.schema import Notice

MEDIA_TYPE = "application/pdf"


def set_invoice(invoice: InvoiceLine, *, at: datetime) -> bytes:
    """
    The paper, as PDF. Who issues it is the controller of the notice in force.

    :raises typst.TypstError: it could not be set as PDF/UA-1.
    """
    version = notices.version_in_force(at)
    assert version is not None
    made: bytes = typst.compile(
        _template(),
        sys_inputs={"data": json.dumps(_values(invoice, notices.notice_of(version)), ensure_ascii=False)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )
    return made


def _values(invoice: InvoiceLine, notice: Notice) -> dict[str, Any]:
    who = notice.controller
    clinic = (who and (who.trading_name or who.legal_name)) or "The clinic"
    company = f"Company {who.company_number}" if who and who.company_number else ""
    vat = settings.TROTH_VAT_NUMBER
    percent = standard_rate(invoice.issued_on)
    rates = {VatRate.EXEMPT: "Exempt", VatRate.STANDARD: f"{percent}%" if invoice.totals.vat else "None"}
    is_credit = invoice.kind is InvoiceKind.CREDIT
    totals = [["Without VAT", pounds(invoice.totals.net), False]]
    totals += [
        [f"VAT at {percent}% in {pounds(gross)}", pounds(each), False]
        for rate, gross, each in invoice.totals.by_rate
        if rate is VatRate.STANDARD and each
    ]
    totals.append(["Total", pounds(invoice.totals.gross), True])
    if not is_credit:
        totals += [["Paid", pounds(invoice.paid), False], ["To pay", pounds(max(invoice.left, 0)), True]]
    return {
        "title": f"{invoice.kind.words} {invoice.number}",
        "number": invoice.number,
        "clinic": clinic,
        "particulars": [
            line
            for line in (
                who.legal_name if who else "",
                who.address if who else "",
                ", ".join(filter(None, (company, f"VAT number {vat}" if vat else "Not registered for VAT"))),
            )
            if line
        ],
        "addressee": invoice.addressee.split("\n"),
        "terms": [
            ["Issued", f"{invoice.issued_on:%-d %B %Y}"],
            ["Cancels", invoice.credits] if is_credit else ["To pay by", f"{invoice.due_on:%-d %B %Y}"],
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
        "footer": clinic,
    }


@lru_cache(maxsize=1)
def _template() -> bytes:
    return (Path(__file__).parent.parent / "templates" / "billing" / "invoice.typ").read_bytes()
