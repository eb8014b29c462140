"""Making one part of a page black in a copy, or taking that back: what a colleague decides meanwhile of the same file stands."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.rights.models import AccessPack
from troth.rights.rules.packing import Box, Decided
from troth.rights.selectors import packs
from troth.rights.services.packs import _decide
from troth.vault.categories import Category


@act(Event.PACK_DECIDED, purpose=Purpose.RIGHTS)
def blacken_part(
    pack: UUID, item: UUID, field: str, *, page: int, box: Box, note: str | None, by: Actor, at: datetime
) -> None:
    """
    Make a rectangle of a page of an entry's file black in the copy, with how it was weighed; one that is black already stays so.
    `note` is None to keep what was written before.

    :raises PackRefused: the file has no such parts, the entry may not go, or the pack was released.
    :raises Refused: the actor may not do this for that person.
    """
    _change(pack, item, field, page, box, black=True, note=note, by=by, at=at)


@act(Event.PACK_DECIDED, purpose=Purpose.RIGHTS)
def show_part(pack: UUID, item: UUID, field: str, *, page: int, box: Box, by: Actor, at: datetime) -> None:
    """
    Let a rectangle that was to be black be read again in the copy. It is named by itself: another may have taken its place.

    :raises PackRefused: the entry may not go, or the pack was released.
    :raises Refused: the actor may not do this for that person.
    """
    _change(pack, item, field, page, box, black=False, note=None, by=by, at=at)


def _change(
    pack: UUID,
    item: UUID,
    field: str,
    page: int,
    box: Box,
    *,
    black: bool,
    note: str | None,
    by: Actor,
    at: datetime,
) -> None:
    row = AccessPack.objects.select_for_update().get(pk=pack)  # whoever comes second adds to what the first decided
    acting().require(row.subject_id, Category.RIGHTS)
    with processing(Purpose.RIGHTS, by=by, at=at):
        kept = packs.decisions_of(pack).get(item.hex) or Decided()
    pages = dict(kept.boxes.get(field, {}))
    others = tuple(each for each in pages.pop(page, ()) if each != box)
    if there := (*others, box) if black else others:
        pages[page] = there
    boxes = {name: found for name, found in kept.boxes.items() if name != field}
    if pages:
        boxes[field] = pages
    decided = replace(kept, withheld=False, exemption=None, boxes=boxes, note=kept.note if note is None else note)
    _decide(pack, {item.hex: decided}, by=by, at=at)
