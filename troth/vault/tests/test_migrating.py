"""A step that is given few models writes the same SQL as one that is given all."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.stores import Home
from troth.vault.migrating import spare

#: A room that others refer to, one with steps of every kind, and one whose steps run code of ours between the others.
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
    assert statements((), sparing=True) == statements((), sparing=False)
