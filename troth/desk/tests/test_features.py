"""What a notice does not declare is off, from menu to URL, within one request of the version being in force, in every process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

import troth
from conftest import publish_pack
from tests.stores import Home
from troth.desk.tests.conftest import Clinic
from troth.gate import actors
from troth.gate.refusals import Check, Refused
from troth.gate.table import Row
from troth.ledger.models import LedgerEvent
from troth.notice import services as notices
from troth.notice.purposes import Purpose
from troth.notice.tests.factories import pack_values, text_of
from troth.records import services as records
from troth.records.selectors import Measure, Source
from troth.work import queue
from troth.work.models import Job, State
from troth.work.worker import Worker


def without(*purposes: Purpose) -> str:
    """The pack's notice, less these purposes."""
    held = pack_values()
    held["purposes"] = [row for row in held["purposes"] if row["id"] not in purposes]
    return text_of(held)


def put_in_force(*missing: Purpose) -> None:
    """A version without these purposes, announced long enough ago."""
    notices.publish(without(*missing), by="tests", at=datetime(2026, 2, 1, tzinfo=UTC))


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each)
        else:
            yield each


def rows() -> list[tuple[Row, str]]:
    """Every row with an address of it, about somebody or something that does not exist."""
    found = []
    for pattern in patterns():
        row: Row = pattern.callback.row  # type: ignore[attr-defined]
        given = {name: _sample(kind) for name, kind in pattern.pattern.converters.items()}
        found.append((row, reverse(row.name, kwargs=given)))
    return found


def _sample(converter: Any) -> object:
    return {"UUIDConverter": uuid4(), "IntConverter": 1, "DateConverter": "2026-11-02"}.get(
        type(converter).__name__, "health"
    )


def acts() -> dict[str, Any]:
    """Every act of the rooms, by its module and name."""
    found = {}
    for module in walk_packages(troth.__path__, "troth."):
        if ".services" not in module.name or ".tests" in module.name:
            continue
        for name, value in vars(import_module(module.name)).items():
            if callable(value) and hasattr(value, "act"):
                found[f"{module.name}.{name}"] = value
    return found


#: Switched off together, so that what names several of them goes too.
FEATURES = {
    "registering": {Purpose.REGISTRATION},
    "prescribing": {Purpose.PRESCRIBING},
    "reading cards": {Purpose.PRESCRIBING, Purpose.CARE, Purpose.BOOKING},
    "the diary": {Purpose.BOOKING},
    "writing in cards": {Purpose.CARE},
}


@pytest.mark.parametrize("feature", FEATURES)
def test_what_a_notice_does_not_declare_is_gone_everywhere(
    clinic: Clinic, signed_in: Callable[[UUID], Client], feature: str
) -> None:
    before = {row["id"] for row in pack_values()["purposes"]}
    declared = before - FEATURES[feature]
    everyone = [Client(), *map(signed_in, (clinic.subject, clinic.prescriber, clinic.support, clinic.finance))]
    on = [(row, path) for row, path in rows() if before & set(row.purposes)]
    off = [(row, path) for row, path in on if not declared & set(row.purposes)]
    answered = {path: everyone[0].get(path).status_code for _, path in off}
    put_in_force(*FEATURES[feature])

    assert off, "no page hangs on this feature"
    nowhere = {client: client.get("/no/such/address/").content for client in everyone}
    for row, path in off:
        for client in everyone:
            for method in ("GET", "HEAD", "POST"):
                answer = client.generic(method, path)
                assert (answer.status_code, "Location" in answer.headers) == (404, False), f"{method} {row.name}"
            assert _plain(client.get(path).content) == _plain(nowhere[client]), row.name
    assert 404 not in [answered[path] for row, path in off if row.opens_data]

    for client in everyone:
        for start in ("/", "/security/", reverse("desk_find")):
            body = client.get(start).content.decode()
            linked = [path for _, path in off if f'href="{path}"' in body or f'action="{path}"' in body]
            assert not linked, f"{start} still leads to {linked}"

    at, closed = timezone.now(), 0
    for name, function in acts().items():
        if not declared & set(function.act[1]):
            with pytest.raises(Refused) as refused:
                function(by=actors.person(clinic.prescriber, at=at), at=at)
            assert refused.value.decision.check is Check.PURPOSE, name
            closed += 1
    assert closed, "no act hangs on this feature"


def _plain(page: bytes) -> bytes:
    """A page without what differs at each answer."""
    return b"\n".join(line for line in page.splitlines() if b"csrf" not in line and b"nonce" not in line)


def test_the_page_opens_for_the_first_purpose_that_a_role_may_serve(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    """With prescribing in the notice the card is read for it; without, the same address is read for care, and says so."""
    path = reverse("desk_card", args=[clinic.subject])
    doctor = signed_in(clinic.prescriber)
    assert "deciding whether treatment is safe" in doctor.get(path).content.decode()
    assert _opened_for() == "prescribing"
    put_in_force(Purpose.PRESCRIBING)
    body = doctor.get(path).content.decode()
    assert "looking after your condition" in body and "deciding whether treatment" not in body
    assert _opened_for() == "care"


def _opened_for() -> str:
    return LedgerEvent.objects.filter(event="gate:opened").latest("id").purpose


def test_an_act_is_done_for_the_first_purpose_that_is_declared(clinic: Clinic) -> None:
    at = timezone.now()
    records.record_measurement(
        clinic.subject,
        measure=Measure.WEIGHT,
        value=Decimal(70),
        taken_on=at.date(),
        source=Source.CLINIC,
        by=clinic.actor(clinic.prescriber),
        at=at,
    )
    assert LedgerEvent.objects.latest("id").purpose == "care"
    put_in_force(Purpose.CARE)
    with pytest.raises(Refused) as refused:
        records.write_note(
            clinic.subject, heading="x", text="y", by=clinic.actor(clinic.prescriber), at=timezone.now()
        )
    assert refused.value.decision.check is Check.PURPOSE
    assert LedgerEvent.objects.latest("id").event == "gate:refused"


def test_a_job_that_serves_what_is_off_is_left_out(notice_in_force: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "declared", {})
    ran = []

    @queue.job(serves=(Purpose.MARKETING, Purpose.PROMOTIONS))
    def send_news() -> None:
        ran.append("news")

    now = timezone.now()
    for missing, expected in (((), ["news"]), ((Purpose.MARKETING,), ["news"] * 2)):
        if missing:
            put_in_force(*missing)
        send_news.using(run_after=now).enqueue()
        assert Worker().step()
        assert ran == expected
    notices.publish(without(Purpose.MARKETING, Purpose.PROMOTIONS), by="tests", at=datetime(2026, 4, 1, tzinfo=UTC))
    send_news.using(run_after=now).enqueue()
    assert Worker().step()
    assert ran == ["news"] * 2
    assert set(Job.objects.values_list("state", flat=True)) == {State.DONE}


#: Another process of the same clinic: it answers each address that it is told on its standard input.
OTHER = """
import sys, json, django
django.setup()
from django.test import Client
client = Client(SERVER_NAME="localhost")
for line in sys.stdin:
    answer = client.get(json.loads(line))
    print(answer.status_code, 'href="/register/"' in answer.content.decode(), flush=True)
"""


def test_another_process_follows_at_its_next_request(committed_db: Home) -> None:
    publish_pack()
    environment = {**os.environ, **committed_db.environment, "TROTH_HOSTS": "localhost"}
    with subprocess.Popen(
        [sys.executable, "-c", OTHER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(troth.__path__[0]).parent,
    ) as other:
        assert other.stdin and other.stdout

        def ask(path: str) -> str:
            assert other.stdin and other.stdout
            other.stdin.write(json.dumps(path) + "\n")
            other.stdin.flush()
            return other.stdout.readline().strip()

        here = Client(SERVER_NAME="localhost")
        for asked in (ask, lambda path: _here(here, path)):
            assert asked("/register/").startswith("200")
            assert asked("/desk/") == "302 False"
            assert asked("/") == "200 True"
        put_in_force(Purpose.REGISTRATION, Purpose.PRESCRIBING, Purpose.CARE, Purpose.BOOKING)
        for asked in (ask, lambda path: _here(here, path)):
            assert asked("/register/") == "404 False"
            assert asked("/desk/") == "404 False"
            assert asked("/") == "200 False"
        other.stdin.close()


def _here(client: Client, path: str) -> str:
    answer = client.get(path)
    linked = 'href="/register/"' in answer.content.decode()
    return f"{answer.status_code} {linked}"
