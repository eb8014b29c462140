"""A clinic with an officer who has signed in, a patient whose request waits, and a colleague who is no officer."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.stores import Home
from troth.gate import actors
from troth.gate.actors import Actor
from troth.people import services as people
from troth.people.tests.factories import prove
from troth.rights import services as rights
from troth.rights.tests.conftest import clinic  # noqa: F401 - a fixture
from troth.rights.tests.factories import PASSWORD, make_officer


def register(
    given: str = "Maureen", family: str = "Oddie", email: str = "maureen@oddie.example", *, at: datetime | None = None
) -> Actor:
    """A patient who registered and can sign in."""
    at = at or timezone.now()
    subject = people.register_patient(
        by=actors.NOBODY,
        at=at,
        given_name=given,
        family_name=family,
        born_on=date(1971, 3, 9),
        email=email,
        telephone="07700 900 214",
        address="3 Tannery Row",
        postcode="NE46 1AA",
        password=PASSWORD,
    )
    return actors.person(subject, at=at)


def ask(*, days_ago: int = 0, email: str = "maureen@oddie.example") -> tuple[Actor, str]:
    """A patient, and the erasure that they asked for so many days ago."""
    at = timezone.now() - timedelta(days=days_ago)
    person = register(email=email, at=at)
    assert person.id is not None
    return person, str(rights.ask_erasure(person.id, by=person, at=at, words="Forget <i>me</i>"))


def signed_in(email: str) -> Client:
    """A browser in which that person has signed in."""
    client = Client()
    assert client.post("/sign-in/", {"email": email, "password": PASSWORD}).status_code == 302
    return prove(client)


@pytest.fixture
def officer(clinic: Home) -> Client:  # noqa: F811
    make_officer(at=timezone.now())
    return signed_in("privacy_officer@clinic.example")


@pytest.fixture
def colleague(clinic: Home) -> Callable[[str], Client]:  # noqa: F811
    """Signs in a member of staff of another role."""

    def made(role: str) -> Client:
        make_officer(role, at=timezone.now())
        return signed_in(f"{role}@clinic.example")

    return made
