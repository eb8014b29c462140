"""Nothing goes too early: whoever has two records, was here without a word being written, or died, is kept as long as is due."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from bench.specimens.models import Note
from tests.stores import Home
from troth.gate import facts
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.notice.schema.keeping import RetentionRule
from troth.rights import services
from troth.rights.models import Appraisal, Asked, RightsCase
from troth.rights.rules import NO_CASE, kept_until
from troth.rights.rules import ending as rules
from troth.rights.rules.deceased import check_can_record
from troth.rights.rules.ending import closed_by_rule, ends_on
from troth.rights.selectors import ending, planning
from troth.rights.tests.factories import LATER, make_officer, make_patient, write
from troth.rights.tests.test_ending import CARE, HELD, closed_case, in_years, person
from troth.vault.categories import Category

GROWN = date(1971, 3, 9)


@act(Event.CONTACT_CHANGED, purpose=Purpose.RIGHTS)
def join(one: UUID, other: UUID, *, by: Actor, at: datetime) -> None:
    """Two records are one person's."""
    for near, far in ((one, other), (other, one)):
        facts.record(near, FactKind.SAME_PERSON, at=at, value="ab" * 16, other=far)


def over(of: Actor, at: datetime, **known: date | None) -> set[str]:
    assert of.id is not None
    days = {"born": GROWN, "died": None, **known}
    return {each.rule for each in ending.list_what_is_over(of.id, at, **days)}


def test_a_later_treatment_under_another_record_of_theirs_keeps_this_one(clinic: Home) -> None:
    ann, again, officer = make_patient(), make_patient(email="ann@again.example"), make_officer()
    write(Note(subject_id=ann.id, text="treated"), by=ann, at=LATER)
    write(Note(subject_id=again.id, text="treated again"), by=again, at=in_years(5))
    assert "care_record" in over(ann, in_years(9))
    join(ann.id, again.id, by=officer, at=LATER)
    assert "care_record" not in over(ann, in_years(9))
    assert "care_record" in over(ann, in_years(14))


def test_a_visit_is_a_contact_though_nothing_was_written(clinic: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = make_patient()
    write(Note(subject_id=ann.id, text="treated"), by=ann, at=LATER)
    assert "care_record" in over(ann, in_years(9))
    monkeypatch.setattr(rules, "_seen", [lambda subjects: dict.fromkeys(subjects, in_years(5).date())])
    assert "care_record" not in over(ann, in_years(9))
    never = planning.situation([], on=LATER.date(), born_on=None, seen_on=LATER.date())
    assert never.health_last_on is None  # a visit makes no care record of what is none


def test_what_a_case_rests_on_is_over_with_the_last_of_their_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    limbs = [{"trigger": "case_closed", "period": "7 years"}, {"trigger": "last_contact", "period": "2 years"}]
    known = {"care_record": RetentionRule(id="care_record", limbs=limbs)}
    one, other = UUID(int=1), UUID(int=2)
    days = {one: {"a": date(2022, 5, 1), "b": date(2024, 5, 1)}, other: {}}
    monkeypatch.setattr(rules, "_ends_by_rule", {"care_record": days.__getitem__})
    closed = closed_by_rule([other, one], known)
    assert closed == {"care_record": date(2024, 5, 1)}
    assert ends_on(known["care_record"], HELD, person(), closed["care_record"]) == date(2031, 5, 1)
    assert closed_by_rule([other], known) == closed_by_rule([one], {"care_record": CARE}) == {}
    # My data and the plan of an erasure say the same day as the nightly run, and none while a case is under way.
    for on, end in ((date(2024, 5, 1), date(2031, 5, 1)), (NO_CASE, date(2022, 3, 1)), (None, None)):
        shown = replace(person(), closed={"care_record": on})
        assert kept_until(known["care_record"], HELD, shown) == end
    monkeypatch.setattr(planning, "retention_rules", lambda at: known)
    monkeypatch.setattr(rules, "_holds", {})
    assert planning._closed([one], at=LATER) == {"care_record": date(2024, 5, 1)}
    assert planning._closed([other], at=LATER) == {"care_record": NO_CASE}
    monkeypatch.setattr(rules, "_holds", {"A case that is under way": lambda subjects, at: {one}})
    assert planning._closed([one], at=LATER) == {"care_record": None}


def test_a_mistyped_day_of_death_does_not_come_before_the_last_treatment() -> None:
    assert ends_on(CARE, HELD, person(born_on=GROWN, died_on=date(1926, 6, 1)), None) == date(2028, 3, 1)
    said = {"on": date(2026, 11, 2), "seen": "The certificate", "known": False}
    assert "before they were born" in check_can_record(date(1926, 6, 1), born=GROWN, **said)
    assert check_can_record(date(2026, 6, 1), born=GROWN, **said) == ""


def test_a_complaint_is_kept_ten_years_whoever_asks_and_is_shown_so(clinic: Home) -> None:
    ann = make_patient()
    complaint = closed_case(Asked.COMPLAINT, ann.id, by=ann, at=LATER)
    assert ann.id is not None
    shown = planning.dates_kept(ann.id, at=LATER)[Category.RIGHTS]
    assert shown.until is not None and shown.until > in_years(9.9).date()
    late = in_years(4)
    plan = planning.plan_erasure(ann.id, at=late)
    assert ("rights.cases", complaint.hex) not in plan.scopes
    services.dispose_of_what_is_over(at=late)
    assert RightsCase.objects.filter(pk=complaint).exists()


def test_a_run_that_did_not_come_is_noticed(clinic: Home) -> None:
    assert not ending.is_run_late(LATER)  # a clinic of today has had no night
    Appraisal.objects.create(rule="care_record", looked_at=LATER)
    assert not ending.is_run_late(LATER + timedelta(days=1))
    assert ending.is_run_late(LATER + timedelta(days=3))
