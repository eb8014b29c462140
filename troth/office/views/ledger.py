"""The ledger for the privacy officer: search by anything but content, and one event with its place and proof."""

import base64
import json
from datetime import datetime, time, timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Counterpart, Item, Paging, Row, Tag, Term
from troth.gate import actors, watching
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.gate.refusals import Check, Decision
from troth.gate.whys import steps
from troth.law.calendar import LONDON
from troth.ledger import proving
from troth.ledger import selectors as ledger
from troth.ledger.check_export import Head
from troth.ledger.names import Event
from troth.ledger.proving import NotSealed, Proof
from troth.ledger.selectors import Entry, Wanted
from troth.notice.purposes import Purpose
from troth.office.forms.ledger import OUTCOMES, REASONS, SearchForm, WhoForm
from troth.office.frame import Looking, counted, looking, moment, number_in, show, why_watching
from troth.people import selectors as people
from troth.people.rules import TooVague
from troth.rights import selectors as rights
from troth.vault import tickets
from troth.vault.categories import Category

PAGE = 50
LIFE = timedelta(minutes=30)
_PAGE = "office_ledger"


def search(request: HttpRequest) -> HttpResponse:
    """The newest events, or only the refusals; what is posted goes on to an address of its own."""
    look = looking(request)
    form = SearchForm(request.POST if request.method == "POST" else None, actors=_actors())
    if form.is_valid():
        said = {name: str(value) for name, value in form.cleaned_data.items() if value}
        ticket = tickets.issue(said, page=_PAGE, holder=look.id, at=look.at, life=LIFE)
        return redirect("office_ledger_found", ticket=ticket)
    only_refused = request.GET.get("only") == "refused"
    wanted = Wanted(outcome="refused" if only_refused else "")
    return _listed(request, wanted, form, status=422 if form.is_bound else 200, only_refused=only_refused)


def found(request: HttpRequest, ticket: str) -> HttpResponse:
    """What a search found. The address is opened by whoever searched, for half an hour, and says nothing to anybody else."""
    look = looking(request)
    try:
        said = tickets.read(ticket, page=_PAGE, holder=look.id, at=look.at)
    except tickets.TicketInvalid:
        return redirect("office_ledger")
    since, until = (
        datetime.fromisoformat(said[name]).date() if name in said else None for name in ("since", "until")
    )
    subject = UUID(said["subject"]) if "subject" in said else None
    if subject is not None:
        look.opened.require(subject, Category.NETWORK)
    watching.note(Event.LEDGER_READ, by=look.actor, at=look.at, subject=subject)
    wanted = Wanted(
        actor=said.get("actor", ""),
        subject=subject.hex if subject else "",
        event=said.get("event", ""),
        outcome=said.get("outcome", ""),
        purpose=said.get("purpose", ""),
        since=datetime.combine(since, time(0), LONDON) if since else None,
        until=datetime.combine(until + timedelta(days=1), time(0), LONDON) if until else None,
    )
    form = SearchForm(initial={**said, "since": since, "until": until}, actors=_actors())
    return _listed(request, wanted, form, found=True)


def person(request: HttpRequest) -> HttpResponse:
    """Find whom the events are about. What is typed and who is found stand in the posted page and nowhere else."""
    look = looking(request)
    form = WhoForm(request.POST if request.method == "POST" else None)
    table, matched, more = None, None, 0
    if form.is_valid():
        reason = FindReason(form.cleaned_data["reason"])
        with processing(Purpose.FIND, by=look.actor, at=look.at, find_reason=reason) as opened:
            why = Counterpart("Why you see this", terms=(Term("For", look.purpose), Term("Because", REASONS[reason])))
            try:
                those = people.find_people(form.cleaned_data["q"], opened)
            except TooVague as error:
                form.add_error("q", str(error))
            else:
                matched, more = those.people, those.more
        if matched:
            rows = [(each.subject, each.name, str(each.birth_year or ""), each.postcode_area) for each in matched]
            return show(
                request,
                "ledger/person",
                told="Names only, to tell people apart.",
                form=form,
                rows=rows,
                why=why,
                more=more,
            )
    return show(
        request,
        "ledger/person",
        told="Names only, to tell people apart.",
        form=form,
        table=table,
        none=matched is not None,
        status=422 if form.errors else 200,
    )


def event(request: HttpRequest, number: int) -> HttpResponse:
    """One event: who did what, what was decided, where it stands in the tree, and the proof, checked just now."""
    look = looking(request)
    entry = _entry(number)
    if entry.subject:
        watching.note(Event.LEDGER_READ, by=look.actor, at=look.at, subject=UUID(entry.subject))
    (words,) = rights.word_events([entry], at=look.at)
    proof, checked = _proof(number)
    return show(
        request,
        "ledger/event",
        entry=entry,
        words=words,
        when=moment(entry.at),
        rows=_rows(entry, words),
        checks=_checks(entry),
        proof=proof,
        place=_place(proof) if proof else [],
        path=[base64.b64encode(each).decode() for each in proof.path] if proof else [],
        checked=checked,
        why=why_watching(look),
    )


def proof(request: HttpRequest, number: int) -> HttpResponse:
    """The proof of one event as a file, for a program that has never seen this clinic."""
    look = looking(request)
    entry = _entry(number)
    watching.note(
        Event.LEDGER_READ, by=look.actor, at=look.at, subject=UUID(entry.subject) if entry.subject else None
    )
    try:
        made = proving.prove(number)
    except NotSealed:
        raise Http404 from None
    document = {
        "event": made.event_id,
        "leaf": made.index,
        "hash": made.leaf.hex(),
        "path": [base64.b64encode(each).decode() for each in made.path],
        "checkpoint": made.checkpoint,
        "public_key": proving.public_key(),
    }
    return HttpResponse(
        json.dumps(document, indent=1) + "\n",
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="proof-{number}.json"'},
    )


def _listed(
    request: HttpRequest,
    wanted: Wanted,
    form: SearchForm,
    *,
    status: int = 200,
    found: bool = False,
    only_refused: bool = False,
) -> HttpResponse:
    look = looking(request)
    before = number_in(request.GET.get("before", "")) or None
    total = ledger.count(wanted)
    entries = ledger.search(
        **{name: getattr(wanted, name) for name in Wanted.__dataclass_fields__}, before=before, limit=PAGE
    )
    first = ledger.newer_than(before, wanted) + 1 if before else 1
    last = first + len(entries) - 1
    keep = "only=refused&" if only_refused else ""
    paging = Paging(
        first,
        last,
        total,
        f"{request.path}?{keep}".rstrip("?&") if before else "",
        f"{request.path}?{keep}before={entries[-1].id}" if entries and last < total else "",
    )
    return show(
        request,
        "ledger/search",
        form=form,
        events=_table(entries, look) if entries else None,
        paging=paging,
        found=found,
        about=wanted.subject,
        switch=(
            Item("Everything", reverse("office_ledger"), current=not found and not only_refused),
            Item("Only refusals", f"{reverse('office_ledger')}?only=refused", current=only_refused),
        ),
        count=counted(total, "event"),
        why=why_watching(look),
        unfolded=found or form.is_bound,
        status=status,
    )


def _table(entries: list[Entry], look: Looking) -> Table:
    columns = (
        Column("When", "figures"),
        Column("What happened", "name"),
        Column("Who", word="Who"),
        Column("About", "figures", word="About"),
        Column("For", word="For"),
    )
    lines = [
        Line(
            (
                Cell(moment(entry.at), small=f"No. {entry.id:,}"),
                Cell(
                    words.sentence,
                    href=reverse("office_event", args=[entry.id]),
                    tag=Tag("refused", "Refused") if words.refused else None,
                ),
                Cell(words.who, small=words.role),
                Cell(short_id(entry.subject), mono=True),
                Cell(words.why, small=entry.rule),
            )
        )
        for entry, words in zip(entries, rights.word_events(entries, at=look.at), strict=True)
    ]
    return Table("Events, newest first", columns, tuple(lines))


def short_id(identifier: str) -> str:
    """Eight digits of a random identifier: enough to tell one person from another on a page."""
    return f"{identifier[:4]}-{identifier[4:8]}" if identifier else ""


def _actors() -> list[tuple[str, str]]:
    staff = [(member.subject.hex, f"{member.name}, {member.role_words}") for member in people.list_staff()]
    services = [
        (name, f"{name.replace('-', ' ').capitalize()} (automatic)") for name in sorted(actors.list_services())
    ]
    return staff + services


def _entry(number: int) -> Entry:
    entry = ledger.get_event(number)
    if entry is None:
        raise Http404
    return entry


def _rows(entry: Entry, words: rights.Look) -> list[Row]:
    rows = [
        Row("What happened", words.sentence, entry.event),
        Row("Outcome", OUTCOMES.get(entry.outcome, entry.outcome)),
        Row("Who", words.who, words.role),
        Row("For whom", short_id(entry.on_behalf_of)),
        Row(
            "About",
            short_id(entry.subject),
            "A random identifier: names stand only in a case" if entry.subject else "",
        ),
        Row("Purpose", words.why, entry.action),
        Row("Rule", entry.rule),
        Row("Kinds of data", words.what),
        Row(
            "Rows that were written",
            f"{len(entry.objects)}" if entry.objects else "",
            ", ".join(sorted({each.split("/")[0] for each in entry.objects})),
        ),
        Row("Request", entry.request[:8]),
        Row("A sealed note says more", short_id(entry.note)),
    ]
    return [row for row in rows if row.value]


def _checks(entry: Entry) -> list[tuple[str, str, str]]:
    """The six checks of a refusal, as the gate asked them."""
    if entry.outcome != "refused" or entry.check not in {check.value for check in Check}:
        return []
    check = Check(entry.check)
    return [(step.name, step.state, step.words) for step in steps(Decision(allowed=False, check=check, spoken=check))]


def _place(made: Proof) -> list[Row]:
    head = Head.parse(made.checkpoint)
    return [
        Row("Leaf", f"{made.index:,}", f"of {head.size:,} in the newest checkpoint"),
        Row("Hash of the leaf", made.leaf.hex(), mono=True),
        Row("Steps to the root", str(len(made.path))),
    ]


def _proof(number: int) -> tuple[Proof | None, bool]:
    """The proof, and whether it stands."""
    try:
        made = proving.prove(number)
    except NotSealed:
        return None, False
    return made, proving.holds(made)
