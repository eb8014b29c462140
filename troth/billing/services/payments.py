"""
Payments by card: asking, taking or letting go what is held, and giving back.

The order never changes. What we want is written down and committed; then the firm is asked, under a key that makes asking twice the
same as asking once; then what it said is written down. Whoever dies in between, a job asks again. No call to the firm happens
inside an act, and no state changes but by the firm's own word.
"""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from troth.billing import rules
from troth.billing.models import Order, Payment, Refund, RefundState, State, Trouble, VatRate
from troth.billing.rules import Known, NotPossible, Word
from troth.billing.selectors.payments import is_only_settled
from troth.billing.services import cards, following
from troth.billing.services.firms import FirmRefused, StandIn, _event_of, _the_firm
from troth.billing.services.ordering import _locked, _order
from troth.billing.services.papers import _enter_paid
from troth.billing.services.reckoning import THING, _held, _hold_invoice_of, _year
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, require_role
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.vault.categories import Category
from troth.work import queue

_ROUTES = "it notes in open columns whom the firm's word was passed on to, and opens nothing"


@act(Event.PAYMENT_ASKED, purpose=Purpose.PAYMENT)
def ask(
    subject: UUID,
    *,
    pence: int,
    what: str,
    thing_kind: str,
    thing: UUID,
    holds: bool = False,
    rate: VatRate | None = None,
    advance: bool = False,
    key: UUID,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Ask somebody for money, and give the payment. Nothing is charged by it: they pay on its page.

    `thing` is what it is for, in the room that `thing_kind` names (`diary.visit`); that room hears what becomes of it
    (`following.follows`). `holds`: the money is only held on the card, until `capture` or `release`. `key`: asking again under it
    gives the same payment. `rate`: an invoice so taxed is issued when the money comes. `advance`: a later invoice for the same is
    less by it.

    :raises NotPossible: no firm takes such an amount, or the key was used for something else.
    :raises Refused: the actor may not ask this person for money.
    """
    acting().require(subject, Category.FINANCIAL)
    rules.check_can_ask(pence)
    known: Payment | None = Payment.objects.filter(key=key).first()
    if known is not None:
        if known.subject_id != subject or known.thing != thing or _opened(known, by, at).pence != pence:
            raise NotPossible("This was asked before, for something else. Begin again.")
        found: UUID = known.pk
        return found
    row = Payment(
        subject_id=subject,
        key=key,
        thing_kind=thing_kind,
        thing=thing,
        holds=holds,
        disposal_year=_year(at),
        pence=pence,
        captured=0,
        returned=0,
        what=what.strip(),
        firm_number="",
        rate=rate,
        advance=advance,
    )
    try:
        row.save()
    except IntegrityError:
        raise NotPossible("This is being asked for in another window. Look there.") from None
    made: UUID = row.pk
    return made


@act(Event.CAPTURE_ORDERED, purpose=Purpose.PAYMENT)
def capture(payment: UUID, *, by: Actor, at: datetime) -> None:
    """
    Have the firm take what is held. It is asked for in the caller's transaction, and happens when that is committed.

    :raises NotPossible: nothing is held, or it is being let go.
    :raises Refused: the actor may not take money of this person.
    """
    require_role(Category.FINANCIAL)
    _order(payment, Order.CAPTURE)


@act(Event.RELEASE_ORDERED, purpose=Purpose.PAYMENT)
def release(payment: UUID, *, by: Actor, at: datetime) -> None:
    """
    Have the firm let go what is held, or end what nobody has paid. What was paid in the meantime is given back.

    :raises NotPossible: it was taken already, or is over.
    :raises Refused: the actor may not decide on money of this person.
    """
    require_role(Category.FINANCIAL)
    _order(payment, Order.RELEASE)


@act(Event.REFUND_ASKED, purpose=Purpose.PAYMENT)
def refund(payment: UUID, *, pence: int, why: str, key: UUID, by: Actor, at: datetime) -> UUID:
    """
    Give back part or all of what was taken, to the card that it came from. Gives the refund.

    :raises NotPossible: not so much is left, it goes back by bank already, it was set against an invoice, or the key was used for
        something else.
    :raises Refused: the actor may not give money back to this person.
    """
    invoice = _hold_invoice_of(payment)
    row = _locked(payment)
    require_role(Category.FINANCIAL)
    before = _opened(row, by, at)
    known = Refund.objects.filter(key=key).first()
    if known is not None:
        if known.payment_id != row.pk or _amounts(row, by, at)[known.pk] != pence:
            raise NotPossible("This was asked before, for something else. Begin again.")
        found: UUID = known.pk
        return found
    given = sum(_amounts(row, by, at, failed=False).values())
    rules.check_can_refund(before.state, captured=before.captured, given=max(given, before.returned), pence=pence)
    if invoice is not None and invoice.set_against:
        raise NotPossible("It was set against another invoice. Cancel that one first, and it can be given back.")
    if invoice is not None:
        with processing(Purpose.PAYMENT, Action.READ, by=by, at=at):
            held = _held(invoice)
        rules.check_is_held(held=held, pence=pence)
    return _give_back(row, pence=pence, why=why, key=key, at=at)


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
    if follower := following.followers.get(row.thing_kind):
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
    cards._keep_card(row, word)
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


def _give_back(row: Payment, *, pence: int, why: str, key: UUID, at: datetime) -> UUID:
    made: UUID = Refund.objects.create(
        subject_id=row.subject_id, key=key, payment=row, disposal_year=_year(at), pence=pence, why=why.strip()
    ).pk
    queue.declared["billing.ask_the_firm"].enqueue(row.pk)
    return made


def _read(payment: UUID, *, by: Actor, at: datetime) -> tuple[Payment, Known, str]:
    with processing(Purpose.PAYMENT, Action.READ, by=by, at=at) as opened:
        row = Payment.objects.get(pk=payment)
        opened.require(row.subject_id, Category.FINANCIAL)
        return row, _known(row), row.firm_number or ""


def _opened(row: Payment, by: Actor, at: datetime) -> Known:
    """The same of a row at hand, within an act."""
    with processing(Purpose.PAYMENT, Action.READ, by=by, at=at) as opened:
        opened.require(row.subject_id, Category.FINANCIAL)
        return _known(row)


def _amounts(row: Payment, by: Actor, at: datetime, *, failed: bool = True) -> dict[UUID, int]:
    """What was given back of a payment, by refund, in pence; those that failed too, unless it is said."""
    with processing(Purpose.PAYMENT, Action.READ, by=by, at=at) as opened:
        opened.require(row.subject_id, Category.FINANCIAL)
        rows = Refund.objects.filter(payment=row)
        return {each.pk: each.pence or 0 for each in rows if failed or each.state != RefundState.FAILED}


def _known(row: Payment) -> Known:
    return Known(
        State(row.state),
        Order(row.order),
        row.pence or 0,
        row.captured or 0,
        row.returned or 0,
        Trouble(row.trouble),
    )


def _word(known: Known, reference: str) -> Word:
    """What we think, in the firm's words: all that a stand-in knows."""
    status = {State.ASKED: "waiting", State.AUTHORISED: "held", State.RELEASED: "ended", State.FAILED: "ended"}
    return Word(reference, known.pence, "gbp", status.get(known.state, "taken"), known.captured, known.returned)


# None of these is one act: each asks the firm between acts, which no transaction may wait for.
hear = _hear
look = _look
open_at_firm = _open_at_firm
pay_stand_in = _pay_stand_in
tell = _tell

__all__ = ["ask", "capture", "hear", "look", "open_at_firm", "pay_stand_in", "refund", "release", "tell"]
