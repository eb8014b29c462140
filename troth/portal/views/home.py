"""The public home of the clinic."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from troth.gate.table import actor_of
from troth.notice import selectors as notices
from troth.notice.rendering import layered


def show(request: HttpRequest) -> HttpResponse:
    """Say whose clinic this is, what it promises in short, and where to go."""
    version = notices.version_in_force(request.at)  # type: ignore[attr-defined]
    rendered = layered(notices.notice_of(version)) if version else None
    rights = next((section for section in rendered.sections if section.id == "rights"), None) if rendered else None
    return render(
        request,
        "portal/home/show.html",
        {"version": version, "notice": rendered, "rights": rights, "signed_in": actor_of(request).kind == "person"},
    )
