"""Messages that did not leave, and every letter that we can send, as its receiver would see it."""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from troth.delivery import selectors as delivery
from troth.delivery import services
from troth.delivery.rules import LETTERS, Kind
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Paging
from troth.gate.table import actor_of
from troth.office.forms.message import TryAgainForm

PAGE = 50
#: A mail program's page within ours: its own inline style and nothing else.
_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@require_http_methods(["GET", "HEAD", "POST"])
def list_unsent(request: HttpRequest) -> HttpResponse:
    """List what was given up and what waits; nothing of any message is opened. Try one again when asked to."""
    at = cast(Any, request).at
    if request.method == "POST":
        form = TryAgainForm(request.POST)
        if form.is_valid():
            services.try_again(form.cleaned_data["message"], by=actor_of(request), at=at)
        return redirect("office_messages")
    number = request.GET.get("page", "1")
    page = max(1, min(int(number), 10_000)) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    start = (page - 1) * PAGE
    found, total = delivery.list_unsent(start=start, most=PAGE)
    path = reverse("office_messages")
    return render(
        request,
        "office/message/list.html",
        {
            "messages": [
                {
                    "id": each.id,
                    "line": LETTERS[Kind(each.kind)].line if each.kind in LETTERS else each.kind,
                    "channel": each.channel,
                    "state": each.state,
                    "why": each.why,
                    "tries": each.tries,
                    "written": timezone.localtime(each.written_at),
                    "given_up": each.given_up,
                }
                for each in found
            ],
            "total": total,
            "paging": Paging(
                start + 1 if found else 0,
                start + len(found),
                total,
                f"{path}?page={page - 1}" if page > 1 else "",
                f"{path}?page={page + 1}" if start + len(found) < total else "",
            ),
        },
    )


@require_http_methods(["GET", "HEAD"])
def letters(request: HttpRequest) -> HttpResponse:
    """List every letter that we can send."""
    lines: list[tuple[str | Cell, ...]] = [
        (Cell(letter.line, href=reverse("office_letter", args=[kind.value])), letter.because)
        for kind, letter in LETTERS.items()
    ]
    return render(
        request,
        "office/message/letters.html",
        {"letters": table_of("Letters", (Column("Subject line", "name"), Column("Sent when")), lines)},
    )


@require_http_methods(["GET", "HEAD"])
def letter(request: HttpRequest, kind: str) -> HttpResponse:
    """One letter with invented words."""
    made = _preview(request, kind)
    return render(request, "office/message/letter.html", {"letter": made, "kind": kind})


@require_http_methods(["GET", "HEAD"])
@xframe_options_sameorigin
def letter_html(request: HttpRequest, kind: str) -> HttpResponse:
    """Its own HTML, for the frame in its page."""
    made = _preview(request, kind)
    return HttpResponse(made.html, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})


def _preview(request: HttpRequest, kind: str) -> Any:
    try:
        return delivery.preview(Kind(kind), at=cast(Any, request).at)
    except ValueError:
        raise Http404 from None
