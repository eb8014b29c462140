"""What the running system shows of the promises about rights: live checks, each of which says when it no longer holds."""

from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.gate import table
from troth.law.bases import Basis
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.people.selectors import count_unbacked
from troth.rights.rules import check_can_weigh
from troth.rights.rules.clock import Asked
from troth.rights.rules.exemptions import ANSWERS
from troth.rights.rules.letters import Ending, endings_of
from troth.rights.rules.outcomes import check_can_close
from troth.rights.selectors import ending, exchange, proofs
from troth.rights.selectors.clocks import misreckoned
from troth.rights.selectors.emergencies import waiting_breaks
from troth.rights.selectors.porting import kinds_to_move
from troth.rights.selectors.wishes import list_choices


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
    "rights.overdue",
    looks_at="everything that is held, and the day on which the rule of each ends",
    page="office_ending",
    scheduled=True,
)
def overdue(question: Question) -> Finding:
    """Nothing is held two days after its time was over; what somebody looks at first, a month after (LAW-6.2, LAW-6.3)."""
    gone, looks = ending.count_overdue(question.at), ending.count_not_looked_at(question.at)
    late, left = ending.is_run_late(question.at), ending.count_left_elsewhere(question.at)
    counts = {"overdue": gone, "not_looked_at": looks, "run_late": int(late), "left_by_a_job": left}
    if late:
        return Finding(False, "The run that destroys what is over did not come to its end for two nights", counts)
    if gone:
        return Finding(False, f"Something of {counted(gone, 'person', 'people')} is kept past its time", counts)
    if left:
        return Finding(
            False,
            f"{counted(left, 'message, address or step', 'messages, addresses or steps')} kept past their time",
            counts,
        )
    if looks:
        return Finding(False, f"{counted(looks, 'kind')} of records waits for a look for over a month", counts)
    return Finding(True, "Nothing is kept past the day on which its rule ends", counts)


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


@check("rights.portable", looks_at="which kinds of data people can take along, and the pages on which they do")
def portable(question: Question) -> Finding:
    """What people take along is what a use by consent or for an agreement has, and nothing besides (LAW-3.8)."""
    register = notices.register_in_force(question.at)
    entitled = {
        category
        for declared in register.purposes.values()
        if declared.basis in (Basis.CONSENT, Basis.CONTRACT) and not declared.purpose.of_the_kernel
        for category in declared.categories
    }
    offered = kinds_to_move(register)
    reverse("my_move")
    off = [name for name in ("my_move", "my_move_file") if not table.rows[name].is_on(register)]
    counts = {
        "kinds": len(offered),
        "too_many": len(offered - entitled),
        "too_few": len(entitled - offered),
        "pages_off": len(off),
    }
    if offered != entitled or off:
        return Finding(False, "What people can take along is not what the law gives them", counts)
    return Finding(
        True, f"People take along {len(offered)} kinds of data: what rests on consent or an agreement", counts
    )


@check(
    "rights.straight",
    looks_at="what went straight to another clinic, the log of what was passed on, and the pages for it",
    page="office_cases",
)
def sent_straight(question: Question) -> Finding:
    """What somebody takes along can go straight to another clinic, and the log of what was passed on has each (LAW-3.8)."""
    sent, unlogged = proofs.count_sent()
    register = notices.register_in_force(question.at)
    reverse("my_move_send", args=["any"])
    off = [] if table.rows["my_move_send"].is_on(register) else ["my_move_send"]
    counts = {"sent": sent, "not_in_the_log": unlogged, "clinics": len(exchange.partners()), "pages_off": len(off)}
    if unlogged or off:
        return Finding(False, f"{counted(unlogged, 'sending')} to another clinic not in the log", counts)
    return Finding(
        True,
        f"{counted(sent, 'sending').capitalize()} straight to another clinic, each with its receipt and in the log",
        counts,
    )


@check(
    "rights.correcting",
    looks_at="what was put right, whoever had been given it, and whether they were told",
    page="office_cases",
)
def corrected(question: Question) -> Finding:
    """What was put right stands beside what it said before, and whoever had the old was told before the case closed (LAW-3.7)."""
    done, untold = proofs.count_corrections()
    register = notices.register_in_force(question.at)
    reverse("my_ask")  # reads the addresses, so that every page has its row
    off = [name for name in ("office_answer", "my_ask") if not table.rows[name].is_on(register)]
    counts = {"put_right": done, "untold": untold, "pages_off": len(off)}
    if untold or off:
        return Finding(False, f"{counted(untold, 'recipient')} not told of what was put right", counts)
    return Finding(
        True,
        f"{counted(done, 'fact').capitalize()} put right, each beside what it said, and whoever had it was told",
        counts,
    )


@check(
    "rights.weighing",
    looks_at="each use that rests on our interests, objections outweighed unsaid, and those to marketing that were refused",
)
def weighed(question: Question) -> Finding:
    """No objection to marketing was refused; and tried for each use, none is outweighed without a ground in words (LAW-3.9)."""
    tried = [*notices.register_in_force(question.at).purposes]
    bare = [purpose for purpose in tried if not check_can_weigh(purpose, upheld=False, words=" ")]
    never = not check_can_weigh(Purpose.MARKETING, upheld=False, words="Our news is important to us")
    refused = proofs.count_overruled()
    counts = {
        "uses": len(tried),
        "outweighed_unsaid": len(bare),
        "marketing_outweighed": int(never),
        "marketing_refused": refused,
    }
    if refused:
        return Finding(
            False, f"{counted(refused, 'objection')} to marketing refused, which nothing outweighs", counts
        )
    if bare or never:
        return Finding(False, "An objection can be outweighed without a ground, or one to marketing", counts)
    return Finding(
        True,
        f"No objection to marketing was refused; tried for {counted(len(tried), 'use')}, none is outweighed unsaid",
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
