"""What this room tells the kernel: its services, and what connects them and the privacy officer with people."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.gate import actors, facts, linking, reasons, table
from troth.gate.actors import Actor
from troth.law.bases import Basis
from troth.law.rights import Right
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.people.selectors import count_unbacked, represented_by
from troth.rights.models import AccessPack, HarmOpinion, PackState, RightsCase, State
from troth.rights.rules import PRIVACY_OFFICER
from troth.rights.rules.clock import Asked
from troth.rights.rules.exemptions import ANSWERS
from troth.rights.rules.letters import Ending, check_can_close, endings_of
from troth.rights.selectors import proofs
from troth.rights.selectors.cases import is_enquirer
from troth.rights.selectors.clocks import misreckoned
from troth.rights.selectors.emergencies import list_breaks, waiting_breaks
from troth.rights.selectors.packs import CLINICAL
from troth.rights.selectors.wishes import list_choices
from troth.vault.categories import Category

AFTERWARDS = timedelta(days=30)

#: Carries out what a person asked for and may have at once, and takes up again an erasure that was stopped half way.
actors.declare_service(
    "erasure",
    purposes={Purpose.RIGHTS, Purpose.ACCOUNT_SECURITY},
    categories=set(Category),
    modules={"troth.rights.services.erasure"},
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
    categories={Category.RIGHTS},
    modules={"troth.rights.services.intake"},
)
#: Reminds officers of days, and brings the list of work to what the clocks give today.
actors.declare_service(
    "rights-clock",
    purposes={Purpose.RIGHTS},
    categories={Category.RIGHTS},
    modules={"troth.rights.services.reminding"},
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
        found = RightsCase.objects.filter(subject_id__in=subjects, right=Right.ERASURE)
    elif PRIVACY_OFFICER in actor.roles:
        return _reached(
            RightsCase.objects.filter(~Q(state=State.DONE) | Q(changed_at__gte=at - AFTERWARDS)), subjects, at
        )
    else:
        return set()
    return set(found.values_list("subject_id", flat=True).order_by())


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
    "an opinion asked of you",
    serves=set(CLINICAL),
    told="they were asked whether your copy could seriously harm you or somebody else",
)
def asked_for_opinion(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """A health professional who was asked may read what the opinion is about, until they gave it (LAW-4.3)."""
    if actor.id is None or not actor.roles:
        return set()
    found = HarmOpinion.objects.filter(asked_of=actor.id, given_at=None).exclude(case__state=State.DONE)
    return _reached(found, subjects, at)


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


@check(
    "rights.certificates", looks_at="erasures that were carried out, and the certificate of each", page="office_home"
)
def certified(question: Question) -> Finding:
    """Every erasure that is done has its certificate."""
    done, bare = proofs.count_erasures()
    counts = {"erasures": done, "without_certificate": bare}
    if bare:
        return Finding(False, f"{counted(bare, 'erasure')} closed without a certificate", counts)
    return Finding(True, f"{counted(done, 'erasure').capitalize()} carried out, each with its certificate", counts)


@check(
    "rights.in_time", looks_at="requests about data that wait, and the day by which each is due", page="office_home"
)
def in_time(question: Question) -> Finding:
    """No request about data waits past its day."""
    waiting, late = proofs.count_waiting(question.at)
    counts = {"waiting": waiting, "late": late}
    if late:
        return Finding(False, f"{counted(late, 'request')} about data waited past the day that the law sets", counts)
    return Finding(True, f"{counted(waiting, 'request').capitalize()} about data waiting, none of them late", counts)


@check(
    "rights.emergencies",
    looks_at="records that were opened in an emergency, and the day by which a colleague reviews each",
    page="office_reviews",
)
def reviewed(question: Question) -> Finding:
    """No record that was opened in an emergency waits for its review past its day (pitfalls B14)."""
    waiting = waiting_breaks(question.at)
    late = sum(each.is_late(timezone.localdate(question.at)) for each in waiting)
    counts = {"waiting": len(waiting), "late": late}
    if late:
        return Finding(False, f"{counted(late, 'emergency', 'emergencies')} not reviewed in time", counts)
    return Finding(
        True,
        f"{counted(len(waiting), 'emergency', 'emergencies').capitalize()} waiting for a review, none late",
        counts,
    )


@check(
    "rights.clocks",
    looks_at="open requests, the day of each in the list of work, and the pages that take them in",
    page="office_cases",
)
def clocks_agree(question: Question) -> Finding:
    """
    Every request has the day that its clock gives, by whatever route it came; there is a page for each route; and each that is
    closed was closed by a step.
    """
    wrong, routes = misreckoned(at=question.at), proofs.count_routes()
    register = notices.register_in_force(question.at)
    off = [name for name in ("desk_asked", "my_ask", "complain") if not table.rows[name].is_on(register)]
    misclosed = proofs.count_misclosed()
    counts = {"wrong": len(wrong), "pages_off": len(off), "closed_without_a_step": misclosed, **routes}
    if misclosed:
        return Finding(False, f"{counted(misclosed, 'request')} closed without a step that says how", counts)
    if wrong or off:
        return Finding(False, f"{counted(len(wrong), 'request')} with another day than its clock gives", counts)
    return Finding(
        True,
        f"{counted(sum(routes.values()), 'request').capitalize()} came by whatever route, each with its day",
        counts,
    )


@check(
    "rights.complaints",
    looks_at="complaints about data, and the thirty days within which each is acknowledged",
    page="office_cases",
)
def acknowledged(question: Question) -> Finding:
    """No complaint waits past its thirty days for an acknowledgement (LAW-2.3)."""
    waiting, late = proofs.count_complaints(question.at)
    counts = {"complaints": waiting, "late": late}
    if late:
        return Finding(False, f"{counted(late, 'complaint')} not acknowledged within thirty days", counts)
    return Finding(
        True, f"{counted(waiting, 'complaint').capitalize()} open, none of them past its thirty days", counts
    )


@check("rights.refusals", looks_at="each kind of request, and whether it closes as refused without an exemption")
def refusals_cite(question: Question) -> Finding:
    """A refusal without its exemption is tried for every kind of request, and does not go through (LAW-1.17)."""
    tried = [
        (asked, ending)
        for asked in Asked
        for ending in endings_of(asked)
        if ending in (Ending.REFUSED, Ending.PARTLY)
    ]
    through = [
        each
        for each in tried
        if not check_can_close(*each, ground="", words="Because we say so", may_unanswered=True)
    ]
    bare = [ground for ground in ANSWERS if "LAW-" not in ground.law]
    counts = {"tried": len(tried), "went_through": len(through), "grounds": len(ANSWERS), "without_law": len(bare)}
    if through or bare:
        return Finding(False, "A request can be refused without naming the exemption", counts)
    return Finding(
        True,
        f"No request is refused without one of {len(ANSWERS)} exemptions, each with its law, in the letter",
        counts,
    )


@check("rights.identity", looks_at="requests of people who were signed in, and whether any was asked who they are")
def not_asked_again(question: Question) -> Finding:
    """Nobody who was signed in was asked for proof of who they are (LAW-1.15)."""
    signed_in, asked_again = proofs.count_asked_again()
    counts = {"signed_in": signed_in, "asked_again": asked_again}
    if asked_again:
        return Finding(
            False, f"{counted(asked_again, 'person', 'people')} asked who they are although signed in", counts
        )
    return Finding(
        True, f"{counted(signed_in, 'request').capitalize()} from people signed in, none asked who they are", counts
    )


@check(
    "rights.authorities",
    looks_at="whoever may act for somebody, and the record of what was looked at",
    page="office_cases",
)
def authorities_backed(question: Question) -> Finding:
    """Nobody acts for a person without a record of the paper that was checked, and none past its end (LAW-3.15)."""
    standing, bad = count_unbacked(at=question.at)
    counts = {"standing": standing, "without_record": bad}
    if bad:
        return Finding(
            False, f"{counted(bad, 'person acts', 'people act')} for somebody without a checked authority", counts
        )
    return Finding(
        True,
        f"{counted(standing, 'authority stands', 'authorities stand').capitalize()}, each checked and with its end",
        counts,
    )


@check("rights.choices", looks_at="uses by consent or by interest, and the pages on which people decide about them")
def choices(question: Question) -> Finding:
    """Every use by consent or by interest can be ended by the person themselves, and says first what follows from it."""
    register = notices.register_in_force(question.at)
    decided = {
        declared.purpose
        for declared in register.purposes.values()
        if declared.basis in (Basis.CONSENT, Basis.LEGITIMATE_INTERESTS, Basis.RECOGNISED_LEGITIMATE_INTERESTS)
    }
    listed = list_choices(uuid4(), at=question.at)
    lacking = decided - {each.purpose for each in listed}
    unsaid = [each for each in listed if each.kind == "consent" and not each.if_not]
    reverse("my_choices")  # reads the addresses, so that every page has its row
    off = [name for name in ("my_choices", "my_choice", "my_restriction") if not table.rows[name].is_on(register)]
    counts = {"uses": len(decided), "not_listed": len(lacking), "nothing_said": len(unsaid), "pages_off": len(off)}
    if lacking or unsaid or off:
        return Finding(False, "There is a use that people cannot decide about, or are not told what follows", counts)
    return Finding(
        True,
        f"People decide by themselves about all {len(decided)} uses by consent or by interest, and can stop every use",
        counts,
    )


@check("rights.reach", looks_at="every table in both databases that points at people", page="office_home")
def reach(question: Question) -> Finding:
    """A copy and an erasure walk every table that points at a person: none is left out."""
    missed, walked = proofs.list_unreached(), proofs.count_walked()
    counts = {"tables": walked, "left_out": len(missed)}
    if missed:
        return Finding(
            False, f"The table {missed[0]} points at people, and no copy or erasure would reach it", counts
        )
    return Finding(True, f"A copy and an erasure walk all {walked} tables that point at people", counts)


@reasons.reason(
    "keeping watch over the ledger", serves={Purpose.SECURITY_LOG}, told="they keep watch over our ledger"
)
def watching(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """
    A privacy officer may read the events about anybody: prying shows where nobody expected it (UK GDPR Article 32). The notice
    limits this purpose to the traces of machines and sign-ins, and each reading is an event about the person.
    """
    return set(subjects) if PRIVACY_OFFICER in actor.roles else set()
