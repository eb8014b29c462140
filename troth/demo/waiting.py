"""Some who wait for a time in a demonstration's diary: the worker offers them what is free, as it would at a clinic."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from troth.demo.clinic import Made
from troth.diary import services as diary
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.law.calendar import LONDON

_WISHES = (("Skin treatment", 2, 9), ("Physiotherapy", 1, 5), ("Health check", 20, 40))


def write(made: Made, offered: Mapping[str, UUID], *, at: datetime) -> None:
    """One person for each of a few services, by themselves, an hour apart."""
    today = at.astimezone(LONDON).date()
    for number, (name, first, last) in enumerate(_WISHES):
        if name in offered:
            subject, _ = made.patients[-1 - number]
            asked = at - timedelta(hours=3 - number)
            with boundary():
                diary.join_list(
                    subject,
                    service=offered[name],
                    first_on=today + timedelta(days=first),
                    last_on=today + timedelta(days=last),
                    by=actors.person(subject, at=asked),
                    at=asked,
                )
