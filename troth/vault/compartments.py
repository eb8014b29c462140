"""
Compartments: the unit of the key is the unit of disposal (pitfalls A1).

A compartment is a category of data together with how it is disposed of. Each (subject, compartment) has its own key; where
rows fall due one by one, each row or each year has. A room declares its compartments beside its models; two declarations
of one name with different rules refuse to start.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ImproperlyConfigured

from troth.vault.categories import Category


class Per(StrEnum):
    """How many keys a compartment has for one subject."""

    SUBJECT = "subject"
    ROW = "row"
    YEAR = "year"


@dataclass(frozen=True)
class Compartment:
    """A category, its retention rule's id in the notice, and the unit of its disposal."""

    name: str
    category: Category
    retention: str
    per: Per = Per.SUBJECT


_declared: dict[str, Compartment] = {}


def declare(name: str, category: Category, *, retention: str, per: Per = Per.SUBJECT) -> str:
    """
    Declare a compartment and give back its name, which is what a field takes.

    :raises ImproperlyConfigured: the name already stands for another category, rule or unit.
    """
    made = Compartment(name, category, retention, per)
    if _declared.setdefault(name, made) != made:
        raise ImproperlyConfigured(
            f"Compartment {name!r} is declared twice with different rules: {_declared[name]} and {made}. Data that falls due "
            "by different rules needs keys of its own: give one of them another name."
        )
    return name


def get_compartment(name: str) -> Compartment:
    """
    The declaration of that name.

    :raises ImproperlyConfigured: nobody declared it.
    """
    try:
        return _declared[name]
    except KeyError:
        raise ImproperlyConfigured(
            f"Compartment {name!r} is not declared: call compartments.declare() beside the model."
        ) from None


def list_compartments() -> tuple[Compartment, ...]:
    """Every declared compartment, by name."""
    return tuple(_declared[name] for name in sorted(_declared))


def in_categories(categories: frozenset[Category]) -> tuple[str, ...]:
    """The names of the compartments that hold any of these categories."""
    return tuple(name for name, made in _declared.items() if made.category in categories)
