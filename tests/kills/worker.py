"""
What a process that is about to be killed does, in a home of its own.

`python -m tests.kills.worker` loads everything once and then forks a process for each line that it reads (a JSON list: the
file to write to, the mode, its arguments), answering with its number. Such a process writes a line only when what the line
says is committed; the tests hold it to these lines.
"""

import json
import os
import signal
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import django

django.setup()

from django.conf import settings  # noqa: E402

from bench.specimens.models import BODY, NAMES, Name, Note, Person  # noqa: E402
from troth.copies import backup, replaying  # noqa: E402
from troth.copies.journal import Disposal  # noqa: E402
from troth.copies.restoring import restore  # noqa: E402
from troth.gate import actors, facts  # noqa: E402
from troth.gate.actors import Actor  # noqa: E402
from troth.gate.acts import act, touched  # noqa: E402
from troth.gate.models import FactKind  # noqa: E402
from troth.ledger.names import Event  # noqa: E402
from troth.ledger.sealing import seal  # noqa: E402
from troth.notice.purposes import Purpose  # noqa: E402
from troth.vault import keystore, secrets, turning  # noqa: E402
from troth.vault.errors import MasterKeyMissing  # noqa: E402
from troth.vault.models import Subject, SubjectKind  # noqa: E402


def say(*words: object) -> None:
    print(*words, sep="|", flush=True)


def now() -> datetime:
    return datetime.now(UTC)


@act(Event.PERSON_REGISTERED, purpose=Purpose.REGISTRATION)
def register(subject: UUID, name: str, *, by: Actor, at: datetime) -> Name:
    facts.record(subject, FactKind.NOTICE_GIVEN, at=at, value="1")
    facts.record(subject, FactKind.CONTRACT, at=at)
    return Name.objects.create(subject_id=subject, name=name)


@act(Event.TREATMENT_REQUESTED, purpose=Purpose.PRESCRIBING)
def ask(subject: UUID, name: str, *, by: Actor, at: datetime) -> Person:
    return Person.objects.create(subject_id=subject, name=name, email=f"{subject.hex}@example.com", allergies=name)


@act(Event.TREATMENT_REQUESTED, purpose=Purpose.PRESCRIBING)
def add_note(subject: UUID, text: str, *, by: Actor, at: datetime) -> Note:
    return Note.objects.create(subject_id=subject, text=text)


def make(number: int) -> UUID:
    """A person with two holdings; one line for each."""
    subject = Subject.objects.create(kind=SubjectKind.PATIENT).id
    for action in (register, ask):
        row = action(subject, f"Person {number}", by=actors.enquirer(subject), at=now())
        if number >= 0:
            say("row", row._meta.label_lower, row.pk.hex, f"Person {number}")
    if number >= 0:
        say("person", subject.hex)
    return subject


def people(count: int) -> None:
    for number in range(count):
        make(number)


def write() -> None:
    number = 0
    while True:
        make(number)
        number += 1


def race(go: Path, subjects: list[str]) -> None:
    """The first write of one key, at the same moment as others: the parent says go by making a file."""
    while not go.exists():
        time.sleep(0.001)
    for subject in subjects:
        row = add_note(UUID(subject), f"note of {subject[:4]}", by=actors.enquirer(UUID(subject)), at=now())
        say("row", row._meta.label_lower, row.pk.hex, f"note of {subject[:4]}")


def turn() -> None:
    while True:
        turning.turn(at=now(), new=True)
        say("turned", secrets.opened().current().number)
        try:
            say("destroyed", turning.destroy_retired(at=now(), now=True))
        except (
            MasterKeyMissing
        ) as refused:  # the writer beside this one took the old key just before the turn: the next turn
            if "run `troth keys turn` first" not in str(refused):
                raise
            say("destroyed", "later")


def seal_on() -> None:
    number = 0
    while True:
        for _ in range(5):
            make(number)
            number += 1
        say("sealed", seal(limit=3) + seal())


def erase(subjects: list[str]) -> None:
    """Journal, keys and tokens, rows in an act; begun again, it goes on with whoever is left."""
    for text in subjects:
        subject = UUID(text)
        names, persons = (list(model.objects.filter(subject_id=subject)) for model in (Name, Person))
        if not names and not persons and not keystore.list_stored(subject):
            continue
        number = secrets.opened().current().number
        replaying.dispose(
            [
                Disposal(text, NAMES, "", number, tuple(row.reference for row in names)),
                Disposal(text, BODY, "", number, tuple(row.reference for row in persons)),
            ],
            at=now(),
        )
        forget_rows(subject, by=actors.enquirer(subject), at=now())
        say("erased", text)


@act(Event.ERASED, purpose=Purpose.RIGHTS)
def forget_rows(subject: UUID, *, by: Actor, at: datetime) -> None:
    for model in (Name, Person):
        model.objects.filter(subject_id=subject).delete()
    touched(subject, f"vault.subject/{subject.hex}/erased")


def back_up() -> None:
    while True:
        say("backup", backup.create_backup(at=now()).places[0].name)


def put_back(path: str) -> None:
    restore(Path(path), settings.TROTH_HOME, at=now(), aside=True)
    say("restored")


def main(mode: str, *arguments: str) -> None:
    if mode != "restore":  # a store that is being restored is nobody's to open
        make(-1) if mode in {
            "write",
            "seal",
            "race",
        } else Subject.objects.count()  # warm, so that a kill meets the work itself
    say("ready")
    match mode:
        case "people":
            people(int(arguments[0]))
        case "write":
            write()
        case "race":
            race(Path(arguments[0]), list(arguments[1:]))
        case "turn":
            turn()
        case "register":
            for subject in arguments:
                register(UUID(subject), "Someone", by=actors.enquirer(UUID(subject)), at=now())
        case "seal":
            seal_on()
        case "erase":
            erase(list(arguments))
        case "backup":
            back_up()
        case "restore":
            put_back(arguments[0])


def fork_for_each_line() -> None:
    """Read orders until there are no more. Nothing is connected here, so that a fork shares nothing with its sisters."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("loaded", flush=True)
    for line in sys.stdin:
        out, *words = json.loads(line)
        number = os.fork()
        if number:
            print(number, flush=True)
            continue
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(handle, stream)
        try:
            main(*words)
            say("ended")
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(0)


if __name__ == "__main__":
    fork_for_each_line()
