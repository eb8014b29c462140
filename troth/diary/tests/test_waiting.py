"""The waiting list: whoever came first is offered first, alone, until an end; and what is let pass goes to the next."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from troth.delivery.models import Message
from troth.diary import jobs, rules, selectors, services
from troth.diary.models import Appointment, Hold, Wish
from troth.diary.tests.conftest import NOW, TEN, Clinic
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.tests.conftest import record_fact
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.models import Identity
from troth.vault import keystore

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TOMORROW = TEN + DAY


def wish(clinic: Clinic, who: UUID, *, at: object = NOW, whom: UUID | None = None) -> UUID:
    return services.join_list(
        who,
        service=clinic.short,
        first_on=TOMORROW.date(),
        last_on=TOMORROW.date(),
        practitioner=whom or clinic.orla,
        by=clinic.actor(who),
        at=at,  # type: ignore[arg-type]
    )


def fill(clinic: Clinic) -> UUID:
    """Tomorrow of one practitioner is full but for nothing; gives a visit in the midst of it."""
    made = [
        clinic.book(clinic.cass, clinic.orla, TOMORROW.replace(hour=9) + timedelta(hours=each), long=True)
        for each in range(9)
    ]
    return made[3]


def run(monkeypatch: pytest.MonkeyPatch, at: object) -> None:
    with monkeypatch.context() as then:
        then.setattr(jobs.timezone, "now", lambda: at)
        jobs.offer_times()


def state(wish: UUID) -> str:
    found: str = Wish.objects.get(pk=wish).state
    return found


def told(subject: UUID) -> list[str]:
    return sorted(Message.objects.filter(subject_id=subject).values_list("kind", flat=True))


def token(wish: UUID) -> str:
    return selectors.token_of(Wish.objects.get(pk=wish).pending)


def test_who_came_first_is_offered_what_is_free_and_it_is_theirs_alone(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    freed = fill(clinic)
    first, second = wish(clinic, clinic.ann), wish(clinic, clinic.bob, at=NOW + MINUTE)
    run(monkeypatch, NOW + MINUTE)
    assert (state(first), state(second)) == ("waiting", "waiting")
    services.cancel(freed, by=clinic.actor(clinic.cass), at=NOW + MINUTE)
    # An hour is free: both are offered half of it.
    run(monkeypatch, NOW + MINUTE)
    assert (state(first), state(second)) == ("offered", "offered")
    rows = {row.subject_id: row.offered_at for row in Wish.objects.all()}
    assert rows[clinic.ann] == TOMORROW.replace(hour=12) and rows[clinic.bob] == rows[clinic.ann] + 30 * MINUTE
    with pytest.raises(rules.Taken):
        clinic.book(clinic.cass, clinic.orla, rows[clinic.ann])
    assert told(clinic.ann) == ["visit_offered"]
    visit = Appointment.objects.filter(subject_id=clinic.ann)
    assert not visit.exists()
    services.take_offer(token(first), by=clinic.actor(clinic.ann), at=NOW + MINUTE)
    made = visit.get()
    assert (made.starts_at, made.how, made.state) == (rows[clinic.ann], "offer", "booked") and state(
        first
    ) == "booked"
    assert told(clinic.ann) == ["visit_booked", "visit_offered"]
    assert not Hold.objects.filter(appointment=made.pk, until__isnull=False).exists()


def test_what_is_let_pass_goes_to_the_next_and_whoever_let_it_stands_last(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    freed = fill(clinic)
    services.cancel(freed, by=clinic.actor(clinic.cass), at=NOW)
    clinic.book(clinic.cass, clinic.orla, TOMORROW.replace(hour=12, minute=30))
    first, second = wish(clinic, clinic.ann), wish(clinic, clinic.bob, at=NOW + MINUTE)
    run(monkeypatch, NOW + MINUTE)
    assert (state(first), state(second)) == ("offered", "waiting")
    stale = token(first)
    over = Wish.objects.get(pk=first).offered_until
    assert over == NOW + MINUTE + rules.OFFERED_FOR or over == TOMORROW.replace(hour=12) - rules.OFFER_ENDS
    run(monkeypatch, over - MINUTE)
    assert state(first) == "offered"
    run(monkeypatch, over)
    assert (state(first), state(second)) == ("waiting", "waiting")  # too near by now to be offered to anybody
    with pytest.raises(rules.NotPossible, match="not offered any more"):
        services.take_offer(stale, by=clinic.actor(clinic.ann), at=over)
    assert not Appointment.objects.filter(subject_id=clinic.ann).exists()


def test_whose_record_is_restricted_keeps_nobody_else_from_being_offered_a_time(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = wish(clinic, clinic.ann), wish(clinic, clinic.bob, at=NOW + MINUTE)
    record_fact(clinic.ann, FactKind.RESTRICTION, by=clinic.actor(clinic.manager), at=NOW)
    refused = LedgerEvent.objects.filter(outcome="refused")
    before = refused.count()
    run(monkeypatch, NOW + MINUTE)
    assert (state(first), state(second)) == ("waiting", "offered")
    run(monkeypatch, NOW + 3 * DAY)  # the last day of both is over
    assert (state(first), state(second)) == ("waiting", "ended")
    # They are passed over, and not asked about each time: what they see of who looked is not a list of our own jobs.
    assert refused.count() == before


def test_who_says_no_in_time_gives_it_to_the_next_at_once(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    freed = fill(clinic)
    services.cancel(freed, by=clinic.actor(clinic.cass), at=NOW)
    clinic.book(clinic.cass, clinic.orla, TOMORROW.replace(hour=12, minute=30))
    first, second = wish(clinic, clinic.ann), wish(clinic, clinic.bob, at=NOW + MINUTE)
    run(monkeypatch, NOW + MINUTE)
    services.answer_offer(token(first), stay=True, by=clinic.actor(clinic.ann), at=NOW + 2 * MINUTE)
    run(monkeypatch, NOW + 2 * MINUTE)
    assert (state(first), state(second)) == ("waiting", "offered")
    # Whoever let it pass is offered later times alone, and leaves the list when they want.
    services.leave_list(second, by=clinic.actor(clinic.reception), at=NOW + 3 * MINUTE)
    run(monkeypatch, NOW + 3 * MINUTE)
    assert (state(first), state(second)) == ("waiting", "ended")
    with pytest.raises(rules.NotPossible, match="no longer"):
        services.leave_list(second, by=clinic.actor(clinic.reception), at=NOW + 3 * MINUTE)
    run(monkeypatch, NOW + 2 * DAY)
    assert state(first) == "ended"


def test_what_somebody_waits_for_is_sealed_and_their_place_is_one(clinic: Clinic) -> None:
    wish(clinic, clinic.ann)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM diary_wish")
        stored = repr(cursor.fetchall())
    assert "sentinel" not in stored and clinic.short.hex not in stored.replace("-", "")
    with pytest.raises(rules.NotPossible, match="already"), transaction.atomic():
        wish(clinic, clinic.ann)

    @act(Event.WISH_MADE, purpose=Purpose.BOOKING)
    def offer_nothing(row: Wish, *, by: Actor, at: object) -> None:
        row.state = "offered"
        row.save()

    with pytest.raises(IntegrityError), transaction.atomic():
        offer_nothing(Wish.objects.get(), by=clinic.actor(clinic.ann), at=NOW)
    for first_on, last_on in ((TEN.date(), (TEN - DAY).date()), (TEN.date(), TEN.date().replace(year=9999))):
        with pytest.raises(rules.NotPossible):
            services.join_list(
                clinic.bob,
                service=clinic.short,
                first_on=first_on,
                last_on=last_on,
                by=clinic.actor(clinic.bob),
                at=NOW,
            )


def test_whom_an_erasure_has_reached_is_not_on_the_list(clinic: Clinic) -> None:
    for who in (clinic.ann, clinic.bob):
        wish(clinic, who)
    keystore.destroy(clinic.ann, [*Wish.compartments(), *Identity.compartments()])
    with processing(Purpose.BOOKING, by=clinic.actor(clinic.reception), at=NOW) as opened:
        assert [line.subject for line in selectors.list_waiting(opened)] == [clinic.bob]


def test_an_offer_says_nothing_of_what_for_and_the_list_is_for_who_arranges(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = wish(clinic, clinic.ann, whom=clinic.dev)
    run(monkeypatch, NOW)
    message = Message.objects.get(kind="visit_offered")
    with processing(Purpose.SERVICE_MESSAGES, by=clinic.actor(clinic.ann), at=NOW):
        text = f"{message.line} {message.text} {message.link}"
    assert "sentinel" not in text and re.search(r"/offer/link/[\w-]+/", text)
    found = selectors.offer_by_link(token(mine), at=NOW)
    assert found and found.practitioner == clinic.dev
    for who, seen in ((clinic.reception, True), (clinic.marketing, False)):
        with processing(Purpose.BOOKING, by=clinic.actor(who), at=NOW) as opened:
            (line,) = selectors.list_waiting(opened)
            assert (line.service == "sentinel-short", bool(line.name)) == (seen, seen)
