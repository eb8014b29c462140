"""
Many clients race for few times, rooms and one machine, in processes of their own that are killed at random: nothing overlaps, and
no visit that somebody was told of is lost.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from datetime import time as time_of_day
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone

from conftest import publish_pack
from tests.stores import Home
from troth.diary import selectors, services
from troth.diary.models import Appointment, Hold, ResourceKind
from troth.diary.tests.conftest import open_clinic
from troth.gate import actors
from troth.law.calendar import LONDON
from troth.ledger.models import LedgerEvent
from troth.people.tests.factories import make_patient

ROOT = Path(__file__).resolve().parent.parent.parent.parent
#: The one machine serves one person at a time, so that there are so many times in ten hours whoever works.
TIMES = 20
CHILDREN = 6
PLACES = 4


@pytest.mark.parametrize("clients", [16, pytest.param(200, marks=pytest.mark.slow)])
def test_whoever_races_gets_a_time_alone_or_none(committed_db: Home, tmp_path: Path, clients: int) -> None:
    publish_pack("wellness-clinic")
    at = timezone.now() - timedelta(days=2)
    clinic = open_clinic(at)
    monday = timezone.localdate() + timedelta(days=7 - timezone.localdate().weekday())
    by, setup = clinic.actor(clinic.manager, at), actors.person(clinic.administrator, at=at)
    place = services.keep_place(name="Quarry Steps", by=by, at=at)
    for kind, names in ((ResourceKind.ROOM, ("Room 1", "Room 2")), (ResourceKind.MACHINE, ("Laser",))):
        for name in names:
            services.keep_resource(kind=kind, name=name, sort=f"a {kind}", place=place, by=by, at=at)
    laser = services.offer_service(
        name="sentinel-laser", minutes=25, after=5, room_sort="a room", machine_sort="a machine", by=by, at=at
    )
    for practitioner in (clinic.orla, clinic.dev):
        services.set_hours(practitioner, hours={0: (32, 72)}, by=setup, at=at)
    waiting = [make_patient(at=at, email=f"racer{number}@post.example") for number in range(clients)]
    answers: dict[str, str] = {}
    seed, rounds = random.Random(clients), 0
    while waiting:
        rounds += 1
        assert rounds < 12
        answers |= _race(committed_db, tmp_path / f"round-{rounds}", waiting, laser, monday.isoformat(), seed, rounds)
        waiting = [each for each in waiting if str(each) not in answers]
    booked = {client: visit for client, visit in answers.items() if visit != "none"}
    visits = {row.pk: row for row in Appointment.objects.all()}
    # No visit that somebody was told of is lost. Who was killed between the booking and the answer may have one too.
    for client, visit in booked.items():
        assert visits[UUID(visit)].subject_id == UUID(client)
    told = set(LedgerEvent.objects.filter(event="diary:visit_booked").values_list("subject", flat=True))
    assert {row.subject_id.hex for row in visits.values()} == told
    held = defaultdict(list)
    kept = Hold.objects.filter(until__isnull=True)
    for hold in kept:
        held[hold.thing].append((hold.first, hold.last))
    for stretches in held.values():
        stretches.sort()
        assert all(one[1] <= other[0] for one, other in pairwise(stretches))
    # Each visit holds its person, practitioner, room and machine, and nothing is held for no visit.
    assert len(kept) == 4 * len(visits)
    assert {hold.appointment for hold in kept} == set(visits)
    # Nobody was sent away while a time was free. What was kept by who was killed is over by itself. Visits begin on a quarter of an
    # hour, so that fewer than twenty may fill the day.
    assert len(visits) <= TIMES
    left = selectors.search_free(laser, monday, 1, at=timezone.now())
    assert len(booked) == clients or not any(left.values())


def test_the_last_places_of_a_class_are_won_by_as_many_as_there_are(committed_db: Home, tmp_path: Path) -> None:
    publish_pack("wellness-clinic")
    at = timezone.now() - timedelta(days=2)
    clinic = open_clinic(at)
    on = timezone.localdate() + timedelta(days=7 - timezone.localdate().weekday())
    begins = datetime.combine(on, time_of_day(10), tzinfo=LONDON)
    by = clinic.actor(clinic.manager, at)
    yoga = services.offer_service(name="sentinel-class", minutes=60, places=PLACES, by=by, at=at)
    services.plan_classes(service=yoga, practitioner=clinic.orla, starts=[begins], by=by, at=at)
    racers = [make_patient(at=at, email=f"racer{number}@post.example") for number in range(2 * PLACES)]
    # No child is killed: whoever finds no place left was told so by those who have one.
    answers = _race(committed_db, tmp_path / "class", racers, yoga, on.isoformat(), random.Random(7), 3)
    booked = {UUID(client) for client, visit in answers.items() if visit != "none"}
    assert len(answers) == 2 * PLACES and len(booked) == PLACES
    assert {row.subject_id for row in Appointment.objects.all()} == booked
    kept = list(Hold.objects.filter(until__isnull=True).values_list("thing", flat=True))
    # The class holds its practitioner; each who comes holds themselves and a place of their own.
    assert len(kept) == len(set(kept)) == 1 + 2 * PLACES


def _race(
    home: Home, out: Path, waiting: list[UUID], service: UUID, on: str, seed: random.Random, rounds: int
) -> dict[str, str]:
    """Start the children, kill some of them in the midst of it, and give what the clients were told."""
    process = subprocess.Popen(
        [sys.executable, "-m", "troth.diary.tests.racer"],
        env={**os.environ, **home.environment, "PYTHONPATH": str(ROOT)},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin and process.stdout
    shares = [[str(each) for each in waiting[number::CHILDREN]] for number in range(CHILDREN)]
    process.stdin.write(json.dumps({"service": str(service), "on": on, "shares": shares, "out": str(out)}) + "\n")
    process.stdin.flush()
    children = json.loads(process.stdout.readline())
    for child in seed.sample(children, 3 if rounds < 3 else 0):
        time.sleep(seed.uniform(0.05, 0.6))
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    process.wait(timeout=300)
    process.stdin.close()
    process.stdout.close()
    lines = [line.split() for file in out.parent.glob(f"{out.name}-*") for line in file.read_text().splitlines()]
    # A line that was cut off was told to nobody.
    return {line[0]: line[1] for line in lines if len(line) == 2}
