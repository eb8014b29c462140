"""A passkey's device in Python: makes a key, counts, and signs what a page asks, well or badly, as a test wants."""

import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestedCredentialData

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Device:
    """One device with one passkey. `count` is its counter."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(32)
        self.count = 0
        self.handle = b""

    def create(self, options: str, origin: str) -> str:
        """Answer a page that asks for a new passkey."""
        asked = json.loads(options)
        self.handle = websafe_decode(asked["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        held = AttestedCredentialData.create(bytes(16), self.id, public)
        data = self._data(asked["rp"]["id"], PRESENT | VERIFIED | ATTESTED) + bytes(held)
        made = {"attestationObject": cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})}
        return self._answer({"clientDataJSON": _said("webauthn.create", asked["challenge"], origin), **made})

    def get(
        self,
        options: str,
        *,
        origin: str,
        domain: str = "",
        verified: bool = True,
        handle: bytes = b"",
        spoiled: bool = False,
    ) -> str:
        """Answer a page that asks for a passkey."""
        asked = json.loads(options)
        self.count += 1
        data = self._data(domain or asked["rpId"], PRESENT | (VERIFIED if verified else 0))
        said = _said("webauthn.get", asked["challenge"], origin)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        if spoiled:
            data = data[:-1] + bytes([data[-1] ^ 1])
        return self._answer(
            {
                "clientDataJSON": said,
                "authenticatorData": data,
                "signature": signature,
                "userHandle": handle or self.handle,
            }
        )

    def _data(self, domain: str, flags: int) -> bytes:
        return hashlib.sha256(domain.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _answer(self, response: dict[str, bytes]) -> str:
        name = websafe_encode(self.id)
        plain: dict[str, Any] = {key: websafe_encode(value) for key, value in response.items()}
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": plain, "clientExtensionResults": {}}
        )


def _said(kind: str, challenge: str, origin: str) -> bytes:
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()
