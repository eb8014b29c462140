"""A person takes their data from one clinic straight to another: two servers, each with its own data, keys and notice."""

import base64
import hashlib
import io
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.apps import apps
from django.db import connection
from django.utils import timezone

from conftest import publish_pack
from tests.stores import Home, connected_to
from troth.gate.contexts import processing
from troth.law.rights import Right
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Action, Purpose
from troth.people.models import Identity
from troth.rights import jobs, selectors, services
from troth.rights.apps import check_partners
from troth.rights.models import Arrival, Asked, RightsCase, Route, State, StepKind
from troth.rights.models.deceased import DeathShownBy
from troth.rights.rules import exchange as rules
from troth.rights.rules.exchange import BadPartners, Envelope, NotAccepted, Partner
from troth.rights.selectors import exchange
from troth.rights.services import StepRefused
from troth.rights.services import exchange as sending
from troth.rights.services.exchange import NotSent
from troth.rights.tests.factories import make_officer, make_patient, subject_of
from troth.sharing import selectors as sharing
from troth.sharing.selectors import count_disclosures
from troth.vault.categories import Category

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime.fromisoformat("2026-11-24T09:30:00+00:00")
SENDER = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
RECEIVER = Ed25519PrivateKey.from_private_bytes(b"r" * 32)
NORTH = Partner("north", "North Clinic", "https://north.example", SENDER.public_key().public_bytes_raw())


def signed(*, at: datetime = NOW, key: Ed25519PrivateKey = SENDER, **other: Any) -> dict[str, str]:
    given = {
        "sender": key.public_key().public_bytes_raw(),
        "receiver": RECEIVER.public_key().public_bytes_raw(),
        "at": at,
        "nonce": "0" * 32,
        "digest": hashlib.sha256(b"content").hexdigest(),
        **other,
    }
    envelope = Envelope(**given)
    return rules.to_headers(envelope, key.sign(envelope.signed))


def read(headers: Mapping[str, str]) -> tuple[Partner, Envelope]:
    return rules.read_envelope(
        headers, partners={"north": NORTH}, receiver=RECEIVER.public_key().public_bytes_raw(), at=NOW
    )


def test_only_what_a_known_clinic_signed_for_us_and_just_now_is_looked_at() -> None:
    partner, envelope = read(signed())
    assert partner.id == "north" and envelope.nonce == "0" * 32
    stranger = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    for bad in (
        {},
        signed(key=stranger),
        signed(receiver=b"o" * 32),  # signed for another clinic
        {**signed(), "Troth-Digest": "f" * 64},
        {**signed(), "Troth-Nonce": "1" * 32},
        {**signed(), "Troth-Signature": "AAAA"},
        {**signed(), "Troth-At": "yesterday"},
        signed(nonce="short"),
    ):
        with pytest.raises(NotAccepted) as refused:
            read(bad)
        assert refused.value.status == 403
    with pytest.raises(NotAccepted) as late:
        read(signed(at=NOW - timedelta(minutes=6)))
    assert late.value.status == 409


def test_a_receipt_is_theirs_and_about_what_was_sent() -> None:
    sent = Envelope(b"", b"", NOW, "0" * 32, "d" * 64)
    receipt = rules.Receipt("a" * 32, "d" * 64, "0" * 32, NOW.isoformat())

    def given(key: Ed25519PrivateKey = SENDER, **other: str) -> bytes:
        said = {**receipt.__dict__, **other}
        return json.dumps({**said, "signature": base64.b64encode(key.sign(receipt.signed)).decode()}).encode()

    assert rules.read_receipt(given(), partner=NORTH, sent=sent) == receipt
    words = (
        {"arrival": "Ring us at once on this number."},
        {"received_at": "today"},
        {"received_at": "2026-11-24T09:30:00"},
    )
    for bad in (
        b"{}",
        b"no json",
        given(RECEIVER),
        given(digest="e" * 64),
        given(nonce="1" * 32),
        *(given(**each) for each in words),
    ):
        with pytest.raises(NotAccepted):
            rules.read_receipt(bad, partner=NORTH, sent=sent)


def test_partners_are_reached_by_https_and_known_by_a_key() -> None:
    row = {"id": "n", "name": "N", "url": "https://n.example/", "key": base64.b64encode(b"k" * 32).decode()}
    assert rules.read_partners(json.dumps([row]))["n"].url == "https://n.example" and rules.read_partners("") == {}
    for wrong in (
        {"url": "http://n.example"},
        {"key": "c2hvcnQ="},
        {"key": "?"},
        {"name": None, "id": None, "key": None},
        {"id": "north clinic"},  # it stands in an address
        {"id": "n" * 51},  # with what stands before it in the log of what was passed on, it would not fit
        {"name": " "},
        {"name": 7},
        {"id": 7},
        {"url": 7},
    ):
        with pytest.raises(BadPartners):
            rules.read_partners(json.dumps([{**row, **wrong}]))
    for other in ({**row, "key": base64.b64encode(b"o" * 32).decode()}, {**row, "id": "m"}):
        with pytest.raises(BadPartners, match="twice"):
            rules.read_partners(json.dumps([row, other]))


def test_a_list_of_partners_that_cannot_be_used_stops_the_start(settings: Any) -> None:
    assert check_partners() == []
    settings.TROTH_PARTNERS = '[{"id": "a b"}]'
    (error,) = check_partners()
    assert error.id == "rights.E001" and "a b" in error.msg


def zip_of(document: object, *, damage: int | None = None) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("my-data.json", json.dumps(document))
    content = bytearray(made.getvalue())
    if damage is not None:
        content[damage] ^= 0xFF
    return bytes(content)


def test_a_damaged_or_spiteful_package_is_kept_unread() -> None:
    held = [
        {"kind": "who you are", "type": "people.identity", "fields": [{"name": "given_name", "value": "Ann \ud800"}]}
    ]
    person, holds = exchange.look_into(zip_of({"held": held}))
    assert person.startswith("Ann") and holds == "1 × who you are"
    assert person.encode()  # half a character would have no way into the database
    for document in ([], {}, {"held": 1}, {"held": ["x"]}, {"held": [{"kind": "x", "type": "people.identity"}]}):
        assert exchange.look_into(zip_of(document)) == ("", "")
    whole = zip_of({"held": held * 50})
    read = [exchange.look_into(zip_of({"held": held * 50}, damage=place)) for place in range(0, len(whole), 3)]
    assert ("", "") in read


def test_two_presses_make_one_case(clinic: Home, settings: Any) -> None:
    """One after the other; that two at once wait for each other is `hold`, which `test_two_words_at_once_are_one_word` shows."""
    ann = make_patient()
    key = base64.b64encode(b"k" * 32).decode()
    other = base64.b64encode(b"o" * 32).decode()
    settings.TROTH_PARTNERS = json.dumps(
        [
            {"id": "north", "name": "North", "url": "http://127.0.0.1:9", "key": key},
            {"id": "south", "name": "South", "url": "http://127.0.0.1:9", "key": other},
        ]
    )
    at = NOW + timedelta(minutes=5)
    first, again, elsewhere = (
        services.ask_to_send(ann.id, name, send=jobs.send_portable, by=ann, at=at)
        for name in ("north", "north", "south")
    )
    assert first == again != elsewhere
    assert RightsCase.objects.filter(right=Right.PORTABILITY).count() == 2
    events = LedgerEvent.objects.filter(event="rights:case_opened")
    assert (
        events.count() == 2 and not events.filter(subject="").exists()
    )  # the press that changed nothing is no event


def test_a_press_on_a_case_that_nothing_sends_any_more_has_it_sent_again(clinic: Home, settings: Any) -> None:
    ann, officer = make_patient(), make_officer()
    key = base64.b64encode(b"k" * 32).decode()
    settings.TROTH_PARTNERS = json.dumps([{"id": "north", "name": "N", "url": "http://127.0.0.1:9", "key": key}])
    at = NOW + timedelta(minutes=5)

    def press() -> UUID:
        return services.ask_to_send(ann.id, "north", send=jobs.send_portable, by=ann, at=at)

    case = press()
    tries = apps.get_model("work", "Job").objects.filter(name=jobs.send_portable.name)
    assert press() == case and tries.count() == 1  # it waits to be tried
    tries.update(state="dead")
    assert press() == case and tries.filter(state="waiting").count() == 1
    assert press() == case and tries.count() == 2
    with processing(Purpose.RIGHTS, Action.READ, by=officer, at=at) as opened:
        assert sum("tried again" in step.words for step in selectors.list_steps(case, opened)) == 1


def test_what_is_too_large_for_others_is_not_tried_for_ever(
    clinic: Home, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, officer = make_patient(), make_officer()
    key = base64.b64encode(b"k" * 32).decode()
    settings.TROTH_PARTNERS = json.dumps([{"id": "north", "name": "N", "url": "http://127.0.0.1:9", "key": key}])
    at = NOW + timedelta(minutes=5)
    case = services.ask_to_send(ann.id, "north", send=jobs.send_portable, by=ann, at=at)
    monkeypatch.setattr(sending, "LARGEST", 10)
    assert not services.send_portable(case, at=at)
    assert not LedgerEvent.objects.filter(event="rights:sent_elsewhere").exists()  # nothing is said to have left
    with processing(Purpose.RIGHTS, Action.READ, by=officer, at=at) as opened:
        assert any("larger than" in step.words for step in selectors.list_steps(case, opened))
    assert RightsCase.objects.get(pk=case).state == State.ASKED


def test_nothing_of_somebody_who_died_is_sent_though_they_asked_while_they_lived(clinic: Home, settings: Any) -> None:
    ann, officer = make_patient(), make_officer()
    key = base64.b64encode(b"k" * 32).decode()
    settings.TROTH_PARTNERS = json.dumps([{"id": "north", "name": "N", "url": "http://127.0.0.1:9", "key": key}])
    at = NOW + timedelta(minutes=5)
    case = services.ask_to_send(ann.id, "north", send=jobs.send_portable, by=ann, at=at)
    (dead,) = services.take_in(
        ann.id, {Asked.DECEASED}, words="I am her executor", route=Route.LETTER, received_on=at.date(),
        applicant={"name": "Bill", "email": "bill@vane.example"}, by=officer, at=at,
    )  # fmt: skip
    services.record_death(dead, died_on=at.date(), shown_by=DeathShownBy.CERTIFICATE, seen="It", by=officer, at=at)
    later = at + timedelta(minutes=1)
    assert not services.send_portable(case, at=later)
    assert not LedgerEvent.objects.filter(event="rights:sent_elsewhere").exists()
    with processing(Purpose.RIGHTS, Action.READ, by=officer, at=later) as opened:
        assert any("They died" in step.words for step in selectors.list_steps(case, opened))


@contextmanager
def serving(home: Home, **settings: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for folder in (
        home.path,
        home.keys,
        home.path.parent / "var-backups",
    ):  # a server insists that they are its owner's alone
        for place in (folder, *folder.rglob("*")) if folder.exists() else ():
            place.chmod(place.stat().st_mode & 0o700)
    program = "import sys; from troth.cli.main import main; sys.argv[0] = 'troth'; sys.exit(main())"
    log = home.path.parent / "served.log"  # a pipe that nobody reads would stop the server when it is full
    with log.open("wb") as written:
        server = subprocess.Popen(
            [sys.executable, "-c", program, "serve", "--workers", "1", "--port", str(port)],
            stdout=written,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                **home.environment,
                "PYTHONPATH": str(ROOT),
                "TROTH_EXTRA_APPS": "bench.specimens",
                **settings,
            },
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            assert server.poll() is None, log.read_text()
            try:
                urllib.request.urlopen(f"{address}/sign-in/", timeout=5).close()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        yield address
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def key_in(home: Home) -> str:
    with connected_to(home):
        return exchange.public_key_text()


def posted(address: str, headers: Mapping[str, str], content: bytes | None) -> int:
    asked = urllib.request.Request(f"{address}{rules.PATH}", content, {"Content-Type": "application/zip", **headers})
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code


@pytest.mark.slow
def test_data_goes_from_one_running_clinic_to_another_and_the_receipt_is_kept(
    committed_db: Home, home: Home, settings: Any
) -> None:
    """This process and its server are the clinic that sends; another server, on data and keys of its own, receives."""
    publish_pack()
    ann, officer = make_patient(at=timezone.now()), make_officer(at=timezone.now())
    with connected_to(home):
        publish_pack("wellness-clinic")
        theirs = exchange.public_key_text()
    ours = exchange.public_key_text()
    assert ours != theirs
    known = json.dumps([{"id": "south", "name": "South Clinic", "url": "https://south.example", "key": ours}])
    with serving(home, TROTH_PARTNERS=known) as north:
        settings.TROTH_PARTNERS = json.dumps([{"id": "north", "name": "North Clinic", "url": north, "key": theirs}])
        at = timezone.now()
        with pytest.raises(StepRefused, match="no such clinic"):
            services.ask_to_send(ann.id, "west", send=jobs.send_portable, by=ann, at=at)
        case = services.ask_to_send(ann.id, "north", send=jobs.send_portable, by=ann, at=at)
        assert services.send_portable(case, at=timezone.now())
        assert not services.send_portable(case, at=timezone.now())  # it went once

        # Whoever else knocks is turned away, whatever they hold.
        content = b"PK stray"
        digest = hashlib.sha256(content).hexdigest()
        envelope = Envelope(
            exchange.public_key(), base64.b64decode(theirs), timezone.now(), secrets.token_hex(16), digest
        )
        good = rules.to_headers(envelope, exchange.exchange_key().sign(envelope.signed))
        stranger = Ed25519PrivateKey.generate()
        forged = replace(envelope, sender=stranger.public_key().public_bytes_raw())
        assert posted(north, rules.to_headers(forged, stranger.sign(forged.signed)), content) == 403
        assert posted(north, good, content + b"!") == 400
        assert posted(north, good, content) == 200
        assert posted(north, good, content) == 200  # the same once more: the same receipt, and it is there once
        assert posted(north, good, None) == 200  # asked after
        assert posted(north, {**good, "Content-Length": str(rules.LARGEST + 1)}, b"") in (413, 400)

    with processing(Purpose.RIGHTS, Action.READ, by=officer, at=timezone.now()) as opened:
        known_case, steps = selectors.get_case(case, opened), selectors.list_steps(case, opened)
    assert known_case.state is State.DONE and known_case.outcome["partner"] == "north"
    (sent,) = [step for step in steps if step.kind is StepKind.SENT]
    with processing(Purpose.RIGHTS, Action.READ, by=officer, at=timezone.now()) as opened:
        (passed,) = sharing.list_disclosures(subject_of(ann), opened)  # My data shows it, and Article 19 reaches them
    assert passed.recipient == "partner:north"  # were the notice to call a recipient `north`, it would be another
    with connection.cursor() as cursor:  # as it was written down before ids had a prefix of their own
        cursor.execute("UPDATE sharing_disclosure SET recipient = 'north'")
        for module in (
            "troth.sharing.migrations.0003_whom_they_chose",
            "troth.rights.migrations.0011_whom_they_chose",
        ):
            cursor.execute(import_module(module).Migration.operations[0].sql)
        cursor.execute("SELECT recipient FROM sharing_disclosure")
        assert cursor.fetchall() == [("partner:north",)]
    assert passed.who == "North Clinic" and Category.IDENTITY in passed.kinds and count_disclosures() == (1, 0)
    assert "North Clinic" in sent.words and sent.detail["digest"] == known_case.outcome["digest"]

    with connected_to(home):
        reader = make_officer(at=timezone.now(), email="officer@north.example")
        assert Arrival.objects.count() == 2
        arrivals, total = exchange.list_arrivals()
        assert total == 2
        with processing(Purpose.RIGHTS, Action.READ, by=reader, at=timezone.now() + timedelta(seconds=2)) as opened:
            came = {each.person: each for each in (exchange.get_arrival(row[0], opened) for row in arrivals)}
        assert set(came) == {"", "Maureen Oddie, born 1971-03-09"}
        whole = came["Maureen Oddie, born 1971-03-09"]
        assert whole.digest == sent.detail["digest"] and whole.id.hex == sent.detail["arrival"] and "×" in whole.holds
        assert not Identity.objects.exists()  # it is in no record
        services.settle_arrival(
            whole.id, words="Entered by hand by Dr Quist.", by=reader, at=timezone.now() + timedelta(seconds=3)
        )
        with pytest.raises(StepRefused, match="already"):
            services.settle_arrival(
                whole.id, words="Entered by hand once more.", by=reader, at=timezone.now() + timedelta(seconds=3)
            )


def test_an_answer_that_breaks_off_is_no_receipt_and_the_case_says_so(clinic: Home, settings: Any) -> None:
    class Half(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b'ff\r\n{"arrival": "')

    ann, at = make_patient(), NOW + timedelta(minutes=5)
    with HTTPServer(("127.0.0.1", 0), Half) as server:
        row = {"id": "north", "name": "N", "url": f"http://127.0.0.1:{server.server_port}"}
        settings.TROTH_PARTNERS = json.dumps([{**row, "key": base64.b64encode(b"k" * 32).decode()}])
        case = services.ask_to_send(ann.id, "north", send=jobs.send_portable, by=ann, at=at)
        answering = threading.Thread(target=server.handle_request)
        answering.start()
        with pytest.raises(NotSent, match="broke off"):
            services.send_portable(case, at=at)
        answering.join()
    with processing(Purpose.RIGHTS, Action.READ, by=make_officer(), at=at) as opened:
        assert any("they may have it or not" in step.words for step in selectors.list_steps(case, opened))


def test_an_arrival_names_what_came_before_about_the_same_person(clinic: Home) -> None:
    at = NOW + timedelta(minutes=5)
    for number, name in enumerate(("Ann", "Ann", "Bess")):
        fields = [{"name": "given_name", "value": name}]
        content = zip_of({"held": [{"kind": "who you are", "type": "people.identity", "fields": fields}]})
        envelope = Envelope(b"", b"", at, f"{number:032x}", hashlib.sha256(content).hexdigest())
        services.take_arrival(NORTH, envelope, content, at=at + timedelta(seconds=number))
    with processing(Purpose.RIGHTS, Action.READ, by=make_officer(), at=at + timedelta(minutes=1)) as opened:
        bess, again, first = (exchange.get_arrival(row[0], opened) for row in exchange.list_arrivals()[0])
        assert exchange.list_alike(again, opened) == [(first.id, first.arrived_at)]
        assert exchange.list_alike(bess, opened) == []


def test_what_cannot_be_sent_stays_on_the_list(clinic: Home, settings: Any) -> None:
    ann = make_patient()
    key = base64.b64encode(b"k" * 32).decode()
    settings.TROTH_PARTNERS = json.dumps([{"id": "north", "name": "N", "url": "http://127.0.0.1:9", "key": key}])
    at = NOW + timedelta(minutes=5)
    case = services.ask_to_send(ann.id, "north", send=jobs.send_portable, by=ann, at=at)
    for _ in range(2):
        with pytest.raises(NotSent):
            services.send_portable(case, at=at)
    with processing(Purpose.RIGHTS, Action.READ, by=make_officer(), at=at) as opened:
        assert [step.words for step in selectors.list_steps(case, opened) if step.kind is StepKind.NOTE] == [
            "To N, straight from us.",
            "It is being sent to N. We wait for their receipt.",
            "It did not go to N: their computer could not be reached. It is tried again for a while.",
        ]
    row = RightsCase.objects.get(pk=case)
    assert row.state == State.ASKED and row.right == Right.PORTABILITY
