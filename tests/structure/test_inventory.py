"""Every column of every table in every database is sealed or declared open, and every holding has one compartment (B5)."""

import ast
import inspect
from pathlib import Path

import pytest
from django.db import connection

from tests.structure.source import ROOT, modules
from troth.vault import inventory, orphans


@pytest.mark.django_db(databases=["default", "keys"])
def test_every_column_is_declared() -> None:
    assert inventory.undeclared() == []
    assert inventory.misfiled() == []


@pytest.mark.django_db(databases=["default", "keys"])
def test_a_table_and_a_column_that_nobody_declared_are_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE sneaked_in (name text)")
        cursor.execute("ALTER TABLE gate_fact ADD COLUMN nickname varchar(40)")
    found = inventory.undeclared()
    assert any("sneaked_in" in fault for fault in found)
    assert any("gate_fact.nickname" in fault for fault in found)


def test_whoever_keeps_where_a_file_lies_past_the_fields_says_so_else_it_would_be_destroyed() -> None:
    reading = {
        module.path
        for module in modules()
        if module.room != "vault"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "StoredFile"
    }
    declared = {str(Path(inspect.getsourcefile(each) or "").relative_to(ROOT)) for each in orphans.declared()}
    assert reading == declared != set()
