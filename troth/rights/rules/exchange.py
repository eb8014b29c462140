"""
What two clinics say to each other when a person takes their data from one to the other (UK GDPR Article 20(2), LAW-3.8).

Each has an Ed25519 key, which the operators give each other beforehand: what is signed by any other key is not looked at.
A signature covers who sends, who receives, when, the number of the transfer, and the digest of what is sent. Nothing here reads
a clock or a database.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PATH = "/exchange/records/"
#: More than this is no record of one person.
LARGEST = 64 * 1024 * 1024
#: How far the clocks of two clinics may be apart; an older message is no message.
SKEW = timedelta(minutes=5)
_SENDING, _RECEIPT = b"troth exchange 1\n", b"troth receipt 1\n"
#: What an id of the list may be: it stands in addresses, and with a prefix in the log of what was passed on.
_ID = re.compile(r"[A-Za-z0-9_-]{1,50}")
_NUMBER = re.compile(r"[0-9a-f]{32}")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class BadPartners(ValueError):
    """The list of partners cannot be used; the message says why."""


class NotAccepted(Exception):
    """What came is not taken in. `status` is what the other side is answered; nothing of it says what we hold or know."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True)
class Partner:
    """A clinic that the operator knows: its name, where it takes records in, and the key by which its word is known."""

    id: str
    name: str
    url: str
    key: bytes


@dataclass(frozen=True)
class Envelope:
    """
    What stands around what is sent. `nonce` is the number of the transfer, the same at each try: 32 hexadecimal digits; `digest` is
    the SHA-256 of the content, hexadecimal.
    """

    sender: bytes
    receiver: bytes
    at: datetime
    nonce: str
    digest: str

    @property
    def signed(self) -> bytes:
        """The bytes that a signature is over."""
        parts = (self.sender.hex(), self.receiver.hex(), self.at.isoformat(), self.nonce, self.digest)
        return _SENDING + "\n".join(parts).encode()


@dataclass(frozen=True)
class Receipt:
    """What the receiver gives back, signed: that they have it, whole, and when."""

    arrival: str
    digest: str
    nonce: str
    received_at: str

    @property
    def moment(self) -> datetime:
        """When they had it."""
        return datetime.fromisoformat(self.received_at)

    @property
    def signed(self) -> bytes:
        """The bytes that a signature is over."""
        return _RECEIPT + "\n".join((self.arrival, self.digest, self.nonce, self.received_at)).encode()


def read_partners(text: str) -> dict[str, Partner]:
    """
    The partners of a list: `[{"id": "north", "name": "North Clinic", "url": "https://north.example", "key": "BASE64"}]`.

    :raises BadPartners: it is no such list, an id cannot stand in an address or stands twice, a name is missing, a key is no key
        or stands twice, or an address is not HTTPS (but on this machine itself).
    """
    try:
        rows = json.loads(text or "[]")
        found: dict[str, Partner] = {}
        for row in rows:
            if not (isinstance(row["id"], str) and _ID.fullmatch(row["id"])):
                raise BadPartners(f"The id {row['id']!r} is not made of letters, digits, - and _, fifty at most.")
            if not (isinstance(row["name"], str) and row["name"].strip()):
                raise BadPartners(f"The name of {row['id']} is missing: people read it when they choose.")
            key = _decoded(row["key"])
            if row["id"] in found or any(each.key == key for each in found.values()):
                raise BadPartners(f"The id or the key of {row['id']} stands in the list twice.")
            url = urlsplit(row["url"])
            if url.scheme != "https" and not (url.scheme == "http" and url.hostname in _LOOPBACK):
                raise BadPartners(f"The address of {row['id']} has to begin with https://.")
            if len(key) != 32:
                raise BadPartners(f"The key of {row['id']} is no Ed25519 key.")
            found[row["id"]] = Partner(row["id"], row["name"].strip(), row["url"].rstrip("/"), key)
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        if isinstance(wrong, BadPartners):
            raise
        raise BadPartners("Each partner has an id, a name, a url and a key (troth rights key).") from None
    return found


def to_headers(envelope: Envelope, signature: bytes) -> dict[str, str]:
    """An envelope as the headers of a request."""
    return {
        "Troth-Sender": base64.b64encode(envelope.sender).decode(),
        "Troth-At": envelope.at.isoformat(),
        "Troth-Nonce": envelope.nonce,
        "Troth-Digest": envelope.digest,
        "Troth-Signature": base64.b64encode(signature).decode(),
    }


def read_envelope(
    headers: Mapping[str, str], *, partners: Mapping[str, Partner], receiver: bytes, at: datetime
) -> tuple[Partner, Envelope]:
    """
    Who sends, and the envelope, once the signature is right, the key is one that we know, and the moment is now.

    :raises NotAccepted: any of these is not so.
    """
    refused = NotAccepted(403, "We take nothing in from whom we do not know.")
    try:
        sender = _decoded(headers["Troth-Sender"])
        moment = datetime.fromisoformat(headers["Troth-At"])
        envelope = Envelope(sender, receiver, moment, headers["Troth-Nonce"], headers["Troth-Digest"])
        signature = _decoded(headers["Troth-Signature"])
        odd = len(envelope.nonce) != 32 or len(envelope.digest) != 64 or moment.tzinfo is None
        if odd or not set(envelope.nonce + envelope.digest) <= set("0123456789abcdef"):
            raise refused
    except (KeyError, ValueError):
        raise refused from None
    partner = next((each for each in partners.values() if each.key == sender), None)
    if partner is None or not is_signed(sender, envelope.signed, signature):
        raise refused
    if abs(at - moment) > SKEW:
        raise NotAccepted(409, "This was signed too long ago, or our clocks differ. Sign it again.")
    return partner, envelope


def read_receipt(text: bytes, *, partner: Partner, sent: Envelope) -> Receipt:
    """
    The receipt that a partner gave, once it is theirs and about what was sent.

    :raises NotAccepted: it is not.
    """
    try:
        said = json.loads(text)
        receipt = Receipt(said["arrival"], said["digest"], said["nonce"], said["received_at"])
        good = is_signed(partner.key, receipt.signed, _decoded(said["signature"]))
        # A letter quotes these two: they are a number and a moment, whatever else a clinic signs.
        good = good and bool(_NUMBER.fullmatch(receipt.arrival)) and receipt.moment.tzinfo is not None
    except (KeyError, TypeError, ValueError):
        good = False
    if not good or (receipt.digest, receipt.nonce) != (sent.digest, sent.nonce):
        raise NotAccepted(502, "What came back is no receipt of theirs for what we sent.")
    return receipt


def key_of(secret: bytes) -> Ed25519PrivateKey:
    """The key that a named secret of this clinic is."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"troth exchange key\n" + secret).digest())


def is_signed(key: bytes, content: bytes, signature: bytes) -> bool:
    """Whether a signature over the content is by that key."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError):
        raise ValueError("no base64") from None
