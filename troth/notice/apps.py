from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.models.signals import post_migrate

from troth.notice.guards import TABLE, guards_missing, make_guards


class NoticeConfig(AppConfig):
    name = "troth.notice"
    label = "notice"

    def ready(self) -> None:
        """Remake the guards after every migration, and check them whenever databases are checked."""
        post_migrate.connect(_remake_guards, sender=self)
        register(check_guards, Tags.database)


def _remake_guards(using: str, **_: Any) -> None:
    # Also runs after migrating back to nothing, when there is no table to guard.
    if using == "default" and TABLE in connections[using].introspection.table_names():
        make_guards(connections[using])


def check_guards(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """An error for each guard that is gone. Runs with `check --database default` and at the start of a server."""
    if "default" not in (databases or ()) or TABLE not in connections["default"].introspection.table_names():
        return []
    return [
        Error(
            f"The notice's guard {name} is missing or altered.",
            hint="Find out who removed it, compare the versions with a backup, then migrate to put it back.",
            id="notice.E001",
        )
        for name in guards_missing(connections["default"])
    ]
