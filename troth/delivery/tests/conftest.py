"""A real mail server, with and without TLS, and an authority that signs its certificate."""

import contextlib
import datetime as dt
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message as Mail
from email.parser import BytesParser
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, new_subject
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault.models import SubjectKind
from troth.work.worker import Worker

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@dataclass
class Postbox:
    """What a server took, and what it answers instead when told to."""

    tls: str
    context: ssl.SSLContext
    accepts_passwords: bool = True
    port: int = 0
    taken: list[Mail] = field(default_factory=list)
    answer: str = ""
    to_address: str = ""


class _Conversation(socketserver.StreamRequestHandler):
    """One client's talk with a mail server (RFC 5321, with STARTTLS and AUTH PLAIN)."""

    box: ClassVar[Postbox]

    def setup(self) -> None:
        if self.box.tls == "implicit":
            self._secure()
        super().setup()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.request.close()

    def handle(self) -> None:
        self._say("220 localhost")
        while line := self.rfile.readline():
            words = line.decode().strip()
            verb = words[:4].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "STAR":
                self._say("220 begin")
                self.wfile.flush()
                self._secure()
                super().setup()
            elif verb == "DATA":
                self._take()
            else:
                self._say(*self._answers(verb))

    def _answers(self, verb: str) -> tuple[str, ...]:
        secured = isinstance(self.request, ssl.SSLSocket)
        if verb == "EHLO":
            offers = ("250-STARTTLS",) if self.box.tls == "starttls" and not secured else ("250-AUTH PLAIN",)
            return ("250-localhost", *offers, "250 8BITMIME")
        if verb == "AUTH":
            return ("235 welcome",) if self.box.accepts_passwords else ("535 no",)
        if verb == "RCPT" and self.box.to_address:
            return (self.box.to_address,)
        if verb == "MAIL" and self.box.tls != "none" and not secured:
            return ("530 begin TLS first",)
        return ("250 OK",)

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        if not self.box.answer:
            self.box.taken.append(BytesParser().parsebytes(b"".join(lines)))
        self._say(self.box.answer or "250 taken")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def _secure(self) -> None:
        secured = self.box.context.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
        self.request = secured
        try:
            secured.do_handshake()
        except OSError:
            secured.close()  # the client will not go on with our certificate: that is what is tested
            raise


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing is printed of a client that broke off."""


@dataclass(frozen=True)
class Certificates:
    """Files: the authority's certificate, and a server's chain with its key."""

    authority: Path
    chain: Path


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority of the tests' own, and a certificate for this machine that it signed."""
    folder = tmp_path_factory.mktemp("certificates")
    now = dt.datetime.now(dt.UTC)

    def name(words: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])

    def builder(subject: str, key: Any) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name("authority"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
        )

    above, below = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    identifier = x509.SubjectKeyIdentifier.from_public_key(above.public_key())
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    authority = (
        builder("authority", above)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(usage, critical=True)
        .sign(above, hashes.SHA256())
    )
    server = (
        builder("localhost", below)
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(above, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "authority.pem").write_bytes(authority.public_bytes(pem))
    private = below.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "chain.pem").write_bytes(private + server.public_bytes(pem))
    return Certificates(folder / "authority.pem", folder / "chain.pem")


@pytest.fixture
def serve_mail(certificates: Certificates) -> Iterator[Callable[..., Postbox]]:
    """Start a mail server on a free port: `tls` is "none", "starttls" or "implicit"."""
    running: list[_Server] = []

    def start(tls: str = "none", **more: Any) -> Postbox:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificates.chain)
        box = Postbox(tls, context, **more)
        server = _Server(("127.0.0.1", 0), type("_Talk", (_Conversation,), {"box": box}))
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        running.append(server)
        return box

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@act(Event.PERSON_REGISTERED, purpose=Purpose.REGISTRATION)
def _make(kind: SubjectKind, *, by: Actor, at: datetime) -> UUID:
    return new_subject(kind).id


@pytest.fixture
def subject(notice_in_force: None) -> UUID:
    """Somebody to write to."""
    return _make(SubjectKind.PATIENT, by=actors.NOBODY, at=NOW)


@pytest.fixture
def stranger(notice_in_force: None) -> UUID:
    """Somebody unknown."""
    return _make(SubjectKind.ENQUIRER, by=actors.NOBODY, at=NOW)


def work_off(*, at: datetime | None = None) -> int:
    """Carry every message that is due, and run no schedule that happens to be due as well."""
    worker = Worker(["mail"], now=(lambda: at) if at else timezone.now, jitter=lambda: 1.0)
    done = 0
    while worker.step():
        done += 1
    return done
