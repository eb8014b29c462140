"""Finding a person: name, birth year and postcode area of ten at most, and nothing of those who did not match (pitfalls A7)."""

from dataclasses import dataclass
from uuid import UUID

from troth.gate.contexts import Opened
from troth.vault.categories import Category
from troth.people.models import FIND_EMAIL, FIND_NAME, FIND_TELEPHONE, Contact, Identity
from troth.people.rules import Query, postcode_area, read_query
from troth.vault import search
from troth.vault.search import fold

MOST = 10
_AT_ONCE = 5_000


@dataclass(frozen=True)
class FoundPerson:
    """All that a search tells of a person."""

    subject: UUID
    name: str
    birth_year: int | None
    postcode_area: str


@dataclass(frozen=True)
class FoundPeople:
    """The first ten by family name; `matched` counts all that fit."""

    people: tuple[FoundPerson, ...]
    matched: int

    @property
    def more(self) -> int:
        """How many fit and are not shown: type more to narrow it down."""
        return self.matched - len(self.people)


def find_people(text: str, opened: Opened) -> FoundPeople:
    """
    Find people by what was typed: complete, sorted by name, ten at most. It takes a context of the purpose `find`.

    :raises TooVague: fewer than three letters, and no exact identifier.
    :raises Refused: this actor may not search.
    """
    query = read_query(text)
    candidates = _candidates(query)
    subjects = list(dict.fromkeys(candidates))
    opened.scan(subjects)
    found: list[tuple[str, str, UUID, str]] = []
    for start in range(0, len(subjects), _AT_ONCE):
        rows = Identity.objects.filter(subject_id__in=subjects[start : start + _AT_ONCE])
        if query.born_on is None:
            rows = rows.defer("title", "born_on", "recorded_at", "recorded_by", "changed_at", "changed_by")
        for row in rows.iterator(chunk_size=2_000):
            given, family = row.given_name or "", row.family_name or ""
            if query.matches(f"{given} {family}", row.born_on if query.born_on else None):
                found.append((fold(family), fold(given), row.subject_id, f"{given} {family}".strip()))
    found.sort()
    shown = found[:MOST]
    allowed, _ = opened.shown([subject for *_, subject, _ in shown], discarded=len(subjects) - len(shown))
    details = _details(allowed, opened)
    people = tuple(FoundPerson(subject, name, *details.get(subject, (None, "")))
                   for *_, subject, name in shown if subject in set(allowed))
    return FoundPeople(people, len(found))


def _candidates(query: Query) -> list[UUID]:
    if query.email:
        pairs = search.find_exact(FIND_EMAIL, query.email)
    elif query.telephone:
        pairs = search.find_exact(FIND_TELEPHONE, query.telephone)
    else:
        pairs = search.candidates(FIND_NAME, query.names)
    return [subject for subject, _ in pairs]


def _details(subjects: list[UUID], opened: Opened) -> dict[UUID, tuple[int | None, str]]:
    # Under a restriction the name and year stay readable, and where somebody lives does not.
    reachable = [subject for subject in subjects if opened.decision(subject, Category.CONTACT).allowed]
    areas = {row.subject_id: postcode_area(row.postcode or "") for row in Contact.objects.filter(subject_id__in=reachable)}
    return {row.subject_id: (row.born_on.year if row.born_on else None, areas.get(row.subject_id, ""))
            for row in Identity.objects.filter(subject_id__in=subjects)}
