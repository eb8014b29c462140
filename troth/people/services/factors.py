"""Second factors: taking one on, using it, taking it away. What was used once is used up, whoever else tries at that moment."""

import base64
import os
from datetime import datetime
from uuid import UUID

from troth.delivery.rules import Kind
from troth.gate import acts
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import rules
from troth.people.models import Authenticator, Passkey, RecoveryCode, ReturnCode, Session
from troth.people.selectors.factors import AppCode, Recovery, effect_of_step, has_second_factor, recovery_hash
from troth.people.selectors.passkeys import NewPasskey, ShownPasskey
from troth.people.selectors.sessions import owner_of
from troth.people.selectors.staff import staff_among
from troth.people.services.telling import _tell
from troth.vault.categories import Category
from troth.work import queue


class UsedUp(Exception):
    """A code, a recovery code or a challenge was used already: by this person a moment ago, or by somebody who saw it."""


class FactorNeeded(Exception):
    """Staff need a second factor: the last one is replaced and not taken away."""


@act(Event.FACTOR_ADDED, purpose=Purpose.ACCOUNT_SECURITY)
def add_app(subject: UUID, *, by: Actor, at: datetime, secret: str, step: int) -> None:
    """
    Take on an app whose first code was right; it replaces the one before.

    :raises UsedUp: that code was taken already.
    """
    acting().require(subject, Category.ACCOUNT)
    acts.hold(subject)  # of two apps taken on at once one is left
    if not queue.once(effect_of_step(subject, step)):
        raise UsedUp("This code was used. Wait for the next one.")
    Authenticator.objects.filter(subject_id=subject).delete()
    Authenticator.objects.create(subject_id=subject, secret=secret)
    _say(subject, "An app that makes codes was added", by=by, at=at)


@act(Event.FACTOR_ADDED, purpose=Purpose.ACCOUNT_SECURITY)
def add_passkey(subject: UUID, *, by: Actor, at: datetime, made: NewPasskey, name: str) -> None:
    """
    Take on a passkey.

    :raises UsedUp: the challenge was answered already.
    :raises AlreadyTaken: it is somebody's already.
    """
    acting().require(subject, Category.ACCOUNT)
    if not queue.once(made.effect):
        raise UsedUp("That was answered already. Start again.")
    Passkey.objects.create(
        subject_id=subject,
        credential_id=made.credential_id,
        credential=made.credential,
        sign_count=made.sign_count,
        name=name.strip()[:60],
        used_at=None,
    )
    _say(subject, "A passkey was added", by=by, at=at)


@act(Event.FACTOR_REMOVED, purpose=Purpose.ACCOUNT_SECURITY)
def remove_app(subject: UUID, *, by: Actor, at: datetime) -> None:
    """
    Take one's app away.

    :raises LookupError: they have none.
    :raises FactorNeeded: it is the last second factor of a member of staff.
    """
    acting().require(subject, Category.ACCOUNT)
    acts.hold(subject)  # two factors that are taken away at once would each leave the other
    if not Authenticator.objects.filter(subject_id=subject).delete()[0]:
        raise LookupError("They have no app that makes codes.")
    _check_something_is_left(subject)
    _say(subject, "The app that makes codes was removed", by=by, at=at)


@act(Event.FACTOR_REMOVED, purpose=Purpose.ACCOUNT_SECURITY)
def remove_passkey(subject: UUID, passkey: UUID, *, by: Actor, at: datetime) -> None:
    """
    Take one of one's passkeys away. One that is gone, or another's, is none: nothing is recorded as removed.

    :raises LookupError: they have no such passkey.
    :raises FactorNeeded: it is the last second factor of a member of staff.
    """
    acting().require(subject, Category.ACCOUNT)
    acts.hold(subject)
    if not Passkey.objects.filter(subject_id=subject, pk=passkey).delete()[0]:
        raise LookupError("There is no such passkey of theirs.")
    _check_something_is_left(subject)
    _say(subject, "A passkey was removed", by=by, at=at)


@act(Event.RECOVERY_CODES_MADE, purpose=Purpose.ACCOUNT_SECURITY)
def make_recovery_codes(subject: UUID, *, by: Actor, at: datetime) -> list[str]:
    """Give ten new recovery codes, to be shown once. Those from before stop working."""
    acting().require(subject, Category.ACCOUNT)
    acts.hold(subject)  # of two sets made at once one works
    RecoveryCode.objects.filter(subject_id=subject).delete()
    codes = [_recovery_code() for _ in range(rules.RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(subject_id=subject, code_hash=recovery_hash(subject, code)) for code in codes]
    )
    _say(subject, "New recovery codes were made", by=by, at=at)
    return codes


@act(Event.FACTOR_PROVED, purpose=Purpose.ACCOUNT_SECURITY)
def use_code(subject: UUID, *, by: Actor, at: datetime, code: AppCode | Recovery) -> None:
    """
    Use a code that was found right. It is used up, and of two who use it at one moment one is refused.

    :raises UsedUp: it was used already.
    """
    acting().require(subject, Category.ACCOUNT)
    if isinstance(code, AppCode):
        fresh = queue.once(effect_of_step(subject, code.step))
        acts.touched(subject, f"people.code/{code.step}/used")
    else:
        fresh = bool(RecoveryCode.objects.filter(subject_id=subject, pk=code.row).delete()[0])
    if not fresh:
        raise UsedUp("This code was used already. Wait for the next one.")
    _call_back(subject)


@act(Event.FACTOR_PROVED, purpose=Purpose.ACCOUNT_SECURITY)
def use_passkey(subject: UUID, *, by: Actor, at: datetime, shown: ShownPasskey) -> None:
    """
    Use a passkey that was found right, and keep its counter.

    :raises UsedUp: the challenge was answered already, or the counter went back: two devices hold this key.
    """
    acting().require(subject, Category.ACCOUNT)
    # Held: of two answers at one moment the second finds the row changed. An act reads no counter, so the whole is compared.
    row = Passkey.objects.select_for_update().filter(subject_id=subject, pk=shown.row).first()
    if row is None or shown.copied or row.digest() != shown.seen or not queue.once(shown.effect):
        raise UsedUp("That was answered already. Start again.")
    row.sign_count, row.used_at = shown.sign_count, at
    row.save()
    _call_back(subject)


def _call_back(subject: UUID) -> None:
    """Who still has their second factor has lost nothing: a code that was handed out in its place is worth nothing from now on."""
    ReturnCode.objects.filter(subject_id=subject).exclude(code_hash="").update(code_hash="")


def _say(subject: UUID, what: str, *, by: Actor, at: datetime) -> None:
    _tell(subject, Kind.SECOND_FACTOR_CHANGED, context={"what": what}, by=by, at=at)


def _take_factors_away(subject: UUID) -> None:
    """Within an act: everything that somebody lost, and every session that was opened with it."""
    for model in (Authenticator, Passkey, RecoveryCode):
        model.objects.filter(subject_id=subject).delete()
    ended, _ = Session.objects.filter(owner=owner_of(subject)).delete()
    acts.touched(subject, f"people.session/{ended}/ended")


def _check_something_is_left(subject: UUID) -> None:
    if staff_among([subject]) and not has_second_factor(subject):
        raise FactorNeeded("Staff need a second factor. Add another one first, then take this one away.")


def _recovery_code() -> str:
    text = base64.b32encode(os.urandom(10)).decode()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))
