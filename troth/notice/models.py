"""The versions of the notice. Once published they never change; the database itself refuses (`guards.py`)."""

from typing import ClassVar

from django.db import models


class Version(models.Model):
    """One published notice. Nothing here is personal data of patients: a notice is public."""

    number = models.PositiveIntegerField(primary_key=True)
    hash = models.CharField(max_length=64)  # of the canonical content, so that comments make no new version
    text = models.TextField()  # the file as it was published, comments included
    published_at = models.DateTimeField()
    in_force_at = models.DateTimeField(db_index=True)
    announced_at = models.DateTimeField(null=True)
    material = models.BooleanField()  # it changes what people may expect (comparison.py)
    published_by = models.CharField(max_length=64)  # an actor's random identifier, never a name

    open_columns: ClassVar[dict[str, str]] = {
        "number": "a counter",
        "hash": "of a public text",
        "text": "public",
        "published_at": "public",
        "in_force_at": "public",
        "announced_at": "public",
        "material": "public",
        "published_by": "random identifier",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=1), name="notice_version_from_one"),
            models.CheckConstraint(
                condition=models.Q(in_force_at__gte=models.F("published_at")),
                name="notice_version_not_before_publishing",
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.number}"
