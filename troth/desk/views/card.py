"""
A person's card: what the viewer may see of it for what their role is here for, with why; what they may not, with the check
that stopped it.

The card itself opens only for who may see who the person is. Everybody else gets one sentence, whoever was asked for.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.pages import Section
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Entry, Item, Link, Row
from troth.desk import papers, purse
from troth.desk.frame import Looking, about, looking, may_register, show
from troth.desk.heading import heading
from troth.desk.parts import Parts, parts
from troth.desk.telling import Paper, Teller, counterpart, within
from troth.diary import selectors as diary
from troth.diary.rules import ARRANGING
from troth.gate.emergency import may_break_glass
from troth.gate.refusals import Decision
from troth.gate.table import open_path
from troth.gate.whys import Triggers, why
from troth.ledger import selectors as ledger
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people
from troth.people.rules import TELLING_APART
from troth.prescribing import selectors as prescribing
from troth.prescribing.rules import PASSING_ON
from troth.records import selectors as records
from troth.records.selectors.locked import NAMES, lockable
from troth.rights.selectors.answering import statements_on
from troth.vault.categories import Category

#: What may stand on a timeline: acts, and no looks, of which a card that is much read has more than anything else.
_ROOMS = frozenset({"people", "prescribing", "records"})
_ACTS = frozenset(str(each) for each in Event if str(each).partition(":")[0] in _ROOMS) - {
    str(each)
    for each in (Event.NOTE_CHANGED, Event.SIGN_IN_TRACED, Event.SIGN_IN_FAILED, Event.SIGN_IN_TRACES_FORGOTTEN)
}
_EVENTS = 60
_SHOWN_EVENTS = 8


def show_card(request: HttpRequest, subject: UUID) -> HttpResponse:
    """The whole card of one person."""
    return draw_card(request, subject)


def draw_card(request: HttpRequest, subject: UUID, **values: Any) -> HttpResponse:
    """A card as it stands in the context that is open; `values` go to its page as they are."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY)
    who = people.get_identity(subject, look.opened)
    name = who.name if who else "Name not held"
    lines = prescribing.list_lines_of(subject)
    kept = records.triggers(
        subject, born_on=who.born_on if who else None, others=[line.requested_at for line in lines]
    )
    sections = records.card_sections(subject, look.opened, kept=kept)
    health = look.opened.decision(subject, Category.HEALTH)
    happened = ledger.events_about(subject.hex, limit=_EVENTS, only=_ACTS)
    events = [event for event in happened if _told(event, health)]
    teller = teller_of(look, subject, sections, lines, events)
    may_write = health.allowed and _may_write(look) and bool(open_path(request, "desk_note_new", subject))

    glass = (
        Link("Break the glass in an emergency", reverse("desk_emergency", args=[subject]))
        if "tape" not in values and may_break_glass(look.actor, look.opened.register)
        else None
    )
    more = (
        parts(request, look, teller, kept, may_write=may_write, leads="tape" not in values)
        if health.allowed
        else Parts()
    )
    contact = _contact(look, subject, kept)
    drawing = [*sections, contact] if isinstance(contact, records.Withheld) else sections
    drawn = [
        *_requests(look, subject, lines, teller, kept),
        *papers.papers(drawing, teller, look.purpose, at=look.at, may_write=may_write, emergency=glass),
        *more.papers,
        *([contact] if isinstance(contact, Paper) else []),
        *([] if "tape" in values else purse.money(request, look, teller, kept)),
    ]
    return show(
        request,
        "card/show",
        about(request, look, subject),
        name=name,
        facts=_facts(look, who),
        acts=_acts(request, subject, lines, look, may_write=may_write, may_read=health.allowed),
        alerts=[*heading(request, look, subject, who), *papers.alerts(sections), *more.alerts],
        sections=[paper.section for paper in drawn],
        index=[
            *(item for paper in drawn for item in paper.items),
            *([] if "tape" in values else _apart(request, look, subject, may_read=health.allowed)),
        ],
        timeline=_timeline(events, teller),
        disputes=statements_on(subject, look.opened) if health.allowed else [],
        ways=_ways(subject, look, may_read=health.allowed, emergency="tape" in values),
        same=[] if "tape" in values else _same(request, look, subject),
        **values,
    )


def _apart(request: HttpRequest, look: Looking, subject: UUID, *, may_read: bool) -> list[Item]:
    """Parts of the card with a page of their own: they are drawings, or opened for a purpose of their own."""
    health = [("Body charts", "desk_charts"), ("Photographs", "desk_photographs")]
    if locked := lockable(look.opened.register):
        health.append((" and ".join(NAMES[each] for each in locked).capitalize(), "desk_locked"))
    arrange = ("What to arrange", "desk_adjustments")
    anyway = [
        *([arrange] if people.covers_adjustments(look.opened) else []),
        ("Concerns", "desk_concerns"),
        ("Messages", "desk_messages_of"),
        ("Recorded calls", "desk_calls"),
        ("Clips from cameras", "desk_clips"),
    ]
    apart = [*(health if may_read else []), *anyway]
    return [Item(words, path) for words, route in apart if (path := open_path(request, route, subject))]


def _ways(subject: UUID, look: Looking, *, may_read: bool, emergency: bool) -> list[Link]:
    """What leads on from the whole of a card, for who may read all of it; in an emergency nothing does (pitfalls B14)."""
    if not may_read or emergency:
        return []
    return [
        Link("Everything, and who looked", reverse("desk_history", args=[subject])),
        Link("The whole record, to print", reverse("desk_print", args=[subject])),
        *(
            [Link("Their NHS number", reverse("desk_nhs_number", args=[subject]))]
            if people.holds_nhs_numbers(look.at)
            else []
        ),
    ]


def _same(request: HttpRequest, look: Looking, subject: UUID) -> list[Row]:
    """
    The records that are linked with this one, for a viewer who has a reason to see those too, and those that look like it, for
    whoever tells records apart. That a record is linked with one that is none of the viewer's business is told to nobody.
    """
    found = []
    for line in people.links_of(subject):
        other = line.other if line.one == subject else line.one
        if look.opened.reason_for(other) and look.opened.decision(other, Category.IDENTITY).allowed:
            name, small = people.called([other], look.opened)[other]
            path = open_path(request, "desk_same_link", line.link)
            way = (
                Link("See or undo the link", path)
                if path
                else Link("Open that card", reverse("desk_card", args=[other]))
            )
            found.append(Row("Same person as", name, f"{small}." if small else "", way))
    if look.actor.roles & TELLING_APART and open_path(request, "desk_same"):
        for pair in people.likely_with(subject):
            other = pair.other if pair.one == subject else pair.one
            compare = Link("Compare the two", reverse("desk_same_pair", args=[subject, other]))
            found.append(Row("May be here twice", f"Another record has {' and '.join(pair.shared)}.", "", compare))
    return found


def _may_write(look: Looking) -> bool:
    """Whether the notice lets one of the viewer's roles write health data for this purpose; each form asks again for its own."""
    access = look.opened.declared.access if look.opened.declared else {}
    return any(role in access and access[role].allows(Action.WRITE, Category.HEALTH) for role in look.actor.roles)


def _facts(look: Looking, who: people.PersonIdentity | None) -> list[str]:
    if who is None or who.born_on is None:
        return []
    born = f"Born {who.born_on:%-d %B %Y}, aged {who.age(timezone.localdate(look.at))}"
    return [born, f"NHS number {who.nhs_number}"] if who.nhs_number else [born]


def _acts(
    request: HttpRequest,
    subject: UUID,
    lines: list[prescribing.RequestLine],
    look: Looking,
    *,
    may_write: bool,
    may_read: bool,
) -> list[Link]:
    """What can be done from here, the likeliest first."""
    found = []
    for line in lines:
        if look.opened.purpose is not Purpose.PRESCRIBING:
            continue  # a request is decided and passed on for prescribing alone
        if may_read and line.prescriber == look.id and line.status == prescribing.RequestStatus.ASSIGNED:
            found.append(Link("Decide on the request", reverse("desk_decide", args=[line.id])))
        elif look.actor.roles & PASSING_ON and line.status == prescribing.RequestStatus.REQUESTED:
            found.append(Link("Pass the request on", reverse("desk_assign", args=[line.id])))
    if may_write:
        found.append(Link("Write a note", reverse("desk_note_new", args=[subject])))
    if look.actor.roles & ARRANGING and diary.is_kept() and (booking := open_path(request, "desk_book", subject)):
        found.append(Link("Book a visit", booking))
    if may_register(look) and not people.has_account(subject):
        found.append(Link("Let them sign in", reverse("desk_let_in", args=[subject])))
    elif _may_be_let_back(look, subject) and (back := open_path(request, "desk_let_back", subject)):
        found.append(Link("They lost their second step", back))
    found.append(Link("Give a task", reverse("desk_task_new", args=[subject])))
    return found[:3]


def _may_be_let_back(look: Looking, subject: UUID) -> bool:
    """Where people do not register it is the case that gives the reason; elsewhere it is that they were found."""
    return Purpose.REGISTRATION not in look.opened.register.purposes and people.has_second_factor(subject)


def _requests(
    look: Looking,
    subject: UUID,
    lines: list[prescribing.RequestLine],
    teller: Teller,
    kept: Triggers,
) -> list[Paper]:
    """The latest request with its answers for who may open them; where each request waits for everyone else."""
    if not lines:
        return []
    opened = prescribing.requests_of(subject, look.opened)
    if isinstance(opened, Decision):
        strip = counterpart(why(look.opened, subject, Category.IDENTITY, triggers=kept))
        table = table_of(
            "Requests",
            (Column("Asked", "name"), Column("Where it is"), Column("With", word="With")),
            [
                (
                    teller.on(line.requested_at),
                    line.status.words.capitalize(),
                    teller.who(line.prescriber.hex) if line.prescriber else "Nobody yet",
                )
                for line in lines
            ],
        )
        return [
            Paper(
                "requests",
                Section("Requests", strip, table=table),
                (Item("Requests", "#requests", count=len(lines)),),
            )
        ]
    strip = counterpart(why(look.opened, subject, Category.HEALTH, triggers=kept))
    newest, *earlier = opened
    state = newest.line.status.words.capitalize()
    rows = [Row("Asked for", newest.medicine), *(Row(each.question, each.answer) for each in newest.answers)]
    if newest.outcome and newest.decided_at:
        state = f"{newest.outcome.words}, {teller.on(newest.decided_at)}"
        rows.append(Row(newest.outcome.words, newest.outcome_words))
    section = Section(
        "Request",
        strip,
        note=f"Asked {within(teller.on(newest.line.requested_at))}. {state}.",
        rows=tuple(rows),
    )
    made = [
        Paper("requests", section, (Item("Request" if not earlier else "Requests", "#request", count=len(opened)),))
    ]
    if earlier:
        table = table_of(
            "Earlier requests",
            (Column("Asked for", "name"), Column("Asked", "figures", word="Asked"), Column("Outcome")),
            [
                (
                    each.medicine,
                    teller.on(each.line.requested_at),
                    Cell(
                        each.outcome.words if each.outcome else each.line.status.words.capitalize(),
                        small=each.outcome_words,
                    ),
                )
                for each in earlier
            ],
        )
        made.append(Paper("earlier_requests", Section("Earlier requests", strip, table=table), ()))
    return made


def _contact(look: Looking, subject: UUID, kept: Triggers) -> Paper | records.Withheld:
    decision = look.opened.decision(subject, Category.CONTACT)
    if not decision.allowed:
        return records.Withheld("contact", "Contact", decision)
    strip = counterpart(why(look.opened, subject, Category.CONTACT, triggers=kept))
    held = people.get_contact(subject, look.opened)
    rows = (
        ()
        if held is None
        else tuple(
            Row(label, value)
            for label, value in (
                ("Telephone", held.telephone),
                ("Email", held.email),
                ("Address", held.address),
                ("Postcode", held.postcode),
            )
            if value
        )
    )
    section = Section("Contact", strip, rows=rows, prose=() if rows else ("Nothing is held.",))
    return Paper("contact", section, (Item("Contact", "#contact"),))


def _told(event: ledger.Entry, health: Decision) -> bool:
    """
    Whether an event stands on this viewer's timeline: acts, not looks. Those on the clinical record are told only to who may
    open it, since that something was recorded says something of what.
    """
    if event.outcome != "done" or event.actor_kind == "nobody":
        return False
    if event.purpose in {Purpose.ACCOUNT_SECURITY, Purpose.SECURITY_LOG}:
        return False  # when somebody signs in is their business and no part of their care
    return health.allowed or not event.event.startswith("records:")


def _timeline(events: list[ledger.Entry], teller: Teller) -> list[Entry]:
    """The newest events by their own time, whenever they were entered; what one person did several times on a day is told once."""
    newest_first = sorted(events, key=lambda event: event.at, reverse=True)
    return list(dict.fromkeys(_entry(event, teller) for event in newest_first))[:_SHOWN_EVENTS]


def _entry(event: ledger.Entry, teller: Teller) -> Entry:
    who = teller.who(f"service:{event.actor}" if event.actor_kind == "service" else event.actor)
    today = timezone.localdate(event.at) == teller.today
    when = "Today" if today else teller.on(event.at)
    return Entry(when, f"{who} {event.words}", state="today" if today else "past")


def teller_of(
    look: Looking,
    subject: UUID,
    sections: list[records.Shown | records.Withheld],
    lines: list[prescribing.RequestLine],
    events: list[ledger.Entry],
) -> Teller:
    """Everyone who is named on the card, in one query for their published profiles."""
    ids = {line.prescriber for line in lines if line.prescriber} | {
        UUID(event.actor) for event in events if _is_id(event.actor)
    }
    for section in sections:
        if isinstance(section, records.Shown):
            for row in section.rows:
                ids |= {UUID(row.recorded.by)} if _is_id(row.recorded.by) else set()
                if isinstance(row, records.NoteLine):
                    ids |= {row.author, *(addition.author for addition in row.additions)}
    names = {key: member.name for key, member in people.staff_profiles(ids).items()}
    return Teller(look.id, subject, names, timezone.localdate(look.at))


def _is_id(reference: str) -> bool:
    return len(reference) == 32 and all(letter in "0123456789abcdef" for letter in reference)
