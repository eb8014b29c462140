"""What stands around every page of the desk: the clinic, where one is, who looks and what for. Nothing of a patient."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from troth.design.pages import Clinic, Find, Page, PurposeLine
from troth.design.values import Banner, Item
from troth.gate.actors import Actor
from troth.gate.boundary import Boundary
from troth.gate.contexts import Opened
from troth.people import selectors as people


@dataclass(frozen=True)
class Looking:
    """What the gate put on the request: who looks, when, and the context that is open."""

    actor: Actor
    id: UUID
    at: datetime
    opened: Opened


def looking(request: HttpRequest) -> Looking:
    """The open context of a page of the URL table, with its person. Only such pages are served by the desk."""
    bearer = cast(Any, request)
    actor: Actor = bearer.actor
    assert actor.id is not None
    return Looking(actor, actor.id, bearer.at, bearer.opened)


def frame(
    request: HttpRequest, *, current: str = "", purpose: PurposeLine | None = None, banners: tuple[Banner, ...] = (),
) -> Page:
    """This will make the frame of a page at the desk. It opens nothing: names of staff are published."""
    bearer = cast(Any, request)
    actor: Actor = bearer.actor
    boundary: Boundary = bearer.boundary
    register = boundary.register(bearer.at)
    words = ", ".join(register.roles[role].name for role in sorted(actor.roles) if role in register.roles)
    return Page(
        clinic=Clinic(register.controller, home=reverse("desk_home")),
        nav=(Item("Today", reverse("desk_home"), current=current == "today"),
             Item("Find a person", reverse("desk_find"), current=current == "find")),
        person=people.staff_name(actor.id) if actor.id else "",
        role=words,
        sign_out=_reversed("sign_out"),
        find=Find(reverse("desk_find"), "Find a person") if current != "find" else None,
        purpose=purpose,
        banners=banners,
        demo=settings.TROTH_DEMO,
    )


def purpose_line(opened: Opened, subject: UUID) -> PurposeLine:
    """What this page is opened for and why, as the gate found it."""
    assert opened.declared is not None
    because = opened.reason_for(subject)
    return PurposeLine(
        lowered(opened.declared.title), f"of {because}" if because else "", "Each view is recorded, and they can see it.",
        short=because)


def show(request: HttpRequest, template: str, page: Page, *, status: int = 200, **values: Any) -> HttpResponse:
    """Render a page of the desk with its frame."""
    return render(request, f"desk/{template}.html", {"page": page, **values}, status=status)


def lowered(words: str) -> str:
    """A title within a sentence: its first letter small."""
    return words[:1].lower() + words[1:]


def _reversed(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
