"""
What carries a message out: a mail server, a service for text messages, or the page of a demonstration that shows what was sent.

What these servers answer is never kept or logged, since it may quote an address or a text: it becomes one of a closed list.
TLS is always verified where it is spoken, and left out only to a mail server on this machine itself (pitfalls B19).
"""

import contextlib
import json
import smtplib
import ssl
from dataclasses import dataclass
from email.mime.image import MIMEImage
from email.utils import formataddr
from http.client import HTTPException
from typing import Protocol
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener
from uuid import UUID

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from troth.delivery.models import Channel, Failure

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SECONDS = 20


@dataclass(frozen=True)
class Parcel:
    """A message as it leaves, opened. `id` is its row's: the other side can tell by it that it had this one before."""

    id: UUID
    address: str
    line: str
    text: str
    html: str
    sender: str  # the clinic's name
    sender_address: str
    calendar: str = ""  # a file for a calendar that goes with it
    stop: str = ""  # of news: the address that stops it at once, for the button of a mail program (RFC 8058)


class Undelivered(Exception):
    """It did not leave. `lasting`: to try again cannot help."""

    def __init__(self, failure: Failure, *, lasting: bool = False) -> None:
        super().__init__(failure.value)
        self.failure = failure
        self.lasting = lasting


class Carrier(Protocol):
    """Takes a message out of the house."""

    @property
    def keeps(self) -> bool:
        """Whether what left stays readable with its link: only in a demonstration."""

    def send(self, parcel: Parcel) -> None:
        """:raises Undelivered: it did not leave."""


@dataclass(frozen=True)
class Smtp:
    """A mail server. `tls` from the first byte (`implicit`), by STARTTLS, or not at all (`none`)."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    tls: str = "starttls"
    keeps: bool = False

    @classmethod
    def of(cls, url: str) -> "Smtp":
        """Read `smtps://USER:PASSWORD@HOST:PORT`, or `smtp://…` for STARTTLS; plain only to this machine itself."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        implicit = parts.scheme == "smtps"
        tls = "implicit" if implicit else "none" if host in LOOPBACK else "starttls"
        port = parts.port or (465 if implicit else 587)
        return cls(host, port, unquote(parts.username or ""), unquote(parts.password or ""), tls)

    def send(self, parcel: Parcel) -> None:
        """:raises Undelivered: it did not leave."""
        server = EmailBackend(
            host=self.host,
            port=self.port,
            username=self.username,
            password=self.password,
            use_tls=self.tls == "starttls",
            use_ssl=self.tls == "implicit",
            timeout=_SECONDS,
        )
        try:
            server.send_messages([_letter_of(parcel)])
        except ssl.SSLCertVerificationError:
            raise Undelivered(Failure.CERTIFICATE) from None
        except smtplib.SMTPAuthenticationError:
            raise Undelivered(Failure.SIGN_IN) from None
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()), (0, b""))[0]
            if 400 <= code < 500:
                raise Undelivered(Failure.BUSY) from None
            raise Undelivered(Failure.ADDRESS, lasting=True) from None
        except smtplib.SMTPResponseException as answer:
            if 400 <= answer.smtp_code < 500:
                raise Undelivered(Failure.BUSY) from None
            raise Undelivered(Failure.REFUSED, lasting=True) from None
        except (OSError, smtplib.SMTPException):
            raise Undelivered(Failure.UNREACHABLE) from None
        finally:
            # A conversation that broke off half way is left open by the backend.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.close()


_ONE_CLICK = "List-Unsubscribe=One-Click"


def _letter_of(parcel: Parcel) -> EmailMultiAlternatives:
    """The message as MIME: text, HTML, and the picture of the wave within it. Nothing in it is fetched from anywhere."""
    domain = parcel.sender_address.rpartition("@")[2]
    letter = EmailMultiAlternatives(
        parcel.line,
        parcel.text,
        formataddr((parcel.sender, parcel.sender_address)),
        [parcel.address],
        headers={
            "Message-ID": f"<{parcel.id.hex}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            **({"List-Unsubscribe": f"<{parcel.stop}>", "List-Unsubscribe-Post": _ONE_CLICK} if parcel.stop else {}),
        },
    )
    letter.attach_alternative(parcel.html, "text/html")
    letter.mixed_subtype = "related"
    with open(_wave(), "rb") as file:  # noqa: PTH123  finders give a plain string
        picture = MIMEImage(file.read(), "png")
    picture.add_header("Content-ID", "<wave>")
    picture.add_header("Content-Disposition", "inline")
    letter.attach(picture)
    if parcel.calendar:
        # Its name says nothing either: mail programs show it (pitfalls B19).
        letter.attach("appointment.ics", parcel.calendar, "text/calendar")
    return letter


def _wave() -> str:
    found = finders.find("design/email/wave.png")
    assert isinstance(found, str)
    return found


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would hand the number and the text to whom nobody chose."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


@dataclass(frozen=True)
class SmsByHttp:
    """
    A service that takes text messages as a POST of JSON: `{"id", "to", "from", "text"}`, with a bearer token.

    Any answer of 2xx counts as taken; `id` stays the same when a message is tried again, so that the other side sends it once.
    """

    url: str
    token: str
    keeps: bool = False

    def send(self, parcel: Parcel) -> None:
        """:raises Undelivered: it did not leave."""
        asked = Request(  # noqa: S310  the scheme was checked when the settings were read
            self.url,
            json.dumps(
                {"id": parcel.id.hex, "to": parcel.address, "from": parcel.sender, "text": parcel.text}
            ).encode(),
            {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.token}",
                "Idempotency-Key": parcel.id.hex,
            },
        )
        opener = build_opener(_NoRedirect, HTTPSHandler(context=ssl.create_default_context()))
        try:
            with opener.open(asked, timeout=_SECONDS):
                return
        except HTTPError as answer:
            answer.close()
            if answer.code in {401, 403}:
                raise Undelivered(Failure.SIGN_IN) from None
            if answer.code in {408, 429} or answer.code >= 500:
                raise Undelivered(Failure.BUSY) from None
            raise Undelivered(Failure.REFUSED, lasting=True) from None
        except OSError as error:
            bad = isinstance(getattr(error, "reason", error), ssl.SSLCertVerificationError)
            raise Undelivered(Failure.CERTIFICATE if bad else Failure.UNREACHABLE) from None
        except HTTPException:
            raise Undelivered(Failure.UNREACHABLE) from None


class DemoOutbox:
    """Carries nothing: in a demonstration a message counts as sent when the page that shows it has it."""

    keeps = True

    def send(self, parcel: Parcel) -> None:
        """Nothing leaves this machine."""


def _carrier_for(channel: str) -> Carrier:
    """
    What carries a channel, as the settings say.

    :raises Undelivered: nothing is set up for it.
    """
    if settings.TROTH_DEMO:
        return DemoOutbox()
    if channel == Channel.EMAIL and settings.TROTH_MAIL_URL:
        return Smtp.of(settings.TROTH_MAIL_URL)
    if channel == Channel.SMS and settings.TROTH_SMS_URL:
        return SmsByHttp(settings.TROTH_SMS_URL, settings.TROTH_SMS_TOKEN)
    raise Undelivered(Failure.NOT_SET_UP)
