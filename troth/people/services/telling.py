"""Telling a person that something important happened to their account or record."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from troth.delivery import services as delivery
from troth.delivery.rules import LETTERS, Kind
from troth.design.moments import said_when
from troth.gate import actors, linking
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.notice.purposes import Action, Purpose
from troth.people.models import Account, Contact, Identity, SignIn, StaffContact
from troth.people.selectors.patients import PersonContact, get_contact
from troth.vault.categories import Category


def _tell(
    subject: UUID,
    kind: Kind,
    *,
    by: Actor,
    at: datetime,
    context: Mapping[str, str] | None = None,
    to: str = "",
    tells_notice: int | None = None,
) -> UUID | None:
    """
    Write to a person that something happened, and give the message's id: to the address they sign in with, or else the one that we
    reach them by. Who has neither gets what concerns their rights as a letter, which the office prints. None when we cannot reach
    them at all. `when` is filled in; `tells_notice` is the version that the message tells of.

        services.tell(subject, Kind.SECOND_FACTOR_CHANGED, context={"what": "A passkey was added"}, by=actor, at=at)

    Call it in the act that did it, so that the message is written if and only if it happened.

    :raises KeyError: a word that the letter needs is missing.
    """
    address = to or _address_of(subject, at=at)
    words = {"when": said_when(at), **(context or {})}
    if not address:
        envelope = _envelope_of(subject, at=at) if LETTERS[kind].purpose is Purpose.RIGHTS else ""
        if not envelope:
            return None
        return delivery.send_letter(
            subject, kind=kind, to=envelope, context=words, tells_notice=tells_notice, by=by, at=at
        )
    return delivery.send_email(subject, kind=kind, to=address, context=words, tells_notice=tells_notice, by=by, at=at)


def _address_of(subject: UUID, *, at: datetime) -> str:
    if linking.has_died(subject, at=at):
        return ""
    with processing(Purpose.ACCOUNT_SECURITY, Action.READ, by=actors.service("account-steps"), at=at):
        account = Account.objects.filter(subject_id=subject).first()
        if account is not None and not account.closed:
            return account.sign_in_email or ""
        contact = (
            Contact.objects.filter(subject_id=subject).first()
            or StaffContact.objects.filter(subject_id=subject).first()
        )
        return (contact.email or "") if contact else ""


def _contact_for(subject: UUID, purpose: Purpose, *, by: Actor, at: datetime) -> PersonContact | None:
    """
    How a service reaches somebody for this purpose. None where they died, or asked us to stop: that is no reason to fail what they
    would be told of.
    """
    if linking.has_died(subject, at=at):
        return None
    with processing(purpose, Action.READ, by=by, at=at) as opened:
        allowed = opened.decision(subject, Category.CONTACT).allowed
        return get_contact(subject, opened) if allowed else None


def _envelope_of(subject: UUID, *, at: datetime) -> str:
    """Name and postal address, a line each; empty when we lack either, or know that they died."""
    if linking.has_died(subject, at=at):
        return ""
    with processing(Purpose.ACCOUNT_SECURITY, Action.READ, by=actors.service("account-steps"), at=at):
        contact = Contact.objects.filter(subject_id=subject).first()
        identity = Identity.objects.filter(subject_id=subject).first()
        if contact is None or identity is None or not contact.address:
            return ""
        name = " ".join(filter(None, (identity.title, identity.given_name, identity.family_name)))
        return "\n".join(filter(None, (name, contact.address, contact.postcode)))


def _tell_of_new_device(subject: UUID, *, device: str, by: Actor, at: datetime) -> None:
    """Write to a person who signs in from a device of a kind that never did before; at their first sign-in they know."""
    with processing(Purpose.ACCOUNT_SECURITY, Action.READ, by=actors.service("account-steps"), at=at):
        known = {entry.device for entry in SignIn.objects.filter(subject_id=subject).order_by("-recorded_at")[:50]}
    if known and device not in known:
        _tell(subject, Kind.NEW_DEVICE, context={"device": device or "A device we could not name"}, by=by, at=at)


def _can_be_told(subject: UUID, *, at: datetime) -> bool:
    """Whether anything is left by which a person can be reached: after an erasure nothing may be."""
    return bool(_address_of(subject, at=at) or _envelope_of(subject, at=at))


# Not acts themselves: what is written is written by the outbox, in the act of whoever tells.
address_of = _address_of
contact_for = _contact_for
envelope_of = _envelope_of
can_be_told = _can_be_told
has_died = linking.has_died
tell = _tell
tell_of_new_device = _tell_of_new_device
