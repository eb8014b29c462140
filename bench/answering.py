"""
The copy that answers a request: 1,000 records and 100 files of 1 MiB, from the order to the sealed and checked ZIP.

It is built as the job builds it: entries read and decided, the paper set part by part, page, table and FHIR made, every file opened
and sealed again, and the whole compared with the databases. Memory is the process's highest, its start included.
"""

import os
import resource
from datetime import timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any

from bench.ground import Figure, engine, main, say

SECONDS, MIB = 30, 350  # with the paper; the page and the data alone are held to 10 and 200
FILE = 1 << 20


def measure(small: bool) -> list[Figure]:
    """The figures, on the engine of the environment."""
    records, documents = (100, 10) if small else (1_000, 100)
    from django.apps import apps

    from troth.gate.contexts import processing
    from troth.law.rights import Right
    from troth.notice.purposes import Purpose
    from troth.rights import jobs, services
    from troth.rights.rules.packing import Decided
    from troth.rights.selectors import packs
    from troth.rights.tests.factories import LATER, make_officer, make_patient, write
    from troth.vault import files

    soon = LATER + timedelta(minutes=5)
    person, officer = make_patient(), make_officer()
    assert person.id is not None
    observation, document = (apps.get_model("records", name) for name in ("Observation", "DocumentReference"))
    common: dict[str, Any] = {"subject_id": person.id, "source": "person", "release": "released"}
    for number in range(records):
        row = observation(measure="weight", value=Decimal(number), taken_on=LATER.date(), **common)
        write(row, by=person, at=LATER)
    for number in range(documents):
        stored = files.store([os.urandom(FILE)], name=f"{number}.bin", media_type="application/pdf")
        write(document(title=f"File {number}", file=stored, **common), by=person, at=LATER)
    say(f"a person with {records} records and {documents} files of 1 MiB")
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
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    detail = {"records": records, "files": documents, "MiB in the ZIP": round(known.size / FILE, 1)}
    return [
        Figure("answering: order to checked ZIP", engine(), round(seconds, 2), SECONDS, "s", detail=detail),
        Figure("answering: every entry decided at once", engine(), round(deciding, 2), None, "s", detail=detail),
        Figure("answering: highest memory", engine(), round(highest), MIB, "MiB", detail=detail),
    ]


if __name__ == "__main__":
    main(measure)
