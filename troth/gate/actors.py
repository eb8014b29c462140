"""
Who acts. A person's roles are read from the standing facts at each request; a service must be declared, and only the
modules its declaration names may act as it (pitfalls A9).
"""

import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from troth.gate import facts
from troth.gate.models import FactKind
from troth.gate.rules import PermittedUse
from troth.notice.purposes import Purpose
from troth.vault.categories import Category


@dataclass(frozen=True)
class Actor:
    """A person, a service or nobody. `roles` are role ids of the notice; an enquirer may write about themselves only."""

    kind: str  # person | service | nobody
    id: UUID | None = None
    name: str = ""  # of a service
    roles: frozenset[str] = frozenset()
    enquirer: bool = False
    on_behalf_of: UUID | None = None
    second_factor_at: datetime | None = None
    held_back: bool = False  # holds roles, and acts under none: this session has shown no second factor
    purposes: frozenset[Purpose] = field(default=frozenset())
    categories: frozenset[Category] = field(default=frozenset())
    #: Of a service: the one use that a restriction leaves, for which it is there (Article 18(2)).
    use: PermittedUse | None = None

    @property
    def reference(self) -> str:
        """As it stands in stamps and in the ledger: an identifier, or `service:NAME`."""
        if self.kind == "service":
            return f"service:{self.name}"
        return self.id.hex if self.id else "nobody"


NOBODY = Actor("nobody")


def person(subject: UUID, *, at: datetime, second_factor_at: datetime | None = None) -> Actor:
    """The person of that subject, with the roles they hold at that moment."""
    roles = frozenset(fact.value for fact in facts.of(subject, FactKind.ROLE, at=at))
    return Actor("person", subject, roles=roles, second_factor_at=second_factor_at)


def signed_in(subject: UUID, *, at: datetime, second_factor_at: datetime | None) -> Actor:
    """
    The person behind a session. Whoever holds a role has none of it until this session has shown a second factor: staff
    without one are left with their own account, whatever page they ask for. Nobody is behind the session of somebody who died.
    """
    now = facts.micros(at)
    known = [fact for fact in facts.about([subject])[subject.hex] if fact.holds(now) and fact.sound]
    if any(fact.kind == FactKind.DIED for fact in known):
        return NOBODY
    roles = frozenset(fact.value for fact in known if fact.kind == FactKind.ROLE)
    made = Actor("person", subject, roles=roles, second_factor_at=second_factor_at)
    if made.roles and second_factor_at is None:
        return replace(made, roles=frozenset(), held_back=True)
    return made


def who_hold(roles: Collection[str], among: Iterable[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those who hold one of these roles at that moment. One query, however many are asked about."""
    when = facts.micros(at)
    return {
        UUID(subject)
        for subject, known in facts.about(among).items()
        if any(
            fact.kind == FactKind.ROLE and fact.value in roles and fact.sound and fact.holds(when) for fact in known
        )
    }


def who_held(roles: Collection[str], moments: Collection[tuple[UUID, datetime]]) -> set[tuple[UUID, datetime]]:
    """
    Of these people, each with a moment, those who held one of these roles then, whatever has become of it since. One query.

    For judging what was done; who may do something is `who_hold`'s to say.
    """
    known = facts.about({subject for subject, _ in moments})
    held = set()
    for subject, at in moments:
        when = facts.micros(at)
        if any(
            fact.kind == FactKind.ROLE and fact.value in roles and fact.sound and fact.held(when)
            for fact in known[subject.hex]
        ):
            held.add((subject, at))
    return held


def enquirer(subject: UUID) -> Actor:
    """Someone who is registering or asking: they may write about themselves and never read back."""
    return Actor("person", subject, enquirer=True)


@dataclass(frozen=True)
class _Declared:
    purposes: frozenset[Purpose]
    categories: frozenset[Category]
    modules: frozenset[str]
    use: PermittedUse | None = None


_services: dict[str, _Declared] = {}


def declare_service(
    name: str,
    *,
    purposes: set[Purpose],
    categories: set[Category],
    modules: set[str],
    use: PermittedUse | None = None,
) -> None:
    """
    Declare a service: the purposes and categories it may serve, and the modules that may act as it. `use`: it does under a
    restriction what that leaves, and nothing else (LAW-3.6); it is declared by itself, so that no other service may.
    """
    _services[name] = _Declared(frozenset(purposes), frozenset(categories), frozenset(modules), use)


def service(name: str, *, on_behalf_of: UUID | None = None) -> Actor:
    """
    Act as a declared service.

    :raises LookupError: there is no such service.
    :raises PermissionError: the calling module is not one that the declaration names.
    """
    declared = _services.get(name)
    if declared is None:
        raise LookupError(
            f"No service is declared by the name {name!r}: call actors.declare_service beside its code."
        )
    caller = sys._getframe(1).f_globals.get("__name__", "")
    if caller not in declared.modules:
        raise PermissionError(
            f"{caller} may not act as the service {name!r}: its declaration does not name that module."
        )
    return Actor(
        "service",
        name=name,
        on_behalf_of=on_behalf_of,
        purposes=declared.purposes,
        categories=declared.categories,
        use=declared.use,
    )


def list_services() -> dict[str, frozenset[str]]:
    """Every declared service and the modules that may act as it."""
    return {name: declared.modules for name, declared in _services.items()}
