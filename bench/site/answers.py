"""The reason of the benchmark's clinicians, answered as a room answers it: one query for many people."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from bench.site.models import Booking
from troth.gate.actors import Actor
from troth.gate.reasons import linked, reason
from troth.notice.purposes import Purpose


@reason("a booking", serves={Purpose.CARE, Purpose.PRESCRIBING}, told="your booking")
def booked(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Those of these people who are booked with this actor."""
    return linked(Booking.objects.filter(practitioner=actor.id), subjects, column="subject")
