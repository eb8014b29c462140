"""Where a record came from that was not begun here."""

from typing import ClassVar

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedText
from troth.vault.models import Holding

ORIGIN = compartments.declare("people.origin", Category.IDENTITY, retention="care_record")


class Brought(Holding):
    """
    That somebody's record was brought over from the system that the clinic used before, which is the source of what came with it.

    `mark`: a keyed hash of that system and the number they had there, by which their visits and notes find them, and by which a
    file that is brought in twice adds nobody twice.
    """

    mark = models.UUIDField(unique=True)
    system = SealedText(ORIGIN, id="people.brought.system")

    called = "where your record came from"
    labels: ClassVar[dict[str, str]] = {"system": "the system that it was in before"}
    open_fields: ClassVar[dict[str, str]] = {
        "mark": "a keyed hash of the number that they had in the system before; nobody gets that number from it"
    }

    class Meta(Holding.Meta):
        constraints = [models.UniqueConstraint(fields=["subject"], name="one_origin_a_person")]
