import uuid
from datetime import datetime

import pytest
from django.db import connection, transaction

from troth.ledger.drafts import DraftRefused, moment
from troth.ledger.models import LedgerEvent
from troth.ledger.tests.factories import AYLA, NOON, as_draft, draft
from troth.ledger.writing import write

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 3, 8, 1200])
def test_write_keeps_every_column_in_order(count):
    drafts = [
        draft(
            subject=uuid.uuid4().hex,
            check="role",
            rule="LAW-3.6",
            objects=f"records.note/{n}/ab12",
            note="n1",
            on_behalf_of=AYLA,
        )
        for n in range(count)
    ]
    write(drafts)
    rows = list(LedgerEvent.objects.order_by("id"))
    assert [as_draft(row) for row in rows] == drafts
    assert [row.turn for row in rows] == list(range(rows[0].turn, rows[0].turn + count))
    assert moment(rows[0].at) == NOON


def test_write_nothing_writes_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        write([])


def test_write_leaves_with_the_callers_transaction():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write([draft()])
        _ = 1 / 0
    assert not LedgerEvent.objects.exists()


def test_one_insert_statement_for_many(django_assert_max_num_queries):
    with django_assert_max_num_queries(2):  # the rows, and the number of the last
        write([draft() for _ in range(50)])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("event", "gate:invented"),
        ("event", "opened the record"),
        ("outcome", "maybe"),
        ("actor_kind", "robot"),
        ("actor", "Dr Maddox Sample"),
        ("on_behalf_of", "someone"),
        ("subject", "Ayla Sample"),
        ("purpose", "care\tread"),
        ("action", "READ"),
        ("check", "role?"),
        ("rule", "LAW-3.6\n"),
        ("reason", "Daughter rang!"),
        ("what", "Health"),
        ("objects", "records.note/1/ab;drop"),
        ("request", "a b"),
        ("note", "naïve"),
        ("subject", None),
        ("reason", "x" * 61),
        ("subject", "0" * 31 + "٣"),
    ],
)
def test_anything_but_identifiers_is_refused_without_quoting_it(column, value):
    with pytest.raises(DraftRefused) as refused:
        write([draft(), draft(**{column: value})])
    assert refused.value.column == column
    assert str(value) not in str(refused.value)
    assert not LedgerEvent.objects.exists()


def test_a_person_is_an_id_and_nobody_has_none():
    for changes in ({"actor": "reminders"}, {"actor_kind": "nobody"}, {"actor_kind": "service", "actor": ""}):
        with pytest.raises(DraftRefused) as refused:
            write([draft(**changes)])
        assert refused.value.column == "actor"


def test_a_moment_without_zone_is_refused():
    with pytest.raises(DraftRefused, match="'at'"):
        write([draft(at=datetime(2026, 3, 2, 12))])


@pytest.mark.django_db(transaction=False)
def test_strand_skips_what_was_rolled_back():
    write([draft()])
    first = LedgerEvent.objects.latest("id")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write([draft(), draft()])
        _ = 1 / 0
    write([draft(), draft()])
    after = list(LedgerEvent.objects.filter(id__gt=first.id).order_by("id"))
    assert [(row.follows, row.turn) for row in after] == [(first.id, first.turn + 1), (first.id, first.turn + 2)]
    write([draft()])
    last = LedgerEvent.objects.latest("id")
    assert (last.follows, last.turn) == (after[-1].id, first.turn + 3)


def test_a_new_connection_begins_a_new_strand():
    write([draft()])
    connection.troth_strand.raw = None
    write([draft()])
    row = LedgerEvent.objects.latest("id")
    assert row.follows < 0
    assert row.turn == 1
