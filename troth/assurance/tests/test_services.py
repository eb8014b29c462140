"""What a look found is kept, a slip and a return are events, and only the officer and the room's service record."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings

from troth.assurance import jobs, services
from troth.assurance.models import CheckResult, CheckRun, ProofKind, Status
from troth.assurance.rules import evidence
from troth.assurance.rules.catalogue import get_promise
from troth.assurance.selectors import board
from troth.assurance.selectors.checking import Outcome, check_promises
from troth.gate.actors import Actor
from troth.ledger.selectors import search

PACK = "online-prescribing"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 24)
OFFICER = Actor("person", uuid4(), roles=frozenset({"privacy_officer"}))


def outcome(status: Status, words: str = "As it was") -> Outcome:
    look = evidence.Look("people.told", "people", status is Status.HOLDS, words, {"people": 3})
    return Outcome(get_promise("OC-1.3"), status, words, (look,))


def keep(status: Status, *, days: int = 0, by: Actor = OFFICER) -> CheckRun:
    return services.record_look(
        PACK, [outcome(status)], by=by, at=NOW + timedelta(days=days), took=timedelta(seconds=2)
    )


@pytest.fixture(autouse=True)
def _notice(notice_in_force: None) -> Iterator[None]:
    return iter([None])


def events(name: str) -> list[tuple[str, ...]]:
    return [each.objects for each in search(event=f"assurance:{name}")]


def test_a_slip_and_a_return_are_events_once_each() -> None:
    for day, status in enumerate((Status.HOLDS, Status.FALLS_SHORT, Status.FALLS_SHORT, Status.HOLDS)):
        keep(status, days=day)
    assert events("promise_slipped") == [("assurance.promise/OC-1.3/slipped",)]
    assert events("promise_kept_again") == [("assurance.promise/OC-1.3/kept",)]
    assert len(events("promises_checked")) == 4
    turns = board.history_of("OC-1.3")
    assert [(turn.status, turn.looks) for turn in turns] == [
        (Status.HOLDS, 1),
        (Status.FALLS_SHORT, 2),
        (Status.HOLDS, 1),
    ]
    assert turns[1].first == NOW + timedelta(days=1) and turns[1].last == NOW + timedelta(days=2)


def test_a_promise_that_falls_short_at_the_first_look_is_a_slip() -> None:
    keep(Status.FALLS_SHORT)
    assert len(events("promise_slipped")) == 1


def test_the_board_shows_the_newest_look_and_since_when() -> None:
    assert board.board_of(PACK) is None
    keep(Status.FALLS_SHORT)
    keep(Status.HOLDS, days=1)
    keep(Status.HOLDS, days=2)
    found = board.board_of(PACK)
    assert found is not None
    assert [(each.promise.id, each.status, each.since) for each in found.standings] == [
        ("OC-1.3", Status.HOLDS, NOW + timedelta(days=1))
    ]
    assert found.counts[Status.HOLDS] == 1 and found.slipped == ()


def test_old_looks_go() -> None:
    keep(Status.HOLDS)
    keep(Status.HOLDS, days=1_200)
    assert CheckRun.objects.count() == CheckResult.objects.count() == 1


def test_others_record_nothing() -> None:
    for stranger in (Actor("person", uuid4(), roles=frozenset({"prescriber"})), Actor("service", name="reminders")):
        with pytest.raises(services.NotForYou):
            keep(Status.HOLDS, by=stranger)
        with pytest.raises(services.NotForYou):
            prove(by=stranger)
    assert not CheckRun.objects.exists()


def prove(promise: str = "OC-1.2", *, on: date = TODAY, paper: str = "DPO/2026-11", by: Actor = OFFICER) -> None:
    services.record_proof(get_promise(promise), seen_on=on, kind=ProofKind.DOCUMENT, paper=paper, by=by, at=NOW)


def test_a_proof_is_counted_from() -> None:
    before = check_promises(PACK, at=NOW, only="OC-1.2")[0]
    assert before.status is Status.ORGANISATIONAL and "No proof" in before.words
    prove(on=date(2026, 11, 30) - timedelta(days=90))
    found = check_promises(PACK, at=NOW, only="OC-1.2")[0]
    assert (found.last_proof, found.due_on) == (date(2026, 9, 1), date(2026, 12, 1))
    assert found.evidence(NOW)["proof"] == "2026-09-01"
    late = check_promises(PACK, at=NOW + timedelta(days=30), only="OC-1.2")[0]
    assert late.words.endswith("and is overdue")
    assert [(each.kind, each.paper) for each in board.proofs_of("OC-1.2")] == [("A document was read", "DPO/2026-11")]
    assert len(events("proof_recorded")) == 1


@pytest.mark.parametrize(
    ("promise", "on", "paper"),
    [
        ("OC-1.3", NOW.date(), "A1"),
        ("OC-1.2", NOW.date() + timedelta(days=1), "A1"),
        ("OC-1.2", NOW.date(), "seen by Maureen Oddie"),
        ("OC-1.2", NOW.date(), ""),
    ],
)
def test_a_proof_that_is_none_is_refused(promise: str, on: date, paper: str) -> None:
    with pytest.raises(services.ProofRefused):
        prove(promise, on=on, paper=paper)


def test_digests_are_of_what_was_found_and_not_of_when() -> None:
    one, other = outcome(Status.HOLDS).evidence(NOW), outcome(Status.HOLDS).evidence(NOW + timedelta(days=1))
    assert one["digest"] == other["digest"] and one["at"] != other["at"]
    assert outcome(Status.HOLDS, "Otherwise").evidence(NOW)["digest"] != one["digest"]


def test_slow_checks_are_remembered_for_pages() -> None:
    slow = evidence.Look("ledger.whole", "all events", True, "Recomputed 3 events", {"events": 3})
    found = Outcome(get_promise("OC-1.3"), Status.HOLDS, slow.words, (slow,))
    services.record_look(PACK, [found], by=OFFICER, at=NOW, took=timedelta())
    assert board.slow_looks(PACK) == {"ledger.whole": slow}
    assert board.slow_looks("medico-legal") == {}
    again = check_promises("wellness-clinic", at=NOW, only="KL-5.3", remembered=board.slow_looks(PACK))[0]
    assert slow in again.looks


def test_the_nightly_job_keeps_what_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def check(pack: str, *, at: datetime) -> list[Outcome]:
        asked.append(pack)
        return [outcome(Status.HOLDS)]

    monkeypatch.setattr(jobs, "check_promises", check)
    jobs.check()
    assert asked == [settings.TROTH_PACK]
    assert CheckRun.objects.get().recorded_by == "service:assurance"
