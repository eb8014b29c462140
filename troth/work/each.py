"""Doing one thing for many, where one that fails keeps nobody else from it."""

from collections.abc import Callable, Iterable
from typing import TypeVar

_One = TypeVar("_One")


def do_for_each(
    many: Iterable[_One], do: Callable[[_One], object], *, leaving: tuple[type[Exception], ...] = ()
) -> None:
    """
    Do it for each, and fail at the end where it failed for some. What fails in a way of `leaving` is left for another time in
    silence: it is said where it happened.

    :raises ExceptionGroup: it failed for some; it was done for the others.
    """
    failed: list[Exception] = []
    for one in many:
        try:
            do(one)
        except leaving:
            continue
        except Exception as wrong:  # noqa: BLE001  they are told of at the end
            failed.append(wrong)
    if failed:
        raise ExceptionGroup("it failed for some", failed)
