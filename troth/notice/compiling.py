"""From a notice file to the register that the gate enforces."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from troth.notice.files import ParsedNotice
from troth.notice.findings import FaultyNotice, Level
from troth.notice.purposes import Purpose
from troth.notice.register import Access, DeclaredPurpose, DeclaredRole, Register
from troth.notice.schema import Notice
from troth.notice.schema.uses import PurposeRow
from troth.vault.categories import Category

K = TypeVar("K")
V = TypeVar("V")


def canonical(notice: Notice) -> bytes:
    """The one spelling of a notice: comments, order of keys and values left at their defaults make no difference."""
    content = notice.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def hash_of(notice: Notice) -> str:
    """SHA-256 of the canonical spelling, in hex. It names the content of a version."""
    return hashlib.sha256(canonical(notice)).hexdigest()


def compile_register(
    parsed: ParsedNotice,
    version: int,
    hash: str,  # noqa: A002 - the register's own word
    in_force_at: datetime,
    *,
    published: bool = False,
) -> Register:
    """
    Compile a notice to its register. A published one is taken as it was checked on its day, so that a rule added to
    the linter later never shuts a running clinic.

    :raises FaultyNotice: the file has error-level findings.
    """
    findings = list(parsed.findings)
    if parsed.notice is not None and not published:
        from troth.notice.lint import lint  # the linter asks this module nothing; only a draft needs it

        findings = lint(parsed, on=in_force_at.date())
    faults = [finding for finding in findings if finding.level is Level.ERROR]
    if faults or parsed.notice is None:
        raise FaultyNotice(faults)
    notice = parsed.notice
    controller = notice.controller
    return Register(
        version=version,
        hash=hash,
        in_force_at=in_force_at,
        controller=(controller.trading_name or controller.legal_name) if controller else "",
        purposes=_frozen(
            {row.id: _declared(notice, row, place) for place, row in enumerate(notice.purposes, start=1)}
        ),
        roles=_frozen(
            {
                role.id: DeclaredRole(role.id, role.name, role.description, role.secrecy, role.health_professional)
                for role in notice.roles
            }
        ),
    )


def _frozen(values: dict[K, V]) -> Mapping[K, V]:
    return MappingProxyType(values)


def _declared(notice: Notice, row: PurposeRow, place: int) -> DeclaredPurpose:
    covers = row.covers
    rules: dict[Category, str] = {}
    for category in covers:
        rule = row.rule_for(category) or notice.retention.default
        if rule:
            rules[category] = rule
    access = {
        who: Access(
            covers if grant.categories is None else frozenset(grant.categories) & covers, frozenset(grant.actions)
        )
        for who, grant in row.access.items()
    }
    return DeclaredPurpose(
        purpose=Purpose(row.id),
        row=place,
        title=row.title,
        basis=row.basis[0],
        condition=row.condition[0] if row.condition else None,
        categories=covers,
        access=_frozen(access),
        recipients=tuple(row.recipients),
        retention=_frozen(rules),
        interest=row.interest,
    )
