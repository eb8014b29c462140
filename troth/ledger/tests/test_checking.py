"""A check is done once, tells how far it is, and keeps what it found."""

from datetime import timedelta
from uuid import uuid4

import pytest

from troth.ledger import checking
from troth.ledger.models import LedgerCheck
from troth.ledger.sealing import seal
from troth.ledger.tests.factories import NOON, draft
from troth.ledger.writing import write

pytestmark = pytest.mark.django_db


def test_a_check_is_done_once_and_says_how_it_went():
    write([draft(request=f"r{number}") for number in range(5)])
    seal()
    asked = checking.ask(by="schedule", at=NOON)
    waits = checking.waiting()
    assert waits is not None and waits.started_at is None and checking.latest() == []
    moments = iter([NOON, NOON, NOON + timedelta(seconds=3)])
    checking.run(asked, now=lambda: next(moments))
    assert checking.waiting() is None
    (done,) = checking.latest()
    assert (done.holds, done.events, done.took_s, done.findings) == (True, 5, 3, ())
    assert done.done == done.of == 5
    checking.run(asked, now=lambda: NOON + timedelta(days=1))
    checking.run(uuid4())
    assert checking.latest() == [done]
    assert str(LedgerCheck.objects.get()) == f"check {asked}"
