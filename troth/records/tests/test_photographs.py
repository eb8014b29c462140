"""When the time of photographs is over."""

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest

from troth.gate.facts import FactKind
from troth.notice.purposes import Purpose
from troth.records.selectors import photographs


def test_a_consent_that_ended_with_a_death_was_not_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = datetime(2026, 11, 2, tzinfo=UTC)
    consent = SimpleNamespace(
        kind=FactKind.CONSENT,
        purpose=Purpose.PHOTOGRAPHY.value,
        sound=True,
        since=1,
        ended=9,
        ended_at=lambda: ended,
    )
    died = SimpleNamespace(kind=FactKind.DIED, purpose="", sound=True, since=9, ended=None, ended_at=lambda: None)
    ann = UUID(int=1)
    monkeypatch.setattr(photographs.facts, "about", lambda subjects: {ann.hex: [consent, died]})
    assert photographs.taken_back_on(ann) == {}
