"""A demonstration is whole: what a reviewer looks for is there, at hours at which people work, and the same each time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as configured

from troth.demo import cases, clinic, happenings, histories, visits
from troth.demo.hours import CLOSES, OPENS, at_work
from troth.gate import emergency, facts
from troth.gate.models import FactKind
from troth.law.calendar import LONDON
from troth.ledger.models import LedgerEvent
from troth.medicolegal.models import Case, Stage
from troth.notice.models import Version
from troth.prescribing.models import MedicationRequest
from troth.rights.models import RightsCase
from troth.sharing.models import Disclosure

AT = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)


def silent(*said: object) -> None:
    """Nobody watches."""


def made_of(pack: str, settings: Any, number: int = 16) -> clinic.Made:
    settings.TROTH_DEMO_AUTHENTICATOR = "JBSWY3DPEHPK3PXP"
    settings.TROTH_PACK = pack
    made = clinic.make(pack, number, at=AT, progress=silent)
    histories.write(made, at=AT, progress=silent)
    visits.write(made, at=AT, progress=silent)
    cases.write(made, number, at=AT, progress=silent)
    return made


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("day", range(7))
def test_work_is_done_at_hours_of_work(day: int, hour: int) -> None:
    moment = datetime(2026, 11, 23 + day, hour, 40, tzinfo=UTC)
    found = at_work(moment).astimezone(LONDON)
    assert found.weekday() < 5 and OPENS <= found.time() < CLOSES
    assert timedelta() <= found - moment < timedelta(days=3)


def test_a_prescribing_clinic_has_a_year_behind_it(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = made_of("online-prescribing", settings)
    asked = sorted(MedicationRequest.objects.values_list("requested_at", flat=True))
    assert asked[0] < AT - timedelta(days=200) and asked[-1] > AT - timedelta(days=2)
    assert set(MedicationRequest.objects.values_list("status", flat=True)) == {
        "requested",
        "assigned",
        "asked",
        "decided",
    }
    assert Disclosure.objects.exists()
    assert [version.material for version in Version.objects.order_by("number")][-1] is False
    # An erasure needs what was overwritten to be gone from the key store's log: `test_homes` has one, in a home of its own.
    monkeypatch.setattr(happenings, "_erase", silent)
    happenings.write(made, at=AT, progress=silent)
    today = AT.date()
    waiting = list(RightsCase.objects.exclude(state="done"))
    assert any(case.due_on < today for case in waiting), "one is late"
    assert any(today <= case.due_on < today + timedelta(days=7) for case in waiting), "one is due soon"
    assert RightsCase.objects.filter(state="done").exists()
    for kind in (FactKind.RESTRICTION, FactKind.OBJECTION, FactKind.CONSENT, FactKind.REPRESENTATIVE):
        assert facts.of_kind(kind), kind
    assert len(emergency.list_broken()) == 2


def test_an_agency_works_in_the_daytime_and_its_cases_stand_everywhere(db: None, settings: Any) -> None:
    made = made_of("medico-legal", settings)
    stages = set(Case.objects.values_list("stage", flat=True))
    assert {Stage.INSTRUCTED, Stage.SIGNED, Stage.RELEASED} <= stages
    worked = LedgerEvent.objects.filter(event__startswith="medicolegal:", actor__in=[
        each.hex for role in ("case_handler", "instructing_solicitor") for each in made.all_staff[role]
    ])  # fmt: skip
    assert worked.exists()
    for event in worked:
        local = facts.moment(event.at).astimezone(LONDON)
        assert local.weekday() < 5 and OPENS <= local.time() < CLOSES, (event.event, local)
    assert Disclosure.objects.exists() and configured.TROTH_PACK == "medico-legal"
