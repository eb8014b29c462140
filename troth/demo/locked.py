"""What one treatment of a demonstration needs of what is locked, and what was recorded for it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from troth.gate.actors import Actor
from troth.records import services as records
from troth.records.selectors import Release, Source
from troth.vault.categories import Category

TREATMENT = "Skin treatment"
_FAMILIES = (
    "Family from the Punjab",
    "Family from Wales and Ireland",
    "Family from Ghana",
    "Family from Herefordshire",
)


def declare(offered: Mapping[str, UUID], *, by: Actor, at: datetime) -> None:
    """The manager says which treatment cannot be given safely without."""
    if TREATMENT in offered:
        records.declare_need(
            offered[TREATMENT],
            Category.ETHNIC,
            why="Some skin burns or scars more easily under the light that is used, and that runs in families.",
            by=by,
            at=at,
        )


def record(subject: UUID, service: str, *, by: Actor, at: datetime) -> None:
    """What somebody said of their family, at one treatment of three."""
    if service == TREATMENT and subject.int % 3 == 0:
        records.record_locked(
            subject,
            Category.ETHNIC,
            words=_FAMILIES[subject.int % len(_FAMILIES)],
            source=Source.PERSON,
            release=Release.RELEASED,
            entry=uuid4(),
            by=by,
            at=at,
        )
