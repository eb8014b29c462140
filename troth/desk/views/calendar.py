"""The address of a practitioner's own calendar: made, shown once, and ended."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from troth.desk.frame import frame, looking, show
from troth.diary import selectors as diary
from troth.diary import services
from troth.diary.rules import NotPossible


def show_feed(request: HttpRequest) -> HttpResponse:
    """Make a new address, which is shown on the page that answers and on no other; or end it."""
    look = looking(request)
    error, address = "", ""
    if request.method == "POST":
        try:
            if request.POST.get("act") == "end":
                services.end_feed(by=look.actor, at=look.at)
            else:
                token = services.make_feed(by=look.actor, at=look.at)
                address = f"{settings.TROTH_SITE}{reverse('feed', args=[token])}"
        except NotPossible as refused:
            error = str(refused)
    return show(
        request,
        "calendar/show",
        frame(request),
        status=422 if error else 200,
        error=error,
        address=address,
        has=diary.has_feed(look.id),
    )
