"""
The record of somebody who died, for whoever may have it: what was made for their care, and nothing else of what is held (LAW-4.10).

It is put together apart from a copy of one's own data: no right of Article 15 goes with it, nobody learns who looked or to whom
what was passed on, and where a page says "you" it was written for the patient.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from troth.design.moments import day_and_hour
from troth.gate.contexts import Opened
from troth.people import selectors as people
from troth.rights.models.deceased import Death
from troth.rights.selectors.assembling import Assembled, _sections, _thing, name_files
from troth.rights.selectors.holdings import YOU_TOLD, HeldThing, recorded_by, staff_in
from troth.rights.selectors.wording import describe_uses
from troth.vault.categories import Category

FORMAT = "troth record 1"
PATIENT, THEY_TOLD = "the patient", "The patient told us"
LEAD = (
    "What {controller} holds of the health record of {patient}, as far as the Access to Health Records Act 1990 gives it, made on "
    "{made}. Where it says “you”, it was written for the patient. What patients told us stays in confidence after their death."
)
#: What a copy of one's own data says of each kind, and this does not: it is the life's, and ended with it.
_NO_USES: dict[str, Any] = {
    "for": [],
    "because": "",
    "seen_by": [],
    "may_be_passed_to": [],
    "until": None,
    "rule": "",
}


def assemble_record(
    persons: tuple[UUID, ...],
    things: list[HeldThing],
    opened: Opened,
    *,
    at: datetime,
    left_out: Mapping[str, str],
) -> Assembled:
    """
    Put together the record of somebody who died. `left_out`: the entries that are listed without their content, each with why.

    :raises Refused: this context may not open who they were.
    """
    given = [_of_the_patient(thing.held_back() if thing.id in left_out else thing) for thing in things]
    names = {key: name for person in persons for key, name in recorded_by(things, person).items()}
    names |= staff_in(given) | {person.hex: PATIENT for person in persons}
    files = name_files(given)
    paths = {key: path for key, (path, _) in files.items()}
    patient = _patient(persons, opened)
    controller, made = opened.register.controller, day_and_hour(at, between=" at ")
    kinds = [
        {"category": category.value, "title": _title(category, at), **_NO_USES}
        for category in Category
        if any(thing.category is category for thing in given)
    ]
    document: dict[str, Any] = {
        "format": FORMAT,
        "subject": persons[0].hex,
        "patient": patient,
        "made_at": at.isoformat(),
        "controller": controller,
        "held": [_thing(thing, names, paths, left_out.get(thing.id, "")) for thing in given],
    }
    page = {
        "of_dead": True,
        "title": "Health record",
        "lead": LEAD.format(controller=controller, made=made, patient=_say(patient)),
        "controller": controller,
        "made": made,
        "sections": _sections(given, kinds, names, paths, left_out),
        "left_out": dict(left_out),
    }
    held = tuple((path, file.stored) for path, file in files.values())
    return Assembled(persons, document, page, held, at, of_dead=True)


def _title(category: Category, at: datetime) -> str:
    """A kind of data in the notice's words, which speak to the patient."""
    return describe_uses(category, at).title.replace("Your ", "The patient’s ").replace(" your ", " their ")


def _of_the_patient(thing: HeldThing) -> HeldThing:
    return replace(thing, source=THEY_TOLD) if thing.source == YOU_TOLD else thing


def _patient(persons: tuple[UUID, ...], opened: Opened) -> dict[str, str]:
    """Whose record it is: the name, and the days of birth and death, so that nobody takes it for another's."""
    known = people.get_identity(persons[0], opened)
    born: date | None = known.born_on if known else None
    died = Death.objects.filter(subject_id__in=persons).first()
    days = {"born_on": born, "died_on": died.died_on if died else None}
    return {"name": known.name if known else "", **{key: day.isoformat() for key, day in days.items() if day}}


def _say(patient: Mapping[str, str]) -> str:
    def day(name: str) -> str:
        return f"{date.fromisoformat(patient[name]):%-d %B %Y}" if name in patient else ""

    days = [f"born {day('born_on')}" if day("born_on") else "", f"died {day('died_on')}" if day("died_on") else ""]
    return ", ".join(filter(None, (patient["name"], *days)))
