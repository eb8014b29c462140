"""Who has looked at a person's record, who tried, and what was done to it: the ledger in plain words."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from troth.gate import linking
from troth.gate.reasons import told_as
from troth.ledger import selectors as ledger
from troth.ledger.check_export import CheckFailed, check_export
from troth.ledger.proving import NotSealed, export_person
from troth.ledger.selectors import Entry
from troth.people import selectors as people
from troth.rights.selectors.wording import notice_now, title_of, words_of
from troth.vault.categories import Category

#: What our machines are called by people.
_MACHINES = {
    "sign-in": "Sign-in",
    "erasure": "Erasure desk",
    "rights-desk": "Rights desk",
    "search": "Search",
    "setup": "Set-up",
    "packs": "Copy desk",
    "reminders": "Reminders",
    "maintenance": "Maintenance",
}
#: Why a look was refused, as the person looked for may know it: by the check that stopped it.
_REFUSALS = {
    "purpose": "Our notice has no such use, or you were not told of it. Nothing was shown",
    "category": "That use does not cover this. Nothing was shown",
    "role": "Their role may not open this. Nothing was shown",
    "reason": "Nothing connected them with you. Nothing was shown",
    "basis": "You had objected, or not agreed, or our agreement had ended. Nothing was shown",
    "restriction": "You had asked us to restrict its use. Nothing was shown",
}


@dataclass(frozen=True)
class Look:
    """One event about a person, worded. `refused` says that nothing was shown."""

    id: int
    at: datetime
    who: str
    role: str
    words: str
    what: str
    why: str
    refused: bool
    opened: bool
    by_themself: bool
    by_person: bool
    refusal: str = ""

    @property
    def sentence(self) -> str:
        """What happened, in a few words."""
        words = "Tried to open the record" if self.refused else self.words[:1].upper() + self.words[1:]
        return f"{words}: {self.what}" if self.what else words


@dataclass(frozen=True)
class History:
    """A page of events about a person, newest first. `following` is what the next page begins before."""

    looks: tuple[Look, ...]
    total: int
    following: int | None


def history_of(
    subject: UUID,
    *,
    at: datetime,
    limit: int = 50,
    before: int | None = None,
    looks_only: bool = False,
    viewer: UUID | None = None,
    without: frozenset[str] = frozenset(),
) -> History:
    """
    The events about a person in plain words, whoever calls this having passed the gate (LAW-3.2).

    `looks_only` keeps what others opened or were refused, and leaves out the person's own use and what was written.
    `without`: purposes whose events are left out. `viewer`: a member of staff who reads this; left out, the person themself does.
    """
    own = linking.person_of(subject, at=at).joined
    found: list[Entry] = []
    position = before
    while len(found) <= limit:
        some = ledger.events_about(subject.hex, limit=limit + 1, before=position)
        found += [
            entry for entry in some if entry.purpose not in without and (not looks_only or _is_look(entry, own))
        ]
        if len(some) <= limit:
            break
        position = some[-1].id
    shown = found[:limit]
    said = ("You", "for you") if viewer in {None, subject} else ("The person", "for them")
    looks = _worded(shown, said, at, told=viewer in {None, subject}, own=own)
    return History(looks, ledger.count_about(subject.hex), shown[-1].id if len(found) > limit else None)


def word_events(entries: Sequence[Entry], *, at: datetime) -> tuple[Look, ...]:
    """Any events of the ledger in plain words, for the privacy officer: whoever an event is about is `The person`."""
    return _worded(entries, ("The person", "for them"), at, told=False)


def _worded(
    entries: Sequence[Entry],
    person: tuple[str, str],
    at: datetime,
    *,
    told: bool,
    own: frozenset[str] = frozenset(),
) -> tuple[Look, ...]:
    """`own`: every subject that is the person; whoever acted under one of them is the person."""
    names = _names(entries)
    notice = notice_now(at)
    titles: dict[str, str] = {}
    return tuple(
        Look(
            entry.id,
            entry.at,
            *_who(entry, own | {entry.subject}, names, person),
            words=entry.words,
            what=_listed([_kind(each, notice) for each in entry.what]),
            why=_why(entry, at, titles, told=told),
            refused=entry.outcome == "refused",
            opened=entry.event == "gate:opened",
            by_themself=bool(entry.subject) and entry.actor in own | {entry.subject},
            by_person=entry.actor_kind == "person",
            refusal=_REFUSALS.get(entry.check, "Nothing was shown") if entry.outcome == "refused" else "",
        )
        for entry in entries
    )


def person_history_holds(subject: UUID, at: datetime) -> tuple[bool, int]:
    """
    Check the events about one person against the signed tree, as their own offline checker does (pitfalls A14).

    Gives whether they hold, and how many there are.
    """
    try:
        document = json.loads(export_person(subject.hex, at))
        check_export(document)
    except (CheckFailed, NotSealed):
        return False, ledger.count_about(subject.hex)
    return True, len(document["events"])


def _is_look(entry: Entry, own: frozenset[str]) -> bool:
    by_signing_in = entry.actor_kind == "service" and entry.actor == "sign-in"  # the person's own doing
    return (
        entry.event in {"gate:opened", "gate:refused", "gate:glass_broken"}
        and entry.actor not in own
        and not by_signing_in
    )


def _names(entries: Iterable[Entry]) -> dict[UUID, tuple[str, str]]:
    ids = {
        UUID(each)
        for entry in entries
        for each in (entry.actor, entry.on_behalf_of)
        if len(each) == 32 and entry.actor_kind != "nobody" and (each != entry.actor or entry.actor_kind == "person")
    }
    return {staff: (profile.name, profile.role_words) for staff, profile in people.staff_profiles(ids).items()}


def _who(
    entry: Entry, own: frozenset[str], names: dict[UUID, tuple[str, str]], person: tuple[str, str]
) -> tuple[str, str]:
    if entry.actor_kind == "service":
        behalf = UUID(entry.on_behalf_of) if entry.on_behalf_of else None
        about_them = bool(entry.on_behalf_of) and entry.on_behalf_of in own
        for_whom = person[1] if about_them else f"for {names[behalf][0]}" if behalf in names else ""
        machine = _MACHINES.get(entry.actor, entry.actor.replace("-", " ").capitalize())
        return machine, f"Automatic, {for_whom}" if for_whom else "Automatic"
    if entry.actor_kind != "person":
        return "Someone not signed in", ""
    if entry.actor in own:
        return person[0], ""
    return names.get(UUID(entry.actor), ("A member of staff", "No published profile"))


def _kind(name: str, notice: object) -> str:
    try:
        return words_of(Category(name), notice)  # type: ignore[arg-type]
    except ValueError:
        return name.replace("_", " ")


def _listed(words: list[str]) -> str:
    return ", ".join([*words[:1], *(each[:1].lower() + each[1:] for each in words[1:])])


def _why(entry: Entry, at: datetime, titles: dict[str, str], *, told: bool) -> str:
    """What for, and what connected them: `told` in the words for the person looked at, else in those of whoever looked."""
    if entry.purpose and entry.purpose not in titles:
        titles[entry.purpose] = title_of(entry.purpose, at)
    title = titles.get(entry.purpose, "")
    if entry.reason and entry.reason != "your own record":
        reason = told_as(entry.reason) if told else entry.reason.replace("_", " ")  # some are codes of a list
        return f"{title}: {reason}" if title else reason
    return title


__all__ = ["History", "Look", "history_of", "person_history_holds", "word_events"]
