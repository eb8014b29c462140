"""What a person is not told of for somebody's protection: since when, on whose opinion, and whether that has ended."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedText
from troth.vault.models import Holding

WITHHELD = compartments.declare("rights.withheld", Category.HEALTH, retention="care_record")


class Withholding(Holding):
    """
    One exemption that stands over what was written down for somebody's protection (DPA 2018 Schedule 3 paragraph 5). It is given by
    a health professional, who alone may give such an opinion; `words` say why telling them would be likely to harm somebody.
    """

    called = "what was kept from you for somebody’s protection"
    labels: ClassVar[dict[str, str]] = {"since": "since when", "ended_at": "until when", "words": "why"}
    #: Nothing that its person sees counts a row that is kept from them: no date, no number.
    uncounted: ClassVar[bool] = True

    thing = models.UUIDField(unique=True)
    since = models.DateTimeField()
    opinion_at = models.DateTimeField()
    opinion_by = models.UUIDField()
    ended_at = models.DateTimeField(null=True)
    words = SealedText(WITHHELD, id="rights.withholding.words")

    open_fields: ClassVar[dict[str, str]] = {
        "thing": "the random identifier of what is kept from them",
        "since": "the moment of an act of staff; which events are kept from their person follows from it",
        "opinion_at": "the moment of an act of staff, from which the six months of an opinion count",
        "opinion_by": "the random identifier of the health professional whose opinion it is",
        "ended_at": "the moment from which their person may read it",
    }

    @classmethod
    def may_be_read(cls, at: datetime, of: Collection[UUID] = ()) -> models.Q:
        """The rows that their person sees: those that have ended."""
        return models.Q(ended_at__lte=at)

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["subject", "since"], name="withholding_by_person")]
