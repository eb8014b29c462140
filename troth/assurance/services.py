"""Recording what a look at the promises found, and proofs of those that people keep."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from troth.assurance.models import CheckResult, CheckRun, LookAsked, Proof, ProofKind, Status
from troth.assurance.rules.catalogue import Promised
from troth.assurance.selectors.board import OVER_AFTER, last_statuses, slow_looks
from troth.assurance.selectors.checking import Outcome, check_promises
from troth.gate.actors import Actor
from troth.gate.acts import act, touched_thing
from troth.ledger.names import Event
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose

OFFICER = "privacy_officer"
SERVICE = "assurance"
KEPT = timedelta(days=3 * 366)  # three years of daily looks; the ledger keeps every slip for good
_PAPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{0,23}")


class ProofRefused(ValueError):
    """A proof that cannot be recorded; the message is for the person who records it."""


class NotForYou(PermissionError):
    """Only the privacy officer and the room's own service record what was found of promises."""


class AskedAlready(Exception):
    """A look at every promise is under way, and one at a time is enough."""


@act(Event.PROMISES_CHECKED, purpose=Purpose.SECURITY_LOG)
def record_look(pack: str, outcomes: Sequence[Outcome], *, by: Actor, at: datetime, took: timedelta) -> CheckRun:
    """
    Keep what a look found, with an event for each promise that slipped since the last one, and for each that is kept again.

    :raises NotForYou: the actor is neither a privacy officer nor this room's service.
    """
    _check_may_record(by)
    before = last_statuses(pack)
    run = CheckRun.objects.create(
        pack=pack,
        at=at,
        notice=notices.register_in_force(at).version,
        took_ms=took // timedelta(milliseconds=1),
        recorded_by=by.reference,
    )
    CheckResult.objects.bulk_create(
        CheckResult(run=run, promise=each.promise.id, status=each.status, evidence=each.evidence(at))
        for each in outcomes
    )
    CheckRun.objects.filter(pack=pack, at__lt=at - KEPT).delete()
    touched_thing(f"assurance.checkrun/{run.pk.hex}/{len(outcomes)}")
    for each in outcomes:
        was, now = before.get(each.promise.id), each.status
        if now is Status.FALLS_SHORT and was is not Status.FALLS_SHORT:
            note_slip(each.promise, by=by, at=at)
        elif was is Status.FALLS_SHORT and now is not Status.FALLS_SHORT:
            note_return(each.promise, by=by, at=at)
    return run


@act(Event.LOOK_ASKED, purpose=Purpose.SECURITY_LOG)
def ask_look(pack: str, *, by: Actor, at: datetime) -> UUID:
    """
    Ask for a look at every promise, and give its id; the worker's job does it. One whose worker never came back stands in nobody's
    way after `OVER_AFTER`.

    :raises AskedAlready: somebody has asked for one, and it is not done.
    :raises NotForYou: the actor is neither a privacy officer nor this room's service.
    """
    _check_may_record(by)
    LookAsked.objects.filter(pack=pack, finished_at=None, asked_at__lte=at - OVER_AFTER).update(finished_at=at)
    try:
        asked: UUID = LookAsked.objects.create(pack=pack, asked_at=at, asked_by=by.reference).pk
    except IntegrityError:
        raise AskedAlready("A look at the promises is under way.") from None
    touched_thing(f"assurance.look/{asked.hex}")
    return asked


def _run_look(asked: UUID, *, by: Actor, now: Callable[[], datetime] = timezone.now) -> None:
    """Do a look that was asked for, telling how far it is, and keep what was found. One that is over is left alone."""
    row = LookAsked.objects.filter(pk=asked, finished_at=None).first()
    if row is None:
        return
    mine, begun = LookAsked.objects.filter(pk=asked), now()
    mine.update(started_at=begun)

    def tell(done: int, of: int) -> None:
        mine.update(done=done, of=of)

    outcomes = check_promises(row.pack, at=begun, progress=tell, remembered=slow_looks(row.pack))
    record_look(row.pack, outcomes, by=by, at=begun, took=now() - begun)
    mine.update(finished_at=now())


@act(Event.PROMISE_SLIPPED, purpose=Purpose.SECURITY_LOG)
def note_slip(promise: Promised, *, by: Actor, at: datetime) -> None:
    """Write into the ledger that a promise was found to fall short which was not before."""
    touched_thing(f"assurance.promise/{promise.id}/slipped")


@act(Event.PROMISE_KEPT_AGAIN, purpose=Purpose.SECURITY_LOG)
def note_return(promise: Promised, *, by: Actor, at: datetime) -> None:
    """Write into the ledger that a promise no longer falls short."""
    touched_thing(f"assurance.promise/{promise.id}/kept")


@act(Event.PROOF_RECORDED, purpose=Purpose.SECURITY_LOG)
def record_proof(promise: Promised, *, seen_on: date, kind: ProofKind, paper: str, by: Actor, at: datetime) -> Proof:
    """
    Keep that somebody saw on a day that people keep a promise.

    :raises ProofRefused: the promise is not kept by people, the day is to come, or the paper's mark is none.
    :raises NotForYou: the actor is no privacy officer.
    """
    _check_may_record(by)
    if promise.keeping != "people":
        raise ProofRefused("This promise is not kept by people alone, so no proof is recorded for it.")
    if seen_on > at.date():
        raise ProofRefused("The day of the proof is still to come.")
    if not _PAPER.fullmatch(paper):
        raise ProofRefused("The mark of the paper has letters, digits, full stops, slashes and dashes, 24 at most.")
    proof = Proof.objects.create(
        promise=promise.id, seen_on=seen_on, kind=kind, paper=paper, recorded_at=at, recorded_by=by.reference
    )
    touched_thing(f"assurance.proof/{proof.pk.hex}/{promise.id}")
    return proof


# Not an act itself: it counts, and `record_look` writes down what was found.
run_look = _run_look


def _check_may_record(by: Actor) -> None:
    if not (OFFICER in by.roles or (by.kind == "service" and by.name == SERVICE)):
        raise NotForYou("Promises are looked at for the privacy officer, who alone records what was found.")
