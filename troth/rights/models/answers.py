"""
What answers to other rights leave behind: corrections with what stood before, what people say against an entry, who was told of a
change, each use of a record while it was restricted, and the notice that goes before a restriction is lifted.
"""

from typing import ClassVar

from django.db import models

from troth.rights.models.packs import ANSWERS
from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedText
from troth.vault.models import Holding

#: What somebody says against an entry of their record stands beside it for whoever reads the record.
STATEMENTS = compartments.declare("rights.statements", Category.HEALTH, retention="care_record")


class Correction(Holding):
    """One field that was put right, with what stood there before (LAW-3.3)."""

    case = models.ForeignKey("rights.RightsCase", on_delete=models.PROTECT, related_name="+")
    item = models.UUIDField()
    category = models.CharField(max_length=20)
    field = models.CharField(max_length=60)
    before = SealedText(ANSWERS, id="rights.correction.before")
    after = SealedText(ANSWERS, id="rights.correction.after")
    words = SealedText(ANSWERS, id="rights.correction.words")

    open_fields: ClassVar[dict[str, str]] = {
        "case_id": "the random identifier of the request it answers",
        "item": "the random identifier of the entry that was corrected",
        "category": "a code of the vocabulary of categories, by which recipients are told of it",
        "field": "the name of a column, and nothing of what stood in it",
    }
    called = "correction of your record"
    labels: ClassVar[dict[str, str]] = {
        "before": "what it said",
        "after": "what it says now",
        "words": "how we decided",
    }


class DisputeStatement(Holding):
    """What a person says against an entry that stays as it is: an opinion is added to and never overwritten (LAW-3.3)."""

    item = models.UUIDField()
    about = SealedText(STATEMENTS, id="rights.statement.about")
    words = SealedText(STATEMENTS, id="rights.statement.words")

    release = "released"  # they are the person's own words
    open_fields: ClassVar[dict[str, str]] = {"item": "the random identifier of the entry that it stands beside"}
    called = "what you say against an entry"
    labels: ClassVar[dict[str, str]] = {"about": "which entry", "words": "your words"}

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["item"], name="statement_by_entry")]


class RecipientTold(Holding):
    """That a recipient was told of a correction, an erasure or a restriction, or why that is impossible (LAW-3.7)."""

    TOLD, IMPOSSIBLE = "told", "impossible"

    case = models.ForeignKey("rights.RightsCase", on_delete=models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=60)
    outcome = models.CharField(max_length=10, choices=[(TOLD, TOLD), (IMPOSSIBLE, IMPOSSIBLE)])
    words = SealedText(ANSWERS, id="rights.recipient_told.words")

    open_fields: ClassVar[dict[str, str]] = {
        "case_id": "the random identifier of the request that it follows from",
        "recipient": "the id of a recipient in the notice, or of a clinic that the person chose: nobody's name",
        "outcome": "one of two words",
    }
    called = "telling others of what changed"
    labels: ClassVar[dict[str, str]] = {"words": "how, or why not"}

    class Meta(Holding.Meta):
        constraints = [models.UniqueConstraint(fields=["case", "recipient"], name="recipient_told_once")]


class RestrictedUse(Holding):
    """One use of a record while it was restricted: which of those that the law leaves, by whom, until when and why (LAW-3.6)."""

    use = models.CharField(max_length=20)
    user = models.UUIDField()
    until = models.DateTimeField()
    words = SealedText(ANSWERS, id="rights.restricted_use.words")

    open_fields: ClassVar[dict[str, str]] = {
        "use": "one of four words of Article 18(2)",
        "user": "a random identifier of a member of staff",
        "until": "when it closed by itself",
    }
    called = "use of your record while it was restricted"
    labels: ClassVar[dict[str, str]] = {"words": "why"}


class LiftingNotice(Holding):
    """That a person was told, before it happens, that the restriction of their record ends (Article 18(3))."""

    lifts_on = models.DateField()
    words = SealedText(ANSWERS, id="rights.lifting_notice.words")

    open_fields: ClassVar[dict[str, str]] = {"lifts_on": "the day from which it may be lifted"}
    called = "notice that a restriction ends"
    labels: ClassVar[dict[str, str]] = {"words": "why"}
