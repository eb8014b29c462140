"""Officers are reminded of days, once for each, and nothing closes itself."""

from datetime import date, datetime, timedelta

import pytest

from tests.stores import Home
from troth.delivery.models import Message
from troth.rights import selectors, services
from troth.rights.models import Asked, CaseStep, RightsCase, Route, Waits
from troth.rights.rules.clock import reminder_due
from troth.rights.selectors.clocks import misreckoned
from troth.rights.tests.factories import NOW, make_officer, make_patient


@pytest.mark.parametrize(
    ("days", "mark"),
    [
        (8, ""),
        (7, "ahead7"),
        (3, "ahead7"),
        (2, "ahead2"),
        (1, "ahead2"),
        (0, "ahead0"),
        (-1, "late0"),
        (-7, "late0"),
        (-8, "late1"),
    ],
)
def test_which_reminder_is_due(days: int, mark: str) -> None:
    due = date(2026, 12, 24)
    assert reminder_due(due, on=due - timedelta(days=days)) == mark


def test_a_reminder_is_written_once_for_each_day_and_goes_on_until_somebody_answers(clinic: Home) -> None:
    patient, officer = make_patient(), make_officer()
    (case,) = services.take_in(
        patient.id,  # type: ignore[arg-type]
        {Asked.ACCESS},
        words="A copy",
        route=Route.LETTER,
        received_on=NOW.date(),
        by=officer,
        at=NOW + timedelta(minutes=5),
    )

    def reminders(at: datetime) -> int:
        services.mind_days(at=at)
        return Message.objects.filter(kind="case_reminder", subject_id=officer.id).count()

    assert reminders(NOW + timedelta(days=10)) == 0
    assert reminders(NOW + timedelta(days=24)) == 1
    assert reminders(NOW + timedelta(days=25)) == 1
    assert reminders(NOW + timedelta(days=29)) == 2
    assert reminders(NOW + timedelta(days=40)) == 3
    assert reminders(NOW + timedelta(days=60)) == 4
    assert RightsCase.objects.get(pk=case).state == "asked"
    assert CaseStep.objects.filter(kind="reminded").count() == 4


def test_a_pause_moves_the_day_in_the_list(clinic: Home) -> None:
    patient, officer = make_patient(), make_officer()
    at = NOW + timedelta(minutes=5)
    (case,) = services.take_in(
        patient.id,  # type: ignore[arg-type]
        {Asked.ACCESS},
        words="A copy",
        route=Route.LETTER,
        received_on=NOW.date(),
        by=officer,
        at=at,
    )
    services.ask_for(case, Waits.ANSWER, words="Which?", by=officer, at=at)
    later = at + timedelta(days=10)
    assert misreckoned(at=later) == [case]
    services.mind_days(at=later)
    assert misreckoned(at=later) == []
    assert RightsCase.objects.get(pk=case).due_on == selectors.clock_of(case, at=later).due_on
