"""People for this room's tests, made through its acts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.test import Client
from django.utils import timezone

from troth.gate import actors
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.people import services
from troth.people.selectors import sessions
from troth.vault.categories import Category

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
PASSWORD = "heron-lantern-oatcake"

actors.declare_service(
    "people-tests",
    purposes={Purpose.STAFF},
    modules={__name__},
    categories={Category.IDENTITY, Category.CONTACT, Category.ACCOUNT, Category.EMPLOYMENT},
)


def details(**other: Any) -> dict[str, Any]:
    """What a patient types when registering."""
    return {
        "given_name": "Maureen",
        "family_name": "Oddie",
        "born_on": date(1971, 3, 9),
        "email": "maureen@oddie.example",
        "telephone": "07700 900 214",
        "address": "3 Tannery Row, Hexham",
        "postcode": "ne46 1aa",
        **other,
    }


def make_patient(*, at: datetime = NOW, by: Actor = actors.NOBODY, **other: Any) -> UUID:
    """A patient who registered by themselves; with `password=` they can sign in."""
    return services.register_patient(by=by, at=at, **details(**other))


def browser_of(subject: UUID, *, at: datetime | None = None) -> Client:
    """A browser in which this person has signed in, and shown a second factor just now, as staff have to."""
    now = at or timezone.now()
    made = Client()
    made.cookies["troth_session"] = services.sign_in(
        subject, by=actors.person(subject, at=now), at=now, device="tests", second_factor_at=now
    )
    return made


def prove(client: Client, *, at: datetime | None = None) -> Client:
    """The same browser after its second factor was shown, as staff have to before anything else opens."""
    now = at or timezone.now()
    cookie = client.cookies["troth_session"].value
    signed_in = sessions.open_session(cookie, at=now)
    assert signed_in is not None
    services.prove_session(signed_in.subject, by=actors.person(signed_in.subject, at=now), at=now, cookie=cookie)
    return client


def make_staff(role: str = "prescriber", *, at: datetime = NOW, **other: Any) -> UUID:
    """A member of staff with one role."""
    given = {"name": f"Dr {role.title()}", "email": f"{role}@clinic.example", "password": PASSWORD, **other}
    return services.join_staff(by=actors.service("people-tests"), at=at, roles=[role], **given)
