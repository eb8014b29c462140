"""What this room tells the kernel: its services, and what connects them and the privacy officer with people."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from troth.gate import actors, facts, linking, reasons
from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.law.rights import Right
from troth.notice.purposes import Purpose
from troth.people.selectors import represented_by
from troth.rights.answers import checks as checks
from troth.rights.answers import sources as sources
from troth.rights.answers import telling as telling
from troth.rights.answers import wording as wording
from troth.rights.models import AccessPack, HarmOpinion, PackState, RightsCase, State
from troth.rights.rules import PRIVACY_OFFICER
from troth.rights.selectors.cases import is_enquirer
from troth.rights.selectors.emergencies import list_breaks
from troth.rights.selectors.exchange import has_arrival
from troth.rights.selectors.opinions import CLINICAL, may_give_opinion
from troth.rights.selectors.withholding import list_to_look_again
from troth.vault.categories import Category

AFTERWARDS = timedelta(days=30)

#: Carries out what a person asked for and may have at once, and takes up again an erasure that was stopped half way.
actors.declare_service(
    "erasure",
    purposes={Purpose.RIGHTS, Purpose.ACCOUNT_SECURITY},
    categories=set(Category),
    modules={"troth.rights.services.erasure"},
)
#: Destroys what the notice keeps no longer. It opens days of birth and death, and where files lie.
actors.declare_service(
    "disposal",
    purposes={Purpose.RIGHTS},
    categories=set(Category),
    modules={"troth.rights.services.ending", "troth.rights.services.orphans"},
)
#: Builds the copy that answers a request, and destroys it when its last day is over.
actors.declare_service(
    "packs",
    purposes={Purpose.RIGHTS},
    categories=set(Category),
    modules={"troth.rights.services.building"},
)
#: Writes down who used a restricted record, for which of the uses that the law leaves, and why.
actors.declare_service(
    "restricted-use",
    purposes={Purpose.RIGHTS},
    categories={Category.RIGHTS},
    modules={"troth.rights.services.answering"},
)
#: Takes requests in for whoever received them, and writes the receipt. It reads back nothing but where to answer.
actors.declare_service(
    "rights-intake",
    purposes={Purpose.RIGHTS},
    categories={Category.RIGHTS, Category.PREFERENCES},  # a consent that is taken back with a request
    modules={"troth.rights.services.intake", "troth.rights.services.placing"},
)
#: Reminds officers of days, and brings the list of work to what the clocks give today.
actors.declare_service(
    "rights-clock",
    purposes={Purpose.RIGHTS},
    categories={Category.RIGHTS},
    modules={"troth.rights.services.reminding"},
)
#: Opens one letter for whoever has the link to it, and nothing else.
actors.declare_service(
    "rights-letters",
    purposes={Purpose.RIGHTS},
    categories={Category.RIGHTS},
    modules={"troth.rights.selectors.posted"},
)
#: Opens the record of somebody who died for whoever it was released to.
actors.declare_service(
    "records-given",
    purposes={Purpose.RIGHTS},
    categories={Category.RIGHTS},
    modules={"troth.rights.services.given"},
)
#: Opens what an opinion on serious harm is about for the health professional who was asked, and writes what they found.
actors.declare_service(
    "harm-opinion",
    purposes={Purpose.RIGHTS},
    categories={Category.IDENTITY} | {each for each in Category if each.special},
    modules={"troth.rights.selectors.opinions", "troth.rights.services.opining"},
)
#: Sends what a person takes along to another clinic, and keeps what another clinic sends until somebody has looked at it.
actors.declare_service(
    "exchange",
    purposes={Purpose.RIGHTS},
    categories=set(Category),
    modules={"troth.rights.services.exchange", "troth.rights.services.arriving"},
)
#: Writes to everybody whose data is held when the notice changes.
actors.declare_service(
    "announcing",
    purposes={Purpose.RIGHTS},
    categories={Category.CONTACT},
    modules={"troth.rights.services.announcing"},
)
#: The rights desk on the command line, for a named privacy officer.
actors.declare_service(
    "rights-desk", purposes={Purpose.RIGHTS}, categories=set(Category), modules={"troth.cli.rights"}
)


@reasons.reason(
    "a request about their data",
    serves={Purpose.RIGHTS, Purpose.ACCOUNT_SECURITY},
    told="your request about your data",
)
def asked(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """
    A request is the privacy officer's reason to open the data it is about, while it waits and for thirty days after, when
    people come back with questions. The service has it for every erasure, so that doing one again finds it done.
    """
    if actor.kind == "service" and actor.name == "erasure":
        if len(subjects) == 1:  # as the service asks, eight times in an erasure
            (one,) = subjects
            return {one} if RightsCase.objects.where(subject_id=one, right=Right.ERASURE.value) else set()
        found = RightsCase.objects.filter(subject_id__in=subjects, right=Right.ERASURE)
    elif PRIVACY_OFFICER in actor.roles:
        return _reached(
            RightsCase.objects.filter(~Q(state=State.DONE) | Q(changed_at__gte=at - AFTERWARDS)), subjects, at
        )
    else:
        return set()
    return set(found.values_list("subject_id", flat=True).order_by())


@reasons.reason(
    "the end of its time", serves={Purpose.RIGHTS}, told="the time for which we keep your data was looked at"
)
def ending(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service that destroys what is kept no longer has this reason for everybody of whom anything is held."""
    return set(subjects) if actor.kind == "service" and actor.name == "disposal" else set()


@reasons.reason(
    "a use under restriction",
    serves={Purpose.RIGHTS},
    told="your record was used in one of the few ways that a stop leaves",
)
def noting_a_use(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service that notes such a use has this reason for whoever that record is about; it reads nothing."""
    return set(subjects) if actor.kind == "service" and actor.name == "restricted-use" else set()


@reasons.reason("a copy that is being made", serves={Purpose.RIGHTS}, told="we made the copy that you asked for")
def making_copy(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service that builds copies has this reason for whoever a copy is being made for, or lies ready."""
    if actor.kind != "service" or actor.name != "packs":
        return set()
    return _reached(AccessPack.objects.exclude(state=PackState.OVER), subjects, at)


@reasons.reason(
    "a record that was released to you",
    serves={Purpose.RIGHTS},
    told="it was given to whoever may have it after a death",
)
def given_a_record(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever applied for the record of somebody who died has this reason by the service, until its last day (LAW-4.10)."""
    if actor.kind != "service" or actor.name != "records-given" or actor.on_behalf_of is None:
        return set()
    found = AccessPack.objects.filter(applicant=actor.on_behalf_of, state=PackState.RELEASED, expires_at__gt=at)
    return set(found.filter(subject_id__in=subjects).values_list("subject_id", flat=True).order_by())


@reasons.reason(
    "an opinion asked of you",
    serves={*CLINICAL, Purpose.SAFEGUARDING, Purpose.RIGHTS},
    told="they were asked whether your copy could seriously harm you or somebody else",
)
def asked_for_opinion(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """
    A health professional who was asked may read what the opinion is about, until they gave it (LAW-4.3): by themselves where their
    work with the person goes on, and else by the service. It may be about what is kept from its person: long after the treatment
    nobody else would have a reason to look at that again.
    """
    of = actor if actor.kind == "person" else _lent_to(actor, at)
    if of is None or of.id is None or not of.roles:
        return set()
    found = HarmOpinion.objects.filter(asked_of=of.id, given_at=None).exclude(case__state=State.DONE)
    reached = _reached(found, subjects, at)
    return reached - set(linking.subjects_of(of.id, at=at)) if reached else reached  # never their own (pitfalls B14)


def _lent_to(actor: Actor, at: datetime) -> Actor | None:
    """For whom the service opens what an opinion is about: somebody who is a health professional now, by notice and permissions."""
    if actor.name != "harm-opinion" or actor.on_behalf_of is None:
        return None
    of = actors.person(actor.on_behalf_of, at=at)
    with boundary() as into:
        return of if may_give_opinion(of.roles, into.register(at)) else None


@reasons.reason(
    "an opinion of yours that runs out",
    serves={Purpose.SAFEGUARDING},
    told="they looked again whether something was still to be kept from you",
)
def looking_again(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever keeps something from somebody may look at it again from four weeks before their opinion runs out (LAW-4.4)."""
    if actor.id is None or not actor.roles:
        return set()
    return {who for who, _ in list_to_look_again(actor.id, on=timezone.localdate(at))} & set(subjects)


def _reached(rows: QuerySet[Any], subjects: Collection[UUID], at: datetime) -> set[UUID]:
    """Of these subjects, those whom one of the rows is about, or is about another record of the same person."""

    def about(some: Collection[UUID]) -> set[UUID]:
        return set(rows.filter(subject_id__in=some).values_list("subject_id", flat=True).order_by())

    found = about(subjects)
    rest = [each for each in subjects if each not in found]
    if rest:
        persons = linking.persons(facts.about(rest), at=facts.micros(at))
        linked = {each: {UUID(other) for other in persons[each.hex].joined} - {each} for each in rest}
        others = about(set().union(*linked.values())) if any(linked.values()) else set()
        found |= {each for each, joined in linked.items() if joined & others}
    return found


@reasons.reason(
    "data on its way to another clinic", serves={Purpose.RIGHTS}, told="you had your data sent to another clinic"
)
def sending_along(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service that sends has this reason for whoever has such a request open."""
    if actor.kind != "service" or actor.name != "exchange":
        return set()
    waiting = RightsCase.objects.filter(right=Right.PORTABILITY).exclude(state=State.DONE)
    return _reached(waiting, subjects, at)


@reasons.reason("a letter to them", serves={Purpose.RIGHTS}, told="a letter of ours was read by its link")
def opening_a_letter(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service that opens a letter by its link has this reason for whoever has a request here."""
    if actor.kind != "service" or actor.name != "rights-letters":
        return set()
    found = RightsCase.objects.filter(subject_id__in=subjects)
    return set(found.values_list("subject_id", flat=True).order_by())


@reasons.reason(
    "data that came from another clinic", serves={Purpose.RIGHTS}, told="another clinic sent us your data"
)
def looking_at_arrivals(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """
    What came lies under a subject of its own, and a privacy officer looks at it: it is in nobody's record. The service that took it
    in looks whether what comes again is the same.
    """
    took_it_in = actor.kind == "service" and actor.name == "exchange"
    return has_arrival(set(subjects)) if took_it_in or PRIVACY_OFFICER in actor.roles else set()


@reasons.reason("a request that came", serves={Purpose.RIGHTS}, told="a request of yours came to us")
def taking_in(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever works here may take a request in by the service (LAW-1.19), and whoever acts for a person for that person alone."""
    if actor.kind != "service" or actor.name != "rights-intake":
        return set()
    if actor.on_behalf_of is None:  # somebody wrote with our public form, about a record that was made for it
        return {each for each in subjects if is_enquirer(each)}
    if actors.person(actor.on_behalf_of, at=at).roles:
        return set(subjects)
    acts_for = {subject for subject, _ in represented_by(actor.on_behalf_of, at=at)}
    return acts_for & set(subjects)


@reasons.reason("the day of a request", serves={Purpose.RIGHTS}, told="we watch the day by which we answer you")
def watching_days(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service that minds the days opens nothing of a person; it writes to whoever has the case."""
    return set(subjects) if actor.kind == "service" and actor.name == "rights-clock" else set()


@reasons.reason("a notice that changes", serves={Purpose.RIGHTS}, told="we told you that our privacy notice changes")
def telling_of_notice(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Everybody who knows a notice is told when it changes (UK GDPR Article 13(3)), by a service that opens nothing else."""
    return set(subjects) if actor.kind == "service" and actor.name == "announcing" else set()


@reasons.reason(
    "an emergency to review", serves={Purpose.RIGHTS}, told="they review why your record was opened in an emergency"
)
def reviewing(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """
    A record that was opened in an emergency is a privacy officer's reason to open the file of it, until it is closed and for
    thirty days after; never for the one who opened it (pitfalls B14).
    """
    if PRIVACY_OFFICER not in actor.roles:
        return set()
    return {
        each.subject
        for each in list_breaks()
        if each.subject in subjects
        and each.by != actor.id
        and (each.closed_at is None or each.closed_at >= at - AFTERWARDS)
    }


@reasons.reason("a request at the rights desk", serves={Purpose.RIGHTS}, told="your request at our rights desk")
def at_the_desk(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The desk takes a request in: it may, as long as the member of staff it acts for is a privacy officer."""
    if actor.kind != "service" or actor.name != "rights-desk" or actor.on_behalf_of is None:
        return set()
    return set(subjects) if PRIVACY_OFFICER in actors.person(actor.on_behalf_of, at=at).roles else set()


@reasons.reason(
    "keeping watch over the ledger", serves={Purpose.SECURITY_LOG}, told="they keep watch over our ledger"
)
def watching(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """
    A privacy officer may read the events about anybody: prying shows where nobody expected it (UK GDPR Article 32). The notice
    limits this purpose to the traces of machines and sign-ins, and each reading is an event about the person.
    """
    return set(subjects) if PRIVACY_OFFICER in actor.roles else set()
