"""Whether the tables of a store are those of this version of Troth, and bringing them up to date."""

from collections.abc import Sequence

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

#: The key store goes first: a row must never be writable before its key is.
IN_ORDER = ("keys", "default")


def bring_up_to_date(aliases: Sequence[str] = IN_ORDER) -> int:
    """Run the migrations that have not run, and give how many there were."""
    ran = 0
    for alias in aliases:
        if missing := count_missing(alias):
            call_command("migrate", database=alias, verbosity=0, interactive=False)
            ran += missing
    return ran


def count_missing(alias: str) -> int:
    """How many migrations of this version have not run in a store."""
    executor = MigrationExecutor(connections[alias])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def count_unknown(alias: str) -> int:
    """How many migrations ran in a store that this version does not know: it was last used by a later one."""
    loader = MigrationLoader(connections[alias])
    return sum(
        app in loader.migrated_apps and (app, name) not in loader.disk_migrations
        for app, name in loader.applied_migrations
    )
