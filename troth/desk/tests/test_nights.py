"""What is typed for the two nights of a year on which clocks change: each form says what is amiss, and beside which box."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from conftest import publish_pack
from troth.desk.forms.case import ExaminationForm
from troth.desk.forms.diary import BookForm, ClassForm
from troth.desk.frame import Looking
from troth.desk.views.diary import _day
from troth.diary import rules, services
from troth.diary import selectors as diary
from troth.diary.selectors import Offered, Override
from troth.diary.tests.conftest import NOW, Clinic, open_clinic
from troth.gate.contexts import processing
from troth.law.calendar import LONDON
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
WHOM = UUID(int=7)
STRETCH = Offered(uuid4(), "Stretching", 45, "", places=6)


@pytest.fixture
def nights(db: None) -> Clinic:
    """Orla works from midnight to six on Sunday mornings."""
    publish_pack("wellness-clinic")
    clinic = open_clinic()
    services.set_hours(clinic.orla, hours={6: (0, 24)}, by=clinic.actor(clinic.administrator), at=NOW)
    return clinic


def on_day(on: date) -> dict[str, str]:
    return {"on_day": str(on.day), "on_month": str(on.month), "on_year": str(on.year)}


def booking(clinic: Clinic, on: date, **typed: str) -> BookForm:
    return BookForm(
        {"service": str(clinic.short), "practitioner": str(clinic.orla), **on_day(on), **typed},
        services=diary.list_services(),
        subject=clinic.ann,
        practitioners=[(clinic.orla, "Orla Pettifer")],
        at=NOW,
        may_override=True,
    )


def test_of_an_hour_that_comes_twice_the_one_is_booked_that_was_chosen(nights: Clinic) -> None:
    form = booking(nights, AUTUMN)
    form.is_valid()
    field = form.fields["starts"]
    keys = {words: key for key, words in field.choices if words.startswith("01:30")}  # type: ignore[attr-defined]
    assert list(keys) == ["01:30 (BST)", "01:30 (GMT)"]
    for words, hour in (("01:30 (BST)", 0), ("01:30 (GMT)", 1)):
        form = booking(nights, AUTUMN, starts=keys[words])
        assert form.is_valid()
        # A moment of such an hour is equal to none of another zone.
        assert [each.astimezone(UTC) for each in form.all_starts()] == [datetime(2027, 10, 31, hour, 30, tzinfo=UTC)]


def test_a_time_past_what_is_free_says_which_it_is(nights: Clinic) -> None:
    why = next(iter(Override)).value
    form = booking(nights, AUTUMN, other_time="01:30", override=why)
    assert "Choose it from the free times" in form.errors["other_time"][0]
    form = booking(nights, SPRING, other_time="01:30", override=why)
    assert "01:30 is left out" in form.errors["other_time"][0]
    form = booking(nights, SPRING, other_time="02:00", override=why)
    assert form.is_valid() and form.all_starts() == [datetime(2027, 3, 28, 1, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("on", "words"), [(SPRING, "01:30 is left out"), (AUTUMN, "01:30 comes twice. Write a time")]
)
def test_a_class_and_an_examination_begin_at_a_time_that_there_is_once(on: date, words: str) -> None:
    def class_of(begins: str) -> ClassForm:
        typed = {"service": str(STRETCH.id), "practitioner": str(WHOM), "begins": begins, **on_day(on)}
        return ClassForm(typed, services=[STRETCH], practitioners=[(WHOM, "Orla Pettifer")], at=NOW)

    def examination_of(hour: str) -> ExaminationForm:
        return ExaminationForm({"expert": str(WHOM), "hour": hour, **on_day(on)}, experts=[(WHOM, "Dr Ewa Lisle")])

    assert words in class_of("01:30").errors["begins"][0]
    assert words in examination_of("01:30").errors["hour"][0]
    late = class_of("02:00")
    assert late.is_valid() and late.all_starts() == [examined(examination_of("02:00"))]


def examined(form: ExaminationForm) -> datetime:
    assert form.is_valid()
    when: datetime = form.cleaned_data["when"]
    return when


def test_a_day_stands_in_order_of_time_where_an_hour_comes_twice(nights: Clinic) -> None:
    starts = [datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 0, tzinfo=UTC)]
    member = people.staff_profiles({nights.orla})[nights.orla]
    # As they are read: what is free stands after the visits, in the clock on the wall.
    free = tuple((each.astimezone(LONDON), 30) for each in reversed(starts))
    with processing(Purpose.BOOKING, Action.READ, by=nights.actor(nights.reception), at=NOW) as opened:
        look = Looking(nights.actor(nights.reception), nights.reception, NOW, opened)
        shown = _day(diary.Column(member, AUTUMN, (), (), (), free), look, AUTUMN, AUTUMN, {})
    assert [rules.said(slot.at) for slot in shown.slots] == ["01:30 (BST)", "01:00 (GMT)"]
