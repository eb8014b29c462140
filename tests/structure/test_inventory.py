"""Every column of every table in every database is sealed or declared open, and every holding has one compartment (B5)."""

import pytest
from django.db import connection

from troth.vault import inventory


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
