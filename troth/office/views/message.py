"""Messages that did not leave, and every letter that we can send, as its receiver would see it."""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from troth.delivery import selectors as delivery
from troth.delivery import services
from troth.delivery.rules import LETTERS, Kind
from troth.design.done import done
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Item, Link, Paging
from troth.gate.table import actor_of
from troth.office.forms.message import TryAgainForm
from troth.office.frame import day, looking, number_in, show

T = TypeVar("T")
PAGE = 50
#: A mail program's page within ours: its own inline style and nothing else.
_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


#: The three pages that are one thing, and their routes.
_PAGES = (
    ("Not left yet", "office_messages"),
    ("Letters to print", "office_post"),
    ("Every letter we send", "office_letters"),
)
_TOLD = "To whom a message goes and what it says opens only as you print it."


def _tabs(current: str, letters: int | None = None) -> tuple[Item, ...]:
    """The tabs over the three; `letters`: how many wait to be printed, where the page has counted them."""
    waiting = {"office_post": delivery.count_letters() if letters is None else letters}
    return tuple(
        Item(words, reverse(route), current=route == current, count=waiting.get(route) or None, counted="to print")
        for words, route in _PAGES
    )


def _page(request: HttpRequest, lister: Callable[..., tuple[list[T], int]], route: str) -> tuple[list[T], Paging]:
    """The page of a list that the address asks for, or the last that there is, and where it stands."""
    number = number_in(request.GET.get("page", "")) or 1
    found, total = lister(start=(number - 1) * PAGE, most=PAGE)
    if number > 1 and not found:
        number = max(1, -(-total // PAGE))
        found, total = lister(start=(number - 1) * PAGE, most=PAGE)
    return found, Paging.numbered(number, total, each=PAGE, path=reverse(route))


@require_http_methods(["GET", "HEAD", "POST"])
def list_unsent(request: HttpRequest) -> HttpResponse:
    """List what was given up and what waits; nothing of any message is opened. Try one again when asked to."""
    if request.method == "POST":
        form = TryAgainForm(request.POST)
        if form.is_valid():
            services.try_again(form.cleaned_data["message"], by=actor_of(request), at=cast(Any, request).at)
        return done("office_messages", "message-again")
    found, paging = _page(request, delivery.list_unsent, "office_messages")
    return show(
        request,
        "message/list",
        told=_TOLD,
        tabs=_tabs("office_messages"),
        messages=[
            {
                "id": each.id,
                "line": _line(each.kind),
                "channel": each.channel,
                "state": each.state,
                "why": each.why,
                "tries": each.tries,
                "written": timezone.localtime(each.written_at),
                "given_up": each.given_up,
            }
            for each in found
        ],
        paging=paging,
    )


@require_http_methods(["GET", "HEAD"])
def list_post(request: HttpRequest) -> HttpResponse:
    """List the letters that wait to be printed, the oldest first; nothing of any is opened."""
    found, paging = _page(request, delivery.list_letters, "office_post")
    lines: list[tuple[str | Cell, ...]] = [
        (
            Cell(_line(each.kind)),
            day(timezone.localtime(each.written_at).date()),
            Cell(act=Link("Open it", reverse("office_post_letter", args=[each.id]), _line(each.kind))),
        )
        for each in found
    ]
    columns = (Column("Letter", "name"), Column("Written", word="Written"), Column("Print", "act"))
    return show(
        request,
        "message/post",
        told=_TOLD,
        tabs=_tabs("office_post", paging.total),
        table=table_of("Letters to print", columns, lines) if lines else None,
        paging=paging,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def post_one(request: HttpRequest, message: UUID) -> HttpResponse:
    """One letter as it goes into its envelope. Once it is printed, say so: from then on it counts as sent."""
    look = looking(request)
    if request.method == "POST":
        if not services.mark_printed(message, by=look.actor, at=look.at):
            raise Http404
        return done("office_post", "letter-printed")
    letter = delivery.get_letter(message, by=look.id, at=look.at)
    if letter is None:
        raise Http404
    return show(request, "message/print", told=_TOLD, letter=letter, on=day(look.today))


def _line(kind: str) -> str:
    return LETTERS[Kind(kind)].line if kind in LETTERS else kind


@require_http_methods(["GET", "HEAD"])
def letters(request: HttpRequest) -> HttpResponse:
    """List every letter that we can send."""
    lines: list[tuple[str | Cell, ...]] = [
        (Cell(letter.line, href=reverse("office_letter", args=[kind.value])), letter.because)
        for kind, letter in LETTERS.items()
    ]
    table = table_of("Letters", (Column("Subject line", "name"), Column("Sent when")), lines)
    return show(request, "message/letters", tabs=_tabs("office_letters"), letters=table)


@require_http_methods(["GET", "HEAD"])
def letter(request: HttpRequest, kind: str) -> HttpResponse:
    """One letter with invented words."""
    return show(request, "message/letter", letter=_preview(request, kind), kind=kind)


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
