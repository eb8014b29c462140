"""A person's own sign-ins and the tries that failed, from the sealed side records: for days, and never the machine itself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from troth.gate.contexts import Opened
from troth.people.models import SignInTry
from troth.people.rules import network_area
from troth.vault.categories import Category

#: Days for which it is kept from where somebody tried to sign in. The notice's rule for addresses of machines says the same.
KEPT = 30
#: How each try is worded. What is stored is the code before it.
_WORDS = {
    "password": ("Signed in with the password", True),
    "code": ("Signed in with the password and a code", True),
    "recovery": ("Signed in with the password and a recovery code", True),
    "handed": ("Signed in with the password and a code that we gave you", True),
    "passkey": ("Signed in with a passkey", True),
    "password with passkey": ("Signed in with the password and a passkey", True),
    "wrong password": ("Refused: the password was wrong", False),
    "they died": ("Refused: we were told that you died", False),
    "code first": ("Asked for a code, since many places were guessing at once", False),
    "wrong code": ("Refused: the password was right, the code was wrong", False),
    "used code": ("Refused: a code that had been used already", False),
    "copied passkey": ("Refused: a passkey that seems to have been copied", False),
}


def outcome_in_words(code: str) -> str:
    """How a try went, in words; the code itself where none are known for it."""
    return _WORDS[code][0] if code in _WORDS else code


@dataclass(frozen=True)
class Came:
    """Whence a request came: the machine's address, and the browser in a few words."""

    address: str
    device: str


@dataclass(frozen=True)
class PastTry:
    """One line of the history. `area` is the network's neighbourhood."""

    at: datetime
    words: str
    went_well: bool
    device: str
    area: str


@dataclass(frozen=True)
class TryPage:
    """A page of the history, newest first."""

    tries: tuple[PastTry, ...]
    total: int


def list_tries(subject: UUID, opened: Opened, *, start: int = 0, limit: int = 20) -> TryPage:
    """
    The tries to sign in as this person, the newest first.

    :raises Refused: the gate said no.
    """
    opened.require(subject, Category.NETWORK)
    rows = SignInTry.objects.filter(subject_id=subject).order_by("-recorded_at", "-id")
    found = []
    for row in rows[start : start + limit]:
        words, went_well = _WORDS.get(row.outcome, (row.outcome, False))
        found.append(PastTry(row.recorded_at, words, went_well, row.device, network_area(row.address)))
    return TryPage(tuple(found), rows.count())


def areas_of(subject: UUID, opened: Opened, *, since: datetime) -> dict[str, str]:
    """
    The network of each session that began since then, by the key of its row.

    :raises Refused: the gate said no.
    """
    opened.require(subject, Category.NETWORK)
    rows = SignInTry.objects.filter(subject_id=subject, recorded_at__gte=since)
    return {row.session: network_area(row.address) for row in rows if row.session}


def whose_tries_are_due(before: datetime) -> list[UUID]:
    """The people of whom tries from before that moment are still there."""
    rows = SignInTry.objects.filter(recorded_at__lt=before).order_by("subject_id")
    return list(rows.values_list("subject_id", flat=True).distinct()[:1_000])
