"""Every path on which data of a person could be used, read from the running system, and which of them are open now."""

import importlib
import pkgutil
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

import troth
from troth.gate import actors, table
from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.gate.contexts import Opened
from troth.notice.purposes import Action, Purpose
from troth.vault.categories import Category

Path = tuple[str, str, str, str]  # who, what for, which action, which kind


def paths() -> set[tuple[Purpose, Action]]:
    """What for and with which action anything at all is done here: by pages, by acts and by services, none left out."""
    reverse("home")  # reads the addresses, so that the table is whole
    found = {(purpose, row.action) for row in table.rows.values() if row.action for purpose in row.purposes}
    for module in pkgutil.walk_packages(troth.__path__, "troth."):
        if ".services" in module.name and ".tests" not in module.name:
            for made in vars(importlib.import_module(module.name)).values():
                if isinstance(getattr(made, "act", None), tuple):
                    _, purposes, action = made.act
                    found |= {(purpose, action) for purpose in purposes}
    for name in actors.list_services():
        found |= {(purpose, action) for purpose in actors._services[name].purposes for action in Action}
    return found


def everybody(staff: dict[str, str]) -> dict[str, Actor]:
    """Whoever could act: each role of the notice, and each declared service."""
    at = timezone.now()
    found = {f"role:{role}": actors.person(UUID(who), at=at, second_factor_at=at) for role, who in staff.items()}
    for name in actors.list_services():
        declared = actors._services[name]
        found[f"service:{name}"] = Actor(
            "service", name=name, purposes=declared.purposes, categories=declared.categories
        )
    return found


def allowed(subject: UUID, staff: dict[str, str]) -> set[Path]:
    """Every path on which data of this person would be used now."""
    at, found = timezone.now(), set()
    for who, actor in everybody(staff).items():
        for purpose, action in sorted(paths()):
            if actor.kind == "service" and purpose not in actor.purposes:
                continue
            # As a page and as an act open it; the context of an act would only add what it writes.
            with boundary() as into:
                opened = Opened(purpose, action, by=actor, at=at, into=into)
                for category in Category:
                    if opened.decision(subject, category).allowed:
                        found.add((who, purpose.value, action.value, category.value))
    return found
