"""What billing tells the kernel: the service that speaks with the payment firm, and who has a reason to see whose money."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from troth.assurance.rules.evidence import Finding, Question, check
from troth.billing import rules, selectors, services
from troth.billing.rules import LETTING_GO
from troth.billing.selectors import State
from troth.gate import actors, reasons
from troth.gate.actors import Actor
from troth.gate.rules import PermittedUse
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.rights.rules.ending import holds
from troth.vault.categories import Category
from troth.vault.saying import Known, says

_FOR = {Purpose.PAYMENT, Purpose.ACCOUNTING}
#: Whoever was found by name may be invoiced by who found them, for half an hour.
FOUND_FOR = timedelta(minutes=30)

actors.declare_service(
    "payments",
    purposes={Purpose.PAYMENT, Purpose.FRAUD_PREVENTION},
    # Who somebody is and where they live stands on the invoice that is issued when their money comes.
    categories={Category.FINANCIAL, Category.IDENTITY, Category.CONTACT},
    modules={"troth.billing.services.at_firm", "troth.billing.services.holds"},
)
#: The same under a restriction, or after an erasure, for what is owed to the person: what is held is let go, what was to go
#: back goes back, and what the firm says of it is written down. Nothing is asked for or taken by it (decision 0251).
actors.declare_service(
    LETTING_GO,
    purposes={Purpose.PAYMENT},
    categories={Category.FINANCIAL, Category.IDENTITY, Category.CONTACT},
    modules={"troth.billing.services.at_firm"},
    use=PermittedUse.CLAIMS,
)


@reasons.reason(
    "money of theirs that is only settled still",
    serves={Purpose.PAYMENT},
    told="we settle money of yours that we hold, as the law allows though you restricted or ended its use",
)
def settling_restricted(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service has reason to open payments of whoever has one and restricted their record, or had it erased."""
    if actor.kind != "service" or actor.name != LETTING_GO:
        return set()
    return selectors.closed_among(selectors.with_money(subjects), at=at)


@reasons.reason(
    "a payment on its way", serves={Purpose.PAYMENT, Purpose.FRAUD_PREVENTION}, told="you paid us, or were asked to"
)
def carrying(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service has reason to open payments of whoever has one, and nothing else of them."""
    if actor.kind != "service" or actor.name != "payments":
        return set()
    return selectors.with_money(subjects) | selectors.with_invoice(subjects)


@reasons.reason("money between them and the clinic", serves=_FOR, told="there is money between you and us")
def settling(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Staff have a reason to see the money of whoever has any with the clinic; whose role that is, is the notice's to say."""
    if actor.kind != "person" or not actor.roles:
        return set()
    return selectors.with_money(subjects) | selectors.with_invoice(subjects)


@holds("A balance that is not settled")
def owing(subjects: Collection[UUID], at: datetime) -> set[UUID]:
    """Of whoever has an invoice or a payment open nothing is destroyed until it is settled."""
    return selectors.with_open_money(subjects)


@reasons.reason("they asked you about money", serves=_FOR, told="you asked us about money")
def found(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Staff may invoice whom they have found by name, with a reason, in the last half hour."""
    if actor.kind != "person" or not actor.roles or actor.id is None:
        return set()
    return people.found_by(actor.id, subjects, since=at - FOUND_FOR)


@services.follows(services.THING)
def paid(thing: UUID, payment: UUID, state: State, *, by: Actor, at: datetime) -> None:
    """What the firm took for an invoice, or gave back, is entered with its word; here what is from before that was done."""
    if state in services.MOVED:
        services.settle_by_card(thing, payment=payment, by=by, at=at)


@check(
    "billing.bank_details",
    looks_at="bank details that are held, and whether the refund of each still waits",
    page="desk_money",
)
def bank_details(question: Question) -> Finding:
    """Bank details are held for a refund that waits, and for nothing else (OC-3.6)."""
    held, kept = selectors.count_bank_details_kept_too_long()
    counts = {"held": held, "refund_paid": kept}
    if kept:
        return Finding(False, f"{kept} bank details are still held though the refund was paid", counts)
    return Finding(True, f"{held} bank details held, each for a refund that waits", counts)


@check(
    "billing.card_numbers",
    looks_at="what a form and the vault answer to a card number that firms publish for trying things out",
)
def card_numbers(question: Question) -> Finding:
    """A card number is refused by forms and by the vault (decision 0171)."""
    taken = [name for name, takes in selectors.who_takes_card_numbers().items() if takes]
    counts = {"asked": 2, "took_it": len(taken)}
    if taken:
        return Finding(False, f"A card number was not refused by {' and '.join(taken)}", counts)
    return Finding(True, "A card number was refused by forms and by the vault", counts)


@says("billing.payment", "pence", "captured", "returned")
@says("billing.invoice", "total", "vat")
@says("billing.bankrefund", "pence")
@says("billing.packagesold", "pence")
@says("billing.refund", "pence")
@says("billing.settlement", "pence")
def in_pounds(row: Any, field: str, known: Known) -> str:
    """An amount, which is kept in pence."""
    return rules.pounds(getattr(row, field))


@says("billing.invoice", "lines")
def lines_in_words(row: Any, field: str, known: Known) -> str:
    """The lines of an invoice, as they stand on its paper."""
    said = []
    for line in rules.lines_of(getattr(row, field)):
        times = f"{line.quantity} times " if line.quantity > 1 else ""
        said.append(f"{line.what}: {times}{rules.pounds(line.pence)}, {line.rate.words.lower()}")
    return "\n".join(said)


@says("billing.payment", "card")
def card_in_words(row: Any, field: str, known: Known) -> str:
    """A keyed hash says nothing to people but that it is one."""
    return "Kept only as a hash, from which no number can be read" if row.card else ""


@says("billing.payment", "order", "trouble")
def not_said(row: Any, field: str, known: Known) -> str:
    """What our machines are still to do at the payment firm stands in the file for machines."""
    return ""
