"""
The boundary: the outermost thing that a request, a job or a command runs inside.

Access and refusals are gathered here and committed in one statement before the first byte, mail or call leaves. If they
cannot be written nothing is shown; if anything poisoned the request, an error is (pitfalls A5, A6).
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from contextvars import ContextVar, Token
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from troth.gate import looked, narrowed
from troth.gate.outage import is_outage
from troth.gate.refusals import LedgerUnavailable, Refused
from troth.ledger.drafts import Draft
from troth.ledger.writing import write
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.notice.register import Register
from troth.vault.errors import Destroyed
from troth.vault.keyring import Watch, watch

log = logging.getLogger("troth.gate")

if TYPE_CHECKING:
    from troth.gate.contexts import Opened

AccessKey = tuple[str, str, str, str, str]


class Boundary(Watch):
    """Gathers what was opened and refused, once for each (actor, subject, purpose, action), until it is committed."""

    def __init__(self) -> None:
        super().__init__()
        self.request = uuid4().hex
        self._opened: dict[tuple[str, str, str, str], tuple[Draft, dict[tuple[int, str], set[str]]]] = {}
        self._refused: dict[tuple[AccessKey, str, str], Draft] = {}
        self._others: list[Draft] = []
        self._off: frozenset[narrowed.Cell] | None = None
        self.innermost: Opened | None = None  # the reading context that is open now
        self.names: dict[UUID, str] = {}  # published names of staff that were looked up for this answer

    def register(self, at: datetime) -> Register:
        """The notice in force, less what the clinic's permissions take away: read once for each request, job or command."""
        if self._off is None:
            self._off = narrowed.switched_off()
        return narrowed.narrowed(notices.register_in_force(at), self._off)

    def declaring(self, purpose: Purpose, at: datetime) -> frozenset[int]:
        """The versions published by a moment that declare a purpose."""
        return notices.versions_declaring(purpose, at)

    def opened(self, draft: Draft, subjects: Mapping[int, tuple[str, set[str]]]) -> None:
        """Note that categories of these subjects (as numbers) were opened, each with its reason; the rest is in the draft."""
        known = self._opened.setdefault((draft.actor, draft.on_behalf_of, draft.purpose, draft.action), (draft, {}))[
            1
        ]
        for number, (reason, categories) in subjects.items():
            known.setdefault((number, reason), set()).update(categories)

    def refused(self, draft: Draft) -> None:
        """Note a refusal."""
        key = (draft.actor, draft.subject, draft.purpose, draft.action, draft.reason)
        self._refused.setdefault((key, draft.check, draft.what), draft)

    def note(self, draft: Draft) -> None:
        """Note an event that is neither: a search that was counted, a sign-in that failed."""
        self._others.append(draft)

    def commit(self) -> None:
        """
        Write what was gathered, in one statement, and commit it. What was committed is not written again.

        :raises LedgerUnavailable: it could not be written.
        """
        drafts = [
            Draft(*draft[:6], f"{number:032x}", *draft[7:11], reason, " ".join(sorted(categories)), *draft[13:])
            for draft, subjects in self._opened.values()
            for (number, reason), categories in subjects.items()
        ]
        drafts += [*self._refused.values(), *self._others]
        self._opened, self._refused, self._others = {}, {}, []
        if not drafts:
            return
        try:
            # One statement is a transaction by itself: to open one around it would cost PostgreSQL two round trips.
            alone = not connection.in_atomic_block and (len(drafts) == 1 or connection.vendor == "postgresql")
            with nullcontext() if alone else transaction.atomic():
                write(drafts)
        except DatabaseError as error:
            log.error("ledger unavailable: %s", type(error).__name__)
            raise LedgerUnavailable("The record of who looked could not be written, so nothing is shown.") from error


_current: ContextVar[Boundary | None] = ContextVar("troth_boundary", default=None)


def current() -> Boundary | None:
    """The boundary that is open, if any."""
    return _current.get()


class boundary:  # noqa: N801  reads as a phrase: `with boundary():`
    """
    Open a boundary, unless one is open: then this is part of it.

    `apart`: it is one of its own even so. For a job that goes through many things, shows nobody anything of one, and writes down a
    refusal as what became of that one: its events are committed with it, and the others go on.

    On the way out what was gathered is committed, whether or not an exception is on its way; then a poisoned boundary raises
    what poisoned it, if nothing else did.
    """

    def __init__(self, *, apart: bool = False) -> None:
        self._apart = apart

    def __enter__(self) -> Boundary:
        known = _current.get()
        self._mine: tuple[Token[Boundary | None], Token[Watch | None]] | None = None
        if known is not None and not self._apart:
            return known
        made = Boundary()
        self._mine = (_current.set(made), watch.set(made))
        self._notices = notices.read_once()
        self._boundary = made
        return made

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._mine is None:
            return
        _current.reset(self._mine[0])
        watch.reset(self._mine[1])
        notices.forget(self._notices)
        self._boundary.commit()
        if error is None and self._boundary.poisoned is not None:
            raise self._boundary.poisoned


class BoundaryMiddleware:
    """
    One boundary for each request, outside everything that can open data.

    The events are committed after the view's transactions ended and its templates were rendered, before the first byte
    leaves. A stream that opens data later opens a boundary of its own (`SealedStream`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        opened = Boundary()
        tokens = _current.set(opened), watch.set(opened)
        notices_read, facts_read = notices.read_once(), looked.read_once()
        request.boundary = opened  # type: ignore[attr-defined]
        # One moment for the whole request.
        request.at = timezone.now()  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
            poisoned = opened.poisoned
            # Whatever its status: a form that is shown again answers 422, and its template may have swallowed a refusal too.
            if poisoned is not None and not getattr(response, "says_no_more", False):
                _discard(response)
                response = (
                    answer_refusal(request, poisoned) if isinstance(poisoned, Refused) else answer_fault(request)
                )
            try:
                opened.commit()
            except LedgerUnavailable:
                _discard(response)
                response = answer_unavailable(request)
        finally:
            _current.reset(tokens[0])
            watch.reset(tokens[1])
            notices.forget(notices_read)
            looked.forget(facts_read)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a refusal that reached the top into its page; leave everything else to Django."""
        if isinstance(error, Refused):
            return answer_refusal(request, error)
        if isinstance(error, LedgerUnavailable):
            return answer_unavailable(request)
        if isinstance(error, Destroyed):
            # Of one record for minutes it is an erasure; of many, a key store that is not ours or was emptied.
            log.error("a key is gone that rows still need")
            return answer_erased(request)
        if is_outage(error):
            # Its transaction is undone by now, so nothing is half true.
            log.error("outage: %s", type(error).__name__)
            return answer_outage(request)
        return None


def _discard(response: HttpResponseBase) -> None:
    """
    Let what will not be sent go of its key. Not `response.close()`: that would say the request has finished, and Django would
    close the connection that the events are yet to be committed on.
    """
    closers: list[Callable[[], object]] = getattr(response, "_resource_closers", [])
    for close in closers:
        close()
    closers.clear()


def answer_refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The page of a refusal: the sentence, the rule, and the six checks as far as this person may be told."""
    from troth.gate.pages import refusal_page  # pages draw, and need what is above this module

    return _bare(refusal_page(request, refused.decision))


def answer_fault(request: HttpRequest) -> HttpResponse:
    """The page of a fault of ours: data was touched with no purpose stated, so the page is not sent."""
    from troth.gate.pages import plain_page

    return _bare(plain_page(request, "fault", status=500))


def answer_unavailable(request: HttpRequest) -> HttpResponse:
    """The page for when the ledger cannot be written: nothing is shown, and nothing here asks the database."""
    from troth.gate.pages import plain_page

    return _bare(plain_page(request, "unavailable", status=503))


def answer_erased(request: HttpRequest) -> HttpResponse:
    """The page of what an erasure has reached, whose rows may still lie there: its key is gone, and nobody opens it."""
    from troth.gate.pages import erased_page

    return _bare(erased_page(request))


def answer_outage(request: HttpRequest) -> HttpResponse:
    """The page for when a store takes nothing: a full disk inside an act. Nothing here asks the database."""
    from troth.gate.pages import plain_page

    return _bare(plain_page(request, "outage", status=503))


def _bare(response: HttpResponse) -> HttpResponse:
    """Mark a page of the gate's own: it holds nobody's data, and alone may leave a poisoned request."""
    response.says_no_more = True  # type: ignore[attr-defined]
    return response
