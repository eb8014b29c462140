"""
Keyed search: look-ups that open nothing, in the store of the keys and never in a data backup (pitfalls A4).

Exact look-ups (sign-in name, email, telephone, NHS number, suppression) are full HMAC-SHA-256, unique where they must be.
Names have one token a part, of its first three letters; postcodes one for the outward code. What a token finds are
candidates: the caller opens them and compares, so a left-over token never shows anyone.
"""

import functools
import hashlib
import hmac
import itertools
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from troth.vault import secrets
from troth.vault.among import among as in_list
from troth.vault.errors import AlreadyTaken
from troth.vault.keystore import STORE

LETTERS = 3
_FIELDS_OF_A_SPACE = 4  # more fields than this share no kind of value, such as an email address


class Kind(StrEnum):
    """How a text becomes tokens."""

    NAME = "name"
    OUTWARD = "outward"
    EXACT = "exact"
    UNIQUE = "unique"


@dataclass(frozen=True)
class Find:
    """How a sealed field is found. `space` keeps kinds of value apart: an email never meets a telephone number."""

    kind: Kind
    space: str


def by_name(space: str = "name") -> Find:
    """By the first three letters of any part."""
    return Find(Kind.NAME, space)


def by_outward_code(space: str = "postcode") -> Find:
    """By the first half of a postcode."""
    return Find(Kind.OUTWARD, space)


def exact(space: str, *, unique: bool = False) -> Find:
    """By the whole value, folded: case, spaces and accents do not count."""
    return Find(Kind.UNIQUE if unique else Kind.EXACT, space)


def fold(text: str) -> str:
    """Text without case or accents, in one form of Unicode."""
    if text.isascii():
        return text.lower()  # all that is left to do, at a twentieth of the cost: a search folds thousands of names
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return unicodedata.normalize("NFKC", bare)


def name_parts(text: str) -> list[str]:
    """The parts of a name: `Mary-Ann O'Neil` has mary, ann, o and neil, and oneil as people also write it."""
    folded = fold(text)
    parts = re.findall(r"\w+", folded)
    joined = [re.sub(r"[^\w]", "", word) for word in folded.split()]
    return list(dict.fromkeys([*parts, *joined]))


def outward_code(text: str) -> str:
    """`LD3 9ZZ` and `ld39zz` give `ld3`; what is not a postcode gives its first four letters and figures."""
    letters = re.sub(r"[^a-z0-9]", "", fold(text))
    return letters[:-3] if re.fullmatch(r"[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}", letters) else letters[:4]


def _token(space: str, text: str) -> bytes:
    return hmac.digest(secrets.opened().named("index"), f"{space}|{text}".encode(), hashlib.sha256)


def _exact_token(space: str, text: str) -> bytes:
    return _token(f"exact:{space}", re.sub(r"\s+", "", fold(text)))


def tokens(find: Find, text: str) -> list[bytes]:
    """The tokens under which a text is found."""
    if find.kind is Kind.NAME:
        starts = dict.fromkeys(part[:LETTERS] for part in name_parts(text))
        return [_token(find.space, start)[:16] for start in starts]
    if find.kind is Kind.OUTWARD:
        return [_token(find.space, outward_code(text))[:16]]
    return [_exact_token(find.space, text)]


def index(find: Find, *, field_id: str, row: UUID, subject: UUID, text: object, is_new: bool) -> None:
    """
    Make a row findable by what is about to be sealed, and, once that is committed, no longer by what was there before.

    The index is in another store, which a rollback does not reach: taken away at once, the old tokens would be missed when the
    act is undone, and nobody would find the row by what it still says.

    :raises AlreadyTaken: a unique value belongs to another row that still exists.
    """
    made = [] if text is None or text == "" else tokens(find, str(text))
    with connections[STORE].cursor() as cursor:
        before: list[int] = []
        if not is_new:
            cursor.execute(
                "SELECT id, token FROM vault_token WHERE field_id = %s AND row_id = %s", [field_id, row.hex]
            )
            before = [number for number, token in cursor.fetchall() if bytes(token) not in made]
        for token in made:
            cursor.execute(
                "INSERT INTO vault_token (token, unique_in, field_id, row_id, subject) VALUES (%s, %s, %s, %s, %s) "
                "ON CONFLICT DO NOTHING",
                [
                    token,
                    find.space if find.kind is Kind.UNIQUE else f"{field_id}|{row.hex}",
                    field_id,
                    row.hex,
                    subject.hex,
                ],
            )
            if find.kind is Kind.UNIQUE and cursor.rowcount != 1:
                cursor.execute(
                    "SELECT row_id FROM vault_token WHERE token = %s AND unique_in = %s", [token, find.space]
                )
                if cursor.fetchone() != (row.hex,):
                    raise AlreadyTaken("That value is already used by another record.")
    if before:
        transaction.on_commit(functools.partial(_remove, before), robust=True)


def _remove(numbers: list[int]) -> None:
    with connections[STORE].cursor() as cursor:
        for number in numbers:
            cursor.execute("DELETE FROM vault_token WHERE id = %s", [number])


def candidates(find: Find, text: str) -> list[tuple[UUID, UUID]]:
    """
    The (subject, row) pairs that may match, complete: every row that matches is among them.

    Of a name, each part typed of three letters or more must be found; shorter parts are left to the caller's comparison
    unless nothing else was typed, when they are looked for as whole short parts.
    """
    return [(UUID(subject), UUID(row)) for subject, row in _found(find, text)]


def candidate_subjects(find: Find, text: str) -> list[str]:
    """
    The subjects of the candidates, in hexadecimal: thousands of them, on their way to `Opened.scan_fields`.

    Who has one part typed in one row and another in a second is among them too: the caller compares.
    """
    wanted = _wanted(find, text)
    if not wanted:
        return []
    each = "SELECT DISTINCT subject FROM vault_token WHERE token = %s"  # the index `token_to_subjects` alone is read
    with connections[STORE].cursor() as cursor:
        cursor.execute(" INTERSECT ".join([each] * len(wanted)), wanted)
        return [subject for (subject,) in cursor.fetchall()]


def _wanted(find: Find, text: str) -> list[bytes]:
    """The tokens that must all be found."""
    if find.kind is not Kind.NAME:
        return tokens(find, text)
    typed = re.findall(r"\w+", fold(text))
    parts = [part for part in typed if len(part) >= LETTERS]
    return list(dict.fromkeys(_token(find.space, part[:LETTERS])[:16] for part in parts or typed))


def _found(find: Find, text: str) -> Iterable[tuple[str, str]]:
    found: set[tuple[str, str]] | None = None
    with connections[STORE].cursor() as cursor:
        for token in _wanted(find, text):
            cursor.execute("SELECT subject, row_id FROM vault_token WHERE token = %s", [token])
            rows = set(cursor.fetchall())
            found = rows if found is None else found & rows
    return found or ()


def find_exact(find: Find, text: str) -> list[tuple[UUID, UUID]]:
    """The (subject, row) pairs stored under exactly this value."""
    with connections[STORE].cursor() as cursor:
        cursor.execute("SELECT subject, row_id FROM vault_token WHERE token = %s", [_exact_token(find.space, text)])
        return [(UUID(subject), UUID(row)) for subject, row in cursor.fetchall()]


def shared(
    field_ids: Iterable[str], *, most: int, among: Collection[UUID] | None = None
) -> list[tuple[str, frozenset[str]]]:
    """
    Groups of subjects (hexadecimal) that have a whole value in common, each with the id of a field that holds it: two of them at
    least, and `most` at most. `among`: only values that one of these has. Nothing is opened, and no value is told.
    """
    connection = connections[STORE]
    of_these, listed = in_list(connection, "field_id", field_ids)
    if among is None:
        # Which tokens are shared is counted in the index `token_to_subjects` alone, whatever their field: at 100,000 people that is
        # a third of a second, and by way of the rows of these fields it was four. What starts a common name is left out at once.
        narrowed = "SELECT token FROM vault_token GROUP BY token HAVING COUNT(DISTINCT subject) BETWEEN 2 AND %s"
        values: list[Any] = [listed, most * _FIELDS_OF_A_SPACE]
    else:
        of_them, subjects = in_list(connection, "subject", [subject.hex for subject in among])
        narrowed, values = f"SELECT token FROM vault_token WHERE {of_them}", [listed, subjects]  # noqa: S608  constants
    sql = (
        f"SELECT token, field_id, subject FROM vault_token WHERE {of_these} AND token IN ({narrowed}) ORDER BY token"  # noqa: S608
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = [(bytes(token), field_id, subject) for token, field_id, subject in cursor.fetchall()]
    groups = []
    for _, group in itertools.groupby(rows, key=lambda row: row[0]):
        held = list(group)
        subjects_here = frozenset(subject for _, _, subject in held)
        if 1 < len(subjects_here) <= most:
            groups.append((held[0][1], subjects_here))
    return groups


def forget(rows: Iterable[UUID]) -> None:
    """Remove rows from the index. Repeatable."""
    names = [row.hex for row in rows]
    connection = connections[STORE]
    with connection.cursor() as cursor:
        of_these, listed = in_list(connection, "row_id", names)
        cursor.execute(f"DELETE FROM vault_token WHERE {of_these}", [listed])  # noqa: S608


def forget_subject(subject: UUID) -> None:
    """Remove everything a person is found by. Repeatable."""
    with connections[STORE].cursor() as cursor:
        cursor.execute("DELETE FROM vault_token WHERE subject = %s", [subject.hex])
