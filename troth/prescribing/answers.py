"""What requests tell the gate: who has a reason to see whom. One query each, however many people are asked about."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.billing import services as money
from troth.billing.selectors import State
from troth.gate import actors, reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.prescribing import rules, selectors, services
from troth.prescribing.models import Seriousness, Way
from troth.prescribing.rules.documents import Fault
from troth.prescribing.selectors import arriving, identifying, owing, reacting, supplies, telling
from troth.vault import orphans
from troth.vault.categories import Category
from troth.vault.saying import Known, says
from troth.work import queue

orphans.names_files(arriving.places_of_files)

actors.declare_service(
    "gp-directory",
    purposes={Purpose.GP_CORRESPONDENCE},
    categories=set(),
    modules={"troth.prescribing.services.listing"},
)


@reasons.reason(
    "a request assigned to you",
    serves={Purpose.PRESCRIBING, Purpose.CARE, Purpose.GP_CORRESPONDENCE, Purpose.SAFEGUARDING},
    told="your request was passed to them",
)
def assigned(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """A prescriber has a reason while a request is theirs and open, and for fourteen days after their decision."""
    return selectors.assigned_to(actor.id, subjects, at=at) if actor.id else set()


@reasons.reason(
    "a request you are preparing", serves={Purpose.PRESCRIBING, Purpose.CARE}, told="they prepare your request"
)
def preparing(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """An assistant has a reason while a request that they prepare is open."""
    return selectors.prepared_by(actor.id, subjects) if actor.id else set()


@reasons.reason("a request to pass on", serves={Purpose.PRESCRIBING}, told="your request waits to be passed on")
def passing_on(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Support staff have a reason while a request is open; what they see is who the person is, by the notice."""
    return selectors.with_open_request(subjects) if actor.roles & rules.PASSING_ON else set()


@reasons.reason(
    "a prescription to check and send",
    serves={Purpose.PRESCRIBING, Purpose.CARE, Purpose.GP_CORRESPONDENCE, Purpose.SAFEGUARDING},
    told="they check and send your prescription",
)
def supplying(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """A pharmacist has a reason from the signing of a prescription until its parcel is received, came back or was cancelled."""
    return selectors.with_open_supply(subjects) if actor.roles & rules.CHECKING else set()


actors.declare_service(
    "gp-letters",
    purposes={Purpose.GP_CORRESPONDENCE},
    categories={Category.IDENTITY, Category.CONTACT, Category.HEALTH},
    modules={"troth.prescribing.services.carrying"},
)


actors.declare_service(
    "gp-reminders",
    purposes={Purpose.PRESCRIBING, Purpose.GP_CORRESPONDENCE},
    categories={Category.IDENTITY},
    modules={"troth.prescribing.services.chasing"},
)
actors.declare_service(
    "gp-mailbox",
    purposes={Purpose.GP_CORRESPONDENCE},
    categories=set(),
    modules={"troth.prescribing.services.arriving"},
)


@reasons.reason(
    "a letter to their doctor that somebody has to see to",
    serves={Purpose.PRESCRIBING, Purpose.GP_CORRESPONDENCE},
    told="a machine saw to it that the letter to your GP is not forgotten",
)
def seeing_to(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The machine that gives tasks has a reason while a letter is late or came back, or somebody has a task for it."""
    is_it = actor.kind == "service" and actor.name == "gp-reminders"
    return owing.with_something_to_see_to(subjects, at=at) if is_it else set()


@reasons.reason(
    "an answer that their doctor owes", serves={Purpose.GP_CORRESPONDENCE}, told="they take in what your GP sends"
)
def taking_in(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever takes in the post has a reason for four weeks after a letter that asks has left, until it is answered."""
    return owing.with_owed(subjects, at=at) if actor.roles & rules.PASSING_ON else set()


@reasons.reason(
    "a letter to their doctor", serves={Purpose.PRESCRIBING, Purpose.GP_CORRESPONDENCE}, told="they write to your GP"
)
def writing_to_gp(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """
    A pharmacist, and what carries it, have a reason while a letter is to be sent, and for four weeks in which it is answered. What
    carries it seals what comes as well, which is owed even where the letter was not to go once more.
    """
    carries = actor.kind == "service" and actor.name == "gp-letters"
    if carries:
        return telling.with_letter(subjects, at=at) | owing.with_owed(subjects, at=at)
    return telling.with_letter(subjects, at=at) if actor.roles & rules.CHECKING else set()


@reasons.reason(
    "what you asked their doctor for",
    serves={Purpose.PRESCRIBING, Purpose.CARE, Purpose.GP_CORRESPONDENCE},
    told="they asked your GP about you",
)
def awaiting_gp(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever had a request keeps what its person's GP sends to it, for four weeks after the letter left."""
    return telling.with_answer(actor.id, subjects, at=at) if actor.id else set()


@reasons.reason(
    "news of their request", serves={Purpose.SERVICE_MESSAGES}, told="we told you that there was something new"
)
def alerting(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service that tells of news has this reason for whoever asked us for a medicine, or showed us who they are."""
    return set(subjects) if actor.kind == "service" and actor.name == "request-notices" else set()


@reasons.reason(
    "a record like that of a request assigned to you",
    serves={Purpose.PRESCRIBING},
    told="they made sure that what they decide is safe",
)
def looking_alike(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """A prescriber has a reason to see what was refused to an account of the same name and birthday, or the same address."""
    return selectors.alike_to(actor.id, subjects) if actor.id else set()


actors.declare_service(
    "record-comparison",
    purposes={Purpose.PRESCRIBING, Purpose.FRAUD_PREVENTION},
    categories={Category.HEALTH, Category.FINANCIAL},
    modules={"troth.prescribing.services.noticing"},
)


@reasons.reason(
    "a request to compare",
    serves={Purpose.PRESCRIBING, Purpose.FRAUD_PREVENTION},
    told="a machine made sure that nobody asks again under another name",
)
def comparing(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The machine that compares name, address and card has a reason while a request is open, and opens nothing."""
    is_it = actor.kind == "service" and actor.name == "record-comparison"
    return selectors.with_open_request(subjects) if is_it else set()


@reasons.reason(
    "a suspected reaction to look at",
    serves={Purpose.PRESCRIBING, Purpose.CARE, Purpose.SAFEGUARDING},
    told="you reported that a medicine may have harmed you",
)
def reacting_to(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever signed it, and pharmacists, have a reason until a report was looked at, and sent where the scheme is to be told."""
    if actor.id is None:
        return set()
    return reacting.with_reaction(subjects, signer=None if actor.roles & rules.CHECKING else actor.id)


actors.declare_service(
    "document-disposal",
    purposes={Purpose.IDENTITY_CHECK},
    categories={Category.IDENTITY, Category.IDENTITY_DOCUMENT},
    modules={"troth.prescribing.services.documents"},
)


@reasons.reason(
    "a document to look at", serves={Purpose.IDENTITY_CHECK}, told="you sent a document that shows who you are"
)
def looking_at_documents(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """An assistant has a reason until a document was looked at, and for a day after; the machine while its picture is here."""
    if actor.kind == "service":
        return identifying.with_picture(subjects) if actor.name == "document-disposal" else set()
    return identifying.with_document(subjects, at=at) if actor.roles & rules.PREPARING else set()


@check("prescribing.documents", looks_at="pictures of documents, and how long ago each was looked at")
def documents_go(question: Question) -> Finding:
    """No picture of a document is here longer than a day after somebody looked at it, or a fortnight unlooked at."""
    counts = identifying.count_pictures(at=question.at)
    wrong = counts["too_long"]
    if wrong:
        return Finding(False, f"{counted(wrong, 'picture')} of a document kept longer than the notice says", counts)
    return Finding(
        True,
        f"{counted(counts['looked_at'], 'document').capitalize()} looked at, and no picture kept longer than a day after",
        counts,
    )


@money.follows(services.THING, compares_cards=True)
def paid(thing: UUID, payment: UUID, state: State, *, by: Actor, at: datetime) -> None:
    """
    Whatever the firm says of a request's money, what is wanted of it follows from where the request is. Who else paid with that
    card is for its prescriber, and found by a job of its own: whether it may be looked for is nothing to whoever pays.
    """
    services.hear_of(thing, payment, state, at=at)
    queue.declared["prescribing.compare_card"].enqueue(thing, payment)


@check("prescribing.by_a_prescriber", looks_at="requests that were decided, and who decided each")
def decided_by_prescribers(question: Question) -> Finding:
    """Every request that was decided was decided by the prescriber whose it was: no machine, and nobody else."""
    decided, wrong = selectors.count_decided()
    counts = {"decided": decided, "by_others": wrong}
    if wrong:
        return Finding(
            False, f"{counted(wrong, 'request')} decided by somebody other than the prescriber whose it was", counts
        )
    return Finding(
        True, f"{counted(decided, 'request').capitalize()} decided, each by the prescriber whose it was", counts
    )


@check(
    "prescribing.gated",
    looks_at="each prescription, and what had to be there before it was signed and before it left",
)
def gated(question: Question) -> Finding:
    """Before each: fresh answers to a questionnaire and a check by another way; before it left, a check by a second person."""
    counts = supplies.count_supplies()
    wrong = counts["unanswered"] + counts["stale"] + counts["unverified"] + counts["unchecked"]
    if wrong:
        return Finding(False, f"{counted(wrong, 'prescription')} signed or sent without what had to be there", counts)
    return Finding(
        True,
        f"{counted(counts['signed'], 'prescription').capitalize()} signed, each with what had to be there",
        counts,
    )


@check(
    "prescribing.followed_up",
    looks_at="each supply that left, who was given to ask how its person is, and whether anybody did",
)
def followed_up(question: Question) -> Finding:
    """Of each supply somebody is to ask how its person is, and does within two months."""
    counts = supplies.count_unfollowed(at=question.at)
    wrong = counts["unplanned"] + counts["late"]
    if wrong:
        return Finding(
            False, f"{counted(wrong, 'supply', 'supplies')} that nobody asks about, or asked in time", counts
        )
    return Finding(
        True,
        f"{counted(counts['left'], 'supply', 'supplies').capitalize()} left, each with somebody who asks",
        counts,
    )


@says("prescribing.identitycheck", "mark")
def mark_in_words(row: Any, field: str, known: Known) -> str:
    """A keyed hash says nothing to people but that it is one."""
    return "Kept only as a hash, from which the number cannot be read"


@says("prescribing.identitycheck", "reading")
def reading_in_words(row: Any, field: str, known: Known) -> str:
    """What did not fit when the document was read."""
    return "\n".join(Fault(each).words for each in row.reading.get("faults", ())) or "It fits what you told us"


@says("prescribing.documentpicture", "typed")
def typed_in_words(row: Any, field: str, known: Known) -> str:
    """What stands on the document, as it was typed."""
    said = [" ".join(row.typed[part] for part in ("given", "family") if row.typed[part])]
    said += [
        f"{words} {date.fromisoformat(row.typed[part]):%-d %B %Y}"
        for part, words in (("born_on", "born"), ("expires_on", "valid until"))
        if row.typed[part]
    ]
    return ", ".join(said)


@says("prescribing.personmark", "who")
@says("prescribing.addressmark", "where")
def mark_parts(row: Any, field: str, known: Known) -> str:
    """The parts of what is compared: a name and a day of birth, or an address and a postcode."""
    first, _, last = str(getattr(row, field)).rpartition("|")
    if field == "who":
        return f"{first}, born {date.fromisoformat(last):%-d %B %Y}"
    return ", ".join(part for part in (first, last) if part)


@says("prescribing.gpchoice", "practice")
@says("prescribing.gpnotice", "practice")
def practice_in_words(row: Any, field: str, known: Known) -> str:
    """A GP practice: its name and where it is."""
    practice = getattr(row, field)
    return ", ".join(practice[part] for part in ("name", "address") if practice.get(part))


@says("prescribing.gpnotice", "asked")
def asked_in_words(row: Any, field: str, known: Known) -> str:
    """What a GP practice was asked for."""
    return "\n".join(telling.said_of(row.asked))


@says("prescribing.gpnotice", "came")
def came_in_words(row: Any, field: str, known: Known) -> str:
    """When something came from a GP practice, and how."""
    return f"On {date.fromisoformat(row.came['on']):%-d %B %Y}, {Way(row.came['by']).words}"


@says("prescribing.gpchoice", "may_ask")
def may_ask_in_words(row: Any, field: str, known: Known) -> str:
    """Whether they may be asked."""
    return "Yes" if row.may_ask else "No"


@says("prescribing.reaction", "serious")
def seriousness_in_words(row: Any, field: str, known: Known) -> str:
    """By what a reaction counts as serious."""
    return "\n".join(Seriousness(each).words for each in row.serious)


@says("prescribing.medicationrequest", "findings")
def findings_in_words(row: Any, field: str, known: Known) -> str:
    """What the rules found, as whoever asked was told."""
    return "\n".join(each["words"] if each.get("words") else each.get("reason", "") for each in row.findings)


@says("prescribing.prescription", "item")
def item_in_words(row: Any, field: str, known: Known) -> str:
    """What was prescribed, as it stands on the prescription."""
    item = row.item
    head = " ".join(str(item[part]) for part in ("name", "form") if item.get(part))
    return "\n".join(
        part
        for part in (
            head,
            f"{item['quantity']} {item['unit']}",
            item.get("directions", ""),
            f"To be dispensed by {date.fromisoformat(item['until']):%-d %B %Y}" if item.get("until") else "",
        )
        if part
    )
