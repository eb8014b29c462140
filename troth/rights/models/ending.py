"""What the notice keeps until somebody has looked: how much of it waits, and up to which day an officer agreed that it goes."""

from typing import ClassVar

from django.db import models


class Appraisal(models.Model):
    """
    One rule of the notice at whose end somebody looks first (LAW-6.2). A whole class of records is looked at together: the last run
    wrote how many people have something that is over, and since when; the officer agrees up to a day.
    """

    rule = models.CharField(primary_key=True, max_length=40)
    people = models.PositiveIntegerField(default=0)
    oldest = models.DateField(null=True)
    looked_at = models.DateTimeField(null=True)
    approved_up_to = models.DateField(null=True)
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)

    open_columns: ClassVar[dict[str, str]] = {
        "rule": "the name of a rule of the notice",
        "people": "a count",
        "oldest": "the earliest day on which anything of that class was over; it names nobody",
        "looked_at": "when the run counted",
        "approved_up_to": "the day up to which it goes",
        "approved_by": "the random identifier of the officer who agreed",
        "approved_at": "when",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_up_to=None)
                | models.Q(approved_by__isnull=False, approved_at__isnull=False),
                name="appraisal_that_is_made_names_who_made_it",
            )
        ]

    def __str__(self) -> str:
        return self.rule
