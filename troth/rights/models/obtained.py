"""What came about somebody from somebody else: from whom, when, and whether its person was told (UK GDPR Article 14)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone

from troth.gate import facts, linking
from troth.law.telling import Untold
from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.compartments import Per
from troth.vault.fields import SealedChoice, SealedText
from troth.vault.models import Holding

#: What is entered over some days is told in one message; and somebody who must not be told is not told before anybody could say so.
WAIT = timedelta(days=3)
OBTAINED = compartments.declare("rights.obtained", Category.RIGHTS, retention="rights_file", per=Per.ROW)


class Obtained(Holding):
    """
    What one source told us about a person on one day, by kinds. What it was stands where it was entered.

    `message` is what told them: it counts when it has left. `concealed` keeps the row out of what its person sees.
    """

    origin = models.CharField(max_length=20)
    kinds = models.CharField(max_length=300)
    received_on = models.DateField()
    due_on = models.DateField()
    message = models.UUIDField(null=True)
    unreached = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    concealed = models.BooleanField(default=False)
    look_again_on = models.DateField(null=True)
    who = SealedText(OBTAINED, id="rights.obtained.who")
    ground = SealedChoice(OBTAINED, of=Untold, id="rights.obtained.ground")
    words = SealedText(OBTAINED, id="rights.obtained.words")

    open_fields: ClassVar[dict[str, str]] = {
        "origin": "a word of the notice’s list of sources, and nobody’s name",
        "kinds": "codes of the vocabulary of categories, of which something came",
        "received_on": "the start of the month in which its person is told",
        "due_on": "the list of work is sorted by it",
        "message": "the random identifier of the message that tells them",
        "unreached": "that the message did not leave, so that somebody tells them another way",
        "told_at": "when they were told: the list of work leaves out what is done",
        "settled_by": "the random identifier of the member of staff who told them, or recorded why not",
        "concealed": "that its person is not to learn of it, so that no copy opens it; the ground is sealed",
        "look_again_on": "on which day somebody asks whether the ground still stands",
    }
    called = "what came from somebody else"
    #: A row that is concealed, or may still be, shows in no number and no date (Article 14(5)).
    uncounted: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "origin": "from whom",
        "who": "who it was",
        "ground": "why we did not write to you about it",
        "words": "what we noted",
        "told_at": "when you were told",
    }

    @classmethod
    def is_held(cls, of: Collection[UUID] = ()) -> models.Q:
        """
        Something of the same origin is kept from the same person, under this record or another of theirs: what comes from it next
        would tell them of the first, and so waits for somebody to decide about it too. `of`: only rows of these records are asked
        for, and nobody else's are looked at.
        """
        now = facts.micros(timezone.now())
        concealed = cls._base_manager.filter(concealed=True)
        if of:
            theirs = linking.persons(facts.about(of), at=now).values()
            concealed = concealed.filter(subject_id__in={UUID(each) for person in theirs for each in person.joined})
        kept = set(concealed.order_by().values_list("subject_id", "origin"))
        known = linking.persons(facts.about({subject for subject, _ in kept}), at=now)
        held = models.Q(pk__in=[])
        for origin in sorted({origin for _, origin in kept}):
            persons = {each for subject, of in kept if of == origin for each in known[subject.hex].joined}
            held |= models.Q(origin=origin, subject_id__in=[UUID(each) for each in sorted(persons)])
        return held

    @classmethod
    def may_be_read(cls, at: datetime, of: Collection[UUID] = ()) -> models.Q:
        """
        The rows that their person sees on a page and in a copy: of which they were told or are to be told by now, or somebody
        settled that it is no secret. Before that somebody may still decide, on a ground, that they are not to learn of it.
        """
        today = timezone.localdate(at)
        due = models.Q(received_on__lte=today - WAIT) | models.Q(due_on__lte=today)
        settled = (
            models.Q(settled_by__isnull=False) | models.Q(told_at__isnull=False) | models.Q(message__isnull=False)
        )
        return models.Q(concealed=False) & (settled | (due & ~cls.is_held(of)))

    class Meta(Holding.Meta):
        indexes = [
            models.Index(
                fields=["due_on"], condition=models.Q(told_at=None, settled_by=None), name="obtained_to_be_told"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(concealed=False) | models.Q(settled_by__isnull=False, look_again_on__isnull=False),
                name="obtained_is_concealed_by_a_person",
            )
        ]
