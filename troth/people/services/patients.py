"""Patients: registering, and changing how to reach them."""

from datetime import date, datetime
from uuid import UUID

from troth.delivery.rules import Kind
from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, new_subject
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.models import Contact, EarlierContact, Identity
from troth.people.rules import (
    NUMBERING,
    normal_email,
    normal_nhs_number,
    normal_postcode,
    normal_telephone,
    told_apart_by,
)
from troth.people.selectors.patients import holds_nhs_numbers
from troth.people.services.accounts import _encoded, _open_account
from troth.people.services.telling import _tell
from troth.vault.categories import Category
from troth.vault.models import SubjectKind

_NOT_NAMED = "Our notice does not name the NHS number among what we hold, so it is not taken down."
_REACHED_BY = ("email", "telephone", "address", "postcode")


@act(Event.RECORD_MADE, purpose=Purpose.REGISTRATION)
def register_patient(
    *,
    by: Actor,
    at: datetime,
    given_name: str,
    family_name: str,
    born_on: date,
    email: str,
    telephone: str,
    address: str,
    postcode: str,
    password: str = "",
    title: str = "",
    nhs_number: str = "",
) -> UUID:
    """
    Register a patient, and give their id: who they are, how to reach them, that they were given the notice in force, and the
    agreement that they asked for (UK GDPR Article 6(1)(b)). Reception gives no password: the person claims the record by a code.
    With a password they get an account at once, so that is for a confirmed address: a stranger's goes by `ask_account`.

    `by` is nobody when a stranger registers: they then write about themselves and read nothing back (pitfalls A7).

    :raises AlreadyTaken: the address signs somebody in already. Say so to nobody (pitfalls B16).
    :raises PoorPassword: the password is guessed first.
    :raises NoNotice: none is in force.
    :raises ValueError: it is no NHS number, or the notice does not say that we hold those.
    """
    if nhs_number and not holds_nhs_numbers(at):
        raise ValueError(_NOT_NAMED)
    made = new_subject(SubjectKind.PATIENT)
    author = actors.enquirer(made.id) if by.kind == "nobody" else by
    _write_patient(
        made.id,
        Identity(
            subject_id=made.id,
            title=title.strip(),
            given_name=given_name.strip(),
            family_name=family_name.strip(),
            born_on=born_on,
            nhs_number=normal_nhs_number(nhs_number) if nhs_number else None,
            told_apart_by=told_apart_by(given_name, family_name, born_on),
        ),
        Contact(
            subject_id=made.id,
            # Somebody at the desk may have none, and is then written to by post. A sign-in has one.
            email=normal_email(email) if email.strip() or password else "",
            telephone=normal_telephone(telephone),
            address=address.strip(),
            # Who books online gives none: it is asked for when something has to come by post.
            postcode=normal_postcode(postcode) if postcode.strip() else "",
        ),
        by=author,
        at=at,
    )
    if password:
        _write_account(made.id, email, password, known=(given_name, family_name), by=author, at=at)
    return made.id


@act(Event.PERSON_REGISTERED, purpose=Purpose.REGISTRATION)
def _write_patient(subject: UUID, identity: Identity, contact: Contact, *, by: Actor, at: datetime) -> None:
    facts.record(subject, FactKind.NOTICE_GIVEN, at=at, value=str(acting().register.version))
    facts.record(subject, FactKind.CONTRACT, at=at)
    identity.save()
    contact.save()


@act(Event.ACCOUNT_OPENED, purpose=Purpose.REGISTRATION)
def _write_account(
    subject: UUID, email: str, password: str, *, known: tuple[str, ...], by: Actor, at: datetime
) -> None:
    _open_account(subject, email, _encoded(email, password, known=known), at=at)


@act(Event.CONTACT_CHANGED, purpose=Purpose.RIGHTS)
def change_contact(
    subject: UUID,
    *,
    by: Actor,
    at: datetime,
    email: str,
    telephone: str,
    address: str,
    postcode: str,
) -> None:
    """
    Change how a person is reached, and keep how it was before. The address they sign in with stays as it is (LAW-3.3).

    It is their right to have it put right, so it goes on under a restriction, and in a clinic where nobody registers.

    :raises LookupError: nothing is held of how to reach them.
    :raises Refused: the gate said no.
    """
    acting().require(subject, Category.CONTACT)
    contact = Contact.objects.select_for_update().filter(subject_id=subject).first()
    if contact is None:
        raise LookupError("Nothing is held of how to reach this person.")
    with processing(Purpose.RIGHTS, by=by, at=at):  # an act only writes; what was before is read to be kept
        before = tuple(getattr(contact, name) or "" for name in _REACHED_BY)
    after = (normal_email(email), normal_telephone(telephone), address.strip(), normal_postcode(postcode))
    if before == after:
        return
    EarlierContact.objects.create(subject_id=subject, **dict(zip(_REACHED_BY, before, strict=True)))
    contact.email, contact.telephone, contact.address, contact.postcode = after
    contact.save()
    for address in dict.fromkeys(filter(None, (before[0], after[0]))):  # whoever reads either learns of it
        _tell(subject, Kind.CONTACT_CHANGED, by=by, at=at, to=address)


@act(Event.NHS_NUMBER_RECORDED, purpose=NUMBERING)
def record_nhs_number(subject: UUID, *, number: str, by: Actor, at: datetime) -> None:
    """
    Write a person's NHS number down, in place of one that stood there.

    :raises ValueError: it is none, or the notice does not say that we hold those.
    :raises LookupError: nothing is held of who they are.
    :raises Refused: the actor may not change who this person is.
    """
    acting().require(subject, Category.IDENTITY)
    if not holds_nhs_numbers(at):
        raise ValueError(_NOT_NAMED)
    row = Identity.objects.select_for_update().filter(subject_id=subject).first()
    if row is None:
        raise LookupError("Nothing is held of who this person is.")
    row.nhs_number = normal_nhs_number(number)
    row.save()
