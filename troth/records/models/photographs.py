"""Photographs of what is treated, for comparing before and after: by consent alone, each under a key of its own."""

from typing import ClassVar

from troth.records.models.bases import ClinicalHolding
from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedChoice, SealedDate, SealedText
from troth.vault.files import SealedFile
from troth.vault.words import Worded

PHOTOGRAPHS = compartments.declare(
    "records.photographs", Category.PHOTOGRAPH, retention="photographs", per=compartments.Per.ROW
)


class Stage(Worded):
    """When in a treatment a photograph was taken."""

    BEFORE = "before", "Before"
    DURING = "during", "Between sessions"
    AFTER = "after", "After"


class Photograph(ClinicalHolding):
    """A photograph (FHIR Media): made anew from its points, whole and small, with nothing that the camera wrote beside them."""

    called = "photograph"
    labels: ClassVar[dict[str, str]] = {
        "file": "the photograph",
        "small": "the photograph, small",
        "stage": "when in the treatment",
        "part": "part of the body",
        "taken_on": "day it was taken",
    }

    file = SealedFile(PHOTOGRAPHS, id="records.photograph.file")
    small = SealedFile(PHOTOGRAPHS, id="records.photograph.small")
    stage = SealedChoice(PHOTOGRAPHS, of=Stage, id="records.photograph.stage")
    part = SealedText(PHOTOGRAPHS, id="records.photograph.part")
    taken_on = SealedDate(PHOTOGRAPHS, id="records.photograph.taken_on")
