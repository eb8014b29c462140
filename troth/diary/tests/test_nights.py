"""The two nights of a year on which clocks change: no visit at an hour that there is not, and of two hours none is the other."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from troth.diary import rules, selectors, services
from troth.diary.models import Appointment
from troth.diary.rules import NotPossible
from troth.diary.tests.conftest import NOW, Clinic
from troth.law.calendar import LONDON

#: The last Sundays of March and October.
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


@pytest.fixture
def nights(clinic: Clinic) -> Clinic:
    """Orla works from ten on Saturday evenings to six on Sunday mornings."""
    by = clinic.actor(clinic.administrator)
    services.set_hours(clinic.orla, hours={5: (88, 96), 6: (0, 24)}, by=by, at=NOW)
    return clinic


def free(clinic: Clinic, on: date) -> list[datetime]:
    return [each.at for each in selectors.free_on(clinic.short, on, clinic.orla, at=NOW)]


def test_a_night_is_as_long_as_it_is_and_offers_no_hour_that_there_is_not(nights: Clinic) -> None:
    # What lasts half an hour, each quarter from midnight to half past five: in five hours, or in seven.
    spring, autumn = free(nights, SPRING), free(nights, AUTUMN)
    assert (len(spring), len(autumn)) == (19, 27)
    assert not any(rules.said(each).startswith("01:") for each in spring)
    assert [rules.said(each) for each in autumn if rules.said(each).startswith("01:30")] == [
        "01:30 (BST)",
        "01:30 (GMT)",
    ]
    # The evening goes on into the night: what begins at a quarter to twelve ends after midnight.
    assert datetime(2027, 3, 27, 23, 45, tzinfo=UTC) in free(nights, SPRING - timedelta(days=1))


def test_an_hour_that_comes_twice_is_booked_twice_and_told_apart(nights: Clinic) -> None:
    first, second = (each for each in free(nights, AUTUMN) if rules.said(each).startswith("01:30"))
    for subject, moment in ((nights.ann, first), (nights.bob, second.astimezone(LONDON))):
        nights.book(subject, nights.orla, moment)
    rows = Appointment.objects.order_by("starts_at")
    assert [(row.starts_at, row.ends_at - row.starts_at) for row in rows] == [
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), timedelta(minutes=30)),
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), timedelta(minutes=30)),
    ]
    assert [rules.said_when(row.starts_at) for row in rows] == [
        "Sunday 31 October, 1:30am (BST)",
        "Sunday 31 October, 1:30am (GMT)",
    ]
    file = rules.calendar_of(rows[1].pk, rows[1].starts_at, rows[1].ends_at, cancelled=False, at=NOW)
    assert "DTSTART:20271031T013000Z" in file and "DTEND:20271031T020000Z" in file


@pytest.mark.parametrize("on", [SPRING, AUTUMN])
def test_what_lasts_an_hour_lasts_an_hour_over_the_change(nights: Clinic, on: date) -> None:
    # Said by the clock on the wall, as a form of ours says it.
    nights.book(nights.ann, nights.orla, datetime.combine(on, time(0, 30), tzinfo=LONDON), long=True)
    row = Appointment.objects.get()
    assert row.ends_at - row.starts_at == timedelta(hours=1)


def test_an_hour_that_there_is_not_is_refused_whoever_books(nights: Clinic) -> None:
    skipped = datetime.combine(SPRING, time(1, 30), tzinfo=LONDON)
    with pytest.raises(NotPossible, match="01:30 is left out"):
        nights.book(nights.ann, nights.orla, skipped)
    before = datetime.combine(SPRING - timedelta(days=7), time(1, 30), tzinfo=LONDON)
    with pytest.raises(NotPossible, match=r"Sunday 28 March.*is left out"):
        services.book_series(
            nights.ann,
            practitioner=nights.orla,
            service=nights.short,
            starts=[before, before + timedelta(days=7)],
            by=nights.actor(nights.ann),
            at=NOW,
        )
    assert not Appointment.objects.exists()


def test_a_time_that_is_typed_says_which_it_is() -> None:
    with pytest.raises(NotPossible, match="left out"):
        rules.as_typed(SPRING, time(1, 30))
    with pytest.raises(NotPossible, match="comes twice"):
        rules.as_typed(AUTUMN, time(1, 30))
    assert rules.as_typed(SPRING, time(2)) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert rules.as_typed(AUTUMN, time(2)) == datetime(2027, 10, 31, 2, 0, tzinfo=UTC)
