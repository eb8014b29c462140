"""A new version of the notice: everybody is told once, whatever stops, and a new use opens for who was told, from its day."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import troth.notice
from tests.stores import Home
from troth.consent import services as consents
from troth.consent.rules import ConsentRefused
from troth.delivery.models import Delivery, Failure, Message
from troth.delivery.rules import Kind
from troth.delivery.services import carrying
from troth.delivery.services.carriers import Undelivered
from troth.delivery.tests import demonstration
from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.ledger.models import LedgerEvent
from troth.notice import services as notices
from troth.notice.comparison import compare
from troth.notice.files import parse_notice
from troth.notice.mailing import words_for_mail
from troth.notice.models import Version
from troth.notice.purposes import Purpose
from troth.rights import services
from troth.rights.selectors import announcing
from troth.rights.services import announcing as acting
from troth.rights.tests.factories import NOW, make_officer, make_patient
from troth.vault.categories import Category

TEXT = (Path(troth.notice.__path__[0]) / "packs" / "online-prescribing.yaml").read_text(encoding="utf-8")
_START = TEXT.index("  - id: promotions\n")
BEFORE = TEXT[:_START] + TEXT[TEXT.index("  - id: personalisation\n") :]
REWORDED = TEXT.replace("We prescribe medicines online.", "We prescribe medicines by post.")
PUBLISHED = NOW + timedelta(hours=1)
SOON = PUBLISHED + timedelta(minutes=5)
IN_FORCE = PUBLISHED + timedelta(days=30)

KILLED = """
import os, signal, sys
from datetime import datetime
import django
django.setup()
from troth.gate.boundary import boundary
from troth.rights.services import announcing
kept, told = announcing._tell_of_notice, []
def killed(*given, **named):
    kept(*given, **named)
    told.append(given)
    if len(told) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
announcing._tell_of_notice = killed
with boundary():  # as the worker runs it
    announcing.announce(at=datetime.fromisoformat(sys.argv[1]))
"""


@pytest.fixture
def clinic_before(committed_db: Home, settings: Any) -> Home:
    """A deployment whose notice does not have the use `promotions` yet."""
    demonstration.begin(settings)
    notices.publish(BEFORE, by="tests", at=datetime(2026, 1, 1, tzinfo=UTC))
    return committed_db


def publish(text: str = TEXT, *, at: datetime = PUBLISHED) -> Version:
    return notices.publish(text, by="tests", at=at)


def patients(count: int) -> list[Actor]:
    return [make_patient(email=f"person{number}@post.example") for number in range(count)]


def id_of(person: Actor) -> UUID:
    assert person.id is not None
    return person.id


def told_of(person: Actor, version: int) -> int:
    known = facts.about([id_of(person)])[id_of(person).hex]
    return sum(fact.kind == FactKind.NOTICE_TOLD and fact.value == str(version) for fact in known)


def carry_all(*, at: datetime = SOON) -> None:
    for row in list(Message.objects.filter(tells_notice__isnull=False, state=Delivery.QUEUED)):
        carrying.carry(row.pk, at=at)


def opens(person: Actor, *, at: datetime) -> bool:
    with processing(Purpose.PROMOTIONS, by=actors.person(id_of(person), at=at), at=at) as opened:
        return opened.decision(id_of(person), Category.CONTACT).allowed


def test_a_new_use_opens_for_who_was_told_and_not_before_its_day(clinic_before: Home) -> None:
    ann, ben = patients(2)
    version = publish()
    assert version.material and version.in_force_at == IN_FORCE
    services.announce(at=SOON)
    message = Message.objects.get(subject_id=id_of(ann), tells_notice=2)
    carrying.carry(message.pk, at=SOON)  # Ben's stays where it is
    for person in (ann, ben):
        by = actors.person(id_of(person), at=SOON)
        with pytest.raises(ConsentRefused):  # nobody agrees to words that are not in force
            consents.give(id_of(person), Purpose.PROMOTIONS, by=by, at=SOON)
        consents.give(id_of(person), Purpose.PROMOTIONS, by=by, at=IN_FORCE)
    assert not opens(ann, at=IN_FORCE - timedelta(seconds=1))
    assert opens(ann, at=IN_FORCE)
    assert not opens(ben, at=IN_FORCE)


def test_a_mail_says_what_changes_and_from_when_and_counts_once_it_was_taken(clinic_before: Home) -> None:
    (ann,) = patients(1)
    publish()
    assert services.announce(at=SOON) == 1
    row = Message.objects.get(subject_id=id_of(ann), kind=Kind.NOTICE_CHANGES)
    with processing(Purpose.RIGHTS, by=ann, at=SOON):
        assert row.address == "person0@post.example"
        assert row.text is not None and row.html is not None
        for text in (row.text, row.html):
            assert "New purpose: Campaigns that you join." in text and "24 December 2026" in text
        assert "/notice/changes/?before=1&after=2" in row.text
    assert told_of(ann, 2) == 0
    assert announcing.progress_of(Version.objects.get(number=2)) == announcing.Progress(1, 0, 1, 0)
    carry_all()
    assert told_of(ann, 2) == 1
    event = LedgerEvent.objects.get(event="delivery:delivered", subject=id_of(ann).hex)
    assert "gate.fact/" in event.objects_touched
    assert announcing.progress_of(Version.objects.get(number=2)) == announcing.Progress(1, 1, 0, 0)


def test_what_did_not_leave_is_not_told(clinic_before: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    (ann,) = patients(1)
    version = publish()
    services.announce(at=SOON)

    class Refusing:
        keeps = False

        def send(self, parcel: object) -> None:
            raise Undelivered(Failure.ADDRESS, lasting=True)

    monkeypatch.setattr(carrying, "_carrier_for", lambda channel: Refusing())
    carry_all()
    assert told_of(ann, 2) == 0
    assert announcing.progress_of(version) == announcing.Progress(1, 0, 0, 1)
    services.announce(at=SOON + timedelta(days=1))
    assert Message.objects.filter(tells_notice=2).count() == 1
    untold = announcing.find_untold(id_of(ann), at=SOON)
    assert untold is not None and "New purpose: Campaigns that you join." in untold.changes
    assert services.read_notice_changes(id_of(ann), version=2, by=ann, at=SOON)
    assert told_of(ann, 2) == 1 and announcing.find_untold(id_of(ann), at=SOON) is None
    assert not services.read_notice_changes(id_of(ann), version=2, by=ann, at=SOON)


@pytest.mark.parametrize("at_the", [2, 4])
def test_killed_in_the_middle_nobody_is_told_twice_and_nobody_left_out(clinic_before: Home, at_the: int) -> None:
    people = patients(4)
    publish()
    environment = {**os.environ, **clinic_before.environment, "DJANGO_SETTINGS_MODULE": "troth.config.settings"}
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, SOON.isoformat(), str(at_the)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr[-2000:]
    done = at_the - 1  # the last one was written and not committed: nothing of it stands
    assert Message.objects.filter(tells_notice=2).count() == done
    opened = LedgerEvent.objects.filter(event="gate:opened", actor="account-steps", at=facts.micros(SOON))
    assert opened.values("subject").distinct().count() == done
    assert services.announce(at=SOON) == 4 - done
    assert services.announce(at=SOON) == 0
    assert services.announce(at=SOON + timedelta(days=1)) == 0
    rows = Message.objects.filter(tells_notice=2)
    assert sorted(row.subject_id.hex for row in rows) == sorted(id_of(person).hex for person in people)
    carry_all()
    assert [told_of(person, 2) for person in people] == [1, 1, 1, 1]


def test_two_workers_at_once_write_one_mail(clinic_before: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    (ann,) = patients(1)
    version = publish()
    monkeypatch.setattr(acting, "which_happened", lambda keys: set())  # both had read that nobody was written to
    for _ in range(2):
        acting._announce_to([id_of(ann)], version, at=SOON)
    assert Message.objects.filter(tells_notice=2).count() == 1


def test_a_change_that_does_not_matter_is_recorded_and_nobody_is_written_to(clinic_before: Home) -> None:
    ann, ben = patients(2)
    reworded = BEFORE.replace("We prescribe medicines online.", "We prescribe medicines by post.")
    assert not publish(reworded).material
    assert services.announce(at=SOON) == 2
    assert (told_of(ann, 2), told_of(ben, 2)) == (1, 1)
    assert not Message.objects.filter(tells_notice__isnull=False).exists()


def test_who_missed_a_change_that_matters_is_not_carried_over_it_by_one_that_does_not(clinic_before: Home) -> None:
    (ann,) = patients(1)
    publish()
    later = IN_FORCE + timedelta(days=1)
    assert not publish(REWORDED, at=later).material  # beside version 2, of which nobody was told
    services.announce(at=later)
    assert told_of(ann, 3) == 0
    assert Message.objects.get(tells_notice=3).subject_id == id_of(ann)
    carry_all(at=later)
    assert told_of(ann, 3) == 1


def test_who_registers_while_a_version_waits_is_told_of_it_too(clinic_before: Home) -> None:
    patients(1)
    publish()
    services.announce(at=SOON)
    late = make_patient(email="late@post.example", at=SOON + timedelta(days=2))
    assert services.announce(at=SOON + timedelta(days=2)) == 1
    carry_all(at=SOON + timedelta(days=2))
    assert told_of(late, 2) == 1
    assert [version.number for version in announcing.versions_to_tell(at=IN_FORCE)] == [2]
    services.announce(at=IN_FORCE)
    assert announcing.versions_to_tell(at=IN_FORCE + timedelta(days=3)) == []


def test_staff_are_told_too(clinic_before: Home) -> None:
    officer = make_officer(at=NOW)
    publish()
    services.announce(at=SOON)
    carry_all()
    assert told_of(officer, 2) == 1


def test_a_mail_names_no_use_recipient_or_data_of_health() -> None:
    old, new = parse_notice(BEFORE, source="a").notice, parse_notice(TEXT, source="b").notice
    assert old is not None and new is not None
    assert words_for_mail(compare(old, new), old, new) == ["New purpose: Campaigns that you join."]
    everything = words_for_mail(compare(_without_uses(new), new), new)
    special = [row.title for row in new.purposes if any(category.special for category in row.covers)]
    assert special and not any(title in words for title in special for words in everything)
    assert everything[-1].endswith("on our pages only, since others may see your mail.")


def _without_uses(notice: Any) -> Any:
    return notice.model_copy(update={"purposes": []})
