"""
How a stored value is said to the person whom it is about, where the value alone says nothing to people: pence, codes, keyed hashes.

The rooms register their ways when they are ready. A value of a closed list (`vault.words`), a day and a yes or no need none.
"""

from collections.abc import Callable
from typing import Any

Known = dict[Any, Any]
Way = Callable[[Any, str, Known], str]
_WAYS: dict[tuple[str, str], Way] = {}


def says(model: str, *fields: str) -> Callable[[Way], Way]:
    """
    Register how these fields of a holding (`billing.payment`) are said. The function takes an opened row, the field's name, and
    what it looked up already for other rows, which lives no longer than the page. It is asked only where the field holds something;
    "" leaves it out.
    """

    def register(way: Way) -> Way:
        for field in fields:
            _WAYS[model, field] = way
        return way

    return register


def way_of(model: str, field: str) -> Way | None:
    """How a field of a holding is said, or None where its value speaks for itself."""
    return _WAYS.get((model, field))
