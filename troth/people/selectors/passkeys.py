"""
Passkeys (WebAuthn, level 3): what the browser is asked, and whether what it answers holds. Checked by Yubico's `fido2`.

They are discoverable and nothing else: the browser is never told whose passkey is wanted, so no page tells who has one.
The device has to have checked its owner (PIN, finger, face), which is why a passkey alone is two factors.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from troth.gate import actors
from troth.gate.contexts import Opened, processing
from troth.notice.purposes import Action, Purpose
from troth.people.models import FIND_PASSKEY, Account, Passkey
from troth.people.selectors.sessions import owner_of
from troth.people.selectors.signing_in import account_mark
from troth.people.selectors.tickets import open_ticket, seal_ticket
from troth.vault import search
from troth.vault.categories import Category

#: For how long a challenge may be answered.
ANSWER_WITHIN = timedelta(minutes=15)
_REQUIRED = UserVerificationRequirement.REQUIRED
_LONGEST = 8_000  # of an answer, in characters


@dataclass(frozen=True)
class Site:
    """Where passkeys of this clinic hold: the domain they are bound to, the origin of its pages, and its name."""

    domain: str
    origin: str
    name: str = ""


@dataclass(frozen=True)
class Challenge:
    """What a page hands to its script (`options`, JSON), and what comes back with the answer (`ticket`)."""

    options: str
    ticket: str


@dataclass(frozen=True)
class NewPasskey:
    """A passkey that a device has just made. `effect` is noted when it is stored, so that the answer is taken once."""

    credential_id: str
    credential: str
    sign_count: int
    effect: str


@dataclass(frozen=True)
class ShownPasskey:
    """
    A passkey that was shown and holds. `copied`: the device's counter went back, so two devices have the key. `seen`: the digest of
    the row that it was compared with.
    """

    subject: UUID
    account: str  # the keyed mark of the address they sign in with
    row: UUID
    sign_count: int
    effect: str
    copied: bool
    seen: str


def ask_new_passkey(subject: UUID, site: Site, *, account: str, session: str, opened: Opened) -> Challenge:
    """
    Ask the browser to make a passkey for the person who is signed in; the answer holds in this session alone.

    :raises Refused: the gate said no.
    """
    opened.require(subject, Category.ACCOUNT)
    theirs = [
        AttestedCredentialData(bytes.fromhex(row.credential)) for row in Passkey.objects.filter(subject_id=subject)
    ]
    options, state = _server(site).register_begin(
        PublicKeyCredentialUserEntity(id=bytes.fromhex(owner_of(subject)), name=account, display_name=account),
        theirs,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=_REQUIRED,
    )
    said = {"challenge": state["challenge"], "subject": subject.hex, "session": session}
    return Challenge(
        json.dumps(dict(options.public_key)), seal_ticket("new passkey", said, at=opened.at, lasts=ANSWER_WITHIN)
    )


def read_new_passkey(
    ticket: str, answer: str, site: Site, *, subject: UUID, session: str, at: datetime
) -> NewPasskey | None:
    """The passkey that the browser made, or None when the challenge is over, another session's, or the answer does not hold."""
    said = open_ticket("new passkey", ticket, at=at)
    if said is None or (said["subject"], said["session"]) != (subject.hex, session) or len(answer) > _LONGEST:
        return None
    state = {"challenge": said["challenge"], "user_verification": _REQUIRED}
    try:
        made = _server(site).register_complete(state, RegistrationResponse.from_dict(json.loads(answer)))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    held = made.credential_data
    if held is None:
        return None
    return NewPasskey(held.credential_id.hex(), bytes(held).hex(), made.counter, _effect(said["challenge"]))


def ask_passkey(site: Site, *, at: datetime) -> Challenge:
    """Ask the browser for any passkey of this clinic: the same for everybody who looks at the page."""
    options, state = _server(site).authenticate_begin(user_verification=_REQUIRED)
    said = {"challenge": state["challenge"]}
    return Challenge(json.dumps(dict(options.public_key)), seal_ticket("passkey", said, at=at, lasts=ANSWER_WITHIN))


def check_passkey(ticket: str, answer: str, site: Site, *, at: datetime) -> ShownPasskey | None:
    """Whose passkey was shown, or None: the challenge is over, nobody has it, the account is closed, or it does not hold."""
    said = open_ticket("passkey", ticket, at=at)
    if said is None or len(answer) > _LONGEST:
        return None
    try:
        shown = AuthenticationResponse.from_dict(json.loads(answer))
        found = search.find_exact(FIND_PASSKEY, shown.raw_id.hex())
        handle = shown.response.user_handle
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    if not found or handle is None or handle != bytes.fromhex(owner_of(found[0][0])):
        return None
    subject, number = found[0]
    with processing(Purpose.ACCOUNT_SECURITY, Action.READ, by=actors.service("sign-in"), at=at):
        row = Passkey.objects.filter(pk=number, subject_id=subject).first()
        account = Account.objects.filter(subject_id=subject).first()
        if row is None or account is None or account.closed:
            return None
        held, before = AttestedCredentialData(bytes.fromhex(row.credential)), row.sign_count
        seen = row.digest()
        mark = account_mark(account.sign_in_email)
    state = {"challenge": said["challenge"], "user_verification": _REQUIRED}
    try:
        _server(site).authenticate_complete(state, [held], shown)
    except ValueError:
        return None
    now = shown.response.authenticator_data.counter
    # Devices that share a passkey among themselves do not count, and say 0 for ever.
    copied = (now > 0 or before > 0) and now <= before
    return ShownPasskey(subject, mark, number, now, _effect(said["challenge"]), copied, seen)


def _effect(challenge: str) -> str:
    return f"people:passkey:{websafe_decode(challenge).hex()}"


@lru_cache(maxsize=8)
def _server(site: Site) -> Fido2Server:
    """What checks passkeys for this site. It keeps nothing between askings, and making it takes a quarter of the sign-in page."""
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=site.domain, name=site.name or site.domain),
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda origin: origin == site.origin,
    )
