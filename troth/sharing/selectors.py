"""Who has had somebody's data: the log as plain values, with recipients as the notice names them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
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


def count_disclosures() -> tuple[int, int]:
    """How many handings over are written down, and how many went to whom the notice of their moment did not name for it."""
    found = unnamed = 0
    for recipient, purpose, at in Disclosure.objects.values_list("recipient", "purpose", "disclosed_at").iterator():
        declared = notices.register_in_force(at).purposes.get(Purpose(purpose))
        found += 1
        unnamed += declared is None or recipient not in declared.recipients
    return found, unnamed


def given_for(purpose: Purpose, subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those about whom something was passed on for this purpose. Identifiers alone: nothing is opened."""
    rows = Disclosure.objects.filter(purpose=purpose.value, subject_id__in=subjects)
    return set(rows.values_list("subject_id", flat=True))


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
    for row in Disclosure.objects.filter(subject_id=subject).order_by("-disclosed_at", "id"):
        to = known.get(row.recipient)
        titles = {purpose.value: declared.title for purpose, declared in purposes.items()}
        found.append(
            Passed(
                row.disclosed_at,
                row.recipient,
                (to.name or to.words) if to else row.recipient.replace("_", " ").capitalize(),
                (to.country or "") if to else "",
                titles.get(row.purpose, row.purpose.replace("_", " ").capitalize()),
                tuple(Category(each) for each in row.categories.split()),
                row.what or "",
            )
        )
    return found
