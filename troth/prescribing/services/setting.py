"""
What stands in a letter to a GP, set and sealed within the act that is open; and whether it may go. Both kinds of letter, and every
way by which they go, ask here.
"""

from datetime import datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.contexts import Opened, processing
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.notice.schema.people import Controller
from troth.people import selectors as people
from troth.prescribing.models import OPEN, GpNotice, GpState, MedicationRequest, Prescription
from troth.prescribing.rules import asking, paper
from troth.prescribing.selectors import reacting, reviewing, supplies
from troth.vault import files
from troth.vault.files import StoredFile

FOR = Purpose.GP_CORRESPONDENCE


def _practice_of(subject: UUID, opened: Opened, *, asks: bool = False) -> dict[str, str] | None:
    """Which practice may be told now, or asked, or None."""
    choice = reviewing.gp_of(subject, opened)
    return choice.practice if choice.state is GpState.GIVEN and (choice.may_ask or not asks) else None


def _is_over(row: GpNotice) -> bool:
    """Whether what a letter asks for is not needed any more: its request is decided or taken back."""
    return (
        row.request_id is not None
        and not MedicationRequest.objects.filter(pk=row.request_id, status__in=OPEN).exists()
    )


def _set_letter(row: GpNotice, practice: dict[str, str], *, by: Actor, at: datetime) -> StoredFile:
    """The letter to one practice."""
    set_one = _set_asking if row.request_id else _set_telling
    return files.store([set_one(row, practice, by=by, at=at)], name="letter.pdf", media_type="application/pdf")


def _set_telling(row: GpNotice, practice: dict[str, str], *, by: Actor, at: datetime) -> bytes:
    assert row.prescription_id is not None
    told = Prescription.objects.get(pk=row.prescription_id)
    with processing(FOR, by=by, at=at) as opened:
        supply = supplies.get_supply(told.pk, opened)
        reactions = reacting.told_before(row.subject_id, opened, supply=told.pk)
        person = _person(row.subject_id, opened)
    controller = _controller(at)
    return paper.set_gp_letter(
        practice=practice,
        item=supply.item,
        person=person,
        signer=_signer(told.prescriber),
        clinic=_clinic(controller),
        telephone=controller.telephone,
        reference=supply.reference,
        reactions=reactions,
        at=at,
    )


def _set_asking(row: GpNotice, practice: dict[str, str], *, by: Actor, at: datetime) -> bytes:
    assert row.request_id is not None
    request = MedicationRequest.objects.get(pk=row.request_id)
    with processing(FOR, by=by, at=at) as opened:
        choice = reviewing.gp_of(row.subject_id, opened)
        person = _person(row.subject_id, opened)
        treatment, asked = request.medicine, dict(row.asked or {})
    who = UUID(row.recorded_by) if row.recorded_by else by.id  # set anew, it is signed by who asked
    assert choice.at is not None
    assert who is not None
    controller = _controller(at)
    return paper.set_gp_asking(
        practice=practice,
        treatment=treatment,
        asked=asked,
        agreed_at=choice.at,
        person=person,
        signer=_signer(who),
        clinic=_clinic(controller),
        telephone=controller.telephone,
        email=controller.email,
        reference=asking.reference_of(row.pk),
        first_at=row.due_at if row.reminders else None,
        at=at,
    )


def _person(subject: UUID, opened: Opened) -> paper.Person:
    who = people.get_identity(subject, opened)
    reach = people.get_contact(subject, opened)
    assert who is not None
    return paper.Person(who.name, who.born_on, reach.address if reach else "", reach.postcode if reach else "")


def _signer(prescriber: UUID) -> paper.Signer:
    found = people.staff_profiles([prescriber]).get(prescriber)
    return paper.Signer(found.name if found else "", found.registration if found else "")


def _controller(at: datetime) -> Controller:
    version = notices.version_in_force(at)
    assert version is not None
    controller = notices.notice_of(version).controller
    assert controller is not None
    return controller


def _clinic(controller: Controller) -> paper.Clinic:
    return paper.Clinic(controller.trading_name or controller.legal_name, controller.address, controller.website)
