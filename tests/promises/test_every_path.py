"""
Restrict, object, take a consent back: then every path that would have used the data refuses, or does only what the law leaves.

The paths are read from the running system and none is picked: each row of the URL table, each act, each service that a job may act
as, with every role of the notice, every action and every kind of data. They are asked in this process and in another that was
running before; the pages are asked of a server that is a third.
"""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from conftest import publish_pack
from tests.promises.every_path import Path as EveryPath
from tests.promises.every_path import allowed, paths
from tests.stores import Home
from troth.consent import selectors as consents_read
from troth.consent import services as consents
from troth.consent.rules import channels_of
from troth.diary.tests.conftest import open_clinic
from troth.gate import actors, table
from troth.gate.rules import UNDER_RESTRICTION
from troth.law.bases import Basis
from troth.medicolegal.models import Case
from troth.medicolegal.tests.conftest import open_agency
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.people import services as people
from troth.people.tests.factories import make_patient, make_staff
from troth.prescribing import services as prescribing
from troth.rights import services as rights
from troth.rights.tests.test_exchange import serving

ROOT = Path(__file__).resolve().parents[2]
SENTINELS = ("sentinel-medicine", "sentinel-answer")
OTHER = """
import json, sys
import django; django.setup()
from uuid import UUID
from tests.promises.every_path import allowed
print("ready", flush=True)
for line in sys.stdin:
    said = json.loads(line)
    print(json.dumps(sorted(map(list, allowed(UUID(said["subject"]), said["staff"])))), flush=True)
"""


@contextmanager
def another(home: Home) -> Iterator["subprocess.Popen[str]"]:
    running = subprocess.Popen(
        [sys.executable, "-c", OTHER],
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **home.environment, "PYTHONPATH": str(ROOT), "TROTH_EXTRA_APPS": "bench.specimens"},
    )
    assert running.stdout and running.stdin and running.stdout.readline() == "ready\n"
    try:
        yield running
    finally:
        running.stdin.close()
        running.wait(30)
        running.stdout.close()


def pages(subject: UUID, request: UUID) -> list[str]:
    """The address of each page that is opened for staff and is about this person, as far as its parts are known here."""
    parts, found = {"subject": subject, "request": request}, []
    for row in table.rows.values():
        if (
            row.action is None
            or "patients" in row.who
            or not ("<uuid:subject>" in row.route or "<uuid:request>" in row.route)
        ):
            continue
        try:
            named = {name: value for name, value in parts.items() if f"<uuid:{name}>" in row.route}
            found.append((row.name, reverse(row.name, kwargs=named)))
        except NoReverseMatch:
            continue
    return [path for _, path in sorted(found)]


def read(address: str, cookie: str) -> str:
    asked = urllib.request.Request(address, headers={"Cookie": f"troth_session={cookie}"})
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.read().decode()


@pytest.mark.slow
def test_after_a_stop_an_objection_and_a_withdrawal_no_path_uses_the_data(committed_db: Home) -> None:
    publish_pack()
    at = timezone.now() - timedelta(minutes=5)
    register = notices.register_in_force(at)
    staff = {
        role: make_staff(role, at=at, email=f"{number}@clinic.example").hex
        for number, role in enumerate(sorted(register.roles))
    }
    subject = make_patient(at=at)
    ann = actors.person(subject, at=at)
    asked = prescribing.request_treatment(
        subject,
        medicine="sentinel-medicine",
        answers=[{"question": "Do you smoke?", "answer": "sentinel-answer"}],
        by=ann,
        at=at + timedelta(seconds=1),
    )
    prescribing.assign_request(
        asked.pk,
        prescriber=UUID(staff["prescriber"]),
        by=actors.person(UUID(staff["patient_support"]), at=at + timedelta(seconds=1)),
        at=at + timedelta(seconds=1),
    )
    consents.give(subject, Purpose.MARKETING, channel="email", by=ann, at=at + timedelta(seconds=2))
    assert len(paths()) > 40

    with another(committed_db) as other, serving(committed_db) as server:

        def everywhere() -> set[EveryPath]:
            here = allowed(subject, staff)
            assert other.stdin and other.stdout
            other.stdin.write(json.dumps({"subject": subject.hex, "staff": staff}) + "\n")
            other.stdin.flush()
            assert {tuple(each) for each in json.loads(other.stdout.readline())} == here
            return here

        def seen() -> set[tuple[str, str]]:
            found: set[tuple[str, str]] = set()
            for role, who in staff.items():
                now = timezone.now()
                cookie = people.sign_in(
                    UUID(who), by=actors.person(UUID(who), at=now), at=now, device="tests", second_factor_at=now
                )
                for path in pages(subject, asked.pk):
                    page = read(f"{server}{path}", cookie)
                    if any(sentinel in page for sentinel in SENTINELS):
                        found.add((role, path))
            return found

        before, shown = everywhere(), seen()
        assert {purpose for _, purpose, _, _ in before} >= {"prescribing", "marketing"} and len(before) > 50
        assert shown, "nothing is shown to anybody, so nothing could be seen to stop"

        objectable = sorted(
            {
                purpose
                for _, purpose, _, _ in before
                if (row := register.purposes.get(Purpose(purpose))) and row.interest
            }
        )
        consents.take_back(subject, Purpose.MARKETING, by=ann, at=timezone.now())
        assert not {path for path in everywhere() if path[1] == "marketing"}
        for purpose in objectable:
            rights.object_to(subject, Purpose(purpose), by=ann, at=timezone.now())
        assert not {path for path in everywhere() if path[1] in objectable}

        rights.restrict(subject, by=ann, at=timezone.now())
        left = {
            path
            for path in everywhere()
            if Purpose(path[1]) not in UNDER_RESTRICTION and (path[2], path[3]) != ("read", "identity")
        }
        assert left == set(), f"these paths still use a record that is stopped: {sorted(left)}"
        assert seen() == set()

        rights.lift_restriction(subject, by=ann, at=timezone.now())
        assert seen() == shown


@pytest.mark.parametrize("pack", ["wellness-clinic", "medico-legal"])
def test_in_every_other_clinic_too_no_path_uses_what_is_stopped(db: None, pack: str) -> None:
    """The diary, money, cases, feeds, reminders and reports of the other notices: each of their paths, asked in this process."""
    publish_pack(pack)
    at = timezone.now() - timedelta(minutes=5)
    register = notices.register_in_force(at)
    staff = {
        role: make_staff(role, at=at, email=f"path-{number}@clinic.example").hex
        for number, role in enumerate(sorted(register.roles))
    }
    if (
        pack == "wellness-clinic"
    ):  # somebody who comes tomorrow, whom the desk, the diary and the till have reason to look at
        clinic = open_clinic(at)
        subject = clinic.ann
        tomorrow = (timezone.localtime(at) + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)
        clinic.book(subject, clinic.orla, tomorrow, at=at)
    else:
        subject = Case.objects.get(pk=open_agency(at).instruct(at=at)).subject_id
    ann = actors.person(subject, at=at)
    for declared in register.purposes.values():
        if declared.basis is Basis.CONSENT:
            for channel in channels_of(declared.purpose, consents_read.notice_now(at)) or ("",):
                consents.give(subject, declared.purpose, channel=channel, by=ann, at=at + timedelta(seconds=1))
    before = {path[1] for path in allowed(subject, staff)}
    agreed = {purpose.value for purpose, row in register.purposes.items() if row.basis is Basis.CONSENT}
    objectable = {purpose.value for purpose, row in register.purposes.items() if row.interest}
    assert agreed & before and (pack != "wellness-clinic" or before >= {"booking", "service_messages"}), before

    for purpose in agreed:
        consents.take_back(subject, Purpose(purpose), by=ann, at=timezone.now())
    for purpose in objectable:
        rights.object_to(subject, Purpose(purpose), by=ann, at=timezone.now())
    assert not {path for path in allowed(subject, staff) if path[1] in agreed | objectable}

    rights.restrict(subject, by=ann, at=timezone.now())
    left = {
        path
        for path in allowed(subject, staff)
        if Purpose(path[1]) not in UNDER_RESTRICTION and (path[2], path[3]) != ("read", "identity")
    }
    assert left == set(), f"these paths still use a record that is stopped: {sorted(left)}"
