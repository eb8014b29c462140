"""Recorded calls, the register of cameras, and clips. Call those of people in a context of their purpose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from troth.gate.contexts import Opened
from troth.gate.refusals import nothing_there
from troth.gate.whys import kept_until
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.notice.register import Register
from troth.notice.schema.words import Trigger
from troth.records.models.recordings import CallRecording, Camera, CameraClip
from troth.records.models.recordings import ToldBy as ToldBy
from troth.vault.categories import Category
from troth.vault.files import StoredFile
from troth.vault.models import Holding

#: What is kept for each of these purposes: its table and its kind of data.
KEPT: Mapping[Purpose, tuple[type[Holding], Category]] = {
    Purpose.CALL_RECORDING: (CallRecording, Category.CALL_RECORDING),
    Purpose.CCTV: (CameraClip, Category.CCTV),
}


@dataclass(frozen=True)
class CameraLine:
    """A camera as the register has it."""

    id: UUID
    place: str
    view: str
    why: str
    sign: str
    minder: str
    closed: bool


@dataclass(frozen=True)
class RecordingLine:
    """A call or a clip as a page names it, without its content. `beside`: how they were told, or which camera."""

    id: UUID
    happened_on: date
    words: str
    beside: str
    media_type: str
    size: int
    until: date | None


def last_day(purpose: Purpose, happened_on: date, register: Register) -> date | None:
    """The day on which the notice has it destroyed, or None where the notice says no day."""
    declared = register.purposes.get(purpose)
    rule_id = declared.retention.get(KEPT[purpose][1]) if declared else None
    rule = notices.retention_rules(register).get(rule_id) if rule_id else None
    return kept_until(rule, {Trigger.CREATED: happened_on}) if rule else None


def happened_on(subject: UUID) -> dict[str, date]:
    """Every call and clip of a person, in hexadecimal, with its day. It opens nothing."""
    return {
        row.hex: day
        for table, _ in KEPT.values()
        for row, day in table.objects.filter(subject_id=subject).values_list("pk", "happened_on")
    }


def list_cameras() -> list[CameraLine]:
    """Every camera, by place; those that run no more too."""
    return [
        CameraLine(row.pk, row.place, row.view, row.why, row.sign, row.minder, row.closed)
        for row in Camera.objects.order_by("place")
    ]


def list_recordings(subject: UUID, opened: Opened) -> list[RecordingLine]:
    """
    Every call of a person, or every clip, as the context's purpose says; the newest first.

    :raises Refused: the viewer may not hear or see them.
    """
    table, category = KEPT[opened.purpose]
    opened.require(subject, category)
    cameras = {each.id: each.place for each in list_cameras()}
    lines = []
    for row in table.objects.filter(subject_id=subject).order_by("-happened_on", "-recorded_at"):
        if isinstance(row, CameraClip):
            beside = cameras.get(row.camera, "A camera that is gone")
        else:
            assert isinstance(row, CallRecording)
            beside = row.told.words if row.told else ""
        stored = row.file
        assert stored is not None
        until = last_day(opened.purpose, row.happened_on, opened.register)
        lines.append(
            RecordingLine(row.pk, row.happened_on, row.words or "", beside, stored.media_type, stored.size, until)
        )
    return lines


def open_recording(recording: UUID, opened: Opened) -> StoredFile:
    """
    What `gate.streams.send_file` sends.

    :raises Refused: it may not be heard or seen, or there is none: both are answered alike.
    """
    table, category = KEPT[opened.purpose]
    row = table.objects.filter(pk=recording).first()
    opened.require(row.subject_id if row else recording, category)
    if not isinstance(row, CallRecording | CameraClip):
        raise nothing_there()
    stored: StoredFile = row.file
    return stored
