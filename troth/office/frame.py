"""What stands around every page of the office: what it is opened for, and that each look is recorded."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from troth.design.pages import Page, PurposeLine
from troth.design.values import Counterpart, Item, Term
from troth.gate.actors import Actor
from troth.gate.contexts import Opened
from troth.gate.rules import FRESH_SECONDS


@dataclass(frozen=True)
class Looking:
    """What the gate put on the request: which officer looks, when, and the context that is open."""

    actor: Actor
    id: UUID
    at: datetime
    opened: Opened

    @property
    def today(self) -> date:
        """The day on a London wall."""
        return timezone.localdate(self.at)

    @property
    def purpose(self) -> str:
        """What the page is opened for, as the notice words it."""
        return self.opened.declared.title if self.opened.declared else str(self.opened.purpose)

    @property
    def fresh(self) -> bool:
        """Whether they confirmed with a second factor within the last minutes."""
        second = self.actor.second_factor_at
        return second is not None and self.at - second <= timedelta(seconds=FRESH_SECONDS)


def looking(request: HttpRequest) -> Looking:
    """The open context of a page of the URL table, with its officer. Only such pages are served by the office."""
    bearer = cast(Any, request)
    actor: Actor = bearer.actor
    assert actor.id is not None
    return Looking(actor, actor.id, bearer.at, bearer.opened)


def show(request: HttpRequest, template: str, *, told: str = "", status: int = 200, **values: Any) -> HttpResponse:
    """Render a page of the office in its frame; `told` says beside the purpose what this page does not open."""
    look = looking(request)
    made: Page = import_string(settings.TROTH_FRAME)(request)
    title = look.purpose
    line = PurposeLine(
        title[:1].lower() + title[1:],
        told=told or "Nobody’s record opens here: identifiers, counts and dates.",
        short="no record opens here" if not told else "",
        kind="stone",
    )
    return render(request, f"office/{template}.html", {"page": replace(made, purpose=line), **values}, status=status)


def why_watching(look: Looking, *, until: str = "") -> Counterpart:
    """Why an officer sees events: the purpose of the page, and what connects them with everybody."""
    terms = (
        Term("For", look.purpose),
        Term("Because", "Keeping watch over the ledger"),
        Term("Seen by", "Privacy officers"),
        Term("Until", until),
    )
    return Counterpart("Why you see this", terms=tuple(term for term in terms if term.value))


#: The three pages that are one thing: what the notice says, where data goes by it, and the record that the law asks for.
_OF_THE_NOTICE = (
    ("Versions", "office_notice"),
    ("Where data goes", "office_flow"),
    ("Article 30 record", "office_record"),
)


def of_the_notice(current: str) -> tuple[Item, ...]:
    """The tabs over the pages of the notice; `current` is the route of this one."""
    return tuple(Item(words, reverse(route), current=route == current) for words, route in _OF_THE_NOTICE)


def moment(at: datetime) -> str:
    """`24 Nov 2026, 14:30`, on a London wall."""
    return f"{timezone.localtime(at):%-d %b %Y, %H:%M}"


def day(on: date) -> str:
    """`24 November 2026`."""
    return f"{on:%-d %B %Y}"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 event`, `2 events`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def number_in(text: str) -> int:
    """A number of an address's query, or 0."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
