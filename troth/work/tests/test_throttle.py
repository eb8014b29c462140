from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from troth.work import throttle
from troth.work.models import Bucket

NOW = datetime(2030, 5, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_allow_passes_the_limit_then_says_when_the_next_may_go() -> None:
    answers = [throttle.allow("reset", "a", limit=4, per=HOUR, at=NOW) for _ in range(6)]
    assert [answer.allowed for answer in answers] == [True] * 4 + [False] * 2
    retry_at = answers[-1].retry_at
    assert retry_at == NOW + HOUR / 4
    early = retry_at - timedelta(microseconds=1)
    assert not throttle.allow("reset", "a", limit=4, per=HOUR, at=early).allowed
    assert throttle.allow("reset", "a", limit=4, per=HOUR, at=retry_at).allowed
    assert not throttle.allow("reset", "a", limit=4, per=HOUR, at=retry_at).allowed


@pytest.mark.django_db
def test_allow_keeps_kinds_and_keys_apart_but_not_spellings_of_one() -> None:
    def one(kind: str, *keys: str) -> bool:
        return throttle.allow(kind, *keys, limit=1, per=HOUR, at=NOW).allowed

    assert one("reset", "ab", "c") and one("reset", "a", "bc") and one("claim", "ab", "c") and one("reset", "abc")
    assert not one("reset", "ab", "c")
    assert one("reset", "ann@example.org")
    assert not one("reset", " Ann@Example.ORG")
    assert not one("reset", "\uff41nn@example.org")


@pytest.mark.django_db
def test_a_clock_that_is_set_back_keeps_nobody_out_for_longer_than_the_window() -> None:
    throttle.allow("reset", "a", limit=4, per=HOUR, at=NOW + timedelta(days=82))
    refused = throttle.allow("reset", "a", limit=4, per=HOUR, at=NOW)
    assert (refused.allowed, refused.retry_at) == (False, NOW + HOUR / 4)
    assert throttle.allow("reset", "a", limit=4, per=HOUR, at=NOW + HOUR / 4).allowed
    assert not throttle.allow("reset", "a", limit=4, per=HOUR, at=NOW + HOUR / 4).allowed


@pytest.mark.django_db
def test_a_request_that_was_long_under_way_gains_no_try() -> None:
    for _ in range(4):
        assert throttle.allow("reset", "a", limit=4, per=HOUR, at=NOW).allowed
    assert not throttle.allow("reset", "a", limit=4, per=HOUR, at=NOW - HOUR / 2).allowed
    assert not throttle.allow("reset", "a", limit=4, per=HOUR, at=NOW).allowed


class AgainstSlowModel(TestCase):
    """The bucket in the table against one that counts tries by hand."""

    def setUp(self) -> None:
        throttle.set_secret_provider(lambda: b"s")

    @settings(max_examples=40, deadline=None)
    @given(st.integers(1, 7), st.lists(st.integers(0, 2400), min_size=1, max_size=40))
    def test_allow_agrees_and_keeps_to_its_bounds(self, limit: int, pauses: list[int]) -> None:
        Bucket.objects.all().delete()
        at, tries, passed = NOW, float(limit), []
        for pause in pauses:
            at += timedelta(seconds=pause)
            tries = min(float(limit), tries + pause * limit / 3600)
            answer = throttle.allow("model", "k", limit=limit, per=HOUR, at=at)
            if abs(tries - 1) > 1e-6:  # within a rounding of one try either answer is right
                assert answer.allowed == (tries >= 1)
            if answer.allowed:
                tries -= 1
                passed.append(at)
            else:
                assert answer.retry_at is not None and answer.retry_at > at
        for start in passed:
            assert sum(start <= moment < start + HOUR for moment in passed) < 2 * limit or limit == 1


@pytest.mark.django_db
def test_ten_thousand_bad_tries_from_elsewhere_leave_the_doctor_able_to_sign_in() -> None:
    doctor, her_network = "doctor@example.org", throttle.network_of("192.0.2.7")
    refused = proofs = 0
    for number in range(10_000):
        network = throttle.network_of(f"198.51.{number % 50}.{number % 251}")
        answer = throttle.allow_sign_in(doctor, network, at=NOW + timedelta(milliseconds=number))
        refused, proofs = refused + (not answer.allowed), proofs + (answer.allowed and answer.proof_wanted)
    assert proofs > 0, "guessing from many places was never slowed"
    after = NOW + timedelta(seconds=11)
    hers = throttle.allow_sign_in(doctor, her_network, at=after)
    assert hers.allowed
    assert hers.proof_wanted
    assert throttle.allow_sign_in("colleague@example.org", her_network, at=after) == throttle.Allowance(True)
    assert not throttle.allow_sign_in(doctor, her_network, at=after + throttle.WINDOW).proof_wanted


@pytest.mark.django_db
def test_one_network_runs_out_for_one_account_and_then_for_all() -> None:
    answers = [throttle.allow_sign_in("a", "n", at=NOW).allowed for _ in range(throttle.PER_ACCOUNT_AND_NETWORK + 1)]
    assert answers == [True] * throttle.PER_ACCOUNT_AND_NETWORK + [False]
    spread = [throttle.allow_sign_in(f"b{number}", "n", at=NOW).allowed for number in range(throttle.PER_NETWORK)]
    assert sum(spread) == throttle.PER_NETWORK - len(answers)
    assert throttle.allow_sign_in("a", "elsewhere", at=NOW).allowed


@pytest.mark.django_db
def test_table_holds_neither_account_nor_address() -> None:
    throttle.allow_sign_in("doctor@example.org", "192.0.2.7/32", at=NOW)
    kept = repr(list(Bucket.objects.values()))
    assert Bucket.objects.count() == 3
    assert "doctor" not in kept and "192.0.2" not in kept
    before = set(Bucket.objects.values_list("key", flat=True))
    throttle.set_secret_provider(lambda: b"another")
    throttle.allow_sign_in("doctor@example.org", "192.0.2.7/32", at=NOW)
    assert before.isdisjoint(set(Bucket.objects.values_list("key", flat=True)) - before)
    assert Bucket.objects.count() == 6, "the same names under another secret hash to other keys"


@pytest.mark.django_db
def test_allow_needs_its_secret() -> None:
    throttle.set_secret_provider(None)
    with pytest.raises(throttle.SecretMissing):
        throttle.allow("reset", "a", limit=1, per=HOUR, at=NOW)


def test_allow_refuses_to_be_undone_by_a_callers_rollback(committed_db: object) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        throttle.allow("reset", "a", limit=1, per=HOUR, at=NOW)


@pytest.mark.django_db
def test_forget_full_changes_no_answer() -> None:
    for _ in range(2):
        throttle.allow("reset", "used", limit=2, per=HOUR, at=NOW)
    throttle.allow("reset", "back", limit=2, per=HOUR, at=NOW)
    assert throttle.forget_full(NOW + HOUR / 2) == 1
    assert throttle.allow("reset", "back", limit=2, per=HOUR, at=NOW + HOUR / 2).allowed
    answers = [throttle.allow("reset", "used", limit=2, per=HOUR, at=NOW + HOUR / 2).allowed for _ in range(2)]
    assert answers == [True, False]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("2001:db8:0:aa00::1", "2001:db8:0:aaff:9::1", True),
        ("2001:db8:0:aa00::1", "2001:db8:0:ab00::1", False),
    ],
)
def test_network_of(one: str, other: str, same: bool) -> None:
    assert (throttle.network_of(one) == throttle.network_of(other)) is same
