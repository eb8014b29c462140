"""
The triggers that keep published versions as they are, and the check that they still stand (pitfalls A13).

They are remade after every migration: when Django rebuilds a table on SQLite, its triggers go without a word.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "notice_version"
_REFUSAL = "a published notice never changes"
_BODY = f"BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'insufficient_privilege'; END"
_REFUSE = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
_SQLITE = {
    f"{TABLE}_no_update": f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} {_REFUSE}",
    f"{TABLE}_no_delete": f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} {_REFUSE}",
    # INSERT OR REPLACE deletes without firing a delete trigger, so a number that exists is refused first.
    f"{TABLE}_no_replace": (
        f"CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE}"  # noqa: S608 - our own constant
        f" WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE number = NEW.number) {_REFUSE}"
    ),
}


def make_guards(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in place, whatever stood there before."""
    drop_guards(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for statement in _SQLITE.values():
                cursor.execute(statement)
            return
        cursor.execute(f"CREATE OR REPLACE FUNCTION notice_refuse() RETURNS trigger LANGUAGE plpgsql AS $${_BODY}$$")
        cursor.execute(
            f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}"
            " FOR EACH STATEMENT EXECUTE FUNCTION notice_refuse()"
        )
        cursor.execute(f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {TABLE}_no_change")


def drop_guards(connection: BaseDatabaseWrapper) -> None:
    """Take every trigger away: to undo the migration, for tests that play the intruder, and for nothing else."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_change ON {TABLE}")


def guards_missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The triggers that are gone, disabled or not as we define them, by name; empty when all stand."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = dict(cursor.fetchall())
            return [name for name, sql in _SQLITE.items() if found.get(name) != sql]
        cursor.execute(
            "SELECT t.tgenabled, t.tgtype, t.tgqual IS NULL, p.proname, p.prosrc FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = to_regclass(%s) AND t.tgname = %s",
            [TABLE, f"{TABLE}_no_change"],
        )
        # 58: before, on update, delete and truncate, once a statement; 'A': also for replicated changes.
        sound = cursor.fetchone() == ("A", 58, True, "notice_refuse", _BODY)
        return [] if sound else [f"{TABLE}_no_change"]
