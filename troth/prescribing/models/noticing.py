"""By what a second account is noticed, and what somebody worries about: nobody learns of another account here."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models

from troth.prescribing.models.requests import REQUESTS, MedicationRequest
from troth.vault import compartments, search
from troth.vault.categories import Category
from troth.vault.fields import SealedJSON, SealedText
from troth.vault.models import Holding
from troth.vault.words import Worded

MARKS = compartments.declare("prescribing.marks", Category.IDENTITY, retention="care_record")
PLACES = compartments.declare("prescribing.places", Category.CONTACT, retention="contact")


class PersonMark(Holding):
    """Who asked, as one value that another account of the same person would have too. Nobody reads it; it is only found by."""

    called = "name and birthday, to find a second account by"
    labels: ClassVar[dict[str, str]] = {"who": "name and date of birth"}

    who = SealedText(MARKS, id="prescribing.mark.who", find=search.exact("prescribing.who"))


class AddressMark(Holding):
    """Where they asked from, likewise."""

    called = "address, to find a second account by"
    labels: ClassVar[dict[str, str]] = {"where": "address"}

    where = SealedText(PLACES, id="prescribing.mark.where", find=search.exact("prescribing.where"))


class Likeness(Worded):
    """By what another record looks like somebody's."""

    PERSON = "person", "same name and birthday"
    ADDRESS = "address", "same address"
    CARD = "card", "same payment card"


class Alike(Holding):
    """
    That another record looks like the person of a request: a reason for its prescriber to read what was refused there.

    It says of somebody else that they have a record here, so no copy holds it and no number counts it (DPA 2018 Schedule 2
    paragraph 16, LAW-4.8): neither account learns of the other.
    """

    called = "record that looks like yours"
    uncounted: ClassVar[bool] = True

    request = models.ForeignKey(MedicationRequest, on_delete=models.PROTECT, related_name="+")
    other = models.UUIDField()
    how = SealedJSON(REQUESTS, id="prescribing.alike.how")  # words of `Likeness`

    open_fields: ClassVar[dict[str, str]] = {
        "request_id": "the random identifier of the request",
        "other": "a random identifier: the gate asks by it who has a reason to look",
    }
    labels: ClassVar[dict[str, str]] = {"how": "by what it looks like yours"}

    @classmethod
    def may_be_read(cls, at: datetime, of: Collection[UUID] = ()) -> models.Q:
        """No row: each is about another person too."""
        return models.Q(pk__in=())

    class Meta(Holding.Meta):
        constraints = [models.UniqueConstraint(fields=["request", "other"], name="alike_once")]


class Concern(Holding):
    """
    A worry about somebody's safety that whoever decides about them, or about an account like theirs, is shown. Where a health
    professional found that telling its person would be likely to do serious harm, it is kept from them until one finds
    otherwise.
    """

    called = "concern for your safety"
    labels: ClassVar[dict[str, str]] = {"words": "what it is"}
    uncounted: ClassVar[bool] = True

    raised_at = models.DateTimeField()
    kept = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)
    words = SealedText(REQUESTS, id="prescribing.concern.words")

    open_fields: ClassVar[dict[str, str]] = {
        "raised_at": "the moment of an act of staff, which the ledger holds in the open as well",
        "kept": "that its person is not to learn of it, so that no copy opens it; why is sealed",
        "told_at": "the moment from which its person may read what was kept from them",
    }

    @classmethod
    def may_be_read(cls, at: datetime, of: Collection[UUID] = ()) -> models.Q:
        """The rows that their person sees: those that were never kept from them, and those that are not any more (LAW-4.2)."""
        return models.Q(kept=False) | models.Q(told_at__lte=at)
