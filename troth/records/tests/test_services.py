"""Every act of the record: what it writes, who may, and what is refused."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from troth.gate.acts import hold
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.refusals import Check, Refused
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.records import selectors, services
from troth.records.models import (
    AllergyIntolerance,
    ClinicalNote,
    Criticality,
    DocumentReference,
    Kind,
    Measure,
    MedicationStatement,
    NoteStatus,
    Observation,
    Release,
    Source,
    Verification,
)
from troth.records.models.charts import Region, View
from troth.records.rules import NotPossible
from troth.records.tests.conftest import Clinic
from troth.records.tests.factories import LATER, NOW, record_fact
from troth.rights.selectors import obtaining as rights
from troth.vault import files, inventory
from troth.vault.uploads import SealedUpload

ALLERGY: dict[str, Any] = {
    "substance": "latex",
    "reaction": "a rash",
    "since": "2019",
    "criticality": Criticality.LOW,
    "verification": Verification.UNCONFIRMED,
}


def draft(clinic: Clinic, text: str = "Seen by video.") -> ClinicalNote:
    return services.write_note(clinic.subject, heading="First look", text=text, by=clinic.prescriber, at=NOW)


def signed(clinic: Clinic, text: str = "Seen by video.") -> ClinicalNote:
    note = draft(clinic, text)
    services.sign_note(note.pk, release=Release.RELEASED, by=clinic.prescriber, at=NOW)
    return ClinicalNote.objects.get(pk=note.pk)


def last_event(name: str) -> LedgerEvent:
    return LedgerEvent.objects.filter(event=name).latest("id")


def test_every_column_is_sealed_or_declared(db: None) -> None:
    assert [fault for fault in inventory.undeclared() if ".records_" in fault] == []
    assert [fault for fault in inventory.misfiled() if fault.startswith("records.")] == []


def test_compartments_follow_rules_that_the_notice_has(notice_in_force: None) -> None:
    from troth.notice import selectors as notices
    from troth.records.models import CARD, FILES, NOTES
    from troth.vault.compartments import get_compartment

    rules = notices.retention_rules(notices.register_in_force(NOW))
    assert all(get_compartment(name).retention in rules for name in (CARD, NOTES, FILES))


def test_allergy_medicine_and_measurement_are_recorded_by_who_may_and_named_in_the_ledger(clinic: Clinic) -> None:
    services.record_allergy(clinic.subject, **ALLERGY, source=Source.PERSON, by=clinic.assistant, at=NOW)
    assert last_event("records:allergy_recorded").actor == clinic.assistant.id.hex
    services.record_medicine(
        clinic.subject,
        medicine="lymecycline",
        dose="408 mg daily",
        since="June",
        reason="",
        source=Source.GP,
        by=clinic.prescriber,
        at=NOW,
    )
    services.record_measurement(
        clinic.subject,
        measure=Measure.WEIGHT,
        value=Decimal("84.20"),
        taken_on=date(2026, 11, 23),
        source=Source.CLINIC,
        by=clinic.assistant,
        at=NOW,
    )
    row = Observation.objects.get()
    assert last_event("records:measured").objects_touched == f"records.observation/{row.pk.hex}/{row.digest()}"
    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER):
        assert (row.value, row.measure, row.measure.unit) == (Decimal("84.20"), Measure.WEIGHT, "kg")
        assert AllergyIntolerance.objects.get().substance == "latex"
        assert MedicationStatement.objects.get().dose == "408 mg daily"


@pytest.mark.parametrize("who", ["support", "colleague", "officer"])
def test_who_may_not_write_leaves_nothing_but_a_refusal(clinic: Clinic, who: str) -> None:
    actor = getattr(clinic, who)
    with pytest.raises(Refused):
        services.record_allergy(clinic.subject, **ALLERGY, source=Source.PERSON, by=actor, at=NOW)
    with pytest.raises(Refused):
        services.write_note(clinic.subject, heading="", text="x", by=actor, at=NOW)
    assert not AllergyIntolerance.objects.exists() and not ClinicalNote.objects.exists()
    assert last_event("gate:refused").actor == actor.id.hex


def test_a_draft_is_changed_and_signed_by_its_author_only(clinic: Clinic) -> None:
    note = draft(clinic)
    services.change_draft(note.pk, heading="First look", text="Seen by video, well.", by=clinic.prescriber, at=NOW)
    for wrong in (services.change_draft, services.sign_note):
        words: dict[str, Any] = (
            {"heading": "", "text": "y"} if wrong is services.change_draft else {"release": Release.RELEASED}
        )
        with pytest.raises(NotPossible, match="its author"):
            wrong(note.pk, **words, by=clinic.assistant, at=NOW)
    services.sign_note(note.pk, release=Release.RELEASED, by=clinic.prescriber, at=NOW)
    row = ClinicalNote.objects.get(pk=note.pk)
    assert (row.status, row.signed_at, row.release, row.released_by) == (
        NoteStatus.SIGNED,
        NOW,
        Release.RELEASED,
        clinic.prescriber.id,
    )


def test_a_signed_note_is_never_overwritten(clinic: Clinic) -> None:
    note = signed(clinic)
    before = note.digest()
    with pytest.raises(NotPossible, match="Add to it"):
        services.change_draft(note.pk, heading="", text="otherwise", by=clinic.prescriber, at=LATER)
    with pytest.raises(NotPossible, match="signed"):
        services.sign_note(note.pk, release=Release.WITHHELD, by=clinic.prescriber, at=LATER)
    added = services.add_to_note(
        note.pk, text="She wrote: all well.", release=Release.RELEASED, by=clinic.assistant, at=LATER
    )
    assert ClinicalNote.objects.get(pk=note.pk).digest() == before
    # An addition to an addition stands under the note, so that they are read in one place.
    again = services.add_to_note(
        added.pk, text="And again.", release=Release.RELEASED, by=clinic.prescriber, at=LATER
    )
    assert again.adds_to_id == note.pk


def test_only_what_was_read_is_signed(clinic: Clinic) -> None:
    note = draft(clinic)
    with processing(Purpose.CARE, by=clinic.prescriber, at=NOW) as opened:
        read = selectors.get_note(note.pk, opened).version
    services.change_draft(note.pk, heading="", text="otherwise", by=clinic.prescriber, at=NOW)
    with pytest.raises(NotPossible, match="changed since"):
        services.sign_note(note.pk, release=Release.HELD, read=read, by=clinic.prescriber, at=NOW)
    with processing(Purpose.CARE, by=clinic.prescriber, at=NOW) as opened:
        read = selectors.get_note(note.pk, opened).version
    services.sign_note(note.pk, release=Release.HELD, read=read, by=clinic.prescriber, at=NOW)
    assert ClinicalNote.objects.get().status == NoteStatus.SIGNED


def test_a_draft_takes_no_addition(clinic: Clinic) -> None:
    with pytest.raises(NotPossible, match="isn’t signed"):
        services.add_to_note(draft(clinic).pk, text="x", release=Release.HELD, by=clinic.prescriber, at=NOW)


def test_release_is_a_health_professionals_opinion(clinic: Clinic) -> None:
    """LAW-4.5: an assistant signs their own note, and it waits; a prescriber then decides."""
    note = services.write_note(clinic.subject, heading="", text="Weighed by video.", by=clinic.assistant, at=NOW)
    with pytest.raises(NotPossible):
        services.decide_release(Kind.NOTE, note.pk, release=Release.RELEASED, by=clinic.prescriber, at=NOW)
    services.sign_note(note.pk, release=Release.RELEASED, by=clinic.assistant, at=NOW)
    row = ClinicalNote.objects.get(pk=note.pk)
    assert (row.release, row.released_by) == (Release.HELD, None)
    with pytest.raises(NotPossible, match=r"LAW-4\.5"):
        services.decide_release(Kind.NOTE, note.pk, release=Release.RELEASED, by=clinic.assistant, at=LATER)
    services.decide_release(Kind.NOTE, note.pk, release=Release.WITHHELD, by=clinic.prescriber, at=LATER)
    row.refresh_from_db()
    assert (row.release, row.released_at, row.released_by) == (Release.WITHHELD, LATER, clinic.prescriber.id)


def test_what_the_person_told_needs_no_opinion(clinic: Clinic) -> None:
    for source, expected in ((Source.PERSON, Release.RELEASED), (Source.GP, Release.HELD)):
        made = services.record_allergy(clinic.subject, **ALLERGY, source=source, by=clinic.assistant, at=NOW)
        assert made.release == expected


def test_the_person_adds_to_their_own_card(clinic: Clinic) -> None:
    made = services.record_allergy(clinic.subject, **ALLERGY, source=Source.PERSON, by=clinic.ann, at=NOW)
    assert made.recorded_by == clinic.ann.id.hex


def test_restriction_stops_writing_at_once(clinic: Clinic) -> None:
    note = draft(clinic)
    record_fact(clinic.subject, FactKind.RESTRICTION, by=clinic.ann, at=NOW)
    for act in (
        lambda: services.sign_note(note.pk, release=Release.HELD, by=clinic.prescriber, at=LATER),
        lambda: draft(clinic),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.decision.check is Check.RESTRICTION


def test_a_note_that_does_not_exist_is_refused_like_a_strangers(clinic: Clinic) -> None:
    note = signed(clinic)
    said = set()
    for which in (note.pk, uuid4()):
        with pytest.raises(Refused) as refused:
            services.sign_note(which, release=Release.HELD, by=clinic.colleague, at=LATER)
        said.add((refused.value.decision.sentence, refused.value.decision.spoken))
    assert len(said) == 1


def test_a_file_is_kept_sealed_and_read_back(clinic: Clinic) -> None:
    content = b"sentinel-of-a-letter " * 5_000
    upload = SealedUpload(
        files.store([content], name="letter of Ann.txt", media_type="text/plain"), "text/plain", None
    )
    made = services.add_file(
        clinic.subject, title="Letter from her GP", source=Source.GP, upload=upload, by=clinic.prescriber, at=NOW
    )
    upload.close()
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=LATER) as opened:
        assert b"".join(selectors.open_file(made.pk, opened).read()) == content
    assert last_event("records:file_added").subject == clinic.subject.hex
    with pytest.raises(Refused), processing(Purpose.PRESCRIBING, by=clinic.support, at=LATER) as opened:
        selectors.open_file(made.pk, opened)


def test_a_refused_file_is_not_kept(clinic: Clinic) -> None:
    upload = SealedUpload(files.store([b"x"], name="a", media_type="text/plain"), "text/plain", None)
    with pytest.raises(Refused):
        services.add_file(clinic.subject, title="x", source=Source.GP, upload=upload, by=clinic.support, at=NOW)
    upload.close()
    assert not DocumentReference.objects.exists() and not files.path_of(upload.stored.place).exists()


@pytest.mark.parametrize("what", ["charts", "letters"])
def test_what_is_sent_twice_at_once_is_answered_and_kept_once(
    clinic: Clinic, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: dict[str, Any] = {"words": "x", "release": Release.HELD, "by": clinic.prescriber, "at": NOW}
    key = uuid4()
    keep: Callable[[], object] = {
        "charts": lambda: services.draw_chart(
            clinic.subject, view=View.FRONT, region=Region.LEFT_ARM, drawn="", chart=key, **said
        ),
        "letters": lambda: services.write_letter(
            clinic.subject, title="x", to="x", about="x", signer="x", document=key, **said
        ),
    }[what]

    def wait(subject: UUID) -> None:
        """Whoever was faster has ended by the time that the person is free."""
        monkeypatch.setattr(f"troth.records.services.{what}.hold", hold)
        keep()

    monkeypatch.setattr(f"troth.records.services.{what}.hold", wait)
    with pytest.raises(NotPossible, match="kept already"):
        keep()


def test_what_the_gp_told_is_noted_for_its_person_with_the_entry_and_what_they_said_is_not(clinic: Clinic) -> None:
    given = {"dose": "1", "since": "2019", "reason": "", "by": clinic.prescriber, "at": NOW}
    services.record_medicine(clinic.subject, medicine="sertraline", source=Source.PERSON, **given)
    assert last_event("records:medication_recorded")
    assert not LedgerEvent.objects.filter(event="rights:file_kept").exists()
    services.record_medicine(clinic.subject, medicine="sertraline", source=Source.GP, **given)
    services.record_allergy(clinic.subject, source=Source.GP, by=clinic.prescriber, at=NOW, **ALLERGY)
    assert LedgerEvent.objects.filter(event="rights:file_kept", subject=clinic.subject.hex).exists()
    assert rights.list_work(at=NOW)[1] == 1
