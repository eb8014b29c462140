from datetime import timedelta

import pytest

from troth.ledger import selectors
from troth.ledger.names import Event
from troth.ledger.sealing import seal
from troth.ledger.tests.factories import AYLA, BRAM, CLINICIAN, NOON, draft
from troth.ledger.writing import write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def events():
    write([draft(subject=AYLA if n % 2 else BRAM, request=f"r{n}", at=NOON + timedelta(hours=n)) for n in range(6)])
    seal()
    write(
        [
            draft(
                subject=AYLA,
                request="r6",
                actor_kind="service",
                actor="reminders",
                event=Event.REFUSED,
                outcome="refused",
                check="basis",
                rule="LAW-3.7",
            )
        ]
    )


def requests(entries):
    return [entry.request for entry in entries]


def test_events_about_a_person_newest_first_sealed_or_not():
    assert requests(selectors.events_about(AYLA)) == ["r6", "r5", "r3", "r1"]
    assert requests(selectors.events_about(BRAM)) == ["r4", "r2", "r0"]


def test_events_about_a_person_in_pages():
    first = selectors.events_about(AYLA, limit=2)
    assert requests(first) == ["r6", "r5"]
    assert requests(selectors.events_about(AYLA, limit=2, before=first[-1].id)) == ["r3", "r1"]


def test_events_of_some_names_and_not_by_some_actors_sealed_or_not():
    assert requests(selectors.events_about(AYLA, only=[Event.REFUSED])) == ["r6"]
    assert requests(selectors.events_about(AYLA, not_by=["reminders"])) == ["r5", "r3", "r1"]
    assert requests(selectors.events_about(AYLA, only=[Event.REFUSED], not_by=["reminders"])) == []
    seal()
    assert requests(selectors.events_about(AYLA, only=[Event.REFUSED])) == ["r6"]
    assert requests(selectors.events_about(AYLA, not_by=["reminders"], limit=2)) == ["r5", "r3"]


def test_queries_do_not_grow_with_events(django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        selectors.events_about(AYLA)


def test_events_by_an_actor():
    assert requests(selectors.events_by("reminders")) == ["r6"]
    assert requests(selectors.events_by(CLINICIAN, limit=2)) == ["r5", "r4"]


def test_search_matches_everything_given():
    found = selectors.search(subject=AYLA, since=NOON + timedelta(hours=1), until=NOON + timedelta(hours=5))
    assert requests(found) == ["r3", "r1"]
    assert requests(selectors.search(subject=AYLA, outcome="refused")) == ["r6"]
    assert requests(selectors.search(request="r2")) == ["r2"]


def test_an_entry_is_plain_values_with_words():
    entry = selectors.search(outcome="refused")[0]
    assert (entry.words, entry.check, entry.rule, entry.what) == (
        "was refused",
        "basis",
        "LAW-3.7",
        ("contact", "health"),
    )
    assert entry.at == NOON


def test_count_about():
    assert selectors.count_about(AYLA) == 3
    assert selectors.count_about(CLINICIAN) == 0
