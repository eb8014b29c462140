"""
Checking a sign-in. A known and an unknown address cost the same work and get the same answer: that somebody is a patient
here is health data (pitfalls B16).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID, uuid4

from django.contrib.auth.hashers import check_password, make_password

from troth.gate import actors
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.ledger.drafts import Draft
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people.models import FIND_SIGN_IN, Account
from troth.vault import search
from troth.work import throttle


@dataclass(frozen=True)
class Proof:
    """The password was right. `proof_wanted`: many places are guessing at this account, so a second factor is due first."""

    subject: UUID
    proof_wanted: bool = False


@dataclass(frozen=True)
class Wait:
    """Too many tries from this network."""

    until: datetime


def check_sign_in(email: str, password: str, *, at: datetime, network: str) -> Proof | Wait | None:
    """
    Answer whose password this is, or None; or that this network has to wait. A failure goes into the ledger, without the address.

    It counts the try before it looks, in a transaction of its own: call it outside any.
    """
    allowance = throttle.allow_sign_in(email, network, at=at)
    if not allowance.allowed:
        _note_failure(None, at=at, reason="throttled")
        return Wait(allowance.retry_at or at)
    found = search.find_exact(FIND_SIGN_IN, email)
    subject = found[0][0] if found else None
    if not _is_right(subject, password, at=at, email=email):
        _note_failure(subject, at=at, reason="password")
        return None
    assert subject is not None
    return Proof(subject, allowance.proof_wanted)


def check_own_password(subject: UUID, password: str, *, at: datetime, network: str) -> bool | Wait:
    """Answer whether someone signed in knows their own password, before it is changed."""
    allowance = throttle.allow(
        "own_password", subject.hex, network, limit=throttle.PER_ACCOUNT_AND_NETWORK, per=throttle.WINDOW, at=at
    )
    if not allowance.allowed:
        return Wait(allowance.retry_at or at)
    right = _is_right(subject, password, at=at)
    if not right:
        _note_failure(subject, at=at, reason="password")
    return right


def _is_right(subject: UUID | None, password: str, *, at: datetime, email: str | None = None) -> bool:
    encoded, open_to_use = _nobodys(), False
    with processing(Purpose.ACCOUNT_SECURITY, Action.READ, by=actors.service("sign-in"), at=at):
        account = Account.objects.filter(subject_id=subject or uuid4()).first()
        if account is not None:
            encoded, open_to_use = account.password_hash, not account.closed
            if email is not None:  # the index may still hold an address that was given up
                open_to_use = open_to_use and search.fold(account.sign_in_email or "") == search.fold(email.strip())
    # The hash is compared whether or not there is an account, so that both take as long.
    return check_password(password, encoded) and open_to_use


@cache
def _nobodys() -> str:
    """A hash that no password fits, made once with the same costs as everyone's."""
    return make_password(secrets.token_urlsafe())


def _note_failure(subject: UUID | None, *, at: datetime, reason: str) -> None:
    with boundary() as into:
        into.note(
            Draft(
                at=at,
                event=Event.SIGN_IN_FAILED,
                outcome="refused",
                actor_kind="service",
                actor="sign-in",
                subject=subject.hex if subject else "",
                purpose=Purpose.ACCOUNT_SECURITY,
                action=Action.READ,
                reason=reason,
                request=into.request,
            )
        )
