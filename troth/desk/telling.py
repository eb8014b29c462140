"""How the desk tells who did what and when, and the strip that says why something is visible."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from troth.design.pages import Section
from troth.design.tables import Table
from troth.design.values import Counterpart, Item, Link, Term
from troth.gate.whys import Why
from troth.records.selectors import Shown


@dataclass(frozen=True)
class Paper:
    """A section ready to draw, and its line in the index beside the card."""

    key: str
    section: Section
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Teller:
    """Who did things, in words: names of staff are published, the person and the viewer are told by what they are."""

    viewer: UUID
    subject: UUID
    names: dict[UUID, str]
    today: date

    def who(self, reference: str) -> str:
        """Whom an identifier or a service's name stands for."""
        if reference.startswith("service:"):
            return "The system"
        try:
            found = UUID(reference)
        except ValueError:
            return "Someone unknown"
        if found == self.viewer:
            return "You"
        return "They" if found == self.subject else self.names.get(found, "A colleague")

    def on(self, at: datetime) -> str:
        """A moment as a day, with the year where it is not this one."""
        day = timezone.localtime(at)
        if day.date() == self.today:
            return f"Today, {day:%H:%M}"
        return f"{day:%-d %B}" if day.year == self.today.year else f"{day:%-d %B %Y}"


def counterpart(why: Why) -> Counterpart:
    """The strip beside what is shown: for what, because of what, until when."""
    because = (Term("Because", why.because[:1].upper() + why.because[1:]),) if why.because else ()
    return Counterpart(
        "Why you see this", terms=(Term("For", why.purpose), *because, Term("Kept until", why.kept_until))
    )


def within(when: str) -> str:
    """A day within a sentence."""
    return when.replace("Today", "today", 1)


def lower_you(name: str) -> str:
    """A name within a sentence."""
    return {"You": "you", "They": "them", "A colleague": "a colleague", "The system": "the system"}.get(name, name)


def paper_of(section: Shown, table: Table | None, links: tuple[Link, ...], *, empty: str) -> list[Paper]:
    made = Section(
        section.title, counterpart(section.why), table=table, prose=() if table else (empty,), head_links=links
    )
    count = len(section.rows)
    return [Paper(section.key, made, (Item(section.title, f"#{_slug(section.title)}", count=count),))]


def _slug(title: str) -> str:
    return title.lower().replace(" ", "-")
