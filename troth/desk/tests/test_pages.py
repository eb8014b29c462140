"""Every page of the desk: signed out, not allowed, works. What is withheld stands in no body."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.queries import count_reads
from troth.desk.tests.conftest import PLANTED, Clinic
from troth.gate.actors import Actor
from troth.gate.refusals import CANNOT_OPEN
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.people.selectors.history import Came
from troth.people.services import note_sign_in
from troth.prescribing import services as prescribing
from troth.prescribing.models import MedicationRequest, RequestStatus
from troth.records import services
from troth.records.models import (
    AllergyIntolerance,
    ClinicalNote,
    DocumentReference,
    MedicationStatement,
    Observation,
    Release,
    Source,
)
from troth.records.selectors import Criticality, TaskKind, Verification
from troth.vault import files, keystore
from troth.vault.categories import Category

SignedIn = Callable[[UUID], Client]


def plant(clinic: Clinic, number: int = 1) -> ClinicalNote:
    """Put an allergy, a medicine and a signed note on the card."""
    by = clinic.actor(clinic.prescriber)
    for _ in range(number):
        services.record_allergy(
            clinic.subject,
            substance="sentinel-substance",
            reaction="hives",
            since="2019",
            criticality=Criticality.HIGH,
            verification=Verification.UNCONFIRMED,
            source=Source.PERSON,
            by=by,
            at=clinic.at,
        )
        services.record_medicine(
            clinic.subject,
            medicine="lymecycline",
            dose="sentinel-dose",
            since="",
            reason="",
            source=Source.GP,
            by=by,
            at=clinic.at,
        )
        note = services.write_note(clinic.subject, heading="First look", text="sentinel-note", by=by, at=clinic.at)
        services.sign_note(note.pk, release=Release.RELEASED, by=by, at=clinic.at)
    return note


def routes(clinic: Clinic, note: UUID, document: UUID) -> list[str]:
    people = [
        reverse(f"desk_{name}", args=[clinic.subject])
        for name in ("card", "allergy_new", "medicine_new", "measurement_new", "file_new", "note_new")
    ]
    notes = [reverse(f"desk_{name}", args=[note]) for name in ("note", "note_add")]
    return [*people, *notes, reverse("desk_file", args=[document]), reverse("desk_decide", args=[clinic.request])]


def document(clinic: Clinic) -> UUID:
    from troth.vault.uploads import SealedUpload

    upload = SealedUpload(
        files.store([b"letter " * 9_000], name="x.txt", media_type="text/plain"), "text/plain", None
    )
    return services.add_file(
        clinic.subject,
        title="sentinel-title",
        source=Source.GP,
        upload=upload,
        by=clinic.actor(clinic.prescriber),
        at=clinic.at,
    ).pk


def test_every_page_sends_a_stranger_to_sign_in(clinic: Clinic) -> None:
    note = plant(clinic)
    for path in [
        reverse("desk_home"),
        reverse("desk_find"),
        reverse("desk_assign", args=[clinic.request]),
        *routes(clinic, note.pk, document(clinic)),
    ]:
        answer = Client().get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/"), path


def test_every_page_is_shut_to_a_prescriber_without_a_request_and_to_patients(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    note = plant(clinic)
    for who in (clinic.colleague, clinic.finance, clinic.other, clinic.subject):
        browser = signed_in(who)
        for path in routes(clinic, note.pk, document(clinic)):
            answer = browser.get(path)
            assert answer.status_code == 403, path
            body = answer.content.decode()
            assert not [planted for planted in (*PLANTED, "Oddie") if planted in body], path


def test_a_prescriber_without_a_request_gets_one_sentence_whoever_it_is(clinic: Clinic, signed_in: SignedIn) -> None:
    plant(clinic)
    browser = signed_in(clinic.colleague)
    bodies = {
        # The address that was asked for is in the way to break the glass; nothing else differs.
        browser.get(reverse("desk_card", args=[subject])).content.decode().replace(str(subject), "")
        for subject in (clinic.subject, clinic.other, uuid4())
    }
    said = {body[body.index("<main") : body.index("</main>")] for body in bodies}
    assert len(said) == 1
    (body,) = said
    assert CANNOT_OPEN.replace("'", "&#x27;") in body
    assert "six checks" not in body
    event = LedgerEvent.objects.filter(event="gate:refused", subject=clinic.subject.hex).latest("id")
    assert (event.actor, event.failed_check, event.outcome) == (clinic.colleague.hex, "reason", "refused")


def test_the_card_shows_why_beside_everything(clinic: Clinic, signed_in: SignedIn) -> None:
    plant(clinic)
    answer = signed_in(clinic.prescriber).get(reverse("desk_card", args=[clinic.subject]))
    body = answer.content.decode()
    assert answer.status_code == 200
    for words in (
        "Maureen Oddie",
        "sentinel-substance",
        "sentinel-medicine",
        "sentinel-answer",
        "sentinel-note",
        "sentinel-dose",
        "Allergy: sentinel-substance",
        "Deciding whether treatment is safe, and prescribing",
        "A request assigned to you",
        "Why you see this",
        "Kept until",
        "Dr Sorcha Dunleavy",
    ):
        assert words in body, words
    assert body.count("Why you see this") >= body.count('class="deed ')
    event = LedgerEvent.objects.filter(event="gate:opened", subject=clinic.subject.hex).latest("id")
    assert (event.actor, event.purpose, event.reason) == (
        clinic.prescriber.hex,
        "prescribing",
        "a request assigned to you",
    )
    assert event.what == "contact health identity"


def test_support_sees_who_it_is_and_the_rest_parted(clinic: Clinic, signed_in: SignedIn) -> None:
    plant(clinic)
    document(clinic)
    body = signed_in(clinic.support).get(reverse("desk_card", args=[clinic.subject])).content.decode()
    assert "Maureen Oddie" in body and "07700 900214" in body
    assert "deed-parted" in body and "Not for your role" in body and "stopped here" in body
    assert not [planted for planted in PLANTED if planted in body]
    # That something was recorded says something of what: the timeline of who may not open it leaves it out.
    for words in ("recorded an allergy", "signed a note", "added a file"):
        assert words not in body


def test_looks_push_no_act_off_the_timeline(
    clinic: Clinic, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(clinic)
    monkeypatch.setattr("troth.desk.views.card._EVENTS", 12)
    browser, path = signed_in(clinic.prescriber), reverse("desk_card", args=[clinic.subject])
    for _ in range(12):
        browser.get(path)
    assert "You recorded an allergy" in browser.get(path).content.decode()


def test_when_somebody_signs_in_is_on_nobodys_timeline(clinic: Clinic, signed_in: SignedIn) -> None:
    came = Came("A telephone", "203.0.113.7")
    service = Actor("service", name="sign-in", purposes=frozenset(Purpose), categories=frozenset(Category))
    note_sign_in(clinic.subject, by=service, at=clinic.at, came=came, how="password", session="x")
    body = signed_in(clinic.prescriber).get(reverse("desk_card", args=[clinic.subject])).content.decode()
    assert "Timeline" in body and "from where" not in body


def test_the_timeline_goes_by_when_things_were_done_and_not_by_when_they_were_entered(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    later = clinic.at + timedelta(days=2)
    services.give_task(
        clinic.subject,
        TaskKind.CHECK,
        words="x",
        due_on=later.date(),
        for_person=clinic.prescriber,
        by=clinic.actor(clinic.prescriber),
        at=later,
    )
    plant(clinic)
    body = signed_in(clinic.prescriber).get(reverse("desk_card", args=[clinic.subject])).content.decode()
    timeline = body[body.index("Timeline") :]
    assert timeline.index(f"{timezone.localtime(later):%-d %b}") < timeline.index("recorded an allergy")


def test_what_an_erasure_has_reached_says_so_where_its_rows_still_lie(clinic: Clinic, signed_in: SignedIn) -> None:
    plant(clinic)
    browser, path = signed_in(clinic.prescriber), reverse("desk_card", args=[clinic.subject])
    keystore.destroy(clinic.subject, ["people.identity"], scope="")
    answer = browser.get(path)
    body = answer.content.decode()
    assert (
        answer.status_code == 410 and "Nobody can open this any more" in body and "tell the privacy officer" in body
    )
    assert reverse("desk_find") in body  # one record is gone, and their work goes on
    assert browser.get(reverse("desk_home")).status_code == 200


def test_restriction_closes_the_card_in_the_same_moment(clinic: Clinic, signed_in: SignedIn) -> None:
    from troth.gate.facts import FactKind
    from troth.records.tests.factories import record_fact

    plant(clinic)
    browser, path = signed_in(clinic.prescriber), reverse("desk_card", args=[clinic.subject])
    assert "sentinel-note" in browser.get(path).content.decode()
    record_fact(clinic.subject, FactKind.RESTRICTION, by=clinic.actor(clinic.subject), at=clinic.at)
    body = browser.get(path).content.decode()
    assert "Maureen Oddie" in body and "They asked us to restrict" in body
    assert not [planted for planted in (*PLANTED, "07700") if planted in body]
    assert body.count("deed-parted") == 1 and reverse("desk_decide", args=[clinic.request]) not in body


def test_today_shows_what_waits(clinic: Clinic, signed_in: SignedIn) -> None:
    assert "Maureen Oddie" in signed_in(clinic.prescriber).get(reverse("desk_home")).content.decode()
    assert "Maureen Oddie" not in signed_in(clinic.colleague).get(reverse("desk_home")).content.decode()
    asked = prescribing.request_treatment(
        clinic.other, medicine="sentinel-medicine", answers=[], by=clinic.actor(clinic.other), at=clinic.at
    )
    body = signed_in(clinic.support).get(reverse("desk_home")).content.decode()
    assert (
        "Petroc Vane" in body and reverse("desk_assign", args=[asked.pk]) in body and "sentinel-medicine" not in body
    )
    assert signed_in(clinic.subject).get(reverse("desk_home")).status_code == 403


def test_today_costs_as_many_queries_for_fifty_as_for_five(clinic: Clinic, signed_in: SignedIn) -> None:
    from troth.people.tests.factories import make_patient

    browser = signed_in(clinic.prescriber)
    support = clinic.actor(clinic.support)
    counts = []
    for number in (5, 44):
        for _ in range(number):
            person = make_patient(at=clinic.at)
            asked = prescribing.request_treatment(
                person, medicine="x", answers=[], by=clinic.actor(person), at=clinic.at
            )
            prescribing.assign_request(asked.pk, prescriber=clinic.prescriber, by=support, at=clinic.at)
        with (
            CaptureQueriesContext(connections["default"]) as data,
            CaptureQueriesContext(connections["keys"]) as keys,
        ):
            body = browser.get(reverse("desk_home")).content.decode()
        counts.append((body.count("Maureen Oddie"), count_reads(data), len(keys)))
    assert counts[0][0] >= 6 and counts[1][0] >= 50
    assert counts[0][1:] == counts[1][1:]


def test_a_card_of_fifty_rows_costs_as_many_queries_as_of_five(clinic: Clinic, signed_in: SignedIn) -> None:
    browser, path = signed_in(clinic.prescriber), reverse("desk_card", args=[clinic.subject])
    counts = []
    browser.get(path)  # what is read once in a process is no part of the comparison
    for number in (5, 45):
        plant(clinic, number)
        with (
            CaptureQueriesContext(connections["default"]) as data,
            CaptureQueriesContext(connections["keys"]) as keys,
        ):
            body = browser.get(path).content.decode()
        counts.append((body.count("sentinel-dose"), count_reads(data), len(keys)))
    assert [count[0] for count in counts] == [5, 50]
    assert counts[0][1:] == counts[1][1:]


def test_find_is_rationed_and_says_from_when_it_goes_on(clinic: Clinic, signed_in: SignedIn, settings: Any) -> None:
    """Who leafs through the register three letters at a time is stopped, keeps what they typed, and stands in the ledger."""
    settings.TROTH_FINDS_AN_HOUR = 3
    browser, asked = signed_in(clinic.support), {"q": "Odd", "reason": "on_the_telephone"}
    for _ in range(3):
        answer = browser.post(reverse("desk_find"), asked)
        assert answer.status_code == 200 and "Maureen Oddie" in answer.content.decode()
    opened = LedgerEvent.objects.filter(event="gate:opened", purpose="find").count()
    stopped = browser.post(reverse("desk_find"), asked)
    body = stopped.content.decode()
    assert stopped.status_code == 429 and "Maureen" not in body and 'value="Odd"' in body
    assert "You can search again from" in body and "error-summary" in body
    assert LedgerEvent.objects.filter(event="gate:opened", purpose="find").count() == opened
    event = LedgerEvent.objects.latest("id")
    assert (event.event, event.outcome, event.reason) == ("gate:refused", "refused", "the limit of searches")
    assert event.actor == clinic.support.hex
    other = signed_in(clinic.prescriber).post(reverse("desk_find"), asked)
    assert other.status_code == 200 and "Maureen Oddie" in other.content.decode()


def test_find_asks_why_and_puts_no_name_into_an_address(clinic: Clinic, signed_in: SignedIn) -> None:
    browser = signed_in(clinic.support)
    first = browser.post(reverse("desk_find"), {"q": "Odd"})
    assert (
        first.status_code == 200
        and "Maureen" not in first.content.decode()
        and 'value="Odd"' in first.content.decode()
    )
    assert not LedgerEvent.objects.filter(purpose="find").exists()
    found = browser.post(reverse("desk_find"), {"q": "Odd", "reason": "on_the_telephone"})
    body = found.content.decode()
    assert found.status_code == 200 and "Maureen Oddie" in body and "1971" in body and "07700" not in body
    assert "odd" not in unquote(found.request["PATH_INFO"] + found.request["QUERY_STRING"]).lower()
    event = LedgerEvent.objects.filter(event="gate:opened", purpose="find").latest("id")
    assert (event.subject, event.reason) == (clinic.subject.hex, "on_the_telephone")
    vague = browser.post(reverse("desk_find"), {"q": "Od", "reason": "on_the_telephone"}).content.decode()
    assert "Maureen" not in vague and "error-summary" in vague and 'value="Od"' in vague
    assert (
        signed_in(clinic.subject).post(reverse("desk_find"), {"q": "Odd", "reason": "at_the_desk"}).status_code == 403
    )


FORMS: list[tuple[str, dict[str, Any], Any]] = [
    (
        "allergy_new",
        {
            "substance": "latex",
            "reaction": "",
            "since": "",
            "criticality": "low",
            "verification": "unconfirmed",
            "source": "person",
            "release": "released",
        },
        AllergyIntolerance,
    ),
    (
        "medicine_new",
        {
            "medicine": "lymecycline",
            "dose": "408 mg daily",
            "since": "",
            "reason": "",
            "source": "gp",
            "release": "held",
        },
        MedicationStatement,
    ),
    (
        "measurement_new",
        {
            "measure": "weight",
            "value": "84.5",
            "taken_on_day": "2",
            "taken_on_month": "11",
            "taken_on_year": "2026",
            "source": "clinic",
            "release": "released",
        },
        Observation,
    ),
]


@pytest.mark.parametrize(("name", "said", "table"), FORMS, ids=[form[0] for form in FORMS])
def test_an_entry_is_added_kept_when_wrong_and_refused_to_others(
    clinic: Clinic, signed_in: SignedIn, name: str, said: dict[str, Any], table: Any
) -> None:
    path = reverse(f"desk_{name}", args=[clinic.subject])
    browser = signed_in(clinic.prescriber)
    first = next(iter(said))
    typed = {key: value for key, value in said.items() if key != "source"}
    wrong = browser.post(path, typed).content.decode()
    assert "error-summary" in wrong and "Choose how we know" in wrong and str(said[first]) in wrong
    assert not table.objects.exists()
    answer = browser.post(path, said)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        reverse("desk_card", args=[clinic.subject]) + "?done=entry-added",
    )
    assert table.objects.get().release == said["release"]
    for who in (clinic.support, clinic.colleague, clinic.subject):
        assert signed_in(who).post(path, said).status_code == 403
    assert table.objects.count() == 1


def test_a_measurement_beyond_belief_is_asked_about(clinic: Clinic, signed_in: SignedIn) -> None:
    said = {**FORMS[2][1], "value": "845", "taken_on_year": "2999"}
    body = (
        signed_in(clinic.prescriber)
        .post(reverse("desk_measurement_new", args=[clinic.subject]), said)
        .content.decode()
    )
    assert "between 20 and 400 kg" in body and "yet to come" in body and 'value="845"' in body


def test_an_assistant_is_not_asked_about_release(clinic: Clinic, signed_in: SignedIn) -> None:
    now = clinic.at
    prescribing.assign_assistant(clinic.request, assistant=clinic.assistant, by=clinic.actor(clinic.support), at=now)
    path = reverse("desk_medicine_new", args=[clinic.subject])
    browser = signed_in(clinic.assistant)
    assert "copy they take" not in browser.get(path).content.decode()
    browser.post(path, {**FORMS[1][1], "release": "released"})
    assert MedicationStatement.objects.get().release == Release.HELD


def test_a_note_is_written_changed_signed_and_added_to(clinic: Clinic, signed_in: SignedIn) -> None:
    browser = signed_in(clinic.prescriber)
    written = browser.post(
        reverse("desk_note_new", args=[clinic.subject]), {"heading": "First", "text": "Seen by video."}
    )
    note = ClinicalNote.objects.get()
    assert written.headers["Location"] == reverse("desk_note", args=[note.pk]) + "?done=draft-kept"
    assert "Seen by video." in browser.get(written.headers["Location"]).content.decode()
    better = {"heading": "First", "text": "Seen by video, well.", "read": note.digest()}
    changed = browser.post(reverse("desk_note", args=[note.pk]), better)
    assert changed.headers["Location"] == reverse("desk_note_sign", args=[note.pk])
    assert (
        "Read it as it stands now" in browser.post(changed.headers["Location"], {"release": "held"}).content.decode()
    )
    unsaid = browser.post(changed.headers["Location"], {}).content.decode()
    read = re.search('name="read" value="([0-9a-f]{64})"', unsaid)[1]
    assert "Choose whether it may go" in unsaid and "Seen by video, well." in unsaid
    assert browser.post(changed.headers["Location"], {"release": "released", "read": read}).status_code == 302
    note.refresh_from_db()
    assert note.status == "signed"
    assert "Locked; additions only" in browser.get(reverse("desk_note", args=[note.pk])).content.decode()
    before = note.digest()
    browser.post(reverse("desk_note", args=[note.pk]), {"heading": "Other", "text": "otherwise"})
    browser.post(reverse("desk_note_sign", args=[note.pk]), {"release": "withheld"})
    note.refresh_from_db()
    assert note.digest() == before
    assert (
        browser.post(reverse("desk_note_add", args=[note.pk]), {"text": "All well.", "release": "held"}).status_code
        == 302
    )
    assert "All well." in browser.get(reverse("desk_card", args=[clinic.subject])).content.decode()


def test_a_file_goes_in_sealed_and_comes_out_named_generically(clinic: Clinic, signed_in: SignedIn) -> None:
    browser, path = signed_in(clinic.prescriber), reverse("desk_file_new", args=[clinic.subject])
    content = b"sentinel-letter " * 20_000
    wrong = browser.post(path, {"file": SimpleUploadedFile("Maureen Oddie.txt", content)})
    assert wrong.status_code == 422 and not DocumentReference.objects.exists()
    said = {
        "title": "Letter",
        "source": "gp",
        "release": "held",
        "file": SimpleUploadedFile("Maureen Oddie.txt", content),
    }
    assert browser.post(path, said).status_code == 302
    kept = DocumentReference.objects.get()
    answer = browser.get(reverse("desk_file", args=[kept.pk]))
    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="file-{kept.pk.hex[:8]}.txt"'
    assert "sandbox" in answer.headers["Content-Security-Policy"] and answer.headers["Content-Type"] == "text/plain"
    part = browser.get(reverse("desk_file", args=[kept.pk]), headers={"Range": "bytes=70000-70003"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, content[70_000:70_004])  # type: ignore[attr-defined]
    assert signed_in(clinic.support).get(reverse("desk_file", args=[kept.pk])).status_code == 403
    assert signed_in(clinic.support).get(reverse("desk_file", args=[uuid4()])).status_code == 403
    stored = [path for path in files.path_of("00").parent.parent.rglob("*") if path.is_file()]
    assert not [path for path in stored if b"sentinel-letter" in path.read_bytes()]
    assert not [path for path in stored if path.suffix == ".part"]


def ticket_in(page: str) -> str:
    """What a page says of its having been read."""
    found = re.search(r'name="review" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_request_is_passed_on_and_decided(clinic: Clinic, signed_in: SignedIn) -> None:
    support, path = signed_in(clinic.support), reverse("desk_assign", args=[clinic.request])
    body = support.get(path).content.decode()
    assert "Dr Abel Quist" in body and "Wren Tully" not in body
    assert "Choose who decides" in support.post(path, {}).content.decode()
    assert support.post(path, {"prescriber": str(clinic.assistant)}).status_code == 200
    assert support.post(path, {"prescriber": str(clinic.colleague)}).status_code == 302
    assert signed_in(clinic.prescriber).get(reverse("desk_card", args=[clinic.subject])).status_code == 403
    chosen, decide = signed_in(clinic.colleague), reverse("desk_decide", args=[clinic.request])
    read = chosen.get(decide).content.decode()
    assert "sentinel-answer" in read
    filled = {"act": "decide", "decide-words": "sentinel-dose", "review": ticket_in(read)}
    missing = chosen.post(decide, filled)
    assert missing.status_code == 422
    assert "Choose what you decide" in missing.content.decode() and "sentinel-dose" in missing.content.decode()
    stale = chosen.post(decide, {**filled, "decide-outcome": "refused", "review": "zq"})
    assert stale.status_code == 422 and MedicationRequest.objects.get().status == RequestStatus.ASSIGNED
    assert chosen.post(decide, {**filled, "decide-outcome": "refused"}).status_code == 302
    assert MedicationRequest.objects.get().status == RequestStatus.DECIDED
    assert "sentinel-dose" in chosen.get(reverse("desk_card", args=[clinic.subject])).content.decode()
    assert signed_in(clinic.finance).get(path).status_code == 403
    assert signed_in(clinic.colleague).get(reverse("desk_decide", args=[uuid4()])).status_code == 403


def test_forms_need_their_token(clinic: Clinic, signed_in: SignedIn) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in(clinic.support).cookies
    assert strict.post(reverse("desk_find"), {"q": "Odd", "reason": "at_the_desk"}).status_code == 403


def test_everything_that_happened_stands_on_the_records_own_page_for_who_may_read_it(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    plant(clinic)
    history, paper = (reverse(name, args=[clinic.subject]) for name in ("desk_history", "desk_print"))
    for who in (clinic.support, clinic.colleague, clinic.finance, clinic.other):
        assert signed_in(who).get(history).status_code == 403
        assert signed_in(who).get(paper).status_code == 403
    browser, new = signed_in(clinic.prescriber), reverse("desk_note_new", args=[clinic.subject])
    browser.post(new, {"heading": "", "text": "sentinel-first\nsentinel-second"})
    browser.post(new, {"heading": "sentinel-heading", "text": "sentinel-alone"})
    drawn = {"view": "front", "region": "none", "release": "held", "drawn": "[[[7,8],[9,10]]]", "chart": str(uuid4())}
    assert browser.post(reverse("desk_charts", args=[clinic.subject]), drawn).status_code == 302
    page = browser.get(history).content.decode()
    assert "Signed a note" in page and "Refused" in page and ">Signed in<" not in page
    printed = browser.get(paper).content.decode()
    assert "sentinel-note" in printed and "sentinel-substance" in printed and "Write a note" not in printed
    for words in ("first", "second", "alone"):
        assert f"<p>sentinel-{words}</p>" in printed, words
    assert "sentinel-heading" in printed and "<p>sentinel-heading</p>" not in printed
    assert "M7 8L9 10" in printed and "Photographs are not in it" in printed
    card = browser.get(reverse("desk_card", args=[clinic.subject])).content.decode()
    assert history in card and paper in card


def test_a_restriction_stands_on_every_page_about_the_person(clinic: Clinic, signed_in: SignedIn) -> None:
    from troth.rights import services as rights

    now = timezone.now()
    rights.restrict(clinic.subject, by=clinic.actor(clinic.subject), at=now)
    browser = signed_in(clinic.prescriber)
    card = browser.get(reverse("desk_card", args=[clinic.subject])).content.decode()
    assert "Restricted since" in card and "Break the glass in an emergency" in card
    for path in (
        reverse("desk_task_new", args=[clinic.subject]),
        reverse("desk_assign", args=[clinic.request]),
    ):
        assert "Restricted since" in browser.get(path).content.decode(), path
    assert (
        "Restricted since"
        not in signed_in(clinic.finance).get(reverse("desk_card", args=[clinic.subject])).content.decode()
    )
