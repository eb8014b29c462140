"""Body charts: where on the body something is, drawn or said. Kept as lines and words, never as a picture."""

from typing import ClassVar

from troth.records.models.bases import ClinicalHolding
from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedChoice, SealedJSON, SealedText
from troth.vault.words import Worded

CHARTS = compartments.declare("records.charts", Category.HEALTH, retention="care_record")


class View(Worded):
    """Which outline is drawn on."""

    FRONT = "front", "Body, from the front"
    BACK = "back", "Body, from behind"
    FACE = "face", "Face"


class Region(Worded):
    """A part of the body, for whoever says where instead of drawing it."""

    NONE = "none", "Nowhere in particular"
    HEAD = "head", "Head or face"
    NECK = "neck", "Neck"
    CHEST = "chest", "Chest"
    ABDOMEN = "abdomen", "Abdomen"
    BACK = "back", "Back"
    LEFT_ARM = "left_arm", "Left arm or hand"
    RIGHT_ARM = "right_arm", "Right arm or hand"
    LEFT_LEG = "left_leg", "Left leg or foot"
    RIGHT_LEG = "right_leg", "Right leg or foot"


class BodyChart(ClinicalHolding):
    """
    One drawing on an outline (FHIR BodyStructure): lines of points in a box of 1000 by 1400, the part of the body, and words.

    It is added, and never changed: what has moved on is drawn anew, so that earlier ones can be compared.
    """

    called = "body chart"
    labels: ClassVar[dict[str, str]] = {
        "view": "outline",
        "region": "part of the body",
        "strokes": "what was drawn",
        "words": "what was written to it",
    }

    view = SealedChoice(CHARTS, of=View, id="records.chart.view")
    region = SealedChoice(CHARTS, of=Region, id="records.chart.region")
    strokes = SealedJSON(CHARTS, id="records.chart.strokes")
    words = SealedText(CHARTS, id="records.chart.words")
