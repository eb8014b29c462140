"""Every guard is tripped, and its absence noticed."""

import os

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import DatabaseError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState

from tests.clusters import OWNER_VARIABLE
from tests.stores import as_owner
from troth.ledger import guards
from troth.ledger.models import LedgerEvent
from troth.ledger.sealing import seal
from troth.ledger.tests.factories import draft
from troth.ledger.writing import write

COPY_OF = {
    "ledger_event": "{} INTO ledger_event (id, at, follows, turn, mac) SELECT id, at, follows, turn, mac FROM ledger_event",
    "ledger_leaf": "{} INTO ledger_leaf SELECT * FROM ledger_leaf",
    "ledger_node": "{} INTO ledger_node SELECT * FROM ledger_node",
    "ledger_checkpoint": "{} INTO ledger_checkpoint SELECT * FROM ledger_checkpoint",
}
COLUMN = {"ledger_event": "at", "ledger_leaf": "subject_seq", "ledger_node": "hash", "ledger_checkpoint": "at"}
sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="a way round that only SQLite has")
postgresql_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="a way round that only PostgreSQL has")
superuser_only = pytest.mark.skipif(
    connection.vendor != "postgresql" or OWNER_VARIABLE not in os.environ,
    reason="what a superuser may try, on a PostgreSQL cluster of the tests' own",
)


@pytest.fixture
def rows_in_every_table(db):
    write([draft() for _ in range(256)])
    seal()


def refused(statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.usefixtures("rows_in_every_table")
@pytest.mark.parametrize("table", guards.TABLES)
def test_update_and_delete_are_refused(table):
    refused(f"UPDATE {table} SET {COLUMN[table]} = {COLUMN[table]}")
    refused(f"DELETE FROM {table}")


@pytest.mark.usefixtures("rows_in_every_table")
@sqlite_only
@pytest.mark.parametrize("table", guards.TABLES)
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT"])
def test_insert_over_an_existing_key_is_refused(table, verb):
    refused(COPY_OF[table].format(verb))


@pytest.mark.usefixtures("rows_in_every_table")
@sqlite_only
@pytest.mark.parametrize(
    ("given", "taken"), [("0", "1"), ("777", "1"), ("777", "(SELECT min(event_id) FROM ledger_leaf)")]
)
def test_replace_by_the_other_key_of_a_leaf_is_refused(given, taken):
    refused(
        'REPLACE INTO ledger_leaf ("index", event_id, subject, subject_seq, previous, flaw, hash)'
        f" VALUES ({given}, {taken}, '', 0, x'', '', x'')"
    )


@pytest.mark.usefixtures("rows_in_every_table")
@sqlite_only
def test_upsert_is_refused():
    refused(
        "INSERT INTO ledger_checkpoint (size, at, watermark, note) VALUES (256, 0, 0, '')"
        " ON CONFLICT (size) DO UPDATE SET note = 'x'"
    )


@pytest.mark.usefixtures("rows_in_every_table")
@postgresql_only
@pytest.mark.parametrize("table", guards.TABLES)
def test_truncate_is_refused(table):
    refused(f"TRUNCATE {table}")


@pytest.mark.usefixtures("rows_in_every_table")
@postgresql_only
def test_upsert_is_refused_on_postgresql():
    refused(
        "INSERT INTO ledger_checkpoint (size, at, watermark, note) VALUES (256, 0, 0, '')"
        " ON CONFLICT (size) DO UPDATE SET note = 'x'"
    )


@pytest.mark.usefixtures("rows_in_every_table")
@postgresql_only
def test_an_ordinary_role_may_not_ask_for_replica_mode():
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")


@superuser_only
@pytest.mark.usefixtures("committed_db")
def test_replica_mode_of_a_superuser_does_not_switch_them_off():
    write([draft()])
    with as_owner():
        refused("SET LOCAL session_replication_role = replica; DELETE FROM ledger_event")
    assert LedgerEvent.objects.count() == 1


@pytest.mark.usefixtures("rows_in_every_table")
def test_all_stand_after_migrating():
    assert guards.guards_missing(connection) == []


@pytest.mark.usefixtures("rows_in_every_table")
def test_each_missing_one_is_named_by_the_check_and_put_back():
    guards.drop_guards(connection)
    missing = guards.guards_missing(connection)
    assert {name.split("_no_")[0] for name in missing} == set(guards.TABLES)
    errors = [error for error in run_checks(databases=["default"]) if error.id == "ledger.E001"]
    assert [name for name in missing if name in str(errors)] == missing
    assert not [error for error in run_checks() if error.id == "ledger.E001"]
    call_command("migrate", verbosity=0)
    assert guards.guards_missing(connection) == []


@pytest.mark.usefixtures("rows_in_every_table")
@sqlite_only
def test_one_that_was_weakened_counts_as_missing():
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER ledger_leaf_no_delete")
        cursor.execute(
            "CREATE TRIGGER ledger_leaf_no_delete BEFORE DELETE ON ledger_leaf WHEN OLD.subject_seq < 0"
            " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        )
    assert guards.guards_missing(connection) == ["ledger_leaf_no_delete"]


@pytest.mark.usefixtures("rows_in_every_table")
@postgresql_only
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ledger_leaf DISABLE TRIGGER ledger_leaf_no_change",
        "ALTER TABLE ledger_leaf ENABLE TRIGGER ledger_leaf_no_change",
        "DROP TRIGGER ledger_leaf_no_change ON ledger_leaf; CREATE TRIGGER ledger_leaf_no_change BEFORE UPDATE ON ledger_leaf"
        " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
    ],
)
def test_one_that_was_weakened_counts_as_missing_on_postgresql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert guards.guards_missing(connection) == ["ledger_leaf_no_change"]


@pytest.mark.usefixtures("rows_in_every_table")
@postgresql_only
def test_a_function_without_teeth_counts_as_missing():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN RETURN NULL; END$$"
        )
    assert len(guards.guards_missing(connection)) == 4


def test_django_rebuilding_a_table_drops_them_and_migrate_puts_them_back(committed_db):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite rebuilds tables")
    state = ProjectState.from_apps(LedgerEvent._meta.apps)
    before = state.clone()
    migrations.AlterField("LedgerEvent", "note", models.TextField(default="x")).state_forwards("ledger", state)
    with connection.schema_editor() as editor:
        old = before.apps.get_model("ledger", "LedgerEvent")
        editor.alter_field(
            old, old._meta.get_field("note"), state.apps.get_model("ledger", "LedgerEvent")._meta.get_field("note")
        )
    assert len(guards.guards_missing(connection)) == 3
    call_command("migrate", verbosity=0)
    assert guards.guards_missing(connection) == []


@superuser_only
@pytest.mark.usefixtures("committed_db")
def test_a_restricted_role_can_add_and_read_and_nothing_else():
    # A role belongs to the whole cluster: it goes again with the transaction.
    with as_owner(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE ROLE ledger_app_under_test")
            cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO ledger_app_under_test")
            for statement in guards.restrict_role("ledger_app_under_test"):
                cursor.execute(statement)
            cursor.execute("SET LOCAL ROLE ledger_app_under_test")
        write([draft()])
        write([draft() for _ in range(20)])
        assert seal() == 21
        for verb in (
            "UPDATE ledger_event SET at = 0",
            "DELETE FROM ledger_leaf",
            "TRUNCATE ledger_node",
            "DROP TRIGGER ledger_event_no_change ON ledger_event",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(verb)
        transaction.set_rollback(True)


def test_a_role_with_a_strange_name_is_refused():
    with pytest.raises(ValueError, match="lower-case"):
        guards.restrict_role("app; drop table x")
