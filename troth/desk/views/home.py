"""Today at the desk: the requests that wait for whoever looks."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from troth.design.tables import Cell, Column, Table, table_of
from troth.design.values import Counterpart, Link, Term
from troth.desk.frame import Looking, frame, looking, show
from troth.desk.views.task import _opinions as opinions_asked
from troth.gate.table import open_path
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.prescribing import selectors as prescribing
from troth.prescribing.rules import CHECKING, DECIDING, PASSING_ON, PREPARING
from troth.prescribing.selectors import SupplyStatus, arriving, identifying, reacting, supplies, telling
from troth.rights.selectors.withholding import list_to_look_again


def today(request: HttpRequest) -> HttpResponse:
    """The requests that wait: mine to decide or prepare, and those to pass on for who passes them on."""
    look = looking(request)
    from_gps = _from_gps(request, look)
    for elsewhere in ("desk_diary_day", "desk_cases"):
        # Where nobody asks for medicines the day is the diary's, or the board's; not while messages wait, told only here.
        if (
            not from_gps
            and not open_path(request, "desk_assign", look.id)
            and (path := open_path(request, elsewhere))
        ):
            return redirect(path)
    requests = look.opened.purpose is Purpose.PRESCRIBING  # elsewhere nobody asks for a medicine
    mine = prescribing.list_waiting_for(look.id) if requests else []
    passing = requests and bool(look.actor.roles & PASSING_ON)
    unassigned = prescribing.list_to_pass_on() if passing else []
    queried = supplies.list_supplies((SupplyStatus.QUERIED,), prescriber=look.id) if requests else []
    named = {line.subject for line in (*mine, *unassigned)} | {line.subject for line in queried}
    names = people.names_of(named, look.opened)
    mine, unassigned, queried = (
        people.without_erased(mine, names),
        people.without_erased(unassigned, names),
        people.without_erased(queried, names),
    )
    return show(
        request,
        "home/today",
        frame(request),
        passing=passing,
        queue=open_path(request, "desk_queue") if mine else "",
        day=timezone.localtime(look.at).date(),
        opinions=opinions_asked(look),
        mine=_table("Waiting for you", mine, names, look),
        mine_why=_why(mine, look),
        unassigned=_table("To pass on", unassigned, names, look, act="Pass on"),
        unassigned_why=_why(unassigned, look),
        queried=_queried(queried, names),
        to_supply=_to_supply(request, look),
        to_look=_to_look(request, look),
        again=_to_look_again(look),
        from_gps=from_gps,
    )


def _queried(lines: list[supplies.Waiting], names: dict[UUID, str]) -> Table | None:
    """What a pharmacist asks the one who signed: the parcel waits until it is answered."""
    rows: list[tuple[str | Cell, ...]] = [
        (
            Cell(names[line.subject], href=reverse("desk_supply", args=[line.id]))
            if line.subject in names
            else Cell("Withheld", coin="parted"),
            f"{timezone.localtime(line.signed_at):%-d %B, %H:%M}",
        )
        for line in lines
    ]
    columns = (Column("For", "name"), Column("Signed", "figures", word="Signed"))
    return table_of("A pharmacist asks you", columns, rows) if rows else None


def _to_supply(request: HttpRequest, look: Looking) -> list[Link]:
    """How many prescriptions, and letters to GPs, wait for a pharmacist. For whom, the page behind it says."""
    if not look.actor.roles & CHECKING:
        return []
    path, letters = open_path(request, "desk_supplies"), open_path(request, "desk_gp_letters")
    waiting = supplies.count_waiting() if path else {}
    return [
        *_counted(waiting.get(SupplyStatus.SIGNED, 0), "prescription", "to be checked", path),
        *_counted(waiting.get(SupplyStatus.RELEASED, 0), "checked prescription", "to be sent", path),
        *_counted(telling.count_to_post() if letters else 0, "letter", "to be posted to a GP", letters),
    ]


def _to_look(request: HttpRequest, look: Looking) -> list[Link]:
    """How many suspected reactions and documents wait for this reader: a prescriber sees those on what they signed."""
    reactions = open_path(request, "desk_reactions") if look.actor.roles & (DECIDING | CHECKING) else ""
    documents = open_path(request, "desk_documents") if look.actor.roles & PREPARING else ""
    signer = None if look.actor.roles & CHECKING else look.id
    return [
        *_counted(
            reacting.count_waiting(signer=signer) if reactions else 0,
            "suspected reaction",
            "to be seen to",
            reactions,
        ),
        *_counted(identifying.count_waiting() if documents else 0, "document", "to be looked at", documents),
    ]


def _counted(count: int, thing: str, what: str, path: str) -> list[Link]:
    """That so many of something wait; nothing where none does."""
    words = f"1 {thing} waits {what}" if count == 1 else f"{count} {thing}s wait {what}"
    return [Link(words, path)] if count else []


def _from_gps(request: HttpRequest, look: Looking) -> Link | None:
    """How many messages of the mailbox wait for a clinician. Of whom they are, nobody knows yet."""
    waiting = arriving.count_messages() if look.actor.roles & (DECIDING | CHECKING) else 0
    path = open_path(request, "desk_from_gps") if waiting else ""
    words = "1 message from a GP waits" if waiting == 1 else f"{waiting} messages from GPs wait"
    return (
        Link(f"{words} until a clinician says whose {'it is' if waiting == 1 else 'they are'}", path)
        if path
        else None
    )


def _to_look_again(look: Looking) -> list[Link]:
    """What this reader keeps from somebody by an opinion that runs out. Of whom, the page behind it says and asks for by itself."""
    found = list_to_look_again(look.id, on=timezone.localdate(look.at))
    return [
        Link(f"Kept from somebody: your opinion is good until {day:%-d %B %Y}", reverse("desk_concerns", args=[who]))
        for who, day in found
    ]


def _table(
    title: str,
    lines: list[prescribing.RequestLine],
    names: dict[UUID, str],
    look: Looking,
    *,
    act: str = "",
) -> Table | None:
    columns = (Column("Who", "name"), Column("Asked", "figures", word="Asked"), Column("Where it is"))
    rows: list[tuple[str | Cell, ...]] = []
    for line in lines:
        # Whoever is withheld stands here as withheld: a request that dropped out of the list would be forgotten.
        known = line.subject in names
        who = (
            Cell(names[line.subject], href=reverse("desk_card", args=[line.subject]))
            if known
            else Cell("Withheld", coin="parted")
        )
        where = "With you" if line.prescriber == look.id else line.status.words.capitalize()
        cells: tuple[str | Cell, ...] = (who, f"{timezone.localtime(line.requested_at):%-d %B, %H:%M}", where)
        if act:
            cells = (*cells, Cell(act=Link(act, reverse("desk_assign", args=[line.id]), names.get(line.subject, ""))))
        rows.append(cells)
    return table_of(title, (*columns, Column("What to do", "act")) if act else columns, rows) if rows else None


def _why(lines: list[prescribing.RequestLine], look: Looking) -> Counterpart | None:
    """Why these names stand here: one list, one reason, as the gate found it for the first of them."""
    because = next((label for line in lines if (label := look.opened.known_reason(line.subject))), "")
    terms = (Term("For", look.purpose), Term("Because", because[:1].upper() + because[1:]))
    return Counterpart("Why you see this", terms=terms) if because else None
