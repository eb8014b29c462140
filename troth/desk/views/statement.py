"""What one person was charged and paid over some days, to read and to print."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.billing import selectors as billing
from troth.billing.rules import pounds
from troth.billing.selectors.paper import MEDIA_TYPE, set_statement
from troth.design.days import days_of, period
from troth.design.statements import statement_of
from troth.design.values import Figure
from troth.desk.frame import frame, looking, purpose_line, show, strip
from troth.gate.streams import send_bytes
from troth.vault.categories import Category

_BACK = timedelta(days=365)


def statement(request: HttpRequest, subject: UUID) -> HttpResponse:
    """The statement of the last year, or of the days that are asked for."""
    look = looking(request)
    today = timezone.localdate(look.at)
    form, first, last = days_of(request, today - _BACK, today)
    found = billing.get_statement(subject, look.opened, first=first, last=last)
    return show(
        request,
        "money/statement",
        frame(request, purpose=purpose_line(look.opened, subject)),
        name=found.name or "Withheld",
        form=form,
        period=period(first, last),
        figures=[
            Figure(pounds(found.opening), "owed before"),
            Figure(pounds(found.charged), "charged"),
            Figure(pounds(found.paid), "paid, less what went back"),
            Figure(pounds(found.closing), "owed after"),
        ],
        table=statement_of(
            "Statement", "Owed", found.lines, href=lambda each: reverse("desk_invoice", args=[each]), pounds=pounds
        ),
        file=f"{reverse('desk_statement_paper', args=[subject])}?{request.GET.urlencode()}",
        person=reverse("desk_bill", args=[subject]),
        why=strip(look, subject, Category.FINANCIAL),
        status=422 if form.is_bound and form.errors else 200,
    )


def paper(request: HttpRequest, subject: UUID) -> HttpResponse:
    """The same days to print."""
    look = looking(request)
    today = timezone.localdate(look.at)
    _, first, last = days_of(request, today - _BACK, today)
    found = billing.get_statement(subject, look.opened, first=first, last=last)
    made = set_statement(found, at=look.at)
    return send_bytes(made, download_name=f"statement-{last:%Y%m%d}.pdf", media_type=MEDIA_TYPE)
