from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    name = "troth.records"
    label = "records"

    def ready(self) -> None:
        """Remake what keeps signed rows as they are after every migration, and check it whenever databases are checked."""
        post_migrate.connect(_remake_guards, sender=self)
        register(check_guards, Tags.database)


def _remake_guards(using: str, **_: Any) -> None:
    from troth.records.models.guards import SIGNED, make_guards

    # Also runs after migrating back to nothing, when there is no table to guard.
    if using == "default" and set(SIGNED) <= set(connections[using].introspection.table_names()):
        make_guards(connections[using])


def check_guards(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """An error for each guard that is gone. Runs with `check --database default` and at the start of a server."""
    from troth.records.models.guards import SIGNED, guards_missing

    if "default" not in (databases or ()) or not set(SIGNED) <= set(
        connections["default"].introspection.table_names()
    ):
        return []
    return [
        Error(
            f"What keeps signed notes as they were signed is missing: {name}.",
            hint="Find out who removed it, run `troth ledger verify --records`, then migrate to put it back.",
            id="records.E001",
        )
        for name in guards_missing(connections["default"])
    ]
