"""
Letters to GP practices by secure email: to nobody but an address of a domain that is trusted with them, and never in the clear.

TLS of at least 1.2 is always spoken, and the server's certificate verified; a server that offers none is left, this machine's own
too. Where the server knows REQUIRETLS (RFC 8689), it is held to that on the rest of the way. What it answers is never kept.
"""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.conf import settings

from troth.delivery.models import Failure
from troth.delivery.services.carriers import Undelivered

_SECONDS = 20


@dataclass(frozen=True)
class PracticeLetter:
    """A letter as it leaves for a practice. `id` is its row's, by which the other side knows one that comes twice."""

    id: UUID
    file: bytes  # the letter, as PDF
    sender: str  # the clinic's name
    sender_address: str
    telephone: str


@dataclass(frozen=True)
class SecureMail:
    """A mail server that is trusted with such letters; `implicit`: TLS from the first byte, else by STARTTLS."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    implicit: bool = False

    @classmethod
    def set_up(cls) -> "SecureMail | None":
        """The one of the settings, or None: `smtps://USER:PASSWORD@HOST:PORT`, or `smtp://…` for STARTTLS."""
        if not settings.TROTH_GP_MAIL_URL:
            return None
        parts = urlsplit(settings.TROTH_GP_MAIL_URL)
        implicit = parts.scheme == "smtps"
        port = parts.port or (465 if implicit else 587)
        return cls(parts.hostname or "", port, unquote(parts.username or ""), unquote(parts.password or ""), implicit)

    def send(self, to: str, letter: PracticeLetter) -> None:
        """:raises Undelivered: it did not leave."""
        if not is_trusted(to):
            raise Undelivered(Failure.ADDRESS, lasting=True)
        with _in_a_word(), contextlib.closing(self._connect()) as server:
            options = ["REQUIRETLS"] if server.has_extn("requiretls") else []
            server.sendmail(letter.sender_address, [to], _mail_of(to, letter), mail_options=options)
            with contextlib.suppress(smtplib.SMTPException):
                server.quit()

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.implicit:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_SECONDS)
        try:
            server.ehlo()
            if not self.implicit:
                if not server.has_extn("starttls"):
                    raise Undelivered(Failure.NO_TLS)
                server.starttls(context=context)
                server.ehlo()
            if self.username:
                server.login(self.username, self.password)
        except BaseException:
            server.close()
            raise
        return server


def _is_trusted(address: str) -> bool:
    """Whether an address is of a domain of the settings: in each of them, mail is secure by itself (DCB1596)."""
    name, at, domain = address.strip().casefold().rpartition("@")
    return bool(name and at) and domain in settings.TROTH_GP_MAIL_DOMAINS


# It reads the settings and nothing of anybody: no act.
is_trusted = _is_trusted


def _mail_of(to: str, letter: PracticeLetter) -> bytes:
    """The line and the text say nothing of anybody: who it is about stands in the letter alone."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = "A letter about a patient of your practice"
    mail["From"] = formataddr((letter.sender, letter.sender_address))
    mail["To"] = to
    mail["Message-ID"] = f"<{letter.id.hex}@{letter.sender_address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(
        "The letter is attached. The patient agreed that we write to you.\n\n"
        f"If they are not registered with you, destroy it and tell us: {letter.telephone}.\n\n{letter.sender}\n"
    )
    mail.add_attachment(letter.file, maintype="application", subtype="pdf", filename="letter.pdf")
    return mail.as_bytes()


@contextlib.contextmanager
def _in_a_word() -> Iterator[None]:
    """:raises Undelivered: something went wrong, told by one of a closed list."""
    try:
        yield
    except ssl.SSLCertVerificationError:
        raise Undelivered(Failure.CERTIFICATE) from None
    except smtplib.SMTPAuthenticationError:
        raise Undelivered(Failure.SIGN_IN) from None
    except smtplib.SMTPRecipientsRefused as refused:
        busy = all(400 <= code < 500 for code, _ in refused.recipients.values())
        raise Undelivered(Failure.BUSY if busy else Failure.ADDRESS, lasting=not busy) from None
    except smtplib.SMTPResponseException as answer:
        busy = 400 <= answer.smtp_code < 500
        raise Undelivered(Failure.BUSY if busy else Failure.REFUSED, lasting=not busy) from None
    except (OSError, smtplib.SMTPException):
        raise Undelivered(Failure.UNREACHABLE) from None
