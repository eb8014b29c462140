"""
The URL table of the two other packs, asked for real as `test_url_table.py` asks the first: every address as nobody, as somebody
else, as the person themself and as each role of that notice, always with one person's own objects.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import URLPattern, reverse
from django.utils import timezone

from conftest import publish_pack
from tests.stores import Home
from tests.structure.test_url_table import Ground, body_of, every_pattern, row_of
from troth.desk.tests.test_features import _sample
from troth.diary import selectors as diary_reads
from troth.diary import services as diary
from troth.gate import actors
from troth.gate.table import may_ask
from troth.medicolegal import services as cases
from troth.medicolegal.models import Case, Stage
from troth.medicolegal.rules import PARTS, STATEMENTS
from troth.notice import selectors as notices
from troth.people import services as people
from troth.people.tests.factories import make_staff
from troth.records import services as records
from troth.records.models import Release, Source
from troth.records.selectors import Criticality, TaskKind, Verification
from troth.rights import services as rights
from troth.vault import files
from troth.vault.uploads import SealedUpload

#: What was written about the person, by category: none of it is an ordinary word, so that a match is no chance.
PLANTED = {
    "identity": ("Xanthippa", "Quillfeather"),
    "contact": ("07700 900 917", "Zarzuela Row", "x@zq-post.example"),
    "health": ("zq-substance", "zq-note", "zq-title", "zq-letter", "zq-task"),
    "correspondence": ("zq-for-a-visit",),
    "rights": ("zq-asked",),
    "accident": ("zq-accident", "zq-question"),
    "report": ("zq-report",),
}
PERSON: dict[str, Any] = {
    "given_name": "Xanthippa",
    "family_name": "Quillfeather",
    "born_on": date(1971, 3, 9),
    "email": "x@zq-post.example",
    "telephone": "07700 900 917",
    "address": "7 Zarzuela Row, Hexham",
    "postcode": "NE46 1AA",
}
OTHER: dict[str, Any] = {
    **PERSON,
    "given_name": "Petroc",
    "family_name": "Vane",
    "email": "petroc@vane.example",
    "telephone": "07700 900 100",
    "address": "1 Elm Row, Hexham",
}


def in_clinic(at: datetime) -> Ground:
    """A patient of the wellness clinic with a visit tomorrow, a card, a file, a task and a request about her data."""
    patient = people.register_patient(by=actors.NOBODY, at=at, **PERSON)
    other = people.register_patient(by=actors.NOBODY, at=at, **OTHER)
    staff = staff_of(at, "practitioner")
    later = at + timedelta(minutes=1)

    def actor(subject: UUID) -> actors.Actor:
        return actors.person(subject, at=later)

    setup = actor(staff["administrator"])
    for one in ("practitioner", "another practitioner"):
        diary.set_hours(staff[one], hours=dict.fromkeys(range(7), (0, 96)), by=setup, at=later)
    service = diary.offer_service(name="Massage", minutes=30, by=actor(staff["clinic_manager"]), at=later)
    tomorrow = timezone.localdate(later) + timedelta(days=1)
    visit = diary.book(
        patient,
        practitioner=staff["practitioner"],
        service=service,
        starts_at=diary_reads.free_on(service, tomorrow, staff["practitioner"], at=later)[20].at,
        note="zq-for-a-visit",
        by=actor(patient),
        at=later,
    )
    parts = {"appointment": visit, "visit": visit, **on_card(patient, by=actor(staff["practitioner"]), at=later)}
    parts["case"] = rights.ask_erasure(patient, by=actor(patient), at=later, words="zq-asked")
    return Ground(
        {"nobody": None, "somebody else": other, "the person": patient, **staff}, {"subject": patient, **parts}
    )


def at_agency(at: datetime) -> Ground:
    """A claimant of the agency who was examined, and whose report is signed and not released."""
    staff = staff_of(at, "instructing_solicitor", "case_handler", "medical_expert")

    def actor(name: str, when: datetime = at) -> actors.Actor:
        return actors.person(staff[name], at=when)

    said: dict[str, Any] = {
        "reference": "zq-reference",
        "accident_on": (at - timedelta(days=60)).date(),
        "accident": "zq-accident",
        "questions": "zq-question",
        "told": True,
    }
    case = cases.instruct(by=actor("instructing_solicitor"), at=at, **PERSON, **said)
    other = cases.instruct(
        by=actor("another instructing_solicitor"), at=at, **OTHER, **{**said, "accident": "x", "questions": "x"}
    )
    claimant, beside = (Case.objects.get(pk=each).subject_id for each in (case, other))
    cases.accept(case, by=actor("case_handler"), at=at)
    # The other one is a colleague's, so that nobody has the reason of an instruction that nobody answered.
    cases.accept(other, by=actor("another case_handler"), at=at)
    examined = at + timedelta(days=7)
    cases.book_examination(case, expert=staff["medical_expert"], when=examined, by=actor("case_handler"), at=at)
    later = examined + timedelta(days=1)
    expert = actor("medical_expert", later)
    cases.advance(case, to=Stage.EXAMINED, by=expert, at=later)
    cases.write_report(case, parts=dict.fromkeys(PARTS, "zq-report"), stated=list(STATEMENTS), by=expert, at=later)
    cases.sign_report(case, by=expert, at=later)
    parts = {"case": case, **on_card(claimant, by=expert, at=later)}
    asked_for = rights.ask_erasure(claimant, by=actors.person(claimant, at=later), at=later, words="zq-asked")
    parts["office_case"] = asked_for  # what the office calls a case is a request about data, and no instruction
    return Ground(
        {"nobody": None, "somebody else": beside, "the person": claimant, **staff}, {"subject": claimant, **parts}
    )


def staff_of(at: datetime, *twice: str) -> dict[str, UUID]:
    """One of each role of the notice in force, and another of those named."""
    made = {}
    for role in notices.register_in_force(at).roles:
        made[role] = make_staff(role, at=at, name=f"The {role}", email=f"{role}@staff.example")
        if role in twice:
            made[f"another {role}"] = make_staff(role, at=at, name="Colleague", email=f"another-{role}@staff.example")
    return made


def on_card(subject: UUID, *, by: actors.Actor, at: datetime) -> dict[str, UUID]:
    """An allergy, a signed note, a file and a task, written by somebody who may."""
    records.record_allergy(
        subject,
        substance="zq-substance",
        reaction="hives",
        since="2019",
        criticality=Criticality.HIGH,
        verification=Verification.UNCONFIRMED,
        source=Source.PERSON,
        by=by,
        at=at,
        release=Release.RELEASED,
    )
    note = records.write_note(subject, heading="First look", text="zq-note", by=by, at=at)
    records.sign_note(note.pk, release=Release.RELEASED, by=by, at=at)
    letter = SealedUpload(
        files.store([b"zq-letter " * 2_000], name="x.txt", media_type="text/plain"), "text/plain", None
    )
    document = records.add_file(
        subject, title="zq-title", source=Source.GP, upload=letter, by=by, at=at, release=Release.RELEASED
    )
    task = records.give_task(
        subject, TaskKind.CHECK, words="zq-task", due_on=timezone.localdate(at), for_person=by.id, by=by, at=at
    )
    return {"note": note.pk, "document": document.pk, "task": task}


@dataclass(frozen=True)
class Walk:
    """One pack: how its ground is made, how long ago, and what each may ever see of the person by any page or method."""

    ground: Callable[[datetime], Ground]
    begun: timedelta
    sees: dict[str, frozenset[str]]


def only(*categories: str) -> frozenset[str]:
    return frozenset(categories)


#: With a request that waits: who asks, what they ask, and, on a letter's page, where they live.
OFFICER = only("rights", "identity", "contact")

WALKS = {
    "wellness-clinic": Walk(
        in_clinic,
        timedelta(hours=1),
        {
            "nobody": only(),
            "somebody else": only(),
            "the person": only("identity", "contact", "health", "correspondence", "rights"),
            "receptionist": only("identity", "contact", "correspondence"),
            "practitioner": only("identity", "contact", "health", "correspondence"),
            "another practitioner": only(),
            "clinic_manager": only("identity", "contact", "correspondence"),
            "finance": only(),
            "marketing": only(),
            "privacy_officer": OFFICER,
            "administrator": only(),
        },
    ),
    "medico-legal": Walk(
        at_agency,
        timedelta(days=10),
        {
            "nobody": only(),
            "somebody else": only(),
            # Of the accident they get what is theirs when a health professional has let it go (LAW-4.5): it waits here.
            "the person": only("identity", "contact", "health", "rights", "report"),
            "case_handler": only("identity", "contact", "accident"),
            "another case_handler": only(),
            "records_clerk": only(),
            "medical_expert": only("identity", "contact", "accident", "health", "report"),
            "another medical_expert": only(),
            "instructing_solicitor": only("identity", "contact", "accident"),
            "another instructing_solicitor": only(),
            "insurer_contact": only(),
            "complaints_handler": only(),
            "privacy_officer": OFFICER,
            "administrator": only(),
        },
    ),
}


@pytest.mark.walk
@pytest.mark.parametrize("pack", WALKS)
def test_only_the_tables_yes_is_a_yes_in_every_pack(committed_db: Home, pack: str) -> None:
    publish_pack(pack)
    walk = WALKS[pack]
    ground = walk.ground(timezone.now() - walk.begun)
    assert set(ground.people) == set(walk.sees), "each role of the notice is asked as"
    declared = set(notices.register_in_force(timezone.now()).purposes)
    for who, subject in ground.people.items():
        actor = actors.person(subject, at=timezone.now()) if subject else actors.NOBODY
        seen: set[str] = set()
        for pattern in every_pattern():
            row = row_of(pattern)
            for method in ("GET", "POST"):
                status, location, body = asked(ground, who, pattern, method)
                where = f"{pack}: {method} {row.name} as {who}: {status} {location}"
                there = found_in(body)
                assert there <= walk.sees[who], f"{where} gave {there - walk.sees[who]}"
                assert status < 500, where
                seen |= there
                if row.purposes and not declared & set(row.purposes):
                    assert (status, location) == (404, ""), where
                elif row.opens_data and not may_ask(actor, row.who):
                    assert (status, location) == (302, reverse("sign_in")) if who == "nobody" else status == 403, (
                        where
                    )
                    assert not there, where
        # No letter is written in this ground, so where somebody lives need not have stood on any page of the office.
        lacking = walk.sees[who] - seen - ({"contact"} if who == "privacy_officer" else set())
        assert not lacking, f"{pack}: {who} never saw {lacking}"


def asked(ground: Ground, who: str, pattern: URLPattern, method: str) -> tuple[int, str, str]:
    """What an address about the person answers."""
    page, parts = row_of(pattern).name, ground.parts
    given = {
        name: parts.get(page) or parts.get(name) or _sample(kind) for name, kind in pattern.pattern.converters.items()
    }
    where = reverse(page, kwargs=given)
    response: Any = ground.send(who, where) if method == "POST" else ground.reader(who).get(where)
    return response.status_code, response.headers.get("Location", ""), body_of(response)


def found_in(text: str) -> set[str]:
    small = text.casefold()
    return {kind for kind, words in PLANTED.items() if any(each.casefold() in small for each in words)}
