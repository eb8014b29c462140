"""One letter about a request, for somebody who has no account here."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.portal import deciding
from troth.rights.selectors import posted


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show it while its link lasts. An old link, and one that we did not make, are an address that does not exist."""
    letter = posted.read_letter(token, at=timezone.now())
    if letter is None:
        raise Http404
    return render(request, "portal/letters/show.html", {"letter": letter, "on": deciding.say_day(letter.on)})
