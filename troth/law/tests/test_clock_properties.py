"""What must hold of every clock on any day, and a slow model that counts day by day."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from troth.law.calendar import months_after
from troth.law.clocks import Pause, breach_due, complaint_due, request_due
from troth.law.rights import Right
from troth.law.working_days import Nation, is_working_day

days = st.dates(date(2018, 5, 25), date(2030, 12, 31))
nations = st.sampled_from(Nation)
rights = st.sampled_from(Right)


@st.composite
def questions(draw: st.DrawFn, received: date) -> list[Pause]:
    """Up to four questions, sent within ten weeks and answered within five."""
    made = []
    for _ in range(draw(st.integers(0, 4))):
        asked = received + timedelta(days=draw(st.integers(0, 70)))
        made.append(Pause(asked, asked + timedelta(days=draw(st.integers(0, 35)))))
    return made


def month_model(received: date, months: int) -> date:
    """Walk day by day to the same number of a later month, stopping at that month's last day."""
    day, passed = received, 0
    while True:
        tomorrow = day + timedelta(days=1)
        if tomorrow.month != day.month:
            if passed == months:
                return day
            passed += 1
        day = tomorrow
        if passed == months and day.day == received.day:
            return day


@given(days, st.integers(1, 6))
def test_months_after_agrees_with_walking(received: date, months: int) -> None:
    assert months_after(received, months) == month_model(received, months)


@given(rights, days, nations, st.booleans())
def test_a_request_falls_due_on_the_first_working_day_from_its_month_on(
    right: Right, received: date, nation: Nation, extended: bool
) -> None:
    due = request_due(right, received, nation=nation, extended=extended)
    end = month_model(received, 3 if extended else 1)

    assert is_working_day(due.due_statutory, nation)
    assert due.due_statutory >= end
    between = (end + timedelta(days=n) for n in range((due.due_statutory - end).days))
    assert not any(is_working_day(day, nation) for day in between)


@given(st.data(), days, nations, st.booleans())
def test_pauses_lengthen_and_the_cautious_reading_is_never_later(
    data: st.DataObject, received: date, nation: Nation, extended: bool
) -> None:
    asked = data.draw(questions(received))
    plain = request_due(Right.ACCESS, received, nation=nation, extended=extended)
    paused = request_due(Right.ACCESS, received, nation=nation, extended=extended, pauses=asked)

    assert plain.due_cautious <= paused.due_cautious <= paused.due_statutory
    assert is_working_day(paused.due_statutory, nation)
    assert is_working_day(paused.due_cautious, nation)
    distinct = {day for pause in asked for day in pause.days(cautious=False)}
    latest = months_after(received, 3 if extended else 1) + timedelta(days=len(distinct))
    assert paused.due_statutory <= latest + timedelta(days=6)  # no closed run of days is longer


@given(rights, days, st.data(), nations, st.booleans())
def test_pauses_agree_with_counting_days_one_by_one(
    right: Right, received: date, data: st.DataObject, nation: Nation, extended: bool
) -> None:
    """Questions sent in the first weeks are always in time, so each distinct day adds one, and only to access."""
    identity = received + timedelta(days=data.draw(st.integers(0, 40)))
    asked = []
    for _ in range(data.draw(st.integers(0, 4))):
        first = received + timedelta(days=data.draw(st.integers(0, (identity - received).days + 20)))
        asked.append(Pause(first, first + timedelta(days=data.draw(st.integers(0, 25)))))
    due = request_due(right, received, identity=identity, pauses=asked, nation=nation, extended=extended)

    for answer_counts, reached in ((False, due.due_statutory), (True, due.due_cautious)):
        end, day = month_model(identity, 3 if extended else 1), identity
        if right is Right.ACCESS:
            while day < received + timedelta(days=120):
                day += timedelta(days=1)
                still = [
                    p for p in asked if p.asked <= day <= p.answered and not (answer_counts and day == p.answered)
                ]
                end += timedelta(days=bool(still))
        while not is_working_day(end, nation):
            end += timedelta(days=1)
        assert reached == end


@given(st.data(), days, nations)
def test_an_extension_never_shortens(data: st.DataObject, received: date, nation: Nation) -> None:
    asked = data.draw(questions(received))
    plain = request_due(Right.ACCESS, received, nation=nation, pauses=asked)
    extended = request_due(Right.ACCESS, received, nation=nation, pauses=asked, extended=True)

    assert extended.due_statutory > plain.due_statutory
    assert extended.due_cautious > plain.due_cautious
    assert extended.extension_notice_by == plain.due_statutory  # its notice goes within the plain time
    assert extended.extension_notice_plan is not None
    assert extended.extension_notice_plan <= plain.due_cautious


@given(rights, days, st.integers(0, 200), st.integers(0, 200), nations)
def test_proof_of_identity_coming_later_never_brings_the_date_forward(
    right: Right, received: date, first: int, second: int, nation: Nation
) -> None:
    early, late = sorted((first, second))
    one = request_due(right, received, identity=received + timedelta(days=early), nation=nation)
    other = request_due(right, received, identity=received + timedelta(days=late), nation=nation)

    assert one.due_statutory <= other.due_statutory


@given(rights, days, st.integers(0, 60), nations)
def test_a_restart_is_a_request_received_that_day(right: Right, received: date, later: int, nation: Nation) -> None:
    arrived = received + timedelta(days=later)

    assert (
        request_due(right, received, fee=arrived, nation=nation).due_statutory
        == request_due(right, arrived, nation=nation).due_statutory
    )


@given(st.data(), days, nations)
def test_the_order_of_questions_does_not_matter(data: st.DataObject, received: date, nation: Nation) -> None:
    asked = data.draw(questions(received))

    assert request_due(Right.ACCESS, received, pauses=asked, nation=nation) == request_due(
        Right.ACCESS, received, pauses=reversed(asked), nation=nation
    )


@given(days, nations)
def test_a_complaint_counts_thirty_days_whatever_the_month(received: date, nation: Nation) -> None:
    due = complaint_due(received, nation=nation).due_statutory
    thirtieth = received + timedelta(days=30)

    assert is_working_day(due, nation)
    assert due == next(day for n in range(30) if is_working_day(day := thirtieth + timedelta(days=n), nation))


@given(st.datetimes(datetime(2018, 5, 26), datetime(2037, 1, 1), timezones=st.timezones()))
def test_a_breach_has_seventy_two_elapsed_hours(aware: datetime) -> None:
    due = breach_due(aware).due_at

    assert due.astimezone(UTC) - aware.astimezone(UTC) == timedelta(hours=72)
    assert str(due.tzinfo) == "Europe/London"
    assert due.utcoffset() in (timedelta(0), timedelta(hours=1))


@given(rights, days, nations)
def test_every_step_cites_a_rule_and_the_last_rolled_day_is_the_answer(
    right: Right, received: date, nation: Nation
) -> None:
    due = request_due(right, received, nation=nation)

    assert all(step.rule.startswith("LAW-") and step.text.endswith(".") for step in due.steps)
    reckoned = [step.date for step in due.steps if step.rule in {"LAW-1.4", "LAW-1.5", "LAW-1.6"}]
    assert reckoned[-1] == due.due_statutory
