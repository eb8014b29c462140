"""Reports and the board at the desk: who writes, who reads, and a long list that is searched and paged."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.desk.tests.test_cases import agency, clinic
from troth.desk.views import case as view
from troth.desk.views import report as report_view
from troth.medicolegal import services
from troth.medicolegal.models import Case, Report, Stage
from troth.medicolegal.rules import PARTS, STATEMENTS
from troth.medicolegal.tests.conftest import REPORT, Agency, examined, signed

__all__ = ["agency", "clinic"]
SignedIn = Callable[[UUID], Client]


def test_the_expert_keeps_a_draft_and_signs_what_is_whole(agency: Agency, signed_in: SignedIn) -> None:
    case = examined(agency, at=timezone.now() - timedelta(days=10))
    path, expert = reverse("desk_report", args=[case]), signed_in(agency.expert)
    assert Client().get(path).headers["Location"] == reverse("sign_in")
    for who in (agency.handler, agency.solicitor, agency.other_expert, agency.clerk):
        assert signed_in(who).get(path).status_code == 403
    assert expert.post(path, {"opinion": "sentinel-opinion"}).headers["Location"] == path
    kept = expert.get(path).content.decode()
    assert "sentinel-opinion" in kept and "Before it can be signed" in kept
    refused = expert.post(path, {"opinion": "sentinel-opinion", "sign": "yes"})
    assert refused.status_code == 422 and "the statement of truth" in refused.content.decode()
    whole = {**REPORT, **dict.fromkeys(STATEMENTS, "on"), "sign": "yes"}
    assert expert.post(path, whole).headers["Location"] == reverse("desk_case", args=[case])
    assert Case.objects.get().stage == Stage.SIGNED
    read = expert.get(path).content.decode()
    assert all(REPORT[part] in read for part in PARTS) and "<textarea" not in read


def test_what_is_written_after_another_window_signed_stays_in_the_boxes(
    agency: Agency, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = timezone.now() - timedelta(days=10)
    case = examined(agency, at=begun)
    path, expert = reverse("desk_report", args=[case]), signed_in(agency.expert)
    signed(agency, case, begun + timedelta(days=8))
    read = report_view.cases.get_case

    def as_it_was(*given: Any) -> Any:
        """The case as the view read it a moment before the other window signed."""
        found = read(*given)
        return replace(found, line=replace(found.line, stage=Stage.EXAMINED))

    monkeypatch.setattr(report_view.cases, "get_case", as_it_was)
    answer = expert.post(path, {"opinion": "sentinel-typed-late"})
    assert answer.status_code == 422 and "sentinel-typed-late" in answer.content.decode()
    assert Report.objects.count() == 1


def test_the_solicitor_finds_the_report_where_it_was_released(agency: Agency, signed_in: SignedIn) -> None:
    begun = timezone.now() - timedelta(days=10)
    case, after = examined(agency, at=begun), begun + timedelta(days=8)
    signed(agency, case, after)
    path, released = reverse("desk_case", args=[case]), reverse("desk_released_report", args=[case])
    solicitor, handler = signed_in(agency.solicitor), signed_in(agency.handler)
    assert solicitor.get(released).status_code == 403
    assert released not in solicitor.get(path).content.decode()
    person = Case.objects.get().subject_id
    services.check_report(case, by=agency.actor(person, after), at=after)
    assert "sentinel-opinion" not in handler.get(path).content.decode()
    assert handler.post(path, {"step": "released"}).status_code == 302
    assert released in solicitor.get(path).content.decode()
    read = solicitor.get(released).content.decode()
    assert "sentinel-opinion" in read and "a report released to you" in read.casefold()
    for who in (agency.other_solicitor, agency.insurer, agency.handler, agency.expert):
        answer = signed_in(who).get(released)
        assert answer.status_code == 403 and "sentinel" not in answer.content.decode()
    assert Report.objects.count() == 1


def test_a_long_board_is_paged_searched_and_parted(
    agency: Agency, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "PAGE", 2)
    now = timezone.now()
    for number, name in enumerate(("Petroc", "Zennor", "Tamsyn", "Jory")):
        agency.instruct(given_name=name, email=f"{name}@vane.example", at=now - timedelta(hours=30 - 10 * number))
    handler, path = signed_in(agency.handler), reverse("desk_cases")
    first = handler.get(path).content.decode()
    assert "Petroc" in first and "Zennor" in first and "Tamsyn" not in first and "1 to 2 of 4" in first
    second = handler.get(f"{path}?from=3").content.decode()
    assert "Tamsyn" in second and "Petroc" not in second
    found = handler.post(path, {"q": "jor"}).content.decode()
    assert "Jory" in found and "Petroc" not in found
    assert "None of these" in handler.post(path, {"q": "nobody"}).content.decode()
    assert handler.post(path, {"q": ""}).status_code == 422
    late = handler.get(f"{path}?show=late").content.decode()
    assert "Petroc" in late and "hours late" in late and "Jory" not in late
    assert "None was closed" in handler.get(f"{path}?show=over").content.decode()
