from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from troth.work import queue
from troth.work.arguments import ArgumentRefused
from troth.work.models import Effect, Job, State
from troth.work.queue import Backoff, GiveUp

NOW = datetime(2030, 5, 6, 9, tzinfo=UTC)
LEASE = timedelta(minutes=1)
PLANTED = "Perpetua Quillfeather"


@pytest.fixture
def letter() -> Any:
    @queue.job(retries=2, backoff=Backoff(timedelta(seconds=8), timedelta(minutes=1)), effect_key="letter:{letter}")
    def send_letter(letter: UUID) -> None: ...

    return send_letter


def take(**changes: Any) -> Job | None:
    asked = {"queues": None, "limit": 1, "lease": LEASE, "at": NOW, **changes}
    return next(iter(queue.claim(asked.pop("worker", "w1"), **asked)), None)


@pytest.mark.django_db
def test_enqueue_is_undone_with_the_callers_transaction(letter: Any) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        letter.enqueue(uuid4())
        raise ZeroDivisionError
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_enqueue_keeps_who_asked_and_for_whom(letter: Any) -> None:
    subject, asker, wanted = uuid4(), uuid4(), uuid4()
    letter.using(on_behalf_of=subject, asker=asker, run_after=NOW).enqueue(letter=wanted)
    kept = Job.objects.get()
    assert (kept.on_behalf_of, kept.asker, kept.run_at) == (str(subject), str(asker), NOW)
    assert kept.arguments == {"letter": str(wanted)}


@pytest.mark.django_db
def test_enqueue_refuses_a_persons_words_and_stores_nothing(letter: Any) -> None:
    with pytest.raises(ArgumentRefused) as refused:
        letter.enqueue(PLANTED)
    assert PLANTED not in str(refused.value)
    with pytest.raises(ArgumentRefused) as refused:
        letter.using(asker=PLANTED)
    assert PLANTED not in str(refused.value)
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_enqueue_refuses_an_effect_key_too_long_to_keep() -> None:
    @queue.job(effect_key="{one}:{two}:{three}")
    def wide(one: str, two: str, three: str) -> None: ...

    with pytest.raises(ArgumentRefused):
        wide.enqueue("a" * 64, "b" * 64, "c")


def test_declaring_fails_early() -> None:
    with pytest.raises(KeyError):

        @queue.job(effect_key="sent:{lettre}")
        def send(letter: UUID) -> None: ...

    def again() -> None: ...

    queue.job()(again)
    with pytest.raises(ValueError, match="taken by another"):
        queue.job()(again)
    again.__name__ = "a" * 100
    with pytest.raises(ValueError, match="too long"):
        queue.job()(again)


@pytest.mark.django_db
def test_claim_takes_what_is_due_oldest_first_and_never_more_than_its_limit(letter: Any) -> None:
    ids = [letter.using(run_after=NOW - timedelta(minutes=minutes)).enqueue(uuid4()) for minutes in (0, 3, 2, 1)]
    letter.using(run_after=NOW + timedelta(microseconds=1)).enqueue(uuid4())
    first = queue.claim("w1", queues=None, limit=3, lease=LEASE, at=NOW)
    assert {each.id for each in first} == {ids[1], ids[2], ids[3]}
    assert {(each.state, each.attempts, each.lease_until) for each in first} == {("running", 1, NOW + LEASE)}
    assert [each.id for each in queue.claim("w2", queues=None, limit=3, lease=LEASE, at=NOW)] == [ids[0]]
    assert take() is None


@pytest.mark.django_db
def test_claim_keeps_to_its_queues_and_to_jobs_it_knows(letter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    letter.using(queue="mail", run_after=NOW).enqueue(uuid4())
    assert take(queues=["default"]) is None
    for known in ({}, {"queue.another": letter}):
        monkeypatch.setattr(queue, "declared", known)
        assert take() is None, "a worker took a job of a release it does not know"
    monkeypatch.setattr(queue, "declared", {letter.name: letter})
    assert take(queues=["default", "mail"]) is not None


@pytest.mark.django_db
def test_lease_protects_until_it_ends_and_renewing_moves_its_end(letter: Any) -> None:
    letter.using(run_after=NOW).enqueue(uuid4())
    first = take()
    assert first and take(at=NOW + LEASE - timedelta(microseconds=1)) is None
    assert queue.renew(first, lease=LEASE, at=NOW + LEASE / 2)
    assert take(at=NOW + LEASE) is None
    second = take(worker="w2", at=NOW + LEASE * 1.5)
    assert second and second.attempts == 2
    assert not queue.renew(first, lease=LEASE, at=NOW + LEASE * 2)
    assert queue.settle(first, None, jitter=0, at=NOW + LEASE * 2) is None, "a worker taken for dead settled the job"
    assert Job.objects.get().state == State.RUNNING
    assert queue.settle(second, None, jitter=0, at=NOW + LEASE * 2) == State.DONE


@pytest.mark.django_db
def test_lost_attempt_of_the_same_worker_does_not_count_either(letter: Any) -> None:
    letter.using(run_after=NOW).enqueue(uuid4())
    first, second = take(), take(at=NOW + LEASE)
    assert first and second
    assert queue.settle(first, ValueError(), jitter=0, at=NOW + LEASE) is None
    assert queue.settle(second, None, jitter=0, at=NOW + LEASE) == State.DONE


@pytest.mark.django_db
def test_settle_retries_with_growing_pauses_then_leaves_the_job_dead_without_its_words(letter: Any) -> None:
    letter.using(run_after=NOW).enqueue(uuid4())
    at, pauses = NOW, []
    for _ in range(3):
        taken = take(at=at)
        assert taken
        try:
            raise UnicodeDecodeError("utf-8", PLANTED.encode(), 0, 1, PLANTED)
        except UnicodeDecodeError as failure:
            state = queue.settle(taken, failure, jitter=0, at=at)
        pauses.append(Job.objects.get().run_at - at)
        at += timedelta(hours=1)
    assert state == State.DEAD
    assert pauses[:2] == [timedelta(seconds=8), timedelta(seconds=16)]
    assert take(at=at + timedelta(days=1)) is None
    (dead,) = queue.list_dead()
    assert dead["failed_with"] == "UnicodeDecodeError"
    assert dead["failed_where"].startswith("troth/work/tests/test_queue.py:")
    assert "Quill" not in repr(list(Job.objects.values()))
    assert queue.revive(dead["id"], at=at)
    assert not queue.revive(dead["id"], at=at)
    revived = take(at=at)
    assert revived and revived.attempts == 1


@pytest.mark.django_db
@pytest.mark.parametrize("failure", [GiveUp(), ArgumentRefused()])
def test_settle_does_not_retry_what_cannot_help(letter: Any, failure: Exception) -> None:
    letter.using(run_after=NOW).enqueue(uuid4())
    taken = take()
    assert taken and queue.settle(taken, failure, jitter=0, at=NOW) == State.DEAD


@pytest.mark.django_db
def test_once_is_true_once_and_forgets_with_its_transaction() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert queue.once("letter:1a")
        raise ZeroDivisionError
    assert [queue.once("letter:1a"), queue.once("letter:1a"), queue.once("letter:1b")] == [True, False, True]
    assert Effect.objects.count() == 2
    with pytest.raises(ArgumentRefused):
        queue.once(f"letter:{PLANTED}")


def test_once_refuses_to_note_an_effect_outside_its_transaction(committed_db: object) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        queue.once("letter:1a")
    assert not Effect.objects.exists()


@given(st.integers(1, 5000), st.floats(0, 1), st.floats(0, 1))
def test_backoff_grows_stays_within_bounds_and_falls_with_jitter(attempt: int, low: float, high: float) -> None:
    low, high = sorted((low, high))
    backoff = Backoff(timedelta(seconds=10), timedelta(hours=1))
    assert backoff.delay(attempt, low) <= backoff.delay(attempt + 1, low)
    assert backoff.delay(attempt, high) <= backoff.delay(attempt, low)
    assert timedelta(seconds=5) <= backoff.delay(attempt, high) <= timedelta(hours=1)
