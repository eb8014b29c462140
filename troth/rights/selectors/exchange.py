"""What may be sent to another clinic and what came from one: partners, this clinic's key, arrivals."""

import base64
import io
import json
import lzma
import struct
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from troth.gate.contexts import Opened
from troth.rights.models import Arrival
from troth.rights.rules.exchange import Partner, key_of, read_partners
from troth.vault import secrets
from troth.vault.categories import Category
from troth.vault.files import StoredFile

#: Read of a package before anybody looked at it: no more than this of its list, whatever it claims to be.
_MOST_TEXT = 16 * 1024 * 1024


#: All that reading a damaged or spiteful ZIP, or the JSON in it, is known to raise.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    EOFError,
    LookupError,
    ArithmeticError,
    AttributeError,
    TypeError,
    ValueError,
    RuntimeError,
)


@dataclass(frozen=True)
class Came:
    """An arrival, opened. `holds` is what was counted in it; nothing else of it was read."""

    id: UUID
    subject: UUID
    sender: str
    sender_name: str
    arrived_at: datetime
    settled: bool
    person: str
    holds: str
    words: str
    digest: str
    size: int
    package: StoredFile | None


def partners() -> dict[str, Partner]:
    """
    The clinics that the operator knows.

    :raises BadPartners: the list cannot be used.
    """
    return read_partners(settings.TROTH_PARTNERS)


def exchange_key() -> Ed25519PrivateKey:
    """This clinic's own key, for what it sends to other clinics and for its receipts."""
    return key_of(secrets.opened().named("exchange"))


def public_key() -> bytes:
    """The half of it that the other clinic's operator is given."""
    return exchange_key().public_key().public_bytes_raw()


def public_key_text() -> str:
    """The same as it stands in a list of partners."""
    return base64.b64encode(public_key()).decode()


def count_arrivals() -> int:
    """How many arrivals wait for somebody to look at them. Nothing is opened."""
    return Arrival.objects.filter(state=Arrival.WAITING).count()


def list_arrivals(*, start: int = 0, most: int = 50) -> tuple[list[tuple[UUID, UUID, str, datetime, bool]], int]:
    """Arrivals, those that wait first: id, subject, sender, when, and whether it is settled. Nothing is opened."""
    rows = Arrival.objects.order_by("-state", "-arrived_at", "id")
    named = _names()
    return [
        (row.pk, row.subject_id, named.get(row.sender, row.sender), row.arrived_at, row.state == Arrival.SETTLED)
        for row in rows[start : start + most]
    ], rows.count()


def get_arrival(arrival: UUID, opened: Opened) -> Came:
    """
    One arrival.

    :raises Arrival.DoesNotExist: there is none of that id.
    :raises Refused: this context may not open it.
    """
    row = Arrival.objects.get(pk=arrival)
    opened.require(row.subject_id, Category.RIGHTS)
    return Came(
        row.pk,
        row.subject_id,
        row.sender,
        _names().get(row.sender, row.sender),
        row.arrived_at,
        row.state == Arrival.SETTLED,
        row.person or "",
        row.holds or "",
        row.words or "",
        row.fingerprint or "",
        row.package.size if row.package else 0,
        row.package,
    )


def list_alike(came: Came, opened: Opened) -> list[tuple[UUID, datetime]]:
    """
    The other arrivals from the same clinic about a person of the same name and day of birth, newest first: the person may have
    asked for it twice, and after a restore there it comes under another number. Of those that this context may open.
    """
    if not came.person:
        return []
    rows = list(Arrival.objects.filter(sender=came.sender).exclude(pk=came.id).order_by("-arrived_at", "id")[:100])
    admitted = set(opened.admit([row.subject_id for row in rows], Category.RIGHTS).admitted)
    return [(row.pk, row.arrived_at) for row in rows if row.subject_id in admitted and row.person == came.person]


def has_arrival(subjects: "set[UUID]") -> set[UUID]:
    """Those of these subjects that are an arrival."""
    return set(Arrival.objects.filter(subject_id__in=subjects).values_list("subject_id", flat=True))


def look_into(package: bytes) -> tuple[str, str]:
    """
    Whom a package is about, as it says, and what it holds, counted by kind: enough to see whose it may be. ("", "") for one that
    cannot be read: it is kept as it came, and somebody looks at it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            if archive.getinfo("my-data.json").file_size > _MOST_TEXT:
                return "", ""
            document = json.loads(archive.read("my-data.json"))
        held = document["held"]
        kinds = Counter(str(each["kind"]) for each in held)
        who = next((each for each in held if each["type"] == "people.identity"), None)
        said = {field["name"]: str(field["value"] or "") for field in who["fields"]} if who else {}
    except _UNREADABLE:
        return "", ""
    name = " ".join(filter(None, (said.get("title"), said.get("given_name"), said.get("family_name"))))
    born = f", born {said['born_on']}" if said.get("born_on") else ""
    counted = ", ".join(f"{count} × {kind}" for kind, count in sorted(kinds.items()))
    return _storable(f"{name}{born}")[:300], _storable(counted)[:2_000]


def _storable(text: str) -> str:
    """JSON can spell halves of characters, which nothing can store."""
    return text.encode("utf-8", "replace").decode()


def _names() -> dict[str, str]:
    return {partner.id: partner.name for partner in partners().values()}
