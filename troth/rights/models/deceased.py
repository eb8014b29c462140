"""That a person died, how we know, and what they said in life about who may see their record (LAW-4.10)."""

from enum import StrEnum
from typing import ClassVar

from django.db import models

from troth.rights.models.packs import ANSWERS
from troth.vault.fields import SealedChoice, SealedDate, SealedText
from troth.vault.models import Holding


class DeathShownBy(StrEnum):
    """How we know that somebody died."""

    CERTIFICATE = "certificate"
    PROBATE = "probate"
    CORONER = "coroner"
    HOSPITAL = "hospital"
    FAMILY = "family"


class Death(Holding):
    """That the person died. One row each: whoever asks for their records, this does not change."""

    died_on = SealedDate(ANSWERS, id="rights.death.died_on")
    shown_by = SealedChoice(ANSWERS, id="rights.death.shown_by", of=DeathShownBy)
    seen = SealedText(ANSWERS, id="rights.death.seen")
    wish = SealedText(ANSWERS, id="rights.death.wish")

    called = "that the person died"
    labels: ClassVar[dict[str, str]] = {
        "died_on": "day of death",
        "shown_by": "how we know",
        "seen": "what was looked at",
        "wish": "what they said in life about who may see their record",
    }

    class Meta(Holding.Meta):
        constraints = [models.UniqueConstraint(fields=["subject"], name="a_person_dies_once")]
