"""A look that the office asks for: one at a time, done by the worker, and never in the way for good."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError

from troth.assurance import services
from troth.assurance.models import LookAsked
from troth.assurance.selectors import board
from troth.assurance.tests.test_services import NOW, OFFICER, PACK
from troth.gate.actors import Actor
from troth.ledger.selectors import search

SERVICE = Actor("service", name="assurance")


@pytest.fixture(autouse=True)
def _notice(notice_in_force: None) -> Iterator[None]:
    return iter([None])


def test_one_look_is_asked_for_at_a_time_and_tells_how_far_it_is() -> None:
    asked = services.ask_look(PACK, by=OFFICER, at=NOW)
    with pytest.raises(services.AskedAlready):
        services.ask_look(PACK, by=OFFICER, at=NOW)
    assert len(search(event="assurance:look_asked")) == 1
    running = board.running_look(PACK, at=NOW)
    assert running is not None and (running.done, running.of, running.started_at) == (0, 0, None)
    services.run_look(asked, by=SERVICE, now=lambda: NOW)
    row = LookAsked.objects.get()
    assert row.done == row.of == 106 and row.finished_at == NOW
    assert board.running_look(PACK, at=NOW) is None and board.last_run(PACK) is not None
    services.run_look(asked, by=SERVICE, now=lambda: NOW)
    assert len(search(event="assurance:promises_checked")) == 1, "what is done is not done again"


def test_the_database_holds_one_unfinished_look_a_pack() -> None:
    LookAsked.objects.create(pack=PACK, asked_at=NOW, asked_by="x")
    with pytest.raises(IntegrityError):
        LookAsked.objects.create(pack=PACK, asked_at=NOW, asked_by="y")


def test_a_look_whose_worker_never_came_back_stands_in_nobodys_way() -> None:
    services.ask_look(PACK, by=OFFICER, at=NOW)
    later = NOW + board.OVER_AFTER + timedelta(seconds=1)
    assert board.running_look(PACK, at=later) is None
    services.ask_look(PACK, by=OFFICER, at=later)
    assert board.running_look(PACK, at=later) is not None


def test_nobody_else_asks() -> None:
    with pytest.raises(services.NotForYou):
        services.ask_look(PACK, by=Actor("person", OFFICER.id, roles=frozenset({"prescriber"})), at=NOW)
