"""What one request has read of the facts, so that it asks about each person once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any

LASTS = 1.0  # seconds: somebody whose authority ended may be sending a large file meanwhile


class Looked:
    """The facts that were read, by subject (hexadecimal), and since when."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.facts: dict[str, list[Any]] = {}


_looked: ContextVar[Looked | None] = ContextVar("troth_gate_looked", default=None)


def read_once() -> Token[Looked | None]:
    """Read the facts about each subject once from here on, until `forget` is given the token: one request, one look."""
    return _looked.set(Looked())


def forget(token: Token[Looked | None]) -> None:
    """End what `read_once` began."""
    _looked.reset(token)


def known() -> dict[str, list[Any]] | None:
    """What was read in this request within the last second, to be added to; None where each look is a new one."""
    found = _looked.get()
    if found is None:
        return None
    if time.monotonic() - found.begun > LASTS:
        found.begun, found.facts = time.monotonic(), {}
    return found.facts


@contextmanager
def read_anew() -> Iterator[None]:
    """Within an act every look is a new one, since it may follow a lock; and what was read before it counts no more after it."""
    outer = _looked.get()
    token = _looked.set(None)
    try:
        yield
    finally:
        _looked.reset(token)
        if outer is not None:
            outer.facts.clear()
