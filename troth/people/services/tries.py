"""Tries to sign in, and from where: kept sealed for days, so that their owner can see who knocked (pitfalls B7)."""

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.models import SignInTry
from troth.people.selectors.history import KEPT, Came
from troth.vault import keystore, secrets
from troth.vault.models import Subject, SubjectKind

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
    _keep(subject or _stranger(), came, why, "")


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


def _stranger() -> UUID:
    """The one bare subject of whom tries at unknown addresses are kept. Its number is a secret of this server."""
    made = UUID(bytes=hmac.digest(secrets.opened().named("tickets"), b"stranger", hashlib.sha256)[:16], version=4)
    Subject.objects.bulk_create([Subject(id=made, kind=SubjectKind.VISITOR)], ignore_conflicts=True)
    return made
