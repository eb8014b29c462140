"""
Reading and recording standing facts. Recording is only possible inside an act; reading is one query for any number of people.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import connections

from troth.gate import looked
from troth.gate.models import Fact
from troth.gate.models import FactKind as FactKind
from troth.gate.rules import Standing
from troth.notice.purposes import Purpose
from troth.vault import keyring, secrets
from troth.vault.among import among
from troth.vault.categories import Category

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_COLUMNS = "id, subject, kind, purpose, value, other, since, until, ended, recorded_by, mark"


#: What stands in the way of a use; every other fact allows something.
KEEP_SHUT = frozenset({FactKind.RESTRICTION, FactKind.OBJECTION})


class StandingFact(NamedTuple):
    """One row, as read. `sound` says whether its mark is right."""

    id: str
    subject: str
    kind: str
    purpose: str
    value: str
    other: str
    since: int
    until: int | None
    ended: int | None
    recorded_by: str
    sound: bool

    def holds(self, at: int) -> bool:
        """
        Whether it stands at that moment, on the closed side where clocks differ.

        A fact is recorded as beginning or ending now, and a moment ahead comes from a process whose clock is ahead. So what
        keeps the gate shut begins at once whatever it is dated, and what opens it has ended once its end is recorded.
        """
        if self.until is not None and at >= self.until:
            return False
        if self.kind in KEEP_SHUT:
            return self.ended is None or max(at, self.since) < self.ended
        return self.since <= at and self.ended is None

    def held(self, at: int) -> bool:
        """Whether it stood at a moment that is over: from its beginning until it was ended or ran out."""
        ends = min(end for end in (self.until, self.ended, at + 1) if end is not None)
        return self.since <= at < ends

    def ended_at(self) -> datetime | None:
        """When it was ended, if it was."""
        return None if self.ended is None else moment(self.ended)


def micros(at: datetime) -> int:
    """Microseconds since 1970, UTC."""
    return (at - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """The moment of a number of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=at)


def _mark(columns: Sequence[object], key: bytes | None = None) -> bytes:
    text = "\x1f".join("" if column is None else str(column) for column in columns)
    return hmac.digest(key or secrets.opened().named("facts"), text.encode(), hashlib.sha256)[:16]


def about(subjects: Iterable[UUID]) -> dict[str, list[StandingFact]]:
    """Every fact about these subjects, ended ones too, by subject (hexadecimal)."""
    names = [subject.hex for subject in subjects]
    known = looked.known()
    if known is None:
        return _fetch(names)
    if new := [name for name in names if name not in known]:
        known.update(_fetch(new))
    return {name: list(known[name]) for name in names}


def _fetch(names: Sequence[str]) -> dict[str, list[StandingFact]]:
    found: dict[str, list[StandingFact]] = {name: [] for name in names}
    key = secrets.opened().named("facts")
    connection = connections["default"]
    of_these, listed = among(connection, "subject", names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM gate_fact WHERE {of_these} ORDER BY since, id", [listed])  # noqa: S608
        for row in cursor.fetchall():
            found[row[1]].append(_checked(row, key))
    return found


@lru_cache(maxsize=10_000)
def _checked(row: tuple[Any, ...], key: bytes) -> StandingFact:
    """A row with its mark compared. A mark depends on its row and the key alone: a row met again is not hashed again."""
    *columns, mark = row
    return StandingFact._make((*columns, hmac.compare_digest(_mark(columns, key), bytes(mark))))


def of(subject: UUID, kind: FactKind, *, at: datetime) -> list[StandingFact]:
    """The facts of one kind that stand about a subject now."""
    when = micros(at)
    return [fact for fact in about([subject])[subject.hex] if fact.kind == kind and fact.holds(when) and fact.sound]


def unended(subject: UUID, kind: FactKind, *, at: datetime) -> list[StandingFact]:
    """
    The same, and those that begin later. Whoever asks whether a thing was said already asks this: of two pages at once the one
    that was asked for first may wait for the other, and would look past what that one wrote a moment after its own.
    """
    when = micros(at)
    return [
        fact
        for fact in about([subject])[subject.hex]
        if fact.kind == kind and fact.sound and fact.ended is None and (fact.until is None or when < fact.until)
    ]


def of_kind(kind: FactKind) -> list[StandingFact]:
    """Every sound fact of one kind, whoever it is about, the newest first."""
    key = secrets.opened().named("facts")
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM gate_fact WHERE kind = %s ORDER BY since DESC, id", [kind.value])  # noqa: S608
        return [fact for row in cursor.fetchall() if (fact := _checked(row, key)).sound]


TOLD = (FactKind.NOTICE_GIVEN, FactKind.NOTICE_TOLD)
_TOLD_STANDS = "FROM gate_fact WHERE kind IN (%s, %s) AND ended IS NULL"


def count_told(*versions: int) -> int:
    """How many people who are here were given or told of a notice; of one of some versions, when their numbers are given."""
    sql = f"SELECT COUNT(DISTINCT subject) {_TOLD_STANDS}"
    values = [kind.value for kind in TOLD]
    if versions:
        sql, values = f"{sql} AND value IN ({', '.join(['%s'] * len(versions))})", [*values, *map(str, versions)]
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])


def count_told_each() -> dict[int, int]:
    """How many people who are here were given or told of each version of the notice, by its number."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            f"SELECT value, COUNT(DISTINCT subject) {_TOLD_STANDS} GROUP BY value", [kind.value for kind in TOLD]
        )
        return {int(version): told for version, told in cursor.fetchall()}


def who_were_told(*, after: str = "", most: int) -> list[UUID]:
    """The next people, by id, who were given or told of any notice; `after` is the id (hexadecimal) to go on from."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT subject {_TOLD_STANDS} AND subject > %s ORDER BY subject LIMIT %s",
            [*(kind.value for kind in TOLD), after, most],
        )
        return [UUID(subject) for (subject,) in cursor.fetchall()]


def newest_told(known: Iterable[StandingFact], *, at: datetime) -> int:
    """The number of the newest notice that a person with these facts was given or told of; 0 for none."""
    when = micros(at)
    return max(
        (
            int(fact.value)
            for fact in known
            if fact.kind in TOLD and fact.sound and fact.value.isdigit() and fact.holds(when)
        ),
        default=0,
    )


class Scope(NamedTuple):
    """How far an authority reaches: the record of it, the kinds of data, and the rights that may be used; None is every right."""

    authority: str
    categories: frozenset[Category]
    rights: frozenset[str] | None

    @property
    def text(self) -> str:
        """As the fact has it: `AUTHORITY|category,…|right,…`, in which an empty part is everything."""
        kinds = "" if self.categories == _EVERYTHING else ",".join(sorted(self.categories)) or "-"
        rights = "" if self.rights is None else ",".join(sorted(self.rights)) or "-"
        return f"{self.authority}|{kinds}|{rights}"


_EVERYTHING = frozenset(Category)


@lru_cache(maxsize=10_000)
def scope_of(value: str) -> Scope:
    """The scope of a fact that somebody acts for a person. A word that we do not know opens nothing."""
    authority, *parts = value.split("|")
    kinds, rights = (*parts, "", "")[:2]
    named = frozenset(Category(each) for each in kinds.split(",") if each in Category._value2member_map_)
    return Scope(
        authority,
        named if kinds else _EVERYTHING,
        frozenset(each for each in rights.split(",") if each != "-") if rights else None,
    )


def standing(
    facts: Iterable[StandingFact],
    purpose: Purpose,
    *,
    at: int,
    declaring: frozenset[int],
    actor: str,
    others: Iterable[StandingFact] = (),
) -> Standing:
    """
    Boil the facts about one subject down to how they stand towards one purpose. `declaring`: versions with the purpose.

    `others`: the facts about the other subjects that are the same person. Of these only what keeps shut counts.
    """
    told = contract = taken_back = objected = restricted = broken = chosen = died = False
    represented: frozenset[Category] = frozenset()
    sound = True
    agreed: dict[str, int] = {}  # by which way (the value of the fact), and when the consent that stands was given
    for fact in facts:
        if not fact.sound:
            sound = False
            continue
        for_this = fact.purpose in ("", purpose)
        if not fact.holds(at):
            taken_back = taken_back or (
                fact.kind == FactKind.CONSENT and fact.purpose == purpose and fact.since <= at
            )
            continue
        kind = fact.kind
        if kind in (FactKind.NOTICE_GIVEN, FactKind.NOTICE_TOLD):
            told = told or (fact.value.isdigit() and int(fact.value) in declaring)
        elif kind == FactKind.CONTRACT:
            contract = contract or for_this
        elif kind == FactKind.CONSENT:
            if fact.purpose == purpose:
                agreed[fact.value] = max(agreed.get(fact.value, 0), fact.since)
        elif kind == FactKind.OBJECTION:
            objected = objected or for_this
        elif kind == FactKind.RESTRICTION:
            restricted = True
        elif kind == FactKind.REPRESENTATIVE:
            if fact.other == actor and for_this:
                represented |= scope_of(fact.value).categories
        elif kind == FactKind.DIED:
            died = True
        elif kind == FactKind.GLASS_BROKEN:
            broken = broken or fact.other == actor
        elif kind == FactKind.RESTRICTED_USE:
            chosen = chosen or (bool(actor) and fact.other == actor)
    for fact in others:
        sound = sound and fact.sound
        if fact.kind == FactKind.RESTRICTION:
            restricted = restricted or fact.holds(at)
        elif fact.kind == FactKind.OBJECTION:
            objected = objected or (fact.purpose in ("", purpose) and fact.holds(at))
        elif fact.kind == FactKind.CONSENT and fact.purpose == purpose and fact.ended is not None:
            # The person's last word counts, whichever of their records it was said about.
            later = fact.ended >= agreed.get(fact.value, 0)
            agreed = {way: since for way, since in agreed.items() if not later or way != fact.value}
            taken_back = taken_back or later
    consent = bool(agreed)
    if died:  # every authority ends with a death: what follows is the law of the dead (LAW-4.10)
        represented = frozenset()
    return Standing(
        told, contract, consent, taken_back and not consent, objected, restricted, represented, broken, sound, chosen
    )


def stored_marks() -> Iterator[tuple[str, str]]:
    """Every fact as the ledger names it, for `verify --records`: a mark that does not match its columns is no match at all."""
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM gate_fact ORDER BY id")  # noqa: S608
        for *columns, mark in cursor.fetchall():
            sound = hmac.compare_digest(_mark(columns), bytes(mark))
            yield f"gate.fact/{columns[0]}", bytes(mark).hex() if sound else "unsound"


def record(
    subject: UUID,
    kind: FactKind,
    *,
    at: datetime,
    purpose: Purpose | None = None,
    value: str = "",
    other: UUID | None = None,
    until: datetime | None = None,
) -> str:
    """
    Record a fact, inside an act, whose event then names it. Gives its id.

    :raises NotAnAct: no act is open.
    """
    ring = keyring.acting()
    assert ring.stamp is not None
    columns = (
        uuid4().hex,
        subject.hex,
        str(kind),
        purpose.value if purpose else "",
        value,
        other.hex if other else "",
        micros(at),
        micros(until) if until else None,
        None,
        ring.stamp.by,
    )
    Fact.objects.create(**dict(zip(_COLUMNS.split(", "), (*columns, _mark(columns)), strict=True)))
    ring.touched(subject, f"gate.fact/{columns[0]}/{_mark(columns).hex()}")
    return columns[0]


def end(
    subject: UUID, kind: FactKind, *, at: datetime, purpose: Purpose | None = None, value: str | None = None
) -> int:
    """
    End the facts of this kind that stand about a subject (for one purpose or value, when given), inside an act.

    Gives how many were ended. Ending again what has ended changes nothing.

    :raises NotAnAct: no act is open.
    """
    ring = keyring.acting()
    when = micros(at)
    ended = 0
    for fact in about([subject])[subject.hex]:
        # One that begins later was recorded by a process whose clock is ahead: it ends before it begins.
        if fact.kind != kind or not (fact.holds(when) or fact.since > when):
            continue
        if (purpose is not None and fact.purpose != purpose.value) or (value is not None and fact.value != value):
            continue
        ended_at = max(when, fact.since)
        columns = (*fact[:8], ended_at, fact.recorded_by)
        changed = Fact.objects.filter(pk=fact.id, ended=None).update(ended=ended_at, mark=_mark(columns))
        if changed:
            ring.touched(subject, f"gate.fact/{fact.id}/{_mark(columns).hex()}")
            ended += changed
    return ended
