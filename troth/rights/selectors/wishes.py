"""What a person has agreed to, objected to or stopped, beside every use that they can decide about. No key is needed for it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from troth.consent.selectors import Consent, list_consents
from troth.gate import facts, linking
from troth.gate.facts import FactKind, StandingFact
from troth.law.bases import Basis
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.notice.register import DeclaredPurpose
from troth.rights.selectors.wording import notice_now

#: Under these a person decides by a word of theirs: consent is given and taken back, an interest is objected to.
_KINDS: dict[Basis, Literal["consent", "objection"]] = {
    Basis.CONSENT: "consent",
    Basis.LEGITIMATE_INTERESTS: "objection",
    Basis.RECOGNISED_LEGITIMATE_INTERESTS: "objection",
}


@dataclass(frozen=True)
class Choice:
    """One use of the notice that a person decides about. `standing`: consent stands, or an objection does, since then."""

    purpose: Purpose
    title: str
    words: str
    kind: Literal["consent", "objection"]
    standing: bool
    since: datetime | None
    ended: datetime | None  # when it was last taken back
    interest: str
    seen_by: tuple[str, ...]
    if_not: str

    @property
    def used(self) -> bool:
        """Whether the clinic may use data for this now, as far as the person's word goes."""
        return self.standing if self.kind == "consent" else not self.standing


@dataclass(frozen=True)
class Represented:
    """Somebody who acts for a person: since when and for what. Who they are is theirs, and is not told here."""

    since: datetime
    purpose: str


def list_choices(subject: UUID, *, at: datetime) -> list[Choice]:
    """
    Every use that rests on consent or on the clinic's interests, in the order of the notice (LAW-3.9, LAW-3.13).

    :raises NoNotice: none is in force.
    """
    register, notice = notices.register_in_force(at), notice_now(at)
    known = linking.facts_of(subject, at=at)
    agreed = {each.purpose: each for each in list_consents(subject, at=at)}
    rows = {row.id: row for row in notice.purposes} if notice else {}
    found = []
    for declared in sorted(register.purposes.values(), key=lambda each: each.row):
        kind = _KINDS.get(declared.basis)
        if kind is None:
            continue
        row = rows.get(declared.purpose)
        if kind == "consent":
            standing, since, ended = _agreed(agreed[declared.purpose])
        else:
            standing, since, ended = _standing(known, declared.purpose, at)
        found.append(
            Choice(
                declared.purpose,
                declared.title,
                row.words if row else "",
                kind,
                standing,
                since,
                ended,
                declared.interest,
                tuple(register.roles[role].name for role in declared.access if role in register.roles),
                row.withholding.if_not if row and row.withholding else "",
            )
        )
    return found


def standing_objections(subject: UUID, *, at: datetime) -> list[tuple[Purpose, str]]:
    """What a person objects to now, with its words: what rests on interests, and marketing on whatever that rests (LAW-3.9)."""
    known, purposes = linking.facts_of(subject, at=at), notices.register_in_force(at).purposes
    return [
        (declared.purpose, declared.title)
        for declared in sorted(purposes.values(), key=lambda each: each.row)
        if can_object(declared) and _standing(known, declared.purpose, at)[0]
    ]


def list_objectable(*, at: datetime) -> list[tuple[Purpose, str]]:
    """Every use of the notice that somebody can object to, in its order."""
    purposes = notices.register_in_force(at).purposes.values()
    return [(each.purpose, each.title) for each in sorted(purposes, key=lambda each: each.row) if can_object(each)]


def restricted_since(subject: UUID, *, at: datetime) -> datetime | None:
    """Since when a person's record is restricted, or None (LAW-3.6). What was asked about a linked record holds for it too."""
    now = facts.micros(at)
    standing = [
        fact
        for fact in linking.facts_of(subject, at=at)
        if fact.kind == FactKind.RESTRICTION and fact.sound and fact.holds(now)
    ]
    return facts.moment(min(fact.since for fact in standing)) if standing else None


def restricted_among(subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those whose record is restricted, likewise. One query for those who have no link; it opens nothing."""
    now, known = facts.micros(at), facts.about(set(subjects))
    people = linking.persons(known, at=now)
    return {
        UUID(subject)
        for subject, of in known.items()
        if any(
            fact.kind == FactKind.RESTRICTION and fact.sound and fact.holds(now)
            for fact in (*of, *people[subject].others)
        )
    }


def without_agreement_among(subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those who had an agreement with us and have none now, as after an erasure. One query; it opens nothing."""
    now = facts.micros(at)
    agreed = {
        UUID(subject): [fact.holds(now) for fact in of if fact.kind == FactKind.CONTRACT and fact.sound]
        for subject, of in facts.about(set(subjects)).items()
    }
    return {subject for subject, holds in agreed.items() if holds and not any(holds)}


def list_representatives(subject: UUID, *, at: datetime) -> list[Represented]:
    """Who acts for a person, as far as it is theirs to know here: since when and for what."""
    register = notices.register_in_force(at)
    return [
        Represented(facts.moment(fact.since), _title(register.purposes, fact.purpose))
        for fact in facts.of(subject, FactKind.REPRESENTATIVE, at=at)
    ]


def _title(purposes: object, purpose: str) -> str:
    if not purpose:
        return "everything that you could do here yourself"
    declared: DeclaredPurpose | None = purposes.get(Purpose(purpose))  # type: ignore[attr-defined]
    return declared.title if declared else purpose.replace("_", " ")


def _agreed(consent: Consent) -> tuple[bool, datetime | None, datetime | None]:
    """Whether a consent stands by any way, since when, and when one was last taken back."""
    since = [each.since for each in consent.standing() if each.since]
    ended = [each.ended for each in consent.channels if each.ended]
    return consent.stands, min(since, default=None), max(ended, default=None)


def _standing(
    known: list[StandingFact], purpose: Purpose, at: datetime
) -> tuple[bool, datetime | None, datetime | None]:
    of_kind = [
        fact
        for fact in known
        if fact.kind == FactKind.OBJECTION and fact.purpose in (purpose.value, "") and fact.sound
    ]
    now = facts.micros(at)
    standing = [fact.since for fact in of_kind if fact.holds(now)]
    ended = [fact.ended for fact in of_kind if fact.ended is not None and fact.ended <= now]
    return (
        bool(standing),
        facts.moment(min(standing)) if standing else None,
        facts.moment(max(ended)) if ended else None,
    )


def can_object(declared: DeclaredPurpose) -> bool:
    """Whether a person may object to a use: what rests on interests, and marketing on whatever it rests (LAW-3.9)."""
    return declared.purpose is Purpose.MARKETING or _KINDS.get(declared.basis) == "objection"
