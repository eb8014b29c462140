"""Beginning and ending sessions."""

import json
import os
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from troth.gate import acts, facts
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.models import Account, AccountStep, ClaimCode, Representation, Session, SignIn
from troth.people.selectors.sessions import LIFE, SignedIn, bound_to, cipher_of, key_of, owner_of
from troth.people.services.telling import _tell_of_new_device
from troth.vault.categories import Category

#: `seen_at` is renewed when it is older than this, so that reading a page is not always a write.
_RENEW = timedelta(minutes=1)


class AccountChanged(Exception):
    """The password that was looked at is not the account's any more: it was changed, or the account closed, meanwhile."""


class TheyDied(Exception):
    """The account is somebody's who died: it opens to nobody."""


@act(Event.SIGNED_IN, purpose=Purpose.ACCOUNT_SECURITY)
def sign_in(
    subject: UUID,
    *,
    by: Actor,
    at: datetime,
    device: str = "",
    second_factor_at: datetime | None = None,
    seen: str = "",
) -> str:
    """
    Begin a session for someone whose password was found right, and give the cookie, which is stored nowhere.

    Always a new cookie: one that an attacker planted beforehand is worth nothing. `seen` is the account as it was when its password
    was looked at: who changes their password while somebody with the old one signs in has every session of theirs ended.

    :raises AccountChanged: it is not as it was seen.
    :raises TheyDied: whoever shows the password is not the person (LAW-4.10).
    """
    acts.acting().require(subject, Category.ACCOUNT)
    if facts.of(subject, FactKind.DIED, at=at):
        raise TheyDied
    if seen:
        acts.hold(subject)
        account = Account.objects.select_for_update().filter(subject_id=subject).first()
        if account is None or account.digest() != seen:
            raise AccountChanged
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
    # Held: saving what was ended at this moment would begin it again.
    row = Session.objects.select_for_update().filter(pk=key_of(cookie), owner=owner_of(subject)).first()
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


@act(Event.SESSIONS_ENDED, purpose=Purpose.RIGHTS)
def end_account_of_the_dead(subject: UUID, *, by: Actor, at: datetime) -> None:
    """
    End what an account of somebody who died still opens: its sessions, what waits for a link or a code, and every authority over
    them. The gate asks for the death itself at every request, so what is forgotten here opens nothing either.

    :raises Refused: the actor may not do this for that person.
    """
    acts.acting().require(subject, Category.RIGHTS)
    ended, _ = Session.objects.filter(owner=owner_of(subject)).delete()
    AccountStep.objects.filter(subject_id=subject, expires_at__gt=at).update(expires_at=at)
    ClaimCode.objects.filter(subject_id=subject, expires_at__gt=at).update(expires_at=at)
    Representation.objects.filter(subject_id=subject, ended_at=None).update(ended_at=at)
    facts.end(subject, FactKind.REPRESENTATIVE, at=at)
    acts.touched(subject, f"people.session/{ended}/ended")


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
