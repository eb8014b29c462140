"""Copies that we made because the reader asked: until when each can be fetched, and fetching it."""

from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from troth.gate.streams import send_file
from troth.gate.table import actor_of
from troth.portal import own_data
from troth.portal.views.my_data import find_own, reader, records_of, stream_zip
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.selectors import exchange, packs, porting
from troth.rights.selectors.copying import NAME, RECORD_NAME
from troth.rights.services import PackRefused
from troth.vault.categories import Category


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """List the copies that were released to the reader."""
    at, opened = request.at, request.opened  # type: ignore[attr-defined]
    every = [pack for each in records_of(request) for pack in packs.list_packs(each, opened)]
    return render(
        request,
        "portal/copies/show.html",
        {
            "copies": [
                (pack, pack.is_open(at), f"{max(pack.size / 1_048_576, 0.1):.1f} MB", _until(pack))
                for pack in sorted(every, key=lambda pack: pack.released_at or at, reverse=True)
            ],
            "given": [
                (each, each.is_open(at), f"{timezone.localtime(each.expires_at):%-d %B %Y}")
                for each in packs.given_to(reader(request))
            ],
            "why": own_data.rights_counterpart(at),
        },
    )


@require_POST
def fetch_given(request: HttpRequest, pack: UUID) -> HttpResponseBase:
    """Send the record of somebody who died to whoever it was released to. Of anybody else's it says what it says of none."""
    stored = services.fetch_given(pack, reader=reader(request), at=request.at)  # type: ignore[attr-defined]
    if stored is None:
        raise Http404
    return send_file(request, stored, download_name=RECORD_NAME, media_type="application/zip")


@require_POST
def fetch(request: HttpRequest, pack: UUID) -> HttpResponseBase:
    """Send one, while it can be fetched. Another person's, and one that is over, are an address that does not exist."""
    at, opened = request.at, request.opened  # type: ignore[attr-defined]
    try:
        known = find_own(request, lambda each: packs.get_pack(pack, opened, of=each))
        stored = packs.file_of(pack, opened) if known.is_open(at) and not known.of_dead else None
        if stored is None:
            raise Http404
        services.record_fetched(pack, by=actor_of(request), at=at)
    except (ObjectDoesNotExist, PackRefused):
        raise Http404 from None
    return send_file(request, stored, download_name=NAME, media_type="application/zip")


@require_http_methods(["GET", "HEAD"])
def show_move(request: HttpRequest) -> HttpResponse:
    """Say what can be taken to another clinic, and what of the record is not among it."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    movable = porting.kinds_to_move(request.opened.register)  # type: ignore[attr-defined]
    held = {each.category for each in rights.survey(subject, told_at=at)}
    return render(
        request,
        "portal/copies/move.html",
        {
            "kinds": [
                rights.describe_uses(category, at).title for category in Category if category in movable & held
            ],
            "partners": sorted(exchange.partners().values(), key=lambda each: each.name),
            "why": own_data.rights_counterpart(at),
        },
    )


@require_POST
def move(request: HttpRequest) -> HttpResponseBase:
    """Send what the reader may take to somebody else, made as it goes out and never stored."""
    subject, at, opened = reader(request), request.at, request.opened  # type: ignore[attr-defined]
    made = porting.make_portable(subject, opened, at=at)
    services.record_copy(subject, by=actor_of(request), at=at, digest=made.digest)
    return stream_zip(made.pieces(), porting.NAME)


def _until(pack: packs.Pack) -> str:
    return f"{timezone.localtime(pack.expires_at):%-d %B %Y}" if pack.expires_at else ""
