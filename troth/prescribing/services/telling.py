"""
Acts by which a GP is told of a supply: a letter for each, within what its person chose, and never to anybody else.

A letter is written when the parcel leaves, and goes out by MESH or secure email (`carrying`), or when somebody has posted it. Both
times the choice that stands then decides; the second look is the one that counts for a person who took it back in between.
"""

from datetime import datetime
from uuid import UUID

from troth.delivery.services.mesh import Mesh
from troth.delivery.services.secure_mail import SecureMail
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice.schema.words import Origin
from troth.prescribing import rules
from troth.prescribing.models import GpChannel, GpNotice, GpNoticeState, Prescription
from troth.prescribing.rules import asking, leaving
from troth.prescribing.rules.machine import GP_NOTICE, Step
from troth.prescribing.selectors import directory
from troth.prescribing.services.chasing import _settle
from troth.prescribing.services.setting import FOR, _is_over, _practice_of, _set_letter
from troth.rights import services as rights
from troth.sharing import services as sharing
from troth.vault.categories import Category
from troth.work import queue

#: The kinds of data that a letter holds.
LETTER = frozenset({Category.IDENTITY, Category.HEALTH})


@act(Event.GP_LETTER_WRITTEN, purpose=FOR)
def write_gp_letter(prescription: UUID, *, by: Actor, at: datetime) -> UUID | None:
    """
    This will write the letter that tells a GP of a supply, when its person agreed to that; else none is written.

    :raises NotPossible: the parcel has not left, or there is a letter already.
    :raises Refused: the actor may not write health data of this person for writing to their GP.
    """
    row: Prescription | None = Prescription.objects.select_for_update().filter(pk=prescription).first()
    acting().require(row.subject_id if row else prescription, Category.HEALTH)
    if row is None:
        raise nothing_there()
    rules.check_has_left(left=row.dispatched_at is not None)
    rules.check_is_first(exists=GpNotice.objects.filter(prescription_id=row.pk).exists())
    with processing(FOR, by=by, at=at) as opened:
        practice = _practice_of(row.subject_id, opened)
    if practice is None:
        return None
    notice = GpNotice(
        subject_id=row.subject_id, prescription_id=row.pk, state=GpNoticeState.DUE, due_at=at, practice=practice
    )
    notice.file = _set_letter(notice, practice, by=by, at=at)
    _choose_channel(notice, practice)
    notice.save()
    made: UUID = notice.pk
    return made


@act(Event.GP_LETTER_SENT, purpose=FOR)
def post_gp_letter(notice: UUID, *, by: Actor, at: datetime) -> bool:
    """
    This will record that the letter was printed and posted, and that the GP received what it says; or stop it when the person
    took back in the meantime that their GP may be told, or asked, or the request that it asks for is closed. Where they chose
    another practice it does not go, and is set anew to that one. Gives whether it went.

    :raises NotPossible: it went already, or is on its way.
    :raises Refused: the actor may not disclose health data of this person to their GP.
    """
    row = _locked(notice)
    leaving.check_is_not_on_its_way(row.sent_at if row.state == GpNoticeState.DUE else None, at=at)
    practice, addressed = _may_leave(row, by=by, at=at)
    if practice is None:
        return False
    after = rules.step(GP_NOTICE, row.state, Step.POST)
    if practice != addressed:
        row.practice, row.file = practice, _set_letter(row, practice, by=by, at=at)
        row.save()
        return False
    row.state = after
    row.sent_at, row.tries = at, row.tries + 1
    row.channel, row.trouble = GpChannel.POST, ""
    _settle(row, at=at)
    row.save()
    _disclose(row, GpChannel.POST, by=by, at=at)
    return True


@act(Event.GP_LETTER_FAILED, purpose=FOR)
def bounce_gp_letter(notice: UUID, *, by: Actor, at: datetime) -> None:
    """
    This will record that a letter came back; it is to be sent again.

    :raises NotPossible: it was not sent.
    :raises Refused: the actor may not write health data of this person for writing to their GP.
    """
    row = _locked(notice)
    row.state, row.channel = rules.step(GP_NOTICE, row.state, Step.BOUNCE), GpChannel.POST
    row.save()


@act(Event.GP_ANSWERED, purpose=FOR)
def record_gp_answer(notice: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    This will keep what a GP answered to a letter that tells of a supply; what comes to one that asks is kept by `keep_gp_records`.

    :raises NotPossible: it was not sent, it asks, or nothing is said.
    :raises Refused: the actor may not write health data of this person for writing to their GP.
    """
    rules.check_can_write(words=words, number=0, most=1)
    row = _locked(notice)
    asking.check_is_of(asks=row.request_id is not None, wanted=False)
    asking.check_was_sent(sent_at=row.sent_at)
    row.state = rules.step(GP_NOTICE, row.state, Step.GP_REPLY)
    row.answer = words
    row.save()
    with processing(FOR, by=by, at=at):
        practice = dict(row.practice or {}).get("name", "")
    rights.note_obtained(row.subject_id, origin=Origin.GP, kinds={Category.HEALTH}, who=practice, by=by, at=at)


def _choose_channel(row: GpNotice, practice: dict[str, str], *, after: GpChannel | None = None) -> None:
    """
    By which way a letter goes, within the act that is open: MESH, else secure email, else post; `after`: none before that, which
    did not work. What a machine carries is asked for in the same transaction.
    """
    code = practice.get("code", "")
    ways = {
        GpChannel.MESH: bool(code) and Mesh.set_up() is not None,
        GpChannel.EMAIL: bool(code) and SecureMail.set_up() is not None and bool(directory.email_of(code)),
        GpChannel.POST: True,
    }
    later = list(ways) if after is None else list(ways)[list(ways).index(after) + 1 :]
    row.channel, row.tries = next(way for way in later if ways[way]), 0
    if row.channel != GpChannel.POST:
        queue.declared["prescribing.carry_gp_letter"].enqueue(row.pk)


def _may_leave(row: GpNotice, *, by: Actor, at: datetime) -> tuple[dict[str, str] | None, dict[str, str]]:
    """
    Which practice a letter may go to now, and to which it is addressed. None where it may go to nobody, which is written down.

    :raises NotPossible: it is not waiting.
    """
    practice, addressed = _practices(row, by=by, at=at)
    if practice is None:
        row.state = rules.step(GP_NOTICE, row.state, Step.CLOSE if _is_over(row) else Step.STOP)
        row.save()
    return practice, addressed


def _practices(row: GpNotice, *, by: Actor, at: datetime) -> tuple[dict[str, str] | None, dict[str, str]]:
    """Which practice a letter may go to now, None where it may go to nobody, and to which it is addressed."""
    with processing(FOR, by=by, at=at) as opened:
        practice = None if _is_over(row) else _practice_of(row.subject_id, opened, asks=row.request_id is not None)
        return practice, dict(row.practice or {})


def _disclose(row: GpNotice, channel: GpChannel, *, by: Actor, at: datetime) -> None:
    """Write down that the GP has a letter, within the act by which it left."""
    sharing.record_disclosure(
        row.subject_id,
        recipient="gp",
        purpose=FOR,
        categories=LETTER,
        what=_what_left(row, channel),
        by=by,
        at=at,
    )


def _what_left(row: GpNotice, channel: GpChannel) -> str:
    what = "about one prescription" if row.request_id is None else "that asks for what bears on one request"
    return f"A letter {what}, by {channel.words}"


def _locked(notice: UUID) -> GpNotice:
    """The letter, held against a second hand, when the gate lets the actor at this person's health data."""
    row: GpNotice | None = GpNotice.objects.select_for_update().filter(pk=notice).first()
    acting().require(row.subject_id if row else notice, Category.HEALTH)
    if row is None:
        raise nothing_there()
    return row
