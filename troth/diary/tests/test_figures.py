"""Figures: counted by the acts, shown as the law lets small numbers be shown, and about nobody."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from troth.diary import rules, selectors, services
from troth.diary.models import Ended, Figure
from troth.diary.tests.conftest import NOW, TEN, Clinic
from troth.ledger.models import LedgerEvent

TODAY = NOW.date()


@pytest.mark.parametrize(
    ("number", "said", "drawn"),
    [(0, "0", 0), (1, "*", 0), (7, "*", 0), (8, "10", 10), (12, "10", 10), (13, "15", 15), (1_000, "1000", 1_000)],
)
def test_small_numbers_are_stars_and_others_are_rounded(number: int, said: str, drawn: int) -> None:
    assert (rules.shown(number), rules.rounded(number)) == (said, drawn)


def test_money_and_shares_of_few_are_not_shown() -> None:
    assert rules.shown_money(0, 0) == 0 and rules.shown_money(12_300, 7) is None
    assert rules.shown_money(12_300, 8) == 120 and rules.shown_money(12_500, 8) == 130
    assert rules.shown_share(30, 60, 7) is None and rules.shown_share(30, 60, 8) == 50
    assert rules.shown_share(0, 0, 0) is None and rules.shown_share(70, 60, 9) == 100


def live(clinic: Clinic, number: int) -> None:
    """So many visits that took place, one after the other."""
    reception, orla = clinic.actor(clinic.manager), clinic.actor(clinic.orla)
    for each in range(number):
        starts = TEN + timedelta(minutes=30 * each)
        visit = clinic.book(clinic.ann, clinic.orla, starts)
        services.arrive(visit, by=reception, at=starts)
        services.complete(visit, by=orla, at=starts)


def cells(report: selectors.Report) -> dict[str, str]:
    return dict(zip(report.heads, report.rows[-1][1], strict=True))


def test_seven_visits_are_a_star_and_eight_a_number(clinic: Clinic) -> None:
    live(clinic, 7)
    assert cells(selectors.REPORTS["attendance"][1](TODAY))["Came"] == "*"
    assert cells(selectors.REPORTS["time"][1](TODAY))["Share in visits"] == "*"
    assert cells(selectors.REPORTS["value"][1](TODAY))["sentinel-short"] == "*"
    live_one_more = clinic.book(clinic.bob, clinic.dev, TEN)
    services.arrive(live_one_more, by=clinic.actor(clinic.manager), at=TEN)
    services.complete(live_one_more, by=clinic.actor(clinic.dev), at=TEN)
    assert cells(selectors.REPORTS["attendance"][1](TODAY))["Came"] == "10"
    # Two practitioners work nine hours on six days, and eight visits take four hours of it.
    assert cells(selectors.REPORTS["time"][1](TODAY)) == {"Hours worked": "108", "Share in visits": "4%"}


def test_a_total_does_not_tell_what_a_star_hides(clinic: Clinic) -> None:
    """Of two services with twenty visits and one the total is that of the twenty."""
    for service, number, pence in ((clinic.short, 20, 5_000), (clinic.long, 1, 9_000)):
        Figure.objects.create(
            kind="done", period=TODAY.replace(day=1), service=service.hex, number=number, pence=number * pence
        )
    found = cells(selectors.REPORTS["value"][1](TODAY))
    assert found == {"sentinel-long": "*", "sentinel-short": "£1,000", "All shown": "£1,000"}


def test_reports_open_nothing_and_ask_as_little_for_a_year(clinic: Clinic) -> None:
    live(clinic, 3)
    visit = clinic.book(clinic.bob, clinic.dev, TEN)
    services.cancel(visit, because=Ended.OTHER_TIME, by=clinic.actor(clinic.bob), at=NOW)
    seen = LedgerEvent.objects.filter(event="gate:opened").count()
    for _, make in selectors.REPORTS.values():
        with CaptureQueriesContext(connection) as asked:
            made = make(TODAY)
        assert len(asked) <= 3
        assert not any("appointment" in query["sql"] or "vault" in query["sql"] for query in asked)
        assert len(made.rows) == 12 and all(len(row[1]) == len(made.heads) for row in made.rows)
    assert LedgerEvent.objects.filter(event="gate:opened").count() == seen


def test_what_an_act_did_not_do_is_not_counted(clinic: Clinic) -> None:
    visit = clinic.book(clinic.ann, clinic.orla, TEN)
    with pytest.raises(rules.NotPossible):
        services.complete(visit, by=clinic.actor(clinic.orla), at=TEN)
    with pytest.raises(rules.NotPossible):
        clinic.book(clinic.bob, clinic.orla, TEN)
    assert {(row.kind, row.number) for row in Figure.objects.all()} == {("booked", 1)}
