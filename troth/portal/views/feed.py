"""What a practitioner's calendar reads by its secret address."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from troth.diary import selectors as diary


@require_http_methods(["GET", "HEAD"])
def read(request: HttpRequest, token: str) -> HttpResponse:
    """When its owner is taken, as a calendar; of anybody else it says what it says of none."""
    text = diary.read_feed(token, at=request.at)  # type: ignore[attr-defined]
    if text is None:
        raise Http404
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers={"Cache-Control": "no-store"})
