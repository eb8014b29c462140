"""Beginning and ending sessions."""

import json
import os
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from troth.gate import acts
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.models import Session, SignIn
from troth.people.selectors.sessions import LIFE, SignedIn, bound_to, cipher_of, key_of, owner_of
from troth.people.services.telling import _tell_of_new_device
from troth.vault.categories import Category

#: `seen_at` is renewed when it is older than this, so that reading a page is not always a write.
_RENEW = timedelta(minutes=1)


@act(Event.SIGNED_IN, purpose=Purpose.ACCOUNT_SECURITY)
def sign_in(
    subject: UUID, *, by: Actor, at: datetime, device: str = "", second_factor_at: datetime | None = None
) -> str:
    """
    Begin a session for someone whose password was found right, and give the cookie, which is stored nowhere.

    Always a new cookie: one that an attacker planted beforehand is worth nothing.
    """
    acts.acting().require(subject, Category.ACCOUNT)
    cookie = secrets.token_urlsafe(32)
    row = Session(id=key_of(cookie), owner=owner_of(subject), made_at=at, seen_at=at, expires_at=at + LIFE)
    row.sealed = _sealed(row, cookie, subject, second_factor_at)
    row.save(force_insert=True)
    _tell_of_new_device(subject, device=device[:80], by=by, at=at)
    SignIn.objects.create(subject_id=subject, device=device[:80], session=row.pk)
    return cookie


@act(Event.SESSION_PROVED, purpose=Purpose.ACCOUNT_SECURITY)
def prove_session(subject: UUID, *, by: Actor, at: datetime, cookie: str) -> None:
    """
    Note in a session that a second factor was shown just now. It takes the cookie, since nothing else opens the session.

    :raises LookupError: this person has no such session.
    """
    acts.acting().require(subject, Category.ACCOUNT)
    row = Session.objects.filter(pk=key_of(cookie), owner=owner_of(subject)).first()
    if row is None:
        raise LookupError("This session is over.")
    row.sealed = _sealed(row, cookie, subject, at)
    row.save()
    acts.touched(subject, f"people.session/{row.pk[:32]}/proved")


@act(Event.SIGNED_OUT, purpose=Purpose.ACCOUNT_SECURITY)
def sign_out(subject: UUID, *, by: Actor, at: datetime, key: str) -> None:
    """End one session of a person. Ending it again changes nothing."""
    acts.acting().require(subject, Category.ACCOUNT)
    Session.objects.filter(pk=key, owner=owner_of(subject)).delete()
    acts.touched(subject, f"people.session/{key[:32]}/ended")


@act(Event.SESSIONS_ENDED, purpose=Purpose.ACCOUNT_SECURITY)
def end_sessions(subject: UUID, *, by: Actor, at: datetime, keep: str = "") -> int:
    """End every session of a person but one's own (`keep`), and give how many there were."""
    acts.acting().require(subject, Category.ACCOUNT)
    ended, _ = Session.objects.filter(owner=owner_of(subject)).exclude(pk=keep).delete()
    acts.touched(subject, f"people.session/{ended}/ended")
    return ended


def _sealed(row: Session, cookie: str, subject: UUID, second_factor_at: datetime | None) -> bytes:
    said = {"subject": subject.hex, "second_factor_at": second_factor_at.isoformat() if second_factor_at else ""}
    nonce = os.urandom(12)
    return nonce + cipher_of(cookie).encrypt(nonce, json.dumps(said).encode(), bound_to(row))


class _Store:
    """What happens to sessions by the clock alone. No person is touched, so these are not acts."""

    def renew(self, session: SignedIn, *, at: datetime) -> None:
        """Count the idle time from now."""
        if at - session.seen_at >= _RENEW:
            Session.objects.filter(pk=session.key).update(seen_at=at)

    def forget_ended(self, at: datetime) -> int:
        """Remove what is over."""
        return Session.objects.filter(expires_at__lte=at).delete()[0]


sessions = _Store()
