"""
The URL table: each row says once for what purpose and with which action its page is opened, and who may ask for it.

    page("people/<uuid:subject>/", card.show, name="card", purpose=(Purpose.CARE, Purpose.BOOKING), who={"prescriber"})
    public("", home.show, name="home", why="the clinic's front page holds nobody's data")
    public("register/", register, name="register", purpose=Purpose.REGISTRATION, why="nothing is read back")

The person never picks a purpose: of several, the page opens for the first that the notice declares and their role may serve. A row
whose purposes the notice in force does not declare is an address that does not exist (`features`). A structure test refuses a URL
without a row.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone

from troth.gate import boundary, features
from troth.gate.actors import NOBODY, Actor
from troth.gate.contexts import processing
from troth.gate.refusals import Check, Decision, Refused
from troth.gate.rules import FRESH_SECONDS
from troth.gate.sending import answer_once
from troth.ledger.drafts import Draft
from troth.ledger.names import Event
from troth.notice import selectors as notices
from troth.notice.purposes import Action, Purpose
from troth.notice.register import Register
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
    purposes: features.Purposes  # in the order in which they are tried; none: the page has no purpose of its own
    action: Action | None
    who: frozenset[str]
    why: str = ""
    before_proof: bool = False
    fresh: bool = False

    @property
    def opens_data(self) -> bool:
        """Whether it is a page that opens personal data, in a context, for who is signed in."""
        return self.action is not None

    def is_on(self, register: Register | None) -> bool:
        """Whether the notice in force lets the page exist. Without a notice only pages without a purpose do."""
        return not self.purposes or (register is not None and bool(features.declared_of(self.purposes, register)))


#: Every row by its name, for the menus: a link to what is off, or for others, is not drawn.
rows: dict[str, Row] = {}


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
    purpose: Purpose | features.Purposes,
    who: set[str],
    action: Action = Action.READ,
    before_proof: bool = False,
    fresh: bool = False,
) -> URLPattern:
    """
    A page that opens personal data: signed in, for a purpose of the row, inside a context that ends with the view.

    `before_proof`: it opens to staff whose session has shown no second factor, so that they can set one up; every other page
    leads them there. `fresh`: it asks for the second factor again when that was more than a few minutes ago; so does every
    page by which staff take data out of the clinic or erase it.
    """
    fresh = fresh or (PATIENTS not in who and action in _TAKEN_OUT)
    row = rows[name] = Row(
        route,
        name,
        features.in_order(purpose),
        action,
        frozenset(who),
        before_proof=before_proof,
        fresh=fresh,
    )

    @functools.wraps(view)
    def opened(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        register = register_of(request)
        _exists(row, register)  # first of all: what is off says nothing of its methods either
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
        purpose = features.purpose_for(row.purposes, action, actor, register) if register else None
        assert purpose is not None
        context = processing(purpose, action, by=actor, at=request.at)  # type: ignore[attr-defined]
        request.opened = context.enter()  # type: ignore[attr-defined]
        error: BaseException | None = None
        try:
            response = _answer(request, actor, view, parts)
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


def _answer(request: HttpRequest, actor: Actor, view: View, parts: dict[str, Any]) -> HttpResponseBase:
    if getattr(
        view, "csrf_exempt", False
    ):  # a machine sends it, without a form of ours; what it sends is read as it came
        return view(request, **parts)
    return answer_once(request, actor, lambda: view(request, **parts))


def public(route: str, view: View, *, name: str, why: str, purpose: Purpose | features.Purposes = ()) -> URLPattern:
    """
    A page that opens nobody's data by itself; `why` says how that is so. Acts it calls state their own purpose.

    `purpose` is what the page serves, where the clinic need not do it: registering, asking a question.
    """
    row = rows[name] = Row(route, name, features.in_order(purpose), None, frozenset(), why)

    @functools.wraps(view)
    def shown(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        if row.purposes:
            _exists(row, register_of(request))
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return _answer(request, actor_of(request), view, parts)

    shown.row = row  # type: ignore[attr-defined]
    return path(route, shown, name=name)


def register_of(request: HttpRequest) -> Register | None:
    """The notice in force for this request, read once for it; None when there is none yet."""
    into = boundary.current()
    at = getattr(request, "at", None) or timezone.now()
    try:
        return into.register(at) if into else notices.register_in_force(at)
    except notices.NoNotice:
        return None


def open_path(request: HttpRequest, name: str, *args: Any, by: Actor | None = None) -> str:
    """
    The path of a page that the notice lets exist and lets whoever asks open, or "": what a menu or a link is drawn from.

    `by`: somebody else than the session says, who has just signed in.
    """
    row, register = rows.get(name), register_of(request)
    try:
        there = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    if row is None:
        return there
    if row.purposes and not row.is_on(register):
        return ""
    if row.action is None:
        return there
    actor = by or actor_of(request)
    # A page for any role opens to those alone whom the notice lets serve what it is for. A page of a person's own is theirs by law.
    serves = not actor.roles or (
        register is not None and features.serves_any(row.purposes, row.action, actor, register)
    )
    return there if may_ask(actor, row.who) and serves else ""


def _exists(row: Row, register: Register | None) -> None:
    """
    Answer what the notice does not declare as what does not exist, whoever asks and before they are asked to sign in.

    :raises Http404: it declares none of the row's purposes.
    """
    if not row.is_on(register):
        raise Http404


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
                purpose=str(row.purposes[0]),
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
