"""Questions at the desk: who answers them, and what a stranger's form takes in."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from troth.contact.models import Enquiry
from troth.desk.tests.test_cases import agency, clinic
from troth.desk.views import enquiry as view
from troth.medicolegal.tests.conftest import Agency
from troth.people.selectors import steps
from troth.vault.models import Subject

__all__ = ["agency", "clinic"]
ASKED = {"name": "Wren Aspinall", "email": "wren@post.example", "words": "sentinel-words"}


def test_a_stranger_asks_and_a_case_handler_answers(
    agency: Agency, signed_in: Callable[[UUID], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "PAGE", 1)
    stranger, before = Client(), Subject.objects.count()
    empty = stranger.post(reverse("ask"), {**ASKED, "words": ""})
    assert empty.status_code == 422 and "Wren Aspinall" in empty.content.decode()
    assert Subject.objects.count() == before
    for _ in range(2):
        assert stranger.post(reverse("ask"), ASKED).headers["Location"] == reverse("asked")
    assert "sentinel" not in stranger.get(reverse("asked")).content.decode()
    path = reverse("desk_enquiry", args=[Enquiry.objects.order_by("asked_at").first().pk])  # type: ignore[union-attr]
    assert stranger.get(path).headers["Location"] == reverse("sign_in")
    for who in (agency.solicitor, agency.expert, agency.clerk, agency.administrator):
        for each in (path, reverse("desk_enquiries")):
            answer = signed_in(who).get(each)
            assert answer.status_code == 403 and "Aspinall" not in answer.content.decode()
    handler = signed_in(agency.handler)
    board = handler.get(reverse("desk_enquiries")).content.decode()
    assert "Wren Aspinall" in board and "1 to 1 of 2" in board
    assert "sentinel-words" in handler.get(path).content.decode()
    assert handler.post(path, {"words": ""}).status_code == 422
    assert handler.post(path, {"words": "Rang them."}).status_code == 302
    again = handler.post(path, {"words": "Rang them."})
    assert again.status_code == 422 and "already" in again.content.decode()
    assert "Wren Aspinall" in handler.get(f"{reverse('desk_enquiries')}?answered=1").content.decode()


def test_whoever_asks_too_often_is_told_so_and_keeps_what_they_typed(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "PER_NETWORK", 7)
    stranger = Client()
    answers = [stranger.post(reverse("ask"), ASKED) for _ in range(9)]
    assert [answer.status_code for answer in answers] == [302] * 7 + [429] * 2
    assert Enquiry.objects.count() == 7, "how many messages an address had (five at most) is told to nobody"
    said = answers[-1].content.decode()
    assert "Several questions came from you" in said and "sentinel-words" in said
