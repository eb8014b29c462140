"""Today: each thing that needs somebody shows with what to do, goes when it is done, and nothing is opened for it."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.stores import Home
from troth.copies.backup import create_backup
from troth.gate import actors
from troth.ledger import alerts, checking, guards
from troth.ledger.models import LedgerEvent
from troth.ledger.sealing import seal
from troth.office.frame import Looking
from troth.office.needs import Need, _opinion_needs
from troth.office.tests.conftest import ask, register
from troth.people import selectors as people
from troth.people.tests.factories import make_patient
from troth.prescribing import services
from troth.prescribing.tests import conftest as prescribing
from troth.records.tests import factories
from troth.rights import selectors as rights
from troth.vault import turning
from troth.work.models import Job, State


def today(officer: Client) -> str:
    return officer.get("/office/").content.decode()


def test_a_case_shows_its_clock_and_is_a_need_once_it_is_near(officer: Client) -> None:
    person, case = ask()
    assert person.id is not None
    before = LedgerEvent.objects.filter(subject=person.id.hex).count()
    page = today(officer)
    assert f"/office/cases/{case}/" in page and "1 open, none late" in page and 'class="ruler' in page
    assert "Oddie" not in page and LedgerEvent.objects.filter(subject=person.id.hex).count() == before
    assert "Erasure " + rights.reference_of(UUID(case)) not in page.split("Requests and complaints")[0]
    _, old = ask(days_ago=40, email="old@oddie.example")
    late = (timezone.localdate() - next(each.due_on for each in rights.open_cases() if str(each.id) == old)).days
    page = today(officer)
    needs = page.split("Requests and complaints")[0]
    called = rights.reference_of(UUID(old))
    assert f"Erasure {called}" in needs and f"{late} days late" in needs and "2 open, 1 late" in page
    assert late > 2 and f"First: erasure {called}, decide what goes" in page  # the gravest is named first


def test_the_ledger_is_a_need_when_unchecked_unguarded_or_broken(officer: Client) -> None:
    register()
    seal()
    assert "The ledger was not checked since yesterday" in today(officer)
    checking.run(checking.ask(by="schedule", at=timezone.now()))
    page = today(officer)
    assert "not checked" not in page and "Whole to event" in page
    guards.drop_guards(connection)
    assert "guards of the ledger missing" in today(officer)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_event SET reason = 'x' WHERE id = 2")
    checking.run(checking.ask(by="schedule", at=timezone.now()))
    assert "The ledger does not hold" in today(officer)


def test_keys_backups_and_jobs_are_needs_until_they_are_done(
    officer: Client, clinic: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = today(officer)
    assert "No backup was made yet" in page and "master key has lived" not in page and "given up" not in page
    monkeypatch.setattr(turning, "is_due", lambda at: True)
    Job.objects.create(name="work.tidy", queue="default", state=State.DEAD, finished_at=timezone.now())
    page = today(officer)
    assert "The master key has lived its days" in page and "1 job given up: work.tidy" in page
    create_backup(at=timezone.now())
    assert "backup" not in today(officer)
    monkeypatch.setattr("troth.office.needs.BACKUP_EVERY", timedelta(0))
    assert "The newest backup is of" in today(officer)


def test_alerts_of_the_ledger_stand_here_with_the_event(officer: Client, colleague: Callable[[str], Client]) -> None:
    finance = colleague("finance")
    for _ in range(alerts.MANY_REFUSALS - 1):
        finance.get("/office/")
    assert "again and again" not in today(officer)
    finance.get("/office/")
    page = today(officer)
    assert "Ines Finance was refused again and again: 10 times" in page
    newest = LedgerEvent.objects.filter(outcome="refused").latest("id").pk
    assert f"/office/ledger/events/{newest}/" in page


def test_charts_have_their_tables(officer: Client) -> None:
    register()
    page = today(officer)
    assert "/office/days/" in page and "Events a day over the last 14 days" in page
    days = officer.get("/office/days/").content.decode()
    assert f"{timezone.localdate():%A %-d %B}" in days and days.count("<tr") == 15
    assert officer.get("/office/forecast/").content.decode().count("<tr") == 13


def test_an_account_that_is_a_year_old_is_in_the_forecast(officer: Client) -> None:
    register(at=timezone.now() - timedelta(days=300))
    page = today(officer)
    assert "People whose data falls due" in page and "/office/forecast/" in page
    assert ">1<" in officer.get("/office/forecast/").content.decode()


def test_an_opinion_that_runs_out_is_a_need_and_names_nobody_it_is_about(notice_in_force: None) -> None:
    subject = make_patient(at=factories.NOW)
    ann = actors.person(subject, at=factories.LATER)
    roles = ("prescriber", "prescriber", "healthcare_assistant", "patient_support", "finance", "pharmacist")
    clinic = prescribing.Clinic(ann, subject, prescribing.ask(ann), *(factories.staff(role) for role in roles))
    prescribing.send(clinic)
    harm = "Their partner reads their messages, and would be likely to hurt them."
    services.raise_concern(subject, words="Worried.", harm=harm, by=clinic.prescriber, at=factories.LATER)
    assert clinic.prescriber.id is not None
    since = timezone.localdate(factories.LATER)

    def needs(days: int) -> list[Need]:
        return list(_opinion_needs(cast(Looking, SimpleNamespace(today=since + timedelta(days=days)))))

    assert needs(140) == []
    for days, grave, said in ((160, 2, "until "), (182, 1, "run out")):
        (need,) = needs(days)
        assert need.grave == grave and need.tag is not None and need.tag.words.startswith(said)
        assert need.title.startswith("1 thing kept") and people.staff_name(clinic.prescriber.id) in need.todo
