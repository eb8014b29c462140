"""A whole table in pieces, and no cursor that outlives its loop."""

import pytest
from django.db import connection

from bench.specimens.models import Person
from troth.vault.models import Subject
from troth.vault.tests.conftest import opened
from troth.vault.walking import in_pieces


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5])
def test_every_row_comes_once_whatever_the_size_of_a_piece(db: None, number: int) -> None:
    with opened(act=True):
        made = {Person.objects.create(subject=Subject.objects.create(kind="patient")).pk for _ in range(number)}
    pieces = list(in_pieces(Person, 2))
    rows = [row.pk for piece in pieces for row in piece]
    assert len(rows) == number and set(rows) == made
    assert all(0 < len(piece) <= 2 for piece in pieces)


def test_a_loop_that_is_left_leaves_no_cursor_for_the_garbage_collector(ann: Person) -> None:
    """One that did was closed while its connection was busy, and waited for itself for ever."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server")
    rows = Person.objects.iterator(chunk_size=1)
    assert next(rows).pk == ann.pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name <> ''")
        assert cursor.fetchone() == (0,)
