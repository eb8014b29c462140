"""Making a demonstration's clinic through the front door: the acts that its people would have done, on the days they did them."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from django.conf import settings

import troth.notice
from troth.demo import cast
from troth.demo.cast import PASSWORD, PatientPart, StaffPart
from troth.demo.hours import at_work
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.notice import selectors as notices
from troth.notice import services as notice_services
from troth.notice.files import parse_notice
from troth.notice.purposes import Purpose
from troth.people import selectors
from troth.people import services as people
from troth.people.rules import step_of

CHANGED = timedelta(days=21)  # how long ago the notice was published as it stands now
OPEN_FOR = timedelta(days=365)  # how long the clinic has been open when somebody first looks at it
Item = TypeVar("Item")
Progress = Callable[..., None]  # how many are done, of how many, and of what


@dataclass(frozen=True)
class Claimant:
    """Somebody about whom a case was instructed, and who handles it, if anybody does yet."""

    subject: UUID
    part: PatientPart
    handler: UUID | None


@dataclass(frozen=True)
class Made:
    """Who was made: staff by role (the first of each, and all), patients in order, each with the moment of registering."""

    pack: str
    staff: dict[str, UUID]
    patients: list[tuple[UUID, PatientPart]]
    all_staff: dict[str, list[UUID]] = field(default_factory=dict)
    since: dict[UUID, datetime] = field(default_factory=dict)
    men: set[UUID] = field(default_factory=set)
    claimants: list[Claimant] = field(default_factory=list)


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The same items so many at a time: what belongs to one transaction."""
    waiting = iter(items)
    while some := list(islice(waiting, size)):
        yield some


def text_of(pack: str) -> str:
    """
    The notice file of a pack.

    :raises LookupError: there is no such pack.
    """
    path = Path(troth.notice.__file__).parent / "packs" / f"{pack}.yaml" if troth.notice.__file__ else Path(pack)
    if not path.is_file():
        raise LookupError(f"There is no pack {pack}.")
    return path.read_text(encoding="utf-8")


def earlier_text_of(pack: str, on: datetime) -> str:
    """
    The first notice of a pack's clinic, which told less of how data is kept safe. Nobody has to be told of such a change.

    :raises LookupError: there is no such pack.
    """
    text = re.sub(r"^issued: .*$", f"issued: {on:%Y-%m-%d}", text_of(pack), count=1, flags=re.MULTILINE)
    for measure in ("restore_tests", "integrity_checks"):
        text = re.sub(rf"^    - measure: {measure}\n      words: .*\n", "", text, count=1, flags=re.MULTILINE)
    return text


def staff_of(pack: str) -> list[StaffPart]:
    """The staff whom a pack's demonstration has, read from its notice."""
    notice = parse_notice(text_of(pack), source=pack).notice
    if notice is None:
        raise LookupError(f"The notice of the pack {pack} cannot be read.")
    email = (notice.controller.email if notice.controller else None) or "care@clinic.example"
    return cast.staff([role.id for role in notice.roles], email.partition("@")[2])


def takes_patients(pack: str) -> bool:
    """Whether people register by themselves in this pack. Claimants are brought in by an instruction instead."""
    notice = parse_notice(text_of(pack), source=pack).notice
    return notice is not None and any(row.id is Purpose.REGISTRATION for row in notice.purposes)


def register_part(part: PatientPart, *, password: str = "", nhs_number: str = "", at: datetime) -> UUID:
    """Let one of the cast register by themselves, and give who they are."""
    return people.register_patient(
        by=actors.NOBODY,
        at=at,
        title=part.title,
        given_name=part.given_name,
        family_name=part.family_name,
        born_on=part.born_on,
        email=part.email,
        telephone=part.telephone,
        address=part.address,
        postcode=part.postcode,
        password=password,
        nhs_number=nhs_number,
    )


def make(pack: str, number: int, *, at: datetime, progress: Progress) -> Made:
    """Publish the notice, take staff on, and let patients register, over the months before `at`."""
    opened = at - OPEN_FOR
    if notices.version_in_force(at) is None:
        notice_services.publish(earlier_text_of(pack, opened), by="demo", at=opened)
        notice_services.publish(text_of(pack), by="demo", at=at_work(at - CHANGED))
    setup = actors.service("setup")
    made = Made(pack, {}, [])
    for member in staff_of(pack):
        started = opened + timedelta(hours=1)
        with boundary():
            joined = people.join_staff(
                by=setup,
                at=started,
                name=member.name,
                roles=[member.role],
                email=member.email,
                password=PASSWORD,
                registration=member.registration,
            )
            # A second factor is required of staff. The page that asks for it shows what their app would.
            people.add_app(
                joined,
                by=actors.person(joined, at=started),
                at=started,
                secret=settings.TROTH_DEMO_AUTHENTICATOR,
                step=step_of(started),
            )
        made.staff.setdefault(member.role, joined)
        made.all_staff.setdefault(member.role, []).append(joined)
    register = notices.register_in_force(at)
    takes_patients = Purpose.REGISTRATION in register.purposes
    numbered = selectors.holds_nhs_numbers(at)
    parts = list(cast.patients(number, on=at.date())) if takes_patients else []
    for place, part in enumerate(parts):
        # Spread over the time since the clinic opened, all within its hours.
        day = opened + timedelta(days=2) + (OPEN_FOR - timedelta(days=4)) * place / max(1, len(parts))
        day = day.replace(hour=8 + place % 9, minute=place * 7 % 60)
        with boundary():
            subject = register_part(
                part,
                password=PASSWORD if part.signs_in else "",
                nhs_number=cast.nhs_number(place) if numbered and place % 4 else "",
                at=day,
            )
        made.patients.append((subject, part))
        made.since[subject] = day
        if part.is_a_man:
            made.men.add(subject)
        progress(place + 1, len(parts))
    return made
