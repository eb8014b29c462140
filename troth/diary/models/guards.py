"""
What makes a double booking impossible in the database itself: an exclusion constraint on PostgreSQL, triggers on SQLite.

They are remade after every migration: when Django rebuilds a table on SQLite, its triggers go without a word (pitfalls A13). The
extension that PostgreSQL needs for it, btree_gist, comes with the migration that makes the table.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "diary_hold"
NAME = "no_two_holds_touch"
_TAKEN = (
    f"SELECT 1 FROM {TABLE} WHERE thing = NEW.thing AND beside = NEW.beside AND id IS NOT NEW.id"  # noqa: S608
    " AND first < NEW.last AND NEW.first < last"
)


def make_guards(connection: BaseDatabaseWrapper) -> None:
    """Put them in place, whatever stood there before."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, statement in _sqlite().items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(statement)
        elif guards_missing(connection):
            cursor.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {NAME}")
            cursor.execute(
                f"ALTER TABLE {TABLE} ADD CONSTRAINT {NAME} EXCLUDE USING gist"
                " (thing WITH =, beside WITH =, int4range(first, last) WITH &&)"
            )


def drop_guards(connection: BaseDatabaseWrapper) -> None:
    """Take them away: only to see that it is noticed."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _sqlite():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            cursor.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {NAME}")


def guards_missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of those that are gone or not as we define them; empty when all stand."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = dict(cursor.fetchall())
            return [name for name, sql in _sqlite().items() if found.get(name) != sql]
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conname = %s AND conrelid = to_regclass(%s) AND convalidated",
            [NAME, TABLE],
        )
        wanted = "EXCLUDE USING gist (thing WITH =, beside WITH =, int4range(first, last) WITH &&)"
        return [] if [row[0] for row in cursor.fetchall()] == [wanted] else [NAME]


def _sqlite() -> dict[str, str]:
    refuse = f"WHEN EXISTS ({_TAKEN}) BEGIN SELECT RAISE(ABORT, '{NAME}'); END"
    return {
        f"{NAME}_{verb.lower()}": f"CREATE TRIGGER {NAME}_{verb.lower()} BEFORE {verb} ON {TABLE} {refuse}"
        for verb in ("INSERT", "UPDATE")
    }
