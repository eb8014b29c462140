"""Acts on recorded calls, cameras and their clips. What is sent is looked at, and kept sealed as it arrived."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from troth.diary.rules import KEEPERS
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold, touched_thing
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.records.models.recordings import CallRecording, Camera, CameraClip, ToldBy
from troth.records.rules import NotPossible
from troth.records.rules.media import HEAD, kind_of_film, kind_of_sound
from troth.records.selectors.recordings import last_day
from troth.vault.categories import Category
from troth.vault.uploads import SealedUpload


@act(Event.CALL_KEPT, purpose=Purpose.CALL_RECORDING)
def keep_call(
    subject: UUID,
    *,
    upload: SealedUpload,
    words: str,
    told: ToldBy,
    happened_on: date,
    recording: UUID,
    by: Actor,
    at: datetime,
) -> CallRecording:
    """
    Keep the recording of a call until the day that the notice says. `recording` is the identifier that its page was given, so that
    what is sent twice is kept once.

    :raises NotPossible: it is no sound, its day lies ahead, is over or is none by the notice, or it is kept.
    :raises Refused: the actor may not, or the person objected.
    """
    acting().require(subject, Category.CALL_RECORDING)
    media_type = kind_of_sound(_head(upload), upload.stored.size)
    _check_day(happened_on, Purpose.CALL_RECORDING, at)
    hold(subject)  # against the same page sent twice at once
    if CallRecording.objects.filter(pk=recording).exists():
        raise NotPossible("This recording is kept already.")
    made = CallRecording.objects.create(
        pk=recording,
        subject_id=subject,
        file=replace(upload.stored, name="call", media_type=media_type),
        words=words.strip(),
        told=told,
        happened_on=happened_on,
    )
    upload.kept = True
    return made


@act(Event.CLIP_KEPT, purpose=Purpose.CCTV)
def keep_clip(
    subject: UUID,
    *,
    upload: SealedUpload,
    words: str,
    camera: UUID,
    happened_on: date,
    clip: UUID,
    by: Actor,
    at: datetime,
) -> CameraClip:
    """
    Keep what a camera saw of a person until the day that the notice says. `clip` is its identifier, likewise.

    :raises NotPossible: it is no film, there is no such camera, its day lies ahead, is over or is none by the notice, or it is
        kept.
    :raises Refused: the actor may not, or the person objected.
    """
    acting().require(subject, Category.CCTV)
    media_type = kind_of_film(_head(upload), upload.stored.size)
    _check_day(happened_on, Purpose.CCTV, at)
    if not Camera.objects.filter(pk=camera).exists():
        raise NotPossible("Choose the camera. One that is not in the register may not run.")
    hold(subject)
    if CameraClip.objects.filter(pk=clip).exists():
        raise NotPossible("This clip is kept already.")
    made = CameraClip.objects.create(
        pk=clip,
        subject_id=subject,
        file=replace(upload.stored, name="clip", media_type=media_type),
        words=words.strip(),
        camera=camera,
        happened_on=happened_on,
    )
    upload.kept = True
    return made


@act(Event.CAMERA_KEPT, purpose=Purpose.CCTV)
def keep_camera(
    *,
    place: str,
    view: str,
    why: str,
    sign: str,
    minder: str,
    closed: bool = False,
    camera: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Put a camera into the register, or change what stands there. It is about nobody, so the gate is asked about no person.

    :raises NotPossible: another hangs at that place, there is none of that id, or the actor keeps no register.
    """
    if not by.roles & KEEPERS:
        raise NotPossible("Only an administrator or the clinic’s manager changes this.")
    row = Camera.objects.select_for_update().filter(pk=camera).first() if camera else Camera()
    if row is None:
        raise NotPossible("There is no such camera.")
    row.place, row.view, row.why = place.strip(), view.strip(), why.strip()
    row.sign, row.minder, row.closed = sign.strip(), minder.strip(), closed
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise NotPossible("The register has a camera at that place already.") from None
    touched_thing(f"records.camera/{row.pk.hex}")
    found: UUID = row.pk
    return found


def _head(upload: SealedUpload) -> bytes:
    return b"".join(upload.stored.read(0, HEAD))


def _check_day(happened_on: date, purpose: Purpose, at: datetime) -> None:
    """A recording of tomorrow is a slip, and one whose time is over may not be kept at all."""
    today = timezone.localdate(at)
    if happened_on > today:
        raise NotPossible("That day is yet to come.")
    until = last_day(purpose, happened_on, acting().register)
    if until is None:
        raise NotPossible("Our notice says no day on which this would go, so it cannot be kept.")
    if until < today:
        raise NotPossible("The time for which our notice lets us keep this is over already.")
