"""
What is asked of the payment firm, and what it says, written down (decision 0170).

The order never changes. What we want is written down and committed (`payments`); then the firm is asked, under a key that makes
asking twice the same as asking once; then what it said is written down. Whoever dies in between, a job asks again. No call to the
firm happens inside an act, and no state changes but by the firm's own word.
"""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from troth.billing import rules
from troth.billing.models import Order, Payment, Refund, RefundState, State
from troth.billing.rules import NotPossible, Word
from troth.billing.selectors.payments import is_only_settled
from troth.billing.services import cards, following
from troth.billing.services.firms import FirmRefused, StandIn, _event_of, _the_firm
from troth.billing.services.known import _give_back, _known, _opened, _read, _word
from troth.billing.services.ordering import _locked
from troth.billing.services.papers import _enter_paid
from troth.billing.services.reckoning import THING, _hold_invoice_of
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.vault.categories import Category
from troth.work import queue

_ROUTES = "it notes in open columns whom the firm's word was passed on to, and opens nothing"


def _open_at_firm(payment: UUID, *, by: Actor, at: datetime) -> Word:
    """
    Begin a payment at the firm, or find the one that was begun, for the page on which it is paid. Gives the firm's word with the
    secret that lets the payer's browser pay it; that is stored nowhere.

    :raises NoFirm: none is set up.
    :raises FirmSilent: it was not reached. The page says so, and trying again is safe.
    :raises Refused: whoever asks may not pay for this person.
    """
    with processing(Purpose.PAYMENT, Action.READ, by=by, at=at) as opened:
        asked = Payment.objects.filter(pk=payment).first()
        opened.require(asked.subject_id if asked else payment, Category.FINANCIAL)
    firm, service = _the_firm(), actors.service("payments", on_behalf_of=by.id)
    with boundary() as into:
        row, known, reference = _read(payment, by=service, at=at)
        into.commit()
        if reference:
            word = firm.look(reference, _word(known, reference))
        elif known.state is State.ASKED and known.order is Order.NONE:
            word = firm.open(payment, known.pence, holds=row.holds)
        else:
            return _word(known, reference)
        _note(payment, word, by=service, at=at)
    return word


def _look(payment: UUID, *, at: datetime) -> State:
    """
    Ask the firm what became of a payment, have it do what is wanted, and write down what it says. Gives the state.

    It may be asked any number of times, by any number of processes at once, and after a crash at any point. Of somebody who
    restricted the use of their record, or had it erased, what is held is let go and what is to go back goes back; nothing is taken,
    and the room that asked hears of it once a restriction is lifted (decision 0251).

    :raises FirmSilent: it was not reached; the job comes back.
    """
    firm, service, closed = _the_firm(), actors.service("payments"), is_only_settled(payment, at=at)
    if closed:
        service = actors.service(rules.LETTING_GO)
        if Payment.objects.filter(pk=payment, state__in=rules.OPEN).exclude(order=Order.RELEASE).exists():
            _let_go(payment, by=service, at=at)
    with boundary() as into:
        row, known, reference = _read(payment, by=service, at=at)
        into.commit()
        if not reference:
            # Nobody came as far as the page, so the firm knows of nothing that could be paid.
            late = row.opened_at is None and at - row.recorded_at > rules.UNPAID_ENDS
            if known.state is State.ASKED and (known.order is Order.RELEASE or late):
                _note(payment, Word("", known.pence, "gbp", "ended"), by=service, at=at)
        else:
            ours = _word(known, reference)
            overdue = known.state is State.ASKED and at - row.recorded_at > rules.UNPAID_ENDS
            try:
                if known.order is Order.CAPTURE:
                    word = firm.capture(reference, known.pence, key=payment.hex, known=ours)
                elif known.order is Order.RELEASE or overdue:
                    word = firm.release(reference, key=payment.hex, known=ours)
                else:
                    word = firm.look(reference, ours)
            except FirmRefused:
                word = firm.look(reference, ours)
            _note(payment, word, by=service, at=at)
        _refund_at_firm(payment, by=service, at=at)
    if not closed:
        _tell(payment, at=at)
    return State(Payment.objects.values_list("state", flat=True).get(pk=payment))


@act(Event.RELEASE_ORDERED, purpose=Purpose.PAYMENT)
def _let_go(payment: UUID, *, by: Actor, at: datetime) -> None:
    """What is open of them is let go, even where it was to be taken: that would be a new use."""
    row = _locked(payment)
    if State(row.state) in rules.OPEN:
        row.order = Order.RELEASE
        row.save()


def _hear(body: bytes, signature: str) -> bool:
    """
    Take in a message of the firm: once its signature is found right, the firm is asked by a job what happened.

    The message itself decides nothing, so one that is sent again, late or out of order does no harm.

    :raises PermissionError: it is not the firm's.
    """
    about = _event_of(body, signature)
    if about is None or not Payment.objects.filter(pk=about[0]).exists():
        return False
    queue.declared["billing.ask_the_firm"].using(asker="firm").enqueue(about[0])
    return True


def _pay_stand_in(payment: UUID, *, taken: bool, by: Actor, at: datetime) -> None:
    """
    Pay in a demonstration, where no money moves: `taken` or turned away, as the page's two buttons say.

    :raises NotPossible: a real firm takes the payments here, or this one is over.
    :raises Refused: whoever asks may not pay for this person.
    """
    firm = _the_firm()
    if not isinstance(firm, StandIn):
        raise NotPossible("Payments are taken by the payment firm.")
    word = _open_at_firm(payment, by=by, at=at)
    service = actors.service("payments", on_behalf_of=by.id)
    row, known, reference = _read(payment, by=service, at=at)
    if known.state is not State.ASKED or known.order is not Order.NONE:
        raise NotPossible(f"The payment is {known.state.words}.")
    status = ("held" if row.holds else "taken") if taken else "waiting"
    captured = known.pence if status == "taken" else 0
    _note(
        payment,
        Word(reference or word.reference, known.pence, "gbp", status, captured, declined=not taken),
        by=service,
        at=at,
    )
    _tell(payment, at=at)


def _tell(payment: UUID, *, at: datetime) -> None:
    """Tell the room that asked what became of it, once for each change, and again until it has taken note."""
    row = Payment.objects.filter(pk=payment).first()
    if row is None or row.told == row.state:
        return
    follower = following.followers.get(row.thing_kind)
    if follower is not None:
        follower(row.thing, payment, State(row.state), by=actors.service("payments"), at=at)
    with transaction.atomic():
        _note_told(payment, state=row.state, by=actors.service("payments"), at=at)


@act(Event.PAYMENT_TOLD, purpose=Purpose.PAYMENT, unasked=_ROUTES)
def _note_told(payment: UUID, *, state: str, by: Actor, at: datetime) -> None:
    row = Payment.objects.select_for_update().get(pk=payment)
    row.told = state
    row.save(update_fields=["told"])


def _note(payment: UUID, word: Word, *, by: Actor, at: datetime) -> None:
    """Write down what the firm said, unless it is known already: what is said again is no event."""
    with processing(Purpose.PAYMENT, Action.READ, by=by, at=at) as opened:
        row = Payment.objects.get(pk=payment)
        opened.require(row.subject_id, Category.FINANCIAL)
        known = _known(row)
        if rules.after(known, word) == known and row.firm_number == (word.reference or row.firm_number):
            return
    _write_down(payment, word, by=by, at=at)


@act(Event.PAYMENT_CHANGED, purpose=Purpose.PAYMENT)
def _write_down(payment: UUID, word: Word, *, by: Actor, at: datetime) -> None:
    _hold_invoice_of(payment)
    row = Payment.objects.select_for_update().get(pk=payment)
    acting().require(row.subject_id, Category.FINANCIAL)
    before = _opened(row, by, at)
    now = rules.after(before, word)
    if word.reference:
        row.firm_number, row.opened_at = word.reference, row.opened_at or at
    row.state, row.order, row.trouble = now.state, now.order, now.trouble
    row.captured, row.returned = now.captured, now.returned
    cards._keep_card(row, word, by=by, at=at)
    if (now.state, now.captured, now.returned) != (before.state, before.captured, before.returned):
        # More given back in one state is news too. What is for an invoice is entered below: no room has to hear of it.
        row.told = now.state if row.thing_kind == THING else ""
    if now.state not in rules.OPEN and before.state in rules.OPEN:
        row.settled_at = at
    row.save()
    _enter_paid(row, (now.captured - now.returned) - (before.captured - before.returned), by=by, at=at)
    if before.order is Order.RELEASE and now.state is State.CAPTURED:
        # It was paid while we were letting it go: nobody keeps money for what will not happen.
        _give_back(row, pence=now.captured, why="It was no longer wanted", key=uuid5(row.key, "release"), at=at)


def _refund_at_firm(payment: UUID, *, by: Actor, at: datetime) -> None:
    firm = _the_firm()
    for waiting in Refund.objects.filter(payment=payment, state=RefundState.ASKED).order_by("recorded_at"):
        with processing(Purpose.PAYMENT, Action.READ, by=by, at=at) as opened:
            opened.require(waiting.subject_id, Category.FINANCIAL)
            pence = waiting.pence or 0
        _, known, reference = _read(payment, by=by, at=at)
        try:
            word = firm.refund(reference, pence, refund=waiting.pk, known=_word(known, reference))
        except FirmRefused:
            _end_refund(waiting.pk, RefundState.FAILED, by=by, at=at)
            continue
        if word is None:  # on its way: it stays asked for, and so is asked about again
            continue
        with transaction.atomic():
            _note(payment, word, by=by, at=at)
            _end_refund(waiting.pk, RefundState.DONE, by=by, at=at)


@act(Event.REFUND_ENDED, purpose=Purpose.PAYMENT)
def _end_refund(refund: UUID, state: RefundState, *, by: Actor, at: datetime) -> None:
    row = Refund.objects.select_for_update().get(pk=refund)
    acting().require(row.subject_id, Category.FINANCIAL)
    if row.state == RefundState.ASKED:
        row.state, row.ended_at = state, at
        row.save()


# None of these is one act: each asks the firm between acts, which no transaction may wait for.
hear = _hear
look = _look
open_at_firm = _open_at_firm
pay_stand_in = _pay_stand_in
tell = _tell

__all__ = ["hear", "look", "open_at_firm", "pay_stand_in", "tell"]
