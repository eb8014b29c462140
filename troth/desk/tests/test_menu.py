"""The words of the band: each leads to a page that opens to whoever reads it, and none to a room with nothing in it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import publish_pack
from troth.diary.tests.conftest import open_clinic
from troth.notice import selectors as notices
from troth.people.tests.factories import browser_of, make_staff

PACKS = ("online-prescribing", "wellness-clinic", "medico-legal")
_WORD = re.compile(r"<nav[^>]*>.*?</nav>", re.DOTALL)


@pytest.fixture(autouse=True)
def _stores(db: None) -> None:
    """Every test here looks at the database."""


def words_of(client: Client) -> dict[str, str]:
    """The words of the band and where they lead, as this reader has them."""
    (nav, *_) = (*_WORD.findall(client.get("/security/").content.decode()), "")
    return {words.strip(): href for href, words in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)', nav)}


@pytest.mark.parametrize("pack", PACKS)
def test_no_word_of_the_band_leads_to_a_refusal(pack: str) -> None:
    publish_pack(pack)
    at = timezone.now() - timedelta(hours=1)
    roles = notices.register_in_force(timezone.now()).roles
    read = 0
    for role in roles:
        client = browser_of(make_staff(role, at=at, email=f"{role}@clinic.example"))
        for words, path in words_of(client).items():
            assert client.get(path, follow=True).status_code == 200, f"{role}: {words}"
            read += 1
    assert read > len(roles)


def test_where_nothing_is_offered_the_band_names_no_diary() -> None:
    publish_pack("online-prescribing")
    at = timezone.now() - timedelta(hours=1)
    assert "Diary" not in words_of(browser_of(make_staff("patient_support", at=at)))


def test_where_visits_are_offered_the_diary_is_named_to_those_who_may_open_it() -> None:
    publish_pack("wellness-clinic")
    clinic = open_clinic(timezone.now() - timedelta(days=30))
    assert "Diary" in words_of(browser_of(clinic.reception))
    assert "Diary" not in words_of(browser_of(clinic.marketing))
