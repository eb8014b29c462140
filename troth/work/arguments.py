"""
What may stand in a job's arguments: identifiers, small numbers, dates and codes. Never a name or free text.

The types are read from the function's annotations once, when it is declared. A message here names the parameter,
which is code, and never the value, which may be a person's.
"""

import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

# Small letters only and never digits alone: what people type as names, telephone and NHS numbers does not pass.
CODE = re.compile(r"(?=.*[a-z])[a-z0-9][a-z0-9_.:-]*", re.ASCII)
LONGEST_CODE = 64
SMALL = 2**31  # a ten-digit NHS number and a telephone number lie above it


class ArgumentRefused(TypeError):
    """A job was declared or asked for with something other than identifiers, small numbers, dates and codes."""


def is_code(text: str, longest: int = LONGEST_CODE) -> bool:
    """Whether the text has the shape of a word from a closed vocabulary."""
    return len(text) <= longest and CODE.fullmatch(text) is not None


class Parameters:
    """The parameters of one job's function: writes its arguments to JSON and reads them back as their types."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.signature = inspect.signature(function)
        hints = typing.get_type_hints(function)
        self.kinds = {name: _kind(name, hints.get(name)) for name in self.signature.parameters}
        if any(
            p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD, p.POSITIONAL_ONLY) for p in self.signature.parameters.values()
        ):
            raise ArgumentRefused("A job names each of its parameters: no *args, **kwargs or positional-only ones.")

    def pack(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """
        Turn a call's arguments into JSON values.

        :raises ArgumentRefused: one is missing, unknown, or not of its declared kind; the value is never quoted.
        """
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError:
            raise ArgumentRefused(f"The job's arguments are: {', '.join(self.kinds) or 'none'}.") from None
        bound.apply_defaults()
        return {name: self._packed(name, value) for name, value in bound.arguments.items()}

    def unpack(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """
        Read stored arguments back.

        :raises ArgumentRefused: they were stored for another form of the function.
        """
        try:
            bound = self.signature.bind(**stored)
            return {
                name: None if value is None else _read(self.kinds[name][0], value)
                for name, value in bound.arguments.items()
            }
        except (TypeError, ValueError):
            raise ArgumentRefused("The stored arguments do not fit the function as it is now.") from None

    def _packed(self, name: str, value: Any) -> Any:
        kind, optional = self.kinds[name]
        if value is None and optional:
            return None
        exact = type(value) is kind  # so that True is no number and a moment is no date
        if (exact and kind is bool) or (exact and kind is int and -SMALL < value < SMALL):
            return value
        if (isinstance(value, UUID) and kind is UUID) or (exact and kind is date):
            return str(value)
        if isinstance(value, kind) and issubclass(kind, str) and is_code(str(value)):
            return str(value)
        raise ArgumentRefused(
            f"Argument {name!r} must be {_WORDS.get(kind, 'a member of its vocabulary')}"
            f"{' or None' if optional else ''}."
        )


_WORDS = {
    UUID: "a UUID",
    bool: "a bool",
    int: f"a whole number below {SMALL}",
    date: "a date without a time",
    str: f"a code: at most {LONGEST_CODE} of a-z, 0-9 and _.:- with a letter among them",
}


def _kind(name: str, hint: Any) -> tuple[type, bool]:
    choices = (
        typing.get_args(hint)
        if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union
        else (hint,)
    )
    kinds = [each for each in choices if each is not types.NoneType]
    if len(kinds) == 1 and isinstance(kinds[0], type) and (kinds[0] in _WORDS or issubclass(kinds[0], StrEnum)):
        return kinds[0], len(choices) == 2
    raise ArgumentRefused(f"Annotate {name!r} as UUID, int, bool, date, StrEnum or str (a code), or any | None.")


def _read(kind: type, value: Any) -> Any:
    if kind is date:
        return date.fromisoformat(value)
    return value if kind in (bool, int) else kind(value)
