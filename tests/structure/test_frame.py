"""The words over every page: no more than fit, each leading to a page that exists."""

from collections.abc import Sequence

import pytest
from django.urls import get_resolver

from troth.config import pages
from troth.gate.table import rows


@pytest.mark.parametrize(
    ("words", "most"),
    [
        ([each for each in pages.VISITOR if each[1] not in pages.SPARED], pages.PORTAL_WORDS),
        ([each for each in pages.PATIENT if each[1] != pages.SPARED], pages.PORTAL_WORDS),
        (pages.STAFF, 7),
        (pages.OFFICE, 7),
    ],
)
def test_a_band_has_no_more_words_than_fit_in_it_and_each_leads_somewhere(
    words: Sequence[tuple[str, str]], most: int
) -> None:
    assert get_resolver().url_patterns  # the rows are filled in as the faces are read
    assert 1 < len(words) <= most
    assert {route for _, route in words} <= set(rows)
    assert set(pages.UNDER) | set(pages.UNDER.values()) <= set(rows)
