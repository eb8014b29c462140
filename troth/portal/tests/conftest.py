"""A clock that stands still, and everybody's mailbox."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from troth.delivery import selectors as delivery
from troth.delivery.tests import demonstration
from troth.people.tests.factories import LATER
from troth.work.worker import Worker


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: LATER)


@dataclass(frozen=True)
class Mail:
    """A message that came, and where its link leads."""

    line: str
    text: str
    path: str


Mailbox = Callable[[str], list[Mail]]


@pytest.fixture
def mailbox(settings: Any) -> Mailbox:
    """What has come to an address, the newest first, once the jobs that wait have run."""
    demonstration.begin(settings)

    def of(address: str) -> list[Mail]:
        worker = Worker()
        while worker.step():
            pass
        found = [each for each in delivery.list_sent(at=timezone.now()) if each.address == address]
        links = [re.search(r"/link/[\w-]+/", each.text) for each in found]
        return [Mail(each.line, each.text, link[0] if link else "") for each, link in zip(found, links, strict=True)]

    return of
