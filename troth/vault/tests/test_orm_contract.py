"""Every door of the ORM has a stated behaviour (pitfalls B9, docs/reference/orm-contract.md): one test a line."""

import copy
import datetime as dt
import json
import pickle
from decimal import Decimal

import pytest
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.db import connection, transaction
from django.db.models import CharField, Count, F, Value
from django.db.models.functions import Concat, Length, Lower
from django.db.utils import DatabaseError
from django.forms.models import model_to_dict

from bench.specimens.models import Bill, Card, Colour, Note, Person, Picture
from troth.vault import keyring
from troth.vault.errors import Damaged, Misplaced, NotAnAct, SealedMisuse, Unopened
from troth.vault.fields import Sealed
from troth.vault.models import Subject
from troth.vault.tests.conftest import NOW, opened


def test_every_kind_of_field_comes_back_as_it_went_in(subject: Subject) -> None:
    given = {
        "text": "Reçu 50 mg\n  trailing  ",
        "on": dt.date(1903, 2, 28),
        "at": NOW,
        "count": -(10**30),
        "amount": Decimal("84.20"),
        "agreed": False,
        "colour": Colour.GREEN,
        "answers": {"q1": [1, None, "yes"], "q2": {"é": 0.5}},
    }
    with opened(act=True):
        Note(subject=subject, **given).save()
        empty = Note(subject=subject)
        empty.save()
    with opened():
        row = Note.objects.exclude(pk=empty.pk).get()
        for name, value in given.items():
            assert getattr(row, name) == value, name
        assert isinstance(row.colour, Colour)
        assert str(row.amount) == "84.20"
        assert all(getattr(Note.objects.get(pk=empty.pk), name) is None for name in given)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("on", NOW),
        ("on", "2026-01-01"),
        ("at", dt.datetime(2026, 1, 1)),
        ("count", True),
        ("count", "3"),
        ("amount", 1.5),
        ("amount", Decimal("NaN")),
        ("agreed", 1),
        ("colour", "blue"),
        ("text", 3),
        ("answers", {"x": object()}),
        ("answers", float("nan")),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_without_being_quoted(
    subject: Subject, field: str, value: object
) -> None:
    with opened(act=True), pytest.raises(ValidationError) as refused:
        Note(subject=subject, **{field: value}).save()
    assert field in str(refused.value)
    assert "blue" not in str(refused.value)


def test_reading_outside_a_context_raises(ann: Person) -> None:
    with pytest.raises(Unopened, match="no context open"):
        _ = ann.allergies


def test_what_was_read_inside_is_refused_after(ann: Person) -> None:
    with opened():
        assert ann.allergies == "penicillin"
    with pytest.raises(Unopened):
        _ = ann.allergies


def test_values_give_opaque_sealed_values(ann: Person) -> None:
    for value in [
        Person.objects.values("allergies").get()["allergies"],
        Person.objects.values_list("allergies").get()[0],
        Person.objects.values_list("allergies", flat=True).get(),
        Person.objects.annotate(x=F("allergies")).values("x").get()["x"],
        Person.objects.raw("SELECT id, allergies AS seal FROM specimens_person")[0].seal
        if False
        else next(iter(Person.objects.raw("SELECT * FROM specimens_person"))).__dict__["allergies"],
    ]:
        assert isinstance(value, Sealed)
        for door in (str, repr, bool, len, list, bytes, json.dumps, pickle.dumps, lambda v: f"{v}", lambda v: v < v):
            with pytest.raises((SealedMisuse, TypeError)):
                door(value)
        with opened(), pytest.raises(SealedMisuse):
            str(value)


def test_where_gives_what_filter_gives_and_refuses_sealed_columns(ann: Person) -> None:
    with opened():
        (row,) = Person.objects.where("-recorded_at", "id", subject_id=ann.subject_id)
        assert (row.pk, row.allergies) == (ann.pk, "penicillin")
        assert Person.objects.where("id", subject_id=ann.subject_id, id=ann.subject_id) == []
        with pytest.raises(FieldError):
            Person.objects.where(allergies="penicillin")
        with pytest.raises(FieldError):
            Person.objects.where("-allergies", subject_id=ann.subject_id)
        with pytest.raises(FieldError):
            Person.objects.where(subject_id=None)
        with pytest.raises(FieldError, match="call it first"):
            Person.objects.exclude(subject_id=ann.subject_id).where("id", subject_id=ann.subject_id)
    with pytest.raises(Unopened):
        _ = row.allergies


def test_where_in_each_gives_what_where_gives_of_each(ann: Person) -> None:
    from troth.vault.querysets import where_in_each

    another = Subject.objects.create(kind="patient")
    with opened(act=True):
        Bill(subject_id=ann.subject_id, disposal_year=2026, amount=Decimal("1.50")).save()
        Picture(subject_id=ann.subject_id, caption="two").save()
        Picture(subject_id=ann.subject_id, caption="one").save()
        Picture(subject=another, caption="another's").save()
    with opened():
        persons, bills, notes, pictures = where_in_each(
            [Person, Bill, Note, Picture], "-recorded_at", "id", subject_id=ann.subject_id
        )
        assert [row.allergies for row in persons] == ["penicillin"]
        assert [(row.amount, row.disposal_year) for row in bills] == [(Decimal("1.50"), 2026)]
        assert notes == []
        assert pictures == Picture.objects.where("-recorded_at", "id", subject_id=ann.subject_id)
        assert {row.caption for row in pictures} == {"one", "two"}
        assert where_in_each([]) == []
        with pytest.raises(FieldError, match="sealed"):
            where_in_each([Person], allergies="penicillin")


@pytest.mark.parametrize(
    "door",
    [
        lambda: Person.objects.filter(allergies="penicillin"),
        lambda: Person.objects.exclude(allergies__isnull=True),
        lambda: Person.objects.filter(allergies__contains="p"),
        lambda: Person.objects.filter(allergies__in=["penicillin"]),
        lambda: Person.objects.filter(weight_kg__gt=1),
        lambda: Person.objects.filter(born_on__year=1903),
        lambda: Person.objects.get(allergies="x"),
    ],
)
def test_filtering_raises(ann: Person, door) -> None:
    with pytest.raises(FieldError, match="sealed"):
        list(door())


@pytest.mark.parametrize(
    "door",
    [
        lambda: Person.objects.order_by("allergies"),
        lambda: Person.objects.order_by(F("allergies").desc()),
        lambda: Person.objects.annotate(n=Length("allergies")).values("n"),
        lambda: Person.objects.annotate(n=Lower(F("allergies"))),
        lambda: Person.objects.annotate(n=Concat("allergies", Value("x"), output_field=CharField())),
        lambda: Person.objects.filter(seen__lt=F("weight_kg")),
        lambda: Person.objects.values("allergies").annotate(n=Count("id")).order_by("allergies"),
        lambda: [Person.objects.aggregate(n=Count("allergies", distinct=True))],
        lambda: Person.objects.annotate(low=Lower("allergies")).filter(low="penicillin"),
    ],
)
def test_sorting_and_measuring_raise(ann: Person, door) -> None:
    with pytest.raises((FieldError, DatabaseError)):
        list(door())


def test_grouping_rows_still_works(ann: Person) -> None:
    assert Person.objects.annotate(n=Count("subject")).get().n == 1


def test_update_raises_for_sealed_and_needs_an_act_for_open(ann: Person) -> None:
    with opened(act=True):
        with pytest.raises(SealedMisuse):
            Person.objects.update(allergies="none")
        assert Person.objects.update(seen=3) == 1
    with pytest.raises(NotAnAct):
        Person.objects.update(seen=4)
    ann.seen = 5
    with opened(act=True), pytest.raises(SealedMisuse):
        Person.objects.bulk_update([ann], ["allergies"])


def test_writing_outside_an_act_raises(ann: Person, subject: Subject) -> None:
    for write in (
        lambda: Person(subject=subject, name="B").save(),
        lambda: Person.objects.create(subject=subject, name="B"),
        lambda: Person.objects.bulk_create([Person(subject=subject, name="B")]),
        ann.save,
        ann.delete,
        Person.objects.all().delete,
        lambda: Person.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(NotAnAct):
            write()
    with opened(), pytest.raises(NotAnAct):
        Person(subject=subject, name="B").save()
    assert Person.objects.count() == 1


def test_an_unopened_row_is_saved_refreshed_and_cleaned_without_opening(ann: Person) -> None:
    before = Person.objects.values_list("allergies").get()[0].blob
    ann.seen = 7
    ann.full_clean()
    ann.refresh_from_db()
    ann.seen = 7
    with opened(act=True, reads=False):
        ann.save()
    assert Person.objects.get().seen == 7
    assert Person.objects.values_list("allergies").get()[0].blob == before


def test_a_column_added_later_reads_as_nothing(ann: Person) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE specimens_person SET allergies = NULL")
    with pytest.raises(Unopened):
        _ = Person.objects.get().allergies
    with opened():
        assert Person.objects.get().allergies is None
        assert Person.objects.get().name is not None


def test_only_and_defer_load_when_touched(ann: Person) -> None:
    row = Person.objects.only("id", "subject_id").get()
    with opened():
        assert row.allergies == "penicillin"
    row = Person.objects.defer("allergies").get()
    with pytest.raises(Unopened):
        _ = row.allergies


def test_copies_and_pickles_carry_ciphertext_only(ann: Person) -> None:
    with opened():
        assert ann.allergies == "penicillin"
        stored = pickle.dumps(ann)
        copies = [copy.copy(ann), copy.deepcopy(ann), pickle.loads(stored)]
    assert b"penicillin" not in stored
    for made in copies:
        with pytest.raises(Unopened):
            _ = made.allergies
        with opened():
            assert made.allergies == "penicillin"


def test_a_row_with_something_unsaved_is_not_pickled(ann: Person) -> None:
    ann.allergies = "latex"
    with pytest.raises(SealedMisuse, match="not saved"):
        pickle.dumps(ann)


def test_a_new_key_does_not_carry_old_ciphertext_along(ann: Person) -> None:
    other = Subject.objects.create(kind="patient")
    ann.pk = None
    with opened(act=True), pytest.raises(Misplaced), transaction.atomic():
        ann.save()
    row = Person.objects.get()
    row.subject = other
    with opened(act=True), pytest.raises(Misplaced), transaction.atomic():
        row.save()
    with opened(act=True), pytest.raises(Misplaced), transaction.atomic():
        Person.objects.bulk_create([Person(subject=other, allergies=Person.objects.get().__dict__["allergies"])])


def test_dumps_and_dicts_raise(ann: Person) -> None:
    with opened():
        for door in (lambda: serializers.serialize("json", [ann]), lambda: model_to_dict(ann, fields=["allergies"])):
            with pytest.raises(SealedMisuse):
                door()


def test_bulk_create_seals_and_opens(subject: Subject) -> None:
    with opened(act=True) as ring:
        made = Card.objects.bulk_create([Card(subject=subject, name=f"Person {n}", active=True) for n in range(50)])
        assert len(ring.written) == 50
        with pytest.raises(SealedMisuse):
            Card.objects.bulk_create([Card(subject=subject)], ignore_conflicts=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM specimens_card")
        assert not any(b"Person" in bytes(row[0]) for row in cursor.fetchall())
    with opened():
        assert sorted(row.name for row in Card.objects.all()) == sorted(f"Person {n}" for n in range(50))
    assert len(made) == 50


def test_lengths_do_not_tell(subject: Subject) -> None:
    with opened(act=True):
        for value in (None, "", "no", "yes, positive", "x" * 29):
            Note(subject=subject, text=value, agreed=None if value is None else bool(value)).save()
    lengths = {(len(text.blob), len(agreed.blob)) for text, agreed in Note.objects.values_list("text", "agreed")}
    assert len(lengths) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda b: b[:-1],
        lambda b: b[:20],
        lambda b: b"",
        lambda b: bytes([b[0] ^ 2]) + b[1:],
        lambda b: b[:30] + bytes([b[30] ^ 1]) + b[31:],
        lambda b: b + b"\0",
        lambda b: b[:5] + b[6:],
    ],
)
def test_damage_is_always_an_error(ann: Person, damage) -> None:
    blob = ann.__dict__["allergies"].blob
    with connection.cursor() as cursor:
        cursor.execute("UPDATE specimens_person SET allergies = %s", [damage(blob)])
    with opened(), pytest.raises(Damaged):
        _ = Person.objects.get().allergies


def test_ciphertext_moved_to_another_row_person_or_field_does_not_open(ann: Person) -> None:
    other = Subject.objects.create(kind="patient")
    with opened(act=True):
        same = Person(subject=ann.subject, name="Ann Again", allergies="none")
        same.save()
        another = Person(subject=other, name="Bob", allergies="nuts")
        another.save()
    moves = [
        (same.pk, "allergies", "allergies"),
        (another.pk, "allergies", "allergies"),
        (ann.pk, "allergies", "weight_kg"),
    ]
    for target, source, column in moves:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {source} FROM specimens_person WHERE id = %s",
                [ann.pk.hex if connection.vendor == "sqlite" else ann.pk],
            )
            blob = cursor.fetchone()[0]
            cursor.execute(
                f"UPDATE specimens_person SET {column} = %s WHERE id = %s",
                [blob, target.hex if connection.vendor == "sqlite" else target],
            )
        with opened(), pytest.raises(Damaged):
            getattr(Person.objects.get(pk=target), column)


@pytest.mark.parametrize("at_once", [False, True])
def test_one_of_three_bills_and_one_of_two_pictures_go_while_the_others_stay(
    subject: Subject, *, at_once: bool
) -> None:
    from troth.vault import keystore

    with opened(act=True):
        bills = [Bill(subject=subject, disposal_year=year, amount=Decimal(year)) for year in (2024, 2025, 2026)]
        pictures = [Picture(subject=subject, caption=f"picture {n}") for n in range(2)]
        for row in [*bills, *pictures]:
            row.save()
    if at_once:
        gone = keystore.destroy_scopes(
            subject.id,
            [("specimens.bill", "2025"), ("specimens.picture", pictures[0].pk.hex), ("specimens.bill", "1999")],
        )
        assert {name[1:] for name in gone} == {
            ("specimens.bill", "2025"),
            ("specimens.picture", pictures[0].pk.hex),
        }
        assert keystore.destroy_scopes(subject.id, [("specimens.bill", "2025")]) == ()
        assert keystore.destroy_scopes(subject.id, []) == ()
    else:
        keystore.destroy(subject.id, ["specimens.bill"], scope="2025")
        keystore.destroy(subject.id, ["specimens.picture"], scope=pictures[0].pk.hex)
    opens = {}
    for row in [*Bill.objects.all(), *Picture.objects.all()]:
        with opened():
            try:
                opens[row.pk] = bool(row.amount if isinstance(row, Bill) else row.caption)
            except Exception as error:
                opens[row.pk] = type(error).__name__
    assert [opens[row.pk] for row in [*bills, *pictures]] == [True, "Destroyed", True, "Destroyed", True]


def test_a_swallowed_misuse_poisons_the_boundary(ann: Person) -> None:
    watching = keyring.Watch()
    token = keyring.watch.set(watching)
    try:
        with pytest.raises(Unopened):
            _ = ann.allergies
    finally:
        keyring.watch.reset(token)
    assert isinstance(watching.poisoned, Unopened)
