"""A step that is given few models writes the same SQL as one that is given all."""

import re

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

from tests.stores import Home
from troth.vault.migrating import spare

#: Two rooms, with what they refer to. None of ours changes a column to which others refer, so that is tried by itself below.
SOME = (("people", None), ("diary", None))


def statements(apps: tuple[tuple[str, str | None], ...], *, sparing: bool) -> list[str]:
    """The SQL of all migrations that these need, on the database of the tests, as Django says it without running it."""
    loader = MigrationLoader(None, replace_migrations=False)
    leaves = [leaf for leaf in loader.graph.leaf_nodes() if not apps or (leaf[0], None) in apps]
    plan, known = [], set()
    for leaf in leaves:
        for key in loader.graph.forwards_plan(leaf):
            if key not in known:
                known.add(key)
                plan.append(loader.get_migration(*key))
    state = loader.project_state(at_end=False, nodes=[])
    written: list[str] = []
    for migration in plan:
        if sparing:
            spare(migration)
        with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
            state = migration.apply(state, editor, collect_sql=True)
        written += editor.collected_sql
    return written


def test_what_some_rooms_are_made_of_is_the_same(committed_db: Home) -> None:
    written = statements(SOME, sparing=True)
    assert any("CREATE TABLE" in each for each in written)
    assert written == statements(SOME, sparing=False)


@pytest.mark.slow
def test_what_every_room_is_made_of_is_the_same(committed_db: Home) -> None:
    # Where SQLite makes a table anew, the columns may stand in another order: each is named wherever it is used.
    written, whole = (
        [sorted(re.split(r"[,(] ?", each)) for each in statements((), sparing=way)] for way in (True, False)
    )
    assert written == whole


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        (models.CharField(max_length=5, unique=True), models.CharField(max_length=9, unique=True)),
        (models.IntegerField(unique=True), models.CharField(max_length=9, unique=True)),
        (models.IntegerField(primary_key=True), models.CharField(max_length=9, primary_key=True)),
    ],
)
def test_a_column_to_which_others_refer_changes_theirs_too(
    committed_db: Home, field: models.Field, changed: models.Field
) -> None:
    first, second = Migration("1", "zz"), Migration("2", "zz")
    number = ("id", models.BigAutoField(primary_key=True))
    refers = models.ForeignKey("zz.A", to_field="code", on_delete=models.PROTECT)
    first.operations = [
        migrations.CreateModel("A", [*([] if field.primary_key else [number]), ("code", field)]),
        migrations.CreateModel("B", [number, ("a", refers)]),
    ]

    def written(*, sparing: bool) -> list[str]:
        state = first.mutate_state(ProjectState(), preserve=False)
        second.operations = [migrations.AlterField("A", "code", changed)]
        if sparing:
            spare(second)
        with connection.schema_editor(collect_sql=True, atomic=True) as editor:
            second.apply(state, editor, collect_sql=True)
        return editor.collected_sql

    both = written(sparing=False)
    assert any("zz_b" in each for each in both) and written(sparing=True) == both
