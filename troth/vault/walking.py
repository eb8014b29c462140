"""
Going through a whole table in pieces: each is a query of its own, so that no cursor stays open and memory stays small.

It is no snapshot. A row that is added meanwhile may be missed, and one that is changed is met once, before or after.
"""

from collections.abc import Iterator
from typing import Any

from troth.vault.models import Holding

PIECE = 1_000


def in_pieces(model: type[Holding], size: int = PIECE) -> Iterator[list[Any]]:
    """Every row of a holding by its primary key, in lists of at most `size`."""
    rows = model._base_manager.order_by("pk")
    piece = list(rows[:size])
    while piece:
        yield piece
        if len(piece) < size:
            return
        piece = list(rows.filter(pk__gt=piece[-1].pk)[:size])
