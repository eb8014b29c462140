"""The record of somebody who died, fetched by whoever applied for it: behind their own sign-in, and of that record nothing else."""

from datetime import datetime
from uuid import UUID

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, touched
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.rights.models import AccessPack
from troth.rights.selectors.packs import given_to
from troth.vault.categories import Category
from troth.vault.files import StoredFile


def _fetch_given(pack: UUID, *, reader: UUID, at: datetime) -> StoredFile | None:
    """
    The record that was released to this reader, written down as fetched; None where there is none, or its last day is over.

    :raises Refused: the gate said no.
    """
    if pack not in {each.id for each in given_to(reader) if each.is_open(at)}:
        return None
    by = actors.service("records-given", on_behalf_of=reader)
    with processing(Purpose.RIGHTS, Action.EXPORT, by=by, at=at) as opened:
        row = AccessPack.objects.get(pk=pack)
        opened.require(row.subject_id, Category.RIGHTS)
        stored: StoredFile | None = row.file
        digest = str((row.content or {}).get("digest", ""))
    _record_given(pack, digest, by=by, at=at)
    return stored


@act(Event.PACK_FETCHED, purpose=Purpose.RIGHTS, action=Action.EXPORT)
def _record_given(pack: UUID, digest: str, *, by: Actor, at: datetime) -> None:
    row = AccessPack.objects.select_for_update().only("id", "subject", "delivered_at").get(pk=pack)
    acting().require(row.subject_id, Category.RIGHTS)
    touched(row.subject_id, f"rights.pack/{pack.hex}:fetched/{digest}")
    if row.delivered_at is None:
        AccessPack.objects.filter(pk=pack).update(delivered_at=at)


# It reads before it writes, and is no act itself, as a public function of this room would be.
fetch_given = _fetch_given
