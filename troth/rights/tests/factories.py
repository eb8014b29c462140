"""People for this room's tests: a patient with a row in every holding there is, and the privacy officer."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import services as people
from troth.people.tests.factories import details
from troth.vault import files
from troth.vault.categories import Category
from troth.vault.fields import (
    SealedBoolean,
    SealedChoice,
    SealedDate,
    SealedDateTime,
    SealedDecimal,
    SealedInteger,
    SealedJSON,
)
from troth.vault.files import SealedFile
from troth.vault.models import Holding, Subject, all_holdings
from troth.vault.saying import way_of

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
PASSWORD = "heron-lantern-oatcake"

actors.declare_service(
    "rights-tests",
    purposes={Purpose.STAFF},
    modules={__name__},
    categories={Category.IDENTITY, Category.CONTACT, Category.ACCOUNT, Category.EMPLOYMENT},
)


def make_patient(*, at: datetime = NOW, **other: Any) -> Actor:
    """A patient who registered and can sign in, as the actor that they are."""
    subject = people.register_patient(by=actors.NOBODY, at=at, **details(**{"password": PASSWORD, **other}))
    return actors.person(subject, at=at)


def make_officer(role: str = "privacy_officer", *, at: datetime = NOW, email: str = "") -> Actor:
    """A member of staff, privacy officer unless said otherwise, as the actor that they are."""
    made = people.join_staff(
        by=actors.service("rights-tests"),
        at=at,
        roles=[role],
        name=f"Ines {role.title()}",
        email=email or f"{role}@clinic.example",
        password=PASSWORD,
    )
    return actors.person(made, at=at + timedelta(seconds=1))


@act(Event.CONTACT_CHANGED, purpose=Purpose.RIGHTS)
def write(row: Holding, *, by: Actor, at: datetime) -> None:
    """Write any row about oneself: the purpose of rights covers every kind there is."""
    row.save()


class Planter:
    """Writes one row of every holding about a person, and remembers what it put into each sealed field."""

    def __init__(self, person: Actor, mark: str) -> None:
        self.person, self.mark = person, mark
        self.planted: dict[str, str] = {}  # field id: what must be found in a copy
        self.not_copied: set[str] = set()
        self._number = 0

    def words_as_stored(self, mark: str) -> list[str]:
        """Of what was put in with this mark what a page says as it is stored: the rest has words of its room in its place."""
        said = {
            field.id
            for model in all_holdings()
            for field in model.sealed_fields()
            if way_of(model._meta.label_lower, field.name)
        }
        return [text for field, text in self.planted.items() if text.startswith(mark) and field not in said]

    def plant(self, *, at: datetime = LATER) -> "Planter":
        waiting = list(all_holdings())
        while waiting:
            held = [model for model in waiting if not self._write(model, at)]
            assert len(held) < len(waiting), f"cannot make rows of {held}"
            waiting = held
        return self

    def _write(self, model: type[Holding], at: datetime) -> bool:
        assert self.person.id is not None
        existing = model._base_manager.filter(subject_id=self.person.id).first()
        row = existing or model(subject_id=self.person.id)
        for field in model._meta.concrete_fields:
            # A letter to a GP tells of a prescription, or asks for something: here it tells.
            if field.is_relation and field.name != "subject" and (not field.null or field.name == "prescription"):
                other = field.related_model._base_manager.filter(subject_id=self.person.id).first()
                if other is None:
                    return False
                setattr(row, field.name, other)
        for field in model.sealed_fields():
            setattr(row, field.name, self._sentinel(field, model))
        if existing is None:
            for name, value in self._open_values(model):
                setattr(row, name, value)
        write(row, by=self.person, at=at)
        if (
            getattr(model, "uncounted", False)
            and not model._base_manager.filter(model.may_be_read(at), pk=row.pk).exists()
        ):
            gone = {field.id for field in model.sealed_fields()} & set(self.planted)  # what its person may not read
            self.not_copied |= {self.planted.pop(field) for field in gone}
        return True

    def _sentinel(self, field: Any, model: type[Holding]) -> Any:
        self._number += 1
        number = self._number
        value: Any = f"{self.mark}-{field.id}"
        text = value
        if isinstance(field, SealedChoice):
            value = next(iter(field.of))
            text = str(value.value)
        elif isinstance(field, SealedFile):
            value = files.store([text.encode()], name=f"{self.mark}.txt", media_type="text/plain")
        elif isinstance(field, SealedDate):
            value = date(1903, 1, 1) + timedelta(days=number)
            text = value.isoformat()
        elif isinstance(field, SealedDateTime):
            value = datetime(1903, 1, 1, tzinfo=UTC) + timedelta(days=number)
            text = value.isoformat()
        elif isinstance(field, SealedInteger):
            value = 730_000 + number
            text = str(value)
        elif isinstance(field, SealedDecimal):
            value = Decimal("0.1234") + number
            text = str(value)
        elif isinstance(field, SealedBoolean):
            value, text = True, ""
        elif isinstance(field, SealedJSON):
            value = {"answer": text}
        if field.name in getattr(model, "not_copied", {}):
            self.not_copied.add(text)
        elif text:
            self.planted[field.id] = text
        return value

    def _open_values(self, model: type[Holding]) -> Iterator[tuple[str, Any]]:
        for field in model._meta.concrete_fields:
            if (
                field.attname in model.open_fields
                and not field.is_relation
                and not field.has_default()
                and not field.null
            ):
                choices = dict(field.choices or {})
                if field.name == "right":
                    yield field.name, "objection"  # an open request for a copy would hold everything
                elif field.name == "for_role":
                    yield field.name, "prescriber"  # a task is for a role or for somebody
                elif field.name == "places":
                    yield field.name, 6  # a class has some
                elif choices:
                    yield field.name, next(iter(choices))
                elif field.unique and not isinstance(field, models.IntegerField):
                    yield field.name, (self.person.id.hex if self.person.id else "")[: field.max_length]
                elif isinstance(field, models.UUIDField):
                    yield field.name, self.person.id
                elif isinstance(field, models.DateTimeField):
                    yield (
                        field.name,
                        NOW + timedelta(hours=field.name in {"ends_at", "last"}),
                    )  # what ends does so after it began
                elif isinstance(field, models.DateField):
                    yield field.name, NOW.date()
                elif isinstance(field, models.JSONField):
                    yield field.name, {}
                elif isinstance(field, models.BooleanField):
                    yield field.name, False
                elif field.name == "number" and self.person.id:
                    yield field.name, self.person.id.int % 1_000_000  # two people never share an invoice's number
                elif isinstance(field, models.IntegerField):
                    yield field.name, 2026 + (field.name == "last")  # a stretch ends after it begins
                elif field.unique:
                    yield field.name, f"{self.person.id.hex}" if self.person.id else "nobody"


def subject_of(person: Actor) -> UUID:
    assert person.id is not None
    return Subject.objects.get(pk=person.id).pk
