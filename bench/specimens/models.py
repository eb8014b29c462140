"""
Specimens: one holding of every kind of field and compartment, and the same tables in plain, for tests and benchmarks.

Installed only when TROTH_EXTRA_APPS names `bench.specimens`.
"""

from enum import StrEnum
from typing import ClassVar

from django.db import models

from troth.vault import compartments, search
from troth.vault.categories import Category
from troth.vault.fields import (
    SealedBoolean,
    SealedChoice,
    SealedDate,
    SealedDateTime,
    SealedDecimal,
    SealedInteger,
    SealedJSON,
    SealedText,
)
from troth.vault.models import Holding

NAMES = compartments.declare("specimens.names", Category.IDENTITY, retention="care_record")
BODY = compartments.declare("specimens.body", Category.HEALTH, retention="care_record")
BILL = compartments.declare("specimens.bill", Category.FINANCIAL, retention="accounts", per=compartments.Per.YEAR)
PICTURE = compartments.declare(
    "specimens.picture", Category.PHOTOGRAPH, retention="photographs", per=compartments.Per.ROW
)


class Colour(StrEnum):
    """A choice."""

    RED = "red"
    GREEN = "green"


class Person(Holding):
    """Fields that are found by search beside fields that are not, and one open column."""

    name = SealedText(BODY, id="specimens.person.name", find=search.by_name("specimen_person"))
    born_on = SealedDate(BODY, id="specimens.person.born_on")
    email = SealedText(BODY, id="specimens.person.email", find=search.exact("specimen_email", unique=True))
    postcode = SealedText(BODY, id="specimens.person.postcode", find=search.by_outward_code("specimen_postcode"))
    allergies = SealedText(BODY, id="specimens.person.allergies")
    weight_kg = SealedDecimal(BODY, id="specimens.person.weight_kg")
    seen = models.IntegerField(default=0)

    open_fields: ClassVar[dict[str, str]] = {"seen": "a count of visits, used by tests of open columns"}


class Name(Holding):
    """What `find` may show: a name and a date of birth."""

    name = SealedText(NAMES, id="specimens.name.name", find=search.by_name("specimen_name"))
    born_on = SealedDate(NAMES, id="specimens.name.born_on")


class Note(Holding):
    """Every kind of sealed field, none of them found by search."""

    text = SealedText(BODY, id="specimens.note.text")
    on = SealedDate(BODY, id="specimens.note.on")
    at = SealedDateTime(BODY, id="specimens.note.at")
    count = SealedInteger(BODY, id="specimens.note.count")
    amount = SealedDecimal(BODY, id="specimens.note.amount")
    agreed = SealedBoolean(BODY, id="specimens.note.agreed")
    colour = SealedChoice(BODY, of=Colour, id="specimens.note.colour")
    answers = SealedJSON(BODY, id="specimens.note.answers")


class Card(Holding):
    """What is saved in the benchmarks: six sealed fields in one compartment, none of them found by search."""

    name = SealedText(BODY, id="specimens.card.name")
    born_on = SealedDate(BODY, id="specimens.card.born_on")
    telephone = SealedText(BODY, id="specimens.card.telephone")
    email = SealedText(BODY, id="specimens.card.email")
    note = SealedText(BODY, id="specimens.card.note")
    active = SealedBoolean(BODY, id="specimens.card.active")


class Bill(Holding):
    """One key a year."""

    disposal_year = models.SmallIntegerField()
    amount = SealedDecimal(BILL, id="specimens.bill.amount")

    open_fields: ClassVar[dict[str, str]] = {"disposal_year": "the unit of its disposal"}


class Picture(Holding):
    """One key a row."""

    caption = SealedText(PICTURE, id="specimens.picture.caption")


class PlainSubject(models.Model):
    """The baseline of a subject."""

    id = models.UUIDField(primary_key=True)

    open_columns: ClassVar[dict[str, str]] = {"id": "the baseline of a benchmark"}

    def __str__(self) -> str:
        return str(self.pk)


class PlainCard(models.Model):
    """The baseline: the same columns in plain, with the same key and link."""

    id = models.UUIDField(primary_key=True)
    subject = models.ForeignKey(PlainSubject, on_delete=models.PROTECT)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=64)
    name = models.CharField(max_length=100)
    born_on = models.DateField()
    telephone = models.CharField(max_length=40)
    email = models.EmailField()
    note = models.TextField()
    active = models.BooleanField(default=True)

    open_columns: ClassVar[dict[str, str]] = dict.fromkeys(
        [
            "id",
            "subject_id",
            "recorded_at",
            "recorded_by",
            "changed_at",
            "changed_by",
            "name",
            "born_on",
            "telephone",
            "email",
            "note",
            "active",
        ],
        "the baseline of a benchmark; never in a clinic",
    )

    def __str__(self) -> str:
        return str(self.pk)
