"""A save in an open context, and ten thousand at once, against Django's own; auditlog and pghistory stand beside them."""

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from bench.ground import POSTGRESQL, ROOT, Figure, engine, main, say
from bench.timing import interleaved, ratio_of, rounds_of

SAVE = {"sqlite": 2.2, "postgresql": 2.5}
BULK = {"sqlite": 3.0, "postgresql": 3.5}
SAVES = 50  # in a round
PEERS = {"auditlog": "django-auditlog", "pghistory": "django-pghistory"}


def measure(small: bool) -> list[Figure]:
    return [*measure_save(small), *measure_bulk(small)]


def measure_save(small: bool) -> list[Figure]:
    from django.db import transaction

    from bench.cast import booked_people, plain_card, prescriber, save_card
    from troth.gate.contexts import processing
    from troth.notice.purposes import Purpose

    now = datetime.now(UTC)
    actor = prescriber(now)
    people = booked_people(SAVES, by=actor, at=now)
    number = 0

    def plain() -> None:
        plain_card(people[number % SAVES], number, at=now, by=actor.reference).save(force_insert=True)

    def ours() -> None:
        save_card(people[number % SAVES], number, by=actor, at=now)

    def in_one_act() -> None:
        save_many(people, by=actor, at=now)

    def plain_together() -> None:
        with transaction.atomic():
            for subject in people:
                plain_card(subject, number, at=now, by=actor.reference).save(force_insert=True)

    # Single saves alternate, so that a busy machine, which stops long work more often than short, strikes both alike.
    rounds = 250 if small else 1_500
    seconds: dict[str, list[float]] = {"plain": [], "ours": [], "cold": []}
    for number in range(-20, rounds):
        _timed(seconds["plain"], plain)
        _timed(seconds["cold"], ours)  # no context is open: its reason is asked for
        with processing(Purpose.CARE, by=actor, at=now) as opened:  # a page that has admitted the person
            opened.admit([people[number % SAVES]])
            _timed(seconds["ours"], ours)
    seconds = {name: found[20:] for name, found in seconds.items()}
    middle = {name: statistics.median(found) for name, found in seconds.items()}
    own = middle["ours"] / middle["plain"]
    milliseconds = {name: value * 1e3 for name, value in middle.items()}
    first = interleaved(5 if small else 21, ours=in_one_act, plain=plain_together)
    figures = [
        Figure(
            "save in an open context, one commit each",
            engine(),
            own,
            SAVE[engine()],
            detail={"ms": milliseconds["ours"], "plain ms": milliseconds["plain"]},
        ),
        Figure(
            "save with no context open before, one commit each",
            engine(),
            middle["cold"] / middle["plain"],
            None,
            detail={"ms": milliseconds["cold"]},
        ),
        Figure(
            f"{SAVES} saves in one act and one commit",
            engine(),
            first["ours"] / first["plain"],
            None,
            detail={"ms": first["ours"] / SAVES * 1e3},
        ),
    ]
    for name, distribution in PEERS.items():
        figures += _peer(name, distribution, rounds, milliseconds["plain"], own)
    return figures


def _timed(seconds: list[float], work: Callable[[], object]) -> None:
    began = time.perf_counter()
    work()
    seconds.append(time.perf_counter() - began)


def save_many(people: list[UUID], *, by: Any, at: datetime) -> None:
    """The act of `in_one_act`."""
    from bench.cast import save_card
    from troth.gate.acts import act
    from troth.ledger.names import Event
    from troth.notice.purposes import Purpose

    bare: Any = save_card.__wrapped__  # type: ignore[attr-defined]

    @act(Event.NOTE_WRITTEN, purpose=Purpose.CARE)
    def save_all(*, by: Any, at: datetime) -> None:
        for subject in people:
            bare(subject, 7, by=by, at=at)

    save_all(by=by, at=at)


def _peer(name: str, distribution: str, rounds: int, plain_ms: float, own: float) -> list[Figure]:
    """A peer's ratio on this engine, in the same run, from a virtual environment of its own (TROTH_BENCH_PEERS)."""
    python = Path(os.environ.get("TROTH_BENCH_PEERS", "")) / "bin" / "python"
    if not os.environ.get("TROTH_BENCH_PEERS") or not python.exists():
        say(
            f"{distribution} was left out: TROTH_BENCH_PEERS names no virtual environment that holds it (bench/README.md)."
        )
        return []
    if name == "pghistory" and engine() != POSTGRESQL:
        say("django-pghistory was left out: it works with triggers of PostgreSQL and has none for SQLite.")
        return []
    script = ROOT / "bench" / "peers" / "save.py"
    environment = {
        key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "DJANGO_SETTINGS_MODULE"}
    }
    run = subprocess.run(
        [str(python), str(script), name, str(rounds)], capture_output=True, text=True, env=environment, check=False
    )
    if run.returncode != 0:
        say(f"{distribution} was left out: it failed. {run.stderr.strip().splitlines()[-1:]}")
        return []
    found = json.loads(run.stdout)
    against = {"ours": own} if name == "auditlog" else {}
    return [
        Figure(
            f"save with {distribution} {found['version']}, in plain",
            engine(),
            found["ratio"],
            own if name == "auditlog" else None,
            at_least=True,
            detail={"ms": found["ms"], "plain ms": found["plain_ms"], **against},
        )
    ]


def measure_bulk(small: bool) -> list[Figure]:
    from bench.cast import booked_people, prescriber, registered_below
    from bench.ground import card_values
    from bench.specimens.models import Card, PlainCard, PlainSubject
    from troth.gate.acts import act
    from troth.ledger.names import Event
    from troth.notice.purposes import Purpose

    now = datetime.now(UTC)
    actor = prescriber(now)
    count = 2_000 if small else 10_000
    known = booked_people(50, by=actor, at=now)
    values = [card_values(number) for number in range(count)]

    @act(Event.NOTE_WRITTEN, purpose=Purpose.CARE)
    def create_cards(*, by: Any, at: datetime) -> None:
        Card.objects.bulk_create([Card(subject_id=known[n % 50], **values[n]) for n in range(count)])

    @act(Event.NOTE_WRITTEN, purpose=Purpose.CARE)
    def create_first_cards(people: list[UUID], *, by: Any, at: datetime) -> None:
        Card.objects.bulk_create([Card(subject_id=subject, **values[n]) for n, subject in enumerate(people)])

    def plain_rows(people: list[UUID]) -> list[PlainCard]:
        who = actor.reference
        return [
            PlainCard(
                id=uuid4(),
                subject_id=people[n % len(people)],
                recorded_at=now,
                recorded_by=who,
                changed_at=now,
                changed_by=who,
                **values[n],
            )
            for n in range(count)
        ]

    def plain_cards() -> None:
        PlainCard._default_manager.bulk_create(plain_rows(known))

    rounds = 3 if small else 5
    cards = rounds_of(rounds, plain=plain_cards, ours=lambda: create_cards(by=actor, at=now))
    # People who were registered before and hold nothing yet: each key is made, each person gets an event.
    fresh = iter([registered_below(count, by=actor, at=now) for _ in range(rounds + 1)])
    known_rows = [PlainSubject(id=uuid4()) for _ in range(count)]
    PlainSubject._default_manager.bulk_create(known_rows)

    def plain_people() -> None:
        PlainCard._default_manager.bulk_create(plain_rows([subject.id for subject in known_rows]))

    people = rounds_of(rounds, plain=plain_people, ours=lambda: create_first_cards(next(fresh), by=actor, at=now))
    return [
        Figure(
            f"bulk create of {count:,} rows {words}",
            engine(),
            ratio_of(seconds, "ours", "plain"),
            BULK[engine()],
            detail={"s": statistics.median(seconds["ours"]), "plain s": statistics.median(seconds["plain"])},
        )
        for words, seconds in (("of 50 known people", cards), ("of as many people, each their first", people))
    ]


if __name__ == "__main__":
    main(measure)
