"""What the gate sees of a notice: plain, frozen values compiled from one published version. No Django here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from troth.law.bases import Basis, Condition
from troth.notice.purposes import Action, Purpose
from troth.vault.categories import Category

SELF = "self"
REPRESENTATIVE = "representative"
SERVICE = "service"


@dataclass(frozen=True)
class Access:
    """What one role may do under one purpose: these actions on these categories."""

    categories: frozenset[Category]
    actions: frozenset[Action]
    #: Allowed here, and taken away again by the clinic's own permissions.
    shut: frozenset[tuple[Action, Category]] = frozenset()

    def allows(self, action: Action, category: Category) -> bool:
        """Whether this may be done with that kind of data."""
        return action in self.actions and category in self.categories and (action, category) not in self.shut


@dataclass(frozen=True)
class DeclaredRole:
    """A role as the notice words it. `secrecy` is LAW-5.2's duty; `health_professional` opens `emergency`."""

    id: str
    name: str
    description: str
    secrecy: bool = False
    health_professional: bool = False


@dataclass(frozen=True)
class DeclaredPurpose:
    """One purpose row of the notice, as declared."""

    purpose: Purpose
    row: int  # its number in the notice, from 1: refusals cite `notice 7, row 12`
    title: str  # as people read it
    basis: Basis
    condition: Condition | None
    categories: frozenset[Category]
    access: Mapping[str, Access]  # role id, or `self`, `representative`, `service` -> what it may do
    recipients: tuple[str, ...] = ()
    retention: Mapping[Category, str] = field(default_factory=dict)  # category -> retention rule id
    interest: str = ""  # the legitimate interest, named (N05)


@dataclass(frozen=True)
class Register:
    """One published version of the notice, compiled. Hashable by identity of its content `hash`."""

    version: int
    hash: str
    in_force_at: datetime
    controller: str
    purposes: Mapping[Purpose, DeclaredPurpose]
    roles: Mapping[str, DeclaredRole]
    narrowing: str = ""  # which permissions of the clinic's own it was narrowed by; never wider than the notice

    def __hash__(self) -> int:
        return hash((self.hash, self.narrowing))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Register) and (other.hash, other.version, other.narrowing) == (
            self.hash,
            self.version,
            self.narrowing,
        )
