"""
Acts: the only way to write. One function for each thing that people do, one transaction, one ledger row for each person touched.

    @act(Event.NOTE_WRITTEN, purpose=(Purpose.CARE, Purpose.MEDICAL_REPORTING))
    def write_note(subject, *, by, at, text): ...

Of several purposes it is done for the first that the notice declares and that the actor's role may serve (`features`).

A refusal inside an act undoes it; the refusal is recorded by the boundary, after the undoing. An act within an act joins
its transaction: what the outer one undoes, the inner one never did.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import transaction

from troth.gate import features, looked
from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.gate.contexts import Opened
from troth.gate.refusals import Check, Decision, Refused
from troth.gate.sending import claimed
from troth.ledger.drafts import Draft
from troth.ledger.names import Event
from troth.ledger.writing import write
from troth.notice.purposes import Action, Purpose
from troth.vault import keyring
from troth.vault.categories import Category
from troth.vault.models import Subject, SubjectKind

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class ActStamp:
    """Who acts and when, for the stamps of the rows."""

    at: datetime
    by: str
    unasked: str = ""  # why the gate need not be asked about open columns: an act that only routes


_opened: ContextVar[Opened | None] = ContextVar("troth_act", default=None)


def act(
    event: Event, *, purpose: Purpose | features.Purposes, action: Action = Action.WRITE, unasked: str = ""
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """
    Make a function an act. It must take `by` (an Actor) and `at` (an aware datetime) by keyword.

    Everything it writes is asked for. `unasked` is the reason why one that touches only open columns need not be: it routes a
    row that its actor may not open, and asks for what it does need with `acting().require(…)`.

    :raises Refused: the gate said no to something it wrote, or the notice declares none of the purposes.
    :raises SentAlready: it would make anew what a form made that was sent before (`sending`).
    :raises TypeError: `by` or `at` is missing.
    """

    purposes = features.in_order(purpose)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            by, at = kwargs.get("by"), kwargs.get("at")
            if not isinstance(by, Actor) or not isinstance(at, datetime):
                raise TypeError(
                    f"{function.__name__} is an act: call it with by= (an Actor) and at= (an aware datetime)."
                )
            # An inner act joins the outer one: without a savepoint, what fails in it undoes the whole.
            with (
                boundary() as into,
                looked.read_anew(),
                transaction.atomic(savepoint=_opened.get() is None),
                claimed(),
            ):
                serves = features.purpose_for(purposes, action, by, into.register(at)) or purposes[0]
                opened = Opened(serves, action, by=by, at=at, into=into, stamp=ActStamp(at, by.reference, unasked))
                opened.insist_on_purpose()
                outer = _opened.get()
                if outer is not None:
                    opened.created = outer.created
                tokens = keyring.current.set(opened.ring), _opened.set(opened)
                try:
                    result = function(*args, **kwargs)
                    drafts = _drafts(event, opened)
                    write(drafts)
                    _pass_on(opened.ring)
                finally:
                    keyring.current.reset(tokens[0])
                    _opened.reset(tokens[1])
                    opened._gather()
                    opened.ring.close()
                return result

        run.act = (event, purposes, action)  # type: ignore[attr-defined]
        return run

    return decorate


def acting() -> Opened:
    """
    The context of the act that is open: `acting().require(subject, Category.HEALTH)`.

    :raises NotAnAct: none is.
    """
    found = _opened.get()
    if found is None:
        keyring.acting()
        raise RuntimeError("A key ring of an act is open without its context.")
    return found


def require_role(category: Category) -> None:
    """
    Refuse, within an act that is the staff's, whoever may do it only as the person that it is about: the notice must let one of the
    actor's own roles do this with that kind of data. A service is asked about each person instead.

    :raises Refused: none is.
    """
    opened = acting()
    declared = opened.declared
    held = [access for role, access in declared.access.items() if role in opened.by.roles] if declared else []
    if opened.by.kind != "service" and not any(access.allows(opened.action, category) for access in held):
        where = f"notice {opened.register.version}" + (f", row {declared.row}" if declared else "")
        sentence = "Your role may not do this."
        raise keyring.poison(Refused(Decision(allowed=False, check=Check.ROLE, rule=where, sentence=sentence)))


def new_subject(kind: SubjectKind) -> Subject:
    """Make a bare subject inside the act that is open; whoever makes a record may finish writing it in the same act."""
    opened = acting()
    made = Subject.objects.create(kind=kind)
    opened.created.add(made.id)
    opened.ring.touched(made.id, f"vault.subject/{made.id.hex}/{kind.value}")
    return made


def hold(*subjects: UUID) -> None:
    """
    Hold these people until this act has ended: whoever reads before writing about them is not overtaken. All are named in one
    call, which takes them in one order, so that no two acts wait for each other.
    """
    list(Subject.objects.select_for_update().filter(pk__in=subjects).order_by("pk").values_list("pk"))


@contextmanager
def alone_with(subject: UUID) -> Iterator[None]:
    """
    Hold somebody for this long and no longer, to destroy keys of theirs: whoever is adding to their record is waited for, and what
    they added is there to be found afterwards. What is done within does not stay in the database, since only so they are let go
    before the act ends: it goes on to wait for rows, and whoever holds one may be waiting for the person.
    """
    with transaction.atomic():
        hold(subject)
        yield
        transaction.set_rollback(True)


def touched(subject: UUID, reference: str) -> None:
    """Note in the act's event something it did to a person that is not the saving of a holding."""
    keyring.acting().touched(subject, reference)


def touched_thing(reference: str) -> None:
    """Note in the act's event something that is about nobody, such as `assurance.promise/OC-1.3/slipped`."""
    acting().things.append(reference)


def _pass_on(ring: keyring.KeyRing) -> None:
    """
    Tell the acts around what became of rows that they had written too: their events come after that of the inner act, and a row is
    known by the last event that names it.
    """
    last = {reference: digest for _, reference, digest in ring.written}
    last |= {label: what for _, touch in ring.touches for label, _, what in [touch.rpartition("/")] if what == "gone"}
    around = ring.outer
    while last and around is not None:
        if any(reference in last for _, reference, _ in around.written):
            around.written[:] = [(who, what, last.get(what, digest)) for who, what, digest in around.written]
        around = around.outer


def _drafts(event: Event, opened: Opened) -> list[Draft]:
    """One draft for each subject touched; one without a subject when nobody was."""
    objects: dict[str, dict[str, str]] = {}
    for subject, reference, digest in opened.ring.written:
        objects.setdefault(subject.hex, {})[reference] = digest
    for subject, reference in opened.ring.touches:
        label, _, digest = reference.rpartition("/")
        objects.setdefault(subject.hex, {})[label] = digest
    actor: Any = opened.by
    common: dict[str, Any] = {
        "at": opened.at,
        "event": event,
        "outcome": "done",
        "actor_kind": actor.kind,
        "actor": actor.name if actor.kind == "service" else (actor.id.hex if actor.id else ""),
        "on_behalf_of": actor.on_behalf_of.hex if actor.on_behalf_of else "",
        "purpose": opened.purpose,
        "action": opened.action,
        "request": opened._boundary.request,
    }
    if not objects:
        return [Draft(**common, objects=" ".join(opened.things))]
    return [
        Draft(
            **common,
            subject=subject,
            reason=opened.known_reason(UUID(subject)),
            objects=" ".join(f"{label}/{digest}" for label, digest in things.items()),
        )
        for subject, things in objects.items()
    ]
