"""What is said of two records that may be one person's (decision 0106). What is in force are standing facts, not these rows."""

from typing import ClassVar

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedChoice, SealedText
from troth.vault.models import Holding
from troth.vault.words import Worded

#: That two records may be one person's is said of each, and goes with the record it is said of.
LINKS = compartments.declare("people.links", Category.IDENTITY, retention="care_record")


class LinkState(models.TextChoices):
    """Where it stands that two records may be one person's."""

    PROPOSED = "proposed", "proposed"
    LINKED = "linked", "linked"
    APART = "apart", "two people"
    UNDONE = "undone", "undone"


class MadeSure(Worded):
    """How a member of staff made sure that two records are one person's."""

    DOCUMENT = "document", "They showed an identity document that fits both records"
    IN_PERSON = "in_person", "They were here, and confirmed what stands in both records"
    CALLED_BACK = "called_back", "I rang the numbers that we hold in both records, and they confirmed it"
    KNOWN = "known", "They work here, and a colleague who knows them confirmed it"


class SamePerson(Holding):
    """
    What was said of two records that may be one person's, kept with each: a row about the one and a row about the other, under
    one `link`. What is in force are the two standing facts of that link, and never these rows.
    """

    link = models.UUIDField(db_index=True)
    other_id = models.UUIDField()
    first = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=LinkState)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    reason = SealedText(LINKS, id="people.same_person.reason")
    made_sure = SealedChoice(LINKS, of=MadeSure, id="people.same_person.made_sure")
    decision = SealedText(LINKS, id="people.same_person.decision")
    undoing = SealedText(LINKS, id="people.same_person.undoing")

    open_fields: ClassVar[dict[str, str]] = {
        "link": "a random identifier, which the two rows have in common",
        "other_id": "the random identifier of the other record",
        "first": "which of the two rows it is, so that each pair is listed once",
        "state": "a code, for the list of what waits",
        "decided_by": "a random identifier, which the check that two people took part compares",
        "decided_at": "when it was decided",
        "undone_by": "a random identifier",
        "undone_at": "when it was undone",
    }
    called = "link with another record"
    labels: ClassVar[dict[str, str]] = {
        "reason": "why it was proposed",
        "made_sure": "how we made sure",
        "decision": "why it was decided",
        "undoing": "why it was undone",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "link"], name="one_row_a_link_and_person"),
            # Two colleagues who propose the same two at one moment: the later learns that it was done.
            models.UniqueConstraint(
                fields=["subject", "other_id"],
                condition=models.Q(state__in=["proposed", "linked"]),
                name="one_link_at_a_time_for_a_pair",
            ),
        ]
        indexes = [models.Index(fields=["subject", "state"], name="people_links_by_person")]
