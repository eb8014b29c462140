"""What changes in the notice, for a reader who was not told of it yet."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.gate.table import actor_of
from troth.portal import own_data
from troth.portal.views.my_data import reader
from troth.portal.views.notice import say_day
from troth.rights import services
from troth.rights.selectors import announcing


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Say what changes, from the version that the reader knows; record that they know it when they say so."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    untold = announcing.find_untold(subject, at=at)
    if request.method == "POST":
        # What they read is what counts: a version that came meanwhile is shown, and not taken as read.
        read = request.POST.get("version", "")
        if untold is not None and read == str(untold.after):
            services.read_notice_changes(subject, version=untold.after, by=actor_of(request), at=timezone.now())
            return redirect("my_home")
    return render(
        request,
        "portal/notice/told.html",
        {
            "untold": untold,
            "holds_from": say_day(untold.in_force_at) if untold else "",
            "why": own_data.rights_counterpart(at),
        },
    )
