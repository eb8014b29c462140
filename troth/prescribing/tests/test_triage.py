"""The order in which requests are read: pure, and as the page gets it; and when somebody asks how people are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.notice.purposes import Purpose
from troth.prescribing import services
from troth.prescribing.models import GpState, Matter, Prescription
from troth.prescribing.rules import NotPossible
from troth.prescribing.rules.gates import Risk
from troth.prescribing.rules.triage import DAY, Waiting, follow_up_after, place
from troth.prescribing.selectors import supplies, triage
from troth.prescribing.tests.conftest import Clinic, agree, look, prescribe, send, verify
from troth.records import selectors as records
from troth.records.selectors import TaskLine, TaskState
from troth.records.tests.factories import LATER

SOON = LATER + timedelta(minutes=10)
QUIET = Waiting(LATER, LATER + 10 * DAY, 0, 0, frozenset(), worried=False, alike=False)


@pytest.mark.parametrize(
    ("change", "before"),
    [
        ({"worried": True}, {"risks": frozenset({Risk.MISUSE})}),
        ({"stops": 1}, {"alike": True}),
        ({"good_until": LATER + timedelta(hours=3)}, {"risks": frozenset({Risk.ANTIMICROBIAL})}),
        ({"risks": frozenset({Risk.WEIGHT})}, {}),
        ({"alike": True}, {"flags": 3}),
        ({"asked_at": LATER - 2 * DAY}, {"risks": frozenset({Risk.WEIGHT})}),  # two days lift it past what is new
        ({}, {"stops": 1, "parked": "Waits for their answer"}),
        ({"asked_at": LATER - timedelta(hours=1)}, {}),
    ],
)
def test_what_presses_stands_first_and_says_why(change: dict, before: dict) -> None:  # type: ignore[type-arg]
    first, second = (place(replace(QUIET, **each), LATER) for each in (change, before))
    assert first[0] < second[0]
    assert second[1] or not before  # each reason is said


def test_no_request_is_passed_for_ever() -> None:
    pressing = place(replace(QUIET, worried=True, asked_at=LATER), LATER)[0]
    assert place(replace(QUIET, asked_at=LATER - 3 * DAY), LATER)[0] < pressing


def test_somebody_asks_sooner_about_what_needs_watching() -> None:
    assert follow_up_after({Risk.MONITORING}) < follow_up_after(())
    assert follow_up_after({Risk.ANTIMICROBIAL}) < follow_up_after({Risk.MONITORING, Risk.ANTIMICROBIAL})


def test_the_list_is_in_order_names_why_and_costs_the_same_for_many(clinic: Clinic) -> None:
    send(clinic)
    risky = send(clinic, "weight-management")

    def listed() -> tuple[list[triage.Placed], int]:
        reading = processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=SOON)
        with CaptureQueriesContext(connection) as found, reading as opened:
            placed, withheld = triage.list_by_urgency(clinic.prescriber.id, opened)  # type: ignore[arg-type]
        assert withheld == 0
        return placed, len(found)

    placed, queries = listed()
    assert placed[0].request == risky and "The treatment is for losing weight and needs monitoring" in placed[0].why
    for _ in range(3):
        send(clinic)
    assert listed()[1] == queries
    with processing(Purpose.PRESCRIBING, by=clinic.colleague, at=SOON) as opened:
        assert triage.list_by_urgency(clinic.colleague.id, opened) == ([], 0)  # type: ignore[arg-type]


def test_what_presses_is_on_the_list_however_many_came_before(clinic: Clinic) -> None:
    for _ in range(3):
        send(clinic)
    risky = send(clinic, "weight-management")
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=SOON) as opened:
        placed, _ = triage.list_by_urgency(clinic.prescriber.id, opened, most=2)  # type: ignore[arg-type]
    assert len(placed) == 2 and placed[0].request == risky


def parcel(clinic: Clinic, *, meanwhile: Callable[[], None] = lambda: None) -> UUID:
    """One that has left; `meanwhile`: what happens before it does."""
    request = send(clinic)
    verify(clinic, request)
    agree(clinic, GpState.GIVEN)
    made = prescribe(clinic, request)
    services.release_prescription(made, words="Fine", by=clinic.pharmacist, at=SOON)
    meanwhile()
    services.dispatch(made, tracking="TN-4711", by=clinic.pharmacist, at=SOON)
    return made


def task_of(prescription: UUID) -> TaskLine:
    number = Prescription.objects.values_list("task", flat=True).get(pk=prescription)
    assert number is not None
    found = records.get_task(number)
    assert found is not None
    return found


def test_who_has_left_is_not_given_the_task_and_any_prescriber_asks_then(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    stays = actors.person

    def person(who: UUID, *, at: datetime) -> Actor:
        found = stays(who, at=at)
        return replace(found, roles=frozenset()) if who == clinic.prescriber.id else found

    made = parcel(clinic, meanwhile=lambda: monkeypatch.setattr(actors, "person", person))
    assert (task_of(made).for_role, task_of(made).for_person) == ("prescriber", None)
    services.deliver(made, by=clinic.ann, at=SOON)
    services.follow_up(made, words="Well.", by=clinic.colleague, at=SOON + 28 * DAY)
    assert task_of(made).state is TaskState.DONE


def test_the_task_ends_whoever_asked(clinic: Clinic) -> None:
    made = parcel(clinic)
    services.deliver(made, by=clinic.ann, at=SOON)
    again = send(clinic, "weight-management")  # by which the colleague is let in
    services.assign_request(again, prescriber=clinic.colleague.id, by=clinic.support, at=SOON)
    services.follow_up(made, words="Well.", by=clinic.colleague, at=SOON)
    assert task_of(made).state is TaskState.DONE


def changed(prescription: UUID, **to: object) -> None:
    """Put columns of a supply as they stood in an older deployment, below the acts."""
    columns = ", ".join(f"{column} = %s" for column in to)
    raw = [each.hex if isinstance(each, UUID) and connection.vendor == "sqlite" else each for each in to.values()]
    number = prescription.hex if connection.vendor == "sqlite" else prescription
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE prescribing_prescription SET {columns} WHERE id = %s", [*raw, number])


def missed(*, days: int = 0) -> dict[str, int]:
    counts = supplies.count_unfollowed(at=SOON + days * DAY)
    return {name: many for name, many in counts.items() if many and name != "left"}


def test_what_nobody_asks_about_in_time_is_seen_whether_it_was_received_or_not(clinic: Clinic) -> None:
    made = parcel(clinic)
    assert missed() == missed(days=60) == {}
    assert missed(days=61) == {"late": 1}
    services.deliver(made, by=clinic.ann, at=SOON)
    assert missed(days=61) == {"late": 1}
    services.follow_up(made, words="Well.", by=clinic.prescriber, at=SOON)
    assert missed(days=61) == {}


def test_a_supply_that_nobody_was_given_to_ask_about_is_seen_and_an_older_one_is_not_missed(clinic: Clinic) -> None:
    made = parcel(clinic)
    changed(made, task=None)
    assert missed(days=61) == {}  # from before such tasks were given
    changed(made, dispatched_at=SOON + DAY)
    request = send(clinic, "weight-management", at=SOON)
    verify(clinic, request, at=SOON)
    verify(clinic, request, Matter.BODY, at=SOON)
    later = prescribe(
        clinic, request, medicine="semaglutide-0.25", review=look(clinic, request, at=SOON), at=SOON + DAY / 24
    )
    services.release_prescription(later, words="Fine", by=clinic.pharmacist, at=SOON + DAY / 12)
    services.dispatch(later, tracking="TN-4712", by=clinic.pharmacist, at=SOON + DAY / 12)
    assert missed() == {"unplanned": 1}
    changed(made, prescriber=clinic.support.id)  # who prescribes no more
    assert missed() == {}
    changed(made, prescriber=clinic.prescriber.id, status="closed")
    assert missed() == {}


def test_when_a_parcel_leaves_its_signer_is_given_a_day_on_which_to_ask_and_asking_ends_it(clinic: Clinic) -> None:
    made = parcel(clinic)
    task = task_of(made)
    assert task.for_person == clinic.prescriber.id and not task.for_role
    assert task.due_on == SOON.date() + timedelta(days=28)
    services.deliver(made, by=clinic.ann, at=SOON)
    due = SOON + timedelta(days=28)  # the task is the reason to look by then: the one of the decision is over
    services.follow_up(made, words="Well.", by=clinic.prescriber, at=due)
    with pytest.raises((NotPossible, Refused)):
        services.follow_up(made, words="Well.", by=clinic.prescriber, at=due)
    assert task_of(made).state is TaskState.DONE


def test_a_concern_that_comes_while_it_is_read_makes_what_was_read_stale(clinic: Clinic) -> None:
    request = send(clinic)
    verify(clinic, request)
    agree(clinic, GpState.GIVEN)
    before = look(clinic, request)
    services.raise_concern(clinic.subject, words="Buys for somebody else.", harm="", by=clinic.prescriber, at=SOON)
    with pytest.raises(NotPossible, match="added since"):
        prescribe(clinic, request, review=before)
