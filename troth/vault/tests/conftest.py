"""A key ring without a gate: the vault's own tests ask only whether a ring is open."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from bench.specimens.models import Person
from troth.vault import keyring
from troth.vault.models import Subject

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


class opened:
    """`with opened():` reads; `with opened(act=True):` writes too."""

    def __init__(self, *, act: bool = False, reads: bool = True) -> None:
        self.ring = keyring.KeyRing(
            lambda subject, compartment: None,
            reads=reads,
            stamp=SimpleNamespace(at=NOW, by="lead") if act else None,
            outer=keyring.current.get(),
        )

    def __enter__(self) -> keyring.KeyRing:
        self.token = keyring.current.set(self.ring)
        return self.ring

    def __exit__(self, *_: object) -> None:
        keyring.current.reset(self.token)
        self.ring.close()


@pytest.fixture
def subject(db: None) -> Subject:
    return Subject.objects.create(kind="patient")


@pytest.fixture
def ann(subject: Subject) -> Iterator[Person]:
    with opened(act=True):
        row = Person(subject=subject, name="Ann Lee", email="ann@example.com", allergies="penicillin")
        row.save()
    yield Person.objects.get(pk=row.pk)
