"""The headers that every answer carries, whoever made it."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest
from django.http.response import HttpResponseBase

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}


class SecurityHeaders:
    """
    Adds them; a view that set one of them by itself (a sandboxed file) keeps its own.

    A response that carries `also_from` (directive: sources) gets a policy that lets these in besides: the one page on which cards
    are paid with, and no other (decision 0171).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        also: Mapping[str, str] = getattr(response, "also_from", {})
        if also:
            response.headers["Content-Security-Policy"] = widened(also)
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        return response


def widened(also: Mapping[str, str]) -> str:
    """Our policy with some more sources; what a directive that is new lets in is only those."""
    parts = dict(part.partition(" ")[::2] for part in CONTENT_SECURITY_POLICY.split("; "))
    for directive, sources in also.items():
        parts[directive] = f"{parts[directive]} {sources}" if directive in parts else sources
    return "; ".join(f"{directive} {sources}" for directive, sources in parts.items())


class OwnHost:
    """
    Refuses a request that asks for another host than ours. Django looks only where it builds an address, which is nearly nowhere;
    a page elsewhere whose name is made to point here would be served as ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.get_host()  # raises DisallowedHost, which Django answers with 400
        return self.get_response(request)
