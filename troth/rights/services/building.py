"""
Building a pack that was decided: parts to print one by one, then the ZIP, then the check that nothing is missing.

Each part on paper is kept the moment it is made, so that a building that was stopped goes on where it was; files with something
black in them are drawn anew each time. Whatever is found in the end
is written down: a pack with a fault goes back to review with the fault, and is not released.
"""

from contextlib import ExitStack
from datetime import datetime
from typing import Any
from uuid import UUID

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.rights.models import AccessPack, PackPart, PackState
from troth.rights.rules import packing
from troth.rights.selectors import blackening, packs, paper
from troth.rights.selectors.assembling import Assembled, assemble
from troth.rights.selectors.blackening import Unreadable
from troth.rights.selectors.completeness import count_rows, find_faults
from troth.rights.selectors.copying import NAME, RECORD_NAME, zip_of
from troth.rights.selectors.deceased import assemble_record
from troth.rights.selectors.things import HeldFile
from troth.rights.services.packs import _drop_parts, _to_change, end_pack
from troth.vault import files
from troth.vault.categories import Category
from troth.vault.files import StoredFile


def _build_pack(pack: UUID, *, at: datetime) -> None:
    """
    Build a pack to its end, from wherever an earlier try was stopped. One that is not to be built is left alone.

    :raises LookupError: there is no such pack.
    """
    by = actors.service("packs")
    with processing(Purpose.RIGHTS, Action.EXPORT, by=by, at=at) as opened:
        known = packs.get_pack(pack, opened)
        if known.state is not PackState.BUILDING:
            return
        entries = packs.review(known, opened)
        decided = packs.decisions_of(pack)
        everywhere = decided[pack.hex].words if pack.hex in decided else ()
        left_out = {
            each.thing.id: packs.withheld_words(each.decided, of_dead=known.of_dead)
            for each in entries
            if each.decided and each.stands is packing.Stands.WITHHELD
        }
        why_not = packing.check_can_build(each.stands for each in entries)
    if why_not:  # an entry was changed since it was decided
        _go_back(pack, [why_not], by=by, at=at)
        return
    with ExitStack() as until_built:
        try:
            anew = {each.thing.id: _made_anew(each, everywhere, until_built) for each in entries}
        except Unreadable as wrong:
            _go_back(pack, [str(wrong)], by=by, at=at)
            return
        with processing(Purpose.RIGHTS, Action.EXPORT, by=by, at=at) as opened:
            things = [
                packs.with_cuts(each.thing, each.decided, everywhere, anew.get(each.thing.id)) for each in entries
            ]
            persons = packs.persons_of(known.subject, at=at)
            put_together = assemble_record if known.of_dead else assemble
            made = put_together(persons, things, opened, at=at, left_out=left_out)
        papers = _set_papers(known, made, by=by, at=at)
        with processing(Purpose.RIGHTS, Action.EXPORT, by=by, at=at) as opened:
            opened.require(known.subject, Category.RIGHTS)
            copy = zip_of(made, papers=papers)
            name = RECORD_NAME if known.of_dead else NAME
            stored = files.store(copy.pieces(), name=name, media_type="application/zip")
    faults = find_faults(
        stored,
        persons,
        before=known.as_of,
        withheld=left_out,
        removed={item: each.files for item, each in decided.items()},
        words={item: each.words for item, each in decided.items()},
        everywhere=everywhere,
        blackened={item: each.boxes for item, each in decided.items() if each.boxes and not each.withheld},
        of_dead=known.of_dead,
    )
    counts = {
        "rows": count_rows(persons, before=known.as_of),
        "entries": len(things),
        "withheld": len(left_out),
        "cut": sum(each.stands is packing.Stands.CUT for each in entries),
        "files": len(made.files),
        "papers": len(papers),
    }
    _finish(pack, stored, {"digest": copy.digest, "faults": faults, **counts}, by=by, at=at)


def _made_anew(each: packs.Reviewed, everywhere: tuple[str, ...], until_built: ExitStack) -> dict[str, StoredFile]:
    """
    The files of an entry out of which something goes, made anew, by field: pages with black on them, and text without the words
    that go. Sealed, and destroyed when the copy is built. Its own are opened for it and go nowhere.
    """
    found: dict[str, StoredFile] = {}
    for file in each.thing.files:
        if each.decided and (made := _without(file, each, each.decided, everywhere)):
            found[file.field] = files.store([made[0]], name=file.name, media_type=made[1])
            until_built.callback(files.destroy, found[file.field].place)
    return found


def _without(
    file: HeldFile, each: packs.Reviewed, decided: packing.Decided, everywhere: tuple[str, ...]
) -> tuple[bytes, str] | None:
    """What is in the place of a file, and its media type; None where it goes as it came, or does not go."""
    if each.stands not in {packing.Stands.GOES, packing.Stands.CUT} or file.field in decided.files:
        return None
    if boxes := decided.boxes.get(file.field):
        return blackening.blacken(file.stored, boxes)
    text = blackening.cut_text(file.stored, (*everywhere, *decided.words))
    return None if text is None else (text, blackening.TEXT)


def _end_packs(*, at: datetime) -> int:
    """End every pack whose last day is over; gives how many."""
    over = list(AccessPack.objects.filter(state=PackState.RELEASED, expires_at__lte=at).values_list("pk", flat=True))
    for pack in over:
        end_pack(pack, by=actors.service("packs"), at=at)
    return len(over)


def _set_papers(pack: packs.Pack, made: Assembled, *, by: Actor, at: datetime) -> list[tuple[str, StoredFile]]:
    parts = paper.parts_of(made.page)
    there = set(PackPart.objects.filter(pack_id=pack.id).values_list("number", flat=True))
    for number, part in enumerate(parts, 1):
        if number not in there:
            name = _name(number, of_dead=pack.of_dead)
            stored = files.store([paper.set_part(part)], name=name, media_type=paper.MEDIA_TYPE)
            _keep_part(pack.id, pack.subject, number, stored, of=len(parts) + 1, by=by, at=at)
    with processing(Purpose.RIGHTS, Action.EXPORT, by=by, at=at):
        return [
            (f"paper/{_name(row.number, of_dead=pack.of_dead)}", row.file)
            for row in PackPart.objects.filter(pack_id=pack.id).order_by("number")
        ]


def _name(number: int, *, of_dead: bool) -> str:
    return f"{'record' if of_dead else 'my-data'}-{number}.pdf"


@act(Event.PACK_PART_MADE, purpose=Purpose.RIGHTS)
def _keep_part(
    pack: UUID, subject: UUID, number: int, stored: StoredFile, *, of: int, by: Actor, at: datetime
) -> None:
    PackPart.objects.create(subject_id=subject, pack_id=pack, number=number, file=stored)
    AccessPack.objects.filter(pk=pack).update(done=number, total=of)


@act(Event.PACK_BUILT, purpose=Purpose.RIGHTS)
def _finish(pack: UUID, stored: StoredFile, found: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Keep the ZIP and what was found. A pack with a fault is not ready; the parts have gone into it, and go."""
    row, before = _to_change(pack, by=by, at=at)
    with processing(Purpose.RIGHTS, by=by, at=at):
        earlier = row.file
    row.file, row.state = stored, PackState.REVIEW if found["faults"] else PackState.READY
    row.content = {**{key: before[key] for key in ("fee_paid_on",) if key in before}, **found}
    row.done = row.total
    row.save()
    _drop_parts(pack, by=by, at=at, earlier=earlier)


@act(Event.PACK_SENT_BACK, purpose=Purpose.RIGHTS)
def _go_back(pack: UUID, faults: list[str], *, by: Actor, at: datetime) -> None:
    """Send a pack back to review, with why."""
    row, before = _to_change(pack, by=by, at=at)
    row.state, row.content = PackState.REVIEW, {**before, "faults": faults}
    row.save()
    _drop_parts(pack, by=by, at=at)


# Made of several acts, each in a transaction of its own, so that a building can be stopped anywhere and taken up again.
build_pack = _build_pack
end_packs = _end_packs
