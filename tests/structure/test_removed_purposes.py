"""
Whatever a clinic takes out of its notice is gone everywhere within one request: address, menu, form, act, job, choice and gate.
Each purpose of each pack is taken out by itself; where the linter does not let it go, the notice is not published.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.desk.tests.test_features import _plain, acts, rows
from troth.gate import actors
from troth.gate.contexts import processing
from troth.gate.refusals import Check, Refused
from troth.gate.table import Row
from troth.notice import selectors as notices
from troth.notice import services
from troth.notice.files import parse_notice, read_notice
from troth.notice.findings import FaultyNotice, Level
from troth.notice.lint import lint
from troth.notice.purposes import Purpose
from troth.notice.tests.factories import PACK, text_of
from troth.people import services as people
from troth.people.tests.factories import browser_of, make_patient, make_staff
from troth.rights.selectors import list_choices
from troth.vault.categories import Category
from troth.work import queue
from troth.work.worker import Worker

PACKS = ("online-prescribing", "wellness-clinic", "medico-legal")
#: Pages that lead on: what is off is linked from none of them.
STARTS = ("home", "notice", "my_home", "my_data", "my_choices", "security", "desk_home", "desk_find", "office_home")


def values_of(pack: str) -> dict[str, Any]:
    notice = read_notice(Path(PACK).parent / f"{pack}.yaml").notice
    assert notice is not None
    found: dict[str, Any] = json.loads(json.dumps(notice.model_dump(mode="json", exclude_defaults=True)))
    return found


def every_purpose() -> Iterator[tuple[str, str]]:
    for pack in PACKS:
        for row in values_of(pack)["purposes"]:
            yield pack, row["id"]


CASES = list(every_purpose())


def take_out(pack: str, purpose: str) -> str:
    """The pack's notice without one purpose, and without what names it and would be nothing without it."""
    values = values_of(pack)
    values["purposes"] = [row for row in values["purposes"] if row["id"] != purpose]
    return text_of(values)


@pytest.mark.walk
@pytest.mark.parametrize(("pack", "purpose"), CASES)
def test_a_purpose_that_is_taken_out_is_gone_everywhere(
    db: None, monkeypatch: pytest.MonkeyPatch, pack: str, purpose: str
) -> None:
    publish_pack(pack)
    text = take_out(pack, purpose)
    if not may_be_published(text):
        with pytest.raises(FaultyNotice):
            services.publish(text, by="tests", at=datetime(2026, 2, 1, tzinfo=UTC))
        return
    before = set(notices.register_in_force(timezone.now()).purposes)
    gone = Purpose(purpose)
    on = [(row, path) for row, path in rows() if before & set(row.purposes)]
    off = [(row, path) for row, path in on if not (before - {gone}) & set(row.purposes)]
    everyone = browsers() if off else {}
    assert all(everyone["nobody"].get(path).status_code != 404 for row, path in off if row.opens_data)
    ran = declared_job(gone, monkeypatch)
    assert ran() == 1

    services.publish(text, by="tests", at=datetime(2026, 2, 1, tzinfo=UTC))
    assert gone not in notices.register_in_force(timezone.now()).purposes

    for who, browser in everyone.items():
        nowhere = _plain(browser.get("/no/such/address/").content)
        for row, path in off:
            for method in ("GET", "POST"):
                answer = browser.generic(method, path)
                assert (answer.status_code, "Location" in answer.headers) == (404, False), f"{row.name} as {who}"
                assert method == "POST" or _plain(answer.content) == nowhere, f"{row.name} as {who}"
    assert linked(everyone, off) == set()
    assert ran() == 1, "a job that serves nothing else ran all the same"
    acts_refuse(before - {gone}, gone)
    gate_refuses(gone)
    assert gone not in {choice.purpose for choice in list_choices(UUID(int=7), at=timezone.now())}


def may_be_published(text: str) -> bool:
    return not [each for each in lint(parse_notice(text), on=date(2026, 2, 1)) if each.level is Level.ERROR]


def browsers() -> dict[str, Client]:
    """Nobody, somebody with an account, and one member of staff who holds every role of this notice at once."""
    at = timezone.now() - timedelta(minutes=5)
    register = notices.register_in_force(at)
    boss = make_staff("administrator", at=at)
    staff = make_staff(
        at=at, role=min(register.roles), name="Everybody", email="all@x.example", registration=("GMC", "7654321")
    )
    later = at + timedelta(minutes=1)
    people.change_roles(staff, roles=set(register.roles), by=actors.person(boss, at=later), at=later)
    made = {"nobody": Client(), "every role": browser_of(staff)}
    if Purpose.REGISTRATION in register.purposes:
        made["a patient"] = browser_of(make_patient(at=at))
    return made


def linked(everyone: dict[str, Client], off: list[tuple[Row, str]]) -> set[str]:
    """Which of these addresses a page still leads to, by a link or a form."""
    found = set()
    for browser in everyone.values():
        for start in STARTS:
            body = browser.get(reverse(start)).content.decode(errors="replace")
            found |= {path for _, path in off if f'href="{path}"' in body or f'action="{path}"' in body}
    return found


def declared_job(gone: Purpose, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A job that serves this purpose alone. Gives what enqueues it, lets a worker step, and counts how often it ran."""
    monkeypatch.setattr(queue, "declared", {})
    times: list[int] = []

    @queue.job(serves=(gone,))
    def serve() -> None:
        times.append(1)

    def ask() -> int:
        serve.using(run_after=timezone.now()).enqueue()
        assert Worker().step()
        return len(times)

    return ask


def acts_refuse(declared: set[Purpose], gone: Purpose) -> None:
    at = timezone.now()
    for name, function in acts().items():
        purposes = set(function.act[1])
        if gone in purposes and not declared & purposes:
            with pytest.raises(Refused) as refused:
                function(by=actors.Actor("person", UUID(int=7), roles=frozenset({"administrator"})), at=at)
            assert refused.value.decision.check is Check.PURPOSE, name


def gate_refuses(gone: Purpose) -> None:
    """No role, service or person opens anything for it, whatever they have to do with whom."""
    at = timezone.now()
    roles = frozenset(notices.register_in_force(at).roles)
    for by in (actors.Actor("person", UUID(int=7), roles=roles), actors.Actor("person", UUID(int=8))):
        with processing(gone, by=by, at=at) as opened:
            for category in Category:
                assert opened.decision(UUID(int=8), category).check is Check.PURPOSE


def test_some_purposes_of_each_pack_may_go() -> None:
    free = {pack for pack, purpose in CASES if may_be_published(take_out(pack, purpose))}
    assert free == set(PACKS)
