"""The frame of a page that the gate answers with itself: that of the face in which the person was."""

from django.http import HttpRequest

from troth.design.pages import Clinic, Page
from troth.desk.frame import frame as desk_frame


def frame_of(request: HttpRequest) -> tuple[str, Page]:
    """The layout and the frame for whoever asked: the desk's for staff, the public site's for everyone else."""
    actor = getattr(request, "actor", None)
    if actor is not None and actor.roles:
        return "design/desk.html", desk_frame(request)
    register = request.boundary.register(request.at)  # type: ignore[attr-defined]
    return "design/portal.html", Page(clinic=Clinic(register.controller))
