"""More doors of the ORM, each with its stated behaviour (docs/reference/orm-contract.md): closed, or right."""

import threading
from collections.abc import Callable

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import FieldError
from django.db import IntegrityError, models, transaction
from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, RowNumber
from django.db.utils import DatabaseError

from bench.specimens.models import Bill, Name, Note, Person
from troth.vault.errors import Damaged, Misplaced, NotAnAct, SealedMisuse, Unopened
from troth.vault.fields import Sealed
from troth.vault.models import Subject
from troth.vault.tests.conftest import opened

SEALED = Person.objects.filter(pk=OuterRef("pk")).values("allergies")[:1]


def test_a_subquery_gives_sealed_values(ann: Person) -> None:
    (value,) = Person.objects.annotate(x=Subquery(SEALED)).values_list("x").get()
    assert isinstance(value, Sealed)
    ((value,), *_) = Person.objects.values_list("allergies").union(Note.objects.values_list("text"))
    assert isinstance(value, Sealed)


@pytest.mark.parametrize(
    "door",
    [
        lambda: Person.objects.annotate(x=Subquery(SEALED)).filter(x="penicillin"),
        lambda: Person.objects.annotate(x=Subquery(SEALED)).filter(x__isnull=True),
        lambda: Person.objects.alias(x=F("allergies")).filter(x="penicillin"),
        lambda: Person.objects.filter(pk__in=Person.objects.values("allergies")),
        lambda: Person.objects.exclude(pk__in=Person.objects.values_list("allergies", flat=True)),
        lambda: Person.objects.filter(pk__in=Subquery(Person.objects.values("allergies"))),
        lambda: Person.objects.filter(pk=Person.objects.values("allergies")[:1]),
        lambda: Subject.objects.filter(pk__in=Person.objects.values("name").union(Person.objects.values("email"))),
        lambda: Subject.objects.filter(Exists(Person.objects.filter(pk__in=Note.objects.values("text")))),
        lambda: Person.objects.annotate(x=Person.objects.values("allergies")[:1]),
        lambda: Person.objects.alias(x=F("allergies")).order_by("x"),
        lambda: Person.objects.filter(Exists(Person.objects.filter(allergies="x"))),
        lambda: Person.objects.filter(Exists(Person.objects.filter(seen=OuterRef("allergies")))),
        lambda: Person.objects.filter(Q(allergies="x") | Q(seen=0)),
        lambda: Person.objects.annotate(x=Case(When(allergies="x", then=Value(1)), default=Value(0))),
        lambda: Person.objects.annotate(x=Case(When(seen=0, then=F("allergies")), default=Value(None))),
        lambda: Person.objects.annotate(x=Cast("allergies", models.TextField())),
        lambda: [Person.objects.aggregate(x=Max("weight_kg"))],
        lambda: [Person.objects.aggregate(x=Count("allergies"))],
        lambda: [Person.objects.latest("born_on")],
        lambda: Person.objects.annotate(x=models.Window(RowNumber(), partition_by="allergies")),
        lambda: Person.objects.dates("born_on", "year"),
        lambda: Person.objects.in_bulk(["ann@example.com"], field_name="email"),
        lambda: [Person.objects.get_or_create(allergies="penicillin")],
    ],
)
def test_these_raise(ann: Person, door: Callable[[], object]) -> None:
    with opened(act=True), pytest.raises((FieldError, DatabaseError, TypeError, ValueError)), transaction.atomic():
        list(door())  # type: ignore[call-overload]


def test_counting_distinct_rows_still_works(ann: Person) -> None:
    assert Person.objects.distinct().count() == Person.objects.all()[:5].count() == 1
    assert Person.objects.filter(pk__in=Person.objects.values("pk")).count() == 1
    assert Subject.objects.filter(pk__in=Person.objects.values("subject")).count() == 1


@pytest.mark.parametrize(
    "door",
    [
        lambda: models.QuerySet(Person),
        lambda: models.QuerySet(Person).using("default").update(seen=1),
        lambda: models.QuerySet(model=Person).delete(),
        lambda: models.Manager.from_queryset(models.QuerySet)().db_manager("default")._queryset_class(Person),
    ],
)
def test_a_plain_query_set_of_a_holding_is_refused(ann: Person, door: Callable[[], object]) -> None:
    """It would write past every act. Inside one too: the ledger would not name the row."""
    for act in (False, True):
        with opened(act=act), pytest.raises(SealedMisuse, match=r"Person\.objects"):
            door()
    assert Person.objects.filter(seen=1).count() == 0


@pytest.mark.parametrize(
    "rows",
    [
        lambda: Person.objects.iterator(),
        lambda: Person.objects.in_bulk().values(),
        lambda: Person.objects.all().union(Person.objects.all()),
        lambda: Person.objects.select_related("subject"),
        lambda: Person.objects.prefetch_related("subject"),
        lambda: Person.objects.defer("subject"),
        lambda: Person.objects.only("allergies"),
        lambda: [Person.objects.last()],
        lambda: Person._base_manager.all(),
    ],
)
def test_rows_open_however_they_were_fetched_and_only_in_a_context(ann: Person, rows: Callable[[], object]) -> None:
    with opened():
        assert [row.allergies for row in rows()] == ["penicillin"]  # type: ignore[attr-defined]
    for row in list(rows()):  # type: ignore[call-overload]
        with pytest.raises(Unopened):
            _ = row.allergies


def test_what_a_row_is_bound_to_cannot_be_updated_from_under_it(ann: Person) -> None:
    other = Subject.objects.create(kind="patient")
    with opened(act=True):
        for values in ({"subject": other}, {"subject_id": other.pk}, {"id": other.pk}, {"pk": other.pk}):
            with pytest.raises(SealedMisuse, match="bound"):
                Person.objects.update(**values)
        with pytest.raises(SealedMisuse, match="bound"):
            Bill.objects.update(disposal_year=2020)
        with pytest.raises((SealedMisuse, DatabaseError)), transaction.atomic():
            Person.objects.update(seen=F("weight_kg"))
        assert Person.objects.get().allergies == "penicillin"


@pytest.mark.parametrize("column", ["id", "subject_id"])
def test_a_row_passed_off_as_anothers_does_not_open(ann: Person, column: str) -> None:
    with opened(act=True):
        other = Person(subject=Subject.objects.create(kind="patient"), allergies="nuts")
        other.save()
    setattr(ann, column, getattr(other, column))
    with opened(), pytest.raises(Damaged):
        _ = ann.allergies
    with opened(act=True), pytest.raises(Misplaced), transaction.atomic():
        ann.save()


def test_update_or_create_seals_and_needs_an_act(ann: Person) -> None:
    with pytest.raises(NotAnAct), transaction.atomic():
        Person.objects.update_or_create(subject=ann.subject, defaults={"allergies": "latex"})
    with opened(act=True):
        row, made = Person.objects.update_or_create(subject=ann.subject, defaults={"allergies": "latex"})
        assert (made, row.allergies, Person.objects.get().allergies) == (False, "latex", "latex")
        row, made = Name.objects.get_or_create(subject=ann.subject, defaults={"name": "Ann"})
        assert (made, Name.objects.get().name) == (True, "Ann")


def test_asynchronous_doors_need_an_act_like_the_others(ann: Person) -> None:
    async def update() -> None:
        await Person.objects.aupdate(seen=3)

    async def create() -> None:
        await Person.objects.acreate(subject_id=ann.subject_id, name="Bo")

    async def bulk() -> None:
        await Person.objects.abulk_create([Person(subject_id=ann.subject_id, name="Bo")])

    async def save() -> None:
        await ann.asave()

    async def delete() -> None:
        await ann.adelete()

    for door in (update, create, bulk, save, delete):
        with pytest.raises(NotAnAct):
            async_to_sync(door)()
    with opened(act=True):
        async_to_sync(update)()
    assert Person.objects.get().seen == 3


def test_what_was_read_in_one_context_asks_again_in_another(ann: Person) -> None:
    with opened():
        assert ann.allergies == "penicillin"
    with opened(reads=False), pytest.raises(Unopened):
        _ = ann.allergies
    with opened():
        inner: list[str] = []
        thread = threading.Thread(target=lambda: inner.append(_try(ann)))
        thread.start()
        thread.join()
        assert inner == ["Unopened"]


def _try(row: Person) -> str:
    try:
        return str(row.allergies)
    except Unopened as error:
        return type(error).__name__


def test_an_insert_that_failed_can_be_tried_again_but_not_for_another_row(ann: Person) -> None:
    with opened(act=True):
        twin = Person(id=ann.pk, subject=ann.subject, name="Twin")
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save(force_insert=True)
        twin.id = Subject.objects.create(kind="patient").pk
        with pytest.raises(Misplaced), transaction.atomic():
            twin.save(force_insert=True)
        again = Person(id=twin.pk, subject=ann.subject, name="Twin")
        again.save(force_insert=True)
        again.save()
        assert Person.objects.get(pk=again.pk).name == "Twin"


def test_sealed_values_show_in_no_repr(ann: Person) -> None:
    with opened():
        assert ann.allergies == "penicillin"
        assert "penicillin" not in repr(ann)
        assert "penicillin" not in str(ann)
        with pytest.raises(SealedMisuse):
            repr(vars(ann))


def test_a_raw_save_does_not_pass_the_seal(ann: Person) -> None:
    with opened(act=True), pytest.raises(SealedMisuse), transaction.atomic():
        Person(subject=ann.subject, allergies="in the clear").save_base(raw=True)
