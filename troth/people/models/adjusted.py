"""
What is arranged so that somebody can come to a visit, follow it and be understood: never why (Equality Act 2010 section 20, and the
NHS Accessible Information Standard, DAPB1605). All of it is of closed lists, so that no diagnosis can come to stand here.
"""

from typing import ClassVar

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedJSON, SealedText
from troth.vault.models import Holding
from troth.vault.words import Worded

ADJUSTMENTS = compartments.declare("people.adjustments", Category.ADJUSTMENTS, retention="care_record")


class Adjustment(Worded):
    """One thing to arrange, in the words of whoever arranges it."""

    STEP_FREE = "step_free", "a way and a room without steps"
    WHEELCHAIR = "wheelchair", "space for a wheelchair"
    COUCH = "couch", "help onto the couch"
    DOG = "dog", "room for an assistance dog"
    QUIET = "quiet", "a quiet place to wait"
    LONGER = "longer", "more time than planned"
    INTERPRETER = "interpreter", "an interpreter"
    SIGN_LANGUAGE = "sign_language", "a British Sign Language interpreter"
    LIPSPEAKER = "lipspeaker", "a lipspeaker"
    FACING = "facing", "speaking face to face, for lip-reading"
    LOOP = "loop", "a hearing loop"
    GUIDE = "guide", "a guide from the door"
    CHAPERONE = "chaperone", "a chaperone in the room"
    SUPPORTER = "supporter", "a companion in the room"
    LARGE_PRINT = "large_print", "letters in large print"
    EASY_READ = "easy_read", "letters in easy words with pictures"
    BRAILLE = "braille", "letters in braille"
    AUDIO = "audio", "letters as a recording"
    WRITTEN = "written", "writing rather than telephoning"


class Adjusted(Holding):
    """What is arranged for one person at every appointment: codes of `Adjustment`, and the language that they are spoken to in."""

    wanted = SealedJSON(ADJUSTMENTS, id="people.adjusted.wanted")
    language = SealedText(ADJUSTMENTS, id="people.adjusted.language")

    #: Nothing here can harm anybody who reads it, so it waits for no health professional (LAW-4.5).
    release: ClassVar[str] = "released"

    called = "what we arrange for your appointments"
    labels: ClassVar[dict[str, str]] = {"wanted": "to arrange", "language": "language you are spoken to in"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject"], name="one_adjusted_a_person")]
