"""An outbox that shows what was sent, for the tests of the rooms above."""

from typing import Any

from django.urls import get_resolver


def begin(settings: Any) -> None:
    """Have messages kept readable. The table of pages is read first: a clinic's has no outbox, whichever test comes first."""
    assert get_resolver().url_patterns
    settings.TROTH_DEMO = True
