"""The words over every page: no more than fit, each leading to a page that exists."""

from collections.abc import Sequence

import pytest
from django.urls import get_resolver

from troth.config import pages
from troth.gate.table import rows

EVERY = (pages.VISITOR, pages.PATIENT, pages.STAFF, pages.OFFICE, pages.MENU, pages.OFFICE_MENU)


@pytest.mark.parametrize("words", EVERY)
def test_each_word_leads_somewhere(words: Sequence[tuple[str, str]]) -> None:
    assert get_resolver().url_patterns  # the rows are filled in as the faces are read
    assert {route for _, route in words} <= set(rows)
    assert set(pages.UNDER) | set(pages.UNDER.values()) <= set(rows)


def test_a_band_has_no_more_words_than_fit_in_it() -> None:
    """How many of the staff's words a role has is the notice's to say: the stories walk as each role and count them."""
    for words in (pages.VISITOR, pages.PATIENT):
        assert 1 < sum(route not in pages.SPARED for _, route in words) <= pages.PORTAL_WORDS
    assert 1 < len(pages.OFFICE) <= 7
