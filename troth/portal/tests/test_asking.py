"""Asking the clinic something without an account: which addresses are taken, and what is told of them."""

from typing import Any

import pytest
from django.test import Client

from troth.contact.models import Enquiry
from troth.people.selectors import steps

pytestmark = pytest.mark.usefixtures("notice_in_force")
FORM = {"name": "Ada Quoin", "email": "ada@quoin.example", "words": "zq-my-question"}


def test_an_address_that_is_none_of_the_networks_is_a_mistake_of_the_form(client: Client) -> None:
    answer = client.post("/ask/", {**FORM, "email": "ada@localhost"})
    body = answer.content.decode()
    assert answer.status_code == 422 and "such as name@example.org" in body and "zq-my-question" in body


def test_how_many_messages_an_address_had_is_told_to_nobody(client: Client) -> None:
    typed = ("ada@quoin.example", "Ada@Quoin.example", " ada@quoin.example", "ADA@quoin.example", "ada@quoin.example")
    answers = [client.post("/ask/", {**FORM, "email": email}) for email in typed]
    assert {(each.status_code, each.headers["Location"]) for each in answers} == {(302, "/asked/")}
    assert Enquiry.objects.count() == len(typed)


def test_where_too_many_questions_come_from_waits(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(steps, "PER_NETWORK", 1)
    assert client.post("/ask/", FORM).status_code == 302
    answer = client.post("/ask/", {**FORM, "email": "else@quoin.example"})
    assert answer.status_code == 429 and "zq-my-question" in answer.content.decode()
    assert Enquiry.objects.count() == 1
