"""Who has had somebody's data: the log as plain values, with recipients as the notice names them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from troth.gate.contexts import Opened
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.sharing.models import Disclosure
from troth.vault.categories import Category


@dataclass(frozen=True)
class Passed:
    """One handing over, worded. `kinds` are the categories of which something went."""

    at: datetime
    recipient: str
    who: str
    where: str
    purpose: str
    kinds: tuple[Category, ...]
    what: str


def may_pass(subject: UUID, opened: Opened, *, recipient: str, categories: Collection[Category]) -> bool:
    """Whether these kinds may go to that recipient, in a context of disclosing: both the gate and the notice are asked."""
    declared = opened.declared
    named = declared is not None and recipient in declared.recipients
    return named and all(opened.decision(subject, category).allowed for category in categories)


def count_disclosures() -> tuple[int, int]:
    """
    How many handings over are written down, and how many went to whom neither the notice of their moment named for it nor the
    person chose.
    """
    found = unnamed = 0
    rows = Disclosure.objects.values_list("recipient", "purpose", "disclosed_at", "chosen")
    for recipient, purpose, at, chosen in rows.iterator():
        declared = notices.register_in_force(at).purposes.get(Purpose(purpose))
        found += 1
        unnamed += not chosen and (declared is None or recipient not in declared.recipients)
    return found, unnamed


def given_for(purpose: Purpose, subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those about whom something was passed on for this purpose. Identifiers alone: nothing is opened."""
    rows = Disclosure.objects.filter(purpose=purpose.value, subject_id__in=subjects)
    return set(rows.values_list("subject_id", flat=True))


class Given(NamedTuple):
    """One handing over as far as it is open: to whom, of which kinds, when and what for; `chosen`: by the person themself."""

    subject: UUID
    recipient: str
    kinds: tuple[str, ...]
    at: datetime
    purpose: str
    chosen: bool


def given_about(subjects: Collection[UUID], *, chosen: bool = False) -> list[Given]:
    """
    Whom something about these people was given to, what kinds and when; `chosen`: where the person chose whom. Nothing is opened.
    """
    rows = Disclosure.objects.filter(subject_id__in=subjects, **({"chosen": True} if chosen else {}))
    columns = ("subject_id", "recipient", "categories", "disclosed_at", "purpose", "chosen")
    return [
        Given(subject, recipient, tuple(kinds.split()), at, purpose, by_choice)
        for subject, recipient, kinds, at, purpose, by_choice in rows.values_list(*columns)
    ]


def list_disclosures(subject: UUID, opened: Opened) -> list[Passed]:
    """
    Everything that was passed on about a person, the newest first (LAW-3.1).

    :raises Refused: the gate said no.
    """
    opened.require(subject, Category.RIGHTS)
    version = notices.version_in_force(opened.at)
    notice = notices.notice_of(version) if version else None
    known = {each.id: each for each in notice.recipients} if notice else {}
    purposes = opened.register.purposes
    found = []
    for row in Disclosure.objects.where("-disclosed_at", "id", subject_id=subject):
        to = None if row.chosen else known.get(row.recipient)
        titles = {purpose.value: declared.title for purpose, declared in purposes.items()}
        found.append(
            Passed(
                row.disclosed_at,
                row.recipient,
                row.named or ((to.name or to.words) if to else row.recipient.replace("_", " ").capitalize()),
                (to.country or "") if to else "",
                titles.get(row.purpose, row.purpose.replace("_", " ").capitalize()),
                tuple(Category(each) for each in row.categories.split()),
                row.what or "",
            )
        )
    return found
