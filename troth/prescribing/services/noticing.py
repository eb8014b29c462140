"""
Acts by which a second account is noticed, and a worry about somebody's safety is written down.

Only marks are compared, as keyed hashes; who is found alike is opened by nobody but the prescriber of the request, by that reason.
"""

from datetime import datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.selectors import PersonContact, PersonIdentity
from troth.prescribing import rules
from troth.prescribing.models import AddressMark, Alike, Concern, MedicationRequest, PersonMark
from troth.vault import search
from troth.vault.categories import Category


@act(Event.CONCERN_RAISED, purpose=Purpose.SAFEGUARDING)
def raise_concern(subject: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    This will write down a worry about somebody's safety. No other account of theirs loses it.

    :raises NotPossible: it says nothing, or is about the writer.
    :raises Refused: the actor may not write health data of this person for their protection.
    """
    acting().require(subject, Category.HEALTH)
    rules.check_is_staff(subject=subject, by=by.id)
    rules.check_can_write(words=words, number=0, most=1)
    Concern.objects.create(subject_id=subject, raised_at=at, words=words)


def _mark(request: MedicationRequest, who: PersonIdentity | None, where: PersonContact | None) -> None:
    """Leave this person's marks, and note every other record that has one of them; within the act that sends a request."""
    subject = request.subject_id
    found: set[tuple[UUID, str]] = set()
    if who is not None and who.born_on is not None:
        text = f"{who.name}|{who.born_on.isoformat()}"
        found |= {(other, "person") for other, _ in search.candidates(_WHO, text)}
        _leave(PersonMark, subject, "who", text)
    if where is not None and where.address:
        text = f"{where.address}|{where.postcode}"
        found |= {(other, "address") for other, _ in search.candidates(_WHERE, text)}
        _leave(AddressMark, subject, "where", text)
    for other in sorted({other for other, _ in found} - {subject}):
        how = sorted(word for whom, word in found if whom == other)
        Alike.objects.create(subject_id=subject, request_id=request.pk, other=other, how=how)


def _leave(model: type[PersonMark] | type[AddressMark], subject: UUID, field: str, text: str) -> None:
    """One mark a person: a later one takes the place of an earlier."""
    row = model.objects.select_for_update().filter(subject_id=subject).first() or model(subject_id=subject)
    setattr(row, field, text)
    row.save()


_WHO, _WHERE = search.exact("prescribing.who"), search.exact("prescribing.where")
