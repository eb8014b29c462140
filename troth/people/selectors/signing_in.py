"""
Checking a sign-in. A known and an unknown address cost the same work and get the same answer: that somebody is a patient
here is health data (pitfalls B16).
"""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password

from troth.gate import actors
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.ledger.drafts import Draft
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people.models import FIND_SIGN_IN, Account
from troth.people.selectors.factors import has_second_factor
from troth.people.selectors.strangers import strangers_number
from troth.vault import search
from troth.vault import secrets as vault_secrets
from troth.work import throttle


@dataclass(frozen=True)
class Proof:
    """
    The password was right, and it is all that this account has. `seen` is the account as it was then: a session begins only while
    it still is so.
    """

    subject: UUID
    seen: str = field(default="", compare=False)


@dataclass(frozen=True)
class SecondStep:
    """
    A second factor is due. `subject` is None where the password was not right and nobody is to learn it: many places are
    guessing at this account at once, so the factor is asked for first, of everybody (work/throttle.py). `guarded` says that this
    is so: the caller keeps the same of a right password and a wrong one.
    """

    subject: UUID | None
    account: str  # the keyed mark of the address as typed, for counting tries
    guarded: bool = False
    seen: str = field(default="", compare=False)  # the account as it was looked at


@dataclass(frozen=True)
class Wrong:
    """They do not go together. `subject` is whose account it is, for their own history; say it to nobody."""

    subject: UUID | None

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True)
class Wait:
    """Too many tries from this network."""

    until: datetime


#: Tries at a second factor: from a browser that signed this account in before, and from everywhere else together. A code is
#: right by chance three times in a million: who has the password and tries all year has one chance in a hundred and fifty.
PER_DEVICE, PER_DAY_ELSEWHERE, PER_NETWORK = 12, 6, 20
_DAY = timedelta(days=1)


def check_sign_in(
    email: str, password: str, *, at: datetime, network: str, device: str = ""
) -> Proof | SecondStep | Wait | Wrong:
    """
    Answer whose password this is, whether a second factor is due, or that this network has to wait.

    `device` is the number of a browser that signed this account in before: its tries are counted by themselves, so that
    nothing that others do elsewhere holds it up. The try is counted before anything is looked at, in a transaction of its
    own: call it outside any. Every answer but `Wait` is for the caller to keep in the account's history.
    """
    allowance = throttle.allow_sign_in(email, device or network, at=at)
    if not allowance.allowed:
        _note_failure(None, at=at, reason="throttled")
        return Wait(allowance.retry_at or at)
    found = search.find_exact(FIND_SIGN_IN, email)
    subject = found[0][0] if found else None
    whom = (
        subject or strangers_number()
    )  # whose account no password opens: as much is asked, opened and written of it
    right, seen = _is_right(whom, password, at=at, email=email)
    second = has_second_factor(whom)
    guarded = allowance.proof_wanted and not device
    if right and second:
        return SecondStep(subject, account_mark(email), guarded, seen)
    if right:
        assert subject is not None
        return Proof(subject, seen)
    if guarded:
        return SecondStep(None, account_mark(email), guarded, seen)
    return Wrong(subject)


def allow_second(account: str, *, at: datetime, network: str, device: str = "", paper: bool = False) -> Wait | None:
    """
    Count a try at a second factor before it is looked at; None when it may go ahead. Call it outside any transaction.

    Known browsers are counted by themselves. From everywhere else an account has a few tries a day, whoever makes them; who
    has lost the count to an attacker uses a known browser, a passkey, or a recovery code (`paper`), which nobody guesses.
    """
    asked: list[tuple[str, tuple[str, ...], int, timedelta]] = [
        ("second_network", (network,), PER_NETWORK, throttle.WINDOW)
    ]
    if device:
        asked = [("second_device", (account, device), PER_DEVICE, _DAY)]
    elif not paper:
        asked.append(("second_account", (account,), PER_DAY_ELSEWHERE, _DAY))
    for kind, keys, limit, per in asked:
        answer = throttle.allow(kind, *keys, limit=limit, per=per, at=at)
        if not answer.allowed:
            _note_failure(None, at=at, reason="throttled")
            return Wait(answer.retry_at or at)
    return None


def account_mark(email: str) -> str:
    """A keyed mark of an address as typed: it tells the same address again, and nothing else."""
    folded = unicodedata.normalize("NFKC", email).strip().casefold()
    return hmac.digest(vault_secrets.opened().named("tickets"), b"account|" + folded.encode(), hashlib.sha256).hex()


def check_own_password(subject: UUID, password: str, *, at: datetime, network: str) -> bool | Wait:
    """Answer whether someone signed in knows their own password, before it is changed."""
    allowance = throttle.allow(
        "own_password", subject.hex, network, limit=throttle.PER_ACCOUNT_AND_NETWORK, per=throttle.WINDOW, at=at
    )
    if not allowance.allowed:
        return Wait(allowance.retry_at or at)
    right, _ = _is_right(subject, password, at=at)
    if not right:
        _note_failure(subject, at=at, reason="password")
    return right


def _is_right(subject: UUID, password: str, *, at: datetime, email: str | None = None) -> tuple[bool, str]:
    """Whether it is, and the account as it was looked at: a digest, as long where there is none."""
    encoded, open_to_use, seen = _nobodys(), False, "0" * 64
    with processing(Purpose.ACCOUNT_SECURITY, Action.READ, by=actors.service("sign-in"), at=at):
        account = Account.objects.filter(subject_id=subject).first()
        if account is not None:
            encoded, open_to_use, seen = account.password_hash, not account.closed, account.digest()
            if email is not None:  # the index may still hold an address that was given up
                open_to_use = open_to_use and search.fold(account.sign_in_email or "") == search.fold(email.strip())
    # The hash is compared whether or not there is an account, so that both take as long.
    return check_password(password, encoded) and open_to_use, seen


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
