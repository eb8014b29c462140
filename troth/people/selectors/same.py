"""
Records that may be one person's, found by keyed hashes alone; what was decided about them; and the two side by side.

Nothing is opened to suggest a pair: the index says that two records were given the same address, number, or name and date of birth.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from uuid import UUID

from django.db.models import Q

from troth.gate.contexts import Opened
from troth.people.models import FIND_NAME, Contact, Identity, LinkState, MadeSure, SamePerson, StaffContact
from troth.people.rules import spaced_nhs_number, spaced_telephone, told_apart_by
from troth.people.selectors.staff import staff_profiles
from troth.vault import search
from troth.vault.categories import Category
from troth.vault.models import Subject
from troth.vault.openable import openable

#: What two records can share, by the field that the index files it under, in the words of the page.
SIGNS = {
    Identity.told_apart_by.field.id: "the same name and date of birth",
    Identity.nhs_number.field.id: "the same NHS number",
    Contact.email.field.id: "the same email address",
    StaffContact.email.field.id: "the same email address",
    Contact.telephone.field.id: "the same telephone number",
}
#: Households share a telephone: alone it suggests nobody, beside another sign it makes one stronger.
WEAK = frozenset({"the same telephone number"})
#: What more records than this share says nothing about any two of them: a firm's telephone, a care home's address.
MOST_ALIKE = 4


@dataclass(frozen=True)
class Likely:
    """Two records that share something, and that nobody has decided about."""

    one: UUID
    other: UUID
    shared: tuple[str, ...]


@dataclass(frozen=True)
class LinkLine:
    """What was said and decided about two records: from open columns alone, so that it names nobody."""

    link: UUID
    one: UUID
    other: UUID
    state: LinkState
    proposed_by: UUID
    proposed_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    undone_by: UUID | None
    undone_at: datetime | None

    def took_part(self, actor: UUID) -> bool:
        """Whether somebody proposed it or decided about it."""
        return actor in {self.proposed_by, self.decided_by}


@dataclass(frozen=True)
class Said:
    """The words that stand beside a link: why it was proposed, what was looked at, why it was undone."""

    reason: str
    decision: str
    made_sure: MadeSure | None
    undoing: str


@dataclass(frozen=True)
class Beside:
    """One line of the comparison. `same`: both hold a value and it is one."""

    label: str
    one: str
    other: str

    @property
    def same(self) -> bool:
        """Whether both say the same, as people would compare it."""
        return bool(self.one) and search.fold(self.one) == search.fold(self.other)


def list_likely() -> list[Likely]:
    """Every pair that shares something and that nobody has decided about, those that share most first."""
    return _pairs(search.shared(SIGNS, most=MOST_ALIKE))


def likely_with(subject: UUID) -> list[Likely]:
    """The pairs of that list that one subject is in."""
    return [
        pair
        for pair in _pairs(search.shared(SIGNS, most=MOST_ALIKE, among=[subject]))
        if subject in {pair.one, pair.other}
    ]


def list_links(*states: LinkState) -> list[LinkLine]:
    """Every pair that was proposed, linked or turned down, the newest first."""
    rows = SamePerson.objects.filter(state__in=states, first=True).order_by("-recorded_at", "id")
    return [_line(row) for row in rows]


def get_link(link: UUID) -> LinkLine | None:
    """One of them, or None when there is none of that id."""
    row = SamePerson.objects.filter(link=link).order_by("-first").first()
    return _line(row) if row else None


def links_of(subject: UUID) -> list[LinkLine]:
    """The links that stand about a subject now, oldest first."""
    rows = SamePerson.objects.where("recorded_at", "id", subject_id=subject, state=LinkState.LINKED)
    return [_line(row) for row in rows]


def words_of_link(link: UUID, opened: Opened) -> Said:
    """
    What was written about a link, as far as this context may see who one of the two is.

    :raises Refused: it may see neither.
    """
    rows = list(SamePerson.objects.filter(link=link).order_by("-first"))
    row = next((row for row in rows if opened.reason_for(row.subject_id)), rows[0])
    opened.require(row.subject_id, Category.IDENTITY)
    return Said(row.reason or "", row.decision or "", row.made_sure, row.undoing or "")


def called(subjects: Collection[UUID], opened: Opened) -> dict[UUID, tuple[str, str]]:
    """
    The name of each whom this context may name, and since when they were born or what they are here: enough to tell two apart.
    """
    admitted = set(opened.admit(list(subjects), Category.IDENTITY).admitted)
    found = {subject: (profile.name, profile.role_words) for subject, profile in staff_profiles(admitted).items()}
    for row in openable(Identity.objects.filter(subject_id__in=admitted)):
        name = f"{row.given_name or ''} {row.family_name or ''}".strip()
        found[row.subject_id] = (name, f"Born {row.born_on:%-d %B %Y}" if row.born_on else "")
    return found


def who_may_be_called(text: str) -> set[UUID]:
    """Whose names begin like this, by the index alone: the caller compares with what may be seen."""
    return {UUID(subject) for subject in search.candidate_subjects(FIND_NAME, text)}


def to_look_at(actor: UUID, subjects: Collection[UUID]) -> set[UUID]:
    """
    Of these people, those whose records somebody who registers people has to tell apart: they share something with another, or
    are proposed to be one person. Of a pair that is decided, only who took part still has it to look at.
    """
    asked = set(subjects)
    found = {
        each for pair in _pairs(search.shared(SIGNS, most=MOST_ALIKE, among=asked)) for each in (pair.one, pair.other)
    }
    rows = SamePerson.objects.filter(subject_id__in=asked).filter(
        Q(state=LinkState.PROPOSED) | Q(recorded_by=actor.hex) | Q(decided_by=actor)
    )
    found |= set(rows.values_list("subject_id", flat=True))
    return found & asked


def beside(one: UUID, other: UUID, opened: Opened) -> list[Beside]:
    """
    What is held of who two people are and how to reach them, beside each other.

    :raises Refused: this context may not see one of them.
    """
    for subject in (one, other):
        opened.require(subject, Category.IDENTITY, Category.CONTACT)
    left, right = _held(one), _held(other)
    return [Beside(label, left[label], right[label]) for label in left if left[label] or right[label]]


def _held(subject: UUID) -> dict[str, str]:
    identity = Identity.objects.filter(subject_id=subject).first()
    contact = Contact.objects.filter(subject_id=subject).first()
    staff = StaffContact.objects.filter(subject_id=subject).first()
    profile = staff_profiles([subject]).get(subject)
    born = identity.born_on if identity else None
    name = f"{identity.given_name or ''} {identity.family_name or ''}".strip() if identity else ""
    return {
        "Name": name or (profile.name if profile else ""),
        "Date of birth": f"{born:%-d %B %Y}" if born else "",
        "NHS number": spaced_nhs_number(identity.nhs_number or "") if identity else "",
        "Email": (contact.email if contact else staff.email if staff else "") or "",
        "Telephone": spaced_telephone(contact.telephone or "") if contact else "",
        "Address": (contact.address or "") if contact else "",
        "Postcode": (contact.postcode or "") if contact else "",
        "Here as": f"Member of staff, {profile.role_words.lower()}" if profile else "",
    }


def _pairs(groups: Iterable[tuple[str, frozenset[str]]]) -> list[Likely]:
    shared: dict[tuple[str, str], list[str]] = {}
    for field_id, group in groups:
        for pair in combinations(sorted(group), 2):
            words = shared.setdefault(pair, [])
            if SIGNS[field_id] not in words:
                words.append(SIGNS[field_id])
    if not shared:
        return []
    # The index lies in another store: it still names records whose act was undone.
    here = {subject.hex for subject in Subject.objects.filter(pk__in=_all_of(shared)).values_list("pk", flat=True)}
    decided = {
        (subject.hex, other.hex)
        for subject, other in SamePerson.objects.filter(subject_id__in=_all_of(shared)).values_list(
            "subject_id", "other_id"
        )
    }
    left = [
        Likely(UUID(one), UUID(other), tuple(words))
        for (one, other), words in shared.items()
        if {one, other} <= here and (one, other) not in decided and not WEAK.issuperset(words)
    ]
    return sorted(left, key=lambda pair: (-len(pair.shared), pair.one.hex, pair.other.hex))


def _all_of(pairs: Iterable[tuple[str, str]]) -> set[UUID]:
    return {UUID(each) for pair in pairs for each in pair}


def _line(row: SamePerson) -> LinkLine:
    return LinkLine(
        row.link,
        row.subject_id,
        row.other_id,
        LinkState(row.state),
        UUID(row.recorded_by),
        row.recorded_at,
        row.decided_by,
        row.decided_at,
        row.undone_by,
        row.undone_at,
    )


def told_apart_of(row: Identity) -> str:
    """What a record made twice is found by, put together anew from its fields, for a row that is being corrected."""
    return told_apart_by(row.given_name, row.family_name, row.born_on)
