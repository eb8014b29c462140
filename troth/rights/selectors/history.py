"""Who has looked at a person's record, who tried, and what was done to it: the ledger in plain words."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from troth.gate import linking
from troth.gate.reasons import told_as
from troth.ledger import apart
from troth.ledger import selectors as ledger
from troth.ledger.check_export import CheckFailed, check_export
from troth.ledger.proving import NotSealed, export_person
from troth.ledger.selectors import Entry
from troth.people import selectors as people
from troth.rights.rules.withholding import Span, shown_from
from troth.rights.selectors.withholding import spans_over
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
_UNNAMED = ("A member of staff", "No published profile")
#: Services that only lend a key: whoever they act for reads and writes by them, and nothing is done by itself.
_LENT = frozenset({"harm-opinion"})
#: The events that are a look at somebody, or a try.
_LOOKS = frozenset({"gate:opened", "gate:refused", "gate:glass_broken"})
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
    apart: bool = False  # it is kept from its person while the law lets us

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
    viewer: UUID | None = None,
    without: frozenset[str] = frozenset(),
    with_apart: bool = False,
) -> History:
    """
    The events about a person in plain words, whoever calls this having passed the gate (LAW-3.2).

    `without`: purposes whose events are left out. `viewer`: a member of staff who reads this; left out, the person themself does.
    `with_apart`: what was done for somebody's protection is among it, for the privacy officer. Their person sees it when nothing
    keeps it from them any more; nobody else is told of it here, and no number counts it.
    """
    told = viewer in {None, subject}
    kept = _kept_over(subject, at)
    own = linking.person_of(subject, at=at).joined
    found: list[Entry] = []
    position = before
    while len(found) <= limit:
        some = ledger.events_about(subject.hex, limit=limit + 1, before=position, with_apart=told or with_apart)
        found += [
            entry
            for entry in some
            if entry.purpose not in without
            and (with_apart or not ledger.stands_apart(entry) or _is_told(entry, kept, at))
        ]
        if len(some) <= limit:
            break
        position = some[-1].id
    shown = found[:limit]
    said = ("You", "for you") if told else ("The person", "for them")
    looks = _worded(shown, said, at, told=told, own=own)
    return History(looks, ledger.count_about(subject.hex), shown[-1].id if len(found) > limit else None)


def looks_at(subject: UUID, *, at: datetime, limit: int = 200) -> tuple[Look, ...]:
    """
    What others opened of a person or were refused, in plain words and newest first: without the person's own use, and without what
    was written. Whoever calls this has passed the gate (LAW-3.2).
    """
    kept = _kept_over(subject, at)
    own = linking.person_of(subject, at=at).joined
    # Most of what is about somebody is their own use: it is left out where it lies, and not read first.
    found: list[Entry] = []
    position: int | None = None
    while len(found) < limit:
        some = ledger.events_about(
            subject.hex, limit=limit, before=position, only=_LOOKS, not_by=own, with_apart=True
        )
        found += [
            entry
            for entry in some
            if not _is_own_sign_in(entry) and (not ledger.stands_apart(entry) or _is_told(entry, kept, at))
        ]
        if len(some) < limit:
            break
        position = some[-1].id
    return _worded(found[:limit], ("You", "for you"), at, told=True, own=own)


def _kept_over(subject: UUID, at: datetime) -> Callable[[], Sequence[Span]]:
    """What was kept from a person and when, asked for once and only if something stands apart: of most people nothing does."""
    return cache(lambda: spans_over(subject, at=at))


def _is_told(entry: Entry, kept: Callable[[], Sequence[Span]], at: datetime) -> bool:
    """Whether their person sees, by now, an event that stands apart: never one that tells of what they may not know of."""
    if entry.event in apart.EVENTS:
        return False
    shown = shown_from(entry.at, kept())
    return shown is not None and shown <= at


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
    # Most events of a person repeat one another: each reason and each set of kinds is worded once.
    why = cache(lambda purpose, reason: _why(purpose, reason, at, told=told))
    listed = cache(lambda kinds: _listed([_kind(each, notice) for each in kinds]))
    return tuple(
        Look(
            entry.id,
            entry.at,
            *_who(entry, own | {entry.subject}, names, person),
            words=entry.words,
            what=listed(entry.what),
            why=why(entry.purpose, entry.reason),
            refused=entry.outcome == "refused",
            opened=entry.event == "gate:opened",
            by_themself=bool(entry.subject) and entry.actor in own | {entry.subject},
            by_person=entry.actor_kind == "person",
            refusal=_REFUSALS.get(entry.check, "Nothing was shown") if entry.outcome == "refused" else "",
            apart=ledger.stands_apart(entry),
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


def _is_own_sign_in(entry: Entry) -> bool:
    """Whether it was opened in order to sign the person in, which is their own doing."""
    return entry.actor_kind == "service" and entry.actor == "sign-in"


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
        if entry.actor in _LENT and behalf:
            return names.get(behalf, _UNNAMED)
        about_them = bool(entry.on_behalf_of) and entry.on_behalf_of in own
        for_whom = person[1] if about_them else f"for {names[behalf][0]}" if behalf in names else ""
        machine = _MACHINES.get(entry.actor, entry.actor.replace("-", " ").capitalize())
        return machine, f"Automatic, {for_whom}" if for_whom else "Automatic"
    if entry.actor_kind != "person":
        return "Someone not signed in", ""
    if entry.actor in own:
        return person[0], ""
    return names.get(UUID(entry.actor), _UNNAMED)


def _kind(name: str, notice: object) -> str:
    try:
        return words_of(Category(name), notice)  # type: ignore[arg-type]
    except ValueError:
        return name.replace("_", " ")


def _listed(words: list[str]) -> str:
    return ", ".join([*words[:1], *(each[:1].lower() + each[1:] for each in words[1:])])


def _why(purpose: str, reason: str, at: datetime, *, told: bool) -> str:
    """What for, and what connected them: `told` in the words for the person looked at, else in those of whoever looked."""
    title = title_of(purpose, at) if purpose else ""
    if reason and reason != "your own record":
        words = told_as(reason) if told else reason.replace("_", " ")  # some are codes of a list
        return f"{title}: {words}" if title else words
    return title


__all__ = ["History", "Look", "history_of", "looks_at", "person_history_holds", "word_events"]
