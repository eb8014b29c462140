"""The same middleware for both halves, but that the boundary stands round the sealed one only."""

import hashlib
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from bench.site.models import BenchSession
from troth.gate import actors
from troth.gate.boundary import BoundaryMiddleware

Next = Callable[[HttpRequest], HttpResponseBase]
COOKIE = "bench"


def key_of(cookie: str) -> str:
    """The primary key of a cookie's session."""
    return hashlib.sha256(cookie.encode()).hexdigest()


class SealedHalfOnly:
    """The boundary for what lies under /sealed/, nothing for the rest."""

    def __init__(self, get_response: Next) -> None:
        self.plain = get_response
        self.sealed = BoundaryMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return (self.sealed if request.path_info.startswith("/sealed/") else self.plain)(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> object:
        return self.sealed.process_exception(request, error)


class SessionMiddleware:
    """One row by the cookie's hash. The sealed half then reads the standing roles, the plain one its permission row."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        now = timezone.now()
        session = BenchSession.objects.filter(pk=key_of(request.COOKIES.get(COOKIE, "")), expires_at__gt=now).first()
        if session is not None:
            request.person = session.subject
            if request.path_info.startswith("/sealed/"):
                request.actor = actors.person(session.subject, at=request.at)
        return self.get_response(request)
