"""What both halves need: a session to look up, a permission to read, and who is booked with whom."""

from typing import ClassVar

from django.db import models

WHY = "a benchmark's own table; never in a clinic"


class BenchSession(models.Model):
    """A signed-in browser, found by the hash of its cookie, like the real one."""

    id = models.CharField(primary_key=True, max_length=64)
    subject = models.UUIDField()
    expires_at = models.DateTimeField()

    open_columns: ClassVar[dict[str, str]] = dict.fromkeys(["id", "subject", "expires_at"], WHY)

    def __str__(self) -> str:
        return self.pk[:8]


class Permission(models.Model):
    """The row that a plain application reads before it shows a page."""

    person = models.UUIDField(db_index=True)
    role = models.CharField(max_length=40)

    open_columns: ClassVar[dict[str, str]] = dict.fromkeys(["id", "person", "role"], WHY)

    def __str__(self) -> str:
        return self.role


class Booking(models.Model):
    """Who is booked with whom: the reason of the sealed half, and the list of both."""

    practitioner = models.UUIDField()
    subject = models.UUIDField()

    open_columns: ClassVar[dict[str, str]] = dict.fromkeys(["id", "practitioner", "subject"], WHY)

    class Meta:
        indexes = [models.Index(fields=["practitioner", "subject"], name="bench_booking")]

    def __str__(self) -> str:
        return str(self.pk)
