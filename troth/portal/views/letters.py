"""
One letter about a request, for somebody who has no account here.

The token goes out of the address at once, and the letter opens by a button: who opens a link before its reader is a mail scanner.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from troth.portal import deciding
from troth.rights.selectors import posted


@require_http_methods(["GET", "HEAD"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address, whether or not there is such a link."""
    if request.method == "GET":
        request.browser.hold_link(token)  # type: ignore[attr-defined]
    return redirect("open_letter")


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Say that there is a letter; show it when a button is pressed. An old link, and one that we did not make, are over alike."""
    at, token = request.at, request.browser.held_link()  # type: ignore[attr-defined]
    if not posted.is_letter_link(token, at=at):
        return render(request, "portal/letters/over.html", status=410)
    if request.method != "POST":
        return render(request, "portal/letters/open.html")
    letter = posted.read_letter(token, at=at)
    if letter is None:
        return render(request, "portal/letters/over.html", status=410)
    return render(request, "portal/letters/show.html", {"letter": letter, "on": deciding.say_day(letter.on)})
