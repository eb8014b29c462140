"""The state of release of what somebody records now (LAW-4.5)."""

from datetime import datetime
from typing import Any

from troth.gate.actors import Actor
from troth.gate.acts import acting
from troth.records.models import Release, Source
from troth.records.rules import release_when_recorded


def is_professional(by: Actor) -> bool:
    """Whether the notice in force calls one of the actor's roles a health professional's (LAW-4.5)."""
    known = acting().register.roles
    return any(role in known and known[role].health_professional for role in by.roles)


def released(
    asked: Release, by: Actor, at: datetime, *, source: Source | None = None, own: bool = False
) -> dict[str, Any]:
    """The three columns of a row: a health professional's opinion counts, and without one it waits."""
    professional = is_professional(by)
    given = release_when_recorded(asked, source=source, own=own, professional=professional)
    opinion = professional and given is asked
    return {"release": given, "released_at": at if opinion else None, "released_by": by.id if opinion else None}
