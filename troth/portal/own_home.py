"""What stands on a patient's own first page: the thing in hand, what to do, what is new, what we said and did. All is derived."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from troth.billing import selectors as billing
from troth.contact import selectors as contact
from troth.design.values import Banner, Counterpart, Kept, Link, Step
from troth.gate.contexts import Opened
from troth.gate.refusals import Decision
from troth.ledger.names import Event
from troth.medicolegal.selectors import CaseLine, Stage
from troth.people import selectors as people
from troth.portal import own_data
from troth.prescribing import selectors as prescribing
from troth.prescribing.selectors import RequestOpened, RequestStatus, SupplyStatus, pricing
from troth.prescribing.selectors.supplies import SupplyLine
from troth.rights import selectors as rights
from troth.rights.selectors import Look, announcing
from troth.rights.selectors.cases import Case
from troth.rights.selectors.planning import dates_kept
from troth.sharing.selectors import Passed
from troth.vault.categories import Category

NEW_FOR = timedelta(days=14)
EMERGENCY = Event.GLASS_BROKEN.words


#: What becomes of a prescription, as the person it is for reads it.
SUPPLIED = {
    SupplyStatus.SIGNED: "A pharmacist checks it before anything leaves.",
    SupplyStatus.QUERIED: "A pharmacist checks it before anything leaves.",
    SupplyStatus.RELEASED: "A pharmacist checked it, and it is made ready to be sent.",
    SupplyStatus.DISPATCHED: "It is on its way to you.",
    SupplyStatus.DELIVERED: "It is with you.",
    SupplyStatus.CLOSED: "It is with you.",
    SupplyStatus.RETURNED: "It came back to us. Write to us here if you still need it.",
    SupplyStatus.CANCELLED: "It was cancelled, and nothing is on its way.",
}
#: At which of the steps after a decision it stands.
REACHED = {
    SupplyStatus.SIGNED: 0,
    SupplyStatus.QUERIED: 0,
    SupplyStatus.RELEASED: 0,
    SupplyStatus.DISPATCHED: 1,
    SupplyStatus.DELIVERED: 3,
    SupplyStatus.CLOSED: 3,
}


@dataclass(frozen=True)
class InHand:
    """The newest request: what it is, where it is, and why it is held."""

    note: str
    title: str
    sentence: str
    steps: tuple[Step, ...]
    outcome: str
    why: Counterpart


@dataclass(frozen=True)
class ToKnow:
    """One thing to do, or one thing that is new."""

    title: str
    text: str
    link: Link


#: A request that somebody here has to go on with, which nobody may while its record is restricted.
_WAITS = frozenset({RequestStatus.REQUESTED, RequestStatus.ASSIGNED, RequestStatus.ASKED})


def in_hand(
    request: RequestOpened, subject: UUID, at: datetime, passed: list[Passed], supply: SupplyLine | None
) -> InHand:
    """A request as the person who made it reads it, to the moment at which what was prescribed is with them."""
    line = request.line
    who = people.staff_name(line.prescriber) if line.prescriber else ""
    asked = _day(line.requested_at)
    decided = line.status is RequestStatus.DECIDED
    sentence = {
        RequestStatus.REQUESTED: "It waits to be passed to a prescriber.",
        RequestStatus.ASSIGNED: f"{who} is reading your answers.",
        RequestStatus.ASKED: f"{who} asked you something, and waits for your answer.",
        RequestStatus.DECIDED: f"{who} has decided: {request.outcome.words.lower() if request.outcome else 'see below'}.",
        RequestStatus.WITHDRAWN: "You took it back. What you answered stays on your record.",
    }[line.status]
    if line.status in _WAITS and rights.restricted_since(subject, at=at) is not None:
        sentence = "It waits, because you stopped the use of your record."
    if supply is not None:
        sentence = f"{sentence} {SUPPLIED[supply.status]}"
    withdrawn = line.status is RequestStatus.WITHDRAWN
    after = _after(supply) if supply is not None else ()
    steps: tuple[Step, ...] = (
        Step("Sent", asked, "done"),
        Step(
            "With a prescriber",
            who,
            "done" if decided else "to_come" if line.status is RequestStatus.REQUESTED else "now",
        ),
        Step(
            "Decided",
            _day(request.decided_at) if request.decided_at else "",
            "done" if after else "now" if decided else "to_come",
        ),
        *after,
    )
    kept = dates_kept(subject, at=at)
    return InHand(
        f"Sent {asked}",
        request.medicine,
        sentence,
        () if withdrawn else steps,
        request.outcome_words,
        own_data.counterpart_of(Category.HEALTH, kept, at, passed=passed),
    )


def _after(supply: SupplyLine) -> tuple[Step, ...]:
    """What follows a decision, where something was prescribed and is still to come or has come."""
    if supply.status not in REACHED:
        return ()
    reached = REACHED[supply.status]
    days = (
        ("A pharmacist’s check", supply.checked_at),
        ("On its way", supply.dispatched_at),
        ("With you", supply.delivered_at),
    )
    return tuple(
        Step(
            words,
            _day(when) if when and place <= reached else "",
            "done" if place < reached else "now" if place == reached else "to_come",
        )
        for place, (words, when) in enumerate(days)
    )


def to_do(
    subject: UUID, lines: list[CaseLine], at: datetime, *, to_sign: bool, messages: bool = False
) -> list[ToKnow]:
    """What waits for the person themself: a report to read, and a notice that they were not told of."""
    found = [
        ToKnow(
            "The report about you is signed",
            "Read it and say whether the facts are right. Until then it goes to nobody.",
            Link("Read the report", reverse("my_report", args=[line.id])),
        )
        for line in lines
        if line.stage is Stage.SIGNED
    ]
    found += [
        ToKnow(
            "Your request waits for your payment",
            "What was prescribed is sent once it is paid."
            if waiting.prescribed
            else "Your bank holds the amount. It is taken only when something is prescribed.",
            Link("See your request", reverse("my_request", args=[waiting.request])),
        )
        for waiting in pricing.list_unpaid(subject)
    ]
    if to_sign:
        found.append(
            ToKnow(
                "Your next visit needs your consent",
                "Read what is done and what can go wrong, and sign it here or at the clinic.",
                Link("Read and sign", reverse("my_agreements")),
            )
        )
    if messages and (many := contact.count_unread(subject)):
        found.append(
            ToKnow(
                "A message from us waits" if many == 1 else f"{many} messages from us wait",
                "Only you can read it here.",
                Link("Read your messages", reverse("my_messages")),
            )
        )
    if many := billing.count_to_pay(subject):
        found.append(
            ToKnow(
                "An invoice is to pay" if many == 1 else f"{many} invoices are to pay",
                "By card here, all of it or a part, or at the clinic.",
                Link("See what is to pay", reverse("my_payments")),
            )
        )
    if billing.count_bank_details_wanted(subject):
        found.append(
            ToKnow(
                "We owe you money",
                "No card can take it back. Say to which account it should go.",
                Link("See your invoices", reverse("my_payments")),
            )
        )
    if announcing.find_untold(subject, at=at) is not None:
        found.append(
            ToKnow(
                "Our privacy notice changes",
                "You know an earlier version. See what is different before you go on.",
                Link("See what changes", reverse("my_notice")),
            )
        )
    return found


def news(
    looks: tuple[Look, ...], requests: tuple[RequestOpened, ...], cases: list[Case], at: datetime
) -> list[ToKnow]:
    """What happened in the last two weeks that the person would want to know."""
    found = []
    since = at - NEW_FOR
    for look in looks:
        if look.words == EMERGENCY and look.at >= since:
            found.append(
                ToKnow(
                    "Your record was opened in an emergency",
                    f"{own_data.say_when(look.at, at)}. Somebody else here reviews why.",
                    Link("See who opened it, and why", reverse("my_history")),
                )
            )
    found += [
        ToKnow(
            "Your request was decided",
            f"{own_data.say_when(request.decided_at, at)}, by {people.staff_name(request.line.prescriber)}.",
            Link("Read what was decided", reverse("my_kind", args=[Category.HEALTH.value])),
        )
        for request in requests[1:]
        if request.decided_at and request.decided_at >= since and request.line.prescriber
    ]
    found += [
        ToKnow(
            "What you asked about your data was answered",
            "See what came of it.",
            Link("See your requests", reverse("my_rights_requests")),
        )
        for case in cases
        if case.state == "done" and case.recorded_at >= since
    ]
    return found[:3]


def kept_promises(looks: tuple[Look, ...], holds: bool, cases: list[Case], at: datetime) -> list[Kept]:
    """What we said and what we did, for this person: each from the ledger or from their own cases, shortfalls too."""
    opened = [look for look in looks if look.opened and look.by_person and not look.by_themself]
    who = len({look.who for look in opened})
    refused = sum(look.refused for look in looks)
    seen = (
        "Nobody has opened it yet."
        if not opened
        else f"{who} {'person has' if who == 1 else 'people have'}, {_times(len(opened))}."
        + (f" {refused} {'try was' if refused == 1 else 'tries were'} refused." if refused else "")
    )
    history = reverse("my_history")
    promises = [
        Kept(
            "You see everyone who opens your record, and why",
            "joined",
            seen,
            Link("See who, when and why", history),
        ),
        Kept(
            "Every look is written down, and nobody here can change that",
            "joined" if holds else "slipped",
            "Checked just now, from the first event to the last."
            if holds
            else "The check failed. We’re sorry; tell us.",
            Link("Check it yourself", history),
        ),
    ]
    if cases:
        today = timezone.localdate(at)
        late = [case for case in cases if case.state != "done" and case.due_on < today]
        waiting = [case for case in cases if case.state != "done"]
        promises.append(
            Kept(
                "We answer within a month what you ask about your data",
                "slipped" if late else "running" if waiting else "joined",
                f"{len(late)} of {len(cases)} {'is' if len(late) == 1 else 'are'} late. We’re sorry."
                if late
                else f"{len(waiting)} waiting, none late."
                if waiting
                else f"{len(cases)} answered.",
                Link("See each with its day", reverse("my_rights_requests")),
            )
        )
    return promises


def banners(subject: UUID, at: datetime) -> tuple[Banner, ...]:
    """What stands over the page while a record is restricted."""
    since = rights.restricted_since(subject, at=at)
    if since is None:
        return ()
    return (
        Banner(
            "restriction",
            "You stopped the use of your record.",
            f"Since {_day(since)} nobody here can open it, so requests wait.",
            Link("Let us use it again", reverse("my_restriction")),
        ),
    )


def requests_of(subject: UUID, opened: Opened) -> tuple[RequestOpened, ...]:
    """The person's own requests, newest first; none where the gate withholds them."""
    found = prescribing.requests_of(subject, opened)
    return () if isinstance(found, Decision) else found


def _day(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%a %-d %b}"


def _times(number: int) -> str:
    return "once" if number == 1 else "twice" if number == 2 else f"{number} times"
