"""One case as the office works on it: its clock, what to do next, and what happened, in words. What it decides is in `rights`."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from troth.delivery import selectors as delivery
from troth.design.rulers import Tape, tape_of_days
from troth.design.values import Entry, Link, Row, Tag
from troth.office.frame import counted, day
from troth.people import selectors as people
from troth.prescribing.selectors import arriving
from troth.rights import selectors as rights
from troth.rights.rules.clock import Asked, Reckoned, StepKind, Waits, begins_anew, is_unproven, unseen_proofs
from troth.rights.rules.letters import ENDING_WORDS, EXTENSION_REASONS, Ending
from troth.rights.selectors import Waiting
from troth.rights.selectors.cases import Case, Step, copies_that_wait, is_enquirer

ASKED = {
    Asked.ACCESS: "Copy",
    Asked.RECTIFICATION: "Correction",
    Asked.ERASURE: "Erasure",
    Asked.RESTRICTION: "Restriction",
    Asked.PORTABILITY: "Data to take along",
    Asked.OBJECTION: "Objection",
    Asked.REVIEW: "Decision by a person",
    Asked.COMPLAINT: "Complaint",
    Asked.DECEASED: "Records of somebody who died",
}
#: What is answered, or carried out, from everything that is held about somebody.
FROM_EVERYTHING = frozenset({Asked.ACCESS, Asked.ERASURE, Asked.DECEASED})
ROUTES = {
    "portal": "In their account",
    "form": "By our public form",
    "email": "By email",
    "telephone": "By telephone",
    "letter": "By letter",
    "in_person": "In person",
}
WAITS = {
    Waits.IDENTITY: "proof of who they are",
    Waits.AUTHORITY: "proof that they may act",
    Waits.FEE: "a fee",
    Waits.ANSWER: "an answer to our question",
}
_HAPPENED = {
    StepKind.IDENTITY_ASKED: "Asked who they are",
    StepKind.IDENTITY_CAME: "Proof of who they are came",
    StepKind.IDENTITY_CHECKED: "The proof was looked at, and it is them",
    StepKind.IDENTITY_FAILED: "The proof was looked at, and did not settle it",
    StepKind.AUTHORITY_ASKED: "Asked whether they may act",
    StepKind.AUTHORITY_CAME: "Proof that they may act came",
    StepKind.AUTHORITY_CHECKED: "The proof was looked at, and they may act",
    StepKind.AUTHORITY_FAILED: "The proof was looked at, and did not settle it",
    StepKind.FEE_ASKED: "Asked for a fee",
    StepKind.FEE_PAID: "The fee came",
    StepKind.QUESTION_ASKED: "Asked a question",
    StepKind.QUESTION_ANSWERED: "The answer came",
    StepKind.EXTENDED: "Two further months",
    StepKind.ENTRY_FOUND: "An entry of the last forty days was found",
    StepKind.ACKNOWLEDGED: "Acknowledged",
    StepKind.ENQUIRY: "An enquiry was made",
    StepKind.PROGRESS: "Told how it goes",
    StepKind.ASSIGNED: "Given to somebody",
    StepKind.NOTE: "Note",
    StepKind.LETTER: "Letter",
    StepKind.REMINDED: "An officer was reminded",
    StepKind.CLOSED: "Closed",
    StepKind.REOPENED: "Opened again",
    StepKind.HANDED_OUT: "The file was made, and handed out",
    StepKind.SENT: "It went to another clinic, which signed for it",
    StepKind.MOVED: "Put under this record",
}


@dataclass(frozen=True)
class Todo:
    """One thing that can be done with a case now. The first of a list is what to do next."""

    words: str
    why: str
    href: str


def next_step(each: Waiting) -> str:
    """What to do next with a case, from what happened to it alone."""
    kinds = [kind for kind, _ in each.happened]
    if each.state == "done":
        return ""
    if each.waits_for is not None:
        return f"Wait for {WAITS[each.waits_for]}"
    if unseen_proofs(kinds):
        return "Look at the proof that came"
    if each.asked is Asked.COMPLAINT:
        return "Look into it, and answer" if each.acknowledged else "Acknowledge it"
    return _NEXT[each.asked]


_NEXT = {
    Asked.ACCESS: "Review the copy, and let it go",
    Asked.RECTIFICATION: "Look whether it is wrong, and correct it",
    Asked.ERASURE: "Decide what goes and what stays",
    Asked.RESTRICTION: "Settle what it waits for, then lift it",
    Asked.PORTABILITY: "See that they have the file, or that it was sent",
    Asked.OBJECTION: "Weigh it",
    Asked.REVIEW: "Have a person decide again",
    Asked.DECEASED: "Look whether they may have it",
}


_AS_IT_CAME = "As it was taken in"
#: What goes out by itself when somebody asks in their account: they asked, and it is not they who wrote it.
_OURS = frozenset({StepKind.LETTER, StepKind.ACKNOWLEDGED})

_BELOW = {
    Asked.RECTIFICATION: "A fact is put right, and a statement is added to an opinion",
    Asked.RESTRICTION: "They are told before it ends",
    Asked.OBJECTION: "It stands, or grounds outweigh it",
}


def tape(known: Case, clock: Reckoned, today: date) -> Tape:
    """The ruler of a case: its days, those that do not count, and today."""
    paused: list[tuple[date, date]] = []
    since: date | None = None
    for kind, on in rights.happened_in(known.id):
        if kind is StepKind.QUESTION_ASKED:
            since = since or on
        elif kind is StepKind.QUESTION_ANSWERED and since:
            paused.append((since, on))
            since = None
    if since:
        paused.append((since, max(today, since)))
    shown = tuple(paused) if known.asked is Asked.ACCESS else ()
    return tape_of_days(known.received_on, clock.due_on, today, shown)


def left(clock: Reckoned, today: date) -> str:
    """`12 days`, `2 days late`, or what it waits for."""
    if clock.waits_for is not None:
        return f"Waits for {WAITS[clock.waits_for]}"
    if clock.acknowledged_on is not None:
        return f"Acknowledged {day(clock.acknowledged_on)}"
    days = (clock.due_on - today).days
    if days < 0:
        return f"{counted(-days, 'day')} {'late' if clock.is_late(today) else 'past the day to work to'}"
    return "Today" if days == 0 else f"{counted(days, 'day')} left"


def clock_rows(known: Case, clock: Reckoned) -> list[Row]:
    """The days by which it is due, each with its rule."""
    rows = [Row("Work to", day(clock.due_on), clock.steps[-1].rule if clock.steps else "")]
    if clock.late_after != clock.due_on:
        rows.append(Row("Late in law after", day(clock.late_after), "LAW-1.13"))
    if clock.plan_extension_by and clock.extend_by and not clock.extended and known.asked is not Asked.COMPLAINT:
        rows.append(
            Row(
                "Tell of an extension by",
                day(clock.plan_extension_by),
                f"At the latest {day(clock.extend_by)} (LAW-1.8)"
                if clock.extend_by != clock.plan_extension_by
                else "LAW-1.8",
            )
        )
    if clock.by_hand:
        rows.append(Row("The same by hand", f"troth {' '.join(clock.by_hand)}", mono=True))
    return rows


def todos(
    known: Case,
    clock: Reckoned,
    today: date,
    *,
    died: bool = False,
    gone: bool = False,
    unnamed: bool = False,
    has_account: bool = True,
) -> list[Todo]:
    """
    What can be done now, what to do next first. Nothing closes itself. `died`: a death stands under the record that it is about;
    `gone`: under that or one of the same person. `unnamed`: nobody wrote down which use an objection is about.
    `has_account`: they can fetch a file themselves.
    """
    happened = rights.happened_in(known.id)
    kinds = [kind for kind, _ in happened]

    def to(step: str) -> str:
        return reverse("office_case_step", args=[known.id, step])

    if known.state == "done":
        return [] if known.right == "erasure" else [Todo("Open it again", "When they write again", to("reopen"))]
    found: list[Todo] = []
    late_asked = clock.waits_for is None and clock.wanted in (Waits.IDENTITY, Waits.AUTHORITY)
    if clock.wanted is not None and (late_asked or clock.waits_for is not None):
        what = WAITS[clock.wanted]
        begins = "The clock went on meanwhile" if late_asked else "The clock begins, or goes on, with that day"
        if clock.may_close_unanswered(today):
            found.append(Todo("Close it unanswered", "A month went by without an answer (LAW-1.14)", to("close")))
        found.append(Todo(f"Record that {what} came", begins, to("came")))
    unseen = unseen_proofs(kinds)
    for came in unseen:
        judge = Todo(f"Say what you found of the {WAITS[came]}", "Nothing is handed out before", to(f"judge-{came}"))
        found.append(judge)
    if known.asked is Asked.COMPLAINT:
        if StepKind.ACKNOWLEDGED not in kinds:
            found.append(Todo("Acknowledge it", f"By {day(clock.due_on)} (LAW-2.3)", to("acknowledge")))
        enquire = Todo("Write down an enquiry", "What you asked whom, and what they said", to("enquiry"))
        if StepKind.ENQUIRY not in kinds:  # afterwards to answer is what comes next, and one more enquiry is possible
            found.append(enquire)
    place = Todo(
        "Put it under another record" if StepKind.MOVED in kinds else "Put it under their record",
        "With its words, letters and days",
        reverse("office_case_record", args=[known.id]),
    )
    idle = known.asked is Asked.RESTRICTION and is_enquirer(known.subject)
    if idle:  # nobody's record is on hold, and there is nothing to lift
        found.append(replace(place, why="Nothing is on hold before that"))
    if known.right == "erasure" and known.state == "asked" and not is_unproven(kinds):
        if copy := copies_that_wait(known.subject).get(known.about):
            answer = "What it must hold stays until then, and the certificate would say so (LAW-4.13)"
            found.append(Todo("Answer what they asked to see first", answer, reverse("office_case", args=[copy])))
        found.append(Todo("Decide what goes and what stays", "Below, kind by kind", "#decide"))
    if known.asked is Asked.ACCESS:
        found.append(Todo("Make the copy", "Read each entry, and let it go", reverse("office_pack", args=[known.id])))
    elif known.asked is Asked.DECEASED and died and StepKind.AUTHORITY_CHECKED in kinds:
        make = Todo("Make the record", "Read each entry, and let it go", reverse("office_pack", args=[known.id]))
        found.append(make)
    elif known.asked is Asked.PORTABILITY and StepKind.HANDED_OUT not in kinds and not has_account:
        make = Todo(
            "Make the file",
            "They have no account to fetch it in (LAW-3.8)",
            reverse("office_portable", args=[known.id]),
        )
        found.append(make)
    elif unnamed:
        which = Todo(
            "Say which use they object to", "It stops at once (LAW-3.9)", reverse("office_answer", args=[known.id])
        )
        found.append(which)
    elif known.asked in _BELOW:
        found.append(Todo(_NEXT[known.asked], _BELOW[known.asked], reverse("office_answer", args=[known.id])))
    found.append(Todo("Answer and close it", "With the outcome, and a letter that says so", to("close")))
    if known.asked is Asked.COMPLAINT and StepKind.ENQUIRY in kinds:
        found.append(enquire)
    if clock.waits_for is None and known.asked is not Asked.COMPLAINT:
        if known.route != "portal":
            found.append(Todo("Ask who they are", "Only where you doubt it (LAW-1.15)", to("ask-identity")))
        if known.asked is not Asked.DECEASED:
            found.append(
                Todo("Ask whether they may act", "Where somebody asks for another (LAW-3.15)", to("ask-authority"))
            )
        elif StepKind.AUTHORITY_CHECKED not in kinds and Waits.AUTHORITY not in unseen and not late_asked:
            # Nothing is handed over before.
            proof = "What makes them so: the estate, or a claim from the death (LAW-4.10)"
            found.insert(0, Todo("Ask as what they apply", proof, to("ask-authority")))
        if known.asked is Asked.DECEASED:
            if gone:
                found.append(Todo("Take back that they died", "Where it was a mistake", to("death-mistake")))
            if not died:  # first of all: nothing is handed over before
                record = Todo(
                    "Record that they died", "How we know, and what they said in life (LAW-4.10)", to("death")
                )
                found.insert(0, record)
            found.append(Todo("Note an entry of the last forty days", "It is 21 days then (LAW-4.10)", to("entry")))
    if clock.waits_for is None:
        if clock.wanted is Waits.ANSWER:
            answered = Todo(f"Record that {WAITS[Waits.ANSWER]} came", "The clock went on meanwhile", to("came"))
            found.append(answered)
        begins = asking(known, today)
        found.append(Todo("Ask them a question", begins, to("ask-question")))
    if clock.extend_by is not None and not clock.extended and today <= clock.extend_by:
        found.append(
            Todo("Take two further months", f"Told by {day(clock.extend_by)}, with a reason (LAW-1.8)", to("extend"))
        )
    if not idle and (StepKind.MOVED in kinds or is_enquirer(known.subject)):
        found.append(place)
    found.append(Todo("Tell them how it goes", "By letter", to("progress")))
    found.append(Todo("Give it to somebody", "One privacy officer has it", to("assign")))
    found.append(Todo("Add a note", "They see it in their copy", to("note")))
    return found


def asking(known: Case, today: date) -> str:
    """What a question does to the clock; of the records of somebody who died, a proof that is asked for too."""
    if known.asked is Asked.ACCESS:
        return "The clock stands still until they answer (LAW-1.10)"
    if known.asked is Asked.DECEASED and begins_anew(known.asked, known.received_on, on=today):
        return "The time begins anew when they answer (LAW-4.10)"
    return "The clock goes on"


def entries(known: Case, steps: list[Step]) -> list[Entry]:
    """What happened, the newest first. A letter leads to its text."""
    return [
        Entry(
            day(step.on),
            happened(step),
            _AS_IT_CAME if step.kind in _OURS and step.by == known.subject.hex else who(step.by, known.subject),
            "ended" if step.kind is StepKind.CLOSED else "past",
            reverse("office_case_letter", args=[known.id, step.id]) if step.kind is StepKind.LETTER else "",
        )
        for step in reversed(steps)
    ] + [Entry(day(known.received_on), f"It came: {ROUTES[known.route].lower()}", "")]


def happened(step: Step) -> str:
    """A step in one line."""
    said = _HAPPENED[step.kind]
    if step.kind is StepKind.LETTER:
        sent = "sent by email" if step.detail.get("by") == "email" else on_paper(step)
        if together := step.detail.get("with"):
            sent = f"one letter with {together}"
        return f"Letter: {step.words.splitlines()[0] if step.words else ''} ({sent})"
    if step.kind is StepKind.ASSIGNED:
        to = step.detail.get("to", "")
        return f"Given to {people.staff_name(UUID(to))}" if to else "Given back: nobody has it"
    if step.kind is StepKind.EXTENDED:
        return f"{said}: {EXTENSION_REASONS.get(step.detail.get('reason', ''), '')}"
    if step.kind is StepKind.CLOSED:
        ending = step.detail.get("ending", "")
        words = ENDING_WORDS[Ending(ending)] if ending in Ending._value2member_map_ else ""
        return f"{said}. {words}".strip()
    return f"{said}: {step.words}" if step.words else said


def on_paper(step: Step) -> str:
    """How far a letter on paper is: one that an officer sent is printed from the case, and nothing says that it was."""
    if "message" not in step.detail:
        return "to be printed"
    printed, gone = delivery.became_of(UUID(step.detail["message"]))
    return (
        f"printed on {day(timezone.localdate(printed))}" if printed else "on paper" if gone else "waits to be printed"
    )


def who(reference: str, subject: UUID) -> str:
    """Who did it, as far as the office names people: staff by name, the person as such, a service by what it does."""
    if reference == subject.hex:
        return "The person"
    if reference.startswith("service:"):
        return {"service:rights-intake": _AS_IT_CAME, "service:rights-clock": "By the clock"}.get(
            reference, "By machine"
        )
    try:
        return people.staff_name(UUID(reference))
    except ValueError:
        return ""


def standing_tag(clock: Reckoned, known: Case, today: date) -> Tag:
    """Where the case stands, in a word."""
    if known.state == "done":
        return Tag("plain", "Closed")
    if clock.is_late(today):
        return Tag("late", "Late")
    if clock.waits_for is not None:
        return Tag("info", "Waits")
    return Tag("close" if (clock.due_on - today).days <= 7 else "kept", "Running")


def link_to(case: UUID, asked: Asked) -> Link:
    """The way to a case."""
    return Link(f"{ASKED[asked]} {rights.reference_of(case)}", reverse("office_case", args=[case]))


def unplaced(case: Case) -> str:
    """What came from GPs and is on nobody's card yet, while the answer to a case may miss it; "" where nothing does."""
    if case.asked not in FROM_EVERYTHING or case.state == "done":
        return ""
    first, waiting = arriving.oldest_message(), arriving.count_messages()
    if first is None or not waiting:
        return ""
    what = counted(waiting, "message from a GP is", "messages from GPs are")
    return f"{what} on nobody’s card yet; {'it' if waiting == 1 else 'the first'} came on {day(timezone.localdate(first))}."
