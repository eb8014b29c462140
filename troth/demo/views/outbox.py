"""
What the demonstration would have sent, as its receivers would see it. Links in it work.

Whoever reads it can open any account, so it is shown only in a demonstration, and only to the machine that runs it (pitfalls D15).
"""

from base64 import b64encode
from ipaddress import ip_address
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from troth.delivery import selectors as delivery

#: A mail program's page within ours: its own inline style, its picture, and links that open in the window around it; nothing else.
_POLICY = (
    "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; frame-ancestors 'self'"
)


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """List what was sent, the newest first."""
    _only_here(request)
    sent = delivery.list_sent(at=request.at)  # type: ignore[attr-defined]
    return render(request, "demo/outbox/list.html", {"sent": sent})


@require_http_methods(["GET", "HEAD"])
def read(request: HttpRequest, message: UUID) -> HttpResponse:
    """One message, as a mail program shows it."""
    return render(request, "demo/outbox/message.html", {"message": _message(request, message)})


@require_http_methods(["GET", "HEAD"])
@xframe_options_sameorigin
def html(request: HttpRequest, message: UUID) -> HttpResponse:
    """The message's own HTML, for the frame in its page."""
    found = _message(request, message)
    picture = finders.find("design/email/wave.png")
    drawn = b64encode(Path(str(picture)).read_bytes()).decode()
    # A mail program opens links in a browser: here, in the window around the frame.
    body = found.html.replace("cid:wave", f"data:image/png;base64,{drawn}").replace("<a ", '<a target="_top" ')
    return HttpResponse(body, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})


def _message(request: HttpRequest, message: UUID) -> delivery.Shown:
    _only_here(request)
    found = delivery.get_sent(message, at=request.at)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def _only_here(request: HttpRequest) -> None:
    try:
        here = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        here = False
    if not settings.TROTH_DEMO or not here:
        raise Http404
