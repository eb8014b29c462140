"""Acts on questions: anybody asks one, and somebody whose role it is answers."""

from datetime import datetime
from uuid import UUID

from troth.contact import rules
from troth.contact.models import Enquiry
from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, new_subject
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.rules import normal_email
from troth.vault.categories import Category
from troth.vault.models import SubjectKind


@act(Event.ENQUIRER_CAME, purpose=Purpose.ENQUIRIES)
def ask(*, name: str, email: str, words: str, by: Actor, at: datetime) -> UUID:
    """
    Take in what a stranger asks: it is sealed at once, under a key of its own. Gives the question.

    They were given the notice in force, which stands beside the form: nothing could be held of them otherwise.

    :raises NoNotice: none is in force.
    :raises ValueError: it is not an address.
    """
    address = normal_email(email)
    made = new_subject(SubjectKind.ENQUIRER)
    return _write(
        made.id,
        name=name,
        email=address,
        words=words,
        given=str(acting().register.version),
        by=actors.enquirer(made.id),
        at=at,
    )


@act(Event.ENQUIRY_ASKED, purpose=Purpose.ENQUIRIES)
def _write(subject: UUID, *, name: str, email: str, words: str, given: str, by: Actor, at: datetime) -> UUID:
    facts.record(subject, FactKind.NOTICE_GIVEN, at=at, value=given)
    found: UUID = Enquiry.objects.create(
        subject_id=subject, name=name.strip(), email=email, words=words.strip(), asked_at=at
    ).pk
    return found


@act(Event.ENQUIRY_ANSWERED, purpose=Purpose.ENQUIRIES)
def answer(enquiry: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    Write down what was answered, and how. The answer itself goes by whichever way they can be reached.

    :raises NotPossible: it is answered already, or nothing is written.
    :raises Refused: the actor may not answer questions.
    """
    row = Enquiry.objects.select_for_update().filter(pk=enquiry).first()
    # One that does not exist is answered as a stranger's: the gate is asked about somebody in either case.
    acting().require(row.subject_id if row else enquiry, Category.CORRESPONDENCE)
    assert row is not None
    rules.check_can_answer(answered_at=row.answered_at, answer=words)
    row.answer, row.answered_at, row.answered_by = words.strip(), at, by.id
    row.save()
