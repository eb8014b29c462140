"""
The inventory: every column of every table in every database, other packages' included, is sealed or declared open.

A holding declares its open columns in `open_fields`; any other model in `open_columns` (column: reason); a table that no
model owns must be on the short list here. What is neither stops the start: no unmapped personal data can ship (B5).
"""

from django.apps import apps
from django.db import connections, models

from troth.vault.fields import SealedField
from troth.vault.models import Holding

#: Tables without a model, with the reason why they hold nobody's data.
WITHOUT_MODEL = {
    "django_migrations": "names of migrations and when they ran",
    "sqlite_sequence": "SQLite's own counters",
}
#: Columns that every holding has.
_STRUCTURE = {"id", "subject_id", "recorded_at", "recorded_by", "changed_at", "changed_by"}


def undeclared() -> list[str]:
    """A sentence for every column or table that is neither sealed nor declared open."""
    owners: dict[str, type[models.Model]] = {
        model._meta.db_table: model for model in apps.get_models(include_auto_created=True)
    }
    faults: list[str] = []
    for alias in connections:
        connection = connections[alias]
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                if table in WITHOUT_MODEL:
                    continue
                # Django's own description reads each SQLite table's text with a parser: two seconds of a start.
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} LIMIT 0")  # noqa: S608 - the name is one that the database gave
                columns = {column[0] for column in cursor.description}
                model = owners.get(table)
                if model is None:
                    faults.append(
                        f"{alias}.{table}: a table that no model owns. Remove it, or list it in vault/inventory.py."
                    )
                else:
                    faults += [
                        f"{alias}.{table}.{column}: neither sealed nor declared open with a reason."
                        for column in sorted(columns - _declared(model))
                    ]
    return faults


def _declared(model: type[models.Model]) -> set[str]:
    if issubclass(model, Holding):
        names = {field.column for field in model._meta.concrete_fields if isinstance(field, SealedField)}
        return names | _STRUCTURE | {name for name, reason in model.open_fields.items() if reason}
    return {name for name, reason in getattr(model, "open_columns", {}).items() if reason}


def misfiled() -> list[str]:
    """A sentence for every holding whose fields lie in several compartments, or whose field ids are not unique."""
    faults: list[str] = []
    ids: dict[str, str] = {}
    from troth.vault.models import all_holdings

    for model in all_holdings():
        compartments = {field.compartment for field in model.sealed_fields()}
        if len(compartments) > 1:
            faults.append(
                f"{model._meta.label}: its fields lie in {len(compartments)} compartments. A row is disposed of as a "
                "whole: split the table."
            )
        for field in model.sealed_fields():
            other = ids.setdefault(field.id, f"{model._meta.label}.{field.name}")
            if other != f"{model._meta.label}.{field.name}" or not field.id:
                faults.append(f"{model._meta.label}.{field.name}: its field id is empty or already used by {other}.")
    return faults
