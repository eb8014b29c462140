"""The clock of a complaint to the controller: thirty days to acknowledge it (LAW-2.3)."""

from collections.abc import Iterable
from datetime import date, timedelta

from troth.law import in_force
from troth.law.clocks.pauses import Pause
from troth.law.clocks.promises import Promise
from troth.law.clocks.results import DueOn
from troth.law.steps import NoAnswer, Step, plain_date, say
from troth.law.working_days import CALENDAR_ENDS, Nation, roll

DAYS = 30


def complaint_due(
    received: date, *, nation: Nation = Nation.ENGLAND, promise: Promise | None = None, pauses: Iterable[Pause] = ()
) -> DueOn:
    """
    Count thirty days, the first being the day after receipt, then move to a working day (LAW-2.3).

    Nothing pauses or extends it (LAW-2.5), and the outcome has no fixed date of its own (LAW-2.6).

    :raises NoAnswer: the day lies outside the years that the law and the calendar cover.
    """
    received = plain_date(received, "received")
    if received < in_force.RIGHTS_FROM:
        raise NoAnswer(
            f"The Data Protection Act 2018 has applied since {say(in_force.RIGHTS_FROM)}; this complaint is older.",
            "Check the year.",
            "LAW-2.3",
        )
    if received > CALENDAR_ENDS:
        raise NoAnswer(f"The calendar of bank holidays ends on {say(CALENDAR_ENDS)}.", "Check the year.", "LAW-1.24")
    steps = [
        Step("LAW-2.3", f"The complaint arrived on {say(received)}. The day after is the first of thirty.", received)
    ]
    if received < in_force.COMPLAINTS_DUTY_FROM:
        steps.append(
            Step(
                "LAW-0.4",
                f"The duty to acknowledge began on {say(in_force.COMPLAINTS_DUTY_FROM)}. For this "
                "complaint the date reckoned here is good practice, not law.",
                received,
                warning=True,
            )
        )
    end = received + timedelta(days=DAYS)
    steps += [
        Step("LAW-2.5", f"The question sent on {say(pause.asked)} does not stop the clock of a complaint.", received)
        for pause in pauses
    ]
    steps.append(Step("LAW-2.3", f"The thirtieth day is {say(end)}.", end))
    due, rolled = roll(end, nation, rule="LAW-2.3")
    steps += rolled
    promised = None
    if promise is not None:
        promised = promise.kept_by(received, nation)
        steps.append(promise.step(promised, due))
    return DueOn(due, due, tuple(steps), due_promised=promised)
