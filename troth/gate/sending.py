"""
A form that makes something new counts once.

Its page gives it an identifier (`{% once %}`), and whoever sends that again is answered as they were the first time. The first act
of the answer claims the identifier in its own transaction, so that what it undoes was never sent, and of two at once the later one
waits and then finds it claimed (decision 0275).

Only for what makes something: sent again from an old page, a choice that was changed meanwhile has to be made, not passed over.
"""

import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, cast

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import BadRequest
from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect

from troth.design.once import FIELD, SHAPE
from troth.gate import boundary
from troth.gate.actors import Actor
from troth.gate.models import Sent
from troth.vault import sealing

log = logging.getLogger("troth.gate")

KEPT = timedelta(days=1)
WAIT = 0.05  # seconds between two looks for the answer of a first press that is still under way
LOOKS = 60


class SentAlready(Exception):
    """The identifier was claimed by an earlier press; the act that hears this has written nothing."""


class Sending:
    """
    One form on its way in. The identifier itself is nowhere stored: the row's key is a hash of it with who sends it where, so that
    somebody else's is an unknown one, and its answer is sealed under another.
    """

    def __init__(self, request: HttpRequest, actor: Actor, identifier: str) -> None:
        self.request = request
        self._secret = identifier.encode()
        self.key = self._hash("key", actor.reference, request.path).hex()
        self.body = self._hash("body", *_words(request))
        self._cipher = AESGCM(self._hash("answer"))

    def _hash(self, *parts: str) -> bytes:
        told = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
        return hmac.digest(self._secret, told, "sha256")

    @property
    def is_claimed(self) -> bool:
        """Whether an act of this very request has claimed it. The page reads it too: what counted is not offered again."""
        return bool(getattr(self.request, "counts_once", False))

    @is_claimed.setter
    def is_claimed(self, value: bool) -> None:
        cast(Any, self.request).counts_once = value

    def was_sent(self) -> bool:
        """Whether an earlier press claimed it."""
        return Sent.objects.filter(pk=self.key).exists()

    def claim(self) -> None:
        """
        Claim it inside the act that is open. Where another press is doing so, this waits until that one has ended.

        :raises SentAlready: an earlier press has it.
        """
        try:
            with transaction.atomic():
                Sent.objects.create(id=self.key, body=self.body, at=cast(Any, self.request).at)
        except IntegrityError:
            raise SentAlready from None
        self.is_claimed = True

    def let_go(self) -> None:
        """Forget the claim: what was asked was not all done, and may be sent again."""
        if self.is_claimed:
            self.is_claimed = False
            Sent.objects.filter(pk=self.key).delete()

    def keep(self, response: HttpResponseBase) -> None:
        """Keep where the answer leads. An answer that is a page by itself is drawn once; a later press leads to the form's page."""
        if not self.is_claimed:
            return
        sealed = sealing.seal(self._cipher, response.get("Location", self.request.path).encode(), self.key.encode())
        try:
            Sent.objects.filter(pk=self.key).update(answer=sealed)
            forget(at=cast(Any, self.request).at)
        except DatabaseError as error:  # what was sent stands all the same, and a later press is led to its page
            log.error("answer not kept: %s", type(error).__name__)

    def first_answer(self) -> HttpResponseBase:
        """Answer as the first press was answered, once that one has its answer."""
        for _ in range(LOOKS):
            row = Sent.objects.filter(pk=self.key).values_list("body", "answer").first()
            if row is None:
                break
            if not hmac.compare_digest(bytes(row[0]), self.body):
                return _sent_page(self.request)
            if row[1] is not None:
                where = sealing.open_sealed(self._cipher, bytes(row[1]), self.key.encode()) or b""
                return HttpResponseRedirect(where.decode())
            time.sleep(WAIT)
        return HttpResponseRedirect(self.request.path)


_current: ContextVar[Sending | None] = ContextVar("troth_sending", default=None)


def answer_once(request: HttpRequest, actor: Actor, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """
    Give a page's answer; where its form was sent before under the same identifier, the answer that it had.

    :raises BadRequest: the identifier is none that a page gives.
    """
    given = request.POST.get(FIELD) if request.method == "POST" else None
    if given is None:
        return view()
    if not SHAPE.fullmatch(given):
        raise BadRequest("This form has no identifier that one of our pages gave it.")
    sending = Sending(request, actor, given)
    if sending.was_sent():
        return sending.first_answer()
    token = _current.set(sending)
    try:
        response = view()
    except SentAlready:
        return sending.first_answer()
    except BaseException:
        sending.let_go()
        raise
    finally:
        _current.reset(token)
    into = boundary.current()
    if response.status_code >= 400 or (into is not None and into.poisoned is not None):
        sending.let_go()
    else:
        sending.keep(response)
    return response


def forget(*, at: datetime) -> None:
    """Remove what was sent more than a day before. Its page is older than any button that is pressed again."""
    Sent.objects.filter(at__lt=at - KEPT).delete()


@contextmanager
def claimed() -> Iterator[None]:
    """
    Around what an act does, in its transaction: the first act of a request claims the identifier of the form that was sent.

    :raises SentAlready: an earlier press has it.
    """
    sending = _current.get()
    if sending is None or sending.is_claimed:
        yield
        return
    sending.claim()
    try:
        yield
    except BaseException:
        sending.is_claimed = False
        raise


def _words(request: HttpRequest) -> Iterator[str]:
    """What was typed and chosen, in one order; of a file its name and a hash of what is in it."""
    for name, values in sorted(request.POST.lists()):
        if name not in {FIELD, "csrfmiddlewaretoken"}:
            yield from (name, str(len(values)), *map(str, values))
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            content = hashlib.sha256()
            for piece in file.chunks():
                content.update(piece)
            yield from (name, str(file.name), content.hexdigest())


def _sent_page(request: HttpRequest) -> HttpResponse:
    from troth.gate.pages import sent_page  # pages draw, and need what is above this module

    return sent_page(request)
