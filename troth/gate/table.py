"""
The URL table: each row says once for what purpose and with which action its page is opened, and who may ask for it.

    page("people/<uuid:subject>/", card.show, name="card", purpose=Purpose.CARE, who={"prescriber"})
    public("", home.show, name="home", why="the clinic's front page holds nobody's data")

The person never picks a purpose. A structure test refuses a URL without a row.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path

from troth.gate import boundary
from troth.gate.actors import NOBODY, Actor
from troth.gate.contexts import processing
from troth.gate.refusals import Check, Decision, Refused
from troth.gate.rules import FRESH_SECONDS
from troth.ledger.drafts import Draft
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.vault import keyring

View = Callable[..., HttpResponseBase]
PATIENTS = "patients"  # anyone signed in about themselves
STAFF = "staff"  # anyone signed in who holds a role
#: A view that tells POST from everything else would answer OPTIONS or TRACE with its page, and write that somebody looked.
METHODS = ("GET", "HEAD", "POST")
_TAKEN_OUT = frozenset({Action.EXPORT, Action.DISCLOSE, Action.ERASE})


@dataclass(frozen=True)
class Row:
    """One row of the table, for the tests that ask every URL as everyone, and for the documentation."""

    route: str
    name: str
    purpose: Purpose | None
    action: Action | None
    who: frozenset[str]
    why: str = ""
    before_proof: bool = False
    fresh: bool = False


def actor_of(request: HttpRequest) -> Actor:
    """Who is signed in, as the session says, or nobody."""
    return getattr(request, "actor", NOBODY)


def may_ask(actor: Actor, who: frozenset[str]) -> bool:
    """Whether this actor is one of those a row is for."""
    if actor.kind != "person":
        return False
    return (PATIENTS in who and not actor.roles) or (STAFF in who and bool(actor.roles)) or bool(actor.roles & who)


def page(
    route: str,
    view: View,
    *,
    name: str,
    purpose: Purpose,
    who: set[str],
    action: Action = Action.READ,
    before_proof: bool = False,
    fresh: bool = False,
) -> URLPattern:
    """
    A page that opens personal data: signed in, for the row's purpose, inside a context that ends with the view.

    `before_proof`: it opens to staff whose session has shown no second factor, so that they can set one up; every other page
    leads them there. `fresh`: it asks for the second factor again when that was more than a few minutes ago; so does every
    page by which staff take data out of the clinic or erase it.
    """
    fresh = fresh or (PATIENTS not in who and action in _TAKEN_OUT)
    row = Row(route, name, purpose, action, frozenset(who), before_proof=before_proof, fresh=fresh)

    @functools.wraps(view)
    def opened(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        actor = actor_of(request)
        if actor.kind != "person":
            return _sign_in_first(request)
        if actor.held_back and not row.before_proof:
            return _to(request, "second_factor")
        if not may_ask(actor, row.who):
            raise _for_another_role(request, actor, row)
        if row.fresh and not is_fresh(actor, at=request.at):  # type: ignore[attr-defined]
            return _to(request, "prove")
        context = processing(purpose, action, by=actor, at=request.at)  # type: ignore[attr-defined]
        request.opened = context.enter()  # type: ignore[attr-defined]
        error: BaseException | None = None
        try:
            response = view(request, **parts)
            render = getattr(response, "render", None)
            if callable(render) and not getattr(response, "is_rendered", True):
                response = (
                    render()
                )  # a deferred template would be rendered after the context has closed (pitfalls A5)
            return response
        except BaseException as raised:
            error = raised
            raise
        finally:
            context.leave(type(error) if error else None, error, None)

    opened.row = row  # type: ignore[attr-defined]
    return path(route, opened, name=name)


def is_fresh(actor: Actor, *, at: datetime) -> bool:
    """Whether this session showed a second factor within the last minutes."""
    shown = actor.second_factor_at
    return shown is not None and (at - shown).total_seconds() <= FRESH_SECONDS


def public(route: str, view: View, *, name: str, why: str) -> URLPattern:
    """A page that opens nobody's data by itself; `why` says how that is so. Acts it calls state their own purpose."""
    row = Row(route, name, None, None, frozenset(), why)

    @functools.wraps(view)
    def shown(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return view(request, **parts)

    shown.row = row  # type: ignore[attr-defined]
    return path(route, shown, name=name)


def _for_another_role(request: HttpRequest, actor: Actor, row: Row) -> Exception:
    """The refusal of a page for others. It goes to the ledger like every other: somebody tried the handle."""
    into = boundary.current()
    if into is not None:
        into.refused(
            Draft(
                at=request.at,  # type: ignore[attr-defined]
                event=Event.REFUSED,
                outcome="refused",
                actor_kind=actor.kind,
                actor=actor.reference,
                purpose=str(row.purpose or ""),
                action=str(row.action or ""),
                check=Check.ROLE,
                what="",
                rule="the roles of our notice",
                request=into.request,
            )
        )
    return keyring.poison(
        Refused(
            Decision(
                allowed=False,
                check=Check.ROLE,
                spoken=Check.ROLE,
                rule="the roles of our notice",
                sentence="This page is for another role. Your sign-in doesn't open it.",
            )
        )
    )


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the sign-in page. The address they wanted goes into a sealed cookie, never into the URL (B1)."""
    return _to(request, "sign_in")


def _to(request: HttpRequest, name: str) -> HttpResponse:
    remember = getattr(request, "remember_destination", None)
    if request.method == "GET" and callable(remember):
        remember(request.path)
    return redirect(name)
