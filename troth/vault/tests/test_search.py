"""Look-ups: complete, by three letters a part, and exact ones unique where they must be."""

import pytest
from django.db import connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from bench.specimens.models import Person
from troth.vault import search
from troth.vault.errors import AlreadyTaken
from troth.vault.models import Subject
from troth.vault.tests.conftest import opened

BY_NAME = search.by_name("specimen_person")
BY_EMAIL = search.exact("specimen_email", unique=True)


def make(subject: Subject, **fields: object) -> Person:
    with opened(act=True):
        row = Person(subject=subject, **fields)
        row.save()
    return row


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Ann Lee", "ann"),
        ("Ann Lee", "LEE"),
        ("Zoë Núñez", "nun"),
        ("Zoe Nunez", "Núñ"),
        ("Mary-Ann O'Neil", "onei"),
        ("Mary-Ann O'Neil", "neil"),
        ("Mary-Ann O'Neil", "mary ann"),
        ("Bo Li", "li"),
        ("José Ångström", "angstr"),
        ("Siân Ŵyn", "wyn"),
    ],
)
def test_a_name_is_found_by_three_letters_of_any_part(subject: Subject, name: str, typed: str) -> None:
    row = make(subject, name=name)
    assert (subject.id, row.pk) in search.candidates(BY_NAME, typed)


def test_candidates_of_several_parts_have_them_all(subject: Subject) -> None:
    make(subject, name="Ann Lee")
    make(Subject.objects.create(kind="patient"), name="Ann Smith")
    assert search.candidate_subjects(BY_NAME, "ann lee") == [subject.id.hex]
    assert len(search.candidate_subjects(BY_NAME, "ann")) == 2
    assert search.candidate_subjects(BY_NAME, "-") == []


def test_the_subjects_of_a_token_are_read_from_one_index(subject: Subject) -> None:
    """Thousands of them lie together there; as rows they lie apart, and a search would wait for each."""
    store = connections["keys"]
    if store.vendor != "sqlite":
        pytest.skip("PostgreSQL weighs a table of one row differently from one of a million")
    with store.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN SELECT DISTINCT subject FROM vault_token WHERE token = %s", [b"x"])
        assert "COVERING INDEX token_to_subjects" in cursor.fetchall()[0][-1]


@given(st.text(min_size=3, max_size=30))
def test_every_part_finds_its_own_name(name: str) -> None:
    made = set(search.tokens(BY_NAME, name))
    for part in search.name_parts(name):
        assert search._token(BY_NAME.space, part[:3])[:16] in made


def test_a_changed_name_is_found_by_the_new_one_only(subject: Subject, django_capture_on_commit_callbacks) -> None:
    row = make(subject, name="Ann Lee")
    row.name = "Ann Smith"
    with django_capture_on_commit_callbacks(execute=True), opened(act=True):
        row.save()
    assert not search.candidates(BY_NAME, "lee")
    assert search.candidates(BY_NAME, "smi") == [(subject.id, row.pk)]
    search.forget([row.pk])
    assert not search.candidates(BY_NAME, "smi")


def test_what_was_undone_is_still_found_by_what_it_says(subject: Subject, django_capture_on_commit_callbacks) -> None:
    """The index is in another store than the row, and no rollback reaches it."""
    row = make(subject, name="Ann Lee", email="ann@example.com")
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
        opened(act=True),
    ):
        row.name, row.email = "Ann Smith", "smith@example.com"
        row.save()
        raise ZeroDivisionError
    assert search.candidates(BY_NAME, "lee") == [(subject.id, row.pk)]
    assert search.find_exact(BY_EMAIL, "ann@example.com") == [(subject.id, row.pk)]


def test_an_email_is_unique_whatever_its_case_and_freed_when_changed(
    subject: Subject, django_capture_on_commit_callbacks
) -> None:
    row = make(subject, name="Ann", email="Ann.Lee@Example.com")
    assert search.find_exact(BY_EMAIL, " ann.lee@example.COM ") == [(subject.id, row.pk)]
    other = Subject.objects.create(kind="patient")
    with pytest.raises(AlreadyTaken), transaction.atomic():
        make(other, name="Imposter", email="ann.lee@example.com")
    row.email = "new@example.com"
    with django_capture_on_commit_callbacks(execute=True), opened(act=True):
        row.save()
    make(other, name="Not an imposter", email="ann.lee@example.com")


def test_tokens_lie_in_the_key_store_and_say_nothing_without_the_index_key(subject: Subject) -> None:
    make(subject, name="Ann Lee", email="ann@example.com", postcode="LD3 9ZZ")
    with connections["keys"].cursor() as cursor:
        cursor.execute("SELECT token, unique_in, field_id FROM vault_token")
        rows = cursor.fetchall()
    assert len(rows) == 4
    assert not any(part in bytes(token) for token, *_ in rows for part in (b"ann", b"lee", b"ld3"))
    assert not any("ann" in unique.lower() for _, unique, _ in rows)


@pytest.mark.parametrize(
    ("written", "outward"),
    [("LD3 9ZZ", "ld3"), ("ld39zz", "ld3"), ("EC1A 1BB", "ec1a"), ("W1A 0AX", "w1a"), ("nonsense", "nons")],
)
def test_outward_codes(written: str, outward: str) -> None:
    assert search.outward_code(written) == outward
