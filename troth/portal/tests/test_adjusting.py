"""What the reader asks us to arrange: said under their details, at once, where the notice has it."""

import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from conftest import publish_pack
from troth.people.tests.factories import browser_of, make_patient

PATH = "/my-data/details/arrange/"


@pytest.fixture
def patient(db: None) -> UUID:
    publish_pack("wellness-clinic")
    return make_patient()


def test_the_reader_says_what_they_need_changes_it_and_nobody_else_sees_it(patient: UUID) -> None:
    mine, other = browser_of(patient), browser_of(make_patient(given_name="Else", email="else@x.example"))
    assert "Say what you need" in mine.get(reverse("my_details")).content.decode()
    assert mine.post(PATH, {"group_1": ["interpreter"], "language": "I am deaf since 2019"}).status_code == 422
    answer = mine.post(PATH, {"group_0": ["step_free"], "group_2": ["chaperone"], "language": ""}, follow=True)
    page = answer.content.decode()
    assert (
        "It is written down" in page
        and "A way and a room without steps" in page
        and "A chaperone in the room" in page
    )
    # Among their data it stands in words, and in a copy that they take by themselves.
    assert (
        "A way and a room without steps; a chaperone in the room"
        in mine.get("/my-data/kind/adjustments/").content.decode()
    )
    assert 'value="chaperone" checked' in " ".join(mine.get(PATH).content.decode().split())
    assert "A chaperone in the room" not in other.get(reverse("my_details")).content.decode()
    (mark,) = re.findall(r'name="seen" value="([0-9a-f]{32})"', mine.get(PATH).content.decode())
    mine.post(PATH, {"language": "", "seen": mark})
    assert "Say what you need" in mine.get(reverse("my_details")).content.decode()
    assert Client().get(PATH).status_code == 302


def test_where_the_notice_does_not_have_it_nobody_is_asked(notice_in_force: None) -> None:
    browser = browser_of(make_patient())
    assert browser.get(PATH).status_code == 404
    assert "arrange for you" not in browser.get(reverse("my_details")).content.decode()
