"""Consents to treatments: the words as they stood, who signed, taking it back, and what the database refuses."""

from typing import Any
from uuid import uuid4

import pypdfium2 as pdfium
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from troth.design.moments import hour_of
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.records import selectors, services
from troth.records.models import Release, TemplateKind, TreatmentConsent, guards
from troth.records.rules import NotPossible, strokes
from troth.records.tests.conftest import Clinic
from troth.records.tests.factories import LATER, NOW

DRAWN = "[[[10,20],[30,40]],[[500,300]]]"
TICKED = "I read it, and agree"
WORDS = "A warm light is used.\n\nSome are red for a day."


def publish(clinic: Clinic, **more: Any) -> None:
    services.publish_template(
        TemplateKind.CONSENT, title="Light treatment", body=WORDS, by=clinic.prescriber, at=NOW, **more
    )


def sign(clinic: Clinic, **changed: Any) -> TreatmentConsent:
    said: dict[str, Any] = {
        "key": "light-treatment",
        "version": 1,
        "ticked": TICKED,
        "name": "Ann Other",
        "drawn": DRAWN,
        "consent": uuid4(),
        "by": clinic.prescriber,
        "at": NOW,
        **changed,
    }
    return services.sign_consent(clinic.subject, **said)


def test_lines_are_read_as_points_and_nothing_else() -> None:
    assert strokes.read("", height=300) == [] and strokes.read("[[]]", height=300) == []
    assert strokes.path_of(strokes.read(DRAWN, height=300)) == "M10 20L30 40M500 300L500 300"
    assert "M10 20" in strokes.svg_of([[[10, 20]]], height=300)
    many = "[" + ",".join("[[1,1]]" for _ in range(201)) + "]"
    for wrong in (
        "{",
        "[" * 99_999,
        "{}",
        "[1]",
        "[[1]]",
        "[[[1,2,3]]]",
        "[[[1,301]]]",
        "[[[true,1]]]",
        '[[["1",2]]]',
        "[[[1.5,2]]]",
        many,
    ):
        with pytest.raises(NotPossible):
            strokes.read(wrong, height=300)


def test_what_was_signed_stands_whole_whatever_follows(clinic: Clinic) -> None:
    publish(clinic)
    made = sign(clinic)
    publish(clinic, key="light-treatment", read=1)
    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened:
        found = selectors.get_consent(made.pk, opened)
        assert selectors.list_consents(clinic.subject, opened) == [found]
    assert (found.title, found.words, found.version) == ("Light treatment", WORDS, "1")
    assert (found.ticked, found.name) == (TICKED, "Ann Other")
    assert found.drawn.startswith("M10 20") and found.how is selectors.SignedHow.CLINIC
    assert made.release == Release.RELEASED
    event = LedgerEvent.objects.get(event="records:treatment_agreed")
    assert event.subject == clinic.subject.hex and event.actor == clinic.prescriber.id.hex


def test_a_stale_page_a_second_click_and_an_empty_name_sign_nothing(clinic: Clinic) -> None:
    publish(clinic)
    publish(clinic, key="light-treatment", read=1)
    with pytest.raises(NotPossible, match="changed since"):
        sign(clinic)
    identifier = uuid4()
    sign(clinic, version=2, consent=identifier)
    for changed, told in (
        ({"consent": identifier}, "signed already"),
        ({"name": " "}, "full name"),
        ({"ticked": " "}, "ticks the sentence"),
        ({"key": "other"}, "no such form"),
        ({"drawn": "x"}, "arrive whole"),
    ):
        with pytest.raises(NotPossible, match=told):
            sign(clinic, **{"version": 2, **changed})
    publish(clinic, key="light-treatment", read=2, closed=True)
    with pytest.raises(NotPossible, match="no such form"):
        sign(clinic, version=3)
    assert TreatmentConsent.objects.count() == 1


def test_only_who_may_write_health_data_keeps_one_and_takes_it_back(clinic: Clinic) -> None:
    publish(clinic)
    made = sign(clinic)
    for who in (clinic.support, clinic.colleague, clinic.officer):
        with pytest.raises(Refused):
            sign(clinic, by=who)
        with pytest.raises(Refused):
            services.take_back_consent(made.pk, because="", by=who, at=LATER)
    with pytest.raises(Refused):
        services.take_back_consent(uuid4(), because="", by=clinic.prescriber, at=LATER)
    services.take_back_consent(made.pk, because="changed their mind", by=clinic.prescriber, at=LATER)
    with pytest.raises(NotPossible, match="already"):
        services.take_back_consent(made.pk, because="", by=clinic.prescriber, at=LATER)
    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened:
        found = selectors.get_consent(made.pk, opened)
    assert (found.withdrawn_at, found.back_because) == (LATER, "changed their mind")


def test_the_person_signs_and_takes_back_by_themself(clinic: Clinic) -> None:
    publish(clinic)
    made = sign(clinic, by=clinic.ann, drawn="")
    with processing(Purpose.CARE, by=clinic.ann, at=LATER) as opened:
        assert selectors.get_consent(made.pk, opened).how is selectors.SignedHow.ACCOUNT
    services.take_back_consent(made.pk, because="", by=clinic.ann, at=LATER)


def test_the_paper_says_what_was_ticked_under_which_words_when_and_by_whom(clinic: Clinic) -> None:
    publish(clinic)
    made = sign(clinic)
    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened:
        found = selectors.get_consent(made.pk, opened)
    paper = selectors.consent_paper(found, name="Ann Other", born="1 May 1980", at=LATER)
    assert paper.startswith(b"%PDF-") and b"pdfuaid" in paper
    with pdfium.PdfDocument(paper) as opened_paper:
        page = opened_paper[0]
        text = " ".join(page.get_textpage().get_text_bounded().split())
    signed = f"{timezone.localtime(NOW):%-d %B %Y}, {hour_of(NOW)}"
    for said in (*WORDS.split("\n\n"), f"“{TICKED}”", "Version 1", "Signed by Ann Other", f"Signed on {signed}"):
        assert said in text


def test_what_was_signed_before_the_sentence_was_kept_still_reads_and_is_taken_back(clinic: Clinic) -> None:
    publish(clinic)
    made = sign(clinic)
    number = TreatmentConsent._meta.pk.get_db_prep_value(made.pk, connection)
    guards.drop_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_treatmentconsent SET ticked = NULL WHERE id = %s", [number])
    connection.check_constraints()  # PostgreSQL alters no table while a check of it waits for the end
    guards.make_guards(connection)
    services.take_back_consent(made.pk, because="", by=clinic.prescriber, at=LATER)
    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened:
        found = selectors.get_consent(made.pk, opened)
    assert (found.ticked, found.withdrawn_at) == ("", LATER)
    assert selectors.consent_paper(found, name="Ann Other", born="", at=LATER).startswith(b"%PDF-")


def test_the_database_refuses_a_change_of_what_was_signed(clinic: Clinic) -> None:
    publish(clinic)
    made = sign(clinic)
    number = TreatmentConsent._meta.pk.get_db_prep_value(made.pk, connection)
    services.take_back_consent(made.pk, because="changed their mind", by=clinic.prescriber, at=LATER)
    for column in ("words", "ticked", "name", "strokes", "title", "form", "how", "withdrawn_at", "back_because"):
        with pytest.raises(DatabaseError, match=guards.REFUSAL), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE records_treatmentconsent SET {column} = NULL WHERE id = %s", [number])
