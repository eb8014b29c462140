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
from troth.gate.contexts import Opened, processing
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.notice.schema.words import Origin
from troth.people import selectors as people
from troth.prescribing import rules
from troth.prescribing.models import GpChannel, GpNotice, GpNoticeState, GpState, Prescription
from troth.prescribing.rules import leaving, paper
from troth.prescribing.rules.machine import GP_NOTICE, Step
from troth.prescribing.selectors import directory, reacting, reviewing, supplies
from troth.rights import services as rights
from troth.sharing import services as sharing
from troth.vault import files
from troth.vault.categories import Category
from troth.vault.files import StoredFile
from troth.work import queue

FOR = Purpose.GP_CORRESPONDENCE
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
        subject_id=row.subject_id,
        prescription_id=row.pk,
        state=GpNoticeState.DUE,
        due_at=at,
        practice=practice,
        file=_set_letter(row, practice, by=by, at=at),
    )
    _choose_channel(notice, practice)
    notice.save()
    made: UUID = notice.pk
    return made


@act(Event.GP_LETTER_SENT, purpose=FOR)
def post_gp_letter(notice: UUID, *, by: Actor, at: datetime) -> bool:
    """
    This will record that the letter was printed and posted, and that the GP received what it says; or stop it when the person
    took back in the meantime that their GP may be told. Where they chose another practice it does not go, and is set anew to that
    one. Gives whether it went.

    :raises NotPossible: it went already, or is on its way.
    :raises Refused: the actor may not disclose health data of this person to their GP.
    """
    row = _locked(notice)
    leaving.check_is_not_on_its_way(row.sent_at if row.state == GpNoticeState.DUE else None, at=at)
    with processing(FOR, by=by, at=at) as opened:
        practice, addressed = _practice_of(row.subject_id, opened), dict(row.practice or {})
    if practice is None:
        row.state = rules.step(GP_NOTICE, row.state, Step.STOP)
        row.save()
        return False
    after = rules.step(GP_NOTICE, row.state, Step.POST)
    if practice != addressed:
        supply = Prescription.objects.get(pk=row.prescription_id)
        row.practice, row.file = practice, _set_letter(supply, practice, by=by, at=at)
        row.save()
        return False
    row.state = after
    row.sent_at, row.tries = at, row.tries + 1
    row.channel, row.trouble = GpChannel.POST, ""
    row.save()
    _disclose(row.subject_id, GpChannel.POST, by=by, at=at)
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
    This will keep what a GP answered to a letter.

    :raises NotPossible: it was not sent, or nothing is said.
    :raises Refused: the actor may not write health data of this person for writing to their GP.
    """
    rules.check_can_write(words=words, number=0, most=1)
    row = _locked(notice)
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


def _disclose(subject: UUID, channel: GpChannel, *, by: Actor, at: datetime) -> None:
    """Write down that the GP has a letter, within the act by which it left."""
    sharing.record_disclosure(
        subject,
        recipient="gp",
        purpose=FOR,
        categories=LETTER,
        what=_what_left(channel),
        by=by,
        at=at,
    )


def _what_left(channel: GpChannel) -> str:
    return f"A letter about one prescription, by {channel.words}"


def _practice_of(subject: UUID, opened: Opened) -> dict[str, str] | None:
    """Which practice may be told now, or None."""
    choice = reviewing.gp_of(subject, opened)
    return choice.practice if choice.state is GpState.GIVEN else None


def _set_letter(row: Prescription, practice: dict[str, str], *, by: Actor, at: datetime) -> StoredFile:
    """The letter about a supply to one practice, set and sealed, within the act that is open."""
    with processing(FOR, by=by, at=at) as opened:
        supply = supplies.get_supply(row.pk, opened)
        who = people.get_identity(row.subject_id, opened)
        reach = people.get_contact(row.subject_id, opened)
        reactions = reacting.told_before(row.subject_id, opened, supply=row.pk)
    signer = people.staff_profiles([row.prescriber]).get(row.prescriber)
    version = notices.version_in_force(at)
    assert version is not None
    controller = notices.notice_of(version).controller
    assert controller is not None
    assert who is not None
    document = paper.set_gp_letter(
        practice=practice,
        item=supply.item,
        person=paper.Person(who.name, who.born_on, reach.address if reach else "", reach.postcode if reach else ""),
        signer=paper.Signer(signer.name if signer else "", signer.registration if signer else ""),
        clinic=paper.Clinic(controller.trading_name or controller.legal_name, controller.address, controller.website),
        telephone=controller.telephone,
        reference=supply.reference,
        reactions=reactions,
        at=at,
    )
    return files.store([document], name="letter.pdf", media_type="application/pdf")


def _locked(notice: UUID) -> GpNotice:
    """The letter, held against a second hand, when the gate lets the actor at this person's health data."""
    row: GpNotice | None = GpNotice.objects.select_for_update().filter(pk=notice).first()
    acting().require(row.subject_id if row else notice, Category.HEALTH)
    if row is None:
        raise nothing_there()
    return row
