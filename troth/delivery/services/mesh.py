"""
MESH, by which organisations of the NHS send each other messages: its HTTP API, in a small client of our own (decision 0266).

Each call is signed for our mailbox, once: `NHSMESH mailbox:nonce:count:time:hash`, the hash keyed with the environment's shared key
over those and the mailbox's password. What stands in headers is seen by who runs MESH, so no header says anything of anybody.
"""

import hashlib
import hmac
import json
import re
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPSHandler, Request, build_opener
from uuid import UUID, uuid4

from django.conf import settings

from troth.delivery.models import Failure
from troth.delivery.services.carriers import Undelivered, _NoRedirect

_SECONDS = 60
_MOST_HEARD = 1_000_000
_ACCEPT = "application/vnd.mesh.v2+json"
#: Error codes of the specification that say that the addressee is none: not registered, and no or several mailboxes found.
_NOBODY = frozenset({"12", "EPL-150", "EPL-151"})
_MAILBOX = re.compile(r"[A-Za-z0-9]{3,20}")


@dataclass(frozen=True)
class Mesh:
    """Our mailbox. `certificate` and `authority` are files: ours with its key, and those by which the server proves who it is."""

    url: str
    mailbox: str
    password: str
    shared_key: str
    workflow: str
    certificate: str = ""
    authority: str = ""

    @classmethod
    def set_up(cls) -> "Mesh | None":
        """The mailbox of the settings, or None."""
        if not (settings.TROTH_MESH_URL and settings.TROTH_MESH_MAILBOX and settings.TROTH_MESH_WORKFLOW):
            return None
        return cls(
            settings.TROTH_MESH_URL,
            settings.TROTH_MESH_MAILBOX,
            settings.TROTH_MESH_PASSWORD,
            settings.TROTH_MESH_SHARED_KEY,
            settings.TROTH_MESH_WORKFLOW,
            settings.TROTH_MESH_CERTIFICATE,
            settings.TROTH_MESH_AUTHORITY,
        )

    def shake_hands(self) -> None:
        """
        Say that we are here, as each mailbox has to once a day.

        :raises Undelivered: it was not heard.
        """
        about = {
            "Mex-ClientVersion": "troth",
            "Mex-OSName": "n/a",
            "Mex-OSVersion": "n/a",
            "Mex-OSArchitecture": "n/a",
        }
        self._ask("POST", f"/messageexchange/{self.mailbox}", body=b"", headers=about)

    def find(self, practice: str) -> str:
        """
        The mailbox in which an organisation takes messages of our kind, by its ODS code.

        :raises Undelivered: there is none, or more than one, between which nobody here could choose.
        """
        found = self._ask("GET", f"/messageexchange/endpointlookup/{quote(practice, safe='')}/{quote(self.workflow)}")
        boxes = [str(each.get("mailbox_id", "")) for each in found.get("results", ())]
        if len(boxes) != 1 or not _MAILBOX.fullmatch(boxes[0]):
            raise Undelivered(Failure.NO_MAILBOX, lasting=True)
        return boxes[0]

    def send(self, to: str, file: bytes, *, letter: UUID) -> str:
        """
        Put a PDF into a mailbox. Gives the number of the message.

        :raises Undelivered: it was not taken.
        """
        headers = {
            "Content-Type": "application/pdf",
            "Mex-From": self.mailbox,
            "Mex-To": to,
            "Mex-WorkflowID": self.workflow,
            "Mex-LocalID": letter.hex,
            "Mex-FileName": "letter.pdf",
            "Mex-Chunk-Range": "1:1",
        }
        taken = self._ask("POST", f"/messageexchange/{self.mailbox}/outbox", body=file, headers=headers)
        number = str(taken.get("message_id", ""))
        if not re.fullmatch(r"[A-Za-z0-9_]{8,64}", number):
            raise Undelivered(Failure.UNREACHABLE)
        return number

    def track(self, number: str) -> str:
        """
        Where a message is: `accepted` while nobody has taken it, `acknowledged`, or `undeliverable` and `error` when nobody will.

        :raises Undelivered: it was not told.
        """
        path = f"/messageexchange/{self.mailbox}/outbox/tracking?messageID={quote(number)}"
        return str(self._ask("GET", path).get("status", "")).lower()

    def ask_for(self, path: str) -> dict[str, Any]:
        """
        What is at an address of the exchange, as JSON.

        :raises Undelivered: it was not told.
        """
        return self._ask("GET", path)

    def _ask(
        self, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        with self.ask(method, path, body=body, headers=headers) as answer:
            try:
                heard = json.loads(answer.read(_MOST_HEARD) or b"{}")
            except (OSError, HTTPException, ValueError):
                raise Undelivered(Failure.UNREACHABLE) from None
        return heard if isinstance(heard, dict) else {}

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> HTTPResponse:
        """
        One signed call. Gives the answer, to be read and closed by whoever asked.

        :raises Undelivered: it was not heard, or is one of no success.
        """
        asked = Request(  # noqa: S310  the scheme was checked when the settings were read
            self.url + path,
            body,
            {"Accept": _ACCEPT, "Authorization": self._signed(), **(headers or {})},
            method=method,
        )
        try:
            opener = build_opener(_NoRedirect, HTTPSHandler(context=self._context()))
        except OSError:  # a file of the settings is none, or none of a certificate: no try mends that
            raise Undelivered(Failure.NOT_SET_UP, lasting=True) from None
        try:
            heard: HTTPResponse = opener.open(asked, timeout=_SECONDS)
        except HTTPError as answer:
            with answer:
                raise _undelivered(answer.code, answer.read(_MOST_HEARD)) from None
        except OSError as error:
            bad = isinstance(getattr(error, "reason", error), ssl.SSLCertVerificationError)
            raise Undelivered(Failure.CERTIFICATE if bad else Failure.UNREACHABLE) from None
        except (HTTPException, ValueError):
            raise Undelivered(Failure.UNREACHABLE) from None
        return heard

    def _signed(self) -> str:
        nonce, time = uuid4(), f"{datetime.now(UTC):%Y%m%d%H%M}"
        said = f"{self.mailbox}:{nonce}:0:{self.password}:{time}"
        keyed = hmac.digest(self.shared_key.encode(), said.encode(), hashlib.sha256).hex()
        return f"NHSMESH {self.mailbox}:{nonce}:0:{time}:{keyed}"

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.authority or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.certificate:
            context.load_cert_chain(self.certificate)
        return context


def _undelivered(status: int, body: bytes) -> Undelivered:
    """What an answer that is none of success comes to. Only its code is read."""
    if status in {401, 403}:
        return Undelivered(Failure.SIGN_IN)
    if status in {408, 425, 429} or status >= 500:
        return Undelivered(Failure.BUSY)
    try:
        said = json.loads(body or b"{}")
        codes = {str(each.get("code", "")) for each in said.get("detail") or ()} | {str(said.get("errorCode", ""))}
    except (ValueError, AttributeError):
        codes = set()
    return Undelivered(Failure.NO_MAILBOX if codes & _NOBODY or status == 404 else Failure.REFUSED, lasting=True)
