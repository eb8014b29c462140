"""
Acts on files that are brought in by the page: sent, columns set, looked through, brought in, destroyed. They are about nobody: the
rows are acts of their own, by the service that brings in, on behalf of whoever sent the file.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from troth.bringing import selectors
from troth.bringing.models import BroughtFile, FileState, KnownColumn, What
from troth.bringing.rules import (
    COLUMNS,
    KEPT_FOR,
    MOST_UPLOADED,
    Fault,
    NotATable,
    NotPossible,
    Source,
    Told,
    Unreadable,
    brings,
)
from troth.bringing.rules.parts import Part, laid_out
from troth.bringing.rules.tables import Read, heads_of, missing_of, read_table, said_of
from troth.bringing.selectors.allowing import check_may_bring
from troth.bringing.services.reading import look_through, write
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, touched_thing
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault import files, tickets
from troth.vault.files import StoredFile
from troth.vault.uploads import SealedUpload
from troth.work import queue

#: While it is in one of these, the file itself is kept.
HELD = (FileState.NEW, FileState.LOOKING, FileState.LOOKED, FileState.RUNNING)
#: So many rows are one job, at whose end how far it is is written down, which is an event as well.
STEP = 25
MOST_HEADS = 100
#: What files are brought in for: to register people, or where somebody only writes of their health, to treat them.
BRINGING = (Purpose.REGISTRATION, Purpose.CARE)


@act(Event.FILE_SENT, purpose=BRINGING)
def send_file(*, kind: What, system: str, upload: SealedUpload, by: Actor, at: datetime) -> UUID:
    """
    Keep a file, sealed as it arrived, until it is brought in or thrown away, and a week at most.

    :raises NotPossible: it is no table, too large, or the actor brings nothing in.
    :raises Refused: the notice, or the clinic's permissions, let none of their roles write what it holds; so in each of these acts.
    """
    _insist(kind, by, at)
    assert by.id is not None
    if upload.stored.size > MOST_UPLOADED:
        raise NotPossible("The file is larger than 16 MB. Send it in parts, each with the line of heads.")
    if not system.strip():
        raise NotPossible("Say what the system before is called.")
    row = BroughtFile(kind=kind, sent_by=by.id, sent_at=at)
    said = {**selectors.said_of_file(upload.stored), "system": system.strip()}
    row.ticket = tickets.issue(said, page=selectors.PAGE, holder=row.pk, at=at, life=KEPT_FOR)
    row.save(force_insert=True)
    try:
        heads = heads_of(selectors.open_file(row.pk, at=at).text())
    except (NotATable, Unreadable) as wrong:
        raise NotPossible(str(wrong)) from None
    if len(heads) > MOST_HEADS:
        raise NotPossible(f"Its first line has more than {MOST_HEADS} columns. Save it with those that are needed.")
    _touched(row)
    upload.kept = True
    made: UUID = row.pk
    return made


@act(Event.FILE_MAPPED, purpose=BRINGING)
def set_columns(file: UUID, *, columns: Mapping[str, int], also_alike: bool, by: Actor, at: datetime) -> None:
    """
    Say which column of a file is which of ours, which is remembered for the next file of that system, and have it looked through.

    :raises NotPossible: one that is needed is left out, or two of ours are the same; or the file is gone on with already.
    """
    row = _locked(file, FileState.NEW, FileState.LOOKED, FileState.LOOKING)
    _insist(What(row.kind), by, at)
    job = queue.declared["bringing.look_at_file"]
    if row.state == FileState.LOOKING and job.is_open(row.pk):
        raise NotPossible("It is being looked through right now.")
    system, text = _opened(file, at)
    try:
        heads = heads_of(text)
    except NotATable as wrong:
        raise NotPossible(str(wrong)) from None
    known = {name: number for name, number in columns.items() if name in COLUMNS[row.kind]}
    missing = missing_of(COLUMNS[row.kind], known)
    if missing:
        raise NotPossible(f"Say which column has the {', the '.join(said_of(each) for each in missing)}.")
    if not selectors.is_known_number(known, heads):
        raise NotPossible("Two of ours are the same column of the file. Choose one for each.")
    ours = {number: name for name, number in known.items()}
    marks = {
        selectors.mark_of_head(system, row.kind, head): ours.get(number, "")
        for number, head in reversed(list(enumerate(heads)))
    }
    KnownColumn.objects.filter(pk__in=list(marks)).delete()
    KnownColumn.objects.bulk_create(
        [KnownColumn(pk=mark, ours=name) for mark, name in marks.items()], ignore_conflicts=True
    )
    row.columns, row.also_alike, row.state, row.trouble = known, also_alike, FileState.LOOKING, ""
    row.save()
    _touched(row)
    job.using(on_behalf_of=by.id, asker=by.id or "").enqueue(row.pk)


@act(Event.FILE_STARTED, purpose=BRINGING)
def start(file: UUID, *, leaving_out: bool, by: Actor, at: datetime) -> None:
    """
    Have a file brought in that was looked through; or have it gone on with, where a worker died.

    :raises NotPossible: nothing of it can be brought in, or some lines cannot and nobody said to leave them out.
    """
    row = _locked(file, FileState.LOOKED, FileState.RUNNING)
    _insist(What(row.kind), by, at)
    _opened(file, at)
    if row.state == FileState.LOOKED:
        if not row.ready:
            raise NotPossible(
                "All of it is here already."
                if 0 < row.rows == row.here_before
                else "No line of it can be brought in. Mend it, and send it again."
            )
        if (row.faults or row.alike) and not leaving_out:
            raise NotPossible("Some lines cannot be brought in. Say that they are left out, or mend the file first.")
        # What was found to be alike is looked at again in its turn: somebody may have registered meanwhile.
        row.state, row.done, row.reached, row.next_at, row.alike = FileState.RUNNING, 0, 0, 0, 0
    row.trouble = ""
    row.save()
    _touched(row)
    job = queue.declared["bringing.bring_file_in"]
    if not job.is_open(row.pk):
        job.using(on_behalf_of=by.id, asker=by.id or "").enqueue(row.pk)


@act(Event.FILE_ENDED, purpose=BRINGING)
def throw_away(file: UUID, *, by: Actor, at: datetime) -> None:
    """
    Destroy a file. What was brought in of it stands; a run that is under way stops within a few lines.

    :raises NotPossible: it is over already.
    """
    row = _locked(file, *HELD)
    _bringer(What(row.kind), by)  # whose role lost what a file holds may still have it destroyed
    _end(row, FileState.GONE, at)


@act(Event.FILE_ENDED, purpose=(Purpose.REGISTRATION, Purpose.ACCOUNT_SECURITY))
def clear_away(over: Iterable[UUID], *, by: Actor, at: datetime) -> None:
    """Destroy the files that nobody went on with, under a notice that lets nobody be registered any more too."""
    for row in BroughtFile.objects.select_for_update().filter(pk__in=list(over), state__in=HELD).order_by("pk"):
        _end(row, FileState.GONE, at)


@act(Event.FILE_LOOKED_THROUGH, purpose=Purpose.REGISTRATION)
def note_looked(file: UUID, told: Told | None, *, trouble: str = "", by: Actor, at: datetime) -> None:
    """
    Write down what was found in a file, unless it was thrown away meanwhile. The event says of how many lines it was found that
    somebody may be here already: whoever sends the names of others to find out who is a client is seen there.
    """
    row = BroughtFile.objects.select_for_update().get(pk=file)
    if row.state != FileState.LOOKING:
        return
    if told is None:
        row.state, row.trouble = FileState.NEW, trouble[:200]
    else:
        row.state, row.rows, row.ready, row.alike = FileState.LOOKED, told.rows, told.brought, told.alike
        row.here_before, row.faults = told.here_already, _stored(told.faults)
        touched_thing(f"bringing.alike/{row.pk.hex}/{told.alike}")
    row.save()
    _touched(row)


@act(Event.FILE_STEPPED, purpose=Purpose.REGISTRATION)
def note_step(file: UUID, part: Part, told: Told, *, by: Actor, at: datetime) -> None:
    """
    Write down how far a file is, and ask for its next part, or destroy it where that was the last. Unless it was thrown away
    meanwhile, or a worker that was taken for dead has done the same part: then it is that one's to go on.
    """
    row = BroughtFile.objects.select_for_update().get(pk=file)
    if row.state != FileState.RUNNING or row.reached != part.after:
        return
    if told.faults:
        row.faults = sorted([*map(tuple, row.faults), *_stored(told.faults)])
    row.reached, row.next_at, row.done, row.alike = part.until, part.next_at, part.done, row.alike + told.alike
    left_out = sum(line <= part.until for line, _ in row.faults) + row.alike
    # What an attempt brought in before it was stopped, this one found here.
    row.brought = max(row.done - left_out - row.here_before, 0)
    if part.is_last:
        _end(row, FileState.DONE, at)
        return
    counts = ["reached", "next_at", "done", "alike", "brought"]
    row.save(update_fields=[*counts, "faults"] if told.faults else counts)
    _touched(row)
    queue.declared["bringing.bring_file_in"].using(on_behalf_of=by.on_behalf_of, asker=by.on_behalf_of or "").enqueue(
        row.pk
    )


@act(Event.FILE_STEPPED, purpose=Purpose.REGISTRATION)
def note_laid_out(file: UUID, stored: StoredFile, *, after: int, by: Actor, at: datetime) -> bool:
    """Write down where the rows past a line lie in parts. Gives whether it is so, or another worker did the same first."""
    row = BroughtFile.objects.select_for_update().get(pk=file)
    if (
        row.state != FileState.RUNNING or row.reached != after
    ):  # asked first: what was thrown away meanwhile is not opened
        return False
    kept = selectors.open_file(file, at=at)
    if kept.parts is not None:
        return False
    said = {**selectors.said_of_file(kept.stored), **selectors.said_of_file(stored, selectors.PARTS)}
    row.ticket = tickets.issue(
        {**said, "system": kept.system}, page=selectors.PAGE, holder=row.pk, at=row.sent_at, life=KEPT_FOR
    )
    row.next_at = 0
    row.save(update_fields=["ticket", "next_at"])
    _touched(row)
    return True


@act(Event.FILE_STEPPED, purpose=Purpose.REGISTRATION)
def note_trouble(file: UUID, trouble: str, *, by: Actor, at: datetime) -> None:
    """Write down why a file that is being brought in cannot be read any more. It stands as stopped, and can be destroyed."""
    row = BroughtFile.objects.select_for_update().get(pk=file)
    if row.state == FileState.RUNNING:
        row.trouble = trouble[:200]
        row.save()
        _touched(row)


def _look(file: UUID, *, on_behalf_of: UUID | None = None, at: datetime) -> None:
    """Look a file through, and write down what was found. It may be done twice: it changes nothing else."""
    by, told, trouble = actors.service("bring-in"), None, ""
    row = BroughtFile.objects.get(pk=file)
    try:
        source, read = _read(row, at=at)
        ready, told = look_through(source, read, on_behalf_of=on_behalf_of, at=at)
        told.brought = len(ready)
    except (NotATable, Unreadable) as wrong:
        trouble = str(wrong)
    note_looked(file, told, trouble=trouble, by=by, at=at)


def _go_on(file: UUID, *, on_behalf_of: UUID | None, at: datetime) -> None:
    """
    Bring in the next rows of a file that are not here, one act each, and ask for those after them. Begun again after whatever
    stopped it, it goes on: what is here is known by its number. Lines that were shown as left out stay so.
    """
    by = actors.service("bring-in", on_behalf_of=on_behalf_of)
    row = BroughtFile.objects.get(pk=file)
    if row.state != FileState.RUNNING:
        return
    try:
        kept = selectors.open_file(row.pk, at=at)
        if kept.parts is None:
            _lay_out(row, by=by, at=at)
            row, kept = BroughtFile.objects.get(pk=file), selectors.open_file(row.pk, at=at)
        part = kept.part(row.next_at)
    except (NotATable, Unreadable) as wrong:
        note_trouble(file, str(wrong), by=by, at=at)
        return
    source = Source(row.kind, kept.system, row.also_alike, counted=True)
    ready, told = look_through(source, Read(list(part.rows)), on_behalf_of=on_behalf_of, at=at)
    for each in ready:
        write(each, told)
    note_step(file, part, told, by=by, at=at)


def _lay_out(row: BroughtFile, *, by: Actor, at: datetime) -> None:
    """Read the file once from its beginning, and seal what is still to be brought in of it in parts."""
    _, read = _read(row, at=at)
    shown = frozenset(line for line, _ in row.faults)
    pieces = laid_out(read, after=row.reached, most=STEP, leaving_out=shown)
    stored = files.store(pieces, name="", media_type="application/json")
    kept = False
    try:
        kept = note_laid_out(row.pk, stored, after=row.reached, by=by, at=at)
    finally:
        if not kept:  # nobody's, however it came to that
            files.destroy(stored.place)


def _clear_old(over: Iterable[UUID], *, at: datetime) -> None:
    """The same for the nightly job, as the service that brings in."""
    clear_away(over, by=actors.service("bring-in"), at=at)


def _read(row: BroughtFile, *, at: datetime) -> tuple[Source, Read]:
    kept = selectors.open_file(row.pk, at=at)
    read = read_table(kept.text(), COLUMNS[row.kind], row.columns)
    return Source(row.kind, kept.system, row.also_alike, counted=True), read


def _insist(kind: What, by: Actor, at: datetime) -> None:
    _bringer(kind, by)
    check_may_bring(kind, by=by, at=at)


def _bringer(kind: What, by: Actor) -> None:
    if not brings(by.roles, kind):
        raise NotPossible("Only the clinic’s manager brings files in; notes also whoever writes them.")


def _locked(file: UUID, *states: FileState) -> BroughtFile:
    row: BroughtFile | None = BroughtFile.objects.select_for_update().filter(pk=file).first()
    if row is None or row.state not in states:
        raise NotPossible("Somebody went on with this file in the meantime. Look where it stands.")
    return row


def _opened(file: UUID, at: datetime) -> tuple[str, str]:
    """What the system before is called, and all of the file."""
    try:
        kept = selectors.open_file(file, at=at)
        return kept.system, kept.text()
    except (NotATable, Unreadable) as over:
        raise NotPossible(str(over)) from None


def _end(row: BroughtFile, state: FileState, at: datetime) -> None:
    """The file goes with its key: the row keeps counts. Where its ciphertext outlives a crash here, nothing opens it."""
    try:
        places = selectors.open_file(row.pk, at=row.sent_at).places
    except Unreadable:
        places = []
    row.state, row.ended_at, row.ticket = state, at, ""
    row.save()
    _touched(row)
    for place in places:
        transaction.on_commit(partial(files.destroy, place))


def _stored(faults: Iterable[Fault]) -> list[tuple[int, str]]:
    return [(each.line, each.words) for each in sorted(faults, key=lambda each: each.line)]


def _touched(row: BroughtFile) -> None:
    touched_thing(f"bringing.file/{row.pk.hex}/{row.state}")


# Neither is an act: a file of thousands of rows is no one transaction. Each row and each note of how far it is are acts.
look, go_on, clear_old = _look, _go_on, _clear_old
