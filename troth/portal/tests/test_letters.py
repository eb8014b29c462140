"""A letter to somebody without an account: its link opens nothing by itself, and stands in no address."""

import pytest
from django.test import Client
from django.utils import timezone

from troth.ledger.models import LedgerEvent
from troth.rights import services
from troth.rights.models import Asked, CaseStep, Route, StepKind
from troth.rights.selectors.posted import letter_link
from troth.rights.tests.factories import make_officer

pytestmark = pytest.mark.usefixtures("notice_in_force")


def test_a_letter_opens_by_a_button_and_its_token_stands_in_no_address() -> None:
    at = timezone.now()
    officer = make_officer(at=at)
    (case,) = services.take_in_from_stranger(
        {Asked.ACCESS},
        name="Ann Oddie",
        email="ann@oddie.example",
        words="What do you hold about me?",
        route=Route.EMAIL,
        received_on=at.date(),
        by=officer,
        at=at,
    )
    letter = CaseStep.objects.filter(case_id=case, kind=StepKind.LETTER).values_list("pk", flat=True).first()
    assert letter
    path = "/" + letter_link(case, letter, at=at).split("/", 3)[3]
    client, before = Client(), LedgerEvent.objects.count()
    for method in (client.head, client.get, client.get):  # a scanner, perhaps twice
        answer = method(path)
        assert (answer.status_code, answer["Location"]) == (302, "/letter/")
    closed = client.get("/letter/")
    assert closed.status_code == 200 and "Open the letter" in closed.content.decode()
    assert LedgerEvent.objects.count() == before
    opened = client.post("/letter/")
    assert opened.status_code == 200 and "Open the letter" not in opened.content.decode()
    assert path.split("/")[2] not in closed.content.decode() + opened.content.decode() + str(client.cookies)
    assert LedgerEvent.objects.filter(event="gate:opened", actor_kind="service").count() > 0


def test_a_link_that_is_not_ours_opens_nothing() -> None:
    client = Client()
    assert client.get("/letter/").status_code == 410
    client.get("/letter/nonsense/")
    assert client.get("/letter/").status_code == 410 and client.post("/letter/").status_code == 410
