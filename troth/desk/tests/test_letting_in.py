"""Registering at the desk and the code to claim with: signed out, for another role, works."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from troth.desk.tests.conftest import Clinic
from troth.ledger.models import LedgerEvent
from troth.people.models import ClaimCode, Identity
from troth.people.tests.factories import PASSWORD, make_patient

FORM = {
    "given_name": "Ottoline",
    "family_name": "Cragg",
    "born_on_day": "3",
    "born_on_month": "5",
    "born_on_year": "1984",
    "email": "ottoline@post.example",
    "telephone": "07700 900321",
    "address": "4 Weir Terrace, Ripon",
    "postcode": "hg4 1ci",
}


def test_somebody_is_registered_at_the_desk_and_gets_a_code(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    register = reverse("desk_register")
    assert register in signed_in(clinic.support).get(reverse("desk_find")).content.decode()
    assert register not in signed_in(clinic.finance).get(reverse("desk_find")).content.decode()
    assert Client().get(register).headers["Location"] == reverse("sign_in")
    support = signed_in(clinic.support)
    assert support.post(register, {**FORM, "postcode": "nowhere"}).status_code == 422
    made = support.post(register, FORM)
    assert made.status_code == 302
    page = support.get(made["Location"])
    assert "Ottoline Cragg" in page.content.decode() and not ClaimCode.objects.exists()
    answered = support.post(made["Location"])
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", answered.content.decode())
    assert found and ClaimCode.objects.count() == 1
    assert "no-store" in answered["Cache-Control"]
    # The code is in that one answer, and in nothing that is kept.
    assert found[0] not in support.get(made["Location"]).content.decode()
    assert found[0].replace("-", "") not in str(list(LedgerEvent.objects.values()))


@pytest.mark.parametrize("role", ["finance", "prescriber", "assistant"])
def test_another_role_registers_nobody_and_gives_no_code(
    clinic: Clinic, signed_in: Callable[[UUID], Client], role: str
) -> None:
    other = signed_in(getattr(clinic, role))
    before = Identity.objects.count()
    assert other.post(reverse("desk_register"), FORM).status_code == 403
    assert other.post(reverse("desk_let_in", args=[clinic.subject])).status_code == 403
    assert (Identity.objects.count(), ClaimCode.objects.count()) == (before, 0)


def test_no_code_for_who_has_an_account(clinic: Clinic, signed_in: Callable[[UUID], Client]) -> None:
    """Nothing connects the desk with them for this: they can ask for a new password themselves."""
    known = make_patient(
        password=PASSWORD, email="known@post.example", telephone="01632 960981", family_name="Quarmby"
    )
    support = signed_in(clinic.support)
    assert support.get(reverse("desk_let_in", args=[known])).status_code == 403
