"""
The clinic's day: the week of ten practitioners with six hundred visits, a search over eight weeks, and clients who race.

The week is drawn by the desk's own view, in this process. Beside it stands the same view over the same rows with names and
services at hand in plain: nobody is asked about, nothing is opened, and no event is written. The search is for a service that needs
a room and a machine.
"""

import multiprocessing
import random
import statistics
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest import mock
from uuid import UUID

from bench.ground import ROOT, Figure, engine, main, say, vacuum
from bench.timing import percentile

WEEK, SEARCH_MS = 1.5, 100
PRACTITIONERS, VISITS, RACERS = 10, 600, 32


def measure(small: bool) -> list[Figure]:
    from troth.notice import services as notices

    pack = (ROOT / "troth" / "notice" / "packs" / "wellness-clinic.yaml").read_text()
    notices.publish(pack, by="bench", at=datetime(2024, 1, 2, tzinfo=UTC))
    clinic = _clinic(small)
    vacuum()
    rounds = 20 if small else 100
    return [_week(clinic, rounds), _search(clinic, rounds), _race(clinic)]


def _clinic(small: bool) -> dict[str, Any]:
    """Ten practitioners who work all week, rooms and machines, and a week in full; its visits are of half an hour or an hour."""
    from django.db import transaction

    from troth.diary import services
    from troth.diary.rules import NotPossible
    from troth.diary.selectors import ResourceKind
    from troth.gate import actors
    from troth.gate.boundary import boundary
    from troth.people.tests.factories import make_patient, make_staff

    at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    monday = at.date() + timedelta(days=9 - at.weekday())
    manager = actors.person(make_staff("clinic_manager", at=at, name="Ruth Penn", email="m@clinic.example"), at=at)
    setup = actors.person(make_staff("administrator", at=at, name="Ada Quill", email="a@clinic.example"), at=at)
    desk = make_staff("receptionist", at=at, name="Callum Hythe", email="r@clinic.example")
    staff = [
        make_staff("practitioner", at=at, name=f"Orla {number:02}", email=f"p{number}@clinic.example")
        for number in range(PRACTITIONERS)
    ]
    people = [make_patient(at=at, email=f"b{number}@post.example") for number in range(VISITS // 2)]
    place = services.keep_place(name="Quarry Steps", by=manager, at=at)
    for kind in (ResourceKind.ROOM, ResourceKind.MACHINE):
        for number in range(6):
            services.keep_resource(
                kind=kind, name=f"{kind} {number}", sort=f"a {kind}", place=place, by=manager, at=at
            )
    for each in staff:
        services.set_hours(each, hours=dict.fromkeys(range(6), (32, 76)), by=setup, at=at)
    plain = services.offer_service(name="Review", minutes=30, by=manager, at=at)
    laser = services.offer_service(
        name="Laser", minutes=30, before=5, after=10, room_sort="a room", machine_sort="a machine", by=manager, at=at
    )
    begin = datetime(monday.year, monday.month, monday.day, 9, tzinfo=UTC)
    number = 0
    for practitioner, who in enumerate(staff):
        with boundary(), transaction.atomic():
            for turn in range(VISITS // PRACTITIONERS):
                starts = begin + timedelta(days=turn // 10, minutes=60 * (turn % 10))
                subject = people[(practitioner * 30 + turn * 7 + turn // 10) % len(people)]
                try:
                    services.book(
                        subject,
                        practitioner=who,
                        service=laser if practitioner < 3 else plain,
                        starts_at=starts,
                        told=False,
                        by=actors.person(subject, at=at),
                        at=at,
                    )
                    number += 1
                except NotPossible:  # the person, or every room, is taken in that hour
                    continue
    say(f"diary: {number} visits of {PRACTITIONERS} practitioners are ready")
    return {
        "at": at,
        "monday": monday,
        "desk": desk,
        "staff": staff,
        "people": people,
        "plain": plain,
        "laser": laser,
        "visits": number,
    }


def _week(clinic: dict[str, Any], rounds: int) -> Figure:
    from django.test import RequestFactory, override_settings

    from troth.desk.views import diary as view
    from troth.diary import selectors
    from troth.diary.models import Appointment
    from troth.diary.selectors import visit_of
    from troth.gate import actors
    from troth.gate.boundary import boundary
    from troth.gate.contexts import processing
    from troth.notice.purposes import Action, Purpose

    at, monday = datetime.now(UTC), clinic["monday"]
    reception = actors.person(clinic["desk"], at=at, second_factor_at=at)
    with processing(Purpose.BOOKING, Action.READ, by=reception, at=at) as opened:
        known = {each.id: (each.name, each.service, each.colour) for each in selectors.list_visits(monday, 6, opened)}

    opening = selectors.list_visits

    def plainly(first: date, days: int, opened: Any) -> list[Any]:
        """The same rows, with what is sealed at hand."""
        since = datetime(first.year, first.month, first.day, tzinfo=UTC)
        rows = Appointment.objects.filter(starts_at__gte=since, starts_at__lt=since + timedelta(days=days))
        found = [visit_of(row, "", False) for row in rows.exclude(state="cancelled").order_by("starts_at")]
        return [
            replace(each, name=known[each.id][0], service=known[each.id][1], colour=known[each.id][2], withheld=False)
            for each in found
        ]

    def once(plain: bool) -> float:
        request = RequestFactory().get("/desk/diary/", {"on": monday.isoformat()})
        listed = plainly if plain else opening
        with (
            mock.patch.object(selectors, "list_visits", listed),
            override_settings(ROOT_URLCONF="troth.config.urls"),
        ):
            began = time.perf_counter()
            with boundary(), processing(Purpose.BOOKING, Action.READ, by=reception, at=at) as opened:
                request.actor, request.at, request.opened = reception, at, opened  # type: ignore[attr-defined]
                body = view.week(request).content
            spent = time.perf_counter() - began
        assert b"Maureen" in body
        return spent * 1000

    times: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(rounds + 3):
        for plain in (True, False) if turn % 2 else (False, True):
            spent = once(plain)
            if turn >= 3:
                times[plain].append(spent)
    sealed, plain_ms = (statistics.median(times[each]) for each in (False, True))
    return Figure(
        f"week of {PRACTITIONERS} practitioners, {clinic['visits']} visits",
        engine(),
        sealed / plain_ms,
        WEEK,
        detail={"sealed_ms": round(sealed, 1), "plain_ms": round(plain_ms, 1)},
    )


def _search(clinic: dict[str, Any], rounds: int) -> Figure:
    from troth.diary import selectors

    at, found = datetime.now(UTC), []
    for _ in range(rounds + 3):
        began = time.perf_counter()
        free = selectors.search_free(clinic["laser"], at.date(), 56, at=at)
        found.append((time.perf_counter() - began) * 1000)
        assert len(free) == PRACTITIONERS and all(free.values())
    found = found[3:]
    return Figure(
        f"free times of 8 weeks, {PRACTITIONERS} practitioners, room and machine",
        engine(),
        statistics.median(found),
        SEARCH_MS,
        unit="ms",
        detail={"p95_ms": round(percentile(found, 95), 1)},
    )


def _race(clinic: dict[str, Any]) -> Figure:
    """Thirty-two processes book whatever is free in the week after, for two seconds' worth of tries each."""
    from django.db import connections

    from troth.diary import selectors

    connections.close_all()
    context = multiprocessing.get_context("fork")
    monday = clinic["monday"] + timedelta(days=7)
    began = time.perf_counter()
    with context.Pool(RACERS) as pool:
        made = pool.map(
            _book,
            [(clinic["plain"], monday, clinic["people"][number::RACERS]) for number in range(RACERS)],
            chunksize=1,
        )
    spent = time.perf_counter() - began
    found = selectors.count_clashes(at=datetime.now(UTC))
    assert (found.touching, found.unheld, found.guarded) == (0, 0, True), found
    return Figure(
        f"{RACERS} clients race for times, bookings",
        engine(),
        sum(made) / spent,
        None,
        unit="a second",
        at_least=True,
        detail={"booked": sum(made), "clashes": found.touching},
    )


def _book(job: tuple[UUID, date, list[UUID]]) -> int:
    from troth.diary import rules, selectors, services
    from troth.gate import actors
    from troth.gate.boundary import boundary

    service, monday, people = job
    dice, done = random.Random(str(people)), 0
    for subject in people:
        for _ in range(6):
            at = datetime.now(UTC)
            on = monday + timedelta(days=dice.randrange(6))
            free = selectors.free_on(service, on, None, subject=subject, at=at)
            if not free:
                break
            chosen = dice.choice(free)
            try:
                with boundary():
                    services.book(
                        subject,
                        practitioner=chosen.practitioner,
                        service=service,
                        starts_at=chosen.at,
                        told=False,
                        by=actors.person(subject, at=at),
                        at=at,
                    )
            except rules.NotPossible:
                continue
            done += 1
            break
    return done


if __name__ == "__main__":
    main(measure)
