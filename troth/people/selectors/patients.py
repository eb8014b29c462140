"""Who a patient is and how to reach them, as plain values, opened in the context that the caller holds."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from troth.gate.contexts import Opened
from troth.notice import selectors as notices
from troth.notice.schema.items import Item
from troth.people.models import Account, Contact, EarlierContact, Identity
from troth.people.rules import full_years, spaced_nhs_number, spaced_telephone
from troth.vault.categories import Category
from troth.vault.openable import openable


@dataclass(frozen=True)
class PersonIdentity:
    """Who someone is. `nhs_number` is spaced for reading, and empty where none is held."""

    subject: UUID
    title: str
    given_name: str
    family_name: str
    born_on: date | None
    nhs_number: str = ""

    @property
    def name(self) -> str:
        """Given name and family name, as on an envelope."""
        return _called(self.given_name, self.family_name)

    def age(self, on: date) -> int | None:
        """Full years on a day."""
        if self.born_on is None:
            return None
        return full_years(self.born_on, on)


@dataclass(frozen=True)
class PersonContact:
    """How to reach someone. `telephone` is spaced for reading."""

    subject: UUID
    email: str
    telephone: str
    address: str
    postcode: str


def names_of(subjects: Iterable[UUID], opened: Opened) -> dict[UUID, str]:
    """The names of those who may be named in this context: the withheld and the unknown are left out. Two queries in all."""
    admitted, _ = opened.admit(list(subjects), Category.IDENTITY)
    # A list of names opens no day of birth and no number.
    rows = Identity.objects.filter(subject_id__in=admitted).only("subject", "given_name", "family_name")
    return {row.subject_id: _called(row.given_name or "", row.family_name or "") for row in openable(rows)}


class About(Protocol):
    """A line of a list, about somebody."""

    @property
    def subject(self) -> UUID:
        """Whom it is about."""


Listed = TypeVar("Listed", bound=About)


def erased_among(subjects: Collection[UUID]) -> set[UUID]:
    """
    Those of these people whom an erasure has reached, and whose rows are gone within minutes. It opens nothing.

    :raises Unopened: no context is open.
    """
    rows = list(Identity.objects.filter(subject_id__in=subjects).only("subject")) if subjects else []
    return {row.subject_id for row in rows} - {row.subject_id for row in openable(rows)}


def without_erased(lines: Iterable[Listed], names: Collection[UUID]) -> list[Listed]:
    """The lines of a list but those about whom an erasure has reached; of whom there are `names` nobody asks."""
    listed = list(lines)
    erased = erased_among({line.subject for line in listed}.difference(names))
    return [line for line in listed if line.subject not in erased]


def get_identity(subject: UUID, opened: Opened) -> PersonIdentity | None:
    """
    Who someone is, or None when nothing is held of it.

    :raises Refused: the gate said no.
    """
    opened.require(subject, Category.IDENTITY)
    row = next(iter(Identity.objects.where(subject_id=subject)), None)
    return None if row is None else _identity(row)


def get_contact(subject: UUID, opened: Opened) -> PersonContact | None:
    """
    How to reach someone, or None when nothing is held of it.

    :raises Refused: the gate said no.
    """
    opened.require(subject, Category.CONTACT)
    row = next(iter(Contact.objects.where(subject_id=subject)), None)
    return None if row is None else _contact(row)


def earlier_contacts(subject: UUID, opened: Opened) -> list[tuple[datetime, PersonContact]]:
    """
    How someone was reached before, each with the moment it was changed; the newest first.

    :raises Refused: the gate said no.
    """
    opened.require(subject, Category.CONTACT)
    return [
        (row.recorded_at, _contact(row))
        for row in EarlierContact.objects.filter(subject_id=subject).order_by("-recorded_at", "id")
    ]


def _contact(row: Contact | EarlierContact) -> PersonContact:
    return PersonContact(
        row.subject_id, row.email or "", spaced_telephone(row.telephone or ""), row.address or "", row.postcode or ""
    )


def _called(given_name: str, family_name: str) -> str:
    return f"{given_name} {family_name}".strip()


def _identity(row: Identity) -> PersonIdentity:
    return PersonIdentity(
        row.subject_id,
        row.title or "",
        row.given_name or "",
        row.family_name or "",
        row.born_on,
        spaced_nhs_number(row.nhs_number or ""),
    )


def holds_nhs_numbers(at: datetime) -> bool:
    """Whether the notice in force names the NHS number among what the clinic holds: where it does not, nobody is asked for one."""
    version = notices.version_in_force(at)
    listed = notices.notice_of(version).categories if version else []
    return any(piece.item is Item.NHS_NUMBER for row in listed for piece in row.items)


def addresses_of(subject: UUID, opened: Opened) -> list[str]:
    """
    Every address and number by which a person is written to or signs in, each once, as far as this context may open them.

    Nothing is refused: what may not be opened is left out.
    """
    found: list[str] = []
    if opened.decision(subject, Category.CONTACT).allowed:
        contact = Contact.objects.filter(subject_id=subject).first()
        found += [contact.email or "", contact.telephone or ""] if contact else []
    if opened.decision(subject, Category.ACCOUNT).allowed:
        account = Account.objects.filter(subject_id=subject).first()
        found += [account.sign_in_email or ""] if account else []
    return list(dict.fromkeys(filter(None, found)))
