"""
Letters to GPs that leave by themselves: by MESH where the practice takes them there, else by secure email, else by post.

The order never changes: the choice that stands and whether it may be disclosed are looked at, the letter is noted as on its way and
that is committed, then it leaves, then that it left is written down with what was disclosed, whatever was changed meanwhile. While
it is on its way nobody else sends it; when a worker died in between it is carried again, under the same identifier. What one way
cannot carry goes by the next.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from troth.delivery.selectors import Failure
from troth.delivery.services.carriers import Undelivered
from troth.delivery.services.inbox import Arrived
from troth.delivery.services.mesh import Mesh
from troth.delivery.services.secure_mail import PracticeLetter, SecureMail
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice import selectors as notices
from troth.notice.purposes import Action
from troth.prescribing import rules
from troth.prescribing.models import GpChannel, GpNotice, GpNoticeState
from troth.prescribing.rules import asking
from troth.prescribing.rules.leaving import is_on_its_way
from troth.prescribing.rules.machine import GP_NOTICE, Step
from troth.prescribing.selectors import directory, reviewing, telling
from troth.prescribing.services.chasing import _task_to_send
from troth.prescribing.services.setting import FOR, _set_letter
from troth.prescribing.services.telling import LETTER, _choose_channel, _locked, _may_leave, _practices, _what_left
from troth.rights.selectors import restricted_since
from troth.sharing import selectors as passing
from troth.sharing import services as sharing
from troth.vault.categories import Category
from troth.vault.files import StoredFile
from troth.work import queue
from troth.work.each import do_for_each

MOST_TRIES = 12
#: MESH gives back what nobody collected within five days; whatever it says after that is no news.
WATCHED = timedelta(days=10)
_LETTER = re.compile(r"[0-9a-f]{32}")


class NotYet(Exception):
    """A letter did not leave, and is tried again later. Why stands in its row."""


@dataclass(frozen=True)
class _Leaving:
    channel: GpChannel
    practice: str  # its ODS code
    letter: PracticeLetter


def _carry(notice: UUID, *, at: datetime) -> None:
    """
    Carry one letter by the way that it is to go, unless it left, was stopped, or its person's record stands still.

    :raises NotYet: it did not leave, and the job should come back.
    """
    row = GpNotice.objects.filter(pk=notice, state=GpNoticeState.DUE).exclude(channel=GpChannel.POST).only("subject")
    found = row.first()
    if found is None or restricted_since(found.subject_id, at=at) is not None:
        return
    by = actors.service("gp-letters")
    with boundary() as into:
        leaving = _leave(notice, by=by, at=at)
        if leaving is None:
            return
        into.commit()  # that it was opened is written down before it leaves
        try:
            number = _hand_over(leaving)
        except Undelivered as failed:
            if _put_off(notice, failed, leaving, by=by, at=at):
                raise NotYet from None
            return
        _arrive(notice, leaving.channel, number, by=by, at=at)


def _hand_over(leaving: _Leaving) -> str:
    """
    The letter leaves. Gives the number that it has there, or "".

    :raises Undelivered: it did not.
    """
    if leaving.channel is GpChannel.MESH and (mesh := Mesh.set_up()):
        return mesh.send(mesh.find(leaving.practice), leaving.letter.file, letter=leaving.letter.id)
    address = directory.email_of(leaving.practice)
    if leaving.channel is GpChannel.EMAIL and address and (mail := SecureMail.set_up()):
        mail.send(address, leaving.letter)
        return ""
    raise Undelivered(telling.NOT_SET_UP, lasting=True)


@act(Event.GP_LETTER_LEFT, purpose=FOR)
def _leave(notice: UUID, *, by: Actor, at: datetime) -> _Leaving | None:
    """
    Note that a letter is on its way, and give it opened. None where it does not leave: the notice or the gate does not let it, the
    person took their choice back or chose another practice, to which it is set anew, the request that it asks for is closed, or
    somebody was quicker.
    """
    row = _locked(notice)
    if row.state != GpNoticeState.DUE or row.channel == GpChannel.POST or is_on_its_way(row.sent_at, at=at):
        return None
    with processing(FOR, Action.DISCLOSE, by=by, at=at) as opened:
        if not passing.may_pass(row.subject_id, opened, recipient="gp", categories=LETTER):
            row.channel, row.trouble, row.tries = GpChannel.POST, Failure.NOT_ALLOWED, 0
            row.save(update_fields=["channel", "trouble", "tries"])
            return None
    practice, addressed = _practices(row, by=by, at=at)
    if practice != addressed and row.sent_at not in (None, _before(row)) and row.tries:
        # A worker died while it left, and nobody knows whether it did: nothing more goes, and the person is told that it may have.
        _note_left(row, GpChannel(row.channel), "", by=by, at=at)
        return None
    practice, addressed = _may_leave(row, by=by, at=at)
    if practice is None:
        return None
    if practice != addressed:
        row.practice, row.file = practice, _set_letter(row, practice, by=by, at=at)
        _choose_channel(row, practice)
        row.save()
        return None
    if row.tries >= MOST_TRIES:  # whatever broke the tries, none of which came back to say so
        row.sent_at = _before(row)
        _choose_channel(row, practice, after=GpChannel(row.channel))
        row.save()
        return None
    row.tries, row.sent_at = row.tries + 1, at
    row.save()
    with processing(FOR, by=by, at=at) as opened:
        file = b"".join(telling.open_letter(row.pk, opened).read())
    return _Leaving(GpChannel(row.channel), practice.get("code", ""), _letter_of(row.pk, file, at))


def _before(row: GpNotice) -> datetime | None:
    """
    When a letter that does not leave now had left before: None where it never did. One that goes once more is with the
    practice since about the day on which it was written, and what comes to it is kept.
    """
    return row.due_at if row.reminders else None


def _letter_of(notice: UUID, file: bytes, at: datetime) -> PracticeLetter:
    version = notices.version_in_force(at)
    who = notices.notice_of(version).controller if version else None
    assert who is not None
    return PracticeLetter(
        notice,
        file,
        who.trading_name or who.legal_name,
        settings.TROTH_MAIL_FROM or who.email or "troth@localhost",
        who.telephone,
    )


_ROUTES = "it notes in open columns how far a letter came, and opens nothing"


@act(Event.GP_LETTER_PUT_OFF, purpose=FOR, unasked=_ROUTES)
def _put_off(notice: UUID, failed: Undelivered, leaving: _Leaving, *, by: Actor, at: datetime) -> bool:
    """Note why a letter did not leave. Gives whether the same way is tried again; where it cannot help, the next way is its."""
    row = GpNotice.objects.select_for_update().get(pk=notice)
    if row.state != GpNoticeState.DUE:
        return False
    row.trouble, row.sent_at = failed.failure.value, _before(row)
    again = not failed.lasting and row.tries < MOST_TRIES
    if not again:
        _choose_channel(row, {"code": leaving.practice}, after=leaving.channel)
    row.save(update_fields=["trouble", "sent_at", "channel", "tries"])
    return again


@act(Event.GP_LETTER_SENT, purpose=FOR, unasked=_ROUTES)
def _arrive(notice: UUID, channel: GpChannel, number: str, *, by: Actor, at: datetime) -> None:
    """
    Note that a letter left and who has it now. That was allowed before it left: it is true whatever was withdrawn, restricted or
    posted in the meantime, and nobody is asked again.
    """
    _note_left(GpNotice.objects.select_for_update().get(pk=notice), channel, number, by=by, at=at)


def _note_left(row: GpNotice, channel: GpChannel, number: str, *, by: Actor, at: datetime) -> None:
    if row.state in (GpNoticeState.DUE, GpNoticeState.STOPPED, GpNoticeState.CLOSED):
        row.state, row.sent_at = GpNoticeState.SENT, at
        row.trouble, row.channel, row.message = "", channel, number
        row.save(update_fields=["state", "sent_at", "trouble", "channel", "message"])
    sharing.record_left(
        row.subject_id, recipient="gp", purpose=FOR, categories=LETTER, what=_what_left(row, channel), by=by, at=at
    )


def _watch(*, at: datetime) -> None:
    """
    Ask MESH what became of the letters that it has, and have those carried that wait and that no job is for.

    :raises ExceptionGroup: it failed for some; the others were looked at.
    """
    waiting = GpNotice.objects.filter(state=GpNoticeState.DUE).exclude(channel=GpChannel.POST)
    carry = queue.declared["prescribing.carry_gp_letter"]
    for notice, subject in waiting.values_list("pk", "subject_id"):
        if restricted_since(subject, at=at) is None and not carry.is_open(notice):
            carry.enqueue(notice)
    if mesh := Mesh.set_up():
        mesh.shake_hands()
        sent = GpNotice.objects.filter(state=GpNoticeState.SENT, channel=GpChannel.MESH, sent_at__gt=at - WATCHED)
        found = {notice: number for notice, number in sent.values_list("pk", "message") if number}
        do_for_each(list(found), lambda notice: _look_after(mesh, notice, found[notice], at=at))


def _look_after(mesh: Mesh, notice: UUID, number: str, *, at: datetime) -> None:
    by, became = actors.service("gp-letters"), mesh.track(number)
    if became == "acknowledged":
        _take_in(notice, by=by, at=at)
    elif became in {"undeliverable", "error"}:
        _come_back(notice, _code_of(notice, by=by, at=at), None, by=by, at=at)


def _follow_report(came: Arrived, *, at: datetime) -> bool:
    """
    Follow a report of MESH about a letter of ours, which was not delivered. Gives whether it is about one: what it says of one that
    went again since, or by another way, is no news.
    """
    found = GpNotice.objects.filter(message=came.about).exclude(message="")
    if _LETTER.fullmatch(came.local):
        found = found | GpNotice.objects.filter(pk=UUID(came.local))
    for notice, number in found.values_list("pk", "message"):
        if number and came.about in {"", number}:
            by = actors.service("gp-letters")
            _come_back(notice, _code_of(notice, by=by, at=at), came.failure, by=by, at=at)
        return True
    return False


def _set_again(notice: UUID, *, at: datetime) -> bool:
    """Set a letter that asks anew, within the act of whoever has it go once more and may not read it. Gives whether it goes."""
    return _set_reminder(notice, by=actors.service("gp-letters"), at=at)


@act(Event.GP_REMINDER_SET, purpose=FOR)
def _set_reminder(notice: UUID, *, by: Actor, at: datetime) -> bool:
    row = _locked(notice)
    with processing(FOR, by=by, at=at) as opened:
        choice = reviewing.gp_of(row.subject_id, opened)
    # Why it does not go is nothing for whoever takes in the post.
    if asking.why_not(choice.state, may_ask=choice.may_ask):
        return False
    row.state, row.trouble, row.message = rules.step(GP_NOTICE, row.state, Step.REMIND), "", ""
    row.practice, row.file = choice.practice, _set_letter(row, choice.practice, by=by, at=at)
    _choose_channel(row, choice.practice)
    row.save()
    return True


def _seal_answer(notice: UUID, stored: StoredFile, came: dict[str, str], *, at: datetime) -> None:
    """Seal what came from a practice, within the act of whoever took it in and may not read it."""
    _seal(notice, stored, came, by=actors.service("gp-letters"), at=at)


@act(Event.GP_ANSWER_SEALED, purpose=FOR)
def _seal(notice: UUID, stored: StoredFile, came: dict[str, str], *, by: Actor, at: datetime) -> None:
    row = _locked(notice)
    row.taken_in, row.came = stored, came
    row.save()


def _code_of(notice: UUID, *, by: Actor, at: datetime) -> str:
    """The code of the practice that a letter is for; "" while its person's record may not be opened."""
    row = GpNotice.objects.get(pk=notice)
    with processing(FOR, by=by, at=at) as opened:
        may = opened.decision(row.subject_id, Category.HEALTH).allowed
        return dict(row.practice or {}).get("code", "") if may else ""


@act(Event.GP_LETTER_RECEIVED, purpose=FOR, unasked=_ROUTES)
def _take_in(notice: UUID, *, by: Actor, at: datetime) -> None:
    row = GpNotice.objects.select_for_update().get(pk=notice)
    if row.state == GpNoticeState.SENT:
        row.state = rules.step(GP_NOTICE, row.state, Step.DELIVER)
        row.save(update_fields=["state"])


@act(Event.GP_LETTER_FAILED, purpose=FOR, unasked=_ROUTES)
def _come_back(notice: UUID, practice: str, failure: Failure | None, *, by: Actor, at: datetime) -> None:
    """What was not delivered, and why, goes by the next way; where that is post, somebody gets a task to print it."""
    row = GpNotice.objects.select_for_update().get(pk=notice)
    if row.state != GpNoticeState.SENT:
        return
    row.trouble, row.message = failure.value if failure else telling.NOT_COLLECTED, ""
    _choose_channel(row, {"code": practice}, after=GpChannel(row.channel))
    by_post = row.channel == GpChannel.POST
    row.state = rules.step(GP_NOTICE, row.state, Step.BOUNCE if by_post else Step.SEND_ON)
    row.sent_at = row.sent_at if by_post else _before(row)
    row.save(update_fields=["state", "channel", "trouble", "message", "tries", "sent_at"])
    if by_post and row.task is None:
        row.task = _task_to_send(row, at=at)
        row.save(update_fields=["task"])


# Made of several acts, each in a transaction of its own: a letter that left cannot be called back.
carry_gp_letter = _carry
watch_gp_letters = _watch

__all__ = ["carry_gp_letter", "watch_gp_letters"]
