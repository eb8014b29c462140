"""A deployment in which every live check holds, for breaking one thing at a time."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.test.utils import override_settings
from django.utils import timezone

from tests.stores import Home, Templates, connected_to
from troth.copies import drilling, journal
from troth.copies.backup import create_backup
from troth.gate import actors
from troth.intake import services as intake
from troth.ledger.sealing import seal
from troth.notice import services as notices
from troth.notice.compiling import hash_of
from troth.notice.files import parse_notice
from troth.notice.models import Version
from troth.notice.tests.factories import pack_values, text_of
from troth.people import answers
from troth.people import services as people
from troth.people.rules import step_of
from troth.people.tests.factories import make_patient, make_staff
from troth.prescribing import services as prescribing
from troth.prescribing.models import Outcome
from troth.prescribing.selectors import reviewing
from troth.rights import services as rights
from troth.vault import files
from troth.vault.uploads import SealedUpload
from troth.work import throttle

#: Set as a server for more than this machine is, so that what depends on TLS can hold.
SECURE = {"TROTH_SECURE_COOKIES": True, "CSRF_COOKIE_SECURE": True, "SECURE_HSTS_SECONDS": 31_536_000}
#: The folder of the second place of backups.
SECOND = "second-backups"
#: Long enough to lie in more than one sealed chunk.
PICTURE = b"\xff\xd8\xff\xe0" + b"crown" * 20_000
COOKIE = {
    "name": "troth_form",
    "words": "Proves that a form is ours",
    "use": ["security"],
    "exempt": "strictly_necessary",
}


@dataclass
class Deployment:
    """Where it lies, who is in it, and now."""

    home: Home
    at: datetime
    patient: UUID
    prescriber: UUID
    staff: UUID
    case: UUID
    scratch: Path

    def sql(self, statement: str, parameters: list[Any] | None = None, *, alias: str = "default") -> None:
        """Run one statement past everything, as somebody with a database password would."""
        with connections[alias].cursor() as cursor:
            cursor.execute(statement, parameters or [])

    def slip_in(self, change: Callable[[dict[str, Any]], object], **columns: Any) -> None:
        """Put a version of the notice into force past its linter and its days."""
        values = cookies_listed(pack_values())
        change(values)
        text = text_of(values)
        notice = parse_notice(text).notice
        assert notice is not None
        given = {"material": False, "announced_at": None, **columns}
        Version.objects.create(
            number=Version.objects.count() + 1,
            hash=hash_of(notice),
            text=text,
            published_at=self.at - timedelta(minutes=1),
            in_force_at=self.at - timedelta(minutes=1),
            published_by="intruder",
            **given,
        )


def cookies_listed(values: dict[str, Any]) -> dict[str, Any]:
    """The pack, with the cookie of our forms under the name that it has."""
    stored = values["cookies"]["stored"]
    if not any(each["name"] == COOKIE["name"] for each in stored):
        stored.append(COOKIE)
    return values


def make_sound(home: Home, scratch: Path) -> Deployment:
    """Everything in order: a notice, people, a decided request, a request about data, backups at two places, a rehearsal."""
    with _secured(home, scratch):
        with connections["default"].cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS specimens_plaincard")  # the suite's own, which no clinic has
        throttle.set_secret_provider(answers._throttle_secret)
        notices.publish(text_of(cookies_listed(pack_values())), by="tests", at=datetime(2026, 11, 3, tzinfo=UTC))
        before = timezone.now() - timedelta(hours=1)
        patient = make_patient(at=before, password="heron-lantern-oatcake")
        support = make_staff("patient_support", at=before)
        prescriber = make_staff("prescriber", at=before)
        for member in (support, prescriber):
            people.add_app(
                member,
                by=actors.person(member, at=before),
                at=before,
                secret="JBSWY3DPEHPK3PXP",
                step=step_of(before),
            )
        later = before + timedelta(minutes=1)
        request = prescribing.request_treatment(
            patient, medicine="a cream", answers=[], by=actors.person(patient, at=later), at=later
        ).pk
        prescribing.assign_request(request, prescriber=prescriber, by=actors.person(support, at=later), at=later)
        doctor = actors.person(prescriber, at=later)
        review = reviewing.open_review(request, reviewing.mark_of(request, patient, None), by=doctor, at=later)
        prescribing.decide_request(
            request, outcome=Outcome.REFERRED, words="Fine", review=review, by=doctor, at=later
        )
        answers_of = intake.start_answers(patient, "hair-loss", by=actors.person(patient, at=later), at=later)
        picture = SealedUpload(
            files.store([PICTURE], name="me.jpg", media_type="image/jpeg"), media_type="image/jpeg", charset=None
        )
        intake.save_answers(answers_of, {"photo-crown": picture}, by=actors.person(patient, at=later), at=later)
        case = rights.ask_erasure(patient, by=actors.person(patient, at=later), at=later, words="")
        people.sign_in(patient, by=actors.person(patient, at=later), at=later, device="Firefox")
        seal()
        journal.record([journal.Disposal("0" * 32, "people.contact", "", 1, (), ())], at=later)
        create_backup(at=timezone.now())
        drilling.drill(at=timezone.now())
        return Deployment(home, timezone.now(), patient, prescriber, support, case, scratch)


@contextmanager
def copy_of(made: Deployment, templates: Templates, scratch: Path) -> Iterator[Deployment]:
    """The same in every way, as it is now, for one thing in it to be spoilt."""
    with templates.copied(scratch / "clinic", of=made.home) as home, connected_to(home):
        shutil.copytree(made.scratch / SECOND, scratch / SECOND)
        with _secured(home, scratch):
            seal()
            yield replace(made, home=home, at=timezone.now(), scratch=scratch)


@contextmanager
def _secured(home: Home, scratch: Path) -> Iterator[None]:
    second = scratch / SECOND
    second.mkdir(mode=0o700, exist_ok=True)
    home.keys.chmod(0o700)
    with override_settings(**SECURE, TROTH_BACKUPS_2=second):
        yield


def forget_throttle() -> None:
    """Take away the secret under which throttles count, as a lost key would."""
    throttle.set_secret_provider(None)


def stored_files() -> list[Path]:
    """The sealed files that rows keep."""
    return [path for path in (settings.TROTH_HOME / "files").rglob("*") if path.is_file()]


def key_files() -> list[Path]:
    """The files of keys."""
    return [path for path in settings.TROTH_KEYS.rglob("*") if path.is_file()]
