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
from troth.ledger.models import LedgerEvent
from troth.medicolegal import services as medicolegal
from troth.medicolegal.models import Case
from troth.medicolegal.tests.conftest import INSTRUCTION, Agency, open_agency
from troth.people import services as people

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


def test_what_to_arrange_stands_before_whoever_books_and_examines_and_before_nobody_else(
    agency: Agency, signed_in: Callable[[UUID], Client]
) -> None:
    now = timezone.now()
    case = agency.instruct(at=now - timedelta(days=1))
    handler, expert = agency.actor(agency.handler, now), agency.actor(agency.expert, now)
    medicolegal.accept(case, by=handler, at=now)
    claimant, path = Case.objects.get().subject_id, reverse("desk_case", args=[case])
    arrange = reverse("desk_adjustments", args=[claimant])
    desk = signed_in(agency.handler)
    assert arrange in desk.get(path).content.decode()
    wanted = {"group_0": ["step_free"], "group_1": ["interpreter"], "language": "Polish"}
    assert desk.post(arrange, wanted).status_code == 302
    words = "a way and a room without steps; an interpreter for Polish"
    assert words in desk.get(reverse("desk_examination", args=[case])).content.decode()
    medicolegal.book_examination(case, expert=agency.expert, when=now + timedelta(days=3), by=handler, at=now)
    for who in (agency.handler, agency.expert):
        for page in (path, reverse("desk_card", args=[claimant])):
            assert words[1:] in signed_in(who).get(page).content.decode(), page
    for who in (agency.solicitor, agency.clerk, agency.other_expert):
        assert words[1:] not in signed_in(who).get(path).content.decode()
    # Who reads a page that has a place for it, and may not know it, has tried nothing.
    refused = LedgerEvent.objects.filter(outcome="refused", actor=agency.solicitor.hex)
    assert not refused.exists()
    card = signed_in(agency.solicitor).get(reverse("desk_card", args=[claimant]))
    assert card.status_code == 200 and arrange not in card.content.decode(), "it would lead them to a refusal"
    for who in (agency.solicitor, agency.insurer, agency.clerk):
        assert signed_in(who).get(arrange).status_code == 403
    people.state_adjustments(claimant, wanted=["quiet"], language="", by=expert, at=now)
    event = LedgerEvent.objects.filter(event="people:adjustments_stated", outcome="done").latest("id")
    assert event.purpose == "medical_reporting" and event.actor == agency.expert.hex


def test_claimants_do_not_register_and_a_prescribers_pages_do_not_exist(agency: Agency) -> None:
    for name in ("register", "desk_diary"):
        assert Client().get(reverse(name)).status_code == 404
    home = Client().get("/").content.decode()
    assert "Your solicitor instructs us" in home and 'href="/register/"' not in home
