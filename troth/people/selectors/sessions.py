"""
Sessions: found by the hash of the cookie, opened with the cookie itself and a secret of this server (pitfalls B4).

Nothing of a session can be read from the database alone, nor from a backup of it.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from troth.gate.contexts import Opened
from troth.people.models import Session, SignIn
from troth.vault import secrets
from troth.vault.categories import Category
from troth.vault.querysets import rows_where

LIFE = timedelta(hours=12)
IDLE = timedelta(minutes=30)


@dataclass(frozen=True)
class SignedIn:
    """What an open session says. `key` names its row; it opens nothing."""

    key: str
    subject: UUID
    second_factor_at: datetime | None
    made_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class OwnSession:
    """One line of a person's own list. `current` is the one they are looking with."""

    key: str
    device: str
    made_at: datetime
    seen_at: datetime
    current: bool
    area: str = ""


def key_of(cookie: str) -> str:
    """The primary key of a cookie's session."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def owner_of(subject: UUID) -> str:
    """The keyed hash under which a person's sessions are found together."""
    return hmac.digest(secrets.opened().named("sessions"), b"owner|" + subject.bytes, hashlib.sha256).hex()


def cipher_of(cookie: str) -> AESGCM:
    """The cipher of a cookie's session: it takes the cookie and this server's secret to make it."""
    made = HKDF(SHA256(), 32, salt=secrets.opened().named("sessions"), info=b"troth session").derive(cookie.encode())
    return AESGCM(made)


def open_session(cookie: str, *, at: datetime) -> SignedIn | None:
    """The session of a cookie, or None when there is none, it is over, or it was changed in the database."""
    if not 20 <= len(cookie) <= 100 or not cookie.isascii():
        return None
    row = next(iter(rows_where(Session, id=key_of(cookie))), None)
    if row is None or row.expires_at <= at or row.seen_at <= at - IDLE:
        return None
    blob = bytes(row.sealed)
    try:
        said = json.loads(cipher_of(cookie).decrypt(blob[:12], blob[12:], bound_to(row)))
    except (InvalidTag, ValueError):
        return None
    subject = UUID(said["subject"])
    if not hmac.compare_digest(row.owner, owner_of(subject)):
        return None
    second = said["second_factor_at"]
    return SignedIn(row.pk, subject, datetime.fromisoformat(second) if second else None, row.made_at, row.seen_at)


def bound_to(row: Session) -> bytes:
    """What a session's content is bound to: its row and its end, so that neither can be changed below."""
    return f"{row.pk}|{row.made_at.timestamp():.6f}|{row.expires_at.timestamp():.6f}".encode()


def list_sessions(
    subject: UUID, opened: Opened, *, current: str, areas: Mapping[str, str] | None = None
) -> list[OwnSession]:
    """
    A person's open sessions, the newest first. `areas`: the network of each, where the caller may know it.

    :raises Refused: the gate said no.
    """
    opened.require(subject, Category.ACCOUNT)
    rows = {
        row.pk: row
        for row in Session.objects.filter(
            owner=owner_of(subject), expires_at__gt=opened.at, seen_at__gt=opened.at - IDLE
        )
    }
    earliest = min((row.made_at for row in rows.values()), default=opened.at)
    # A sign-in and its session are written in one act, at one moment.
    devices = {
        entry.session: entry.device for entry in SignIn.objects.filter(subject_id=subject, recorded_at__gte=earliest)
    }
    listed = [
        OwnSession(
            key,
            devices.get(key) or "a browser we could not name",
            row.made_at,
            row.seen_at,
            key == current,
            (areas or {}).get(key, ""),
        )
        for key, row in rows.items()
    ]
    return sorted(listed, key=lambda each: each.made_at, reverse=True)
