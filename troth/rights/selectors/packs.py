"""
Packs as plain values: where the answer to a request for a copy stands, what is decided entry by entry, and what to do next.

Entries are read anew each time, so that nobody decides about an entry as it was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone

from troth.gate import actors, linking
from troth.gate.contexts import Opened
from troth.law.exemptions import Exemption
from troth.people import selectors as people
from troth.people.selectors import StaffMember
from troth.rights.models import AccessPack, Asked, PackDecision, RightsCase, SearchRecord
from troth.rights.models import PackState as PackState
from troth.rights.rules import packing
from troth.rights.rules.deceased import RECORD, is_before_the_act, is_of_record
from troth.rights.rules.exemptions import said_of
from troth.rights.rules.packing import Decided, Entry, Stands
from troth.rights.rules.redacting import REMOVED, cut
from troth.rights.selectors.holdings import HeldField, HeldFile, HeldThing, everything_about
from troth.rights.selectors.opinions import may_give_opinion, opinions_for
from troth.vault.categories import Category
from troth.vault.files import StoredFile


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
    of_dead: bool  # it answers whoever applied for the record of somebody who died (LAW-4.10)
    applicant: UUID | None  # who fetches it then, where they have an account

    @property
    def called(self) -> str:
        """What it is in a sentence."""
        return packing.called(of_dead=self.of_dead)

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
    before_the_act: bool


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
    row = _packs().filter(case_id=case).order_by("-as_of").first()
    return _pack(row, opened) if row else None


def find_released(case: UUID, opened: Opened) -> Pack | None:
    """
    The newest pack of a case that was released, whatever was begun since; None where none was.

    :raises Refused: this context may not open it.
    """
    row = _packs().filter(case_id=case, released_at__isnull=False).order_by("-released_at").first()
    return _pack(row, opened) if row else None


def get_pack(pack: UUID, opened: Opened, *, of: UUID | None = None) -> Pack:
    """
    One pack; `of` finds only that person's, so that nobody learns whether there is another's.

    :raises AccessPack.DoesNotExist: there is none of that id.
    :raises Refused: this context may not open it.
    """
    narrowed = {} if of is None else {"subject_id": of}
    return _pack(_packs().get(pk=pack, **narrowed), opened)


def list_packs(subject: UUID, opened: Opened) -> list[Pack]:
    """The packs of a person that were released, the newest first."""
    rows = [
        row
        for row in AccessPack.objects.where("-released_at", "id", subject_id=subject)
        if row.state in (PackState.RELEASED, PackState.OVER) and row.released_at is not None
    ]
    cases = RightsCase.objects.filter(pk__in={row.case_id for row in rows})
    asked = dict(cases.values_list("pk", "right")) if rows else {}
    for row in rows:
        row.asked = asked[row.case_id]
    # Of somebody who died it was made for whoever applied, and is nobody's copy of their own data.
    return [_pack(row, opened) for row in rows if row.asked != Asked.DECEASED]


@dataclass(frozen=True)
class Given:
    """The record of somebody who died, as it waits for whoever applied for it. Nothing of it is opened."""

    id: UUID
    state: PackState
    released_at: datetime
    expires_at: datetime

    def is_open(self, at: datetime) -> bool:
        """Whether it can be fetched now."""
        return self.state is PackState.RELEASED and at < self.expires_at


def given_to(reader: UUID) -> list[Given]:
    """The records of people who died that were released to this reader, the newest first."""
    return [
        Given(row.pk, PackState(row.state), row.released_at, row.expires_at)
        for row in AccessPack.objects.where("-released_at", "id", applicant=reader)
        if row.released_at is not None
    ]


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
            needed_because=row.needed_because or "",
            by=row.changed_by,
            at=row.changed_at,
        )
    return found


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
            packing.where_it_stands(entry, decided.get(thing.id), opinions, on=on),
            decided.get(thing.id),
            opinions.of(thing.id, on),
            entry.before_the_act,
        )
        for thing in things_of(pack, opened, only=only)
        for entry in [entry_of(thing, of_dead=pack.of_dead)]
    ]


def things_of(pack: Pack, opened: Opened, *, only: UUID | None = None) -> list[HeldThing]:
    """
    What was recorded about the person before the pack was begun, over all that they are, kind by kind: all, or `only` one. Of
    somebody who died it is the record of their health alone.
    """
    found = [
        thing
        for person in persons_of(pack.subject, at=opened.at)
        for thing in everything_about(
            person, opened, before=pack.as_of, only=only, kinds=RECORD if pack.of_dead else None
        )
        if not pack.of_dead or is_of_record(thing.category, thing.compartment)
    ]
    order = list(Category)
    return sorted(found, key=lambda thing: order.index(thing.category))


def entry_of(thing: HeldThing, *, of_dead: bool) -> Entry:
    """What of a thing decides. Whoever applies for the record of somebody who died knows none of it."""
    return Entry(
        thing.id,
        thing.category.special,
        thing.released and not of_dead,
        thing.changed_at,
        before_the_act=of_dead and is_before_the_act(_made_on(thing)),
    )


def _made_on(thing: HeldThing) -> date:
    """The day of a measurement or a picture, where it has one, or else the one on which it was written down."""
    taken = next((field.value for field in thing.fields if field.name == "taken_on" and field.value), None)
    return date.fromisoformat(taken) if taken else timezone.localdate(thing.recorded_at)


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
        return field._replace(text=REMOVED, value=REMOVED, person=None, for_machines=False)
    return field._replace(text=cut(field.text, words), value=cut(field.value, words))


def withheld_words(decided: Decided, *, of_dead: bool) -> str:
    """What stands in the copy in place of an entry that is withheld."""
    assert decided.exemption is not None
    ground = said_of(decided.exemption, Asked.DECEASED if of_dead else Asked.ACCESS)
    ways = "ask a court to decide" if of_dead else "complain"
    return f"Withheld. {ground.sentence} You can ask us to look at this again, and {ways}."


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


def _packs() -> "QuerySet[AccessPack]":
    """Packs, each with what it answers as `asked`."""
    found: QuerySet[AccessPack] = AccessPack.objects.annotate(asked=F("case__right"))
    return found


def _pack(row: Any, opened: Opened) -> Pack:
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
        row.asked == Asked.DECEASED,
        row.applicant,
    )
