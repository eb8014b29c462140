"""The quick hashes of the room below, and a clock that stands still."""

import pytest
from django.utils import timezone

from troth.people.tests.conftest import _quick_hashes
from troth.people.tests.factories import LATER

__all__ = ["_quick_hashes"]


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: LATER)
