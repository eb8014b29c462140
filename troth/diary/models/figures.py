"""Figures about the clinic: counted by the acts themselves, about nobody, with nothing that leads back to a visit."""

from typing import ClassVar

from django.db import models


class Figure(models.Model):
    """
    One cell of figures: how many there were of one kind in one week or month, with their minutes and money.

    Each act adds one to a cell, and no row stands for a visit: rows of their own would lie in the order in which people came.
    """

    kind = models.CharField(max_length=12)
    period = models.DateField()
    service = models.CharField(max_length=32, blank=True, default="")
    word = models.CharField(max_length=20, blank=True, default="")
    number = models.PositiveIntegerField()
    minutes = models.PositiveBigIntegerField(default=0)
    pence = models.BigIntegerField(default=0)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "a counter",
        "kind": "what is counted, a word of a closed list",
        "period": "the Monday of a week or the first of a month",
        "service": "a service, in months and never in weeks: a week may hold one visit alone",
        "word": "a word of a closed list",
        "number": "how many",
        "minutes": "how long in all",
        "pence": "how much in all",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "period", "service", "word"], name="one_cell_of_figures")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}"
