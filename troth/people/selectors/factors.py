"""Second factors: what a person has, what a new app is given, and whether a code or a recovery code is theirs."""

import base64
import hashlib
import hmac
import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import segno

from troth.gate import actors
from troth.gate.contexts import Opened, processing
from troth.notice.purposes import Action, Purpose
from troth.people import rules
from troth.people.models import Account, Authenticator, Passkey, RecoveryCode, ReturnCode
from troth.people.selectors.strangers import strangers_number
from troth.people.selectors.tickets import open_ticket, seal_ticket
from troth.vault import secrets
from troth.vault.categories import Category
from troth.work import queue

_Row = TypeVar("_Row", Authenticator, RecoveryCode)

#: For how long somebody may be at setting up an app.
_SETTING_UP = timedelta(minutes=20)


@dataclass(frozen=True)
class OwnPasskey:
    """One passkey in its owner's list. `used_at` is None until it has signed them in."""

    id: UUID
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Factors:
    """What a person proves themselves with besides the password."""

    app_since: datetime | None
    passkeys: tuple[OwnPasskey, ...]
    recovery_left: int

    @property
    def any(self) -> bool:
        """Whether there is a second factor at all. Recovery codes stand in for one, and are none by themselves."""
        return self.app_since is not None or bool(self.passkeys)

    @property
    def only_one(self) -> bool:
        """Whether taking one away leaves none."""
        return (self.app_since is not None) + len(self.passkeys) == 1


@dataclass(frozen=True)
class NewApp:
    """What a page shows to set up an app: the picture, and the key for those who type it. `ticket` comes back with the code."""

    secret: str
    picture: str  # inline SVG
    ticket: str

    @property
    def spaced(self) -> str:
        """The key in groups of four, as people copy it."""
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


@dataclass(frozen=True)
class AppCode:
    """A code of the person's app was right; `step` is its half minute, which is taken once."""

    step: int


@dataclass(frozen=True)
class Recovery:
    """A recovery code was right; `row` goes when it is used."""

    row: UUID


@dataclass(frozen=True)
class Returning:
    """A code that somebody was handed in place of what they lost was right; `row` says which, and it is used once."""

    row: UUID


def with_second_factor(subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those with an app or a passkey. Identifiers alone: nothing is opened."""
    return {
        subject
        for model in (Authenticator, Passkey)
        for subject in model.objects.filter(subject_id__in=subjects).values_list("subject_id", flat=True)
    }


def has_second_factor(subject: UUID) -> bool:
    """Whether a person has an app or a passkey. It asks the tables' structure and opens nothing."""
    app = Authenticator.objects.filter(subject_id=subject).exists()
    passkey = Passkey.objects.filter(subject_id=subject).exists()  # asked in either case, so that both take as long
    return app or passkey


def list_factors(subject: UUID, opened: Opened) -> Factors:
    """
    What a person has to prove themselves with, for their own page.

    :raises Refused: the gate said no.
    """
    opened.require(subject, Category.ACCOUNT)
    app = Authenticator.objects.filter(subject_id=subject).first()
    return Factors(
        app.recorded_at if app else None,
        tuple(
            OwnPasskey(row.pk, row.name, row.recorded_at, row.used_at)
            for row in Passkey.objects.filter(subject_id=subject).order_by("recorded_at", "id")
        ),
        RecoveryCode.objects.filter(subject_id=subject).count(),
    )


def sign_in_address(subject: UUID, opened: Opened) -> str:
    """
    The address that a person signs in with, or "".

    :raises Refused: the gate said no.
    """
    opened.require(subject, Category.ACCOUNT)
    row = Account.objects.filter(subject_id=subject).first()
    return row.sign_in_email or "" if row else ""


def begin_app(subject: UUID, *, account: str, clinic: str, at: datetime, ticket: str = "") -> NewApp:
    """
    A new secret for an app, or the one of `ticket` where a form is shown again. Nothing is stored until a code proves it.
    """
    said = open_ticket("app", ticket, at=at) if ticket else None
    secret = said["secret"] if said and said["subject"] == subject.hex else ""
    if not secret:
        secret = base64.b32encode(os.urandom(20)).decode()
        ticket = seal_ticket("app", {"subject": subject.hex, "secret": secret}, at=at, lasts=_SETTING_UP)
    words = rules.app_address(secret, account=account, clinic=clinic)
    picture = segno.make(words, error="m").svg_inline(omitsize=True, border=4, dark="#17212b", light="#ffffff")
    return NewApp(secret, picture, ticket)


def secret_of(ticket: str, *, subject: UUID, at: datetime) -> str:
    """The secret that a ticket holds for this person, or "" when it is over or somebody else's."""
    said = open_ticket("app", ticket, at=at)
    return said["secret"] if said and said["subject"] == subject.hex else ""


def check_code(subject: UUID | None, typed: str, *, at: datetime) -> AppCode | Recovery | Returning | None:
    """
    Whether what was typed is a code of this person's app, one of their recovery codes, or one that they were handed in place of
    both. The caller has counted the try.

    It is asked for nobody as well: whoever has no app, or nothing at all, has the stranger's opened and looked at instead, so that
    the time it takes does not tell whether the password before it was right.
    """
    whom = subject or UUID(int=0)
    either = (whom, strangers_number())
    on_paper = rules.is_recovery_code(typed)
    with processing(Purpose.ACCOUNT_SECURITY, Action.READ, by=actors.service("sign-in"), at=at):
        app = _first_of(list(Authenticator.objects.filter(subject_id__in=either)), whom)
        step = rules.matching_step(app[0].secret, typed, at) if app else None
        row = handed = None
        if on_paper:
            codes = _first_of(list(RecoveryCode.objects.filter(subject_id__in=either)), whom)
            wanted = recovery_hash(whom, typed)
            right = [code for code in codes if hmac.compare_digest(code.code_hash, wanted)]  # all are opened
            row = right[0] if right else None
            handed = ReturnCode.objects.filter(subject_id=whom, code_hash=wanted, expires_at__gt=at).first()
    if step is not None and app[0].subject_id == subject:
        return AppCode(step)
    if handed is not None and handed.subject_id == subject:
        return Returning(handed.pk)
    return Recovery(row.pk) if row is not None and row.subject_id == subject else None


def _first_of(rows: list[_Row], whom: UUID) -> list[_Row]:
    """A person's own rows, or, where they have none, the stranger's."""
    return [row for row in rows if row.subject_id == whom] or rows


def recovery_hash(subject: UUID, typed: str) -> str:
    """How a recovery code is kept: its own 80 bits are hashed with a secret of this server, and bound to the person."""
    text = subject.bytes + rules.normal_code(typed).encode()
    return hmac.digest(secrets.opened().named("recovery"), text, hashlib.sha256).hex()


def effect_of_step(subject: UUID, step: int) -> str:
    """The key under which it is noted that a code was taken."""
    return f"people:code:{subject.hex}:{step}"


def free_step(subject: UUID | None, *, at: datetime) -> int:
    """The half minute whose code may still be taken now: this one, or the next when this one's was. For demonstrations."""
    now = rules.step_of(at)
    return now + 1 if subject and queue.happened(effect_of_step(subject, now)) else now
