"""
Data that goes straight to another clinic, or comes from one. The machine's address takes in what a clinic signed that the operator
knows; what it answers says nothing of what is held here.
"""

import hashlib
from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from troth.design.done import done
from troth.gate.table import actor_of
from troth.portal import own_data
from troth.portal.views.my_data import reader
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.jobs import send_portable
from troth.rights.rules.exchange import LARGEST, NotAccepted, read_envelope
from troth.rights.selectors import exchange, porting
from troth.rights.services import StepRefused
from troth.vault.categories import Category

_PIECE = 256 * 1024


@csrf_exempt  # a machine has no page of ours: its signature stands for it
def receive(request: HttpRequest) -> HttpResponse:
    """
    Take in what a clinic sends that we know, sealed as it came; answer with a signed receipt. Who lost it on the way asks for it
    again with GET, or sends the same once more.
    """
    at = timezone.now()
    if request.method not in ("GET", "POST"):
        return _answer(405, "Records are sent here with POST, and asked after with GET.")
    try:
        partner, envelope = read_envelope(
            request.headers, partners=exchange.partners(), receiver=exchange.public_key(), at=at
        )
        if request.method == "GET":
            receipt = services.give_receipt(partner, envelope, at=at)
        else:
            content = b"".join(_pieces(request))
            if hashlib.sha256(content).hexdigest() != envelope.digest:
                raise NotAccepted(400, "What came is not what was signed.")
            receipt = services.take_arrival(partner, envelope, content, at=at)
    except NotAccepted as why:
        return _answer(why.status, str(why))
    return HttpResponse(receipt, content_type="application/json")


@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, partner: str) -> HttpResponse:
    """Say what would go to whom; when the reader goes on, have it sent."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    known = exchange.partners().get(partner)
    if known is None:
        raise Http404
    if request.method == "POST":
        try:
            services.ask_to_send(subject, partner, send=send_portable, by=actor_of(request), at=at)
        except StepRefused:
            raise Http404 from None
        return done("my_rights_requests", "data-on-its-way")
    movable = porting.kinds_to_move(request.opened.register)  # type: ignore[attr-defined]
    held = {each.category for each in rights.survey(subject, told_at=at)}
    return render(
        request,
        "portal/copies/send.html",
        {
            "partner": known,
            "kinds": [
                rights.describe_uses(category, at).title for category in Category if category in movable & held
            ],
            "why": own_data.rights_counterpart(at),
        },
    )


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    """The body, never more than one record of one person may be: whatever it says of its length."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or int(length) > LARGEST:
        raise NotAccepted(413, "This is larger than the record of one person.")
    rest = int(length)
    while rest > 0 and (piece := request.read(min(rest, _PIECE))):
        rest -= len(piece)
        yield piece


def _answer(status: int, words: str) -> HttpResponse:
    return HttpResponse(f"{words}\n", status=status, content_type="text/plain; charset=utf-8")
