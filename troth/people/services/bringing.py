"""Clients of the system that the clinic used before, brought in from its file: one act for each."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError

from troth.delivery.rules import Kind
from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, new_subject
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.models import Brought, Contact, Identity
from troth.people.rules import normal_email, normal_nhs_number, normal_postcode, normal_telephone, told_apart_by
from troth.people.selectors import bringing
from troth.people.selectors.patients import holds_nhs_numbers
from troth.people.services.telling import tell
from troth.vault.models import SubjectKind

CLIENT = "client"


class HereAlready(Exception):
    """That row was brought in before."""


@dataclass(frozen=True)
class Client:
    """One client as a file has them. What is not known is empty."""

    reference: str
    given_name: str
    family_name: str
    born_on: date
    title: str = ""
    email: str = ""
    telephone: str = ""
    address: str = ""
    postcode: str = ""
    nhs_number: str = ""


@act(Event.RECORD_BROUGHT, purpose=Purpose.REGISTRATION)
def bring_in_client(client: Client, *, system: str, by: Actor, at: datetime) -> UUID:
    """
    Make the record of somebody who is a client already, say where it came from, and write to them what we hold and how we use it.
    Until that message was taken they were not told, so nothing is done with the record; without an address it is a letter to print.

    :raises HereAlready: they were brought in before.
    :raises ValueError: an address or number cannot be, or the notice does not say that we hold NHS numbers.
    :raises Refused: the notice lets no service register people.
    """
    if client.nhs_number and not holds_nhs_numbers(at):
        raise ValueError("The notice in force does not say that we hold NHS numbers.")
    made = new_subject(SubjectKind.PATIENT)
    facts.record(made.id, FactKind.CONTRACT, at=at)
    Identity.objects.create(
        subject_id=made.id,
        title=client.title,
        given_name=client.given_name,
        family_name=client.family_name,
        born_on=client.born_on,
        nhs_number=normal_nhs_number(client.nhs_number) if client.nhs_number else None,
        told_apart_by=told_apart_by(client.given_name, client.family_name, client.born_on),
    )
    Contact.objects.create(
        subject_id=made.id,
        email=normal_email(client.email) if client.email else "",
        telephone=normal_telephone(client.telephone) if client.telephone else "",
        address=client.address,
        postcode=normal_postcode(client.postcode) if client.postcode else "",
    )
    try:
        Brought.objects.create(
            subject_id=made.id, mark=bringing.mark_of(system, CLIENT, client.reference), system=system.strip()
        )
    except IntegrityError:
        # The act ends with it and is undone.
        raise HereAlready from None
    tell(made.id, Kind.RECORD_BROUGHT, tells_notice=acting().register.version, by=by, at=at)
    return made.id


def _as_service(client: Client, *, system: str, on_behalf_of: UUID | None = None, at: datetime) -> UUID:
    """The same, as the service that brings in: of the command, or on behalf of whoever sent a file."""
    return bring_in_client(client, system=system, by=actors.service("bring-in", on_behalf_of=on_behalf_of), at=at)


# It writes nothing itself: the act does.
bring_in_as_service = _as_service
