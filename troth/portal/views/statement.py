"""What the reader was charged and paid over some days, to read and to print."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.billing import selectors as billing
from troth.billing.rules import pounds
from troth.billing.selectors.paper import MEDIA_TYPE, set_statement
from troth.design.days import days_of, period
from troth.design.statements import statement_of
from troth.design.values import Row
from troth.gate.streams import send_bytes
from troth.portal import own_data
from troth.portal.views.my_data import reader
from troth.rights.selectors.planning import dates_kept
from troth.vault.categories import Category

_BACK = timedelta(days=365)


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """The statement of the last year, or of the days that are asked for."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    today = timezone.localdate(at)
    form, first, last = days_of(request, today - _BACK, today)
    found = billing.get_statement(subject, request.opened, first=first, last=last)  # type: ignore[attr-defined]
    after = Row("We owe you", pounds(-found.closing)) if found.closing < 0 else Row("To pay", pounds(found.closing))
    return render(
        request,
        "portal/money/statement.html",
        {
            "form": form,
            "period": period(first, last),
            "rows": [
                Row("From before", pounds(found.opening)),
                Row("Charged", pounds(found.charged)),
                Row("Paid, less what went back", pounds(found.paid)),
                after,
            ],
            "table": statement_of(
                "Your statement",
                "To pay",
                found.lines,
                href=lambda each: reverse("my_invoice", args=[each]),
                pounds=pounds,
            ),
            "file": f"{reverse('my_statement_paper')}?{request.GET.urlencode()}",
            "why": own_data.counterpart_of(Category.FINANCIAL, dates_kept(subject, at=at), at),
        },
        status=422 if form.is_bound and form.errors else 200,
    )


@require_http_methods(["GET", "HEAD"])
def paper(request: HttpRequest) -> HttpResponse:
    """The same days to print."""
    at = request.at  # type: ignore[attr-defined]
    today = timezone.localdate(at)
    _, first, last = days_of(request, today - _BACK, today)
    found = billing.get_statement(reader(request), request.opened, first=first, last=last)  # type: ignore[attr-defined]
    made = set_statement(found, at=at)
    return send_bytes(made, download_name=f"statement-{last:%Y%m%d}.pdf", media_type=MEDIA_TYPE)
