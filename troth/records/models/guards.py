"""
What keeps a signed row as it was signed, in the database itself, on both engines (pitfalls A13).

Its state of release may still change, a consent may be taken back once, and the row may be destroyed; nothing else of it may. The
triggers are remade after every migration: when Django rebuilds a table on SQLite, its triggers go without a word.
"""

from collections.abc import Mapping

from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "what was signed never changes"
#: Before, on update, for each row, as PostgreSQL keeps it.
_EACH_UPDATE = 19
_STAMPS = ("id", "subject_id", "recorded_at", "recorded_by")
#: Of each table: when a row of it counts as signed, and what of such a row never changes.
SIGNED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "records_clinicalnote": (
        "OLD.status = 'signed'",
        (*_STAMPS, "status", "signed_at", "author", "adds_to_id", "heading", "text", "answers"),
    ),
    "records_treatmentconsent": (
        "OLD.signed_at IS NOT NULL",
        (*_STAMPS, "signed_at", "title", "form", "words", "ticked", "name", "strokes", "how"),
    ),
}
#: Of each table: when a row of it counts as taken back, and what of such a row never changes from then on.
TAKEN_BACK: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "records_treatmentconsent": ("OLD.withdrawn_at IS NOT NULL", ("withdrawn_at", "back_because")),
}


def make_guards(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in place, whatever stood there before."""
    drop_guards(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for statement in _sqlite().values():
                cursor.execute(statement)
            return
        for table, body in _postgresql().items():
            name = f"{table}_stays"
            cursor.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
            cursor.execute(f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def drop_guards(connection: BaseDatabaseWrapper) -> None:
    """Take every trigger away: for tests that play the intruder, and to put them in place anew."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _sqlite():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            for table in SIGNED:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_stays ON {table}")


def guards_missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The triggers that are gone, disabled or not as we define them, by name; empty when all stand."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = dict(cursor.fetchall())
            return [name for name, sql in _sqlite().items() if found.get(name) != sql]
        cursor.execute(
            "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgrelid = to_regclass(left(t.tgname, -length('_stays'))) AND t.tgname = ANY(%s)"
            " AND t.tgenabled = 'A' AND t.tgtype = %s AND t.tgqual IS NULL",
            [[f"{table}_stays" for table in SIGNED], _EACH_UPDATE],
        )
        bodies = dict(cursor.fetchall())
        return [f"{table}_stays" for table, body in _postgresql().items() if bodies.get(f"{table}_stays") != body]


def _changed(table: str, differs: str) -> str:
    """When a row's new form is refused. `differs` compares two values, of which either may be null, as the engine says it."""
    kept = [rules[table] for rules in (SIGNED, TAKEN_BACK) if table in rules]
    return " OR ".join(
        f"({stands} AND ({' OR '.join(f'OLD.{name} {differs} NEW.{name}' for name in columns)}))"
        for stands, columns in kept
    )


def _postgresql() -> dict[str, str]:
    """Of each table, what its trigger does."""
    return {
        table: f"BEGIN IF {_changed(table, 'IS DISTINCT FROM')}"
        f" THEN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NEW; END"
        for table in SIGNED
    }


def _sqlite() -> dict[str, str]:
    """Each trigger by its name. INSERT OR REPLACE deletes without firing one, so a row that exists is refused first."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    made: dict[str, str] = {}
    for table in SIGNED:
        made[f"{table}_stays"] = (
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} WHEN {_changed(table, 'IS NOT')} {refuse}"
        )
        made[f"{table}_unreplaced"] = (
            f"CREATE TRIGGER {table}_unreplaced BEFORE INSERT ON {table}"  # noqa: S608  our own constants
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) {refuse}"
        )
    return made
