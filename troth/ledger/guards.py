"""
The triggers that make the ledger's tables append-only, and the check that they still stand (pitfalls A13).

They are remade after every migration: when Django rebuilds a table on SQLite, its triggers go without a word.
"""

import re

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("ledger_event", "ledger_leaf", "ledger_node", "ledger_checkpoint")

# INSERT OR REPLACE deletes without firing a delete trigger, so an insert that meets an existing key is refused first.
# An event's number is always the database's own: before such an insert SQLite shows -1, and comparing with that is the
# cheapest guard there is (2 us a row against 2.5 for a look-up).
_TAKEN = {
    "ledger_event": "NEW.id IS NOT -1",
    "ledger_leaf": (
        'EXISTS (SELECT 1 FROM ledger_leaf WHERE "index" = NEW."index")'
        " OR EXISTS (SELECT 1 FROM ledger_leaf WHERE event_id = NEW.event_id)"
    ),
    "ledger_node": 'EXISTS (SELECT 1 FROM ledger_node WHERE height = NEW.height AND "index" = NEW."index")',
    "ledger_checkpoint": "EXISTS (SELECT 1 FROM ledger_checkpoint WHERE size = NEW.size)",
}
_REFUSAL = "the ledger is append-only"
_FUNCTION_BODY = f"BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'insufficient_privilege'; END"


def make_guards(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in place, whatever stood there before."""
    with connection.cursor() as cursor:
        for statement in _drops(connection.vendor) + _definitions(connection.vendor):
            cursor.execute(statement)


def drop_guards(connection: BaseDatabaseWrapper) -> None:
    """Take every trigger away: for tests that play the intruder or flush a test database, and for nothing else."""
    with connection.cursor() as cursor:
        for statement in _drops(connection.vendor):
            cursor.execute(statement)


def columns_missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The columns that a table of the ledger should have and has not, as `table.column`; a table that is gone misses all."""
    missing = []
    with connection.cursor() as cursor:
        there = connection.introspection.table_names(cursor)
        for model in apps.get_app_config("ledger").get_models():
            table = model._meta.db_table
            if table not in TABLES:
                continue
            described = connection.introspection.get_table_description(cursor, table) if table in there else []
            found = {column.name for column in described}
            expected = [
                field.column for field in model._meta.local_fields if field.column
            ]  # a composite key has none
            missing += [f"{table}.{column}" for column in expected if column not in found]
    return missing


def guards_missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The triggers that are gone, disabled or not as we define them, by name; empty when all stand."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = dict(cursor.fetchall())
        return [name for name, sql in _sqlite().items() if found.get(name) != sql]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, t.tgrelid::regclass::text, t.tgenabled, t.tgtype, t.tgqual IS NULL, p.proname, p.prosrc"
            " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgrelid = ANY (SELECT to_regclass(name) FROM unnest(%s::text[]) name)",
            [list(TABLES)],
        )
        standing = {row[0]: tuple(row[1:]) for row in cursor.fetchall()}
    # 58: before, on update, delete and truncate, once a statement; 'A': also for replicated changes.
    return [
        f"{table}_no_change"
        for table in TABLES
        if standing.get(f"{table}_no_change") != (table, "A", 58, True, "ledger_refuse", _FUNCTION_BODY)
    ]


def restrict_role(role: str) -> list[str]:
    """
    The PostgreSQL statements that leave an application's role nothing but INSERT and SELECT on the ledger.

    Run them as the owner of the tables, which must be another role: an owner can drop triggers.

    :raises ValueError: the name of the role is not letters, digits and underscores.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
        raise ValueError("A role's name here is lower-case letters, digits and underscores.")
    tables = ", ".join(TABLES)
    return [
        f"REVOKE ALL ON {tables} FROM {role}, PUBLIC",
        f"GRANT SELECT, INSERT ON {tables} TO {role}",
        f"GRANT USAGE ON SEQUENCE ledger_event_id_seq TO {role}",
    ]


def _sqlite() -> dict[str, str]:
    made = {}
    for table in TABLES:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        made[f"{table}_no_update"] = f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}"
        made[f"{table}_no_delete"] = f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}"
        made[f"{table}_no_replace"] = (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {_TAKEN[table]} {refuse}"
        )
    return made


def _definitions(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return list(_sqlite().values())
    made = [f"CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $${_FUNCTION_BODY}$$"]
    for table in TABLES:
        made += [
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
        ]
    return made


def _drops(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in _sqlite()]
    return [f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}" for table in TABLES]
