"""A notice under the linter: the model, its lines, and the look-ups that many rules need."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from troth.law.bases import Basis
from troth.notice.files import ParsedNotice
from troth.notice.findings import Path
from troth.notice.purposes import Purpose
from troth.notice.schema import Notice
from troth.notice.schema.sharing import Recipient
from troth.notice.schema.uses import PurposeRow
from troth.vault.categories import Category


@dataclass(frozen=True)
class Found:
    """What a rule found: its code, the place in the file, and the sentence for whoever mends it."""

    code: str
    path: Path
    message: str


@dataclass(frozen=True)
class Draft:
    """A notice that fits the format, on the day it is looked at."""

    parsed: ParsedNotice
    notice: Notice
    on: date

    @cached_property
    def rows(self) -> list[tuple[Path, PurposeRow]]:
        """Every purpose with its place."""
        return [(("purposes", place), row) for place, row in enumerate(self.notice.purposes)]

    @cached_property
    def purposes(self) -> dict[Purpose, PurposeRow]:
        return {row.id: row for row in self.notice.purposes}

    @cached_property
    def recipients(self) -> dict[str, Recipient]:
        return {recipient.id: recipient for recipient in self.notice.recipients}

    @cached_property
    def declared(self) -> frozenset[Category]:
        """The categories that the notice says it holds."""
        return frozenset(category.id for category in self.notice.categories)

    @cached_property
    def used(self) -> frozenset[Category]:
        """The categories that a purpose names; `all` names none in particular."""
        return frozenset(
            category for row in self.notice.purposes if row.categories != "all" for category in row.covers
        )

    @cached_property
    def bases(self) -> frozenset[Basis]:
        """Every basis that some purpose relies on."""
        return frozenset(basis for row in self.notice.purposes for basis in row.basis)

    @cached_property
    def bases_everywhere(self) -> frozenset[Basis]:
        """The same, with those of messages to people, of cookies and of keeping after a contract."""
        notice = self.notice
        used: set[Basis | None] = set(self.bases)
        if notice.marketing:
            used |= {channel.basis for channel in notice.marketing.channels if not channel.companies_only}
        if notice.cookies:
            used |= {cookie.basis for cookie in notice.cookies.stored}
        if notice.retention.after_contract:
            used |= set(notice.retention.after_contract.basis)
        return frozenset(basis for basis in used if basis)

    def declares(self, *purposes: Purpose) -> bool:
        """Whether the notice has one of these purposes."""
        return any(purpose in self.purposes for purpose in purposes)


Rule = Callable[[Draft], Iterator[Found]]

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n\s*\n")


def sentences(text: str) -> list[str]:
    """The sentences of a text that people read: they end with a mark, or with their paragraph."""
    return _SENTENCE.split(text)
