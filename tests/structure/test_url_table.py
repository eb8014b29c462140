"""
The URL table, asked for real: every address with every method, as nobody, as another patient and as each role, always with
one patient's own objects. Only the table's yes is a yes, and what is withheld stands in no body (pitfalls D8).
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import UUIDConverter
from django.utils import timezone

from tests.stores import Home
from troth.billing import services as billing
from troth.billing.selectors import VatRate
from troth.contact import services as contact
from troth.diary import services as diary
from troth.gate import actors, emergency
from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.gate.table import Row, may_ask
from troth.intake import services as intake
from troth.intake.models import Picture
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.notice.tests.factories import pack_values
from troth.people import selectors as people_reads
from troth.people import services as people
from troth.people.models import Session, SignIn
from troth.people.tests.factories import make_staff
from troth.prescribing import services as prescribing
from troth.records import services as records
from troth.records.models import Release, Source
from troth.records.selectors import Criticality, TaskKind, Verification
from troth.rights import services as rights
from troth.rights.models import CaseStep, ErasureCertificate
from troth.rights.tests.conftest import clinic  # noqa: F401 - a fixture
from troth.vault import files
from troth.vault.models import all_holdings
from troth.vault.uploads import SealedUpload

#: What was written about the patient, by category: none of it is an ordinary word, so that a match is no chance.
PLANTED = {
    "identity": ("Xanthippa", "Quillfeather"),
    "contact": ("07700 900 917", "Zarzuela Row", "x@zq-post.example"),
    "account": ("zq-browser",),
    "health": ("zopiclarone", "zq-answer", "zq-substance", "zq-note", "zq-title", "zq-letter", "zq-task"),
    "rights": ("zq-asked", "zq-told", "zq-certified", "zq-collapsed"),
    "financial": ("zq-physio", "INV-000001"),
    "correspondence": ("zq-for-a-visit", "zq-question"),
}
EVERYTHING = frozenset(PLANTED)
#: What this clinic's notice declares: pages of another kind of clinic do not exist here.
DECLARED = {row["id"] for row in pack_values()["purposes"]}
CERTIFIED = {
    "notice": 1,
    "asked_on": "2026-11-01",
    "gone_from_live_at": "2026-11-02T09:00:00+00:00",
    "gone_from_backups_by": "2027-01-01T09:00:00+00:00",
    "master_keys": [1],
    "left": "Random numbers stay.",
    "keys": [],
    "journal_line": 1,
    "rows": 1,
    "files": 0,
    "tokens": 0,
    "stays": [],
    "destroyed": [{"title": "zq-certified", "why": "They asked", "until": None, "law": "LAW-3.5"}],
}
#: Which of it each may ever see, by any page, method or form that this test tries. The patient is on the prescriber's list.
SEES: dict[str, frozenset[str]] = {
    "nobody": frozenset(),
    "another patient": frozenset(),
    "the patient": EVERYTHING,
    "prescriber": frozenset({"identity", "contact", "health", "correspondence"}),
    "another prescriber": frozenset(),
    "pharmacist": frozenset(),
    "healthcare_assistant": frozenset(),
    "patient_support": frozenset({"identity", "contact", "correspondence"}),
    "finance": frozenset({"identity", "contact", "financial"}),  # of whom they found and invoiced
    "privacy_officer": frozenset({"rights", "identity", "contact"}),  # the letter's page has the address
    "administrator": frozenset(),
}


@dataclass
class Ground:
    """One patient with one of everything, and everybody who might ask."""

    people: dict[str, UUID | None]
    parts: dict[str, Any]
    readers: dict[str, Client] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)  # whoever has sent a form since they were last seen to be signed in
    handler: ClientHandler = field(default_factory=lambda: ClientHandler(enforce_csrf_checks=False))

    def reader(self, who: str) -> Client:
        """One browser for as long as its session lasts: some of what is sent ends it."""
        if who not in self.readers or (who in self.sent and not self._still_signed_in(who)):
            self.readers[who] = self.browser(who)
        self.sent.discard(who)
        return self.readers[who]

    def send(self, who: str, where: str, data: dict[str, Any] | None = None) -> Any:
        """The answer to a form."""
        reader = self.reader(who)
        self.sent.add(who)
        return reader.post(where, data or {})

    def _still_signed_in(self, who: str) -> bool:
        cookie = self.readers[who].cookies.get("troth_session")
        if self.people[who] is None or cookie is None:
            return self.people[who] is None
        return Session.objects.filter(pk=people_reads.key_of(cookie.value)).exists()

    def browser(self, who: str) -> Client:
        """A browser of its own, freshly signed in. All stand before one server, which is made once."""
        made, subject = Client(), self.people[who]
        made.handler = self.handler
        if subject is not None:
            now = timezone.now()
            made.cookies["troth_session"] = people.sign_in(
                subject, by=actors.person(subject, at=now), at=now, device="tests", second_factor_at=now
            )
        return made


@pytest.fixture
def ground(clinic: Home) -> Iterator[Ground]:  # noqa: F811
    at = timezone.now() - timedelta(hours=1)
    patient = _patient(
        at, "Xanthippa", "Quillfeather", "07700 900 917", "7 Zarzuela Row, Hexham", "x@zq-post.example"
    )
    twin = _patient(at, "Xanthippa", "Quillfeather", "07700 900 918", "8 Elm Row, Hexham", "twin@vane.example")
    other = _patient(at, "Petroc", "Vane", "07700 900 100", "1 Elm Row, Hexham", "petroc@vane.example")
    staff = {
        role: make_staff(role, at=at)
        for role in (
            "prescriber",
            "pharmacist",
            "healthcare_assistant",
            "patient_support",
            "finance",
            "privacy_officer",
            "administrator",
        )
    }
    colleague = make_staff("prescriber", at=at, name="Dr Abel Quist", email="quist@clinic.example")
    later = at + timedelta(minutes=1)

    def actor(subject: UUID) -> actors.Actor:
        return actors.person(subject, at=later)

    treatment = prescribing.request_treatment(
        patient,
        medicine="zopiclarone",
        answers=[{"question": "Do you smoke?", "answer": "zq-answer"}],
        by=actor(patient),
        at=later,
    ).pk
    prescribing.assign_request(
        treatment, prescriber=staff["prescriber"], by=actor(staff["patient_support"]), at=later
    )
    response = intake.start_answers(patient, "hair-loss", by=actor(patient), at=later)
    sent = SealedUpload(
        files.store([b"\xff\xd8\xffzq-answer"], name="x.jpg", media_type="image/jpeg"), "image/jpeg", None
    )
    intake.save_answers(response, {"anything-else": "zq-answer", "photo-crown": sent}, by=actor(patient), at=later)
    doctor = actor(staff["prescriber"])
    records.record_allergy(
        patient,
        substance="zq-substance",
        reaction="hives",
        since="2019",
        criticality=Criticality.HIGH,
        verification=Verification.UNCONFIRMED,
        source=Source.PERSON,
        by=doctor,
        at=later,
        release=Release.RELEASED,
    )
    note = records.write_note(patient, heading="First look", text="zq-note", by=doctor, at=later)
    records.sign_note(note.pk, release=Release.RELEASED, by=doctor, at=later)
    letter = SealedUpload(
        files.store([b"zq-letter " * 2_000], name="x.txt", media_type="text/plain"), "text/plain", None
    )
    document = records.add_file(
        patient, title="zq-title", source=Source.GP, upload=letter, by=doctor, at=later, release=Release.RELEASED
    )
    # With somebody whose role gains nothing by it: whom a visit lets look is the diary's own tests' to ask.
    diary.set_hours(
        staff["administrator"],
        hours=dict.fromkeys(range(7), (0, 96)),
        by=actor(staff["administrator"]),
        at=later,
    )
    service = diary.offer_service(name="Talking it over", minutes=15, by=actor(staff["administrator"]), at=later)
    visit = diary.book(
        patient,
        practitioner=staff["administrator"],
        service=service,
        starts_at=(later + timedelta(days=2)).replace(minute=0, second=0, microsecond=0),
        note="zq-for-a-visit",
        by=actor(patient),
        at=later,
    )
    task = records.give_task(
        patient,
        TaskKind.CHECK,
        words="zq-task",
        due_on=timezone.localdate(later),
        for_person=staff["prescriber"],
        by=doctor,
        at=later,
    )
    link = people.propose_link(patient, twin, reason="x", by=actor(staff["patient_support"]), at=later)
    case = rights.ask_erasure(patient, by=actor(patient), at=later, words="zq-asked")
    enquiry = contact.ask(name="Wren", email="w@vane.example", words="zq-question", by=actors.NOBODY, at=later)
    people.sign_in(patient, by=actor(patient), at=timezone.now(), device="zq-browser")
    emergency.break_glass(
        patient,
        note="zq-collapsed at home, an ambulance asks",
        by=actors.person(staff["prescriber"], at=later, second_factor_at=later),
        at=later,
    )
    certificate = certify(case, patient, by=actor(patient), at=later)
    rights.tell_progress(case, words="zq-told", by_post=True, by=actor(staff["privacy_officer"]), at=later)
    yield Ground(
        {"nobody": None, "another patient": other, "the patient": patient, "another prescriber": colleague, **staff},
        {
            "subject": patient,
            "note": note.pk,
            "document": document.pk,
            "treatment": treatment,
            "response": response,
            "picture": Picture.objects.get().pk,
            "key": "hair-loss",
            "task": task,
            "case": case,
            "step": "note",
            "authority": note.pk,
            "letter": CaseStep.objects.get(kind="letter").pk,
            "certificate": certificate,
            "appointment": visit,
            "visit": visit,
            "service": service,
            **on_paper(patient, by=actor(staff["finance"]), at=later),
            "number": 1,
            "kind": "health",
            "member": colleague,
            "purpose": "marketing",
            "promise": "OC-1.2",
            "ticket": "never-issued",
            "message": uuid4(),
            "before": 1,
            "after": 1,
            "emergency": emergency.list_broken()[0].note,
            "enquiry": enquiry,
            "token": "never-given-out",
            "partner": "nobody-we-know",
            "field": "file",
            "page": 1,
            **dict.fromkeys(
                (
                    "pack",
                    "item",
                    "opinion",
                    "prescription",
                    "arrival",
                    "check",
                    "obtained",
                    "place",
                    "resource",
                    "reaction",
                    "consent",
                    "photograph",
                    "wish",
                    "class_time",
                    "conversation",
                    "need",
                    "recording",
                    "camera",
                    "file",
                ),
                case,
            ),  # none of that id: those that are there have tests of their own
            "link": link,
            "one": patient,
            "other": twin,
        },
    )


def on_paper(patient: UUID, *, by: actors.Actor, at: datetime) -> dict[str, UUID]:
    """An invoice, from whoever keeps the books and has found them by name, and a payment that was begun for it."""
    with processing(Purpose.FIND, by=by, at=at, find_reason=FindReason.ON_THE_TELEPHONE) as opened:
        people_reads.find_people("Quillfeather", opened)
    price = billing.set_price(name="zq-physio", pence=6500, rate=VatRate.EXEMPT, by=by, at=at)
    invoice = billing.issue(patient, lines=[(price, 1)], key=uuid4(), by=by, at=at)
    self = actors.person(patient, at=at)
    return {"invoice": invoice, "payment": billing.pay_by_card(invoice, pence=6500, key=uuid4(), by=self, at=at)}


@act(Event.ERASURE_CERTIFIED, purpose=Purpose.RIGHTS)
def certify(case: UUID, subject: UUID, *, by: actors.Actor, at: datetime) -> UUID:
    """A certificate with nothing erased: this test needs everything to be there."""
    made: UUID = ErasureCertificate.objects.create(subject_id=subject, case_id=case, content=CERTIFIED).pk
    return made


def _patient(at: datetime, given: str, family: str, telephone: str, address: str, email: str) -> UUID:
    return people.register_patient(
        by=actors.NOBODY,
        at=at,
        given_name=given,
        family_name=family,
        born_on=date(1971, 3, 9),
        email=email,
        telephone=telephone,
        address=address,
        postcode="NE46 1AA",
        password="heron-lantern-oatcake",
    )


def every_pattern(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from every_pattern(each)
        else:
            yield each


def row_of(pattern: URLPattern) -> Row:
    row: Row = pattern.callback.row  # type: ignore[attr-defined]
    return row


def test_every_address_has_a_row() -> None:
    without = [
        str(pattern.pattern)
        for pattern in every_pattern()
        if not isinstance(getattr(pattern.callback, "row", None), Row)
    ]
    assert not without, f"no row in the URL table: {without}"
    rows = [row_of(pattern) for pattern in every_pattern()]
    assert len(rows) > 30
    assert all(row.who if row.opens_data else row.why for row in rows)
    assert len({row.name for row in rows}) == len(rows)


def address(pattern: URLPattern, ground: Ground) -> str:
    return reverse(row_of(pattern).name, kwargs={name: ground.parts[name] for name in pattern.pattern.converters})


def body_of(response: Any) -> str:
    """All that was sent: headers, the page or the stream, and what a ZIP holds."""
    sent: bytes = response.getvalue()
    response.close()
    if sent[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(sent)) as packed:
            sent = b"\n".join(
                [name.encode() for name in packed.namelist()] + [packed.read(name) for name in packed.namelist()]
            )
    return "\n".join(f"{name}: {value}" for name, value in response.headers.items()) + sent.decode(errors="replace")


def found_in(text: str) -> set[str]:
    small = text.casefold()
    return {kind for kind, words in PLANTED.items() if any(each.casefold() in small for each in words)}


def asked_for(
    ground: Ground, who: str, pattern: URLPattern, method: str, data: dict[str, Any] | None = None
) -> tuple[int, str, str]:
    where = address(pattern, ground)
    sends = method == "POST"
    response: Any = ground.send(who, where, data) if sends else ground.reader(who).generic(method, where)
    return response.status_code, response.headers.get("Location", ""), body_of(response)


@pytest.mark.walk
@pytest.mark.parametrize("who", SEES)
def test_only_the_tables_yes_is_a_yes(ground: Ground, who: str) -> None:
    subject = ground.people[who]
    actor = actors.person(subject, at=timezone.now()) if subject else actors.NOBODY
    seen: set[str] = set()
    for pattern in every_pattern():
        row = row_of(pattern)
        for method in ("GET", "HEAD", "POST"):
            status, location, body = asked_for(ground, who, pattern, method)
            where = f"{method} {row.name} as {who}: {status} {location}"
            there = found_in(body)
            assert there <= SEES[who], f"{where} gave {there - SEES[who]}"
            assert status < 500, where
            assert "no-store" in body or not row.opens_data or status == 404, where
            seen |= there
            if row.purposes and not DECLARED & set(row.purposes):
                assert (status, location) == (404, ""), where
            elif row.opens_data and not may_ask(actor, row.who):
                assert (status, location) == (302, reverse("sign_in")) if who == "nobody" else status == 403, where
                assert not there, where
        for method in ("OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "MADEUP"):
            status, location, body = asked_for(ground, who, pattern, method)
            off = row.purposes and not DECLARED & set(row.purposes)
            assert status == (404 if off else 405), f"{method} {row.name} as {who}: {status}"
            assert not found_in(body)
    assert seen == SEES[who]


@pytest.mark.walk
@pytest.mark.parametrize("who", ["the patient", "prescriber", "healthcare_assistant", "patient_support", "finance"])
def test_a_person_in_place_of_a_thing_is_nothing(ground: Ground, who: str) -> None:
    """Whoever may see somebody, and puts their number where that of a visit or a file belongs, is answered like anybody."""
    people_too = {"subject", "one", "other", "member"}
    patient = ground.people["the patient"]
    for pattern in every_pattern():
        parts = pattern.pattern.converters
        things = {name for name, found in parts.items() if isinstance(found, UUIDConverter)} - people_too
        if not things:
            continue
        where = reverse(
            row_of(pattern).name, kwargs={name: patient if name in things else ground.parts[name] for name in parts}
        )
        for method in ("GET", "POST"):
            response: Any = ground.send(who, where) if method == "POST" else ground.reader(who).get(where)
            assert response.status_code < 500, f"{method} {row_of(pattern).name} as {who}"
            assert found_in(body_of(response)) <= SEES[who], f"{method} {row_of(pattern).name} as {who}"


@pytest.mark.walk
@pytest.mark.parametrize("who", SEES)
def test_forms_filled_in_about_another_get_nothing_and_change_nothing(ground: Ground, who: str) -> None:
    """Each form with words that would be valid, sent by everybody who may not: nothing of the patient comes back, or changes."""
    before = _stored()
    for pattern in every_pattern():
        row = row_of(pattern)
        if row.name in ABOUT_ONESELF or row.name in MAY_SEND.get(who, ()):
            continue
        status, _, body = asked_for(
            ground,
            who,
            pattern,
            "POST",
            {
                **SAID,
                "file": SimpleUploadedFile("x.txt", b"x"),
                "prescriber": str(ground.people["another prescriber"]),
            },
        )
        assert found_in(body) <= SEES[who], f"{row.name} as {who}"
        assert status < 500, f"{row.name} as {who}: {status}"
    assert who in ("the patient", "prescriber") or _stored() == before
    _finding_tells_the_name_to_who_may_find(ground, who)
    if ground.people[who] is not None and who != "privacy_officer":
        _another_roles_page_leaves_an_event(ground, who)


#: These are about whoever sends them, and are left to their own tests.
ABOUT_ONESELF = {
    "sign_out",
    "end_session",
    "desk_find",
    "sign_in",
    "register",
    "my_copy",
    "my_details_change",
    "my_choice",
    "my_restriction",
    "my_correction",
    "look",
    "desk_calendar",
}
MAY_SEND = {
    "administrator": {"desk_member_code", "desk_member_factor"},
    "patient_support": {"desk_assign", "desk_enquiry"},
    "privacy_officer": {"office_case", "office_case_step"},
}
SAID = {
    "substance": "nuts",
    "reaction": "none",
    "since": "2020",
    "criticality": "low",
    "verification": "unconfirmed",
    "source": "person",
    "medicine": "x",
    "dose": "x",
    "reason": "x",
    "measure": "weight",
    "value": "70",
    "taken_on_day": "1",
    "taken_on_month": "1",
    "taken_on_year": "2026",
    "title": "x",
    "heading": "x",
    "text": "x",
    "release": "released",
    "outcome": "declined",
    "words": "no",
    "extent": "everything",
}


def _stored() -> dict[str, list[str]]:
    return {
        model._meta.label: sorted(map(str, model._base_manager.values_list("pk", "changed_at")))
        for model in all_holdings()
        if model is not SignIn
    }


#: Those to whom the notice gives the purpose `find`.
FINDERS = {
    "prescriber",
    "another prescriber",
    "pharmacist",
    "healthcare_assistant",
    "patient_support",
    "finance",
    "privacy_officer",
}


def _finding_tells_the_name_to_who_may_find(ground: Ground, who: str) -> None:
    pattern = next(each for each in every_pattern() if row_of(each).name == "desk_find")
    for typed in ("quillfeather", "07700 900 917", "x@zq-post.example"):
        _, _, body = asked_for(ground, who, pattern, "POST", {"q": typed, "reason": next(iter(FindReason)).value})
        there = found_in(body.replace(f'value="{typed}"', ""))  # the box keeps what was typed
        assert there == ({"identity"} if who in FINDERS else set()), f"{who} looked for {typed}: {there}"


def _another_roles_page_leaves_an_event(ground: Ground, who: str) -> None:
    subject = ground.people[who]
    assert subject is not None
    refusals = LedgerEvent.objects.filter(event="gate:refused", actor=subject.hex)
    before = refusals.count()
    assert ground.browser(who).get(reverse("office_home")).status_code == 403
    event = refusals.latest("id")
    assert refusals.count() == before + 1
    assert (event.outcome, event.failed_check, event.purpose) == ("refused", "role", "rights")
