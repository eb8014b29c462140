"""What is arranged for visits: a closed list and a language, for whoever books and receives, and never why."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import publish_pack
from troth.gate import actors
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.people import rules, selectors, services
from troth.people.tests.factories import LATER, make_patient, make_staff


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "   ",
        "I had a stroke, so slowly please",
        "Polish (deaf in one ear)",
        "HIV positive",
        "Deaf since birth",
        "()",
    ],
)
def test_a_language_is_one_of_the_list_and_nothing_else(wrong: str) -> None:
    with pytest.raises(ValueError, match="language"):
        rules.check_language(wrong, ["interpreter"])
    for given, kept in (
        (" sorani  kurdish", "Kurdish (Sorani)"),
        ("Kurdish, Sorani", "Kurdish (Sorani)"),
        ("mandarin", "Chinese (Mandarin)"),
        ("TAMIL", "Tamil"),
        ("BSL", "British Sign Language"),
    ):
        assert rules.check_language(given, ["interpreter"]) == kept
    assert all(rules.check_language(each, ["interpreter"]) == each for each in rules.LANGUAGES)
    assert rules.check_language(wrong, ["chaperone"]) == "", "without an interpreter nobody's language is kept"


@pytest.fixture
def patient(db: None) -> UUID:
    publish_pack("wellness-clinic")
    return make_patient()


def state(subject: UUID, by: UUID, *wanted: str, language: str = "") -> None:
    services.state_adjustments(subject, wanted=wanted, language=language, by=actors.person(by, at=LATER), at=LATER)


def test_what_is_stated_is_sealed_and_replaces_what_stood_there(patient: UUID) -> None:
    state(patient, patient, "chaperone", "interpreter", "step_free", language="polish")
    with processing(Purpose.BOOKING, by=actors.person(patient, at=LATER), at=LATER) as opened:
        held = selectors.get_adjustments(patient, opened)
    assert held.said == "A way and a room without steps; an interpreter for Polish; a chaperone in the room"
    state(patient, patient, "quiet")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_adjusted")
        assert "quiet" not in repr(cursor.fetchall())
    events = LedgerEvent.objects.filter(event="people:adjustments_stated", outcome="done")
    assert {each.purpose for each in events} == {"booking"} and events.count() == 2


def test_only_what_the_list_has_is_kept(patient: UUID) -> None:
    with pytest.raises(ValueError, match="is not a valid Adjustment"):
        state(patient, patient, "step_free", "multiple sclerosis")
    with pytest.raises(ValueError, match="which language"):
        state(patient, patient, "interpreter")
    assert not LedgerEvent.objects.filter(event="people:adjustments_stated").exists()


def test_two_who_write_the_first_at_once_wait_for_each_other(patient: UUID) -> None:
    with CaptureQueriesContext(connection) as asked:
        state(patient, patient, "loop")
    said = [each["sql"] for each in asked]
    held = next(number for number, sql in enumerate(said) if sql.startswith('SELECT "vault_subject"."id" AS'))
    read = next(number for number, sql in enumerate(said) if 'FROM "people_adjusted"' in sql)
    assert held < read


def test_marketing_and_a_receptionist_without_a_reason_neither_read_nor_write_it(patient: UUID) -> None:
    state(patient, patient, "loop")
    for role in ("marketing", "receptionist", "finance"):
        who = make_staff(role, email=f"{role}@x.example")
        with pytest.raises(Refused):
            state(patient, who, "dog")
        with processing(Purpose.BOOKING, by=actors.person(who, at=LATER), at=LATER) as opened:
            assert selectors.adjustments_of([patient], opened) == {}


def test_a_notice_without_it_takes_nothing_down(notice_in_force: None) -> None:
    patient = make_patient()
    with pytest.raises(Refused):
        state(patient, patient, "loop")
