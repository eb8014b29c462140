"""Whom an erasure has reached stands in no list of the desk, and keeps nobody else's line from being read."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.contact.models import Enquiry
from troth.desk.tests.conftest import Clinic
from troth.desk.tests.test_money import desk, issued, people
from troth.desk.tests.test_same import twin
from troth.prescribing import services as prescribing
from troth.records import services as records
from troth.records.selectors import TaskKind
from troth.vault import keystore

__all__ = ["desk", "people", "twin"]
SignedIn = Callable[[UUID], Client]


def erase_keys(*subjects: UUID) -> None:
    """What an erasure does first, as it is when it was stopped there."""
    with connections[keystore.STORE].cursor() as cursor:
        cursor.execute("SELECT DISTINCT compartment FROM vault_datakey")
        compartments = [name for (name,) in cursor.fetchall()]
    for subject in subjects:
        keystore.destroy(subject, compartments)


def page(client: Client, route: str, query: str = "") -> str:
    answer = client.get(reverse(route) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def ask(clinic: Clinic, subject: UUID) -> None:
    asked = prescribing.request_treatment(subject, medicine="x", answers=[], by=clinic.actor(subject), at=clinic.at)
    prescribing.assign_request(asked.pk, prescriber=clinic.prescriber, by=clinic.actor(clinic.support), at=clinic.at)


def test_what_waits_leaves_out_whom_an_erasure_has_reached(clinic: Clinic, signed_in: SignedIn) -> None:
    ask(clinic, clinic.other)
    prescriber = signed_in(clinic.prescriber)
    assert "Maureen Oddie" in page(prescriber, "desk_home") and "Petroc Vane" in page(prescriber, "desk_home")
    erase_keys(clinic.subject)
    shown = page(prescriber, "desk_home")
    assert "Petroc Vane" in shown and "Withheld" not in shown and "Oddie" not in shown


def test_tasks_leave_them_out_and_the_others_are_read(clinic: Clinic, signed_in: SignedIn) -> None:
    ask(clinic, clinic.other)
    for subject in (clinic.subject, clinic.other):
        records.give_task(
            subject,
            TaskKind.CHECK,
            words="x",
            due_on=timezone.localdate() + timedelta(days=3),
            for_role="",
            for_person=clinic.prescriber,
            by=clinic.actor(clinic.prescriber),
            at=clinic.at + timedelta(minutes=1),
        )
    prescriber = signed_in(clinic.prescriber)
    erase_keys(clinic.subject)
    shown = page(prescriber, "desk_tasks")
    assert "Petroc Vane" in shown and "Withheld" not in shown


def test_likely_pairs_leave_them_out(clinic: Clinic, signed_in: SignedIn, twin: UUID) -> None:
    support = signed_in(clinic.support)
    assert page(support, "desk_same").count("Maureen Oddie") > 1
    erase_keys(twin)
    shown = page(support, "desk_same")
    assert "Withheld" not in shown and "<tbody" not in shown


def test_questions_leave_them_out(clinic: Clinic, signed_in: SignedIn) -> None:
    for name in ("Wren Aspinall", "Bryn Holt"):
        Client().post(reverse("ask"), {"name": name, "email": f"{name[0]}@post.example", "words": "x"})
    support = signed_in(clinic.support)
    assert "Wren Aspinall" in page(support, "desk_enquiries")
    erase_keys(*Enquiry.objects.order_by("asked_at").values_list("subject_id", flat=True)[:1])
    shown = page(support, "desk_enquiries")
    assert "Bryn Holt" in shown and "Withheld" not in shown and "Aspinall" not in shown


def test_what_is_owed_says_that_it_was_erased(people: dict[str, UUID], desk: Client) -> None:
    issued(desk, people["ann"])
    assert "Oddie" in page(desk, "desk_money")
    erase_keys(people["ann"])
    shown = page(desk, "desk_money")
    assert "Erased" in shown and "Withheld" not in shown and "Oddie" not in shown
