"""People with holdings of every kind, written by a key ring without a gate, and what of them still opens."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from bench.specimens.models import Bill, Note, Person, Picture
from troth.vault import keyring
from troth.vault.models import Subject

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@contextmanager
def opened() -> Iterator[None]:
    """A ring that reads and writes."""
    ring = keyring.KeyRing(
        lambda subject, compartment: None,
        reads=True,
        stamp=SimpleNamespace(at=NOW, by="tests"),
        outer=keyring.current.get(),
    )
    token = keyring.current.set(ring)
    try:
        yield
    finally:
        keyring.current.reset(token)
        ring.close()


def make_person(name: str) -> UUID:
    """A subject with a person, a note, three bills of three years and two pictures."""
    subject = Subject.objects.create(id=uuid4(), kind="patient").id
    with opened():
        Person.objects.create(
            subject_id=subject, name=name, email=f"{subject.hex}@example.com", allergies="penicillin"
        )
        Note.objects.create(subject_id=subject, text=f"A note about {name}.")
        for year in (2023, 2024, 2025):
            Bill.objects.create(subject_id=subject, disposal_year=year, amount=Decimal(year))
        for number in (1, 2):
            Picture.objects.create(subject_id=subject, caption=f"{name} {number}")
    return subject


def opens(row: Any, name: str) -> bool:
    """Whether that field opens now."""
    from troth.vault.errors import VaultError

    with opened():
        try:
            getattr(row, name)
        except VaultError:
            return False
        return True


FIELDS = {Person: "name", Note: "text", Bill: "amount", Picture: "caption"}


def what_opens(subject: UUID) -> dict[str, int]:
    """How many rows of each kind open."""
    return {
        model.__name__: sum(opens(row, field) for row in model.objects.filter(subject_id=subject))
        for model, field in FIELDS.items()
    }


EVERYTHING = {"Person": 1, "Note": 1, "Bill": 3, "Picture": 2}
NOTHING = dict.fromkeys(EVERYTHING, 0)
