"""What the notice keeps no longer goes by itself: every kind of data there is, in its time, and nothing before it."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from bench.specimens.models import Note
from conftest import publish_pack
from tests.stores import Home
from troth.assurance.rules.catalogue import LETTERS
from troth.copies import journal
from troth.delivery import services as delivery
from troth.gate import facts
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.notice.schema.keeping import RetentionRule
from troth.people import services as people
from troth.people.jobs import forget_tries
from troth.people.models import Contact, Identity, SignInTry, StaffContact
from troth.rights import rules, services
from troth.rights.models import Appraisal, Asked, CaseStep, RightsCase, State, StepKind
from troth.rights.rules.ending import ends_on, list_over
from troth.rights.selectors import ending
from troth.rights.selectors.places import compartment_of
from troth.rights.selectors.planning import retention_rules
from troth.rights.services import StepRefused
from troth.rights.services import ending as ending_services
from troth.rights.tests.factories import LATER, NOW, Planter, make_officer, make_patient, write
from troth.vault import keystore
from troth.vault.categories import Category
from troth.vault.compartments import get_compartment
from troth.vault.models import all_holdings

SOON = LATER + timedelta(minutes=1)


def in_years(number: float) -> datetime:
    return NOW + timedelta(days=int(365.25 * number) + 2)


def settle_everything() -> None:
    """What a planted row leaves open is closed, as its own room would close it."""
    with connection.cursor() as cursor:
        for statement in (
            "DELETE FROM prescribing_documentpicture",  # its room destroys it within the hour of the look
            "UPDATE rights_rightscase SET state = 'done'",
            "UPDATE rights_casestep SET kind = 'closed'",
            "UPDATE rights_emergencyreview SET closed = true",
            "UPDATE rights_arrival SET state = 'settled'",
            "UPDATE billing_invoice SET state = 'settled'",
            "UPDATE billing_payment SET state = 'captured'",
            "UPDATE contact_enquiry SET answered_at = recorded_at, answered_by = subject_id",
            "UPDATE medicolegal_case SET stage = 'closed', handler = subject_id",
            "UPDATE medicolegal_report SET signed_at = recorded_at",
            "UPDATE people_representation SET ended_at = recorded_at",
            "UPDATE contact_conversation SET closed_at = recorded_at, turn = 'closed'",
            "UPDATE contact_visitmessage SET conversation = (SELECT id FROM contact_conversation)",
            "UPDATE consent_consentword SET given = false",
            "UPDATE delivery_message SET purpose = 'rights'",
        ):
            cursor.execute(statement)


def left_of(person: Actor) -> set[str]:
    return {
        compartment_of(model)
        for model in all_holdings()
        if compartment_of(model) and model._base_manager.filter(subject_id=person.id).exists()
    }


def forget_what_the_notice_does_not_know(known: set[str]) -> None:
    """A pack without photographs has no rule for them, and in no clinic of that kind is there one: a live check looks for that."""
    with connection.cursor() as cursor:
        for model in reversed(all_holdings()):
            name = compartment_of(model)
            if name and get_compartment(name).retention not in known:
                cursor.execute(f"DELETE FROM {model._meta.db_table}")


@pytest.mark.parametrize("pack", sorted(LETTERS))
def test_everything_there_is_goes_in_its_time(committed_db: Home, pack: str) -> None:
    """Of whatever a room will hold one day, some job finds that its time is over: no rule of any notice is words alone."""
    publish_pack()
    ann, officer = make_patient(), make_officer()
    Planter(ann, "ann").plant()
    if pack != "online-prescribing":
        publish_pack(pack)
    at = in_years(60)
    known = set(retention_rules(at))
    forget_what_the_notice_does_not_know(known)
    settle_everything()
    for _, compartment, scope in keystore.list_stored(ann.id):
        if compartment == "prescribing.documents":
            keystore.destroy(ann.id, [compartment], scope=scope)
    before = left_of(ann)
    services.dispose_of_what_is_over(at=SOON)
    assert left_of(ann) == before  # a minute later nothing is over
    services.dispose_of_what_is_over(at=at)
    for row in Appraisal.objects.filter(people__gt=0):
        services.approve_end(row.rule, up_to=at.date(), by=officer, at=at)
    services.dispose_of_what_is_over(at=at)
    delivery.dispose_old(at=at)
    people.dispose_steps(at=at)
    with mock.patch.object(timezone, "now", return_value=at):
        forget_tries()
    assert sorted(left_of(ann)) == []
    assert [key for key in keystore.list_stored(ann.id) if get_compartment(key[1]).retention in known] == []
    assert not any(fact.holds(facts.micros(at)) for fact in facts.about([ann.id])[ann.id.hex])


@act(Event.CASE_OPENED, purpose=Purpose.RIGHTS)
def closed_case(right: Asked, subject: UUID, *, by: Actor, at: datetime) -> UUID:
    """A case as it stands when it is over, with its file."""
    acting().require(subject, Category.RIGHTS)
    on = at.date()
    case = RightsCase.objects.create(
        subject_id=subject, right=right, state=State.DONE, received_on=on, due_on=on, words="What I asked"
    )
    CaseStep.objects.create(subject_id=subject, case=case, kind=StepKind.CLOSED, on=on, words="Closed")
    made: UUID = case.pk
    return made


def test_a_request_goes_after_three_years_and_a_complaint_after_ten(clinic: Home) -> None:
    ann, bob = make_patient(), make_patient(email="bob@oddie.example")
    asked = closed_case(Asked.RECTIFICATION, ann.id, by=ann, at=LATER)
    complaint = closed_case(Asked.COMPLAINT, ann.id, by=ann, at=LATER)
    kept = closed_case(Asked.RECTIFICATION, bob.id, by=bob, at=LATER)
    opened = services.ask_erasure(bob.id, by=bob, at=LATER)  # it waits: of him nothing may be destroyed
    services.dispose_of_what_is_over(at=in_years(2.9))
    assert ending.count_overdue(in_years(2.9)) == 0 and ending.count_overdue(in_years(4)) == 1
    assert RightsCase.objects.filter(pk=asked).exists()
    services.dispose_of_what_is_over(at=in_years(3))
    assert not RightsCase.objects.filter(pk=asked).exists() and not CaseStep.objects.filter(case_id=asked).exists()
    assert RightsCase.objects.filter(pk__in=[complaint, kept, opened]).count() == 3
    assert ("rights.cases", asked.hex) not in {name[1:] for name in keystore.list_stored(ann.id)}
    event = LedgerEvent.objects.filter(event="rights:time_over", subject=ann.id.hex).latest("id")
    assert f"vault.key/rights.cases:{asked.hex}" in json.dumps(event.objects_touched)
    assert any(asked.hex in line for line in journal_lines())
    services.dispose_of_what_is_over(at=in_years(9.9))
    assert RightsCase.objects.filter(pk=complaint).exists()
    services.dispose_of_what_is_over(at=in_years(10))
    assert not RightsCase.objects.filter(pk=complaint).exists()
    assert RightsCase.objects.filter(pk__in=[kept, opened]).count() == 2


def journal_lines() -> list[str]:
    return [str(entry) for entry in journal.entries_since(0)]


def test_what_somebody_looks_at_first_waits_for_an_officer_and_then_goes(clinic: Home) -> None:
    ann, officer = make_patient(), make_officer()
    write(Note(subject_id=ann.id, text="a note"), by=ann, at=LATER)
    late = in_years(9)
    services.dispose_of_what_is_over(at=late)
    assert ending.count_overdue(late) == 0
    assert Note.objects.filter(subject_id=ann.id).exists()
    waiting = Appraisal.objects.get(rule="care_record")
    assert (waiting.people, waiting.oldest) == (1, date(2034, 11, 24))
    assert ending.count_overdue(late) == 0 and ending.count_not_looked_at(late) == 1
    with pytest.raises(StepRefused, match="privacy officer"):
        services.approve_end("care_record", up_to=late.date(), by=ann, at=late)
    with pytest.raises(StepRefused, match="to come"):
        services.approve_end("care_record", up_to=date(2050, 1, 1), by=officer, at=late)
    with pytest.raises(StepRefused, match="Nothing of that kind"):
        services.approve_end("accounts", up_to=late.date(), by=officer, at=late)
    tomorrow = late + timedelta(days=1)
    with pytest.raises(StepRefused, match="not counted yet"):  # an officer agrees to what was counted
        services.approve_end("care_record", up_to=tomorrow.date(), by=officer, at=tomorrow)
    services.approve_end("care_record", up_to=late.date(), by=officer, at=late)
    assert not ending.list_appraisals()[0].waits
    services.dispose_of_what_is_over(at=late)
    assert not Note.objects.filter(subject_id=ann.id).exists() and not Identity.objects.filter(subject_id=ann.id)
    assert ending.count_overdue(late) == ending.count_not_looked_at(late) == 0
    assert not ending.approved_up_to()  # it held for that run alone
    event = LedgerEvent.objects.filter(event="rights:time_over_looked").latest("id")
    assert "rights.appraisal/care_record" in json.dumps(event.objects_touched)


def test_stopped_half_way_it_is_found_again_and_one_that_fails_keeps_nobody_else(clinic: Home) -> None:
    ann, bob = make_patient(), make_patient(email="bob@oddie.example")
    late = in_years(2.5)
    first = min(ann.id, bob.id)
    real = ending_services._remove_rows

    def break_down(rows: list[Any]) -> int:
        if any(found.filter(subject_id=first).exists() for found in rows):
            raise OSError("the machine stopped")
        return real(rows)

    with mock.patch.object(ending_services, "_remove_rows", break_down), pytest.raises(ExceptionGroup):
        services.dispose_of_what_is_over(at=late)
    assert set(Contact.objects.values_list("subject_id", flat=True)) == {first}
    assert "people.contact" not in {name[1] for name in keystore.list_stored(first)}  # the key went at once
    services.dispose_of_what_is_over(at=late)
    assert not Contact.objects.exists()


def test_whoever_was_stopped_after_their_identity_went_is_finished(clinic: Home) -> None:
    ann, officer = make_patient(), make_officer()
    write(Note(subject_id=ann.id, text="a note"), by=ann, at=LATER)
    late = in_years(9)
    services.dispose_of_what_is_over(at=late)
    services.approve_end("care_record", up_to=late.date(), by=officer, at=late)
    stop = mock.patch.object(ending_services, "_remove_rows", side_effect=OSError("the machine stopped"))
    with stop, pytest.raises(ExceptionGroup):
        services.dispose_of_what_is_over(at=late)
    assert Identity.objects.filter(subject_id=ann.id).exists()
    assert "people.identity" not in {name[1] for name in keystore.list_stored(ann.id)}
    services.dispose_of_what_is_over(at=late)  # nothing can open their identity now, and nothing has to
    assert not Identity.objects.filter(subject_id=ann.id).exists()
    assert not Note.objects.filter(subject_id=ann.id).exists()
    assert not any(fact.holds(facts.micros(late)) for fact in facts.about([ann.id])[ann.id.hex])


def test_a_row_in_which_nothing_was_ever_sealed_is_not_taken_for_one_that_was_stopped(clinic: Home) -> None:
    ann = make_patient()
    write(Note(subject_id=ann.id, text="a note"), by=ann, at=LATER)
    for _, compartment, scope in keystore.list_stored(ann.id):
        if get_compartment(compartment).category.special:
            keystore.destroy(ann.id, [compartment], scope=scope)  # the journal knows nothing of it
    services.dispose_of_what_is_over(at=in_years(3))
    assert Note.objects.filter(subject_id=ann.id).exists()


def test_nobody_grown_up_is_opened_before_anything_of_theirs_can_be_over(clinic: Home) -> None:
    ann = make_patient()
    write(Note(subject_id=ann.id, text="a note"), by=ann, at=LATER)
    everybody = mock.patch.object(ending, "who_may_be_over", return_value=[ann.id])
    with everybody, mock.patch.object(ending, "days_of_life", return_value=(None, None)) as opened:
        services.dispose_of_what_is_over(at=SOON)
    opened.assert_not_called()


def test_the_account_that_nobody_has_is_left(clinic: Home) -> None:
    ann = make_patient()
    assert ann.id in ending.who_may_be_over(in_years(30))
    with mock.patch.object(ending.people, "strangers_number", return_value=ann.id):
        assert ann.id not in ending.who_may_be_over(in_years(30))


def test_what_a_job_of_another_room_left_lying_is_counted(clinic: Home) -> None:
    ann = make_patient()
    write(SignInTry(subject_id=ann.id, outcome="in", device="A browser", address="192.0.2.7"), by=ann, at=LATER)
    kept = timedelta(days=30)  # of addresses of machines, by the notice
    assert ending.count_left_elsewhere(LATER + kept + ending.RUNS_WITHIN) == 0
    assert ending.count_left_elsewhere(LATER + kept + ending.RUNS_WITHIN + timedelta(hours=1)) == 1


def test_a_restriction_and_a_role_keep_everything(clinic: Home) -> None:
    ann, officer = make_patient(), make_officer()
    services.restrict(ann.id, by=ann, at=LATER)
    services.dispose_of_what_is_over(at=in_years(30))
    assert Contact.objects.filter(subject_id=ann.id).exists()
    assert StaffContact.objects.filter(subject_id=officer.id).exists()
    assert ending.why_held(ann.id, at=SOON) == "Its use is restricted"
    assert ending.why_held(officer.id, at=SOON) == "They work here"


HELD = rules.Held("records.card", "", Category.HEALTH, "care_record", 1, date(2020, 3, 1), date(2020, 3, 1))
CARE = RetentionRule(
    id="care_record",
    limbs=[
        {"trigger": "last_contact", "period": "8 years"},
        {"trigger": "birth", "until_age": 25},
        {"trigger": "birth", "until_age": 26},
        {"trigger": "death", "period": "8 years"},
    ],
    end="review",
)


def person(**known: Any) -> rules.Situation:
    return rules.Situation(date(2050, 1, 1), HELD.last_on, HELD.last_on, False, False, **known)


@pytest.mark.parametrize(
    ("known", "ends"),
    [
        ({"born_on": date(1980, 5, 1)}, date(2028, 3, 1)),
        ({"born_on": date(2010, 5, 1)}, date(2035, 5, 1)),  # nine when treated
        ({"born_on": date(2002, 12, 1)}, date(2028, 12, 1)),  # seventeen when treated
        ({}, date(2046, 3, 1)),  # who may have been a child of any age
        ({"born_on": date(2010, 5, 1), "died_on": date(2021, 6, 1)}, date(2029, 6, 1)),  # a death replaces both
    ],
)
def test_a_record_of_care_ends_by_the_limb_that_fits(known: dict[str, Any], ends: date) -> None:
    assert ends_on(CARE, HELD, person(**known), None) == ends


def test_a_consent_that_was_taken_back_ends_what_rests_on_it_at_once() -> None:
    rule = RetentionRule(
        id="photographs",
        limbs=[{"trigger": "last_contact", "period": "8 years"}, {"trigger": "withdrawn", "period": "1 day"}],
    )
    held = replace(HELD, category=Category.PHOTOGRAPH, retention="photographs")
    assert ends_on(rule, held, person(), None) == date(2028, 3, 1)
    assert ends_on(rule, held, person(), date(2021, 5, 9)) == date(2021, 5, 10)
    assert ends_on(None, held, person(), None) is None


def test_who_somebody_is_stays_as_long_as_anything_else_of_them() -> None:
    identity = replace(HELD, compartment="people.identity", category=Category.IDENTITY)
    money = replace(
        HELD,
        compartment="billing.accounts",
        category=Category.FINANCIAL,
        retention="accounts",
        last_on=date(2045, 5, 1),
    )
    known = {
        "care_record": CARE,
        "accounts": RetentionRule(id="accounts", limbs=[{"trigger": "fy_end", "period": "6 years"}], end="destroy"),
    }
    grown = person(born_on=date(1980, 5, 1))
    assert [each.held for each in list_over([identity, HELD], known, grown, {})] == [identity, HELD]
    assert [each.held for each in list_over([identity, HELD, money], known, grown, {})] == [HELD]
