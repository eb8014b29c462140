"""
Rights as people use them, over HTTP: a copy of everything, and an erasure, from the request to the end; one client and eight.

Beside them, in turns, Fides with its own server and worker over a clinic's database in plain. The people who ask were
registered, and wrote, through the front door; as many as the peer has fill the tables besides. Both have twenty rows a person
in eight tables. What each did and did not reach stands in the details: completeness comes before speed.
"""

import http.client
import io
import itertools
import os
import re
import socket
import statistics
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from bench.ground import Figure, engine, main, say, settle, vacuum
from bench.peers import fides
from bench.served import served

if TYPE_CHECKING:
    from troth.gate.actors import Actor

TIMES_AS_FAST, CLIENTS = 10, 8
PASSWORD = "heron-lantern-oatcake"
#: The words that stand in everybody's rows, each with their own number: what a copy must have, and an erasure must take.
WORDS = "what only {number} wrote"
ROWS_WITH_WORDS = 14
#: What goes when its person asks. The rest of what they wrote is of their health, which the law has the clinic keep.
GOES = {"people.Contact", "people.EarlierContact", "contact.Enquiry", "contact.Conversation", "contact.VisitMessage"}
#: A server runs for days. What a process, a thread or a connection does the first few times only is done before: so many copies by
#: so many people each, and erasures; and of the peer so many of either.
WARM_PEOPLE, WARM_COPIES, WARM_ERASURES, WARM_PEER = 8, 10, 40, 8
#: How often the peer is asked whether it is done, in seconds, with one client and with eight: longer would count as its own time.
PAUSE = 0.05


def measure(small: bool) -> list[Figure]:
    """The figures, on the engine of the environment."""
    people, alone, together, rounds = (1_000, 6, 16, 2) if small else (50_000, 12, 24, 3)
    asked = rounds * (alone + together)
    persons = _persons(WARM_ERASURES + 2 * asked)
    _fill(people - len(persons))
    vacuum()
    with ExitStack() as stack:
        server = stack.enter_context(served(clinic=True))
        visitors = [Visitor(server.port, cookie, number) for number, cookie in enumerate(persons.values())]
        peer = _peer(stack, people)
        settle()
        warm, visitors = visitors[:WARM_ERASURES], visitors[WARM_ERASURES:]
        for _ in range(WARM_COPIES):
            _run([each.access for each in warm[:WARM_PEOPLE]], CLIENTS)
        _run([each.erasure for each in warm], CLIENTS)
        turns = {"access": [*visitors[:asked]], "erasure": [*visitors[asked:]]}
        found: dict[tuple[str, str, int], list[_Round]] = {}
        presses: dict[str, list[float]] = {}
        numbers = itertools.count(1_000)
        for _ in range(rounds):
            for right in ("access", "erasure"):
                for clients, count in ((1, alone), (CLIENTS, together)):
                    taken, turns[right] = turns[right][:count], turns[right][count:]
                    mine = [getattr(each, right) for each in taken]
                    found.setdefault(("Troth", right, clients), []).append(_run(mine, clients))
                    if clients == 1:
                        presses.setdefault(right, []).extend(each.press for each in taken)
                    if peer is not None:
                        theirs = [_asking(peer, right, next(numbers)) for _ in range(count)]
                        found.setdefault(("Fides", right, clients), []).append(_run(theirs, clients))
        reached = {"Troth": _reached(visitors[:asked], list(persons)[WARM_ERASURES + asked :])}
        if peer is not None:
            reached["Fides"] = {name: left for name, left in peer.left_of(peer.erased).items() if left}
            for each in peer.failed:
                say(f"asking: Fides did not complete {each}")
    return _figures(found, reached, presses)


@dataclass
class _Round:
    """Seconds of each, and of all."""

    seconds: list[float]
    lasted: float


def _run(asks: list[Callable[[], float | None]], clients: int) -> _Round:
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        seconds = list(pool.map(lambda ask: ask(), asks))
    return _Round([each for each in seconds if each is not None], time.perf_counter() - began)


def _asking(peer: "fides.Fides", right: str, number: int) -> Callable[[], float | None]:
    caller = fides.Fides(peer.port, peer.base, peer.token)
    caller.failed = peer.failed
    if right == "erasure":
        peer.erased.append(number)
    return lambda: caller.ask(right, number, pause=PAUSE)


@dataclass
class Visitor:
    """Somebody signed in, on a connection of their own; their copy is kept to be looked into afterwards."""

    port: int
    cookie: str
    number: int
    copy: bytes = b""
    cookies: dict[str, str] = field(default_factory=dict)
    press: float = 0.0  # seconds of it from the press of the button, without the page on which that stands

    def __post_init__(self) -> None:
        from troth.people.middleware import cookie_name

        self.cookies[cookie_name("troth_session")] = self.cookie
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as browsers do

    def send(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes, str]:
        """Status, body, and where it leads."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{self.port}",
        }
        self.connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = self.connection.getresponse()
        body = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, body, answer.headers.get("Location", "")

    def page(self, path: str) -> dict[str, str]:
        """
        The hidden fields of a page.

        :raises RuntimeError: it was not answered with 200.
        """
        status, body, _ = self.send("GET", path)
        if status != 200:
            raise RuntimeError(f"{path} was answered with {status}: {body[:500].decode(errors='replace')}")
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body.decode())
        return dict(hidden)

    def access(self) -> float:
        """
        The page that tells of it and the press of its button, to the last byte of the copy.

        :raises RuntimeError: it was refused.
        """
        began = time.perf_counter()
        token = self.page("/my-data/")
        pressed = time.perf_counter()
        status, self.copy, _ = self.send("POST", "/my-data/copy/", token)
        took, self.press = time.perf_counter() - began, time.perf_counter() - pressed
        if status != 200:
            raise RuntimeError(f"the copy was answered with {status}: {self.copy[:500].decode(errors='replace')}")
        return took

    def erasure(self) -> float:
        """
        The page that tells what goes and what stays, the agreement with the password, and the certificate's page.

        :raises RuntimeError: it was refused.
        """
        began = time.perf_counter()
        agreed = self.page("/my-data/erase/") | {"password": PASSWORD, "account": "keep"}
        pressed = time.perf_counter()
        status, body, onward = self.send("POST", "/my-data/erase/", agreed)
        if status != 302:
            raise RuntimeError(f"the erasure was answered with {status}: {body[:3000].decode(errors='replace')}")
        self.page(onward)
        self.press = time.perf_counter() - pressed
        return time.perf_counter() - began


def _persons(count: int) -> dict[UUID, str]:
    """People with an account, twenty rows of their own and a session, by subject."""
    from troth.gate import actors
    from troth.people import services as people
    from troth.rights.tests.factories import make_patient

    made: dict[UUID, str] = {}
    at = datetime.now(UTC)
    for number in range(count):
        person = make_patient(at=at, email=f"asks{number}@post.example")
        assert person.id is not None
        for row in _rows(person.id, number, at):
            _write(row, person, at)
        made[person.id] = people.sign_in(person.id, by=actors.person(person.id, at=at), at=at, device="bench")
    say(f"asking: {count} people who will ask, with twenty rows each")
    return made


def _rows(subject: UUID, number: int, at: datetime) -> list[Any]:
    """
    Twenty rows in eight tables besides the name: with the contact details that came of registering, the kinds of `GOES`, and three
    that a clinic must keep of their health.
    """
    from django.apps import apps

    from troth.vault.models import Subject

    owner = Subject.objects.only("id").get(pk=subject)
    words = WORDS.format(number=number)

    def model(label: str) -> Any:
        return apps.get_model(label)

    common = {"subject": owner}
    clinical = {**common, "source": "person", "release": "released"}
    earlier = {"email": "old@post.example", "telephone": "01632 960001", "address": words, "postcode": "NE46 1AA"}
    rows = [model("people.EarlierContact")(**common, **earlier) for _ in range(2)]
    rows += [
        model("contact.Enquiry")(
            **common, name="Somebody", email="old@post.example", words=words, answer="", asked_at=at
        )
        for _ in range(2)
    ]
    talk = model("contact.Conversation")(**common, begun_by="them", about="visits", turn="ours", last_at=at)
    rows.append(talk)
    rows += [
        model("contact.VisitMessage")(
            **common, conversation=talk.pk, number=each + 1, by_staff=False, written_at=at, words=words
        )
        for each in range(3)
    ]
    rows += [model("records.AllergyIntolerance")(**clinical, substance=words, reaction="rash") for _ in range(3)]
    rows += [model("records.MedicationStatement")(**clinical, medicine=words, dose="one") for _ in range(4)]
    rows += [
        model("records.Observation")(**clinical, measure="weight", value=Decimal(70 + each), taken_on=at.date())
        for each in range(4)
    ]
    return rows


def _write(row: Any, person: "Actor", at: datetime) -> None:
    from troth.rights.tests.factories import write

    write(row, by=person, at=at)


def _fill(count: int) -> None:
    """So many more people with twenty clinical rows each, so that the tables are as long as the peer's."""
    from bench.cast import prescriber, registered_below
    from troth.gate.acts import act
    from troth.ledger.names import Event
    from troth.notice.purposes import Purpose
    from troth.records.models import AllergyIntolerance, MedicationStatement, Observation

    at = datetime.now(UTC)
    actor = prescriber(at)

    @act(Event.NOTE_WRITTEN, purpose=Purpose.CARE)
    def write_all(subjects: list[UUID], *, by: "Actor", at: datetime) -> None:
        told: dict[str, Any] = {"source": "clinic", "release": "released"}
        AllergyIntolerance.objects.bulk_create(
            AllergyIntolerance(subject_id=each, substance="Penicillin", reaction="rash", **told)
            for each in subjects
            for _ in range(6)
        )
        MedicationStatement.objects.bulk_create(
            MedicationStatement(subject_id=each, medicine="Amlodipine", dose="5 mg", **told)
            for each in subjects
            for _ in range(7)
        )
        Observation.objects.bulk_create(
            Observation(subject_id=each, measure="weight", value=Decimal(71), taken_on=at.date(), **told)
            for each in subjects
            for _ in range(7)
        )

    for begin in range(0, count, 500):
        write_all(registered_below(min(500, count - begin), by=actor, at=at), by=actor, at=at)
        if begin % 5_000 == 0:
            say(f"asking: {begin:,} of {count:,} others")


def _peer(stack: ExitStack, people: int) -> "fides.Fides | None":
    """Fides beside us, where it is installed."""
    server = os.environ.get("TROTH_DATABASE_URL") or os.environ.get("TROTH_BENCH_POSTGRESQL")
    if fides.programs() is None or not server:
        say(
            "Fides was left out: it takes PostgreSQL, Redis, and `fides` in TROTH_BENCH_PEERS (bench/peers/README.md)."
        )
        return None
    try:
        peer = stack.enter_context(fides.served(server, max(people, 2_000)))
        for right in fides.POLICIES:
            _run([_asking(peer, right, number) for number in range(1, WARM_PEER + 1)], CLIENTS)
        peer.erased.clear()
        peer.failed.clear()
    except Exception as error:  # the peer's own troubles are no reason to lose our figures
        say(f"Fides was left out: it failed ({type(error).__name__}: {str(error)[:500]}).")
        return None
    return peer


def _reached(copied: list[Visitor], erased: list[UUID]) -> dict[str, int]:
    """
    What the erasures left, as rows by table; the law has each of them kept.

    :raises AssertionError: a copy lacks what its person wrote, or has what somebody else did; or an erasure left what goes.
    """
    from troth.vault.models import all_holdings

    numbered = re.compile(WORDS.format(number="([0-9]+)"))
    for visitor in copied:
        with zipfile.ZipFile(io.BytesIO(visitor.copy)) as opened:
            data = opened.read("my-data.json").decode()
        numbers = numbered.findall(data)
        assert {*numbers} == {str(visitor.number)}, f"the copy of {visitor.number} speaks of {sorted({*numbers})}"
        assert len(numbers) >= ROWS_WITH_WORDS, f"the copy of {visitor.number} has {len(numbers)} of its rows"
    counted = {
        model._meta.label: model._base_manager.filter(subject_id__in=erased).count() for model in all_holdings()
    }
    assert counted.keys() >= GOES, f"the tables have other names than {sorted(GOES - counted.keys())}"
    left = {label: counted[label] for label in GOES if counted[label]}
    assert not left, f"the erasures left {left}"
    return {label: count for label, count in counted.items() if count}


def _figures(
    found: dict[tuple[str, str, int], list[_Round]],
    reached: dict[str, dict[str, int]],
    presses: dict[str, list[float]],
) -> list[Figure]:
    figures = []
    for (who, right, clients), rounds in found.items():
        if who != "Troth":
            continue
        unit = "s" if clients == 1 else "/s"
        own = _middle(rounds, clients)
        theirs = found.get(("Fides", right, clients))
        peer = _middle(theirs, clients) if theirs else None
        times = None if peer is None else (peer / own if clients == 1 else own / peer)
        detail: dict[str, Any] = {f"Troth {unit}": own}
        if peer is not None:
            detail[f"Fides {unit}"] = peer
        if clients == 1:
            detail["Troth s, from the press"] = statistics.median(presses[right])
        if right == "erasure" and clients == CLIENTS:
            detail["rows left, by table"] = reached["Troth"]
            if "Fides" in reached:
                detail["Fides left as they were"] = reached["Fides"]
        figures.append(
            Figure(
                f"{right} over HTTP, {clients} client{'s' * (clients > 1)}" + (", against Fides" if times else ""),
                engine(),
                own if times is None else times,
                None if times is None else TIMES_AS_FAST,
                unit if times is None else "x",
                at_least=True,
                detail=detail,
            )
        )
    return figures


def _middle(rounds: list[_Round], clients: int) -> float:
    """With one client the median of the rounds' medians, in seconds; with more, requests a second."""
    if clients == 1:
        return statistics.median(statistics.median(each.seconds) for each in rounds)
    return statistics.median(len(each.seconds) / each.lasted for each in rounds)


if __name__ == "__main__":
    main(measure)
