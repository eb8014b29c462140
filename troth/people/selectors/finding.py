"""Finding a person: name, birth year and postcode area of ten at most, and nothing of those who did not match (pitfalls A7)."""

import heapq
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from troth.gate.contexts import Opened
from troth.ledger import selectors as ledger
from troth.people.models import FIND_EMAIL, FIND_NAME, FIND_NHS, FIND_TELEPHONE, Contact, Identity
from troth.people.rules import Query, TooVague, postcode_area, read_query
from troth.vault import search
from troth.vault.categories import Category
from troth.vault.models import Subject
from troth.vault.search import fold

MOST = 10


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


def is_known(subject: UUID) -> bool:
    """Whether there is a record of that id, whoever it is about. It opens nothing."""
    return Subject.objects.filter(pk=subject).exists()


def find_people(text: str, opened: Opened) -> FoundPeople:
    """
    Find people by what was typed: complete, sorted by name, ten at most. It takes a context of the purpose `find`.

    :raises TooVague: fewer than three letters, and no exact identifier; or one of a kind that this actor may see of nobody.
    :raises Refused: this actor may not search.
    :raises TooOften: this actor has searched too often for now.
    """
    query = read_query(text)
    if (query.email or query.telephone) and not opened.decision_for_anyone(Category.CONTACT).allowed:
        # Else whoever may not see an address finds out whose it is.
        raise TooVague(
            "Your role may not see how people are reached, so nobody is found by that. Type a name or an NHS number."
        )
    subjects = _candidates(query)
    wanted = ["given_name", "family_name", *(["born_on"] if query.born_on else [])]
    start = query.plain_start
    found: list[tuple[str, str, str, str, str]] = []
    opened_of = 0  # a member of staff's address is in the index too, and nothing of theirs is opened for it
    for subject, given, family, *born_on in opened.scan_fields(Identity, wanted, subjects):
        opened_of += 1
        given, family = given or "", family or ""
        folded = family.lower() if family.isascii() else fold(family)
        folded_given = given.lower() if given.isascii() else fold(given)
        if (start and (folded.startswith(start) or folded_given.startswith(start))) or query.matches(
            f"{given} {family}", *(born_on or [None])
        ):
            found.append((folded, folded_given, subject, given, family))
    shown = [
        (UUID(subject), f"{given} {family}".strip()) for *_, subject, given, family in heapq.nsmallest(MOST, found)
    ]
    allowed, _ = opened.shown([subject for subject, _ in shown], discarded=opened_of - len(shown))
    details = _details(allowed, opened)
    people = tuple(
        FoundPerson(subject, name, *details.get(subject, (None, "")))
        for subject, name in shown
        if subject in set(allowed)
    )
    return FoundPeople(people, len(found))


def found_by(actor: UUID, subjects: Collection[UUID], *, since: datetime) -> set[UUID]:
    """Of these people, those whom the ledger says this actor found since a moment."""
    return ledger.opened_by(actor, subjects, purpose="find", since=since)


def _candidates(query: Query) -> list[str]:
    if query.email:
        return search.candidate_subjects(FIND_EMAIL, query.email)
    if query.nhs_number:
        return search.candidate_subjects(FIND_NHS, query.nhs_number)
    if query.telephone:
        return search.candidate_subjects(FIND_TELEPHONE, query.telephone)
    return search.candidate_subjects(FIND_NAME, query.names)


def _details(subjects: list[UUID], opened: Opened) -> dict[UUID, tuple[int | None, str]]:
    # Under a restriction the name and year stay readable, and where somebody lives does not.
    reachable, _ = opened.admit(subjects, Category.CONTACT)
    areas = {
        row.subject_id: postcode_area(row.postcode or "") for row in Contact.objects.filter(subject_id__in=reachable)
    }
    return {
        row.subject_id: (row.born_on.year if row.born_on else None, areas.get(row.subject_id, ""))
        for row in Identity.objects.filter(subject_id__in=subjects)
    }
