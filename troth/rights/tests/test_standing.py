"""Restriction, objection and consent: at once, in every process, by the person themself and by nobody without a reason."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from conftest import publish_pack
from tests.stores import Home
from troth.consent import services as consents
from troth.gate import facts
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.refusals import Check, Refused
from troth.notice.purposes import Purpose
from troth.people.tests.test_at_once import at_once
from troth.rights import services
from troth.rights.models import RightsCase
from troth.rights.tests.factories import LATER, make_officer, make_patient
from troth.vault.categories import Category

SOON = LATER + timedelta(minutes=1)
OTHER = """
import sys
import django; django.setup()
from datetime import datetime
from uuid import UUID
from troth.gate import actors
from troth.gate.contexts import processing
from troth.notice.purposes import Purpose
from troth.vault.categories import Category
person, at = UUID(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
print("ready", flush=True)
for line in sys.stdin:
    purpose, category = line.split()
    with processing(Purpose(purpose), by=actors.person(person, at=at), at=at) as opened:
        decision = opened.decision(person, Category(category))
    print(decision.check.value if decision.check else "allowed", flush=True)
"""


class Process:
    """Another process on the same deployment, already running when the wish is recorded."""

    def __init__(self, home: Home, person) -> None:
        self.running = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(person.id), SOON.isoformat()],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={
                **os.environ,
                **home.environment,
                "PYTHONPATH": str(Path.cwd()),
                "TROTH_EXTRA_APPS": "bench.specimens",
            },
        )
        assert self.running.stdout and self.running.stdout.readline() == "ready\n"

    def ask(self, purpose: Purpose, category: Category) -> str:
        assert self.running.stdin and self.running.stdout
        self.running.stdin.write(f"{purpose.value} {category.value}\n")
        self.running.stdin.flush()
        return self.running.stdout.readline().strip()

    def end(self) -> None:
        assert self.running.stdin
        self.running.stdin.close()
        self.running.wait(10)
        assert self.running.stdout
        self.running.stdout.close()


def test_each_wish_acts_at_once_in_a_process_that_was_already_running(clinic: Home) -> None:
    ann = make_patient()
    other = Process(clinic, ann)
    try:
        assert other.ask(Purpose.MARKETING, Category.PREFERENCES) == "basis"
        consents.give(ann.id, Purpose.MARKETING, channel="email", by=ann, at=LATER)
        assert other.ask(Purpose.MARKETING, Category.PREFERENCES) == "allowed"
        consents.take_back(ann.id, Purpose.MARKETING, by=ann, at=LATER + timedelta(seconds=1))
        assert other.ask(Purpose.MARKETING, Category.PREFERENCES) == "basis"
        assert other.ask(Purpose.ENQUIRIES, Category.CORRESPONDENCE) == "allowed"
        services.object_to(ann.id, Purpose.ENQUIRIES, by=ann, at=LATER)
        assert other.ask(Purpose.ENQUIRIES, Category.CORRESPONDENCE) == "basis"
        services.withdraw_objection(ann.id, Purpose.ENQUIRIES, by=ann, at=LATER + timedelta(seconds=1))
        assert other.ask(Purpose.ENQUIRIES, Category.CORRESPONDENCE) == "allowed"
    finally:
        other.end()


@pytest.mark.usefixtures("notice_in_force")
def test_a_restriction_stops_others_and_not_the_person_and_is_lifted() -> None:
    ann, officer = make_patient(), make_officer()
    services.restrict(ann.id, by=ann, at=LATER)
    services.restrict(ann.id, by=ann, at=LATER)
    assert len(facts.of(ann.id, FactKind.RESTRICTION, at=SOON)) == 1
    with processing(Purpose.RIGHTS, by=ann, at=SOON) as opened:
        assert opened.decision(ann.id, Category.CONTACT).allowed
    with pytest.raises(Refused):
        services.lift_restriction(ann.id, by=officer, at=SOON)  # nobody has asked them to
    services.lift_restriction(ann.id, by=ann, at=SOON)
    assert facts.of(ann.id, FactKind.RESTRICTION, at=SOON + timedelta(seconds=1)) == []


@pytest.mark.usefixtures("notice_in_force")
@pytest.mark.parametrize(
    "wish",
    [
        lambda who, by: services.restrict(who, by=by, at=LATER),
        lambda who, by: services.lift_restriction(who, by=by, at=LATER),
        lambda who, by: services.object_to(who, Purpose.MARKETING, by=by, at=LATER),
        lambda who, by: services.withdraw_objection(who, Purpose.MARKETING, by=by, at=LATER),
        lambda who, by: consents.give(who, Purpose.MARKETING, channel="email", by=by, at=LATER),
        lambda who, by: consents.take_back(who, Purpose.MARKETING, by=by, at=LATER),
    ],
)
def test_nobody_speaks_for_another(wish) -> None:
    ann, bob, support = make_patient(), make_patient(email="bob@oddie.example"), make_officer("patient_support")
    for other in (bob, support):
        with pytest.raises(Refused) as refused:
            wish(ann.id, other)
        assert refused.value.decision.check in {Check.ROLE, Check.REASON}


AHEAD = SOON + timedelta(hours=2)


@pytest.mark.usefixtures("notice_in_force")
def test_a_restriction_recorded_by_a_process_whose_clock_is_ahead_stops_others_at_once() -> None:
    ann, officer = make_patient(), make_officer()
    with processing(Purpose.STAFF, by=officer, at=SOON) as opened:
        before = opened.decision(ann.id, Category.CONTACT).check
    services.restrict(ann.id, by=ann, at=AHEAD)
    assert [fact.kind for fact in facts.of(ann.id, FactKind.RESTRICTION, at=SOON)] == [FactKind.RESTRICTION]
    standing = facts.standing(
        facts.about([ann.id])[ann.id.hex], Purpose.CARE, at=facts.micros(SOON), declaring=frozenset(), actor=""
    )
    assert standing.restricted and before is not Check.RESTRICTION
    services.lift_restriction(ann.id, by=ann, at=SOON)
    assert facts.of(ann.id, FactKind.RESTRICTION, at=SOON) == []
    assert facts.of(ann.id, FactKind.RESTRICTION, at=AHEAD + timedelta(days=1)) == []


@pytest.mark.usefixtures("notice_in_force")
def test_an_objection_dated_ahead_holds_at_once_and_one_lifted_ahead_goes_on_until_then() -> None:
    ann = make_patient()

    def asked(at: datetime) -> Check | None:
        with processing(Purpose.ENQUIRIES, by=ann, at=at) as opened:
            return opened.decision(ann.id, Category.CORRESPONDENCE).check

    assert asked(SOON) is None
    services.object_to(ann.id, Purpose.ENQUIRIES, by=ann, at=AHEAD)
    assert asked(SOON) is Check.BASIS
    services.withdraw_objection(ann.id, Purpose.ENQUIRIES, by=ann, at=AHEAD + timedelta(hours=1))
    assert asked(SOON) is Check.BASIS
    assert asked(AHEAD + timedelta(hours=1)) is None


@pytest.mark.usefixtures("notice_in_force")
def test_a_consent_taken_back_by_a_process_whose_clock_is_ahead_is_gone_at_once() -> None:
    ann = make_patient()
    consents.give(ann.id, Purpose.MARKETING, channel="email", by=ann, at=LATER)
    consents.take_back(ann.id, Purpose.MARKETING, by=ann, at=AHEAD)
    with processing(Purpose.MARKETING, by=ann, at=SOON) as opened:
        assert opened.decision(ann.id, Category.PREFERENCES).check is Check.BASIS


@pytest.mark.usefixtures("notice_in_force")
def test_what_is_asked_twice_is_one_case() -> None:
    ann = make_patient()
    for purpose in (None, Purpose.FEEDBACK):
        asked = [services.ask_to_stop(ann.id, purpose, by=ann, at=moment, words="x") for moment in (SOON, LATER)]
        assert len(set(asked)) == 1
    assert RightsCase.objects.count() == 2
    assert services.ask_to_stop(ann.id, Purpose.SITE_STATISTICS, by=ann, at=SOON) not in asked


def test_of_two_who_ask_at_once_one_opens_the_case(committed_db: Home) -> None:
    """What `hold` is for is shown on PostgreSQL alone: SQLite lets one write at a time."""
    publish_pack("online-prescribing")
    ann = make_patient()
    said = at_once(*(lambda: services.ask_to_stop(ann.id, None, by=ann, at=LATER) for _ in range(4)))
    assert said == ["done"] * 4
    assert RightsCase.objects.count() == 1
