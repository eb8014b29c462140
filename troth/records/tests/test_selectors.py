"""What a card is given: sections shown with why, or withheld with the decision; as many queries for fifty rows as for five."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.refusals import Check, Refused
from troth.notice.purposes import Purpose
from troth.records import selectors, services
from troth.records.models import Release, Source
from troth.records.selectors import NoteLine, Shown, Withheld
from troth.records.tests.conftest import Clinic
from troth.records.tests.factories import LATER, NOW, record_fact
from troth.records.tests.test_services import ALLERGY, draft, signed

BORN = date(1985, 3, 8)


def test_sections_are_shown_with_the_gates_own_reason(clinic: Clinic) -> None:
    services.record_allergy(clinic.subject, **ALLERGY, source=Source.PERSON, by=clinic.prescriber, at=NOW)
    signed(clinic)
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=LATER) as opened:
        sections = selectors.card_sections(
            clinic.subject, opened, kept=selectors.triggers(clinic.subject, born_on=BORN)
        )
    assert [section.key for section in sections] == ["medicines", "notes", "measurements", "files"]
    assert all(isinstance(section, Shown) for section in sections)
    first = sections[0]
    assert isinstance(first, Shown)
    assert (first.why.purpose, first.why.because) == (
        "Deciding whether treatment is safe, and prescribing",
        "a request",
    )
    assert first.why.until == date(2034, 11, 24)
    assert first.why.kept_until == "24 November 2034"


def test_without_a_birthday_the_notice_says_how_long(clinic: Clinic) -> None:
    signed(clinic)
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=LATER) as opened:
        first = selectors.card_sections(clinic.subject, opened)[0]
    assert isinstance(first, Shown)
    assert first.why.until is None
    assert first.why.kept_until.startswith("Eight years after we last treated you")


def test_support_gets_withheld_and_nothing_is_raised_or_poisoned(clinic: Clinic) -> None:
    signed(clinic)
    with processing(Purpose.PRESCRIBING, by=clinic.support, at=LATER) as opened:
        sections = selectors.card_sections(
            clinic.subject, opened, kept=selectors.triggers(clinic.subject, born_on=BORN)
        )
    assert all(isinstance(section, Withheld) and section.decision.check is Check.ROLE for section in sections)


def test_under_restriction_everything_clinical_is_withheld(clinic: Clinic) -> None:
    signed(clinic)
    record_fact(clinic.subject, FactKind.RESTRICTION, by=clinic.ann, at=NOW)
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=LATER) as opened:
        sections = selectors.card_sections(
            clinic.subject, opened, kept=selectors.triggers(clinic.subject, born_on=BORN)
        )
    assert {section.decision.check for section in sections if isinstance(section, Withheld)} == {Check.RESTRICTION}
    assert len(sections) == 4


def test_a_draft_is_seen_by_its_author_only(clinic: Clinic) -> None:
    note = draft(clinic)
    for actor, seen in ((clinic.prescriber, 1), (clinic.assistant, 0)):
        with processing(Purpose.PRESCRIBING, by=actor, at=LATER):
            assert len(selectors.list_notes(clinic.subject, viewer=actor.id)) == seen
    with pytest.raises(Refused), processing(Purpose.PRESCRIBING, by=clinic.assistant, at=LATER) as opened:
        selectors.get_note(note.pk, opened)


def test_additions_stand_under_their_note_in_order(clinic: Clinic) -> None:
    note = signed(clinic)
    for number in (1, 2):
        services.add_to_note(
            note.pk,
            text=f"addition {number}",
            release=Release.RELEASED,
            by=clinic.prescriber,
            at=NOW + timedelta(minutes=number),
        )
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=LATER):
        found: tuple[NoteLine, ...] = selectors.list_notes(clinic.subject, viewer=None)
    assert [addition.text for addition in found[0].additions] == ["addition 1", "addition 2"]
    assert len(found) == 1


def test_fifty_rows_cost_as_many_queries_as_five(clinic: Clinic) -> None:
    counts = []
    for more in (5, 45):
        for number in range(more):
            services.record_allergy(clinic.subject, **ALLERGY, source=Source.PERSON, by=clinic.prescriber, at=NOW)
            services.write_note(clinic.subject, heading="", text=f"note {number}", by=clinic.prescriber, at=NOW)
        with (
            CaptureQueriesContext(connections["default"]) as data,
            CaptureQueriesContext(connections["keys"]) as keys,
            processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=LATER) as opened,
        ):
            sections = selectors.card_sections(
                clinic.subject, opened, kept=selectors.triggers(clinic.subject, born_on=BORN)
            )
        assert isinstance(sections[0], Shown)
        counts.append((len(sections[0].rows), len(data), len(keys)))
    assert [count[0] for count in counts] == [5, 50]
    assert counts[0][1:] == counts[1][1:]


def test_a_child_is_kept_to_the_birthday_that_fits(clinic: Clinic) -> None:
    """LAW-6.6: treated as a child until 25, at seventeen until 26; an adult eight years from the last time."""
    from troth.gate.whys import kept_until
    from troth.notice import selectors as notices
    from troth.notice.schema.words import Trigger

    rule = notices.retention_rules(notices.register_in_force(NOW))["care_record"]
    seen = datetime(2026, 11, 24, tzinfo=UTC).date()
    ends = [
        kept_until(rule, {Trigger.LAST_CONTACT: seen, Trigger.BIRTH: born})
        for born in (date(2016, 1, 1), date(2009, 1, 1), date(2008, 1, 1))
    ]
    assert ends == [date(2041, 1, 1), date(2035, 1, 1), date(2034, 11, 24)]
    died = {Trigger.LAST_CONTACT: seen, Trigger.BIRTH: date(2016, 1, 1), Trigger.DEATH: date(2027, 1, 1)}
    assert kept_until(rule, died) == date(2035, 1, 1)
    assert kept_until(rule, {Trigger.LAST_CONTACT: seen}) is None
