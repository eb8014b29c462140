"""
What can be brought in of a file, and what does it. All that is known beforehand of a row is looked at before one is written; each
row is then an act of its room, so wherever this is stopped, what was done stands and nothing is half there.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError

from troth.bringing.models import What
from troth.bringing.rules import (
    BRINGERS,
    COLUMNS,
    MINUTES,
    OLDEST,
    STATES,
    AlikeHere,
    Fault,
    Source,
    Told,
    Unreadable,
    why_too_long,
)
from troth.bringing.rules.tables import Read, read_date, read_time
from troth.diary import rules as visits
from troth.diary import selectors as diary
from troth.diary.services import bringing as diary_bringing
from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.outage import is_outage
from troth.gate.refusals import LedgerUnavailable, Refused
from troth.law.calendar import LONDON
from troth.notice.purposes import Action, Purpose
from troth.notice.register import SERVICE
from troth.people import rules as people_rules
from troth.people import selectors as people
from troth.people import services as registering
from troth.people.services import bringing as people_bringing
from troth.records import selectors as records
from troth.records.services import bringing as records_bringing
from troth.vault.cards import halves_of_card_number, holds_card_number
from troth.vault.categories import Category

#: Kept as keyed hashes alone: a long number of the system before is no card.
_HASHED = frozenset({"reference", "client"})
_NOT_HERE = "Their client is not here: bring in the clients first, from the same system"
_NOT_TOLD = "They were not told of the privacy notice yet: bring this in again when the message to them has left"
_ALIKE = (
    "A record with the same name and day of birth, or NHS number, is here: look at it, or say that it comes in also"
)
#: To whoever brings in of those alone whom they see: one sentence, or it would answer of any number whether that client is here.
_NOT_YOURS = (
    "Nobody whose notes you may write has that number: their client is to be here from the same system, "
    "told of the privacy notice, and to have a visit with you"
)
_NOT_KEPT = "It holds what is not kept here, such as the number of a card"
_CLOSED = "Their data may not be used for it as things stand: the privacy officer knows why"


@dataclass(frozen=True)
class Ready:
    """A row that can be brought in: on which line it stands, and what does it."""

    line: int
    write: Callable[[], object]


_Make = Callable[[dict[str, str]], Callable[[], object] | None]


def _look_through(
    source: Source, read: Read, *, on_behalf_of: UUID | None = None, at: datetime
) -> tuple[list[Ready], Told]:
    """Which rows can be brought in, once all that is known beforehand was looked at; and the faults and what is here already."""
    told = Told(len(read.rows) + len(read.faults), faults=list(read.faults), unread=read.unread)
    twice = Counter(row["reference"] for _, row in read.rows)
    kind = {What.CLIENTS: _clients, What.VISITS: _visits, What.NOTES: _notes}[What(source.kind)]
    make = kind(source, [row for _, row in read.rows], on_behalf_of, at)
    made = []
    for line, row in read.rows:
        if twice[row["reference"]] > 1:
            told.faults.append(Fault(line, "Its reference stands in the file more than once"))
            continue
        if long := why_too_long(row):
            told.faults.append(Fault(line, long))
            continue
        kept = [value for name, value in row.items() if name not in _HASHED]
        if any(map(holds_card_number, kept)) or any(halves_of_card_number(*each) for each in pairwise(kept)):
            told.faults.append(Fault(line, _NOT_KEPT))
            continue
        try:
            write = make(row)
        except AlikeHere as alike:
            if source.counted:
                told.alike += 1
            else:
                told.faults.append(Fault(line, str(alike)))
            continue
        except ValueError as wrong:  # of our own rules: none repeats what was typed
            told.faults.append(Fault(line, str(wrong).rstrip(".")))
            continue
        except Exception as fault:  # noqa: BLE001 (one bad row stops no other)
            told.faults.append(_fault_of_ours(line, fault))
            continue
        if write is None:
            told.here_already += 1
        else:
            made.append(Ready(line, write))
    told.faults.sort(key=lambda each: each.line)
    return made, told


def _write(each: Ready, told: Told) -> None:
    """One row: what it does stands before the next is begun."""
    try:
        with boundary(apart=True):
            each.write()
    except registering.HereAlready:
        told.here_already += 1
    except (Refused, visits.NotPossible) as refused:
        told.faults.append(Fault(each.line, str(refused).rstrip(".")))
    except (ValidationError, ValueError):
        told.faults.append(Fault(each.line, _NOT_KEPT))
    except Exception as fault:  # noqa: BLE001 (one bad row stops no other)
        told.faults.append(_fault_of_ours(each.line, fault))
    else:
        told.brought += 1


def _fault_of_ours(line: int, fault: Exception) -> Fault:
    """
    What stopped a row that nothing of ours foresaw, by its kind and never its words, which may be those of the row.

    :raises Exception: the same, where it is no fault of the row: nothing can be stored or read now, so that trying later may work.
    """
    if isinstance(fault, OperationalError | InterfaceError | OSError | LedgerUnavailable) or is_outage(fault):
        raise fault
    return Fault(
        line,
        f"It could not be brought in, by a fault of ours ({type(fault).__name__}): tell whoever runs this system",
    )


def _clients(source: Source, rows: list[dict[str, str]], on_behalf_of: UUID | None, at: datetime) -> _Make:
    here = people.brought_by(people.mark_of(source.system, registering.CLIENT, row["reference"]) for row in rows)
    seen: Counter[str] = Counter()
    today, numbered = at.date(), people.holds_nhs_numbers(at)
    registers = _service_registers(at)

    def make(row: dict[str, str]) -> Callable[[], object] | None:
        if people.mark_of(source.system, registering.CLIENT, row["reference"]) in here:
            return None
        born = read_date(row["born_on"])
        if not OLDEST <= born < today:
            raise Unreadable("Its day of birth cannot be: look at the year")
        given = {name: row.get(name, "") for name in COLUMNS[What.CLIENTS] if name != "born_on"}
        client = registering.Client(**given, born_on=born)
        if client.nhs_number and not numbered:
            raise Unreadable("The notice in force does not say that you hold NHS numbers: leave that column empty")
        _check_client(client)
        if not registers:
            raise Unreadable("Our privacy notice lets no service register people, so nobody is brought in")
        alike = people_rules.told_apart_by(client.given_name, client.family_name, born)
        seen[alike] += 1
        if not source.also_alike:
            if seen[alike] > 1:
                raise Unreadable(
                    "Another line of the file has the same name and day of birth: look, or say that both come in"
                )
            if people.is_like_another(client.given_name, client.family_name, born, client.nhs_number):
                raise AlikeHere(_ALIKE)
        return lambda: people_bringing.bring_in_as_service(
            client, system=source.system, on_behalf_of=on_behalf_of, at=at
        )

    return make


def _service_registers(at: datetime) -> bool:
    """Whether the notice lets a service write down who somebody is, to register them."""
    with boundary() as into:
        declared = into.register(at).purposes.get(Purpose.REGISTRATION)
    access = declared.access.get(SERVICE) if declared else None
    return access is not None and access.allows(Action.WRITE, Category.IDENTITY)


def _check_client(client: registering.Client) -> None:
    """
    What the act would refuse, said before anything is written.

    :raises ValueError: one of it.
    """
    if not client.email and not (client.address and client.postcode):
        raise Unreadable("It has neither an email address nor a postal one: nobody could tell them of the notice")
    for value, normal in (
        (client.email, people_rules.normal_email),
        (client.telephone, people_rules.normal_telephone),
        (client.postcode, people_rules.normal_postcode),
        (client.nhs_number, people_rules.normal_nhs_number),
    ):
        if value:
            normal(value)


def _visits(source: Source, rows: list[dict[str, str]], on_behalf_of: UUID | None, at: datetime) -> _Make:
    find = _finder(source, rows, Purpose.BOOKING, Category.CORRESPONDENCE, at)
    staff: dict[str, list[UUID]] = {}
    for member in people.list_staff():
        staff.setdefault(member.name.casefold(), []).append(member.subject)
    states = {word: diary.VisitState(state) for state, words in STATES.items() for word in words}
    here = diary.which_visits_are_here(people.mark_of(source.system, "visit", row["reference"]) for row in rows)
    offered = diary.services_by_name()
    newest = (at + visits.AHEAD).date()

    def make(row: dict[str, str]) -> Callable[[], object] | None:
        key = people.mark_of(source.system, "visit", row["reference"])
        if key in here:
            return None
        subject = find(row["client"])
        whom = staff.get(row["practitioner"].casefold(), [])
        if len(whom) != 1:
            raise Unreadable("No one member of staff has the name of its practitioner, as it is published here")
        state = states.get(row["state"].casefold())
        if state is None:
            raise Unreadable("What became of it is none of: booked, attended, missed, cancelled")
        on = read_date(row["day"])
        if not OLDEST <= on <= newest:
            raise Unreadable("Its day cannot be: look at the year, which is at most a year ahead")
        starts = datetime.combine(on, read_time(row["time"]), tzinfo=LONDON)
        if not visits.is_on_the_wall(starts):
            raise Unreadable("The clocks went forward then: that time does not exist on its day")
        if visits.comes_twice(starts):
            raise Unreadable(
                "The clocks went back then, and that time came twice on its day: write one before 01:00, or from 02:00 on"
            )
        if not MINUTES.fullmatch(row["minutes"]) or not 5 <= int(row["minutes"]) <= 480:
            raise Unreadable("It lasts a whole number of minutes, from 5 to 480")
        why = visits.why_not_brought(
            state,
            starts,
            minutes=int(row["minutes"]),
            lasts=diary.lasts(offered.get(row["service"].casefold())),
            at=at,
        )
        if why:
            raise Unreadable(why)
        visit = diary_bringing.BroughtVisit(
            key, subject, whom[0], row["service"], starts, int(row["minutes"]), state, row.get("note", "")
        )
        return lambda: diary_bringing.bring_in_as_service(visit, on_behalf_of=on_behalf_of, at=at)

    return make


def _notes(source: Source, rows: list[dict[str, str]], on_behalf_of: UUID | None, at: datetime) -> _Make:
    find = _finder(source, rows, Purpose.CARE, Category.HEALTH, at, _narrowed_to(on_behalf_of, at))
    here = records.which_files_are_here(people.mark_of(source.system, "note", row["reference"]) for row in rows)
    tomorrow = at.date() + timedelta(days=1)

    def make(row: dict[str, str]) -> Callable[[], object] | None:
        key = people.mark_of(source.system, "note", row["reference"])
        if key in here:
            return None
        subject, on = find(row["client"]), read_date(row["day"])
        if not OLDEST <= on <= tomorrow:
            raise Unreadable("Its day cannot be: look at the year")
        said = (row.get("heading") or "Note", f"{on:%-d %B %Y}", row.get("author", ""), f"from {source.system}")
        title = ", ".join(filter(None, said))[:200]
        return lambda: records_bringing.bring_in_as_service(
            subject, document=key, title=title, words=row["text"], on_behalf_of=on_behalf_of, at=at
        )

    return make


def _narrowed_to(on_behalf_of: UUID | None, at: datetime) -> Actor | None:
    """Who brings in of those alone whom they see: everybody who does it by the page and is not whose work the whole clinic's is."""
    by = actors.person(on_behalf_of, at=at) if on_behalf_of else None
    return by if by is not None and BRINGERS.isdisjoint(by.roles) else None


def _finder(
    source: Source,
    rows: Iterable[dict[str, str]],
    purpose: Purpose,
    category: Category,
    at: datetime,
    only_of: Actor | None = None,
) -> Callable[[str], UUID]:
    """
    Who a client of the system before is here, where their data may be used for this; as many queries for a file as for a row. The
    gate is asked about everybody beforehand, so that a refusal is a line of the list and stops no other. `only_of`: those alone
    whom this member of staff may open for it themselves.
    """
    marks = {row["client"]: people.mark_of(source.system, registering.CLIENT, row["client"]) for row in rows}
    here = people.brought_by(marks.values())
    known = facts.about(list(here.values()))
    told = {subject for subject in here.values() if facts.newest_told(known[subject.hex], at=at)}
    with processing(purpose, Action.READ, by=actors.service("bring-in"), at=at) as opened:
        withheld = set(opened.admit(sorted(told), category).withheld)
    if only_of is not None:
        with processing(purpose, Action.READ, by=only_of, at=at) as opened:
            withheld |= set(opened.admit(sorted(told - withheld), category).withheld)

    def find(client: str) -> UUID:
        subject = here.get(marks[client])
        if only_of is not None and (subject not in told or subject in withheld):
            raise Unreadable(_NOT_YOURS)
        if subject is None:
            raise Unreadable(_NOT_HERE)
        if subject not in told:
            raise Unreadable(_NOT_TOLD)
        if subject in withheld:
            raise Unreadable(_CLOSED)
        return subject

    return find


# Neither is an act itself: what is written is written by acts, each with its event.
look_through, write = _look_through, _write
