"""What the files of another system hold: which columns of ours, what they may be called there, and what became of a visit."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from troth.bringing.rules.tables import Fault, NotATable, Unreadable, Wanted, said_of

OLDEST = date(1900, 1, 1)
MINUTES = re.compile(r"[0-9]{1,4}")
LONGEST = {"given_name": 100, "family_name": 100, "title": 40, "address": 300, "note": 500}
#: A file that nobody went on with is destroyed after so long.
KEPT_FOR = timedelta(days=7)
#: So much one page takes; larger files are brought in from the server, or in parts.
MOST_UPLOADED = 16 * 1024 * 1024
#: Who brings files in by the page. The notice is asked as well, whether their role registers people.
BRINGERS = frozenset({"clinic_manager"})
#: Who brings in notes besides: whoever writes notes may write those that were, where the notice lets them write health data.
NOTE_BRINGERS = frozenset({"practitioner", "prescriber"})


def brings(roles: Collection[str], kind: str) -> bool:
    """Whether somebody with these roles brings in files of a kind at all."""
    return not BRINGERS.isdisjoint(roles) or (kind == "notes" and not NOTE_BRINGERS.isdisjoint(roles))


_NUMBER = ("id", "ref", "number", "no")
_CLIENT = Wanted(("clientid", "patientid", "clientref", "patientref", "clientnumber", "patientnumber"), needed=True)
#: By what a file holds, as `models.What` stores it: the command line reads this before there is a database.
COLUMNS: dict[str, dict[str, Wanted]] = {
    "clients": {
        "reference": Wanted((*_NUMBER, *_CLIENT.names), needed=True),
        "given_name": Wanted(("firstname", "forename", "givennames", "forenames"), needed=True),
        "family_name": Wanted(("lastname", "surname"), needed=True),
        "born_on": Wanted(("dob", "dateofbirth", "birthdate", "birthday"), needed=True),
        "title": Wanted(()),
        "email": Wanted(("emailaddress",)),
        "telephone": Wanted(("phone", "mobile", "phonenumber", "mobilephone", "telephonenumber")),
        "address": Wanted(("postaladdress", "street", "addressline1")),
        "postcode": Wanted(("postalcode", "zip")),
        "nhs_number": Wanted(("nhs", "nhsno")),
    },
    "visits": {
        "reference": Wanted((*_NUMBER, "appointmentid", "bookingid"), needed=True),
        "client": _CLIENT,
        "practitioner": Wanted(("practitionername", "staff", "staffmember", "clinician"), needed=True),
        "service": Wanted(("appointmenttype", "type", "treatment"), needed=True),
        "day": Wanted(("date", "appointmentdate", "startdate"), needed=True),
        "time": Wanted(("starttime", "start", "appointmenttime"), needed=True),
        "minutes": Wanted(("duration", "length", "durationminutes"), needed=True),
        "state": Wanted(("status", "attendance"), needed=True),
        "note": Wanted(("notes", "comment")),
    },
    "notes": {
        "reference": Wanted((*_NUMBER, "noteid"), needed=True),
        "client": _CLIENT,
        "day": Wanted(("date", "notedate", "createdon"), needed=True),
        "text": Wanted(("note", "body", "content", "notes"), needed=True),
        "heading": Wanted(("title", "subject", "template")),
        "author": Wanted(("practitioner", "writtenby", "createdby")),
    },
}
#: What became of a visit, as other systems say it.
STATES = {
    "booked": ("booked", "confirmed", "scheduled", "pending"),
    "completed": ("completed", "attended", "arrived", "done", "complete"),
    "missed": ("missed", "dna", "did not attend", "did not arrive", "did not come", "no show", "noshow"),
    "cancelled": ("cancelled", "canceled"),
}


class AlikeHere(Unreadable):
    """Somebody who is here may be the same person. What else a row holds can be read."""


class NotPossible(Exception):
    """It cannot be done as things stand. The message says why, in words for whoever tried."""


@dataclass(frozen=True)
class Source:
    """
    What is brought in from where. `also_alike`: also clients who may be here already. `counted`: how many those are is told, and
    not which, since that would answer of anybody whether they are a client.
    """

    kind: str
    system: str
    also_alike: bool = False
    counted: bool = False


@dataclass
class Told:
    """What became of a file."""

    rows: int
    brought: int = 0
    here_already: int = 0
    alike: int = 0
    faults: list[Fault] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    changed: bool = False


def why_too_long(row: Mapping[str, str]) -> str:
    """Which cell of a row is longer than we keep, or "": the cell is not repeated."""
    long = next((name for name, most in LONGEST.items() if len(row.get(name, "")) > most), None)
    return f"Its {said_of(long)} is longer than {LONGEST[long]} letters" if long else ""


__all__ = [
    "BRINGERS",
    "COLUMNS",
    "KEPT_FOR",
    "LONGEST",
    "MINUTES",
    "MOST_UPLOADED",
    "NOTE_BRINGERS",
    "OLDEST",
    "STATES",
    "AlikeHere",
    "Fault",
    "NotATable",
    "NotPossible",
    "Source",
    "Told",
    "Unreadable",
    "brings",
    "why_too_long",
]
