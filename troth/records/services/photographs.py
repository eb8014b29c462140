"""Acts on photographs. They rest on the person's consent: the gate refuses them where none stands."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.records.models import Release
from troth.records.models.photographs import Photograph, Stage
from troth.records.rules import NotPossible
from troth.records.rules.pictures import LARGEST, make_anew
from troth.vault import files
from troth.vault.categories import Category
from troth.vault.files import StoredFile
from troth.vault.uploads import SealedUpload


@act(Event.PHOTOGRAPHED, purpose=Purpose.PHOTOGRAPHY)
def add_photograph(
    subject: UUID,
    *,
    upload: SealedUpload,
    stage: Stage,
    part: str,
    taken_on: date,
    photograph: UUID,
    by: Actor,
    at: datetime,
) -> Photograph:
    """
    This will keep a photograph of what is treated, made anew without what the camera wrote into it. What was sent goes with the
    request. `photograph` is the identifier that its page was given, so that what is sent twice is kept once.

    :raises NotPossible: it is no picture, its day lies ahead, or it is kept already.
    :raises Refused: the person did not agree to it, or the actor may not take photographs of them.
    """
    acting().require(subject, Category.PHOTOGRAPH)
    if taken_on > timezone.localdate(at):
        raise NotPossible("That day is yet to come.")
    hold(subject)  # against the same page sent twice at once
    if Photograph.objects.filter(pk=photograph).exists():
        raise NotPossible("This photograph is kept already.")
    if upload.stored.size > LARGEST:
        raise NotPossible("The photograph is larger than 25 MB. Take it again in a smaller size.")
    made = make_anew(upload.read())
    stored: list[StoredFile] = []
    try:
        for each in (made.whole, made.small):  # one by one: where the second cannot be kept, the first is destroyed
            stored.append(files.store([each], name="photograph.jpg", media_type="image/jpeg"))
        return Photograph.objects.create(
            pk=photograph,
            subject_id=subject,
            file=stored[0],
            small=stored[1],
            stage=stage,
            part=part.strip(),
            taken_on=taken_on,
            # What they agreed to have taken of themselves, they get: nobody else stands on it.
            release=Release.RELEASED,
        )
    except BaseException:
        for kept in stored:
            files.destroy(kept.place)
        raise
