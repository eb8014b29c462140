"""
Our own MESH mailbox, taken in: a report that a letter was not delivered is followed, and everything else is kept, sealed, until a
clinician has read it and says whose it is.

The order never changes: a message is fetched and lies sealed, its line is committed, and only then MESH hears that it is here. A
worker that dies in between takes it in again, and knows it by its number. None of it is destroyed but by a clinician's own act.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from troth.delivery.services.inbox import Arrived, Inbox, TooLarge
from troth.delivery.services.mesh import Mesh
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, require_role, touched_thing
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice.purposes import Action
from troth.prescribing import rules
from troth.prescribing.models import Astray, GpMessage, MessageState, Way
from troth.prescribing.rules import NotPossible
from troth.prescribing.rules.machine import GP_MESSAGE, Step
from troth.prescribing.selectors import arriving
from troth.prescribing.selectors.arriving import Message
from troth.prescribing.services.asking import keep_gp_records
from troth.prescribing.services.carrying import _follow_report
from troth.prescribing.services.setting import FOR
from troth.records import services as records
from troth.records.selectors import Source
from troth.vault import files
from troth.vault.categories import Category
from troth.vault.uploads import SealedUpload
from troth.work.each import do_for_each


def _read(*, at: datetime) -> None:
    """
    Take in what lies in our mailbox, where there is one.

    :raises ExceptionGroup: it failed for some, which stay there; the others are here.
    """
    if mesh := Mesh.set_up():
        box = Inbox(mesh)
        do_for_each(box.waiting(), lambda number: _take_in(box, number, at=at))


def _take_in(box: Inbox, number: str, *, at: datetime) -> None:
    if arriving.is_left(number):
        return
    if not arriving.is_here(number):
        try:
            came = box.fetch(number)
        except TooLarge:
            _note_too_large(number, by=actors.service("gp-mailbox"), at=at)
            return
        try:
            kept = _keep(came, by=actors.service("gp-mailbox"), at=at)
        except BaseException:
            files.destroy(came.file.place)
            raise
        if not kept:
            files.destroy(came.file.place)
    box.acknowledge(number)


def _keep(came: Arrived, *, by: Actor, at: datetime) -> bool:
    """Follow a report about a letter of ours, or keep the message. Gives whether its file is kept."""
    if came.is_report and _follow_report(came, at=at):
        return False
    _keep_message(came, by=by, at=at)
    return True


@act(Event.GP_MESSAGE_LEFT, purpose=FOR)
def _note_too_large(number: str, *, by: Actor, at: datetime) -> None:
    row = GpMessage(number=number, came_at=at, state=MessageState.TOO_LARGE)
    row.save(force_insert=True)
    _touched(row)


@act(Event.GP_MESSAGE_CAME, purpose=FOR)
def _keep_message(came: Arrived, *, by: Actor, at: datetime) -> None:
    row = GpMessage(number=came.number, came_at=at)
    day = timezone.localdate(at)
    row.ticket = arriving.seal(row.pk, came.file, sender=came.sender, came_on=day, way=Way.MESH, at=at)
    row.save(force_insert=True)
    _touched(row)


@act(Event.GP_MESSAGE_OPENED, purpose=FOR, action=Action.READ)
def open_gp_message(message: UUID, *, by: Actor, at: datetime) -> Message:
    """
    This will open a message that nobody has filed, and write down who did.

    :raises NotPossible: it is filed, or set aside.
    :raises Refused: the notice lets no role of theirs read health data for writing to GPs.
    """
    row = _waiting(message, Step.KEEP)
    _touched(row)
    return arriving.read_ticket(row, at=at)


@act(Event.GP_MESSAGE_FILED, purpose=FOR)
def file_gp_message(message: UUID, *, subject: UUID, answers: bool, by: Actor, at: datetime) -> UUID | None:
    """
    This will keep a message among the files of somebody's card: where it `answers`, as the answer to the letter by which the actor
    asked their GP before it came. Gives the file.

    :raises NotPossible: it is filed already, or set aside; or no letter of theirs from before it waits for an answer.
    :raises Refused: the actor may not write health data of this person.
    """
    row = _waiting(message, Step.KEEP)
    said = arriving.read_ticket(row, at=at)
    upload, day = SealedUpload(said.file, said.file.media_type, None), said.came_on
    if answers:
        owed = arriving.letter_owed(subject, clinician=by.id, before=said.here_by) if by.id else None
        if owed is None:
            raise NotPossible(
                "No letter of yours to their GP, from before this came, waits for an answer. Keep it as something else."
            )
        made = keep_gp_records(owed, came_on=day, way=said.way, words="", upload=upload, by=by, at=at)
    else:
        title = f"From a GP practice, {day:%-d %B %Y}"
        made = records.add_file(
            subject, title=title, source=Source.GP, upload=upload, received_on=day, by=by, at=at
        ).pk
    row.state, row.ticket, row.ended_at = rules.step(GP_MESSAGE, row.state, Step.KEEP), "", at
    row.save()
    _touched(row)
    return made


@act(Event.GP_MESSAGE_SET_ASIDE, purpose=FOR)
def set_gp_message_aside(message: UUID, *, why: Astray, by: Actor, at: datetime) -> None:
    """
    This will destroy a message that is kept on nobody's card, and write down why. Of one that is too large there is nothing to
    destroy: it is over once whoever sent it was told.

    :raises NotPossible: it is filed, or set aside already.
    :raises Refused: the notice lets no role of theirs write health data for writing to GPs.
    """
    row = _waiting(message, Step.SET_ASIDE)
    place = arriving.read_ticket(row, at=at).file.place if row.ticket else ""
    row.state, row.ticket, row.ended_at = rules.step(GP_MESSAGE, row.state, Step.SET_ASIDE), "", at
    row.why = why.value if place else Astray.TOO_LARGE.value
    row.save()
    _touched(row)
    if place:
        transaction.on_commit(lambda: files.destroy(place))


def _waiting(message: UUID, step: Step) -> GpMessage:
    """The message, held against a second hand, for whoever the notice lets at such: it is about nobody who could be asked about."""
    require_role(Category.HEALTH)
    row: GpMessage | None = GpMessage.objects.select_for_update().filter(pk=message).first()
    if row is None:
        raise nothing_there()
    rules.step(GP_MESSAGE, row.state, step)
    return row


def _touched(row: GpMessage) -> None:
    touched_thing(f"prescribing.gp_message/{row.pk.hex}/{row.state}")


# Made of several acts, each in a transaction of its own: what was kept is told to MESH after that.
read_mailbox = _read

__all__ = ["file_gp_message", "open_gp_message", "read_mailbox", "set_gp_message_aside"]
