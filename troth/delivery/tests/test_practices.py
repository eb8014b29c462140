"""What carries letters to practices: MESH and secure email, each against a server on this machine."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from troth.delivery.models import Failure
from troth.delivery.services.carriers import Undelivered
from troth.delivery.services.inbox import Inbox
from troth.delivery.services.mesh import Mesh
from troth.delivery.services.secure_mail import PracticeLetter, SecureMail, is_trusted
from troth.delivery.tests import mesh as meshes
from troth.delivery.tests.conftest import Certificates, Postbox
from troth.vault import files

LETTER = PracticeLetter(uuid4(), b"%PDF-1.7 sentinel", "Aldersyke", "letters@aldersyke.example", "01632 960000")
PRACTICE = "a12345.letters@nhs.net"


@pytest.fixture(
    params=["local", pytest.param("sandbox", marks=pytest.mark.skipif(not meshes.SANDBOX, reason="MESH_SANDBOX"))]
)
def mesh(request: pytest.FixtureRequest) -> Iterator[Any]:
    with meshes.opened() if request.param == "local" else meshes.sandbox() as found:
        yield found


def ours(mesh: Any, **other: str) -> Mesh:
    said = {"password": meshes.PASSWORD, "shared_key": meshes.KEY, "workflow": meshes.WORKFLOW, **other}
    return Mesh(mesh.address, meshes.OURS, **said)


def test_a_letter_goes_to_the_mailbox_of_a_practice_and_is_followed(mesh: Any) -> None:
    box = ours(mesh)
    box.shake_hands()
    number = box.send(box.find(meshes.PRACTICE), LETTER.file, letter=LETTER.id)
    assert box.track(number) == "accepted"
    assert mesh.collect() == [LETTER.file]
    assert box.track(number) == "acknowledged"


def test_what_lies_in_our_mailbox_is_fetched_whole_and_goes_once_it_is_acknowledged(mesh: Any) -> None:
    box = Inbox(ours(mesh))
    assert box.waiting() == []
    whole = b"%PDF-1.7 sentinel" + bytes(range(256)) * 900
    number = mesh.deposit(whole[:200_000], whole[200_000:])
    assert box.waiting() == [number]
    for _ in range(2):  # it stays until it is acknowledged
        came = box.fetch(number)
        assert b"".join(came.file.read()) == whole
        assert (came.is_report, came.sender) == (False, meshes.THEIRS)
        assert (came.file.name, came.file.media_type) == ("records.pdf", "application/pdf")
    assert b"sentinel" not in files.path_of(came.file.place).read_bytes()
    box.acknowledge(number)
    box.acknowledge(number)
    assert box.waiting() == []


def test_a_report_says_which_message_it_is_about_and_why(mesh: Any) -> None:
    sent = ours(mesh).send(meshes.THEIRS, LETTER.file, letter=LETTER.id)
    box = Inbox(ours(mesh))
    came = box.fetch(mesh.report(sent, local=LETTER.id.hex))
    assert (came.is_report, came.about, came.local) == (True, sent, LETTER.id.hex)
    assert came.failure is None and b"not collected" in b"".join(came.file.read())


def sealed() -> set[Path]:
    return {path for path in (Path(settings.TROTH_HOME) / "files").rglob("*") if path.is_file()}


def test_what_is_cut_off_or_larger_than_anything_here_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.delivery.services.inbox.LARGEST", 10)
    before = sealed()
    with meshes.opened() as local:
        number, torn = local.deposit(b"%PDF-1.7 sentinel"), local.deposit(gzip.compress(b"sentinel")[:-4])
        local.inbox[torn][1]["Content-Encoding"] = "gzip"
        for each in (number, torn):
            with pytest.raises(Undelivered):
                Inbox(ours(local)).fetch(each)
        assert local.acknowledged == []
    assert sealed() == before


@pytest.mark.parametrize("wrong", [{"password": "another"}, {"shared_key": "another"}])
def test_who_signs_with_another_key_is_not_let_in(mesh: Any, wrong: dict[str, str]) -> None:
    with pytest.raises(Undelivered) as refused:
        ours(mesh, **wrong).shake_hands()
    assert (refused.value.failure, refused.value.lasting) == (Failure.SIGN_IN, False)


def test_a_practice_without_a_mailbox_is_told_apart_from_a_server_that_is_busy(mesh: Any) -> None:
    box = ours(mesh)
    for attempt in (lambda: box.find("NONE"), lambda: box.send("NONE", b"x", letter=uuid4())):
        with pytest.raises(Undelivered) as refused:
            attempt()
        assert (refused.value.failure, refused.value.lasting) == (Failure.NO_MAILBOX, True)
    if isinstance(mesh, meshes.LocalMesh):
        mesh.busy = True
        with pytest.raises(Undelivered) as refused:
            box.find(meshes.PRACTICE)
        assert (refused.value.failure, refused.value.lasting) == (Failure.BUSY, False)


def test_a_mesh_that_is_away_is_tried_again() -> None:
    with pytest.raises(Undelivered) as refused:
        Mesh("http://127.0.0.1:1", "X", "p", "k", "w").shake_hands()
    assert (refused.value.failure, refused.value.lasting) == (Failure.UNREACHABLE, False)


def send(box: Postbox, *, to: str = PRACTICE, implicit: bool = False) -> None:
    SecureMail("localhost", box.port, "user", "word", implicit).send(to, LETTER)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_secure_email_carries_the_letter_and_says_nothing_beside_it(
    serve_mail: Callable[..., Postbox], certificates: Certificates, monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    box = serve_mail(tls)
    send(box, implicit=tls == "implicit")
    (mail,) = box.taken
    assert (mail["To"], mail["Message-ID"]) == (PRACTICE, f"<{LETTER.id.hex}@aldersyke.example>")
    (paper,) = [part for part in mail.walk() if part.get_content_type() == "application/pdf"]
    assert paper.get_payload(decode=True) == LETTER.file


def test_a_server_that_offers_no_tls_gets_nothing_though_it_is_this_machine(
    serve_mail: Callable[..., Postbox],
) -> None:
    box = serve_mail("none")
    with pytest.raises(Undelivered) as refused:
        send(box)
    assert refused.value.failure == Failure.NO_TLS and box.taken == []


def test_a_server_that_cannot_prove_who_it_is_gets_nothing(serve_mail: Callable[..., Postbox]) -> None:
    for tls in ("starttls", "implicit"):
        box = serve_mail(tls)
        with pytest.raises(Undelivered) as refused:
            send(box, implicit=tls == "implicit")
        assert refused.value.failure == Failure.CERTIFICATE and box.taken == []


@pytest.mark.parametrize("to", ["gp@surgery.example", "gp@nhs.net.example", "@nhs.net", "nhs.net"])
def test_an_address_elsewhere_is_never_written_to(serve_mail: Callable[..., Postbox], to: str) -> None:
    box = serve_mail("none")
    with pytest.raises(Undelivered) as refused:
        send(box, to=to)
    assert (refused.value.failure, refused.value.lasting) == (Failure.ADDRESS, True)
    assert not is_trusted(to) and is_trusted("A12345.Letters@NHS.net")


def test_an_address_that_the_server_does_not_know_cannot_be_helped(
    serve_mail: Callable[..., Postbox], certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    with pytest.raises(Undelivered) as refused:
        send(serve_mail("starttls", to_address="550 nobody here"))
    assert (refused.value.failure, refused.value.lasting) == (Failure.ADDRESS, True)
    with pytest.raises(Undelivered) as refused:
        send(serve_mail("starttls", answer="451 later"))
    assert (refused.value.failure, refused.value.lasting) == (Failure.BUSY, False)
