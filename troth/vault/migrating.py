"""
Migrations, each step with no more of the models drawn up than it needs.

Django draws up every model that is joined to the one that a step touches, before and after it. Nearly all of ours are joined,
through the person whom they are about: all of a hundred were drawn up three hundred times, which was most of a fresh set-up.
A step that makes or changes one table needs that table and those it refers to, so it is given these. What runs our own code,
what changes a column to which others may refer, and any kind of step that is not named here, is given all, as Django gives them.
"""

from typing import Any

from django.db.migrations import AddConstraint, AddField, AddIndex, AlterField, CreateModel, RemoveConstraint
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState, StateApps

#: The steps that look at one table and what it refers to.
OF_ONE_TABLE = (CreateModel, AddField, AlterField, AddIndex, AddConstraint, RemoveConstraint)
Key = tuple[str, str]


class SparingExecutor(MigrationExecutor):
    """Django's, whose migrations are given as many models as their steps need."""

    def migrate(self, *args: Any, **options: Any) -> Any:
        """Migrate, and give the state in which whoever asks can draw up all there is."""
        state = super().migrate(*args, **options)
        _forget(state)
        return state

    def apply_migration(self, state: Any, migration: Any, fake: bool = False, fake_initial: bool = False) -> Any:
        """Apply one, forwards."""
        _forget(state)
        if not fake and not fake_initial:
            spare(migration)
        state = super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)
        state.__dict__["apps"] = StateApps([], {})  # or all would be drawn up before the next
        return state


def spare(migration: Any) -> None:
    """Have each step of a migration given no more than it needs."""
    migration.operations = [_Sparing(operation) for operation in migration.operations]


class _Sparing:
    """A step that is otherwise as it is written."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation

    def __getattr__(self, name: str) -> Any:
        return getattr(self._operation, name)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        states = (from_state, to_state)
        try:
            if type(self._operation) in OF_ONE_TABLE and not _reaches_others(self._operation, app_label, states):
                name = getattr(self._operation, "model_name", None) or self._operation.name  # type: ignore[attr-defined]
                for state in states:
                    state.__dict__["apps"] = _joined_to((app_label, name.lower()), state)
            self._operation.database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            for state in states:
                _forget(state)


def _reaches_others(operation: Operation, app_label: str, states: tuple[ProjectState, ProjectState]) -> bool:
    """
    Whether a step may change tables that refer to its own, as a field does to which others can refer, or whose column is renamed:
    Django finds those by the models that are drawn up, and leaves out in silence what is not.
    """
    if type(operation) is not AlterField:
        return False
    old, new = (state.models[app_label, operation.model_name_lower].get_field(operation.name) for state in states)
    return old.db_column != new.db_column or any(each.primary_key or each.unique for each in (old, new))


def _forget(state: ProjectState) -> None:
    """What was drawn up is not kept: the next change of the state would be drawn into it."""
    state.__dict__.pop("apps", None)


def _joined_to(key: Key, state: ProjectState) -> StateApps:
    """A model, if it is there yet, and all that it refers to, straight or through others."""
    found: dict[Key, ModelState] = {}
    waiting = [key]
    while waiting:
        key = waiting.pop()
        if key in found or key not in state.models:
            continue
        found[key] = state.models[key]
        waiting += _referred_to(found[key])
    return StateApps([], found)


def _referred_to(model: ModelState) -> list[Key]:
    names = [base for base in model.bases if isinstance(base, str)]
    for field in model.fields.values():
        if field.remote_field is not None:
            to = field.remote_field.model
            names.append(to if isinstance(to, str) else to._meta.label_lower)
    return [
        (model.app_label, model.name_lower) if name == "self" else tuple(name.lower().split("."))  # type: ignore[misc]
        for name in names
    ]
