"""
What a request costs: held on the card when somebody asks, taken when it is prescribed, let go when it is not.

What is wanted of the money follows from where the request is, and from nothing else. The acts say it as they move a request; and
whenever the firm says something about a payment it is looked at again, since a hold can lapse, and be renewed, in between.
"""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from troth.billing import selectors as billing
from troth.billing import services as money
from troth.billing.rules import NotPossible as MoneyNotPossible
from troth.billing.selectors import Order, State, VatRate
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.prescribing import rules
from troth.prescribing.models import OPEN, MedicationRequest, Prescription, RequestStatus, SupplyStatus
from troth.prescribing.rules.machine import MONEY, Step
from troth.prescribing.selectors.pricing import WAITS
from troth.prescribing.services.alerting import _tell_of_money
from troth.vault.categories import Category
from troth.work import queue

THING = "prescribing.request"
#: Nothing is held any more, and whoever still wants the treatment pays anew.
_OVER = frozenset({State.FAILED, State.RELEASED, State.REFUNDED})


@act(Event.REQUEST_PAYMENT_ASKED, purpose=Purpose.PRESCRIBING)
def pay_request(request: UUID, *, by: Actor, at: datetime) -> UUID:
    """
    Give the payment by which somebody pays for their request, whose page takes it from there: a new one where the last was not paid
    in time, the bank let its money go, or it went back.

    :raises NotPossible: nothing is to be paid for it, or it is somebody else's.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row: MedicationRequest | None = MedicationRequest.objects.select_for_update().filter(pk=request).first()
    acting().require(row.subject_id if row else request, Category.HEALTH)
    if row is None:
        raise nothing_there()
    rules.check_is_own(subject=row.subject_id, by=by.id)
    if row.payment is None:
        raise rules.NotPossible("Nothing is to be paid for this request.")
    before: UUID = row.payment
    if billing.state_of(before) not in _OVER:
        return before
    supplied = Prescription.objects.filter(request_id=row.pk, status__in=WAITS).exists()
    if row.status not in OPEN and not supplied:
        raise rules.NotPossible("This request is closed, so nothing is to be paid for it.")
    with processing(Purpose.PAYMENT, Action.READ, by=by, at=at) as opened:
        found = billing.get_payment(before, opened)
        pence, rate = found.pence, found.rate
    _ask(row, pence, rate, key=uuid5(before, "again"), by=by, at=at)
    row.save()
    made: UUID = row.payment
    return made


def _charge(row: MedicationRequest, pence: int, rate: VatRate, *, by: Actor, at: datetime) -> None:
    """
    Ask for what a new request costs, within the act that sends it; the caller saves the request. A clinic that takes no cards asks
    for nothing here.
    """
    if billing.takes_cards() and Purpose.PAYMENT in acting().register.purposes:
        _ask(row, pence, rate, key=row.pk, by=by, at=at)


def _ask(row: MedicationRequest, pence: int, rate: VatRate | None, *, key: UUID, by: Actor, at: datetime) -> None:
    try:
        row.payment = money.ask(
            row.subject_id,
            pence=pence,
            # What was asked for is health data, and whoever keeps the books reads this.
            what=f"Your request of {timezone.localtime(row.requested_at):%-d %B %Y}",
            thing_kind=THING,
            thing=row.pk,
            holds=True,
            rate=rate,
            key=key,
            by=by,
            at=at,
        )
    except MoneyNotPossible as refused:
        raise rules.NotPossible(str(refused)) from None


def _move_money(row: MedicationRequest, step: Step, *, by: Actor, at: datetime) -> None:
    """
    What a step wants of the money, within the act that takes it.

    :raises NotPossible: it is to be taken, and nothing is held.
    """
    if row.payment is not None and step in MONEY:
        done = money.fulfil(row.payment, MONEY[step], on_behalf_of=by.id, at=at)
        if MONEY[step] is Order.CAPTURE and not done:
            raise rules.NotPossible(
                "Nothing is held on their card any more. They have to pay anew before you can sign."
            )


def _check_is_taken(request: UUID) -> None:
    """
    Refuse to let a parcel go that is not paid.

    :raises NotPossible: it is not.
    """
    payment = MedicationRequest.objects.filter(pk=request).values_list("payment", flat=True).get()
    rules.check_is_taken(taken=payment is None or billing.state_of(payment) in (State.CAPTURED, State.PART_REFUNDED))


def _hear_of(request: UUID, payment: UUID, state: State, *, at: datetime) -> None:
    """
    Say again what is wanted of a payment, now that the firm has said something about it. Where nothing is held any more and the
    treatment is still wanted, its person hears that there is something new: nobody but them can pay again.
    """
    with transaction.atomic():
        row = MedicationRequest.objects.select_for_update().filter(pk=request)
        found = row.values_list("payment", "status", "subject_id").first()
        wanted: Order | None = Order.RELEASE
        # A request that is no more, or was paid by another payment since, wants nothing of this one.
        stands = found is not None and found[0] == payment
        if found is not None and stands:
            wanted = _wanted(request, found[1])
        if wanted is not None:
            money.fulfil(payment, wanted, at=at)
        is_news = found is not None and stands and state in _OVER and _is_wanted(request, found[1])
        # Two who look at the firm at one moment both come here with the same news.
        if found is not None and is_news and queue.once(f"prescribing.money_is_gone:{payment.hex}"):
            _tell_of_money(found[2], at=at)


def _is_wanted(request: UUID, status: str) -> bool:
    """Whether what was asked for is still to be decided, or to leave."""
    return status in OPEN or Prescription.objects.filter(request_id=request, status__in=WAITS).exists()


def _wanted(request: UUID, status: str) -> Order | None:
    """What is wanted of the money by where a request and its supply are; nothing while it is open."""
    if status in OPEN:
        return None
    supply = Prescription.objects.filter(request_id=request).values_list("status", flat=True).first()
    prescribed = status == RequestStatus.DECIDED and supply not in (None, SupplyStatus.CANCELLED)
    return Order.CAPTURE if prescribed else Order.RELEASE


# It writes nothing itself: what it does is done by billing's acts.
hear_of = _hear_of

__all__ = ["THING", "hear_of", "pay_request"]
