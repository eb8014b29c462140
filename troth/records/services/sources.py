"""From whom an entry of the card came: its person is told of what others told us (LAW-9.3)."""

from datetime import date, datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.notice.schema.words import Origin
from troth.records.models import Source
from troth.rights import services as rights
from troth.vault.categories import Category

_ORIGINS = {Source.GP: Origin.GP, Source.ANOTHER: Origin.ANOTHER}


def _note_source(
    subject: UUID,
    source: Source,
    *,
    category: Category = Category.HEALTH,
    who: str = "",
    received_on: date | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Within the act that enters it: what came from somebody else is told to its person, unless they enter it themself."""
    origin = _ORIGINS.get(source)
    if origin is not None and by.id != subject:
        rights.note_obtained(subject, origin=origin, kinds={category}, who=who, received_on=received_on, by=by, at=at)
