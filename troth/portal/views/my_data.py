"""My data: everything held about the reader, why, who looked, and the copy to take away."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from troth.design.values import Link, Right
from troth.gate.table import actor_of
from troth.portal import own_data
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.selectors.copying import NAME
from troth.rights.selectors.planning import dates_kept
from troth.vault.categories import Category

LATEST = 10  # looks on the page; the history has them all


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """Show all of it on one page."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    things = rights.everything_about(subject, request.opened)  # type: ignore[attr-defined]
    looks = rights.history_of(subject, at=at, limit=200, looks_only=True).looks
    return render(
        request,
        "portal/data/show.html",
        {
            "figures": own_data.figures(things, looks),
            "sections": own_data.sections(things, at, subject),
            "goings": own_data.goings(things, at, subject),
            "looked": own_data.looks_table(looks[:LATEST], at),
            "held_back": any(not thing.released for thing in things),
            "check": Link("See every event and check it", reverse("my_history")),
            "rights": _rights(),
        },
    )


@require_http_methods(["GET", "HEAD"])
def show_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """Show everything of one kind, to the last word."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    if kind not in set(Category):
        raise Http404
    category = Category(kind)
    things = [thing for thing in rights.everything_about(subject, request.opened) if thing.category is category]  # type: ignore[attr-defined]
    who = rights.recorded_by(things, subject)
    return render(
        request,
        "portal/data/kind.html",
        {
            "uses": rights.describe_uses(category, at),
            "why": own_data.counterpart_of(category, dates_kept(subject, at=at), at),
            "things": [(title, own_data.thing_rows(thing, who)) for title, thing in own_data.titled(things)],
        },
    )


@require_POST
def copy(request: HttpRequest) -> HttpResponseBase:
    """Send a copy of everything, made as it goes out and never stored. Its event is committed before the first byte."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    made = rights.make_copy(subject, request.opened, at=at)  # type: ignore[attr-defined]
    services.record_copy(subject, by=actor_of(request), at=at, digest=made.digest)
    return StreamingHttpResponse(
        made.pieces(),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{NAME}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


def reader(request: HttpRequest) -> UUID:
    """Whose data these pages are about: nobody's but the reader's own."""
    subject = actor_of(request).id
    assert subject is not None  # the URL table lets nobody in who is not signed in
    return subject


def _rights() -> list[Right]:
    """The rights that can be used here today. Each leads to a page that exists."""
    return [
        Right(Link("Get a copy", "#copy"), "At once, here: to read, or for another clinic’s computer"),
        Right(
            Link("Have something erased", reverse("my_erasure")), "We show you first what would go and what must stay"
        ),
        Right(
            Link("See who has looked", reverse("my_history")),
            "Every event about you, and how to check the list yourself",
        ),
        Right(
            Link("Read the privacy notice", reverse("notice")), "Every right you have, and how to reach us about it"
        ),
    ]
