"""Publishing, what is in force, and that a published version never changes."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from troth.notice import selectors, services
from troth.notice.findings import FaultyNotice
from troth.notice.guards import drop_guards, guards_missing, make_guards
from troth.notice.models import Version
from troth.notice.purposes import Purpose
from troth.notice.tests.factories import NOON, PACK, pack_values, row, text_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def first():
    return services.publish(PACK.read_text("utf-8"), by="tester", at=NOON)


def _next(change, **dates):
    values = pack_values()
    change(values)
    return services.publish(text_of(values), by="tester", **dates)


def test_first_version_is_in_force_at_once(first):
    register = selectors.register_in_force(NOON)
    assert (register.version, register.hash) == (1, first.hash)
    assert Purpose.PRESCRIBING in register.purposes
    assert register.controller == "Aldersyke Clinic"


def test_nothing_is_in_force_before_the_first(first):
    with pytest.raises(selectors.NoNotice):
        selectors.register_in_force(NOON - DAY)


def test_publish_refuses_a_faulty_notice_and_stores_nothing():
    values = pack_values()
    values["purposes"] = [row for row in values["purposes"] if row["id"] != "rights"]
    with pytest.raises(FaultyNotice, match="K01"):
        services.publish(text_of(values), by="tester", at=NOON)
    assert not Version.objects.exists()


def test_publish_refuses_no_change_even_with_other_comments(first):
    with pytest.raises(services.PublishingRefused, match="Nothing has changed"):
        services.publish("# a new comment\n" + PACK.read_text("utf-8"), by="tester", at=NOON + DAY)


def test_wording_acts_at_once(first):
    version = _next(lambda values: row(values, "care").update(words="Said in other words."), at=NOON + DAY)
    assert not version.material
    assert selectors.register_in_force(NOON + DAY).version == 2


def test_material_change_waits_for_the_days_promised(first):
    def change(values):
        values["purposes"] = [row for row in values["purposes"] if row["id"] != "advertising"]
        row(values, "marketing")["categories"].append("correspondence")
        row(values, "marketing")["retention"]["correspondence"] = "contact"

    with pytest.raises(services.PublishingRefused, match="promises 30 days"):
        _next(change, at=NOON, in_force_at=NOON + 29 * DAY)
    version = _next(change, at=NOON)
    assert version.material and version.announced_at == NOON and version.in_force_at == NOON + 30 * DAY
    assert selectors.register_in_force(NOON + 30 * DAY - timedelta(seconds=1)).version == 1
    in_force = selectors.register_in_force(NOON + 30 * DAY)
    assert in_force.version == 2 and Purpose.ADVERTISING not in in_force.purposes


def test_material_change_may_hold_sooner_when_announced_earlier(first):
    version = _next(
        lambda values: values["retention"]["rules"][1]["limbs"][0].update(period="3 years"),
        at=NOON + 40 * DAY,
        announced_at=NOON + 5 * DAY,
    )
    assert version.in_force_at == NOON + 40 * DAY


def test_publish_refuses_dates_that_run_backwards(first):
    def reword(values):
        row(values, "care").update(words="Other words.")

    with pytest.raises(services.PublishingRefused, match="before it is published"):
        _next(reword, at=NOON, in_force_at=NOON - DAY)
    with pytest.raises(services.PublishingRefused, match="before it is announced"):
        _next(reword, at=NOON, in_force_at=NOON + DAY, announced_at=NOON + 2 * DAY)


def test_a_later_version_overtakes_one_that_still_waits(first):
    _next(lambda values: values["recipients"][0].update(country="IE"), at=NOON)
    third = _next(lambda values: row(values, "care").update(words="Other words."), at=NOON + DAY)
    assert third.number == 3 and third.in_force_at == NOON + DAY
    assert selectors.register_in_force(NOON + 31 * DAY).version == 3


def test_a_version_that_waits_is_no_shortcut(first):
    """Wording laid over a material change that still waits must not bring that change in force sooner."""
    values = pack_values()
    values["recipients"][1].update(receives="all")
    services.publish(text_of(values), by="tester", at=NOON)
    row(values, "care").update(words="Other words.")
    third = services.publish(text_of(values), by="tester", at=NOON + DAY)
    assert third.material and third.in_force_at == NOON + 31 * DAY


def test_two_publishers_at_one_moment_are_told(first, monkeypatch):
    """The second sees the state from before the first: its number is taken, and the database says so."""
    monkeypatch.setattr(selectors, "latest_version", lambda: None)
    values = pack_values()
    row(values, "care").update(words="Other words.")
    with pytest.raises(services.PublishingRefused, match="same moment"):
        services.publish(text_of(values), by="tester", at=NOON)
    assert Version.objects.count() == 1


def test_versions_declaring_counts_those_published_by_then(first):
    _next(
        lambda values: values.update(purposes=[row for row in values["purposes"] if row["id"] != "feedback"]),
        at=NOON + DAY,
    )
    assert selectors.versions_declaring(Purpose.FEEDBACK, NOON + 2 * DAY) == {1}
    assert selectors.versions_declaring(Purpose.CARE, NOON + 2 * DAY) == {1, 2}
    assert selectors.versions_declaring(Purpose.CARE, NOON) == {1}
    assert selectors.versions_declaring(Purpose.CCTV, NOON + 2 * DAY) == frozenset()


def test_one_small_query_tells_which_version_holds(first, django_assert_num_queries):
    selectors.register_in_force(NOON)
    with django_assert_num_queries(1) as queries:
        selectors.register_in_force(NOON)
    assert '"text"' not in queries[0]["sql"]


def test_versions_are_read_by_number(first):
    assert selectors.get_version(1).text == PACK.read_text("utf-8")
    assert [version.number for version in selectors.list_versions()] == [1]
    with pytest.raises(selectors.NoNotice):
        selectors.get_version(2)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE notice_version SET text = 'x'",
        "UPDATE notice_version SET in_force_at = published_at",
        "DELETE FROM notice_version",
        "DELETE FROM notice_version WHERE number = 1",
        pytest.param(
            "INSERT OR REPLACE INTO notice_version SELECT number, hash, 'x', published_at, in_force_at,"
            " announced_at, material, published_by FROM notice_version",
            id="replace",
        ),
        pytest.param("TRUNCATE notice_version", id="truncate"),
    ],
)
def test_the_database_refuses_to_change_a_version(first, attack):
    if connection.vendor == ("sqlite" if "TRUNCATE" in attack else "postgresql") and (
        "TRUNCATE" in attack or "REPLACE" in attack
    ):
        pytest.skip("no such statement in this database")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert Version.objects.get().text == PACK.read_text("utf-8")


def test_upsert_does_not_slip_past(first):
    # On PostgreSQL this meets the update trigger, on SQLite the insert guard.
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notice_version SELECT number, hash, 'x', published_at, in_force_at, announced_at,"
            " material, published_by FROM notice_version WHERE true"
            " ON CONFLICT (number) DO UPDATE SET text = 'x'"
        )


def test_missing_guards_are_named(first):
    assert guards_missing(connection) == []
    drop_guards(connection)
    assert guards_missing(connection) != []
    make_guards(connection)
    assert guards_missing(connection) == []


def test_altered_text_is_not_enforced(first):
    drop_guards(connection)
    altered = PACK.read_text("utf-8").replace("says_never_for", "says_only: [gp]\n  says_never_for")
    Version.objects.update(text=altered)
    make_guards(connection)
    selectors._register.cache_clear()
    with pytest.raises(selectors.AlteredNotice):
        selectors.register_in_force(NOON)
    selectors._register.cache_clear()
