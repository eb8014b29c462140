"""Photographs of invented skin, drawn and of nobody: redness that fades from one session to the next."""

from datetime import datetime
from io import BytesIO
from uuid import UUID, uuid4

from django.utils import timezone
from PIL import Image, ImageDraw, ImageFilter

from troth.consent import services as consents
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.notice.purposes import Purpose
from troth.records import services as records
from troth.records.selectors.photographs import Stage, list_photographs
from troth.vault import files
from troth.vault.uploads import SealedUpload

SIZE = (640, 480)


def take(subject: UUID, *, by: Actor, at: datetime) -> None:
    """One more photograph of somebody who agreed to it, as one in three did."""
    if subject.int % 3:
        return
    consents.give(subject, Purpose.PHOTOGRAPHY, by=actors.person(subject, at=at), at=at)
    with processing(Purpose.PHOTOGRAPHY, by=by, at=at) as opened:
        number = len(list_photographs(subject, opened))
    stored = files.store([_drawn(subject, number)], name="photograph.jpg", media_type="image/jpeg")
    upload = SealedUpload(stored, "image/jpeg", None)
    try:
        records.add_photograph(
            subject,
            upload=upload,
            stage=Stage.BEFORE if number == 0 else Stage.AFTER,
            part="Left cheek",
            taken_on=timezone.localdate(at),
            photograph=uuid4(),
            by=by,
            at=at,
        )
    finally:
        upload.close()


def _drawn(subject: UUID, number: int) -> bytes:
    """Skin of one colour with patches of redness, fewer and paler each time."""
    turn, left = subject.int, max(1, 6 - 2 * number)
    skin = (196 + turn % 40, 150 + turn % 50, 120 + turn % 50)
    picture = Image.new("RGB", SIZE, skin)
    drawing = ImageDraw.Draw(picture)
    for patch in range(left):
        x, y = 120 + (turn >> patch * 5) % 400, 90 + (turn >> patch * 7) % 290
        wide, high = 40 + (turn >> patch * 3) % 50, 26 + (turn >> patch * 2) % 40
        drawing.ellipse(
            (x - wide, y - high, x + wide, y + high), fill=(skin[0], skin[1] - 16 * left, skin[2] - 14 * left)
        )
    into = BytesIO()
    picture.filter(ImageFilter.GaussianBlur(9)).save(into, "JPEG", quality=85)
    return into.getvalue()
