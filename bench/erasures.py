"""
Twenty thousand erasures that were decided, carried out by one job that is killed five times and taken up again.

Killed as a machine dies: SIGKILL, wherever it is. At the end each has its one certificate, nothing that was to go is left, and the
ledger verifies. What was asked and decided is made beforehand and not measured.
"""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from uuid import UUID

from bench.ground import ROOT, Figure, engine, main, say

KILLS = 5
CARRY = """
import django
django.setup()
from django.utils import timezone
from troth.rights import services
services.resume_erasures(at=timezone.now())
"""


def measure(small: bool) -> list[Figure]:
    """The figures, on the engine of the environment."""
    count = 60 if small else 20_000
    from django.utils import timezone

    from troth.ledger.sealing import seal
    from troth.ledger.verifying import verify
    from troth.people.models import Contact
    from troth.rights.models import ErasureCertificate, RightsCase, State
    from troth.rights.selectors import leavings

    began = timezone.now() - timedelta(minutes=5)
    asked = [_ask(at=began) for _ in range(count)]
    say(f"{count:,} erasures were asked and decided")
    started, killed = time.perf_counter(), 0
    while True:
        with subprocess.Popen(
            [sys.executable, "-c", CARRY], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
        ) as job:
            aim = count * (killed + 1) // (KILLS + 1)
            while job.poll() is None:
                if killed < KILLS and ErasureCertificate.objects.count() >= aim:
                    job.send_signal(signal.SIGKILL)
                    job.wait()
                    killed += 1
                    say(f"killed at {ErasureCertificate.objects.count():,} certificates")
                    break
                time.sleep(0.02)
        if job.returncode == 0:
            break
        assert job.returncode == -signal.SIGKILL, job.returncode
    seconds = time.perf_counter() - started
    assert killed == KILLS, f"it was over after {killed} kills: too few erasures to be killed in"
    assert RightsCase.objects.filter(state=State.DONE).count() == count
    assert ErasureCertificate.objects.count() == ErasureCertificate.objects.values("case").distinct().count() == count
    assert not Contact.objects.exists()
    left = [fault for subject in asked for fault in leavings.what_is_left(subject, [("people.contact", "")], [])]
    assert left == [], left[:5]
    seal()
    assert verify(at=timezone.now(), workers=1).holds
    detail = {"erasures": count, "kills": killed, "left behind": 0}
    return [
        Figure(
            "erasures: one job that is killed five times",
            engine(),
            round(count / seconds, 1),
            None,
            "/s",
            detail=detail,
        )
    ]


def _ask(*, at: datetime) -> UUID:
    """Somebody who has no more than an address here, and who asked for it to go: as it stands when the job begins."""
    from bench.cast import register
    from troth.gate import actors
    from troth.people.models import Contact
    from troth.rights import services
    from troth.rights.models import RightsCase
    from troth.rights.services import erasure
    from troth.rights.tests.factories import write

    subject = register(by=actors.NOBODY, at=at)
    person = actors.person(subject, at=at + timedelta(seconds=1))
    soon = at + timedelta(minutes=1)
    address = Contact(
        subject_id=subject, email="somebody@post.example", telephone="", address="3 Row", postcode="NE46 1AA"
    )
    write(address, by=person, at=soon)
    case = services.ask_erasure(subject, by=person, at=soon, close_account=True)
    row = RightsCase.objects.only("id", "subject", "state", "right").get(pk=case)
    actor = erasure._eraser(row, person, at=soon, everything=False)
    erasure._decide(case, subject, by=actor, at=soon, everything=False, shown=None)
    return subject


if __name__ == "__main__":
    main(measure)
