"""The stored tree against RFC 9162 written down as slowly and literally as it can be."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.ledger.check_export import CheckFailed, check_consistency, check_inclusion
from troth.ledger.merkle import TILE, Tree, fold, join


def h(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def k_of(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(d: list[bytes]) -> bytes:  # 2.1.1, over leaf hashes
    if not d:
        return h(b"")
    if len(d) == 1:
        return d[0]
    k = k_of(len(d))
    return h(b"\x01", mth(d[:k]), mth(d[k:]))


def path(m: int, d: list[bytes]) -> list[bytes]:  # 2.1.3.1
    if len(d) == 1:
        return []
    k = k_of(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def proof(m: int, d: list[bytes], whole: bool = True) -> list[bytes]:  # 2.1.4.1
    if m == len(d):
        return [] if whole else [mth(d)]
    k = k_of(len(d))
    if m <= k:
        return [*proof(m, d[:k], whole), mth(d[k:])]
    return [*proof(m - k, d[k:], False), mth(d[:k])]


LEAVES = [h(b"\x00", str(n).encode()) for n in range(70_000)]


def tree(leaves: list[bytes]) -> Tree:
    levels = [leaves]
    while len(levels[-1]) >= TILE:
        below = levels[-1]
        levels.append([mth(below[at : at + TILE]) for at in range(0, len(below) - TILE + 1, TILE)])
    return Tree(lambda height, number: levels[height][number * TILE : (number + 1) * TILE])


SMALL = st.integers(1, 1200)


@given(SMALL)
def test_root_is_that_of_the_rfc(size):
    assert tree(LEAVES[:size]).root(size) == mth(LEAVES[:size]) == fold(LEAVES[:size])


@given(SMALL, st.data())
def test_inclusion_is_that_of_the_rfc_and_checks(size, data):
    index = data.draw(st.integers(0, size - 1))
    found = tree(LEAVES[:size]).inclusion(index, size)
    assert found == path(index, LEAVES[:size])
    check_inclusion(LEAVES[index], index, size, found, mth(LEAVES[:size]))


@given(SMALL, st.data())
def test_consistency_is_that_of_the_rfc_and_checks(size, data):
    old = data.draw(st.integers(1, size))
    found = tree(LEAVES[:size]).consistency(old, size)
    assert found == proof(old, LEAVES[:size])
    check_consistency(old, mth(LEAVES[:old]), size, mth(LEAVES[:size]), found)


@given(st.integers(2, 300), st.data())
def test_a_proof_for_anything_else_fails(size, data):
    index = data.draw(st.integers(0, size - 1))
    root, found = mth(LEAVES[:size]), path(index, LEAVES[:size])
    other = data.draw(st.integers(0, size - 1).filter(lambda each: each != index))
    spoilt = data.draw(st.integers(0, len(found) - 1))
    for attempt in (
        lambda: check_inclusion(LEAVES[other], index, size, found, root),
        lambda: check_inclusion(LEAVES[index], other, size, found, root),
        lambda: check_inclusion(LEAVES[index], index, size, [*found, root], root),
        lambda: check_inclusion(LEAVES[index], index, size, found[:-1], root),
        lambda: check_inclusion(LEAVES[index], index, size, [*found[:spoilt], root, *found[spoilt + 1 :]], root),
        lambda: check_inclusion(LEAVES[index], size, size, found, root),
    ):
        with pytest.raises(CheckFailed):
            attempt()


@given(st.integers(2, 300), st.data())
def test_two_histories_are_never_consistent(size, data):
    old = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, old - 1))
    history = LEAVES[:size]
    other = [*history[:changed], h(b"another"), *history[changed + 1 :]]
    for proved in (history, other):
        with pytest.raises(CheckFailed):
            check_consistency(old, mth(other[:old]), size, mth(history), proof(old, proved))


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 70_000])
def test_three_heights(size):
    leaves = LEAVES[:size]
    root = tree(leaves).root(size)
    assert root == fold(leaves)
    for index in (0, 255, 256, 65_535, size - 1):
        if index < size:
            check_inclusion(leaves[index], index, size, tree(leaves).inclusion(index, size), root)
    check_consistency(300, fold(leaves[:300]), size, root, tree(leaves).consistency(300, size))


@given(st.integers(0, 1200))
def test_peaks_join_to_the_root(size):
    peaks, start = [], 0
    for bit in reversed(range(size.bit_length())):
        if size & (1 << bit):
            peaks.append(mth(LEAVES[start : start + (1 << bit)]))
            start += 1 << bit
    assert join(peaks) == mth(LEAVES[:size])


def test_questions_outside_the_tree_are_refused():
    small = tree(LEAVES[:5])
    for ask in (lambda: small.inclusion(5, 5), lambda: small.consistency(0, 5), lambda: small.consistency(6, 5)):
        with pytest.raises(ValueError, match="tree"):
            ask()
    with pytest.raises(LookupError):
        small.root(9)
