"""Recorded calls and clips from cameras: a page for each, since each is opened for a purpose of its own; and the cameras."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.tables import Cell, Column
from troth.design.values import Tag
from troth.desk.forms.recording import CallForm, CameraForm, ClipForm
from troth.desk.frame import Looking, about, frame, looking, show, strip
from troth.desk.views.keeping import list_settings
from troth.gate.streams import send_file
from troth.gate.table import open_path
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people
from troth.records import services
from troth.records.rules import NotPossible
from troth.records.selectors import recordings
from troth.records.selectors.recordings import ToldBy
from troth.vault.categories import Category

LEAD = "Where a camera runs, what it sees and why, and who looks after it. One that does not stand here may not run."
STOPPED = Tag("plain", "Runs no more")


def list_calls(request: HttpRequest, subject: UUID) -> HttpResponse:
    """The recorded calls of a person, to be heard on the page."""
    return _list(request, subject, "Recorded calls", "desk_call_new", "desk_call")


def list_clips(request: HttpRequest, subject: UUID) -> HttpResponse:
    """What cameras saw of a person, to be seen on the page."""
    return _list(request, subject, "Clips from cameras", "desk_clip_new", "desk_clip")


def add_call(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Keep a recorded call."""
    form = CallForm(*_sent(request), initial=_initial(request))

    def keep(look: Looking, said: dict[str, Any]) -> object:
        return services.keep_call(
            subject,
            upload=said["file"],
            words=said["words"],
            told=ToldBy(said["told"]),
            happened_on=said["happened_on"],
            recording=said["entry"],
            by=look.actor,
            at=look.at,
        )

    return _add(request, subject, form, keep, "Keep a recorded call", "desk_calls")


def add_clip(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Keep a clip from a camera."""
    cameras = [(str(each.id), each.place) for each in recordings.list_cameras()]
    form = ClipForm(*_sent(request), cameras=cameras, initial=_initial(request))

    def keep(look: Looking, said: dict[str, Any]) -> object:
        return services.keep_clip(
            subject,
            upload=said["file"],
            words=said["words"],
            camera=UUID(said["camera"]),
            happened_on=said["happened_on"],
            clip=said["entry"],
            by=look.actor,
            at=look.at,
        )

    return _add(request, subject, form, keep, "Keep a clip", "desk_clips")


def play(request: HttpRequest, recording: UUID) -> HttpResponseBase:
    """The sound or film itself, in the pieces that a browser asks for. Each time somebody plays it is written down."""
    look = looking(request)
    stored = recordings.open_recording(recording, look.opened)
    kind, _, ending = stored.media_type.partition("/")
    name = f"{'call' if kind == 'audio' else 'clip'}.{ending}"
    return send_file(request, stored, download_name=name, media_type=stored.media_type)


def list_cameras(request: HttpRequest) -> HttpResponse:
    """The register of cameras."""
    rows = [
        (
            f"{each.place} {each.view}",
            [
                Cell(each.place, href=reverse("desk_camera", args=[each.id]), tag=STOPPED if each.closed else None),
                Cell(each.view),
                Cell(each.why),
                Cell(each.minder),
            ],
        )
        for each in recordings.list_cameras()
    ]
    heads = (
        Column("Where", "name"),
        Column("Sees", word="Sees"),
        Column("For", word="For"),
        Column("Looked after by", word="Looked after by"),
    )
    return list_settings(
        request, "desk_cameras", "Cameras", "Add a camera", "desk_camera_new", heads, rows, LEAD, of_visits=False
    )


def keep_camera(request: HttpRequest, camera: UUID | None = None) -> HttpResponse:
    """Put a camera into the register, or change what stands there."""
    look = looking(request)
    known = next((each for each in recordings.list_cameras() if each.id == camera), None)
    if camera and known is None:
        raise Http404
    form = CameraForm(request.POST or None, initial=vars(known) if known else None)
    if form.is_valid():
        try:
            services.keep_camera(camera=camera, by=look.actor, at=look.at, **form.cleaned_data)
        except NotPossible as refused:
            form.add_error("place", str(refused))
        else:
            return done("desk_cameras", "camera-kept")
    return show(
        request,
        "keeping/form",
        frame(request),
        form=form,
        title=known.place if known else "Add a camera",
        back=reverse("desk_cameras"),
        status=422 if form.errors else 200,
    )


def _list(request: HttpRequest, subject: UUID, title: str, new: str, played: str) -> HttpResponse:
    look = looking(request)
    lines = recordings.list_recordings(subject, look.opened)
    return show(
        request,
        "recording/list",
        about(request, look, subject),
        name=_name(look, subject),
        title=title,
        lines=[(line, reverse(played, args=[line.id])) for line in lines],
        new=reverse(new, args=[subject]) if _may_write(look) else "",
        back=open_path(request, "desk_card", subject),
        why=strip(look, subject, recordings.KEPT[look.opened.purpose][1]),
    )


def _add(
    request: HttpRequest,
    subject: UUID,
    form: CallForm | ClipForm,
    keep: Callable[[Looking, dict[str, Any]], object],
    title: str,
    back: str,
) -> HttpResponse:
    look = looking(request)
    look.opened.require(subject, recordings.KEPT[look.opened.purpose][1])
    if form.is_valid():
        try:
            keep(look, form.cleaned_data)
        except NotPossible as refused:
            form.add_error("file", str(refused))
        else:
            return done(back, "recording-kept", subject=subject)
    return show(
        request,
        "recording/add",
        about(request, look, subject),
        form=form,
        name=_name(look, subject),
        title=title,
        back=reverse(back, args=[subject]),
        status=422 if form.errors else 200,
    )


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _initial(request: HttpRequest) -> dict[str, Any]:
    return {"entry": uuid4(), "happened_on": timezone.localdate(looking(request).at)}


def _name(look: Looking, subject: UUID) -> str:
    """Whose they are, where the notice lets who somebody is be seen for this; else the page names nobody."""
    # Their name is asked for where the viewer's own role may see it: a look at a list is no attempt on it.
    if not _may(look, Action.READ, Category.IDENTITY):
        return ""
    if not look.opened.decision(subject, Category.IDENTITY).allowed:
        return ""
    who = people.get_identity(subject, look.opened)
    return who.name if who else ""


def _may_write(look: Looking) -> bool:
    """Whether one of the viewer's roles may keep such a thing; the act asks again."""
    return _may(look, Action.WRITE, recordings.KEPT[Purpose(look.opened.purpose)][1])


def _may(look: Looking, action: Action, category: Category) -> bool:
    """Whether the notice lets one of the viewer's roles do this for what the page is opened for."""
    access = look.opened.declared.access if look.opened.declared else {}
    return any(role in access and access[role].allows(action, category) for role in look.actor.roles)
