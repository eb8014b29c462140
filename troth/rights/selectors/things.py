"""What is held about a person as plain values: a row, its fields and its files."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from troth.vault.categories import Category
from troth.vault.files import StoredFile


class HeldField(NamedTuple):
    """One field: what it is called, its value as text, and as plain JSON. `withheld` says why a copy leaves it out."""

    name: str
    label: str
    text: str
    value: Any
    withheld: str = ""
    is_open: bool = False  # structure that stands in the clear: in a copy, and not on a page
    for_machines: bool = False  # by it our machines join and count entries: in their file, and in no page or paper
    person: UUID | None = None  # a random identifier, which may be somebody of our staff

    @property
    def heading(self) -> str:
        """What people read beside it: an amount is said in pounds there."""
        return self.label.removesuffix(", in pence")


@dataclass(frozen=True)
class HeldFile:
    """A file of a thing: what it was called and how large it is. `stored` opens it; it never goes to a page."""

    field: str
    name: str
    media_type: str
    size: int
    stored: StoredFile
    parts_removed: bool = False  # it stands in the place of the person's own, with parts of it black


@dataclass(frozen=True)
class HeldThing:
    """One row about a person, opened: plain values only. Not released things keep their content to themselves."""

    id: str
    model: str
    kind: str
    category: Category
    compartment: str
    scope: str
    fields: tuple[HeldField, ...]
    files: tuple[HeldFile, ...]
    recorded_at: dt.datetime
    changed_at: dt.datetime
    recorded_by: str  # a subject's hexadecimal identifier, or `service:NAME`
    by_themself: bool
    source: str
    released: bool

    @property
    def told(self) -> tuple[HeldField, ...]:
        """
        The fields that people read on a page: where something came from is said once, beside them. What is made of nothing but days
        and words that stand openly says those, so that no entry seems empty.
        """
        full = [field for field in self.fields if (field.text or field.withheld) and field.name != "source"]
        return tuple(
            [field for field in full if not field.is_open] or [field for field in full if not field.for_machines]
        )

    def held_back(self) -> "HeldThing":
        """The same thing without its content: that it is there, what kind it is and since when."""
        return replace(self, fields=(), files=())
