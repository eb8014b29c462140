"""The base of the record's rows. Every row carries a release state, which a health professional sets (LAW-4.5)."""

from typing import ClassVar

from django.db import models

from troth.vault.models import Holding
from troth.vault.words import Worded


class Release(Worded):
    """Whether the person gets a row in a copy they take by themselves (LAW-4.5)."""

    HELD = "held", "waits for a health professional to release it"
    RELEASED = "released", "in the copy they take by themselves"
    WITHHELD = "withheld", "kept out of their own copy until the privacy officer has asked a health professional"


class Source(Worded):
    """How the clinic knows."""

    PERSON = "person", "They told us"
    CLINIC = "clinic", "Seen or measured here"
    GP = "gp", "Their GP told us"
    ANOTHER = "another", "Another clinic or a relative told us"


#: Why the three columns of release stand in the open, for `open_fields` of every row that has more of its own.
RELEASE_OPEN = {
    "release": "which of three states of release, so that a copy is complete without opening what it leaves out",
    "released_at": "the moment of the opinion, since it is good for six months only (LAW-4.4)",
    "released_by": "a random identifier of the health professional whose opinion it is (LAW-4.5)",
}


class ClinicalHolding(Holding):
    """The base of the record's rows: the state of release, who gave that opinion and when (LAW-4.4, LAW-4.5)."""

    release = models.CharField(
        max_length=8, choices=[(item.value, item.words) for item in Release], default=Release.HELD
    )
    released_at = models.DateTimeField(null=True)
    released_by = models.UUIDField(null=True)

    open_fields: ClassVar[dict[str, str]] = RELEASE_OPEN

    class Meta(Holding.Meta):
        abstract = True
