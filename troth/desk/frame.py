"""What stands around every page of the desk: who looks, what for, and why. Nothing of a patient but the reason."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from troth.design.pages import Page, PurposeLine
from troth.design.values import Banner, Counterpart, Link, Term
from troth.gate.actors import Actor
from troth.gate.contexts import Opened
from troth.gate.whys import why
from troth.notice.purposes import Action, Purpose
from troth.people.rules import CLAIMING, TELLING_APART
from troth.rights.selectors import restricted_since
from troth.vault.categories import Category


@dataclass(frozen=True)
class Looking:
    """What the gate put on the request: who looks, when, and the context that is open."""

    actor: Actor
    id: UUID
    at: datetime
    opened: Opened

    @property
    def purpose(self) -> str:
        """What the page is opened for, as the notice words it."""
        return self.opened.declared.title if self.opened.declared else str(self.opened.purpose)


def looking(request: HttpRequest) -> Looking:
    """The open context of a page of the URL table, with its person. Only such pages are served by the desk."""
    bearer = cast(Any, request)
    actor: Actor = bearer.actor
    assert actor.id is not None
    return Looking(actor, actor.id, bearer.at, bearer.opened)


def may_register(look: Looking) -> bool:
    """
    Whether the viewer serves people, and the notice lets their role make records, and so let people sign in. Page and gate ask
    again.
    """
    if not look.actor.roles & TELLING_APART:
        return False
    for purpose in CLAIMING:
        declared = look.opened.register.purposes.get(purpose)
        access = [declared.access[role] for role in look.actor.roles if role in declared.access] if declared else []
        if any(each.allows(Action.WRITE, Category.IDENTITY) for each in access):
            return True
    return False


def frame(request: HttpRequest, *, purpose: PurposeLine | None = None, banners: tuple[Banner, ...] = ()) -> Page:
    """This will add what a page is opened for, and what stands over it, to the frame that every page has."""
    made: Page = import_string(settings.TROTH_FRAME)(request)
    return replace(made, purpose=purpose, banners=(*made.banners, *banners))


def about(request: HttpRequest, look: Looking, subject: UUID) -> Page:
    """The frame of every page about one person, once the gate has let the viewer see who they are: a restriction stands on each."""
    since = restricted_since(subject, at=look.at)
    banners = (
        ()
        if since is None
        else (
            Banner(
                "restriction",
                f"Restricted since {timezone.localtime(since):%-d %B %Y}.",
                "They asked us to stop using their record. Until that is lifted it is stored, and not used.",
                Link(
                    "Use it for one of the reasons that the law leaves",
                    reverse("desk_restricted_use", args=[subject]),
                ),
            ),
        )
    )
    return frame(request, purpose=purpose_line(look.opened, subject), banners=banners)


#: What is looked at to protect somebody stands apart in the ledger: to say there that they see it would be wrong.
KEPT_BACK = "Each view is recorded, and they are not told of it for now."


def purpose_line(opened: Opened, subject: UUID) -> PurposeLine:
    """What this page is opened for and why, as the gate found it."""
    assert opened.declared is not None
    because = opened.reason_for(subject)
    return PurposeLine(
        lowered(opened.declared.title),
        f"of {because}" if because else "",
        KEPT_BACK if opened.purpose is Purpose.SAFEGUARDING else "Each view is recorded, and they can see it.",
        short=because,
    )


def strip(look: Looking, subject: UUID, category: Category) -> Counterpart:
    """Why a sheet about one person shows what it shows of one kind, as the gate found it, and until when it is kept."""
    told = why(look.opened, subject, category)
    because = (Term("Because", told.because[:1].upper() + told.because[1:]),) if told.because else ()
    return Counterpart(
        "Why you see this", terms=(Term("For", told.purpose), *because, Term("Kept until", told.kept_until))
    )


def start_of(request: HttpRequest, each: int) -> int:
    """Where a page of a list begins, counted from nothing: what `?from=` names, brought to the first row of a page."""
    given = request.GET.get("from", "1")
    return (max(int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 1, 1) - 1) // each * each


def show(request: HttpRequest, template: str, page: Page, *, status: int = 200, **values: Any) -> HttpResponse:
    """Render a page of the desk with its frame."""
    return render(request, f"desk/{template}.html", {"page": page, **values}, status=status)


def lowered(words: str) -> str:
    """A title within a sentence: its first letter small."""
    return words[:1].lower() + words[1:]
