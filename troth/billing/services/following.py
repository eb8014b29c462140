"""
Who hears what became of a payment: the room that asked for it. It lies above this one, so it says so in its `answers.py`:

    @following.follows("diary.visit")
    def paid(thing, payment, state, *, by, at): ...

It is told each new state, outside any transaction, and again until it returns: so it must take the same word twice.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from troth.billing.models import State
from troth.gate.actors import Actor


class Follower(Protocol):
    """Takes note of what became of a payment. `by` is the service of payments; a room acts as its own."""

    def __call__(self, thing: UUID, payment: UUID, state: State, *, by: Actor, at: datetime) -> None: ...


followers: dict[str, Follower] = {}
#: The kinds of thing whose room compares the cards that pay for them.
comparing: set[str] = set()


def _follows(thing_kind: str, *, compares_cards: bool = False) -> Callable[[Follower], Follower]:
    """
    Declare who hears of payments for things of a kind. `compares_cards`: a keyed hash of the card is kept with each, by which
    `selectors.others_by_card` finds who else paid with it.

    :raises ValueError: somebody else does.
    """

    def declare(follower: Follower) -> Follower:
        if followers.setdefault(thing_kind, follower) is not follower:
            raise ValueError(f"Payments for {thing_kind} are followed twice.")
        if compares_cards:
            comparing.add(thing_kind)
        return follower

    return declare


# It writes nothing, and is declared by rooms as they start; so it is no act.
follows = _follows
