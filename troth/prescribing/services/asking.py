"""
Acts by which a GP practice is asked for what bears on a request, and by which what came from it is kept.

Whoever has the request asks, and nobody else; the letter goes the way of every letter to a GP (`telling`, `carrying`), and the
choice that stands when it leaves decides once more. What came lies among the files of the card, and its person is told of it.
"""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice.schema.words import Origin
from troth.prescribing import rules
from troth.prescribing.models import GpNotice, GpNoticeState, MedicationRequest, Wanted, Way
from troth.prescribing.rules import asking
from troth.prescribing.rules.machine import GP_NOTICE, Step
from troth.prescribing.selectors import reviewing, telling
from troth.prescribing.services.chasing import _settle
from troth.prescribing.services.setting import FOR, _set_letter
from troth.prescribing.services.telling import _choose_channel, _locked
from troth.records import services as records
from troth.records.selectors import Source
from troth.rights import services as rights
from troth.vault.categories import Category
from troth.vault.uploads import SealedUpload


@act(Event.GP_ASKED, purpose=FOR)
def ask_gp(
    request: UUID, *, wanted: Collection[Wanted], history: str = "", words: str = "", by: Actor, at: datetime
) -> UUID:
    """
    This will write the letter that asks a person's GP practice for what bears on a request, while they agree to it (LAW-5.7).

    :raises NotPossible: they do not agree, the request is closed or another's, nothing is asked for, or a letter is not answered.
    :raises Refused: the actor may not write health data of this person for writing to their GP.
    """
    row: MedicationRequest | None = MedicationRequest.objects.select_for_update().filter(pk=request).first()
    acting().require(row.subject_id if row else request, Category.HEALTH)
    if row is None:
        raise nothing_there()
    rules.check_is_open(status=row.status)
    rules.check_is_theirs(prescriber=row.prescriber, by=by.id)
    asking.check_says_what(wanted, history=history, words=words)
    asking.check_is_not_asked(asked=GpNotice.objects.filter(request_id=row.pk, state__in=telling.UNANSWERED).exists())
    with processing(FOR, by=by, at=at) as opened:
        choice = reviewing.gp_of(row.subject_id, opened)
    asking.check_may_ask(choice.state, may_ask=choice.may_ask)
    notice = GpNotice(
        subject_id=row.subject_id,
        request_id=row.pk,
        state=GpNoticeState.DUE,
        due_at=at,
        practice=choice.practice,
        asked={
            "wanted": [each.value for each in Wanted if each in wanted],
            "history": history.strip() if Wanted.HISTORY in wanted else "",
            "words": words.strip(),
        },
    )
    notice.file = _set_letter(notice, choice.practice, by=by, at=at)
    _choose_channel(notice, choice.practice)
    notice.save()
    made: UUID = notice.pk
    return made


@act(Event.GP_REMINDED, purpose=FOR)
def remind_gp(notice: UUID, *, by: Actor, at: datetime) -> None:
    """
    This will have a letter that asks go once more, when the practice let its fortnight pass. The choice that stands decides anew.

    :raises NotPossible: it has not passed, the letter does not ask, or the person does not agree any more.
    :raises Refused: the actor may not write health data of this person for writing to their GP.
    """
    row = _locked(notice)
    asking.check_is_of(asks=row.request_id is not None, wanted=True)
    assert row.request_id is not None
    after = rules.step(GP_NOTICE, row.state, Step.REMIND)
    asking.check_can_remind(sent_at=row.sent_at, at=at)
    rules.check_is_open(status=MedicationRequest.objects.values_list("status", flat=True).get(pk=row.request_id))
    with processing(FOR, by=by, at=at) as opened:
        choice = reviewing.gp_of(row.subject_id, opened)
    asking.check_may_ask(choice.state, may_ask=choice.may_ask)
    row.state, row.practice, row.trouble, row.message = after, choice.practice, "", ""
    row.reminders += 1
    _settle(row, at=at)
    row.file = _set_letter(row, choice.practice, by=by, at=at)
    _choose_channel(row, choice.practice)
    row.save()


@act(Event.GP_RECORDS_CAME, purpose=FOR)
def keep_gp_records(
    notice: UUID, *, came_on: date, way: Way, words: str, upload: SealedUpload | None, by: Actor, at: datetime
) -> UUID | None:
    """
    This will record that a practice answered, and keep what it sent as a file of the card, of which its person is told (LAW-9.3).
    It counts whatever they chose since the letter left: what came is here. Gives the file, where there is one.

    :raises NotPossible: it was never sent, was answered, does not ask, came on no such day, or something taken in waits.
    :raises Refused: the actor may not write health data of this person for writing to their GP or, with a file, for their care.
    """
    row = _locked(notice)
    asking.check_nothing_waits(waits=row.taken_in_at is not None)
    return _keep_answer(row, came_on=came_on, way=way, words=words, upload=upload, by=by, at=at)


def _keep_answer(
    row: GpNotice, *, came_on: date, way: Way, words: str, upload: SealedUpload | None, by: Actor, at: datetime
) -> UUID | None:
    """Keep what came to a letter, within the act that holds it."""
    asking.check_is_of(asks=row.request_id is not None, wanted=True)
    asking.check_was_sent(sent_at=row.sent_at)
    asking.check_came(came_on=came_on, asked_at=row.due_at, at=at, words=words, has_file=upload is not None)
    row.state = rules.step(GP_NOTICE, row.state, Step.GP_REPLY)
    with processing(FOR, by=by, at=at):
        practice = dict(row.practice or {}).get("name", "")
    document = None
    if upload is not None:
        document = records.add_file(
            row.subject_id,
            title=f"From {practice}, {came_on:%-d %B %Y}",
            source=Source.GP,
            upload=upload,
            who=practice,
            received_on=came_on,
            by=by,
            at=at,
        ).pk
    else:
        rights.note_obtained(
            row.subject_id,
            origin=Origin.GP,
            kinds={Category.HEALTH},
            who=practice,
            received_on=came_on,
            by=by,
            at=at,
        )
    row.answer = words.strip()
    row.came = {"on": came_on.isoformat(), "by": way.value, "document": document.hex if document else ""}
    _settle(row, at=at)
    row.save()
    return document


__all__ = ["ask_gp", "keep_gp_records", "remind_gp"]
