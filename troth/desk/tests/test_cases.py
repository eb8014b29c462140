"""Cases at the desk: who sees which, instructing by form, and the steps that are somebody's."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.medicolegal.models import Case
from troth.medicolegal.tests.conftest import INSTRUCTION, Agency, open_agency

FORM = {
    **{name: value for name, value in INSTRUCTION.items() if isinstance(value, str)},
    "born_on_day": "9",
    "born_on_month": "3",
    "born_on_year": "1971",
    "accident_on_day": "1",
    "accident_on_month": "8",
    "accident_on_year": "2026",
    "told": "on",
}


@pytest.fixture
def agency(db: None, monkeypatch: pytest.MonkeyPatch) -> Agency:
    monkeypatch.setattr(settings, "TROTH_PACK", "medico-legal")
    publish_pack("medico-legal")
    return open_agency(timezone.now() - timedelta(days=30))


@pytest.fixture
def clinic(agency: Agency) -> Agency:
    """Whoever signs in here signs in to the agency, and not to the clinic of the other tests."""
    return agency


def test_a_solicitor_instructs_and_follows_and_nobody_else_sees(
    agency: Agency, signed_in: Callable[[UUID], Client]
) -> None:
    solicitor = signed_in(agency.solicitor)
    untold = solicitor.post(reverse("desk_instruct"), {**FORM, "told": ""})
    assert untold.status_code == 422 and "our notice first" in untold.content.decode()
    made = solicitor.post(reverse("desk_instruct"), FORM)
    case = Case.objects.get().pk
    path = reverse("desk_case", args=[case])
    assert made.headers["Location"] == f"{path}?done=case-instructed"
    for who in (agency.solicitor, agency.handler):
        seen = signed_in(who)
        assert "sentinel-accident" in seen.get(path).content.decode()
        assert "Maureen Oddie" in seen.get(reverse("desk_cases")).content.decode()
    for who in (agency.other_solicitor, agency.insurer, agency.expert, agency.clerk, agency.administrator):
        answer = signed_in(who).get(path)
        assert answer.status_code == 403 and "sentinel" not in answer.content.decode()
        board = signed_in(who).get(reverse("desk_cases"))
        assert board.status_code == 200 and "Oddie" not in board.content.decode()
    assert signed_in(agency.expert).get(reverse("desk_instruct")).status_code == 403
    assert Client().get(path).headers["Location"] == reverse("sign_in")


def test_a_handler_takes_it_on_and_books_and_the_expert_examines(
    agency: Agency, signed_in: Callable[[UUID], Client]
) -> None:
    case = agency.instruct(at=timezone.now())
    path, handler = reverse("desk_case", args=[case]), signed_in(agency.handler)
    assert "Take it on" in handler.get(path).content.decode()
    assert "Take it on" not in signed_in(agency.solicitor).get(path).content.decode()
    assert handler.post(path, {"step": "accepted"}).status_code == 302
    assert handler.post(path, {"step": "nowhere"}).status_code == 404
    refused = handler.post(path, {"step": "released"})
    assert refused.status_code == 422 and "does not go to" in refused.content.decode()
    on = timezone.localdate() + timedelta(days=5)
    form = {"expert": str(agency.expert), "on_day": on.day, "on_month": on.month, "on_year": on.year, "hour": "14:30"}
    booking = reverse("desk_examination", args=[case])
    assert "Enter a time such as" in handler.post(booking, {**form, "hour": "noon"}).content.decode()
    assert handler.post(booking, form).status_code == 302
    early = signed_in(agency.expert).post(path, {"step": "examined"})
    assert early.status_code == 422 and "not begun" in early.content.decode()
    assert signed_in(agency.other_expert).get(path).status_code == 403


def test_claimants_do_not_register_and_a_prescribers_pages_do_not_exist(agency: Agency) -> None:
    for name in ("register", "desk_diary"):
        assert Client().get(reverse(name)).status_code == 404
    home = Client().get("/").content.decode()
    assert "Your solicitor instructs us" in home and 'href="/register/"' not in home
