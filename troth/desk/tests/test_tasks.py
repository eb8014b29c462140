"""Tasks at the desk: given by who has a reason, a reason for who gets them, and closed to everybody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.desk.tests.conftest import Clinic
from troth.gate import actors
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.records import selectors as records
from troth.records import services
from troth.records.models import Task
from troth.records.rules import AFTER_DUE, NotPossible
from troth.records.selectors import TaskKind, TaskState
from troth.rights import selectors as rights
from troth.vault.categories import Category

SignedIn = Callable[[UUID], Client]


def form(receiver: str, **other: Any) -> dict[str, Any]:
    day = timezone.localdate() + timedelta(days=3)
    return {
        "kind": "check",
        "words": "sentinel-task",
        "due_on_day": str(day.day),
        "due_on_month": str(day.month),
        "due_on_year": str(day.year),
        "receiver": receiver,
        **other,
    }


def opens(clinic: Clinic, who: UUID, *, at: Any = None) -> bool:
    moment = at or timezone.now()
    with processing(Purpose.PRESCRIBING, by=actors.person(who, at=moment), at=moment) as opened:
        return opened.decision(clinic.subject, Category.HEALTH).allowed


def give(clinic: Clinic, signed_in: SignedIn, receiver: str, **other: Any) -> UUID:
    answer = signed_in(clinic.prescriber).post(
        reverse("desk_task_new", args=[clinic.subject]), form(receiver, **other)
    )
    assert answer.status_code == 302, answer.content.decode()
    return Task.objects.latest("recorded_at").pk


def test_a_task_opens_the_record_to_whom_it_is_for_until_it_is_done(clinic: Clinic, signed_in: SignedIn) -> None:
    assert not opens(clinic, clinic.colleague)
    task = give(clinic, signed_in, f"person:{clinic.colleague}")
    assert opens(clinic, clinic.colleague)
    page = signed_in(clinic.colleague).get(reverse("desk_card", args=[clinic.subject])).content.decode()
    assert "a task for you" in page
    shown = signed_in(clinic.colleague).get(reverse("desk_task", args=[task])).content.decode()
    assert "sentinel-task" in shown and "Check something in their record" in shown
    assert signed_in(clinic.colleague).post(reverse("desk_task", args=[task]), {"end": "done"}).status_code == 302
    assert not opens(clinic, clinic.colleague)
    assert "Done" in signed_in(clinic.colleague).get(reverse("desk_tasks"), {"ended": "1"}).content.decode()


def test_a_task_for_a_role_is_everybodys_who_holds_it(clinic: Clinic, signed_in: SignedIn) -> None:
    give(clinic, signed_in, "role:prescriber")
    assert opens(clinic, clinic.colleague) and not opens(clinic, clinic.assistant)
    assert "Any prescriber" in signed_in(clinic.colleague).get(reverse("desk_tasks")).content.decode()


def test_a_task_long_past_its_day_is_no_reason_any_more(clinic: Clinic, signed_in: SignedIn) -> None:
    task = give(clinic, signed_in, f"person:{clinic.colleague}")
    due = Task.objects.get(pk=task).due_on
    last = timezone.now() + (due - timezone.localdate()) + AFTER_DUE
    assert opens(clinic, clinic.colleague, at=last)
    assert not opens(clinic, clinic.colleague, at=last + timedelta(days=1))


@pytest.mark.parametrize("who", ["colleague", "finance"])
def test_who_has_no_reason_gives_themself_none(clinic: Clinic, signed_in: SignedIn, who: str) -> None:
    mine: UUID = getattr(clinic, who)
    path = reverse("desk_task_new", args=[clinic.subject])
    assert signed_in(mine).get(path).status_code == 403
    assert signed_in(mine).post(path, form(f"person:{mine}")).status_code == 403
    assert not Task.objects.exists() and not opens(clinic, mine)


def test_support_gives_a_task_by_its_kind_and_reads_nothing_of_health(clinic: Clinic, signed_in: SignedIn) -> None:
    path = reverse("desk_task_new", args=[clinic.subject])
    # The request that gave support its reason was passed on; a task for support is one again.
    task = give(clinic, signed_in, "role:patient_support")
    assert "What is it about?" not in signed_in(clinic.support).get(path).content.decode()
    page = signed_in(clinic.support).get(reverse("desk_task", args=[task])).content.decode()
    assert "sentinel-task" not in page and "Withheld" in page
    assert signed_in(clinic.support).post(path, form("role:prescriber")).status_code == 302
    assert Task.objects.latest("recorded_at").recorded_by == clinic.support.hex


def test_handing_over_moves_the_reason(clinic: Clinic, signed_in: SignedIn) -> None:
    task = give(clinic, signed_in, f"person:{clinic.colleague}")
    path = reverse("desk_task", args=[task])
    assert signed_in(clinic.colleague).post(path, {"receiver": f"person:{clinic.assistant}"}).status_code == 302
    assert opens(clinic, clinic.assistant) and not opens(clinic, clinic.colleague)
    assert LedgerEvent.objects.filter(event="records:task_handed_over", subject=clinic.subject.hex).count() == 1


def test_only_who_has_or_gave_a_task_ends_it_and_only_once(clinic: Clinic, signed_in: SignedIn) -> None:
    task = give(clinic, signed_in, f"person:{clinic.colleague}")
    now = timezone.now()
    # The assistant has a reason of their own, and the task is not theirs.
    mine = services.route_task(
        clinic.subject,
        TaskKind.RING,
        due_on=timezone.localdate(now),
        for_person=clinic.assistant,
        by=clinic.actor(clinic.prescriber),
        at=now,
    )
    with pytest.raises(NotPossible, match="somebody else’s"):
        services.end_task(task, state=TaskState.DONE, by=clinic.actor(clinic.assistant), at=now)
    services.end_task(task, state=TaskState.GIVEN_UP, by=clinic.actor(clinic.prescriber), at=now)
    with pytest.raises(NotPossible, match="ended already"):
        services.end_task(task, state=TaskState.DONE, by=clinic.actor(clinic.prescriber), at=now)
    with pytest.raises(Refused):
        services.end_task(mine, state=TaskState.DONE, by=clinic.actor(clinic.finance), at=now)
    answer = signed_in(clinic.prescriber).post(reverse("desk_task", args=[task]), {"end": "done"})
    assert answer.status_code == 422 and "ended already" in answer.content.decode()


def test_a_task_cannot_open_a_record_for_months_or_to_a_role_that_opens_none(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    path = reverse("desk_task_new", args=[clinic.subject])
    far = timezone.localdate() + timedelta(days=61)
    past = timezone.localdate() - timedelta(days=1)
    for day, said in ((far, "sixty days"), (past, "has passed")):
        answer = signed_in(clinic.prescriber).post(
            path,
            form("role:prescriber", due_on_day=str(day.day), due_on_month=str(day.month), due_on_year=str(day.year)),
        )
        assert answer.status_code == 422 and said in answer.content.decode()
        assert "sentinel-task" in answer.content.decode()  # what was typed stays
    assert signed_in(clinic.prescriber).post(path, form("role:finance")).status_code == 422
    with pytest.raises(NotPossible, match="opens no card"):
        services.route_task(
            clinic.subject,
            TaskKind.RING,
            due_on=timezone.localdate(),
            for_role="finance",
            by=clinic.actor(clinic.prescriber),
            at=timezone.now(),
        )


def test_the_list_finds_by_name_among_ones_own_and_counts_in_the_band(clinic: Clinic, signed_in: SignedIn) -> None:
    assert "Nothing waits for you" in signed_in(clinic.colleague).get(reverse("desk_tasks")).content.decode()
    give(clinic, signed_in, f"person:{clinic.colleague}")
    client = signed_in(clinic.colleague)
    page = client.get(reverse("desk_tasks")).content.decode()
    assert 'class="count">1<' in page and "1 to 1 of 1" not in page
    name = rights.born_on and _name(clinic)
    assert name in client.post(reverse("desk_tasks"), {"q": name[:4]}).content.decode()
    assert "None of these" in client.post(reverse("desk_tasks"), {"q": "zzz"}).content.decode()
    assert 'class="count"' not in signed_in(clinic.finance).get(reverse("desk_home")).content.decode()


def _name(clinic: Clinic) -> str:
    from troth.people import selectors as people

    now = timezone.now()
    with processing(Purpose.PRESCRIBING, by=clinic.actor(clinic.prescriber), at=now) as opened:
        return people.names_of([clinic.subject], opened)[clinic.subject]


def test_a_list_of_fifty_costs_as_many_queries_as_one_of_five(
    clinic: Clinic, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        services.route_task(
            clinic.subject,
            TaskKind.RING,
            due_on=timezone.localdate(),
            for_person=clinic.prescriber,
            by=clinic.actor(clinic.prescriber),
            at=timezone.now(),
        )
    client = signed_in(clinic.prescriber)
    client.get(reverse("desk_tasks"))
    with django_assert_max_num_queries(25):
        client.get(reverse("desk_tasks"))
    assert len(records.list_tasks_about(clinic.subject)) == 12


def test_the_person_sees_that_a_task_was_given_and_the_ledger_names_it(clinic: Clinic, signed_in: SignedIn) -> None:
    give(clinic, signed_in, f"person:{clinic.colleague}")
    signed_in(clinic.colleague).get(reverse("desk_card", args=[clinic.subject]))
    page = signed_in(clinic.subject).get("/my-data/history/").content.decode()
    assert "they were given a task about you" in page and "Gave a task about them" in page
