"""Accounts: making one, and changing its password."""

import secrets
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection

from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.models import FIND_SIGN_IN, Account
from troth.people.rules import check_password, normal_email
from troth.people.services.sessions import end_sessions
from troth.vault import search

_ONE_AT_A_TIME = 0x7369676E  # the advisory lock's number: "sign"


def _open_account(
    subject: UUID, email: str, password: str, *, at: datetime, known: tuple[str, ...], later: bool = False
) -> None:
    """
    Make an account inside the act that is open. Make it last: it alone can fail because of what somebody else did.

    `later`: the password is chosen afterwards, and until then none fits.

    :raises AlreadyTaken: that address signs somebody in already.
    :raises PoorPassword: the password is guessed first.
    """
    email = normal_email(email)
    if not later:
        check_password(password, known=(email.partition("@")[0], email, *known))
    encoded = make_password(secrets.token_urlsafe(32) if later else password)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
    # An address whose row was never committed (its act was undone) is free: nobody could sign in with it.
    for _, row in search.find_exact(FIND_SIGN_IN, email):
        if not Account.objects.filter(pk=row).exists():
            search.forget([row])
    Account.objects.create(
        subject_id=subject, sign_in_email=email, password_hash=encoded, password_set_at=at, closed=False
    )


@act(Event.PASSWORD_CHANGED, purpose=Purpose.ACCOUNT_SECURITY)
def change_password(
    subject: UUID, *, by: Actor, at: datetime, password: str, keep: str = "", known: tuple[str, ...] = ()
) -> None:
    """
    Set a new password and end every other session: whoever knew the old one is out. `keep` is the key of one's own session.

    :raises PoorPassword: the password is guessed first.
    :raises LookupError: they have no account.
    """
    check_password(password, known=known)
    account = Account.objects.filter(subject_id=subject).first()
    if account is None:
        raise LookupError("This person has no account.")
    account.password_hash = make_password(password)
    account.password_set_at = at
    account.save()
    end_sessions(subject, by=by, at=at, keep=keep)
