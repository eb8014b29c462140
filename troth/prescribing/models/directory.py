"""The directory of GP practices, as the NHS publishes it (ODS, `epraccur`). It is about nobody."""

from typing import ClassVar

from django.db import models


class GpPractice(models.Model):
    """One practice: its ODS code, what it is called and where it is. One that closed stays, so that an old choice is understood."""

    code = models.CharField(primary_key=True, max_length=8)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=300)
    postcode = models.CharField(max_length=8, db_index=True)
    is_open = models.BooleanField()
    email = models.EmailField(blank=True)
    read_at = models.DateTimeField()

    open_columns: ClassVar[dict[str, str]] = {
        "code": "published by the NHS",
        "name": "published by the NHS",
        "address": "published by the NHS",
        "postcode": "published by the NHS",
        "is_open": "published by the NHS",
        "email": "the practice's own address for letters from others, which it gives to whoever writes to it",
        "read_at": "when the directory was read",
    }

    def __str__(self) -> str:
        return self.code
