"""
Permissions: what the clinic takes away from a role on a card, kind of data by kind of data, on top of what its notice allows.

A role matrix only narrows the notice (pitfalls A9). Each cell that is switched off is a row with a mark over its columns; it is
read anew by every request, job and command, so that it is in force at once in every process. The register that a boundary asks by
is the notice's with those cells taken out, and so every page, link, search and menu follows it by itself: nothing else asks.

The pages by which staff see to their own account and people use their rights are the kernel's, and are never narrowed.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from django.db import connections

from troth.notice.purposes import Action, Purpose
from troth.notice.register import Access, DeclaredPurpose, Register
from troth.vault import secrets
from troth.vault.categories import Category

#: What a card shows, and so what the matrix has columns for.
ON_A_CARD = (
    Category.IDENTITY,
    Category.CONTACT,
    Category.ADJUSTMENTS,
    Category.HEALTH,
    Category.PHOTOGRAPH,
    Category.GENETIC,
    Category.BIOMETRIC,
    Category.ETHNIC,
    Category.CORRESPONDENCE,
    Category.CALL_RECORDING,
    Category.CCTV,
    Category.FINANCIAL,
)
#: Seeing and changing are what a cell is about; taking away the sight takes the rest with it.
ACTIONS = (Action.READ, Action.WRITE)
#: Without these nobody could put the matrix right again, and people would be locked out of their rights.
NEVER_NARROWED = frozenset(
    {
        Purpose.ACCOUNT_SECURITY,
        Purpose.RIGHTS,
        Purpose.SECURITY_LOG,
        Purpose.LEGAL_CLAIMS,
        Purpose.EMERGENCY,
        Purpose.STAFF,
    }
)


class Cell(NamedTuple):
    """One cell that is switched off: this role may not do this with this kind of data, whatever for."""

    role: str
    category: Category
    action: Action


def switched_off() -> frozenset[Cell]:
    """The cells that are off now. One whose mark is wrong counts as off: what somebody slipped in opens nothing."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT id, role, category, action, since, recorded_by, ended, mark FROM gate_narrowing")
        rows = tuple((*row[:7], bytes(row[7])) for row in cursor.fetchall())
    return _cells(rows, secrets.opened().named("facts")) if rows else frozenset()


@lru_cache(maxsize=64)
def _cells(rows: tuple[tuple[object, ...], ...], key: bytes) -> frozenset[Cell]:
    found = set()
    for *columns, mark in rows:
        if columns[6] is None or not is_sound(columns, mark if isinstance(mark, bytes) else b"", key):
            found.add(Cell(str(columns[1]), Category(str(columns[2])), Action(str(columns[3]))))
    return frozenset(found)


@lru_cache(maxsize=64)
def narrowed(register: Register, cells: frozenset[Cell]) -> Register:
    """The register without what is switched off. A role loses a kind of data for an action, and an action with its last kind."""
    if not cells:
        return register
    return replace(
        register,
        narrowing=version_of(cells),
        purposes={
            purpose: declared if purpose in NEVER_NARROWED else _without(declared, cells)
            for purpose, declared in register.purposes.items()
        },
    )


def _without(declared: DeclaredPurpose, cells: frozenset[Cell]) -> DeclaredPurpose:
    access = {}
    for role, granted in declared.access.items():
        off = {(cell.category, cell.action) for cell in cells if cell.role == role}
        if not off:
            access[role] = granted
            continue
        blind = {category for category, action in off if action is Action.READ}
        fixed = {category for category, action in off if action is Action.WRITE} | blind
        taken = {(Action.WRITE, kind) for kind in fixed} | {(act, kind) for act in granted.actions for kind in blind}
        less = replace(
            granted,
            categories=granted.categories - blind,
            shut=granted.shut | {(act, kind) for act, kind in taken if granted.allows(act, kind)},
        )
        # An action that was good for some kind of data and is good for none now is gone: menus and acts ask for actions alone.
        spent = {action for action in granted.actions if _is_good(granted, action) and not _is_good(less, action)}
        access[role] = replace(less, actions=less.actions - spent)
    return replace(declared, access=access)


def _is_good(access: Access, action: Action) -> bool:
    return any(access.allows(action, category) for category in access.categories)


COLUMNS = ("id", "role", "category", "action", "since", "recorded_by", "ended", "mark")


def mark_of(columns: Iterable[object], key: bytes) -> bytes:
    """The keyed mark over the columns of a row, in their order."""
    text = "narrowing\x1f" + "\x1f".join("" if column is None else str(column) for column in columns)
    return hmac.digest(key, text.encode(), hashlib.sha256)[:16]


def is_sound(columns: Iterable[object], mark: bytes, key: bytes) -> bool:
    """Whether a row is as somebody's act left it."""
    return hmac.compare_digest(mark_of(columns, key), mark)


def version_of(cells: frozenset[Cell]) -> str:
    """A digest of a matrix, by which a form knows which one it was filled from."""
    text = "\n".join(sorted("/".join(cell) for cell in cells))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
