"""
Reading a few fields of very many people at once, without making rows: what a search needs and nothing else does.

The gate opens this door for the purpose `find` only (`Opened.scan_fields`). Everything that was opened is marked as used on
the ring, so that forgetting to say who is shown records everyone.
"""

from collections.abc import Callable, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from django.db import connections

from troth.vault import keyring, keystore
from troth.vault.among import among
from troth.vault.compartments import Per, get_compartment
from troth.vault.errors import Damaged, SealedMisuse, Unopened
from troth.vault.fields import SealedField
from troth.vault.models import Holding

Line = tuple[Any, ...]


def read_fields(
    ring: keyring.KeyRing, model: type[Holding], names: Sequence[str], subjects: Sequence[str]
) -> list[Line]:
    """
    (subject, value, …) for each row that these subjects (in hexadecimal) have. Who has no key any more is left out.

    :raises SealedMisuse: the fields are not sealed fields of one compartment with one key a subject.
    :raises Damaged: a stored value does not open.
    """
    if ring.closed or not ring.reads:
        raise keyring.poison(Unopened("A search reads inside its own open context."))
    fields = [field for name in names if isinstance(field := model._meta.get_field(name), SealedField)]
    compartments = {field.compartment for field in fields}
    if len(fields) != len(names) or len(compartments) != 1:
        raise SealedMisuse("A search reads sealed fields of one compartment at a time.")
    compartment = compartments.pop()
    if get_compartment(compartment).per is not Per.SUBJECT:
        raise SealedMisuse("A search reads compartments with one key a subject.")
    ciphers = keystore.open_many(subjects, compartment)
    ring.scanned.append((compartment, list(ciphers)))
    rows = [row for row in _rows(model, [field.column for field in fields], subjects) if row[0] in ciphers]
    if not rows:
        return []
    of, homes, *columns = zip(*rows, strict=True)
    doors = [ciphers[subject].decrypt for subject in of]
    try:
        values = [_opened(field, blobs, homes, doors) for field, blobs in zip(fields, columns, strict=True)]
    except (InvalidTag, ValueError, IndexError):
        raise Damaged(
            "A sealed value does not open: it was changed, cut short, or belongs to another row, person or field. "
            "`troth ledger verify --records` names every such row."
        ) from None
    return list(zip(of, *values, strict=True))


def _opened(
    field: SealedField[Any],
    blobs: Sequence[Any],
    homes: Sequence[bytes],
    doors: Sequence[Callable[[bytes, bytes, bytes], bytes]],
) -> list[Any]:
    """
    One column opened, in loops without a call of our own: a search opens thousands of names while somebody waits.

    :raises InvalidTag, ValueError, IndexError: a stored value does not open.
    """
    bound_id, decode = field.bound_id, field.decode
    if {blob[0] for blob in blobs if blob is not None} - {1}:
        raise ValueError
    plains = [  # a column that was added later holds no blob in older rows (decision 0028)
        None if blob is None else decrypt(blob[1:13], blob[13:], bound_id + home)
        for blob, home, decrypt in zip(blobs, homes, doors, strict=True)
    ]
    return [decode(plain.rstrip(b"\0")[1:-1]) if plain is not None and plain[0] else None for plain in plains]


def _rows(model: type[Holding], columns: Sequence[str], subjects: Sequence[str]) -> list[tuple[Any, ...]]:
    """Subject in hexadecimal, row and subject as bytes, ciphertexts. One parameter, however many the subjects are."""
    connection = connections["default"]
    quote = connection.ops.quote_name
    sealed = ", ".join(quote(column) for column in columns)
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            of_these, listed = among(connection, "subject_id", subjects)
            cursor.execute(f"SELECT id, subject_id, {sealed} FROM {table} WHERE {of_these}", [listed])  # noqa: S608
            return [(subject, bytes.fromhex(row + subject), *blobs) for row, subject, *blobs in cursor.fetchall()]
        cursor.execute(
            f"SELECT wanted.subject, uuid_send(id) || uuid_send(subject_id), {sealed} "  # noqa: S608
            f"FROM string_to_table(%s, ',') AS wanted(subject) JOIN {table} ON subject_id = wanted.subject::uuid",
            [",".join(subjects)],
        )
        fetched: list[tuple[Any, ...]] = cursor.fetchall()
        return fetched
