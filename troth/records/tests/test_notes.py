"""Notes: what a template asks, what a second window cannot take away, and what the database refuses once a note is signed."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import signals

from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.records import apps, selectors, services
from troth.records.models import ClinicalNote, Release, Template, TemplateKind, guards
from troth.records.rules import NotPossible, templates
from troth.records.rules.templates import Asked
from troth.records.tests.conftest import Clinic
from troth.records.tests.factories import LATER, NOW

ASKS = "Reason for the visit\nSkin type: I; II; III\nPlan…\n"


def test_a_template_is_a_line_for_each_question() -> None:
    assert templates.read(ASKS) == (
        Asked("Reason for the visit"),
        Asked("Skin type", ("I", "II", "III")),
        Asked("Plan", long=True),
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (" \n", "a line for each"),
        ("Skin type: I", "two or more"),
        ("Skin type: I; I", "two or more"),
        ("Plan\nPlan…", "Line 2"),
        ("…", "asks nothing"),
        ("x" * 201, "longer"),
        ("\n".join(f"Question {number}" for number in range(25)), "at most"),
        ("Which: " + ";".join("abcdefghijklm"), "more than 12"),
    ],
)
def test_a_template_that_cannot_be_asked_says_why(body: str, told: str) -> None:
    with pytest.raises(NotPossible, match=told):
        templates.read(body)


def test_an_answer_is_one_of_those_to_choose_from() -> None:
    asked = templates.read(ASKS)
    kept = templates.filled("skin", 2, "Skin", asked, {"Skin type": "II", "Not asked": "x"})
    assert kept["answers"][1] == {"question": "Skin type", "answer": "II"} and len(kept["answers"]) == 3
    with pytest.raises(NotPossible, match="takes one of"):
        templates.filled("skin", 2, "Skin", asked, {"Skin type": "IX"})
    with pytest.raises(NotPossible, match="too long"):
        templates.filled("skin", 2, "Skin", asked, {"Plan": "x" * 20_001})
    with pytest.raises(NotPossible, match="Write something"):
        templates.check_says_something(" ", templates.filled("skin", 2, "Skin", asked, {}))


def test_a_letter_names_what_there_is_and_nothing_else() -> None:
    templates.check_template(TemplateKind.LETTER, "To the GP", "Dear colleague, {name} was here on {date}.")
    with pytest.raises(NotPossible, match="diagnosis"):
        templates.check_template(TemplateKind.LETTER, "To the GP", "{name} has {diagnosis}")
    for kind, title, body in ((TemplateKind.CONSENT, " ", "x"), (TemplateKind.CONSENT, "x", " ")):
        with pytest.raises(NotPossible):
            templates.check_template(kind, title, body)
    assert templates.written_out("{name}, {other}", {"name": "Ann"}) == "Ann, {other}"


def publish(clinic: Clinic, **changed: Any) -> Template:
    said: dict[str, Any] = {"title": "Skin", "body": ASKS, "by": clinic.prescriber, "at": NOW, **changed}
    return services.publish_template(TemplateKind.NOTE, **said)


def test_a_template_has_versions_and_the_newest_counts(clinic: Clinic) -> None:
    publish(clinic)
    with pytest.raises(NotPossible, match="of that name already"):
        publish(clinic)
    publish(clinic, key="skin", read=1, body="Plan…")
    with pytest.raises(NotPossible, match="meanwhile"):
        publish(clinic, key="skin", read=1, body="Other")
    with pytest.raises(NotPossible, match="no such"):
        publish(clinic, key="hair")
    assert [line.version for line in selectors.list_templates(TemplateKind.NOTE)] == [2]
    assert [line.version for line in selectors.list_versions(TemplateKind.NOTE, "skin")] == [2, 1]
    first = selectors.get_template(TemplateKind.NOTE, "skin", 1)
    assert first is not None and len(first.asks) == 3
    publish(clinic, key="skin", read=2, closed=True)
    assert selectors.list_templates(TemplateKind.NOTE) == []
    assert len(selectors.list_templates(TemplateKind.NOTE, closed=True)) == 1
    assert selectors.get_template(TemplateKind.NOTE, "none") is None
    with pytest.raises(NotPossible, match="Only an administrator"):
        publish(clinic, title="Hair", by=clinic.support)


def test_a_template_has_a_key_of_its_own_that_leads_to_it(clinic: Clinic) -> None:
    for title, key in (
        ("New", "new-2"),
        ("皮肤", "template"),
        ("头发", "template-2"),
        ("Skin?", "skin"),
        ("Skin!", "skin-2"),
        ("x" * 70, "x" * 60),
        ("x" * 71, "x" * 56 + "-2"),
    ):
        assert publish(clinic, title=title).key == key
    with pytest.raises(NotPossible, match="of that name already"):
        publish(clinic, title=" new ")


def test_of_two_who_publish_at_once_the_later_one_is_told(clinic: Clinic) -> None:
    publish(clinic)
    with pytest.raises(NotPossible, match="meanwhile"):
        publish(clinic, key="skin", body="Plan…")  # which version was read stands nowhere

    def overtake(instance: Template, **_: Any) -> None:
        """Somebody else is a moment faster."""
        fields = {
            name: getattr(instance, name) for name in ("kind", "key", "version", "published_at", "published_by")
        }
        Template.objects.bulk_create([Template(**fields, title="Other", body="Other")])

    signals.pre_save.connect(overtake, sender=Template)
    try:
        for changed, told in (({"key": "skin", "read": 1}, "meanwhile"), ({"title": "Hair"}, "of that name already")):
            with pytest.raises(NotPossible, match=told):
                publish(clinic, **changed)
    finally:
        signals.pre_save.disconnect(overtake, sender=Template)


def test_a_note_keeps_what_was_asked_whatever_follows(clinic: Clinic) -> None:
    publish(clinic)
    answers = templates.filled("skin", 1, "Skin", templates.read(ASKS), {"Skin type": "III"})
    note = services.write_note(clinic.subject, heading="", text="", answers=answers, by=clinic.prescriber, at=NOW)
    publish(clinic, key="skin", read=1, body="Other")
    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened:
        found = selectors.get_note(note.pk, opened)
    assert found.answers == (("Reason for the visit", ""), ("Skin type", "III"), ("Plan", ""))
    assert (found.title, found.template) == ("Skin", ("skin", 1))


def test_two_windows_lose_nothing(clinic: Clinic) -> None:
    identifier = uuid4()
    words: dict[str, Any] = {"heading": "First", "by": clinic.prescriber, "at": NOW}
    note = services.write_note(clinic.subject, text="one", note=identifier, **words)
    with pytest.raises(NotPossible, match="begun already"):
        services.write_note(clinic.subject, text="the same, sent twice", note=identifier, **words)
    read = note.digest()
    newer = services.change_draft(note.pk, text="two", read=read, **words)
    with pytest.raises(NotPossible, match="another window"):
        services.change_draft(note.pk, text="three", read=read, **words)
    with pytest.raises(NotPossible, match="another window"):
        services.discard_draft(note.pk, read=read, by=clinic.prescriber, at=NOW)
    services.change_draft(note.pk, text="three", read=newer, **words)
    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened:
        assert selectors.get_note(note.pk, opened).text == "three"
    with pytest.raises(NotPossible, match="Write something"):
        services.change_draft(note.pk, text=" ", **words)


def test_a_draft_is_thrown_away_by_its_author_and_a_signed_note_by_nobody(clinic: Clinic) -> None:
    draft = services.write_note(clinic.subject, heading="", text="x", by=clinic.prescriber, at=NOW)
    with pytest.raises(NotPossible):
        services.discard_draft(draft.pk, read=draft.digest(), by=clinic.assistant, at=NOW)
    with pytest.raises(Refused):
        services.discard_draft(draft.pk, read=draft.digest(), by=clinic.support, at=NOW)
    services.discard_draft(draft.pk, read=draft.digest(), by=clinic.prescriber, at=NOW)
    assert not ClinicalNote.objects.exists()
    assert LedgerEvent.objects.filter(event="records:note_discarded", subject=clinic.subject.hex).count() == 1
    kept = signed(clinic)
    with pytest.raises(NotPossible, match="signed"):
        services.discard_draft(kept.pk, read=kept.digest(), by=clinic.prescriber, at=NOW)


def test_an_addition_that_is_sent_twice_stands_once(clinic: Clinic) -> None:
    note, identifier = signed(clinic), uuid4()
    said: dict[str, Any] = {"text": "more", "release": Release.HELD, "by": clinic.prescriber, "at": LATER}
    services.add_to_note(note.pk, addition=identifier, **said)
    with pytest.raises(NotPossible, match="stands under the note already"):
        services.add_to_note(note.pk, addition=identifier, **said)


def signed(clinic: Clinic) -> ClinicalNote:
    note = services.write_note(clinic.subject, heading="First", text="seen", by=clinic.prescriber, at=NOW)
    services.sign_note(note.pk, release=Release.HELD, by=clinic.prescriber, at=NOW)
    return ClinicalNote.objects.get(pk=note.pk)


#: What an intruder might write into each column; the rest they would empty.
OTHERWISE = {
    "status": "'draft'",
    "recorded_by": "'nobody'",
    "recorded_at": "'2020-01-01 00:00:00+00'",
    "answers": "heading",
    "adds_to_id": "id",
    "author": "id",
}


def trying(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def test_the_database_refuses_every_change_of_a_signed_note(clinic: Clinic) -> None:
    note = signed(clinic)
    number = note._meta.pk.get_db_prep_value(note.pk, connection)
    for column in guards.SIGNED["records_clinicalnote"][1]:
        if column == "id":
            continue
        value = OTHERWISE.get(column, "NULL")
        with pytest.raises(DatabaseError, match=guards.REFUSAL):
            trying(f"UPDATE records_clinicalnote SET {column} = {value} WHERE id = %s", number)
    if connection.vendor == "sqlite":
        with pytest.raises(DatabaseError, match=guards.REFUSAL):
            trying(
                "INSERT OR REPLACE INTO records_clinicalnote SELECT * FROM records_clinicalnote WHERE id = %s", number
            )
    # Its release may still be decided, and the row may go.
    trying("UPDATE records_clinicalnote SET release = 'withheld' WHERE id = %s", number)
    trying("DELETE FROM records_clinicalnote WHERE id = %s", number)


def test_careless_code_cannot_change_a_signed_note_either(clinic: Clinic) -> None:
    note = signed(clinic)

    @act(Event.NOTE_CHANGED, purpose=Purpose.CARE)
    def careless(*, by: Any, at: Any) -> None:
        row = ClinicalNote.objects.get(pk=note.pk)
        row.text = "something else"
        row.save()

    with pytest.raises(DatabaseError, match=guards.REFUSAL):
        careless(by=clinic.prescriber, at=LATER)


def test_a_guard_that_is_gone_is_noticed_and_remade(db: None) -> None:
    assert apps.check_guards(["default"]) == [] and apps.check_guards() == []
    guards.drop_guards(connection)
    found = guards.guards_missing(connection)
    assert "records_clinicalnote_stays" in found
    assert [each.id for each in apps.check_guards(["default"])] == ["records.E001"] * len(found)
    apps._remake_guards("default")
    assert guards.guards_missing(connection) == []
