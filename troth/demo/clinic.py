"""Making a demonstration's clinic through the front door: the acts that its people would have done, on the days they did them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

import troth.notice
from troth.demo import cast
from troth.demo.cast import PASSWORD, PatientPart, StaffPart
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.notice import selectors as notices
from troth.notice import services as notice_services
from troth.notice.purposes import Purpose
from troth.people import services as people
from troth.people.rules import step_of

OPEN_FOR = timedelta(days=120)  # how long the clinic has been open when somebody first looks at it
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Made:
    """Who was made: staff by role, and patients in order."""

    staff: dict[str, UUID]
    patients: list[tuple[UUID, PatientPart]]


def text_of(pack: str) -> str:
    """
    The notice file of a pack.

    :raises LookupError: there is no such pack.
    """
    path = Path(troth.notice.__file__).parent / "packs" / f"{pack}.yaml" if troth.notice.__file__ else Path(pack)
    if not path.is_file():
        raise LookupError(f"There is no pack {pack}.")
    return path.read_text(encoding="utf-8")


def staff_of(pack: str) -> list[StaffPart]:
    """The staff whom a pack's demonstration has, read from its notice."""
    from troth.notice.files import parse_notice

    notice = parse_notice(text_of(pack), source=pack).notice
    if notice is None:
        raise LookupError(f"The notice of the pack {pack} cannot be read.")
    email = (notice.controller.email if notice.controller else None) or "care@clinic.example"
    return cast.staff([role.id for role in notice.roles], email.partition("@")[2])


def make(pack: str, number: int, *, at: datetime, progress: Progress) -> Made:
    """Publish the notice, take staff on, and let patients register, over the months before `at`."""
    opened = at - OPEN_FOR
    if notices.version_in_force(at) is None:
        notice_services.publish(text_of(pack), by="demo", at=opened)
    setup = actors.service("setup")
    made = Made({}, [])
    for member in staff_of(pack):
        joined = opened + timedelta(hours=1)
        with boundary():
            made.staff[member.role] = subject = people.join_staff(
                by=setup,
                at=joined,
                name=member.name,
                roles=[member.role],
                email=member.email,
                password=PASSWORD,
                registration=member.registration,
            )
            # A second factor is required of staff. The page that asks for it shows what their app would.
            people.add_app(
                subject,
                by=actors.person(subject, at=joined),
                at=joined,
                secret=settings.TROTH_DEMO_AUTHENTICATOR,
                step=step_of(joined),
            )
    register = notices.register_in_force(at)
    takes_patients = Purpose.REGISTRATION in register.purposes
    parts = list(cast.patients(number, on=at.date())) if takes_patients else []
    for place, part in enumerate(parts):
        # Spread over the time since the clinic opened, all within its hours.
        day = opened + timedelta(days=2) + (OPEN_FOR - timedelta(days=4)) * place / max(1, len(parts))
        with boundary():
            subject = people.register_patient(
                by=actors.NOBODY,
                at=day.replace(hour=8 + place % 9, minute=place * 7 % 60),
                title=part.title,
                given_name=part.given_name,
                family_name=part.family_name,
                born_on=part.born_on,
                email=part.email,
                telephone=part.telephone,
                address=part.address,
                postcode=part.postcode,
                password=PASSWORD if part.signs_in else "",
            )
        made.patients.append((subject, part))
        progress(place + 1, len(parts))
    return made
