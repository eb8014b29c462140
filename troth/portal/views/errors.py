"""
What is said when a page cannot be shown, in the layout of whoever asked. No page tells whether what was asked for exists.
"""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from troth.gate.boundary import answer_outage
from troth.gate.outage import is_outage
from troth.gate.pages import layout_of


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is no such page."""
    return _say(request, 404, "We can't find that page", "Check the address, or start from the home page.")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The browser sent something that makes no sense here."""
    return _say(request, 400, "We couldn't read that", "Go back, reload the page, and try again.")


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A refusal that is not the gate's."""
    return _say(request, 403, "That isn't allowed", "Go back to where you were, or start from the home page.")


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: it was open in the browser for too long, or somebody else's page sent it."""
    return _say(
        request,
        403,
        "That form is too old",
        "Nothing was changed. Go back, reload the page, and send it again. Cookies have to be allowed for this site.",
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Our fault, or a store that takes nothing at all: then even a session could not be opened."""
    if is_outage(sys.exc_info()[1]):
        return answer_outage(request)
    return _say(
        request,
        500,
        "Something broke on our side",
        "Nothing was shown, and what you sent may not be saved. Try again in a moment.",
    )


def _say(request: HttpRequest, status: int, heading: str, sentence: str) -> HttpResponse:
    said = {"layout": layout_of(request), "said": heading, "sentence": sentence}
    return render(request, "portal/errors/say.html", said, status=status)
