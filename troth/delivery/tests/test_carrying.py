"""The outbox: written sealed, carried by a job, told in the ledger before it leaves, tried again, given up, destroyed."""

import ssl
from collections.abc import Callable
from datetime import timedelta
from email.message import Message as Mail
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from troth.copies import journal
from troth.delivery import selectors, services
from troth.delivery.models import Delivery, Failure, Message
from troth.delivery.rules import LETTERS, LINK, Kind
from troth.delivery.services import carrying
from troth.delivery.services.carriers import Smtp, Undelivered, _carrier_for
from troth.delivery.tests import demonstration
from troth.delivery.tests.conftest import NOW, Certificates, Postbox, work_off
from troth.gate import actors
from troth.gate.contexts import processing
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault import inventory, keystore
from troth.vault.errors import Destroyed, Unopened
from troth.work.models import Job, State

ADDRESS = "zq-sentinel@post.example"
SECRET = "https://clinic.example/l/zq-token/"
CLINIC = "troth.delivery.services.carrying"


@pytest.fixture
def server(serve_mail: Callable[..., Postbox], settings: Any) -> Postbox:
    box = serve_mail()
    settings.TROTH_MAIL_URL = f"smtp://127.0.0.1:{box.port}"
    settings.TROTH_MAIL_FROM = "hello@clinic.example"
    return box


def write(subject: UUID, **other: Any) -> UUID:
    given = {"kind": Kind.RESET_PASSWORD, "to": ADDRESS, "context": {"until": "tomorrow"}, "link": SECRET, **other}
    return services.send_email(subject, by=actors.NOBODY, at=NOW, **given)


def events(subject: UUID) -> list[str]:
    return list(LedgerEvent.objects.filter(subject=subject.hex).order_by("id").values_list("event", flat=True))


def parts(mail: Mail) -> dict[str, str]:
    return {
        part.get_content_type(): part.get_payload(decode=True).decode()  # type: ignore[union-attr]
        for part in mail.walk()
        if part.get_content_maintype() == "text"
    }


def row_of(message: UUID) -> Message:
    return Message.objects.get(pk=message)


def test_every_column_of_this_room_is_declared(db: None) -> None:
    assert [fault for fault in inventory.undeclared() if "delivery" in fault] == []
    assert inventory.misfiled() == []


def test_a_message_arrives_whole(subject: UUID, server: Postbox) -> None:
    message = write(subject)
    assert work_off() == 1
    (mail,) = server.taken
    assert (mail["To"], mail["Subject"]) == (ADDRESS, "Choose a new password")
    assert mail["From"].endswith("<hello@clinic.example>")
    assert mail["Message-ID"] == f"<{message.hex}@clinic.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    said = parts(mail)
    for text in said.values():
        assert SECRET in text and LINK not in text and "Why you got this" in text and "tomorrow" in text
    assert set(said) == {"text/plain", "text/html"}
    assert [part["Content-ID"] for part in mail.walk() if part.get_content_type() == "image/png"] == ["<wave>"]
    assert row_of(message).state == Delivery.SENT


def test_what_lies_in_the_database_tells_nothing(subject: UUID) -> None:
    message = write(subject)
    row = row_of(message)
    with pytest.raises(Unopened):
        assert row.address
    (job,) = Job.objects.filter(name="delivery.carry")
    assert job.arguments == {"message": str(message)}
    assert job.on_behalf_of == ""


def test_a_message_of_an_undone_act_is_never_sent(subject: UUID, server: Postbox) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write(subject)
        1 / 0  # noqa: B018
    assert (work_off(), server.taken, Message.objects.count()) == (0, [], 0)


def test_the_ledger_says_that_it_leaves_before_it_does(
    subject: UUID, server: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, known = write(subject), []
    send = Smtp.send

    def watched(self: Smtp, parcel: Any) -> None:
        known.extend(events(subject))
        send(self, parcel)

    monkeypatch.setattr(Smtp, "send", watched)
    work_off()
    assert Event.MESSAGE_LEFT in known and Event.OPENED in known
    assert Event.MESSAGE_DELIVERED not in known
    assert Event.MESSAGE_DELIVERED in events(subject)
    assert row_of(message).tries == 1


def test_nothing_leaves_when_the_ledger_cannot_be_written(
    subject: UUID, server: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import DatabaseError

    from troth.gate import boundary

    write(subject)

    def away(drafts: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(boundary, "write", away)
    work_off()
    assert server.taken == []
    assert Job.objects.get(name="delivery.carry").state == State.WAITING


def test_the_link_is_forgotten_as_it_leaves(subject: UUID, server: Postbox) -> None:
    message = write(subject)
    work_off()
    with processing(Purpose.RIGHTS, by=actors.person(subject, at=NOW), at=NOW):
        row = row_of(message)
        assert SECRET not in f"{row.text}{row.html}{row.link}"
        assert LINK in row.text
    assert "link" in Message.not_copied


def test_carrying_it_again_sends_nothing(subject: UUID, server: Postbox) -> None:
    message = write(subject)
    work_off()
    services.carry(message, at=timezone.now())
    assert len(server.taken) == 1


def test_a_worker_that_died_midway_sends_it_under_the_same_number(subject: UUID, server: Postbox) -> None:
    message = write(subject)
    carrying._leave[Purpose.ACCOUNT_SECURITY](row_of(message), by=_delivery(), at=NOW)
    assert row_of(message).state == Delivery.LEAVING
    work_off()
    assert [mail["Message-ID"] for mail in server.taken] == [f"<{message.hex}@clinic.example>"]


def _delivery() -> actors.Actor:
    from troth.notice.purposes import Purpose as P

    return actors.Actor(
        "service",
        name="delivery",
        purposes=frozenset({P.ACCOUNT_SECURITY, P.RIGHTS}),
        categories=frozenset({carrying.Category.CONTACT}),
    )


@pytest.mark.parametrize(
    ("answer", "to_address", "failure"),
    [("451 zq-quoted busy", "", Failure.BUSY), ("", "450 zq-quoted full", Failure.BUSY)],
)
def test_a_passing_fault_is_tried_again_later(
    subject: UUID, server: Postbox, answer: str, to_address: str, failure: Failure
) -> None:
    message = write(subject)
    server.answer, server.to_address = answer, to_address
    work_off()
    row, job = row_of(message), Job.objects.get(name="delivery.carry")
    assert (row.state, row.failed_with, row.tries) == (Delivery.QUEUED, failure, 1)
    assert (job.state, job.failed_with) == (State.WAITING, f"{CLINIC}.NotYet")
    assert "zq" not in str(Job.objects.values()) and "zq" not in str(LedgerEvent.objects.values())
    server.answer = server.to_address = ""
    assert work_off() == 0  # not before its time
    assert work_off(at=timezone.now() + timedelta(minutes=1)) == 1
    assert (row_of(message).state, row_of(message).failed_with, row_of(message).tries) == (Delivery.SENT, "", 2)


@pytest.mark.parametrize(
    ("answer", "to_address", "failure"),
    [("554 zq-quoted spam", "", Failure.REFUSED), ("", "550 zq-quoted nobody", Failure.ADDRESS)],
)
def test_a_lasting_fault_stands_in_the_offices_list_and_quotes_nothing(
    subject: UUID, server: Postbox, answer: str, to_address: str, failure: Failure
) -> None:
    message = write(subject)
    server.answer, server.to_address = answer, to_address
    work_off()
    assert (row_of(message).state, row_of(message).failed_with) == (Delivery.FAILED, failure)
    assert Event.MESSAGE_GIVEN_UP in events(subject)
    listed, number = selectors.list_unsent()
    assert (number, selectors.count_given_up()) == (1, 1)
    assert (listed[0].id, listed[0].why) == (message, failure.label)
    assert ADDRESS not in str(listed) and "zq" not in str(listed)


def test_a_message_is_given_up_after_many_tries_and_can_be_tried_afresh(
    subject: UUID, server: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "MOST_TRIES", 3)
    message, at = write(subject), timezone.now()
    server.answer = "451 busy"
    for _ in range(6):
        work_off(at=at)
        at += timedelta(hours=3)
    assert (row_of(message).state, row_of(message).tries) == (Delivery.FAILED, 3)
    server.answer = ""
    officer = actors.Actor("person", subject, roles=frozenset({"privacy_officer"}))
    assert services.try_again(message, by=officer, at=at)
    assert not services.try_again(message, by=officer, at=at)
    work_off()
    assert row_of(message).state == Delivery.SENT


def test_what_nobody_carried_for_a_day_is_given_up(subject: UUID) -> None:
    message = write(subject)
    assert services.give_up_late(at=NOW + timedelta(hours=23)) == 0
    assert services.give_up_late(at=NOW + timedelta(hours=25)) == 1
    assert (row_of(message).state, row_of(message).failed_with) == (Delivery.FAILED, Failure.GIVEN_UP)


def test_without_a_server_messages_wait(subject: UUID, settings: Any) -> None:
    settings.TROTH_MAIL_URL = ""
    message = write(subject)
    work_off()
    assert (row_of(message).state, row_of(message).failed_with) == (Delivery.QUEUED, Failure.NOT_SET_UP)
    assert Event.MESSAGE_LEFT not in events(subject)


def test_what_the_gate_no_longer_allows_is_not_sent(
    subject: UUID, server: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from troth.gate import reasons

    message = write(subject)
    monkeypatch.setattr(reasons, "_reasons", [])
    work_off()
    assert server.taken == []
    assert (row_of(message).state, row_of(message).failed_with) == (Delivery.FAILED, Failure.NOT_ALLOWED)
    assert Event.REFUSED in events(subject)


def test_old_messages_are_destroyed_and_journalled(subject: UUID, stranger: UUID, server: Postbox) -> None:
    known, unknown = write(subject), write(stranger, kind=Kind.NO_ACCOUNT, context={}, link="")
    work_off()
    at = timezone.now()
    assert services.dispose_old(at=at + timedelta(hours=1)) == 0
    before = journal.position().number
    assert services.dispose_old(at=at + timedelta(hours=21)) == 1
    assert not Message.objects.filter(pk=unknown).exists()
    assert keystore.list_stored(stranger) == ()
    assert journal.position().number == before + 1
    row = row_of(known)
    assert services.dispose_old(at=at + timedelta(days=31)) == 1
    with pytest.raises(Destroyed), processing(Purpose.RIGHTS, by=actors.person(subject, at=NOW), at=NOW):
        assert row.address


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_tls_is_spoken_with_a_server_that_proves_who_it_is(
    subject: UUID,
    serve_mail: Callable[..., Postbox],
    certificates: Certificates,
    tls: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    box = serve_mail(tls)
    monkeypatch.setattr(f"{CLINIC}._carrier_for", lambda channel: Smtp("localhost", box.port, tls=tls))
    refused = write(subject)
    work_off()
    assert box.taken == []
    assert (row_of(refused).state, row_of(refused).failed_with) == (Delivery.QUEUED, Failure.CERTIFICATE)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    work_off(at=timezone.now() + timedelta(hours=1))
    assert [mail["To"] for mail in box.taken] == [ADDRESS]


def test_a_certificate_for_another_name_is_refused(
    serve_mail: Callable[..., Postbox], certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = serve_mail("implicit")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    context = ssl.create_default_context()
    assert context.check_hostname and context.verify_mode == ssl.CERT_REQUIRED
    monkeypatch.setattr("socket.getaddrinfo", _as_localhost)
    with pytest.raises(Undelivered) as refused:
        Smtp("mail.elsewhere.example", box.port, tls="implicit").send(_parcel())
    assert refused.value.failure == Failure.CERTIFICATE
    assert box.taken == []


def _as_localhost(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
    import socket

    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def _parcel() -> Any:
    from uuid import uuid4

    from troth.delivery.services.carriers import Parcel

    return Parcel(uuid4(), ADDRESS, "A line", "text", "<p>text</p>", "Clinic", "hello@clinic.example")


def test_a_server_elsewhere_is_never_spoken_to_in_the_clear() -> None:
    assert Smtp.of("smtp://127.0.0.1:25").tls == "none"
    assert Smtp.of("smtp://mail.example").tls == "starttls"
    assert Smtp.of("smtp://us%40er:p%2Fw@mail.example:2525") == Smtp("mail.example", 2525, "us@er", "p/w", "starttls")
    assert (Smtp.of("smtps://mail.example").tls, Smtp.of("smtps://mail.example").port) == ("implicit", 465)


def test_a_server_without_tls_is_left(serve_mail: Callable[..., Postbox]) -> None:
    box = serve_mail()
    with pytest.raises(Undelivered) as refused:
        Smtp("localhost", box.port, tls="starttls").send(_parcel())
    assert (refused.value.failure, box.taken) == (Failure.UNREACHABLE, [])


def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(Undelivered) as refused:
        Smtp("127.0.0.1", 1, tls="none").send(_parcel())
    assert (refused.value.failure, refused.value.lasting) == (Failure.UNREACHABLE, False)


def test_a_wrong_password_is_told(serve_mail: Callable[..., Postbox]) -> None:
    box = serve_mail(accepts_passwords=False)
    with pytest.raises(Undelivered) as refused:
        Smtp("127.0.0.1", box.port, "user", "zq-password", tls="none").send(_parcel())
    assert refused.value.failure == Failure.SIGN_IN
    assert "zq" not in str(refused.value)


def test_a_demonstration_sends_nothing_and_shows_all(subject: UUID, server: Postbox, settings: Any) -> None:
    with pytest.raises(selectors.NoDemonstration):
        selectors.list_sent(at=NOW)
    demonstration.begin(settings)
    message = write(subject)
    work_off()
    assert server.taken == []
    (shown,) = selectors.list_sent(at=timezone.now())
    assert (shown.id, shown.address) == (message, ADDRESS)
    assert SECRET in shown.html and SECRET in shown.text
    assert selectors.get_sent(message, at=timezone.now()) == shown


@pytest.mark.parametrize("kind", Kind)
def test_every_letter_can_be_previewed_and_says_nothing_of_health(
    kind: Kind, settings: Any, notice_in_force: None
) -> None:
    made = selectors.preview(kind, at=NOW)
    for text in (made.line, made.text, made.html):
        assert "{" not in text.replace("{%", "") or "style" in text
        assert LINK not in text
        for word in ("medicine", "prescri", "treatment", "health", "doctor", "test result", "appointment"):
            assert word not in text.casefold(), word
    assert "Why you got this" in made.text and "Aldersyke Clinic" in made.text
    assert LETTERS[kind].line in made.text
    assert "http" not in made.html.replace(settings.TROTH_SITE, "")


def test_a_letter_is_given_the_link_that_it_needs_and_no_other(subject: UUID) -> None:
    with pytest.raises(ValueError, match="needs one-time link"):
        write(subject, link="")
    with pytest.raises(ValueError, match="takes no one-time link"):
        write(subject, kind=Kind.NO_ACCOUNT, context={})
    with pytest.raises(KeyError):
        write(subject, context={})


def test_nothing_carries_text_messages_until_it_is_set_up() -> None:
    with pytest.raises(Undelivered) as refused:
        _carrier_for("sms")
    assert refused.value.failure == Failure.NOT_SET_UP
