"""A request looks at the facts about somebody once; an act looks anew, and nobody is let in by an old look for long."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from troth.gate import facts, looked
from troth.gate.models import FactKind
from troth.gate.tests.conftest import LATER, Clinic, end_fact, record_fact

CONTRACT = FactKind.CONTRACT


@contextmanager
def a_request() -> Iterator[None]:
    token = looked.read_once()
    try:
        yield
    finally:
        looked.forget(token)


def looks(count: int = 3, *subjects: object) -> int:
    with CaptureQueriesContext(connections["default"]) as asked:
        for _ in range(count):
            facts.about(subjects)
    return len(asked.captured_queries)


def test_a_request_asks_once_and_whoever_is_no_request_each_time(clinic: Clinic) -> None:
    ann, support = clinic.ann.subject_id, clinic.support.id
    assert looks(3, ann) == 3
    with a_request():
        assert looks(3, ann) == 1
        assert looks(3, ann, support) == 1  # the one who is new, by one statement
        whole = facts.about([ann, support])
    assert whole == facts.about([ann, support])


def test_what_a_caller_does_with_the_answer_changes_nobody_elses(clinic: Clinic) -> None:
    with a_request():
        facts.about([clinic.ann.subject_id])[clinic.ann.subject_id.hex].clear()
        assert facts.about([clinic.ann.subject_id])[clinic.ann.subject_id.hex]


def test_what_an_act_wrote_is_seen_by_whatever_follows_in_the_request(clinic: Clinic) -> None:
    ann = clinic.ann.subject_id
    with a_request():
        assert facts.of(ann, CONTRACT, at=LATER)
        end_fact(ann, CONTRACT, by=clinic.officer, at=LATER)
        assert not facts.of(ann, CONTRACT, at=LATER)
        record_fact(ann, CONTRACT, by=clinic.officer, at=LATER)
        assert facts.of(ann, CONTRACT, at=LATER)


def test_an_act_looks_each_time(clinic: Clinic) -> None:
    from troth.gate.acts import act
    from troth.ledger.names import Event
    from troth.notice.purposes import Purpose

    asked = []

    @act(Event.FACT_RECORDED, purpose=Purpose.RIGHTS)
    def looking(*, by: object, at: object) -> None:
        asked.append(looks(3, clinic.ann.subject_id))

    with a_request():
        facts.about([clinic.ann.subject_id])
        looking(by=clinic.officer, at=LATER)
    assert asked == [3]


def test_a_look_lasts_a_second_however_long_the_request_takes(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(looked.time, "monotonic", lambda: now[0])
    with a_request():
        assert looks(2, clinic.ann.subject_id) == 1
        now[0] += 1.5  # the rest of a large file came meanwhile
        assert looks(2, clinic.ann.subject_id) == 1


def test_each_request_begins_with_a_look_of_its_own(clinic: Clinic) -> None:
    from django.http import HttpRequest, HttpResponse
    from django.test import RequestFactory

    from troth.gate.boundary import BoundaryMiddleware

    asked = []

    def view(request: HttpRequest) -> HttpResponse:
        asked.append(looks(3, clinic.ann.subject_id))
        return HttpResponse("x")

    for _ in range(2):
        BoundaryMiddleware(view)(RequestFactory().get("/"))
    assert asked == [1, 1]
    assert looks(2, clinic.ann.subject_id) == 2
