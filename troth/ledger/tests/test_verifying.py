"""Each way of tampering, with the triggers taken away first, is named by `verify`; the triggers are tried in test_guards."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from troth.ledger import guards, rows, sealing
from troth.ledger.check_export import COLUMNS, Head, encode
from troth.ledger.drafts import PATTERNS
from troth.ledger.models import Checkpoint, Leaf, LedgerEvent, Node
from troth.ledger.recount import encoding
from troth.ledger.sealing import oldest_unsealed_age, register_publisher, seal
from troth.ledger.signing import Signer, signer
from troth.ledger.tests.factories import AYLA, BRAM, NOON, draft
from troth.ledger.verifying import verify
from troth.ledger.writing import write

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def check(**changes):
    return verify(**({"at": NOON + SECOND} | changes))


def found(**changes):
    return [(finding.kind, finding.event_id) for finding in check(**changes).findings]


def write_some(count=6):
    write([draft(subject=(AYLA, BRAM, "")[n % 3], request=f"r{n}") for n in range(count)])


@pytest.fixture
def sealed():
    """Nine events about two people and nobody, sealed in two batches; the triggers are gone."""
    write_some()
    seal()
    write_some(3)
    seal()
    guards.drop_guards(connection)
    return list(LedgerEvent.objects.order_by("id").values_list("id", flat=True))


@pytest.fixture
def unsealed():
    """Six events in two writes, none sealed; the triggers are gone."""
    write_some(3)
    write_some(3)
    guards.drop_guards(connection)
    return list(LedgerEvent.objects.order_by("id").values_list("id", flat=True))


def test_an_empty_ledger_holds():
    assert check().holds


@pytest.mark.parametrize("count", [1, 255, 256, 257, 1000])
def test_a_sealed_ledger_holds(count):
    write([draft(subject=UUID(int=n % 40).hex) for n in range(count)])
    assert seal(limit=count // 3 + 1) == count // 3 + 1
    assert seal() == count - count // 3 - 1
    write([draft()])
    seal()
    report = check()
    assert report.holds
    assert report.events == Leaf.objects.count() == count + 1
    assert report.checkpoints == Checkpoint.objects.count()
    assert Node.objects.filter(height=1).count() == (count + 1) // 256
    assert Head.parse(signer().public.check(rows.last_checkpoint()[2])).root.hex() == report.root


@pytest.mark.parametrize("column", ["at", "watermark"])
def test_a_column_of_a_checkpoint_changed_is_named(sealed, column):
    last = Checkpoint.objects.order_by("-size").first()
    sql(f"UPDATE ledger_checkpoint SET {column} = {column} + 1000000 WHERE size = %s", last.size)
    assert ("checkpoint", sealed[-1]) in found()


def test_a_checkpoint_from_before_the_watermark_was_signed_still_holds(monkeypatch):
    monkeypatch.setattr(sealing, "WATERMARK", "")  # as it was: the text ends with its time
    monkeypatch.setattr(
        Signer, "sign", lambda self, text, plain=Signer.sign: plain(self, "".join(text.splitlines(True)[:4]))
    )
    write_some()
    seal()
    assert "watermark" not in rows.last_checkpoint()[2]
    monkeypatch.undo()
    write_some(3)
    seal()
    assert "\nwatermark " in rows.last_checkpoint()[2]
    assert check().holds


@pytest.mark.parametrize(
    ("table", "column"), [("ledger_event", "reason"), ("ledger_leaf", "previous"), ("ledger_checkpoint", "note")]
)
def test_a_renamed_column_is_named(sealed, table, column):
    sql(f"ALTER TABLE {table} RENAME COLUMN {column} TO elsewhere")
    report = check()
    assert not report.holds and report.columns_missing == [f"{table}.{column}"]


def test_many_batches_hold():
    for n in range(300):
        write([draft(subject=UUID(int=n % 7).hex)] * (n % 3 + 1))
        seal()
    report = check()
    assert report.holds
    assert report.checkpoints == 300


def test_seal_again_does_nothing():
    write_some()
    assert seal() == 6
    assert seal() == 0
    assert Checkpoint.objects.count() == 1


def test_leaves_count_each_subject_from_one():
    write_some()
    seal(limit=4)
    seal()
    assert list(Leaf.objects.filter(subject=AYLA).order_by("index").values_list("subject_seq", flat=True)) == [1, 2]
    assert set(Leaf.objects.filter(subject="").values_list("subject_seq", flat=True)) == {0}
    first, second = Leaf.objects.filter(subject=BRAM).order_by("index")
    assert bytes(second.previous) == bytes(first.hash)


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in {"id", "subject"}])
def test_any_column_changed_is_named(sealed, column):
    value = 7 if column in {"at", "follows", "turn"} else "changed"
    sql(f"UPDATE ledger_event SET {column} = %s WHERE id = %s", value, sealed[4])
    assert found() == [("changed", sealed[4])]


def test_a_changed_subject_is_named(sealed):
    sql("UPDATE ledger_event SET subject = %s WHERE id = %s", BRAM, sealed[0])
    assert found() == [("changed", sealed[0])]


def test_the_first_of_several_is_named_first(sealed):
    sql("UPDATE ledger_event SET what = 'identity' WHERE id IN (%s, %s)", sealed[2], sealed[7])
    assert found() == [("changed", sealed[2]), ("changed", sealed[7])]


def test_a_removed_event_is_named(sealed):
    sql("DELETE FROM ledger_event WHERE id = %s", sealed[3])
    assert found() == [("removed", sealed[3])]


def test_an_event_removed_with_its_leaf_is_named(sealed):
    sql("DELETE FROM ledger_event WHERE id = %s", sealed[3])
    sql("DELETE FROM ledger_leaf WHERE event_id = %s", sealed[3])
    finding = check().findings[0]
    assert (finding.kind, finding.index) == ("leaf removed", 3)


def test_the_end_cut_off_is_named(sealed):
    sql("DELETE FROM ledger_event WHERE id >= %s", sealed[6])
    sql("DELETE FROM ledger_leaf WHERE event_id >= %s", sealed[6])
    assert [finding.index for finding in check().findings] == [6, 7, 8]


def test_the_end_cut_off_with_its_checkpoint_disagrees_with_one_kept_outside(sealed):
    outside = rows.last_checkpoint()[2]
    sql("DELETE FROM ledger_event WHERE id >= %s", sealed[6])
    sql("DELETE FROM ledger_leaf WHERE event_id >= %s", sealed[6])
    sql("DELETE FROM ledger_checkpoint WHERE size > 6")
    assert found() == []
    assert found(checkpoints=[outside]) == [("fork", sealed[5])]


def test_the_end_cut_off_is_noticed_when_its_writer_goes_on(sealed):
    sql("DELETE FROM ledger_event WHERE id >= %s", sealed[6])
    sql("DELETE FROM ledger_leaf WHERE event_id >= %s", sealed[6])
    sql("DELETE FROM ledger_checkpoint WHERE size > 6")
    write_some(1)
    seal()
    assert found() == [("gap", LedgerEvent.objects.latest("id").pk)]


def copy_row(source, target):
    names = ", ".join(name for name in COLUMNS if name != "id")
    sql(f"INSERT INTO ledger_event (id, {names}) SELECT %s, {names} FROM ledger_event WHERE id = %s", target, source)


def test_an_added_event_is_named(sealed):
    sql("DELETE FROM ledger_event WHERE id = %s", sealed[8])
    copy_row(sealed[0], sealed[8])
    assert found() == [("changed", sealed[8])]


def test_an_event_put_in_behind_the_sealer_is_named(sealed):
    copy_row(sealed[0], -5)
    if connection.vendor == "postgresql":
        sql("UPDATE ledger_event SET xid = '3' WHERE id = -5")
    assert found() == [("added", -5)]


def swap(one, other, table="ledger_event", key="id"):
    for old, new in ((one, -9), (other, one), (-9, other)):
        sql(f'UPDATE {table} SET "{key}" = %s WHERE "{key}" = %s', new, old)


def test_two_events_that_changed_places_are_named(sealed):
    swap(sealed[0], sealed[3])
    assert found() == [("reordered", sealed[0]), ("reordered", sealed[3])]


def test_two_leaves_that_changed_places_are_named(sealed):
    swap(2, 5, "ledger_leaf", "index")
    findings = check().findings
    assert findings[0].index in {2, 3}
    assert {finding.kind for finding in findings} <= {"reordered", "root"}


def test_two_whole_batches_that_changed_places_are_named():
    for _ in range(3):
        write([draft(subject="")])
        seal()
    guards.drop_guards(connection)
    swap(1, 2, "ledger_leaf", "index")
    assert check().findings[0].index == 1


@pytest.mark.parametrize("column", ["subject_seq", "flaw", "hash", "previous"])
def test_a_changed_leaf_is_named(sealed, column):
    value = {"subject_seq": 9, "flaw": "gap"}.get(column, b"\x07" * 32)
    sql(f'UPDATE ledger_leaf SET {column} = %s WHERE "index" = 4', value)
    first = check().findings[0]
    assert (first.index, first.event_id) == (4, sealed[4])


def test_a_changed_node_is_named():
    write([draft() for _ in range(600)])
    seal()
    guards.drop_guards(connection)
    sql('UPDATE ledger_node SET hash = %s WHERE "index" = 1', b"\x01" * 32)
    finding = check().findings[0]
    assert (finding.kind, finding.index) == ("tree", 256)
    sql('DELETE FROM ledger_node WHERE "index" = 1')
    assert check().findings[0].kind == "tree"


def test_an_extra_node_is_named(sealed):
    sql('INSERT INTO ledger_node (height, "index", hash) VALUES (2, 7, %s)', b"\x01" * 32)
    assert check().findings[0].kind == "tree"


def test_a_checkpoint_that_is_forged_or_altered_is_named(sealed):
    other = Signer(signer().name, b"\x05" * 32)
    note = rows.last_checkpoint()[2]
    forged = other.sign(Head(signer().name, 9, b"\x01" * 32, "2026-03-02T12:00:00Z").text)
    for bad in (note.replace("\nat 2", "\nat 3"), forged, "nothing", note.split("\n\n")[0]):
        sql("UPDATE ledger_checkpoint SET note = %s WHERE size = 9", bad)
        assert ("checkpoint", sealed[8]) in found()


def test_a_missing_checkpoint_is_named(sealed):
    sql("DELETE FROM ledger_checkpoint WHERE size = 9")
    assert found() != []


def test_a_rewritten_ledger_disagrees_with_a_checkpoint_kept_outside(sealed):
    outside = rows.last_checkpoint()[2]
    sql("UPDATE ledger_event SET what = 'identity' WHERE id = %s", sealed[0])
    for table in ("leaf", "node", "checkpoint"):
        sql(f"DELETE FROM ledger_{table}")
    seal()
    guards.make_guards(connection)
    report = check(checkpoints=[outside])
    assert [finding.kind for finding in report.findings] == ["forged", "fork"]
    other = Signer("elsewhere", b"\x05" * 32).sign(Head.parse(outside).text)
    assert ("fork", sealed[8]) in found(checkpoints=[other])


def test_a_checkpoint_from_outside_that_agrees(sealed):
    notes = list(Checkpoint.objects.values_list("note", flat=True))
    assert found(checkpoints=notes) == []


# Before sealing: each is seen while it waits, and again once it is sealed.


@pytest.mark.parametrize("then_seal", [False, True])
def test_an_event_changed_before_sealing_is_named(unsealed, then_seal):
    sql("UPDATE ledger_event SET what = 'identity' WHERE id = %s", unsealed[1])
    if then_seal:
        seal()
    assert found() == [("forged", unsealed[1])]


@pytest.mark.parametrize("then_seal", [False, True])
@pytest.mark.parametrize(("place", "named"), [(0, 1), (1, 2), (2, 3), (3, 4)])
def test_an_event_removed_before_sealing_is_named_by_the_next(unsealed, place, named, then_seal):
    sql("DELETE FROM ledger_event WHERE id = %s", unsealed[place])
    if then_seal:
        seal()
    assert found() == [("gap", unsealed[named])]


@pytest.mark.parametrize("then_seal", [False, True])
def test_an_event_added_before_sealing_is_named(unsealed, then_seal):
    copy_row(unsealed[0], unsealed[-1] + 50)
    sql("UPDATE ledger_event SET what = 'identity' WHERE id = %s", unsealed[-1] + 50)
    if then_seal:
        seal()
    assert ("forged", unsealed[-1] + 50) in found()


@pytest.mark.parametrize("then_seal", [False, True])
def test_a_copy_added_before_sealing_is_named(unsealed, then_seal):
    copy_row(unsealed[0], unsealed[-1] + 50)
    if then_seal:
        seal()
    assert found() == [("copy", unsealed[-1] + 50)]


@pytest.mark.parametrize("then_seal", [False, True])
def test_a_copy_of_a_sealed_event_is_named(sealed, then_seal):
    """Genuine in every column, and its writer's: nothing but its place in the strand is wrong."""
    for number, event in enumerate((sealed[2], sealed[-1])):
        copy_row(event, sealed[-1] + 50 + number)
    if then_seal:
        seal()
    assert found() == [("copy", sealed[-1] + 50), ("copy", sealed[-1] + 51)]


def test_a_writer_goes_on_after_a_copy_without_a_flaw_of_its_own(sealed):
    copy_row(sealed[-1], sealed[-1] + 50)
    seal()
    write_some(2)
    seal()
    assert found() == [("copy", sealed[-1] + 50)]


@pytest.mark.parametrize("then_seal", [False, True])
def test_events_reordered_before_sealing_are_named(unsealed, then_seal):
    swap(unsealed[0], unsealed[1])
    if then_seal:
        seal()
    assert found() == [("order", unsealed[0]), ("order", unsealed[1])]


def test_a_write_sealed_in_two_batches_is_no_flaw():
    write_some(6)
    seal(limit=2)
    seal(limit=1)
    write_some(2)
    seal()
    assert found() == []


def test_what_was_rolled_back_leaves_no_gap():
    from django.db import transaction

    write_some(2)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            write_some(3)
            _ = 1 / 0
        write_some(2)
    seal()
    assert found() == []


# Lag, guards, publishers


def test_the_age_of_the_oldest_unsealed():
    assert oldest_unsealed_age(NOON) is None
    write([draft(at=NOON), draft(at=NOON - 5 * SECOND)])
    assert oldest_unsealed_age(NOON + SECOND) == 6 * SECOND
    waiting = LedgerEvent.objects.latest("id").pk
    assert found(at=NOON + 5 * SECOND) == []
    assert found(at=NOON + 6 * SECOND) == [("unsealed", waiting)]
    seal()
    assert oldest_unsealed_age(NOON + SECOND) is None


def test_guards_gone_are_in_the_report(sealed):
    report = check()
    assert not report.findings
    assert len(report.guards_missing) == (12 if connection.vendor == "sqlite" else 4)
    assert not report.holds


def test_publishers_get_each_checkpoint_and_cannot_stop_the_sealer(django_capture_on_commit_callbacks, monkeypatch):
    monkeypatch.setattr("troth.ledger.sealing._publishers", [])
    got = []

    def away(note):
        raise OSError("nothing listens")

    register_publisher(away)
    register_publisher(got.append)
    write_some()
    with django_capture_on_commit_callbacks(execute=True):
        seal()
    assert got == [rows.last_checkpoint()[2]]


# The bytes that the databases build


STRINGS = st.fixed_dictionaries({name: st.from_regex(pattern, fullmatch=True) for name, pattern in PATTERNS.items()})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STRINGS, st.integers(-(2**62), 2**62), st.integers(0, 2**40), st.sampled_from(["", "gap"]))
def test_the_database_builds_the_reference_encoding(db, values, number, seq, flaw):
    names = [name for name in COLUMNS if name not in {"id", "at", "follows", "turn", "mac"}]
    row = LedgerEvent.objects.create(
        at=number, follows=-number, turn=seq, mac="ab", **dict(zip(names, values.values(), strict=True))
    )
    Leaf.objects.filter(index=row.pk).exists()
    leaf = f"SELECT {seq} AS subject_seq, '{flaw}' AS flaw"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {encoding(connection.vendor).replace('%', '%%')} FROM ledger_event e, ({leaf}) l"
            " WHERE e.id = %s",
            [row.pk],
        )
        built = cursor.fetchone()[0]
    expected = encode([*(str(getattr(row, name)) for name in COLUMNS), str(seq), flaw])
    assert (bytes(built) if connection.vendor == "sqlite" else built.encode()) == expected


@pytest.mark.parametrize("column", ["hash", "previous", "subject_seq", "event_id", "flaw"])
@pytest.mark.parametrize("value", ["'x'", "x'00ff'"])
def test_a_value_of_another_type_in_a_leaf_is_named_and_stops_nothing(sealed, column, value):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL takes no value of another type")
    sql(f"UPDATE ledger_leaf SET {column} = {value} WHERE event_id = %s", sealed[4])
    assert found()


def test_a_note_of_another_type_is_named(sealed):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL takes no value of another type")
    sql("UPDATE ledger_checkpoint SET note = x'00ff'")
    assert ("checkpoint", sealed[-1]) in found()
