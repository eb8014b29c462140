"""Everything that happened to the reader's record, and whether the ledger still holds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from troth.design.values import Item, Paging
from troth.portal import own_data
from troth.portal.views.my_data import record_of, records_of
from troth.rights import selectors as rights

PAGE = 50


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """List the events about the reader, newest first, and say whether they are as they were signed."""
    subject, at = record_of(request), request.at  # type: ignore[attr-defined]
    every = records_of(request)
    record = every.index(subject) + 1
    here = f"{reverse('my_history')}?record={record}" if record > 1 else reverse("my_history")
    before, first = (_number(request.GET.get(name, "")) for name in ("before", "from"))
    holds, total = rights.person_history_holds(subject, at)
    history = rights.history_of(subject, at=at, limit=PAGE, before=before or None)
    start = first or 1
    last = start + len(history.looks) - 1
    joint = "&" if record > 1 else "?"
    following = f"{here}{joint}before={history.following}&from={last + 1}" if history.following else ""
    return render(
        request,
        "portal/history/show.html",
        {
            "holds": holds,
            "switch": [
                Item(
                    "This record"
                    if number == 1
                    else f"Your other record{f' {number - 1}' if len(every) > 2 else ''}",
                    reverse("my_history") + (f"?record={number}" if number > 1 else ""),
                    number == record,
                )
                for number in range(1, len(every) + 1)
                if len(every) > 1
            ],
            "total": total,
            "looked": own_data.looks_table(history.looks, at, everything=True),
            "paging": Paging(start, last, max(total, last), here if before else "", following),
            "why": own_data.rights_counterpart(
                at, "No end: these entries hold random numbers, and nothing of what was read"
            ),
        },
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0
