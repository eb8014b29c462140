"""Body charts: drawn or said, kept once, and seen by whoever may read the record."""

import re
from collections.abc import Callable
from uuid import UUID

from django.test import Client
from django.urls import reverse

from troth.desk.tests.conftest import Clinic
from troth.ledger.models import LedgerEvent
from troth.records.models import BodyChart, Release

SignedIn = Callable[[UUID], Client]


def test_a_chart_is_drawn_or_said_and_kept_once(clinic: Clinic, signed_in: SignedIn) -> None:
    desk = signed_in(clinic.prescriber)
    path = reverse("desk_charts", args=[clinic.subject])
    assert path in desk.get(reverse("desk_card", args=[clinic.subject])).content.decode()
    assert "Nothing is drawn yet" in desk.get(path).content.decode()
    face = desk.post(path, {"view": "face"}).content.decode()
    assert '<input type="hidden" name="view" value="face"' in face
    said = {
        "chart": re.search(r'name="chart" value="([^"]*)"', face)[1],
        "view": "face",
        "region": "none",
        "release": "held",
    }  # type: ignore[index]
    assert "Draw something, or say where" in desk.post(path, said).content.decode()
    assert "arrive whole" in desk.post(path, {**said, "drawn": "[[[1,1401]]]"}).content.decode()
    drawn = {**said, "drawn": "[[[100,200],[300,1400]]]", "words": "sentinel-words"}
    assert desk.post(path, drawn).headers["Location"] == f"{path}?done=chart-added"
    assert "kept already" in desk.post(path, drawn).content.decode()
    shown = desk.get(path).content.decode()
    assert 'd="M100 200L300 1400"' in shown and "sentinel-words" in shown
    other = re.search(r'name="chart" value="([^"]*)"', shown)[1]  # type: ignore[index]
    assert (
        desk.post(path, {"chart": other, "view": "front", "region": "left_arm", "release": "released"}).status_code
        == 302
    )
    assert "Left arm or hand" in desk.get(path).content.decode()
    assert set(BodyChart.objects.values_list("release", flat=True)) == {Release.HELD.value, Release.RELEASED.value}
    assert LedgerEvent.objects.filter(event="records:chart_drawn", subject=clinic.subject.hex).count() == 2
    for who in (clinic.support, clinic.colleague, clinic.finance):
        assert signed_in(who).get(path).status_code in (403, 404)
        assert signed_in(who).post(path, drawn).status_code in (403, 404)
