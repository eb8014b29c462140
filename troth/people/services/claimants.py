"""Claimants: brought in by whoever instructs a case about them, never by registering."""

from datetime import date, datetime
from uuid import UUID

from troth.gate import facts
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, new_subject
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.models import Contact, Identity
from troth.people.rules import normal_email, normal_postcode, normal_telephone, told_apart_by
from troth.vault.models import SubjectKind


@act(Event.RECORD_MADE, purpose=Purpose.INSTRUCTIONS)
def record_claimant(
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
    title: str = "",
) -> UUID:
    """
    Make the record of a claimant who was told of the notice in force, and give their id. They have no agreement with us.

    :raises Refused: the actor may not instruct.
    :raises NoNotice: none is in force.
    """
    made = new_subject(SubjectKind.CLAIMANT)
    facts.record(made.id, FactKind.NOTICE_TOLD, at=at, value=str(acting().register.version))
    Identity.objects.create(
        subject_id=made.id,
        title=title.strip(),
        given_name=given_name.strip(),
        family_name=family_name.strip(),
        born_on=born_on,
        told_apart_by=told_apart_by(given_name, family_name, born_on),
    )
    Contact.objects.create(
        subject_id=made.id,
        email=normal_email(email),
        telephone=normal_telephone(telephone),
        address=address.strip(),
        postcode=normal_postcode(postcode),
    )
    return made.id
