"""
Packs as plain values: where the answer to a request for a copy stands, what is decided entry by entry, and what to do next.

Entries are read anew each time, so that nobody decides about an entry as it was.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from troth.gate import actors, linking
from troth.gate.contexts import Opened
from troth.law.exemptions import Exemption
from troth.notice.purposes import Action, Purpose
from troth.notice.register import Register
from troth.people import selectors as people
from troth.people.selectors import StaffMember
from troth.rights.models import AccessPack, HarmOpinion, PackDecision, SearchRecord, State
from troth.rights.models import PackState as PackState
from troth.rights.rules import packing
from troth.rights.rules.packing import Decided, Entry, Opinions, Stands
from troth.rights.rules.redacting import REMOVED, cut
from troth.rights.selectors.holdings import HeldField, HeldFile, HeldThing, everything_about
from troth.vault.categories import Category
from troth.vault.files import StoredFile

#: Where the opinion of a health professional is given: the purposes under which they see and write in the record.
CLINICAL = (Purpose.CARE, Purpose.PRESCRIBING, Purpose.MEDICAL_REPORTING)


@dataclass(frozen=True)
class Pack:
    """One pack. `fee` is in pence, 0 for none; `faults` keep it from being released."""

    id: UUID
    case: UUID
    subject: UUID
    state: PackState
    as_of: datetime
    done: int
    total: int
    released_at: datetime | None
    expires_at: datetime | None
    delivered_at: datetime | None
    size: int
    digest: str
    faults: tuple[str, ...]
    fee: int
    fee_paid: bool
    released_by: str

    def is_open(self, at: datetime) -> bool:
        """Whether it can be fetched now."""
        return self.state == PackState.RELEASED and self.expires_at is not None and at < self.expires_at


@dataclass(frozen=True)
class Reviewed:
    """One entry of a pack with where it stands and what was decided."""

    thing: HeldThing
    stands: Stands
    decided: Decided | None
    opinion: str


@dataclass(frozen=True)
class Opinion:
    """What a health professional was asked, and found. `findings` by the entry's identifier."""

    id: UUID
    case: UUID
    subject: UUID
    asked_of: UUID
    asked_at: datetime
    given_at: datetime | None
    question: str
    findings: dict[str, str]
    words: str
    registration: str


@dataclass(frozen=True)
class Search:
    """Where was looked outside this system, by whom and when, and what was found."""

    place: str
    found: str
    by: str
    at: datetime


def persons_of(subject: UUID, *, at: datetime) -> tuple[UUID, ...]:
    """Every subject that a request of this one is about, this one first: all that are the same person."""
    return linking.subjects_of(subject, at=at)


def find_pack(case: UUID, opened: Opened) -> Pack | None:
    """
    The newest pack of a case, or None where none was begun.

    :raises Refused: this context may not open it.
    """
    row = AccessPack.objects.filter(case_id=case).order_by("-as_of").first()
    return _pack(row, opened) if row else None


def get_pack(pack: UUID, opened: Opened, *, of: UUID | None = None) -> Pack:
    """
    One pack; `of` finds only that person's, so that nobody learns whether there is another's.

    :raises AccessPack.DoesNotExist: there is none of that id.
    :raises Refused: this context may not open it.
    """
    narrowed = {} if of is None else {"subject_id": of}
    return _pack(AccessPack.objects.get(pk=pack, **narrowed), opened)


def list_packs(subject: UUID, opened: Opened) -> list[Pack]:
    """The packs of a person that were released, the newest first."""
    rows = AccessPack.objects.filter(
        subject_id=subject, state__in=[PackState.RELEASED, PackState.OVER], released_at__isnull=False
    )
    return [_pack(row, opened) for row in rows.order_by("-released_at", "id")]


def file_of(pack: UUID, opened: Opened) -> StoredFile | None:
    """
    The sealed ZIP of a pack, while it is there.

    :raises Refused: this context may not open it.
    """
    row = AccessPack.objects.get(pk=pack)
    opened.require(row.subject_id, Category.RIGHTS)
    stored: StoredFile | None = row.file
    return stored


def packs_of_case(case: UUID) -> int:
    """How many packs of a case were released: what comes after the first is an extra copy (LAW-1.16)."""
    return AccessPack.objects.filter(case_id=case, released_at__isnull=False).count()


def decisions_of(pack: UUID) -> dict[str, Decided]:
    """What was decided about a pack, by the entry's identifier (hexadecimal). Needs an open context."""
    found = {}
    for row in PackDecision.objects.filter(pack=pack):
        cuts: dict[str, Any] = row.cuts or {}
        found[row.item.hex] = Decided(
            withheld=row.verdict == PackDecision.WITHHOLD,
            exemption=Exemption(row.exemption) if row.exemption else None,
            words=tuple(cuts.get("words", ())),
            fields=tuple(cuts.get("fields", ())),
            files=tuple(cuts.get("files", ())),
            boxes={
                name: {int(page): tuple(map(tuple, found)) for page, found in pages.items()}
                for name, pages in cuts.get("boxes", {}).items()
            },
            note=row.words or "",
            by=row.changed_by,
            at=row.changed_at,
        )
    return found


def list_opinions(case: UUID, opened: Opened) -> list[Opinion]:
    """
    What health professionals were asked about a case, the newest first.

    :raises Refused: this context may not open it.
    """
    return [_opinion(row, opened) for row in HarmOpinion.objects.filter(case_id=case).order_by("-recorded_at", "id")]


def get_opinion(opinion: UUID, opened: Opened, *, of: UUID) -> Opinion:
    """
    One that was asked of this member of staff.

    :raises HarmOpinion.DoesNotExist: there is none.
    :raises Refused: this context may not open it.
    """
    return _opinion(HarmOpinion.objects.get(pk=opinion, asked_of=of), opened)


def waiting_opinions(asked_of: UUID) -> list[tuple[UUID, UUID, date]]:
    """Those that wait for this member of staff: opinion, subject, and the day by which the case is due. Nothing is opened."""
    rows = _waiting(asked_of).select_related("case").order_by("case__due_on")
    return [(row.pk, row.subject_id, row.case.due_on) for row in rows]


def count_opinions(asked_of: UUID) -> int:
    """How many of those wait, for the number beside a word."""
    return _waiting(asked_of).count()


def _waiting(asked_of: UUID) -> "QuerySet[HarmOpinion]":
    return HarmOpinion.objects.filter(asked_of=asked_of, given_at=None).exclude(case__state=State.DONE)


def to_weigh(asked: Opinion, opened: Opened) -> list[HeldThing]:
    """
    What an opinion is about: everything about the person's health in the copy that they do not know yet (LAW-4.3).

    :raises Refused: this context may not open health data of this person.
    """
    begun = AccessPack.objects.filter(case_id=asked.case).order_by("-as_of").first()
    covered = {category for category in opened.covered() if category.special}
    return [
        thing
        for person in persons_of(asked.subject, at=opened.at)
        for thing in everything_about(person, opened, before=begun.as_of if begun else opened.at, kinds=covered)
        if not thing.released
    ]


def opinions_for(case: UUID, opened: Opened) -> Opinions:
    """The newest finding of each entry of a case, for the rules."""
    found: dict[str, tuple[str, date]] = {}
    for each in reversed(list_opinions(case, opened)):
        if each.given_at is not None:
            day = timezone.localdate(each.given_at)
            found |= {item: (finding, day) for item, finding in each.findings.items()}
    return Opinions(found)


def list_searches(case: UUID, opened: Opened) -> list[Search]:
    """
    Where was looked for a case outside this system, the newest first (LAW-1.18).

    :raises Refused: this context may not open it.
    """
    rows = list(SearchRecord.objects.filter(case_id=case).order_by("-recorded_at", "id"))
    for row in rows:
        opened.require(row.subject_id, Category.RIGHTS)
    return [Search(row.place or "", row.found or "", row.recorded_by, row.recorded_at) for row in rows]


def review(pack: Pack, opened: Opened, *, only: UUID | None = None) -> list[Reviewed]:
    """
    Every entry of a pack with where it stands, in the order in which they are read; `only` opens that one entry and nothing else.

    :raises Refused: this context may not open one of the kinds that are held.
    """
    decided, opinions = decisions_of(pack.id), opinions_for(pack.case, opened)
    on = timezone.localdate(opened.at)
    return [
        Reviewed(
            thing,
            packing.where_it_stands(entry_of(thing), decided.get(thing.id), opinions, on=on),
            decided.get(thing.id),
            opinions.of(thing.id, on),
        )
        for thing in things_of(pack, opened, only=only)
    ]


def things_of(pack: Pack, opened: Opened, *, only: UUID | None = None) -> list[HeldThing]:
    """What was recorded about the person before the pack was begun, over all that they are, kind by kind: all, or `only` one."""
    found = [
        thing
        for person in persons_of(pack.subject, at=opened.at)
        for thing in everything_about(person, opened, before=pack.as_of, only=only)
    ]
    order = list(Category)
    return sorted(found, key=lambda thing: order.index(thing.category))


def entry_of(thing: HeldThing) -> Entry:
    """What of a thing decides."""
    return Entry(thing.id, thing.category.special, thing.released, thing.changed_at)


def with_cuts(
    thing: HeldThing,
    decided: Decided | None,
    everywhere: Iterable[str] = (),
    blackened: Mapping[str, StoredFile] | None = None,
) -> HeldThing:
    """
    The thing without what was decided to go from it, and without words that go wherever they stand. `blackened` are the files that
    stand in the place of its own, by field.
    """
    made = blackened or {}
    words = (*everywhere, *(decided.words if decided else ()))
    whole = decided.fields if decided else ()
    gone = set(decided.files if decided else ())
    return replace(
        thing,
        source=cut(thing.source, words),
        fields=(
            *(_cut_field(field, words, whole=field.name in whole) for field in thing.fields),
            *(HeldField(file.field, "File", REMOVED, None, REMOVED) for file in thing.files if file.field in gone),
        ),
        files=tuple(
            replace(_in_place_of(file, made.get(file.field)), name=cut(file.name, words))
            for file in thing.files
            if file.field not in gone
        ),
    )


def _in_place_of(file: HeldFile, made: StoredFile | None) -> HeldFile:
    if made is None:
        return file
    return replace(file, media_type=made.media_type, size=made.size, stored=made, parts_removed=True)


def _cut_field(field: HeldField, words: tuple[str, ...], *, whole: bool) -> HeldField:
    if whole:
        return replace(field, text=REMOVED, value=REMOVED, person=None, for_machines=False)
    return replace(field, text=cut(field.text, words), value=cut(field.value, words))


def withheld_words(decided: Decided) -> str:
    """What stands in the copy in place of an entry that is withheld."""
    assert decided.exemption is not None
    law = decided.exemption.law.split(", LAW")[0]
    return f"Withheld. {decided.exemption.words} ({law}). You can ask us to look at this again, and complain."


def may_give_opinion(roles: Collection[str], register: Register) -> bool:
    """Whether somebody in these roles writes in health records here, bound to secrecy: the health professionals (LAW-4.5)."""
    return any(
        role in register.roles and register.roles[role].secrecy and access.allows(Action.WRITE, Category.HEALTH)
        for purpose in CLINICAL
        if (declared := register.purposes.get(purpose)) is not None
        for role, access in declared.access.items()
        if role in roles
    )


def who_can_be_asked(pack: Pack, entries: Iterable[Reviewed], opened: Opened) -> list[StaffMember]:
    """
    Who can give an opinion on a pack, of which these are the entries: first whoever wrote last in the health record, as the law
    wants (LAW-4.6).
    """
    wrote = {
        each.thing.recorded_by: each.thing.recorded_at
        for each in entries
        # What reception wrote down to arrange is special, and nobody's health record.
        if each.thing.category.special and each.thing.category is not Category.ADJUSTMENTS
    }
    found = [
        member
        for member in people.list_staff()
        if member.subject != pack.subject
        and may_give_opinion(actors.person(member.subject, at=opened.at).roles, opened.register)
    ]
    return sorted(
        found,
        key=lambda member: (-(at.timestamp() if (at := wrote.get(member.subject.hex)) else 0), member.name),
    )


def _pack(row: AccessPack, opened: Opened) -> Pack:
    opened.require(row.subject_id, Category.RIGHTS)
    said: dict[str, Any] = row.content or {}
    return Pack(
        row.pk,
        row.case_id,
        row.subject_id,
        PackState(row.state),
        row.as_of,
        row.done,
        row.total,
        row.released_at,
        row.expires_at,
        row.delivered_at,
        row.file.size if row.file else 0,
        said.get("digest", ""),
        tuple(said.get("faults", ())),
        row.fee or 0,
        bool(said.get("fee_paid_on")),
        said.get("released_by", ""),
    )


def _opinion(row: HarmOpinion, opened: Opened) -> Opinion:
    opened.require(row.subject_id, Category.HEALTH)
    return Opinion(
        row.pk,
        row.case_id,
        row.subject_id,
        row.asked_of,
        row.recorded_at,
        row.given_at,
        row.question or "",
        row.findings or {},
        row.words or "",
        row.registration or "",
    )
