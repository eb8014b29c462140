from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.models.signals import post_migrate


class DiaryConfig(AppConfig):
    name = "troth.diary"
    label = "diary"

    def ready(self) -> None:
        """Remake what refuses double bookings after every migration, and check it whenever databases are checked."""
        post_migrate.connect(_remake_guards, sender=self)
        register(check_guards, Tags.database)


def _remake_guards(using: str, **_: Any) -> None:
    from troth.diary.models.guards import TABLE, make_guards

    # Also runs after migrating back to nothing, when there is no table to guard.
    if using == "default" and TABLE in connections[using].introspection.table_names():
        make_guards(connections[using])


def check_guards(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """An error for each guard that is gone. Runs with `check --database default` and at the start of a server."""
    from troth.diary.models.guards import TABLE, guards_missing

    if "default" not in (databases or ()) or TABLE not in connections["default"].introspection.table_names():
        return []
    return [
        Error(
            f"What refuses double bookings is missing: {name}.",
            hint="Find out who removed it, look for visits that overlap, then migrate to put it back.",
            id="diary.E001",
        )
        for name in guards_missing(connections["default"])
    ]
