"""
The clinic as it is served, with eight clients on this machine's cores: sign-in page, a card, my data; events are written.

Beside it, in turns, GNU Health's create, read and search over its own RPC with as many clients. The clinic is that of the
demonstration, made through the front door; the load is made on the same cores as the answers, alike for both.
"""

import itertools
import json
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from uuid import UUID

from bench import load
from bench.ground import Figure, engine, main, say, vacuum
from bench.load import Answers
from bench.peers import health
from bench.served import Client, served

PEOPLE = 60
TIMES_AS_MANY = 5
#: Which of the peer's calls each page stands beside: opening one, finding one; nothing of the peer's is like a sign-in page.
BESIDE = {"sign-in page": "create", "one card": "read", "my data": "search"}
Ask = Callable[[int, int], tuple[float, int]]


def measure(small: bool) -> list[Figure]:
    seconds, rounds = (3.0, 3) if small else (8.0, 3)
    made = _clinic()
    with ExitStack() as stack:
        server = stack.enter_context(served(clinic=True))
        asks = _pages(server.port, *made)
        asks |= _peer(stack)
        for ask in asks.values():
            load.run(ask, 1.0)  # what a process does once is done
        before = _events()
        found = {name: Answers() for name in asks}
        for _ in range(rounds):
            for name, ask in asks.items():
                found[name].add(load.run(ask, seconds))
        written = _events() - before
    for name, answers in found.items():
        if answers.troubles:
            say(f"clinic: {name}: {len(answers.troubles)} went wrong, such as {answers.troubles[0]}")
    return _figures(found, written)


def _clinic() -> tuple[str, list[str], list[str], str]:
    """A demonstration's clinic. A prescriber's cookie, the people whose card they may open, patients' cookies."""
    os.environ["TROTH_DEMO"] = "yes"
    from django.conf import settings

    settings.TROTH_DEMO = True
    from troth.demo import clinic, histories
    from troth.gate import actors
    from troth.people import services as people
    from troth.people.middleware import cookie_name
    from troth.prescribing.models import OPEN, MedicationRequest

    now = datetime.now(UTC)
    made = clinic.make("online-prescribing", PEOPLE, at=now, progress=lambda *told: None)
    histories.write(made, at=now, progress=lambda *told: None)
    vacuum()

    def sign_in(subject: UUID) -> str:
        actor = actors.person(subject, at=now)
        return people.sign_in(subject, by=actor, at=now, device="bench", second_factor_at=now)

    prescriber = made.staff["prescriber"]
    rows = MedicationRequest.objects.filter(prescriber=prescriber, status__in=OPEN)
    mine = [subject.hex for subject in rows.values_list("subject_id", flat=True)]
    assert mine, "no request is with the prescriber"
    say(f"clinic: {PEOPLE} people made, {len(mine)} of them with the prescriber")
    patients = [subject for subject, _ in made.patients[: load.CLIENTS]]
    return sign_in(prescriber), mine, [sign_in(subject) for subject in patients], cookie_name("troth_session")


def _pages(port: int, prescriber: str, mine: list[str], patients: list[str], named: str) -> dict[str, Ask]:
    """What is asked of the clinic, by name."""
    strangers = [Client(port, "") for _ in range(load.CLIENTS)]
    staff = [Client(port, prescriber, named=named) for _ in range(load.CLIENTS)]
    people = [Client(port, cookie, named=named) for cookie in patients]
    cards = [f"/desk/people/{UUID(subject)}/" for subject in mine]
    for client, path in ((strangers[0], "/sign-in/"), (staff[0], cards[0]), (people[0], "/my-data/")):
        client.get(path)  # it is the page that it says, and no refusal

    def ask_with(clients: list[Client], path: Callable[[int, int], str]) -> Ask:
        return lambda number, turn: clients[number].ask(path(number, turn))[:2]

    return {
        "sign-in page": ask_with(strangers, lambda number, turn: "/sign-in/"),
        "one card": ask_with(staff, lambda number, turn: cards[(number + turn) % len(cards)]),
        "my data": ask_with(people, lambda number, turn: "/my-data/"),
    }


def _peer(stack: ExitStack) -> dict[str, Ask]:
    """What is asked of GNU Health, where it is installed."""
    server = os.environ.get("TROTH_DATABASE_URL") or os.environ.get("TROTH_BENCH_POSTGRESQL")
    if health.programs() is None or not server:
        say(
            "GNU Health was left out: it takes PostgreSQL and `gnuhealth` in TROTH_BENCH_PEERS (bench/peers/README.md)."
        )
        return {}
    try:
        port = stack.enter_context(health.served(server))
        callers = [health.Caller(port)]
        callers += [health.Caller(port, callers[0].session) for _ in range(load.CLIENTS - 1)]
        numbers, made = itertools.count(), [health.create(callers[0], -1)]
    except Exception as error:  # the peer's own troubles are no reason to lose our figures
        say(f"GNU Health was left out: it failed ({type(error).__name__}: {str(error)[:300]}).")
        return {}

    def ask_with(work: Callable[[health.Caller, int], object]) -> Ask:
        def ask(number: int, turn: int) -> tuple[float, int]:
            began = time.perf_counter()
            work(callers[number], turn)
            return time.perf_counter() - began, 200

        return ask

    return {
        "create": ask_with(lambda caller, turn: made.append(health.create(caller, next(numbers)))),
        "read": ask_with(lambda caller, turn: health.read(caller, made[turn % len(made)])),
        "search": ask_with(lambda caller, turn: health.search(caller, turn)),
    }


def _events() -> int:
    from troth.ledger.models import LedgerEvent

    return LedgerEvent.objects.count()


def _figures(found: dict[str, Answers], written: int) -> list[Figure]:
    figures = []
    pages = [name for name in found if name in BESIDE]
    # On SQLite nobody stands beside; `run` then says what GNU Health did on PostgreSQL in the same run.
    theirs: dict[str, dict[str, float]] = json.loads(os.environ.get("TROTH_BENCH_HEALTH", "{}"))
    theirs |= {
        name: {"a second": found[name].rate, **found[name].milliseconds()} for name in found if name not in BESIDE
    }
    for name in pages:
        call, own = BESIDE[name], found[name]
        peer = theirs.get(call)
        figures.append(
            Figure(
                f"{name}, {load.CLIENTS} clients, against GNU Health's {call}"
                if peer
                else f"{name}, {load.CLIENTS} clients",
                engine(),
                own.rate / peer["a second"] if peer else own.rate,
                TIMES_AS_MANY if peer else None,
                "x" if peer else "/s",
                at_least=True,
                detail={"a second": own.rate, **own.milliseconds()}
                | {f"{call} {what}": value for what, value in (peer or {}).items()},
            )
        )
    asked = sum(found[name].statuses.total() for name in pages)
    failed = sum(count for name in pages for status, count in found[name].statuses.items() if status != 200)
    with_events = sum(found[name].statuses[200] for name in pages if name != "sign-in page")
    kinds = {str(status): count for name in pages for status, count in found[name].statuses.items() if status != 200}
    figures += [
        Figure(f"answers that are not 200 among {asked:,}", engine(), failed, 0, "", detail=kinds),
        Figure(
            "events written for each page with somebody's data",
            engine(),
            written / with_events,
            1,
            "",
            at_least=True,
            detail={"events": written},
        ),
    ]
    return figures


if __name__ == "__main__":
    main(measure)
