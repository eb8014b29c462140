"""Tries to sign in, and from where: kept sealed for days, so that their owner can see who knocked (pitfalls B7)."""

import base64
import os
from datetime import datetime, timedelta
from secrets import token_hex, token_urlsafe
from uuid import UUID

from django.contrib.auth.hashers import make_password

from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.models import Account, Authenticator, RecoveryCode, SignInTry
from troth.people.rules import RECOVERY_CODES
from troth.people.selectors.factors import recovery_hash
from troth.people.selectors.history import KEPT, Came
from troth.people.selectors.strangers import strangers_number
from troth.vault import keystore
from troth.vault.models import Subject, SubjectKind
from troth.work import queue

_AT_ONCE = 200


@act(Event.SIGN_IN_TRACED, purpose=Purpose.SECURITY_LOG)
def note_sign_in(subject: UUID, *, by: Actor, at: datetime, came: Came, how: str, session: str) -> None:
    """Keep from where somebody signed in, and how. `session` is the key of the session's row."""
    _keep(subject, came, how, session)


@act(Event.SIGN_IN_FAILED, purpose=Purpose.SECURITY_LOG)
def note_failed_try(subject: UUID | None, *, by: Actor, at: datetime, came: Came, why: str) -> None:
    """
    Keep from where somebody tried to sign in and could not. `subject` is None where nobody has the address that was typed:
    the same is then written of a stranger, so that a known address takes no longer than an unknown one (pitfalls B16).
    """
    stranger = _stranger(by=by, at=at)  # looked for in either case, so that both take as long
    _keep(subject or stranger, came, why, "")


@act(Event.SIGN_IN_TRACES_FORGOTTEN, purpose=Purpose.SECURITY_LOG)
def forget_tries(subject: UUID, *, by: Actor, at: datetime) -> int:
    """Remove a person's tries that are older than they are kept, with their keys, and give how many there were."""
    due = SignInTry.objects.filter(subject_id=subject, recorded_at__lt=at - timedelta(days=KEPT)).order_by("id")
    rows = list(due.values_list("pk", flat=True)[:_AT_ONCE])
    SignInTry.objects.filter(pk__in=rows).delete()
    for row in rows:
        keystore.destroy(subject, ["people.network"], scope=row.hex)
    return len(rows)


def _keep(subject: UUID, came: Came, outcome: str, session: str) -> None:
    SignInTry.objects.create(
        subject_id=subject, outcome=outcome, device=came.device, address=came.address[:60], session=session
    )


def _stranger(*, by: Actor, at: datetime) -> UUID:
    """The one bare subject of whom tries at unknown addresses are kept, with an account that nothing opens."""
    number = strangers_number()
    if not Account.objects.filter(subject_id=number).exists():
        Subject.objects.bulk_create([Subject(id=number, kind=SubjectKind.VISITOR)], ignore_conflicts=True)
        _open_strangers_account(number, by=by, at=at)
    return number


@act(Event.ACCOUNT_OPENED, purpose=Purpose.ACCOUNT_SECURITY)
def _open_strangers_account(number: UUID, *, by: Actor, at: datetime) -> None:
    """
    Make the account that is opened wherever nobody has the address that was typed: no address, a password that nobody was told,
    an app and recovery codes, so that looking at it costs what looking at anybody's does.
    """
    if not queue.once(f"people:stranger:{number.hex}"):  # another try made it a moment ago
        return
    Account.objects.create(
        subject_id=number,
        sign_in_email="",
        password_hash=make_password(token_urlsafe()),
        password_set_at=at,
        closed=True,
    )
    Authenticator.objects.create(subject_id=number, secret=base64.b32encode(os.urandom(20)).decode())
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(subject_id=number, code_hash=recovery_hash(number, token_hex())) for _ in range(RECOVERY_CODES)]
    )
