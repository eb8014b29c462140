"""
Acts by which a second account is noticed, and a worry about somebody's safety is written down.

Only marks are compared, as keyed hashes; who is found alike is opened by nobody but the prescriber of the request, by that reason.
That anybody was found is in no event that its person reads, and nothing is opened to note it: either would say that we know of the
other account. Who restricted the use of their record is compared with nobody.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from troth.billing import selectors as billing
from troth.gate import actors, features
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people.selectors import PersonContact, PersonIdentity
from troth.prescribing import rules
from troth.prescribing.models import OPEN, AddressMark, Alike, Concern, Likeness, MedicationRequest, PersonMark
from troth.rights.selectors import restricted_among
from troth.rights.services import withholding
from troth.vault import search
from troth.vault.categories import Category


@act(Event.CONCERN_RAISED, purpose=Purpose.SAFEGUARDING)
def raise_concern(subject: UUID, *, words: str, harm: str, by: Actor, at: datetime) -> UUID:
    """
    This will write down a worry about somebody's safety. No other account of theirs loses it. `harm` says why telling them would be
    likely to cause serious harm, and keeps it from them (LAW-4.2); empty, they may read it. Gives its identifier.

    :raises NotPossible: it says nothing, is about the writer, or nobody who may give such an opinion keeps it from them.
    :raises Refused: the actor may not write health data of this person for their protection.
    """
    acting().require(subject, Category.HEALTH)
    rules.check_is_staff(subject=subject, by=by.id)
    rules.check_can_write(words=words, number=0, most=1)
    row = Concern(subject_id=subject, raised_at=at, words=words, kept=bool(harm.strip()))
    if row.kept:
        _keep(row, harm, by=by, at=at)
    row.save()
    raised: UUID = row.pk
    return raised


@act(Event.CONCERN_WEIGHED, purpose=Purpose.SAFEGUARDING)
def weigh_concern(concern: UUID, *, harm: str, by: Actor, at: datetime) -> None:
    """
    This will look again at a concern that is kept from its person: `harm` says why telling them would still be likely to cause
    serious harm; empty, they may read it from now on, and what was looked at because of it.

    :raises NotPossible: it is not kept from them, or nobody who may give such an opinion finds so.
    :raises Refused: the actor may not write health data of this person for their protection.
    """
    row: Concern | None = Concern.objects.select_for_update().filter(pk=concern).first()
    acting().require(row.subject_id if row else concern, Category.HEALTH)
    if row is None:
        raise nothing_there()
    rules.check_is_staff(subject=row.subject_id, by=by.id)
    rules.check_is_kept(kept=row.kept and row.told_at is None)
    if harm.strip():
        _keep(row, harm, by=by, at=at)
        return
    rules.check_is_professional(by.roles)
    row.told_at = at
    row.save()
    withholding.end_withholding(row.subject_id, thing=row.pk, by=by, at=at)


def _keep(row: Concern, harm: str, *, by: Actor, at: datetime) -> None:
    """On the opinion of a health professional, within the act that is open (LAW-4.3)."""
    rules.check_is_professional(by.roles)
    rules.check_says_harm(harm)
    withholding.withhold(row.subject_id, thing=row.pk, words=harm, by=by, at=at)


def _mark(
    request: MedicationRequest, who: PersonIdentity | None, where: PersonContact | None, *, at: datetime
) -> None:
    """Leave this person's marks, and note every other record that has one of them; within the act that sends a request."""
    subject = request.subject_id
    found: list[tuple[UUID, Likeness]] = []
    if who is not None and who.born_on is not None:
        text = f"{who.name}|{who.born_on.isoformat()}"
        found += [(other, Likeness.PERSON) for other, _ in search.candidates(_WHO, text)]
        _leave(PersonMark, subject, "who", text)
    if where is not None and where.address:
        text = f"{where.address}|{where.postcode}"
        found += [(other, Likeness.ADDRESS) for other, _ in search.candidates(_WHERE, text)]
        _leave(AddressMark, subject, "where", text)
    others = {other: {how for whom, how in found if whom == other} for other, _ in found if other != subject}
    _note(request.pk, others, at=at)


def _compare_card(request: UUID, payment: UUID, *, at: datetime) -> None:
    """
    Note every other record that was paid for with a card of this request's payer, while nobody has decided it, and where the notice
    lets cards be compared.
    """
    row = MedicationRequest.objects.filter(pk=request, payment=payment, status__in=OPEN).only("subject").first()
    by = actors.service(COMPARISON)
    with boundary() as into:
        if row is None or not features.serves_any((COMPARING,), Action.READ, by, into.register(at)):
            return
        with processing(COMPARING, Action.READ, by=by, at=at) as opened:
            found = billing.others_by_card(payment, opened)
        others = {other: {Likeness.CARD} for other in found}
        # What was noted before is not opened but found anew: to open it would stand in its person's own file.
        for field, group in search.shared(_BY_FIELD, most=_MOST, among={row.subject_id}):
            for other in found & {UUID(each) for each in group}:
                others[other].add(_BY_FIELD[field])
        _note(request, others, at=at)


def _note(request: UUID, others: Mapping[UUID, set[Likeness]], *, at: datetime) -> None:
    still = restricted_among(others, at=at)
    if left := {other: how for other, how in others.items() if other not in still}:
        _note_alike(request, left, by=actors.service(COMPARISON), at=at)


@act(Event.LIKENESS_NOTED, purpose=Purpose.PRESCRIBING)
def _note_alike(request: UUID, others: Mapping[UUID, set[Likeness]], *, by: Actor, at: datetime) -> None:
    """By an act of its own, whose event stands apart: the one that sends or pays would name it in the person's own file."""
    row = MedicationRequest.objects.select_for_update().get(pk=request)
    acting().require(row.subject_id, Category.HEALTH)
    if row.status not in OPEN:
        return
    known = {each.other: each for each in Alike.objects.filter(request_id=request)}
    for other in sorted(others):
        line = known.get(other) or Alike(subject_id=row.subject_id, request_id=request, other=other)
        line.how = sorted(each.value for each in others[other])
        line.save()


def _leave(model: type[PersonMark] | type[AddressMark], subject: UUID, field: str, text: str) -> None:
    """One mark a person: a later one takes the place of an earlier."""
    row = model.objects.select_for_update().filter(subject_id=subject).first() or model(subject_id=subject)
    setattr(row, field, text)
    row.save()


_WHO, _WHERE = search.exact("prescribing.who"), search.exact("prescribing.where")
_BY_FIELD = {"prescribing.mark.who": Likeness.PERSON, "prescribing.mark.where": Likeness.ADDRESS}
_MOST = 1000
COMPARISON, COMPARING = "record-comparison", Purpose.FRAUD_PREVENTION

# It asks between acts: what it notes is noted by one.
compare_card = _compare_card
