"""The first administrator of a clinic, and the way back of the only one (decision 0141)."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core import mail

from troth.gate import actors
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.people import selectors, services
from troth.people.models import Authenticator, Session
from troth.people.rules import RoleRefused
from troth.people.services.resets import ResetRefused
from troth.people.tests.factories import NOW, PASSWORD, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_in_force")]
ADA = {"name": "Ada Lark", "email": "ada@clinic.example", "role": "administrator"}


def invite(**other: str) -> str:
    return services.invite_first(by=setup(), at=NOW, **{**ADA, **other})


def setup() -> actors.Actor:
    """As a command on the server acts."""
    declared = actors._services["setup"]
    return actors.Actor("service", name="setup", purposes=declared.purposes, categories=declared.categories)


def start(code: str) -> UUID:
    found = selectors.find_start(ADA["email"], code, at=NOW)
    assert found is not None
    (subject, row), later = found, NOW + timedelta(minutes=1)
    services.start(subject, by=actors.person(subject, at=later), at=later, code=row, password=PASSWORD)
    return subject


def test_the_first_administrator_starts_with_a_code_and_there_is_no_second_by_this_way() -> None:
    first, second = invite(), invite()
    assert LedgerEvent.objects.filter(event=Event.STARTER_INVITED).count() == 1  # taken on once; then a code alone
    assert selectors.find_start(ADA["email"], first, at=NOW) is None, "a new code ends the one before"
    ada = start(second)
    assert [member.subject for member in selectors.who_runs_staff(at=NOW)] == [ada]
    for email in (ADA["email"], "bea@clinic.example"):
        with pytest.raises(RoleRefused, match="Ada Lark can do this, under Staff"):
            invite(name="Bea", email=email)
    # Whoever is no administrator any more keeps nobody out.
    later = NOW + timedelta(days=400)
    services.leave_staff(ada, by=setup(), at=later)
    assert selectors.who_runs_staff(at=later) == []


def test_a_role_that_does_not_run_the_staff_is_no_way_in() -> None:
    for role in ("prescriber", "patient_support", "nobody"):
        with pytest.raises(RoleRefused, match=f"the role {role} take on nobody"):
            invite(role=role)


def test_the_only_administrator_is_let_back_and_still_needs_the_password() -> None:
    ada = start(invite())
    own = actors.person(ada, at=NOW)
    services.add_app(ada, by=own, at=NOW, secret="JBSWY3DPEHPK3PXP", step=1)
    services.sign_in(ada, by=own, at=NOW, device="tests", second_factor_at=NOW)
    services.let_only_one_back(ada, by=setup(), at=NOW)
    assert not Authenticator.objects.exists() and not Session.objects.exists()
    with pytest.raises(RoleRefused, match="Ada Lark can do this"):
        invite(email="bea@clinic.example")


def test_nobody_else_is_let_back_by_this_way() -> None:
    ada = start(invite())
    doctor = make_staff("prescriber")
    with pytest.raises(RoleRefused, match="Ada Lark can do this"):
        services.let_only_one_back(doctor, by=setup(), at=NOW)
    bea = make_staff("administrator", name="Bea Wren", email="bea@clinic.example")
    services.sign_in(bea, by=actors.person(bea, at=NOW), at=NOW, device="tests")
    with pytest.raises(RoleRefused, match="Bea Wren can do this"):
        services.let_only_one_back(ada, by=setup(), at=NOW)
    services.leave_staff(ada, by=setup(), at=NOW)
    services.leave_staff(bea, by=setup(), at=NOW)
    with pytest.raises(ResetRefused, match="do not run the staff"):
        services.let_only_one_back(doctor, by=setup(), at=NOW)
    assert mail.outbox == []
