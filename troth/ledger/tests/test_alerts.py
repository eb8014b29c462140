"""Each alert rule finds what it is for, leaves alone what stands just below it, and forgets what is long over."""

from datetime import timedelta

import pytest

from troth.ledger import alerts
from troth.ledger.names import Event
from troth.ledger.sealing import seal
from troth.ledger.tests.factories import AYLA, BRAM, CLINICIAN, NOON, draft
from troth.ledger.writing import write

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def refused(**changes):
    return draft(**{"event": Event.REFUSED, "outcome": "refused", "check": "reason", **changes})


def rules(found):
    return [(each.rule, each.actor, each.count) for each in found]


def test_trying_ones_own_record_once_is_enough():
    write(
        [
            refused(subject=CLINICIAN),
            refused(subject=AYLA),
            draft(subject=CLINICIAN),
            refused(actor_kind="nobody", actor="", subject=""),
        ]
    )
    (found,) = alerts.own_record(NOON + MINUTE)
    assert rules([found]) == [("own_record", CLINICIAN, 1)] and found.event_id > 0 and found.newest == NOON
    assert alerts.own_record(NOON + timedelta(days=1, minutes=1)) == []


def test_a_linked_record_counts_as_ones_own_opened_or_refused():
    write([draft(subject=AYLA), refused(subject=BRAM)])
    assert alerts.own_record(NOON + MINUTE) == []
    assert rules(alerts.own_record(NOON + MINUTE, linked=[(CLINICIAN, AYLA)])) == [("own_record", CLINICIAN, 1)]
    assert rules(alerts.own_record(NOON + MINUTE, linked=[(AYLA, CLINICIAN)])) == []


def test_many_refusals_of_one_actor_stand_out_and_few_do_not():
    write([refused(request=f"r{number}") for number in range(alerts.MANY_REFUSALS - 1)])
    assert alerts.many_refusals(NOON + MINUTE) == []
    write([refused(request="last")])
    assert rules(alerts.many_refusals(NOON + MINUTE)) == [("many_refusals", CLINICIAN, alerts.MANY_REFUSALS)]
    assert alerts.many_refusals(NOON + timedelta(days=1, minutes=1)) == []


def test_searching_at_a_rate_of_no_desk_stands_out_however_many_people_one_search_shows():
    some = [
        draft(purpose="find", request=f"r{number}", subject=subject)
        for number in range(59)
        for subject in (AYLA, BRAM)
    ]
    write(some)
    assert alerts.many_searches(NOON + MINUTE) == []
    write(
        [
            draft(
                event=Event.SEARCHED,
                actor_kind="service",
                actor="search",
                on_behalf_of=CLINICIAN,
                subject="",
                purpose="find",
                request="r60",
            )
        ]
    )
    assert rules(alerts.many_searches(NOON + MINUTE)) == [("searches", CLINICIAN, 60)]
    assert alerts.many_searches(NOON + timedelta(hours=2)) == []


def test_an_event_that_waits_too_long_to_be_sealed_is_told():
    write([draft()])
    assert alerts.unsealed(NOON + timedelta(seconds=9)) == []
    assert rules(alerts.all_alerts(NOON + timedelta(seconds=12))) == [("unsealed", "", 12)]
    seal()
    assert alerts.all_alerts(NOON + timedelta(seconds=12)) == []
