"""A receipt is lost on the way, and it is tried again: it arrives once. The clinic of these tests sends to itself."""

import hashlib
import io
import json
import threading
from datetime import datetime, timedelta
from email.message import Message
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client

from conftest import publish_pack
from tests.stores import Home
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Action, Purpose
from troth.people import services as people
from troth.rights import jobs, selectors, services
from troth.rights.models import Arrival, RightsCase, State, StepKind
from troth.rights.rules.exchange import PATH, Envelope, NotAccepted, Partner
from troth.rights.selectors import exchange
from troth.rights.services import arriving
from troth.rights.services import exchange as sending
from troth.rights.services.exchange import NotSent
from troth.rights.tests.factories import make_officer, make_patient, subject_of
from troth.vault import keystore

NOW = datetime.fromisoformat("2026-11-24T09:30:00+00:00")
AT = NOW + timedelta(minutes=5)
NORTH = Partner("north", "North Clinic", "https://north.example", b"n" * 32)
SOUTH = Partner("south", "South Clinic", "https://south.example", b"s" * 32)


class Line:
    """Between the two clinics. Of the requests, those of which `lost` is true are taken in and the answer never comes."""

    def __init__(self) -> None:
        self.lost: list[bool] = []
        self.down = 0
        self.went: list[tuple[str, str, int]] = []

    def open(self, request: Request, timeout: int) -> Any:
        if self.down:
            self.down -= 1
            raise ConnectionResetError
        method = request.get_method()
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.header_items()}
        answer = Client().generic(method, PATH, request.data or b"", "application/zip", **headers)  # type: ignore[arg-type]
        self.went.append((method, headers["HTTP_TROTH_NONCE"], answer.status_code))
        if self.lost and self.lost.pop(0):
            raise ConnectionResetError
        if answer.status_code != 200:
            raise HTTPError(request.full_url, answer.status_code, "", Message(), io.BytesIO(answer.content))
        content = io.BytesIO(answer.content)
        return content


@pytest.fixture
def line(clinic: Home, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Line:
    row = {"id": "north", "name": "N", "url": "http://127.0.0.1:9", "key": exchange.public_key_text()}
    settings.TROTH_PARTNERS = json.dumps([row])
    made = Line()
    monkeypatch.setattr(sending, "build_opener", lambda *_: made)
    monkeypatch.setattr("troth.portal.views.exchange.timezone", SimpleNamespace(now=lambda: AT))
    return made


def ask(person: Actor) -> UUID:
    return services.ask_to_send(subject_of(person), "north", send=jobs.send_portable, by=person, at=AT)


def move_house(person: Actor) -> None:
    people.change_contact(
        subject_of(person),
        email="ann@oddie.example",
        telephone="+441482555999",
        address="2 New Road, Hull",
        postcode="HU1 2AB",
        by=person,
        at=AT + timedelta(minutes=1),
    )


def put_state(case: UUID, state: State) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rights_rightscase SET state = %s", [state.value])
    assert RightsCase.objects.get(pk=case).state == state


def notes_on(case: UUID) -> list[str]:
    with processing(Purpose.RIGHTS, Action.READ, by=make_officer(), at=AT) as opened:
        return [step.words for step in selectors.list_steps(case, opened) if step.kind is StepKind.NOTE]


def left() -> int:
    return LedgerEvent.objects.filter(event="rights:sent_elsewhere").count()


def test_a_lost_receipt_is_given_again_and_nothing_leaves_twice(line: Line) -> None:
    case = ask(make_patient())
    line.lost = [True]
    with pytest.raises(NotSent, match="broke off"):
        services.send_portable(case, at=AT)
    assert services.send_portable(case, at=AT + timedelta(minutes=1))
    assert [(method, status) for method, _, status in line.went] == [("POST", 200), ("GET", 200)]
    assert len({number for _, number, _ in line.went}) == 1
    arrival = Arrival.objects.get()
    assert left() == 1 and RightsCase.objects.get(pk=case).state == State.DONE
    with processing(Purpose.RIGHTS, Action.READ, by=make_officer(), at=AT) as opened:
        known = selectors.get_case(case, opened)
    assert known.outcome["arrival"] == arrival.pk.hex


def test_a_receipt_is_given_again_whatever_changed_since(line: Line) -> None:
    ann = make_patient()
    case = ask(ann)
    line.lost = [True, True]
    for _ in range(2):
        with pytest.raises(NotSent, match="broke off"):
            services.send_portable(case, at=AT)
    move_house(ann)
    assert services.send_portable(case, at=AT + timedelta(minutes=2))
    assert Arrival.objects.count() == 1 and left() == 1
    with processing(Purpose.RIGHTS, Action.READ, by=make_officer(), at=AT) as opened:
        known = selectors.get_case(case, opened)
        assert known.outcome["digest"] == exchange.get_arrival(Arrival.objects.get().pk, opened).digest


def test_what_never_came_goes_again_under_its_number(line: Line) -> None:
    case = ask(make_patient())
    line.down = 1
    with pytest.raises(NotSent):
        services.send_portable(case, at=AT)
    assert services.send_portable(case, at=AT + timedelta(minutes=1))
    assert [(method, status) for method, _, status in line.went] == [("GET", 404), ("POST", 200)]
    assert len({number for _, number, _ in line.went}) == 1 and Arrival.objects.count() == 1
    assert sum("being sent" in words for words in notes_on(case)) == 1


def test_what_changed_and_never_came_goes_under_a_number_of_its_own(line: Line) -> None:
    ann = make_patient()
    case = ask(ann)
    line.down = 1
    with pytest.raises(NotSent):
        services.send_portable(case, at=AT)
    move_house(ann)
    assert services.send_portable(case, at=AT + timedelta(minutes=2))
    assert len({number for _, number, _ in line.went}) == 2 and Arrival.objects.count() == 1
    assert sum("being sent" in words for words in notes_on(case)) == 2


def test_whoever_began_later_leaves_the_number_alone(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    case = ask(make_patient())
    whole = sending._pack

    def overtaken(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(sending, "_pack", whole)
        assert services.send_portable(case, at=AT) is True
        put_state(case, State.ASKED)  # as if its receipt had not come yet
        return whole(*args, **kwargs)

    monkeypatch.setattr(sending, "_pack", overtaken)
    with pytest.raises(NotSent, match="another try"):
        services.send_portable(case, at=AT)
    assert Arrival.objects.count() == 1


def test_a_case_that_was_closed_meanwhile_sends_nothing(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    case = ask(make_patient())
    whole = sending._pack

    def closed(*args: Any, **kwargs: Any) -> Any:
        packed = whole(*args, **kwargs)
        put_state(case, State.DONE)
        return packed

    monkeypatch.setattr(sending, "_pack", closed)
    assert services.send_portable(case, at=AT) is False
    assert not line.went and left() == 0


def test_an_address_that_knows_nothing_of_records_is_no_receipt(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    case = ask(make_patient())
    monkeypatch.setattr(sending, "PATH", "/nothing/")
    monkeypatch.setattr(line, "open", lambda request, timeout: _answer_404(request))
    for _ in range(2):
        with pytest.raises(NotSent, match="404"):
            services.send_portable(case, at=AT)


def _answer_404(request: Request) -> None:
    raise HTTPError(request.full_url, 404, "", Message(), io.BytesIO())


def envelope_of(content: bytes, number: str = "1" * 32) -> Envelope:
    return Envelope(b"", b"", AT, number, hashlib.sha256(content).hexdigest())


def test_the_same_from_the_same_clinic_is_taken_in_once_and_its_receipt_is_the_same(clinic: Home) -> None:
    first = services.take_arrival(NORTH, envelope_of(b"one"), b"one", at=AT)
    later = AT + timedelta(hours=3)
    assert services.take_arrival(NORTH, envelope_of(b"one"), b"one", at=later) == first
    assert services.give_receipt(NORTH, envelope_of(b"one"), at=later) == first
    assert LedgerEvent.objects.filter(event="rights:arrival_came").count() == 1
    with pytest.raises(NotAccepted, match="Something else") as other:
        services.take_arrival(NORTH, envelope_of(b"two"), b"two", at=later)
    assert other.value.status == 422 and Arrival.objects.count() == 1
    with pytest.raises(NotAccepted) as unknown:
        services.give_receipt(SOUTH, envelope_of(b"one"), at=later)
    assert unknown.value.status == 404
    assert (
        services.take_arrival(SOUTH, envelope_of(b"one"), b"one", at=later) != first
    )  # theirs has a number of its own
    assert Arrival.objects.count() == 2


@pytest.mark.parametrize("with_its_row", [False, True])
def test_what_was_destroyed_here_does_not_come_back_under_its_number(clinic: Home, with_its_row: bool) -> None:
    services.take_arrival(NORTH, envelope_of(b"one"), b"one", at=AT)
    row = Arrival.objects.get()
    keystore.destroy(row.subject_id, ["rights.arrivals"])
    if with_its_row:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM rights_arrival")
    for again in (
        lambda: services.take_arrival(NORTH, envelope_of(b"one"), b"one", at=AT),
        lambda: services.give_receipt(NORTH, envelope_of(b"one"), at=AT),
    ):
        with pytest.raises(NotAccepted, match="destroyed") as gone:
            again()
        assert gone.value.status == 410
    assert Arrival.objects.count() == (0 if with_its_row else 1)


def test_two_that_come_at_once_are_one(committed_db: Home) -> None:
    publish_pack()
    together, given = threading.Barrier(2), []

    def come() -> None:
        together.wait()
        try:
            given.append(services.take_arrival(NORTH, envelope_of(b"one"), b"one", at=AT))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == 2 and len(set(given)) == 1 and Arrival.objects.count() == 1


def test_who_finds_it_written_meanwhile_gives_the_receipt_of_the_first(
    clinic: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at once, one after the other: the second looked before the first was there."""
    whole, first = arriving._receipt, []

    def looked_before(*args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(arriving, "_receipt", whole)
        first.append(services.take_arrival(NORTH, envelope_of(b"one"), b"one", at=AT))

    monkeypatch.setattr(arriving, "_receipt", looked_before)
    assert [services.take_arrival(NORTH, envelope_of(b"one"), b"one", at=AT)] == first
    assert Arrival.objects.count() == 1


def test_the_database_holds_a_number_of_a_clinic_once(clinic: Home) -> None:
    for number in "123":
        services.take_arrival(NORTH, envelope_of(b"one", number * 32), b"one", at=AT)
    with connection.cursor() as cursor:  # of those from before there were numbers there may be many
        cursor.execute("UPDATE rights_arrival SET transfer = '' WHERE transfer <> %s", ["3" * 32])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE rights_arrival SET transfer = %s", ["3" * 32])
