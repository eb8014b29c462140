"""Accounts: making one, and changing its password."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection

from troth.delivery.rules import Kind
from troth.gate.actors import Actor
from troth.gate.acts import act, hold
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.models import FIND_SIGN_IN, Account, AccountStep, StepKind
from troth.people.rules import check_password, normal_email
from troth.people.services.sessions import end_sessions
from troth.people.services.telling import _tell
from troth.vault import search

_ONE_AT_A_TIME = 0x7369676E  # the advisory lock's number: "sign"


def _encoded(email: str, password: str, *, known: tuple[str, ...]) -> str:
    """
    The hash of a new password.

    :raises PoorPassword: the password is guessed first.
    """
    email = normal_email(email)
    check_password(password, known=(email.partition("@")[0], email, *known))
    return make_password(password)


def _open_account(subject: UUID, email: str, encoded: str, *, at: datetime) -> None:
    """
    Make an account inside the act that is open. Make it last: it alone can fail because of what somebody else did.

    :raises AlreadyTaken: that address signs somebody in already.
    """
    email = normal_email(email)
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
    Set a new password and end every other session: whoever knew the old one is out, and what they asked for is over. The person
    is told. `keep` is the key of one's own session.

    :raises PoorPassword: the password is guessed first.
    :raises LookupError: they have no account.
    """
    check_password(password, known=known)
    hold(subject)  # before the account, as everybody takes the two
    account = Account.objects.select_for_update().filter(subject_id=subject).first()
    if account is None:
        raise LookupError("This person has no account.")
    account.password_hash = make_password(password)
    account.password_set_at = at
    account.save()
    end_sessions(subject, by=by, at=at, keep=keep)
    _end_steps(subject, (StepKind.ADDRESS, StepKind.PASSWORD), at=at)
    _tell(subject, Kind.PASSWORD_CHANGED, by=by, at=at)


def _end_steps(subject: UUID, kinds: tuple[StepKind, ...], *, at: datetime) -> None:
    """
    End what waits for a link, inside the act that is open. Of two that are asked for at once one is left. The token goes too: a
    page that was asked for a moment earlier, and waited for this, would hold its own moment against the end.
    """
    hold(subject)
    AccountStep.objects.filter(subject_id=subject, kind__in=kinds, expires_at__gt=at).update(
        expires_at=at, token_hash=None
    )
