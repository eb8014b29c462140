"""
What a person asks of everything held about them, at the size of the issue: 1,000 records and 100 files of 1 MiB.

Their own copy of it all, from the request to the sealed ZIP of page, table and data; the reviewed copy with its paper, from the
order to the sealed and checked ZIP, as the job builds it; the erasure of all of it, from the decision to the certificate; and
the copy of somebody with a typical record. Memory is the highest of the process that made it, its start included.
"""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bench.ground import ROOT, Figure, engine, main, say

if TYPE_CHECKING:
    from troth.gate.actors import Actor

SECONDS, MIB = 30, 350  # with the paper
PLAIN_SECONDS, PLAIN_MIB = 10, 200  # page, table and data alone
TYPICAL, TYPICAL_FILES, TYPICAL_SECONDS, ERASED_SECONDS = 60, 3, 1, 2
FILE = 1 << 20
OWN = """
import json, pathlib, re, sys, time, uuid
from datetime import timedelta
import django
django.setup()
from troth.gate import actors
from troth.gate.contexts import processing
from troth.notice.purposes import Action, Purpose
from troth.rights import selectors
from troth.rights.tests.factories import LATER
from troth.vault import files
at, found = LATER + timedelta(minutes=5), []
for each in sys.argv[1:]:
    person = actors.person(uuid.UUID(each), at=at)
    began = time.perf_counter()
    with processing(Purpose.RIGHTS, Action.EXPORT, by=person, at=at) as opened:
        made = selectors.make_copy(person.id, opened, at=at)
    size = files.store(made.pieces(), name="my-data.zip", media_type="application/zip").size
    seconds = time.perf_counter() - began
    highest = re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())
    found.append([seconds, size, int(highest[1]) / 1024])
print(json.dumps(found))
"""


def measure(small: bool) -> list[Figure]:
    """The figures, on the engine of the environment."""
    records, documents = (100, 10) if small else (1_000, 100)
    from troth.gate.contexts import processing
    from troth.law.rights import Right
    from troth.notice.purposes import Purpose
    from troth.rights import jobs, services
    from troth.rights.rules.packing import Decided
    from troth.rights.selectors import packs
    from troth.rights.tests.factories import LATER, make_officer, make_patient

    soon = LATER + timedelta(minutes=5)
    person, typical, officer = make_patient(), make_patient(email="typical@post.example"), make_officer()
    assert person.id is not None
    _fill(person, records, documents)
    _fill(typical, TYPICAL, TYPICAL_FILES)
    say(f"a person with {records} records and {documents} files of 1 MiB")
    (own, _, _), (plain, size, plain_memory) = _own_copies(typical, person)
    detail = {"records": records, "files": documents, "MiB in the ZIP": round(size / FILE, 1)}
    say("their own copy is sealed")
    case = services.open_case(person.id, Right.ACCESS, by=person, at=LATER)
    pack = services.begin_pack(case, by=officer, at=LATER + timedelta(minutes=1))
    with processing(Purpose.RIGHTS, by=officer, at=soon) as opened:
        known = packs.get_pack(pack, opened)
        entries = [each.thing.id for each in packs.review(known, opened)]
    began = perf_counter()
    services.decide_entries(pack, {item: Decided() for item in entries}, by=officer, at=soon)
    deciding = perf_counter() - began
    services.order_build(pack, build=jobs.build_pack, by=officer, at=soon)
    began = perf_counter()
    services.build_pack(pack, at=soon)
    seconds = perf_counter() - began
    with processing(Purpose.RIGHTS, by=officer, at=soon) as opened:
        known = packs.get_pack(pack, opened)
    assert known.faults == (), known.faults
    highest = _highest()
    say("the reviewed copy is sealed and checked")
    erasure = services.ask_erasure(person.id, by=person, at=soon)
    began = perf_counter()
    services.carry_out_erasure(erasure, by=officer, at=soon, everything=True)
    erasing = perf_counter() - began
    assert not any(model.objects.filter(subject_id=person.id).exists() for model in _models())
    few = {"records": TYPICAL, "files": TYPICAL_FILES}
    return [
        Figure("answering: own copy of a typical record", engine(), round(own, 2), TYPICAL_SECONDS, "s", detail=few),
        Figure("answering: request to sealed ZIP", engine(), round(plain, 2), PLAIN_SECONDS, "s", detail=detail),
        Figure("answering: its highest memory", engine(), round(plain_memory), PLAIN_MIB, "MiB", detail=detail),
        Figure(
            "answering: order to checked ZIP with paper", engine(), round(seconds, 2), SECONDS, "s", detail=detail
        ),
        Figure("answering: every entry decided at once", engine(), round(deciding, 2), None, "s", detail=detail),
        Figure("answering: highest memory with paper", engine(), round(highest), MIB, "MiB", detail=detail),
        Figure("answering: erasure of all of it", engine(), round(erasing, 2), ERASED_SECONDS, "s", detail=detail),
    ]


def _fill(person: "Actor", records: int, documents: int) -> None:
    """Give somebody measurements and files that were released to them."""
    from troth.rights.tests.factories import LATER, write
    from troth.vault import files

    observation, document = _models()
    common: dict[str, Any] = {"subject_id": person.id, "source": "person", "release": "released"}
    for number in range(records):
        row = observation(measure="weight", value=Decimal(number), taken_on=LATER.date(), **common)
        write(row, by=person, at=LATER)
    for number in range(documents):
        stored = files.store([os.urandom(FILE)], name=f"{number}.bin", media_type="application/pdf")
        write(document(title=f"File {number}", file=stored, **common), by=person, at=LATER)


def _models() -> tuple[Any, Any]:
    from django.apps import apps

    return apps.get_model("records", "Observation"), apps.get_model("records", "DocumentReference")


def _own_copies(*persons: "Actor") -> list[list[float]]:
    """
    The copies of these people as they take them by themselves, in a process of its own: seconds, bytes of the ZIP, and the highest
    memory so far in MiB. The first is taken twice: once for what a process of ours has read and compiled long before anybody asks.
    """
    told = subprocess.run(
        [sys.executable, "-c", OWN, *(str(person.id) for person in (persons[0], *persons))],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: list[list[float]] = json.loads(told.stdout.splitlines()[-1])
    return found[1:]


def _highest() -> float:
    """MiB. What the kernel counts for a process as such has in it what its parent had before."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


if __name__ == "__main__":
    main(measure)
