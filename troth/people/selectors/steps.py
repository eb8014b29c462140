"""
What waits for a one-time link, found by the link; and how often anybody may ask for one.

Nothing here opens an account, and nothing depends on whether an address is known.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from troth.gate import facts
from troth.gate.facts import FactKind
from troth.people.models import Account, AccountStep, ClaimCode, StepKind
from troth.people.selectors.signing_in import Wait
from troth.vault import secrets
from troth.work import throttle

PER_NETWORK, PER_ADDRESS, ASKING = 30, 3, timedelta(hours=1)
CLAIM_TRIES, CODES_PER_NETWORK = 5, 20
CLAIM_LIFE = timedelta(days=14)
#: Without 0, 1, I, L, O and U, which are mistaken for one another or spell words.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8


@dataclass(frozen=True)
class Step:
    """What a link leads to. Nothing of it is opened."""

    id: UUID
    subject: UUID
    kind: StepKind


def hash_of(token: str) -> str:
    """The hash under which a link's token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_step(token: str, *, at: datetime) -> Step | None:
    """What a link leads to, or None when it is over, was used, or never was."""
    if not 20 <= len(token) <= 100 or not token.isascii():
        return None
    row = (
        AccountStep.objects.filter(token_hash=hash_of(token), expires_at__gt=at)
        .values("pk", "subject", "kind")
        .first()
    )
    if row is None or facts.of(row["subject"], FactKind.DIED, at=at):
        return None
    return Step(row["pk"], row["subject"], StepKind(row["kind"]))


def may_ask(email: str, *, network: str, at: datetime) -> bool | Wait:
    """
    Count one asking for a message to an address. `Wait`: this network has to. False: that address had several messages within the
    hour, so it gets no further one; the page says the same, and nobody is locked out of anything. Without an address ("") nothing
    is sent, and the network alone is counted.

    It counts in a transaction of its own: call it outside any.
    """
    here = throttle.allow("ask_network", network, limit=PER_NETWORK, per=ASKING, at=at)
    if not here.allowed:
        return Wait(here.retry_at or at)
    return not email or throttle.allow("ask_address", email, limit=PER_ADDRESS, per=ASKING, at=at).allowed


def may_try_code(code: str, *, network: str, at: datetime) -> bool | Wait:
    """
    Count one try with a code, whether or not there is such a code. False: that one was tried five times, and is worth nothing now.

    It counts in a transaction of its own: call it outside any.
    """
    here = throttle.allow("claim_network", network, limit=CODES_PER_NETWORK, per=ASKING, at=at)
    if not here.allowed:
        return Wait(here.retry_at or at)
    # A try comes back after the whole life of a code, when there is no such code any more.
    return throttle.allow(
        "claim_code", bare_code(code), limit=CLAIM_TRIES, per=CLAIM_LIFE * CLAIM_TRIES, at=at
    ).allowed


def bare_code(code: str) -> str:
    """A code as it is compared: capitals without strokes and spaces."""
    return re.sub(r"[^A-Z0-9]", "", code.upper())


def code_hashes(code: str, born_on: date) -> tuple[str, str]:
    """Under what a code is found, and what proves the date of birth that was typed with it."""
    key = secrets.opened().named("claim")
    bare = bare_code(code)
    return (
        hmac.digest(key, f"code|{bare}".encode(), hashlib.sha256).hex(),
        hmac.digest(key, f"proof|{bare}|{born_on:%Y-%m-%d}".encode(), hashlib.sha256).hex(),
    )


def find_claim(code: str, born_on: date, *, at: datetime) -> UUID | None:
    """Whose record this code and date of birth belong to, or None: wrong, over, or used."""
    found, proof = code_hashes(code, born_on)
    row = ClaimCode.objects.filter(code_hash=found, expires_at__gt=at).values("subject", "proof").first()
    right = hmac.compare_digest(row["proof"] if row else "0" * 64, proof)
    return row["subject"] if row and right and not facts.of(row["subject"], FactKind.DIED, at=at) else None


def has_account(subject: UUID) -> bool:
    """Whether somebody can sign in as this person already."""
    return Account.objects.filter(subject_id=subject).exists()


def without_account(subjects: "set[UUID]") -> set[UUID]:
    """Those of these people who have none."""
    return subjects - set(Account.objects.filter(subject_id__in=subjects).values_list("subject_id", flat=True))
