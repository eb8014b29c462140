"""
Recorded calls, and clips from cameras: sealed files, each under a key of its own, so that each goes on its day.

The day is the notice's (`records.services.keeping`), counted from `happened_on`. A `Camera` is about nobody.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedChoice, SealedText
from troth.vault.files import SealedFile
from troth.vault.models import Holding
from troth.vault.words import Worded

CALLS = compartments.declare(
    "records.calls", Category.CALL_RECORDING, retention="recordings", per=compartments.Per.ROW
)
CLIPS = compartments.declare(
    "records.clips", Category.CCTV, retention="pictures_of_the_door", per=compartments.Per.ROW
)


class ToldBy(Worded):
    """How somebody was told, before it began, that a call is recorded."""

    ANNOUNCEMENT = "announcement", "An announcement before it began"
    SPOKEN = "spoken", "Whoever answered said so first"


class CallRecording(Holding):
    """A telephone call with the person."""

    called = "recorded call"
    labels: ClassVar[dict[str, str]] = {
        "file": "the recording",
        "words": "what it was about",
        "told": "how you were told",
        "happened_on": "day of the call",
    }

    file = SealedFile(CALLS, id="records.call.file")
    words = SealedText(CALLS, id="records.call.words")
    told = SealedChoice(CALLS, of=ToldBy, id="records.call.told")
    happened_on = models.DateField(db_index=True)

    open_fields: ClassVar[dict[str, str]] = {
        "happened_on": "the time for which it is kept is counted from it, and what is due is found by it",
    }


class Camera(models.Model):
    """A camera of the clinic: where it is, what it sees and why, what the sign below it says, and who looks after it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    place = models.CharField(max_length=80, unique=True)
    view = models.CharField(max_length=200)
    why = models.CharField(max_length=300)
    sign = models.CharField(max_length=300)
    minder = models.CharField(max_length=80)
    closed = models.BooleanField(default=False)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random; says nothing",
        "place": "where a camera hangs, for all to see",
        "view": "what it sees, for all to see",
        "why": "what it is for, about nobody",
        "sign": "what stands on the sign below it",
        "minder": "the post that looks after it, about nobody",
        "closed": "whether it still runs",
    }

    def __str__(self) -> str:
        return f"camera {self.pk.hex[:8]}"


class CameraClip(Holding):
    """What a camera saw of the person, and of nobody else who can be recognised."""

    called = "clip from a camera"
    labels: ClassVar[dict[str, str]] = {
        "file": "the clip",
        "words": "what happened",
        "happened_on": "day of the clip",
        "camera": "which camera, as our number",
    }

    file = SealedFile(CLIPS, id="records.clip.file")
    words = SealedText(CLIPS, id="records.clip.words")
    happened_on = models.DateField(db_index=True)
    camera = models.UUIDField()

    open_fields: ClassVar[dict[str, str]] = {
        "happened_on": "the time for which it is kept is counted from it, and what is due is found by it",
        "camera": "the random identifier of a camera, about nobody",
    }
