"""A recorded call or two, and the register of cameras, of a demonstration. What is heard is a tone."""

import io
import math
import struct
import wave
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from troth.demo.clinic import Made
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.records import services as records
from troth.records.selectors.recordings import ToldBy
from troth.vault import files
from troth.vault.uploads import SealedUpload

#: Days ago, the longest first: searches are counted by their moments.
_CALLS = ((30, "What a visit costs"), (2, "Moving a visit"))
_RATE = 8000


def write(made: Made, *, at: datetime) -> None:
    """A camera above the door, and a call each of two who rang."""
    register = notices.register_in_force(at)
    if not {Purpose.CALL_RECORDING, Purpose.CCTV} <= set(register.purposes) or "clinic_manager" not in made.staff:
        return
    manager = actors.person(made.staff["clinic_manager"], at=at)
    with boundary():
        records.keep_camera(
            place="Above the front door",
            view="The steps and the door mat, and nothing of the street",
            why="To see who came in, if somebody is hurt or something is taken",
            sign="A camera runs here, for the safety of all. Ask at the desk, or read our privacy notice.",
            minder="Clinic manager",
            by=manager,
            at=at,
        )
    for number, (days, words) in enumerate(_CALLS):
        subject, part = made.patients[number]
        on = at - timedelta(days=days)
        _keep(subject, part.family_name, words, on, manager=actors.person(made.staff["clinic_manager"], at=on))


def _keep(subject: UUID, name: str, words: str, at: datetime, *, manager: actors.Actor) -> None:
    with processing(Purpose.FIND, by=manager, at=at, find_reason=FindReason.ON_THE_TELEPHONE) as found:
        people.find_people(name, found)
    upload = SealedUpload(files.store([_tone(3)], name="call.wav", media_type="audio/wav"), "audio/wav", None)
    try:
        with boundary():
            records.keep_call(
                subject,
                upload=upload,
                words=words,
                told=ToldBy.ANNOUNCEMENT,
                happened_on=timezone.localdate(at),
                recording=uuid4(),
                by=manager,
                at=at,
            )
    finally:
        upload.close()


def _tone(seconds: int) -> bytes:
    """A quiet tone, as a telephone makes it."""
    into = io.BytesIO()
    with wave.open(into, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_RATE)
        for number in range(seconds * _RATE):
            sound.writeframesraw(struct.pack("<h", int(6000 * math.sin(2 * math.pi * 420 * number / _RATE))))
    return into.getvalue()
