"""When practitioners work and what they do: published, so that free times are worked out without opening anything."""

from typing import ClassVar

from django.db import models

from troth.vault.models import Holding


class Practitioner(Holding):
    """
    When a member of staff sees people, and for what.

    `hours`: for each weekday (0 is Monday) its stretches, as quarters of the day at which each begins and ends. `other_hours` are
    those of every second week, where the weeks differ: `from_monday` is a Monday of a week of the first kind. `services` are the
    ids of what they do; none at all (NULL) means everything that is offered.
    """

    hours = models.JSONField()
    other_hours = models.JSONField(null=True)
    from_monday = models.DateField(null=True)
    services = models.JSONField(null=True)

    open_fields: ClassVar[dict[str, str]] = {
        "hours": "the published hours of a member of staff; free times are worked out from them without opening anything",
        "other_hours": "the published hours of every second week",
        "from_monday": "which of two weeks is which",
        "services": "what a member of staff does is published, as the ids of services",
    }
    called = "hours of work"
    labels: ClassVar[dict[str, str]] = {"hours": "hours", "other_hours": "hours of every second week"}

    class Meta(Holding.Meta):
        constraints = [
            models.UniqueConstraint(fields=["subject"], name="one_practitioner_a_person"),
            models.CheckConstraint(
                condition=models.Q(other_hours__isnull=True) | models.Q(from_monday__isnull=False),
                name="a_fortnight_says_from_when",
            ),
        ]


class DayOff(Holding):
    """
    Some days on which a member of staff works otherwise than in other weeks: not at all (no `stretches`), or at other hours.

    Why is nobody's business here: an illness would be health data. The newest that covers a day is the one that counts.
    """

    first_on = models.DateField()
    last_on = models.DateField()
    stretches = models.JSONField()

    open_fields: ClassVar[dict[str, str]] = {
        "first_on": "the first day at other hours than published",
        "last_on": "the last day of it",
        "stretches": "the hours of these days; none where they are away. Why stands nowhere",
    }
    called = "days away, or at other hours"
    labels: ClassVar[dict[str, str]] = {"first_on": "which days", "last_on": "the last of them", "stretches": "hours"}

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["last_on"], name="day_off_by_last_day")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")), name="day_off_ends_after_it_begins"
            )
        ]


class Feed(Holding):
    """A secret address at which a member of staff's own calendar reads when they are taken, and nothing of anybody."""

    token_hash = models.CharField(max_length=64, unique=True)
    ended_at = models.DateTimeField(null=True)

    open_fields: ClassVar[dict[str, str]] = {
        "token_hash": "SHA-256 of 256 random bits: nobody gets the address from it",
        "ended_at": "whether the address still works",
    }
    called = "address of your calendar"

    class Meta(Holding.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(ended_at__isnull=True), name="one_living_feed_a_person"
            )
        ]
