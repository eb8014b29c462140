"""A page of fifty people and one card, over HTTP with sign-in and events, against the same in plain without audit."""

import statistics
from datetime import UTC, datetime

from bench.ground import Figure, engine, main, say, vacuum
from bench.served import Client, processor_seconds, served
from bench.timing import percentile

PEOPLE = 50
LIMITS = {"list": {"sqlite": 1.4, "postgresql": 1.6}, "card": {"sqlite": 1.3, "postgresql": 1.5}}
LOOKS = {"desk": "in the desk's template", "bare": "in a bare HTML table"}


def measure(small: bool) -> list[Figure]:
    from bench.cast import booked_people, plain_card, prescriber, save_card, signed_in

    now = datetime.now(UTC)
    actor = prescriber(now)
    cookie = signed_in(actor, at=now)
    people = booked_people(PEOPLE, by=actor, at=now)
    others = prescriber(now)
    for subject in booked_people(
        200 if small else 2_000, by=others, at=now
    ):  # a table of fifty rows would be no table
        save_card(subject, 7, by=others, at=now)
        plain_card(subject, 7, at=now, by=others.reference).save(force_insert=True)
    for number, subject in enumerate(people):
        save_card(subject, number, by=actor, at=now)
        plain_card(subject, number, at=now, by=actor.reference).save(force_insert=True)
    vacuum()
    say(f"pages: {PEOPLE} people among {len(people)} and others are ready")
    rounds = 40 if small else 400
    figures = []
    with served() as server:
        client = Client(server.port, cookie)
        for page in ("list", "card"):
            for look, words in LOOKS.items():
                figures.append(_measure(client, server.process, page, look, words, rounds, people[7]))
    return figures


def _measure(client: Client, process: int, page: str, look: str, words: str, rounds: int, subject: object) -> Figure:
    tail = f"list/{look}/" if page == "list" else f"card/{subject}/{look}/"
    times: dict[str, list[float]] = {"sealed": [], "plain": []}
    same = {half: client.get(f"/{half}/{tail}")[1] for half in times}
    assert same["sealed"] == same["plain"], "the two halves show different pages"
    for half in ("sealed", "plain") * 15:
        client.get(f"/{half}/{tail}")
    for turn in range(rounds):
        for half in ("sealed", "plain") if turn % 2 else ("plain", "sealed"):
            times[half].append(client.get(f"/{half}/{tail}")[0] * 1000)
    medians = {half: statistics.median(found) for half, found in times.items()}
    spent = _processor(client, process, tail, rounds // 10)
    what = f"page of {PEOPLE} people" if page == "list" else "one card"
    return Figure(
        f"{what}, {words}",
        engine(),
        medians["sealed"] / medians["plain"],
        LIMITS[page][engine()],
        detail={
            "added ms": medians["sealed"] - medians["plain"],
            "ms": medians["sealed"],
            "plain ms": medians["plain"],
            "p95 ms": percentile(times["sealed"], 0.95),
            "plain p95 ms": percentile(times["plain"], 0.95),
            **spent,
        },
    )


def _processor(client: Client, process: int, tail: str, blocks: int) -> dict[str, float]:
    """The server's processor time a page, in alternating blocks of five: what a busy machine cannot blur."""
    spent: dict[str, list[float]] = {"sealed": [], "plain": []}
    for _ in range(blocks):
        for half, found in spent.items():
            before = processor_seconds(process)
            for _ in range(5):
                client.get(f"/{half}/{tail}")
            after = processor_seconds(process)
            if before is None or after is None:
                return {}
            found.append((after - before) / 5 * 1000)
    medians = {half: statistics.median(found) for half, found in spent.items()}
    return {
        "processor x": medians["sealed"] / medians["plain"],
        "processor ms": medians["sealed"],
        "plain processor ms": medians["plain"],
    }


if __name__ == "__main__":
    main(measure)
