"""
What whoever takes in the post does with letters that ask a GP: have one go once more, and take in what came, for a clinician.

Neither needs a key to anybody's health, and none is given. A machine, which the notice lets write letters to GPs, sets the letter
anew and seals what came; the person at the desk sees who it is about, as the notice lets them, and never what it says.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from troth.gate.actors import Actor
from troth.gate.acts import act, acting, require_role
from troth.gate.contexts import processing
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice.purposes import Action
from troth.prescribing import rules
from troth.prescribing.models import GpMessage, GpNotice, MedicationRequest, Way
from troth.prescribing.rules import asking
from troth.prescribing.rules.machine import GP_NOTICE, Step
from troth.prescribing.selectors import arriving
from troth.prescribing.services.asking import _keep_answer
from troth.prescribing.services.carrying import _seal_answer, _set_again
from troth.prescribing.services.chasing import _settle, _task_to_check, _task_to_look
from troth.prescribing.services.setting import FOR
from troth.prescribing.services.telling import _locked
from troth.vault.categories import Category
from troth.vault.uploads import SealedUpload

ROUTES = (
    "whoever takes in the post notes that a letter goes once more, or that something came, without a key to either"
)


@act(Event.GP_REMINDED, purpose=FOR, action=Action.DISCLOSE, unasked=ROUTES)
def have_gp_reminded(notice: UUID, *, by: Actor, at: datetime) -> None:
    """
    This will have a letter that asks go once more, and once only, for whoever takes in the post. The choice that stands decides
    anew; where it does not let it go, whoever has the request gets the task, and who set it going is told neither.

    :raises NotPossible: its fortnight has not passed, or they were reminded.
    :raises Refused: the actor may not pass on who this person is, for writing to their GP.
    """
    row = _held(notice, Category.IDENTITY, Category.CONTACT)
    asking.check_is_of(asks=row.request_id is not None, wanted=True)
    assert row.request_id is not None
    rules.step(GP_NOTICE, row.state, Step.REMIND)
    asking.check_can_remind(sent_at=row.sent_at, at=at)
    asking.check_is_not_reminded(reminders=row.reminders)
    rules.check_is_open(status=MedicationRequest.objects.values_list("status", flat=True).get(pk=row.request_id))
    row.reminders += 1
    _settle(row, at=at)
    row.save(update_fields=["reminders", "task"])
    if not _set_again(row.pk, at=at):
        row.task = _task_to_check(row, at=at)
        row.save(update_fields=["task"])


@act(Event.GP_ANSWER_TAKEN_IN, purpose=FOR, action=Action.READ, unasked=ROUTES)
def take_in_gp_answer(
    notice: UUID, *, came_on: date, way: Way, upload: SealedUpload | None, by: Actor, at: datetime
) -> None:
    """
    This will take in what came from a practice, unread, and give whoever has the request a task to look at it.

    :raises NotPossible: it was never sent, was answered, came on no such day, or something waits already.
    :raises Refused: the actor may not see who this person is, for writing to their GP.
    """
    row = _held(notice, Category.IDENTITY)
    asking.check_is_of(asks=row.request_id is not None, wanted=True)
    asking.check_was_sent(sent_at=row.sent_at)
    rules.step(GP_NOTICE, row.state, Step.GP_REPLY)
    asking.check_can_take_in(has_file=upload is not None, waits=row.taken_in_at is not None)
    asking.check_came(came_on=came_on, asked_at=row.due_at, at=at, words="", has_file=True)
    assert upload is not None
    _settle(row, at=at)
    row.taken_in_at = at
    row.save(update_fields=["task", "taken_in_at"])
    row.task = _task_to_look(row, at=at)
    row.save(update_fields=["task"])
    _seal_answer(row.pk, upload.stored, {"on": came_on.isoformat(), "by": way.value, "document": ""}, at=at)
    upload.kept = True


@act(Event.GP_RECORDS_CAME, purpose=FOR)
def keep_taken_in(notice: UUID, *, words: str, by: Actor, at: datetime) -> UUID | None:
    """
    This will keep what was taken in as the answer to that letter, among the files of the card. Gives the file.

    :raises NotPossible: nothing waits, or it is answered meanwhile.
    :raises Refused: the actor may not write health data of this person for writing to their GP, and for their care.
    """
    row = _locked(notice)
    asking.check_may_judge(decides=bool(by.roles & rules.DECIDING))
    asking.check_waits(waits=row.taken_in_at is not None)
    with processing(FOR, by=by, at=at):
        stored, came = row.taken_in, dict(row.came)
    document = _keep_answer(
        row,
        came_on=date.fromisoformat(came["on"]),
        way=Way(came["by"]),
        words=words,
        upload=SealedUpload(stored, stored.media_type, None),
        by=by,
        at=at,
    )
    row.taken_in, row.taken_in_at = None, None  # only now: that it waits is their reason to add to the card
    row.save()
    return document


@act(Event.GP_ANSWER_PUT_BACK, purpose=FOR)
def put_gp_answer_back(notice: UUID, *, by: Actor, at: datetime) -> UUID:
    """
    This will note that what was taken in is no answer to that letter: it waits with what came by MESH until a clinician files it.

    :raises NotPossible: nothing waits.
    :raises Refused: the actor may not write health data of this person for writing to their GP.
    """
    row = _locked(notice)
    asking.check_may_judge(decides=bool(by.roles & rules.DECIDING))
    asking.check_waits(waits=row.taken_in_at is not None)
    with processing(FOR, by=by, at=at):
        stored, came = row.taken_in, dict(row.came)
    assert row.taken_in_at is not None
    message = GpMessage(number=f"desk_{uuid4().hex}", came_at=row.taken_in_at)
    day, way = date.fromisoformat(came["on"]), Way(came["by"])
    message.ticket = arriving.seal(message.pk, stored, sender="", came_on=day, way=way, at=at)
    message.save(force_insert=True)
    _settle(row, at=at)
    row.taken_in, row.taken_in_at, row.came = None, None, None
    row.save()
    made: UUID = message.pk
    return made


def _held(notice: UUID, *categories: Category) -> GpNotice:
    """The letter, held against a second hand, when the gate lets the actor at so much of its person."""
    row: GpNotice | None = GpNotice.objects.select_for_update().filter(pk=notice).first()
    require_role(Category.IDENTITY)  # a person may see their own letter, and takes in nothing for the clinic
    acting().require(row.subject_id if row else notice, *categories)
    if row is None:
        raise nothing_there()
    return row


__all__ = ["have_gp_reminded", "keep_taken_in", "put_gp_answer_back", "take_in_gp_answer"]
