"""What came about somebody from somebody else: told within the month, once, or left untold by a person with a ground."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from troth.delivery import services as delivery
from troth.delivery.models import Delivery, Failure, Message
from troth.delivery.rules import Kind
from troth.delivery.tests import demonstration
from troth.gate import facts
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.refusals import Refused
from troth.gate.tests.conftest import record_fact
from troth.law.telling import Untold
from troth.ledger.models import LedgerEvent
from troth.ledger.proving import export_person
from troth.notice.purposes import Purpose
from troth.notice.schema.words import Origin
from troth.people import services as people
from troth.people.tests.factories import make_patient as make_walk_in
from troth.rights import services
from troth.rights.models import Obtained
from troth.rights.selectors import everything_about, obtaining
from troth.rights.selectors.history import history_of
from troth.rights.selectors.holdings import survey
from troth.rights.selectors.planning import dates_kept, plan_erasure
from troth.rights.services import StepRefused
from troth.rights.tests.factories import LATER, NOW, make_officer, make_patient
from troth.rights.tests.test_keeping import join
from troth.sharing import selectors as sharing
from troth.sharing.selectors import Given
from troth.vault.categories import Category

DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("notice_in_force")


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def came(
    patient: Actor, by: Actor, *, origin: Origin = Origin.GP, kinds: frozenset[Category] | None = None
) -> Obtained:
    assert patient.id
    before = list(Obtained.objects.values_list("pk", flat=True))
    with transaction.atomic():
        services.note_obtained(
            patient.id, origin=origin, kinds=kinds or {Category.HEALTH}, who="Tanyard Surgery", by=by, at=LATER
        )
    return Obtained.objects.exclude(pk__in=before).first() or Obtained.objects.get(pk__in=before, origin=origin)


def read(patient: Actor, *, at: datetime) -> tuple[list[UUID], list[UUID]]:
    """The rows that their person sees on the page, and those in a copy."""
    assert patient.id
    with processing(Purpose.RIGHTS, by=patient, at=at) as opened:
        page = [each.id for each in obtaining.list_from_others(patient.id, opened)]
        copy = [UUID(each.id) for each in everything_about(patient.id, opened) if each.model == "rights.obtained"]
    return page, copy


def conceal(row: Obtained, officer: Actor, *, at: datetime) -> None:
    services.leave_untold(
        row.pk,
        ground=Untold.CRIME,
        words="The police asked us.",
        look_again_on=timezone.localdate(at + 30 * DAY),
        by=officer,
        at=at,
    )


def test_what_one_source_told_on_one_day_is_one_thing_to_tell() -> None:
    patient, prescriber = make_patient(), make_officer("prescriber")
    first = came(patient, prescriber)
    came(patient, prescriber, kinds=frozenset({Category.IDENTITY}))
    assert Obtained.objects.count() == 1
    assert Obtained.objects.get(pk=first.pk).kinds == "health identity"
    came(patient, prescriber, origin=Origin.ANOTHER)
    assert Obtained.objects.count() == 2


def test_after_three_days_they_get_one_message_that_says_nothing_of_health_and_counts_when_it_left(
    settings: Any,
) -> None:
    demonstration.begin(settings)
    patient, prescriber = make_patient(), make_officer("prescriber")
    row = came(patient, prescriber)
    came(patient, prescriber, origin=Origin.ANOTHER)
    assert services.tell_of_sources(at=LATER + DAY) == 0
    ripe = LATER + 3 * DAY
    assert services.tell_of_sources(at=ripe) == 1
    assert services.tell_of_sources(at=ripe) == 0
    message = Message.objects.get(kind=Kind.FROM_OTHERS)
    assert Obtained.objects.get(pk=row.pk).told_at is None
    delivery.carry(message.pk, at=ripe)
    services.tell_of_sources(at=ripe + DAY)
    assert set(Obtained.objects.values_list("told_at", flat=True)) == {ripe}
    assert obtaining.count_needing(on=timezone.localdate(ripe) + 60 * DAY)["late"] == 0


def test_what_was_passed_on_or_says_how_to_reach_them_is_told_at_once() -> None:
    patient, prescriber = make_patient(), make_officer("prescriber")
    row = came(patient, prescriber, kinds=frozenset({Category.CONTACT}))
    assert row.due_on == row.received_on
    assert services.tell_of_sources(at=LATER) == 1


def test_only_what_can_have_held_it_and_went_by_itself_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It came from the GP and is about health; what follows went out about the same person."""
    row = came(make_patient(), make_officer("prescriber"))
    assert row.kinds == "health" and row.origin == "gp"
    entered, minute = row.recorded_at, timedelta(minutes=1)
    cases = [
        (("insurer", ("health",), entered + minute, "care", False), True),
        (("insurer", ("health",), entered - minute, "care", False), False),  # before it was here, on the same day
        (("gp", ("health",), entered + minute, "care", False), False),
        (("insurer", ("contact",), entered + minute, "care", False), False),
        (("partner:other", ("health",), entered + minute, "care", True), False),  # they had it sent, and know of it
        (("local_authority", ("health",), entered + minute, "safeguarding", False), False),
    ]
    for given, told in cases:
        monkeypatch.setattr(sharing, "given_about", lambda _, given=given: [Given(row.subject_id, *given)])
        assert bool(obtaining.untold_of(row.subject_id, at=entered + 2 * minute)) is told, given


def test_a_message_that_does_not_leave_is_for_a_person_and_late_after_the_month() -> None:
    patient, officer = make_patient(), make_officer()
    row = came(patient, officer)
    ripe = LATER + 3 * DAY
    services.tell_of_sources(at=ripe)
    sql("UPDATE delivery_message SET state = %s, failed_with = %s", Delivery.FAILED, Failure.ADDRESS)
    services.tell_of_sources(at=ripe)
    assert obtaining.count_needing(on=timezone.localdate(ripe)) == {"late": 0, "held": 0, "unreached": 1, "again": 0}
    assert services.tell_of_sources(at=ripe + DAY) == 0  # no second try at an address that does not take it
    assert obtaining.count_needing(on=row.due_on + DAY)["late"] == 1
    with pytest.raises(StepRefused, match="sentence"):
        services.tell_by_hand(row.pk, words="told", by=officer, at=ripe)
    services.tell_by_hand(row.pk, words="I rang and told them.", by=officer, at=ripe)
    with pytest.raises(StepRefused, match="told"):
        services.tell_by_hand(row.pk, words="I rang them again today.", by=officer, at=ripe)
    assert obtaining.count_needing(on=row.due_on + DAY)["late"] == 0


def test_whoever_has_no_account_reads_it_in_the_letter_itself() -> None:
    officer = make_officer()
    subject = make_walk_in(at=NOW, email="", password="")
    assert subject
    with transaction.atomic():
        services.note_obtained(subject, origin=Origin.GP, kinds={Category.IDENTITY}, by=officer, at=LATER)
    services.tell_of_sources(at=LATER + 3 * DAY)
    message = Message.objects.filter(subject_id=subject).latest("recorded_at")
    assert message.kind == Kind.FROM_OTHERS_FULL
    with processing(Purpose.RIGHTS, by=officer, at=LATER + 3 * DAY):
        assert "Your GP practice" in (message.text or "")


def test_only_a_person_with_a_ground_and_a_day_keeps_it_from_somebody_and_then_no_copy_has_it() -> None:
    patient, officer = make_patient(), make_officer()
    assert patient.id
    row = came(patient, officer, origin=Origin.ANOTHER)
    assert read(patient, at=LATER) == ([], [])
    assert read(patient, at=LATER + 3 * DAY) == ([row.pk], [row.pk])
    far = timezone.localdate(LATER) + timedelta(days=400)
    for day in (None, far, timezone.localdate(LATER)):
        with pytest.raises(StepRefused, match="six months"):
            services.leave_untold(
                row.pk, ground=Untold.CRIME, words="The police asked us.", look_again_on=day, by=officer, at=LATER
            )
    soon = timezone.localdate(LATER) + timedelta(days=90)
    with pytest.raises(Refused):
        services.leave_untold(
            row.pk,
            ground=Untold.CRIME,
            words="I would like that.",
            look_again_on=soon,
            by=make_patient(email="other@post.example"),
            at=LATER,
        )
    services.leave_untold(
        row.pk, ground=Untold.CRIME, words="The police asked us.", look_again_on=soon, by=officer, at=LATER
    )
    assert services.tell_of_sources(at=LATER + 60 * DAY) == 0
    assert read(patient, at=LATER + 60 * DAY) == ([], [])
    assert obtaining.count_needing(on=soon)["again"] == 1
    services.end_silence(row.pk, by=officer, at=LATER + 91 * DAY)
    with pytest.raises(StepRefused):
        services.end_silence(row.pk, by=officer, at=LATER + 91 * DAY)
    assert services.tell_of_sources(at=LATER + 91 * DAY) == 1
    with processing(Purpose.RIGHTS, by=patient, at=LATER + 91 * DAY) as opened:
        assert "police" not in str(everything_about(patient.id, opened))
    assert obtaining.count_obtained(on=timezone.localdate(LATER + 92 * DAY))["late"] == 0


def test_the_history_of_whoever_is_not_told_says_nothing_that_other_histories_do_not() -> None:
    patient, officer = make_patient(), make_officer()
    assert patient.id
    row = came(patient, officer, origin=Origin.ANOTHER)
    with processing(Purpose.RIGHTS, by=officer, at=LATER) as opened:
        obtaining.get_obtained(row.pk, opened)
    conceal(row, officer, at=LATER)
    kept = LedgerEvent.objects.filter(subject=patient.id.hex, event="rights:file_kept")
    assert kept.count() == 2
    told = history_of(patient.id, at=LATER).looks
    said = " ".join(f"{each.words} {each.who} {each.why}" for each in told)
    assert "kept the file on their rights" in said and "keep the file on your rights in order" in said
    exported = export_person(patient.id.hex, LATER).decode()
    for words in ("somebody else", "came from", "written to", "source", "untold", "silence", "conceal"):
        assert words not in said and words not in exported


def test_a_silence_is_renewed_with_a_new_ground_and_day_and_never_ends_for_it() -> None:
    patient, officer = make_patient(), make_officer()
    row = came(patient, officer)
    conceal(row, officer, at=LATER)
    due = LATER + 31 * DAY
    assert obtaining.count_obtained(on=timezone.localdate(due))["run_out"] == 1
    services.leave_untold(
        row.pk,
        ground=Untold.PROCEEDINGS,
        words="A court forbids it now.",
        look_again_on=timezone.localdate(due + 60 * DAY),
        by=officer,
        at=due,
    )
    row.refresh_from_db()
    assert row.concealed and row.look_again_on == timezone.localdate(due + 60 * DAY)
    assert obtaining.count_obtained(on=timezone.localdate(due))["run_out"] == 0
    assert services.tell_of_sources(at=due) == 0
    with pytest.raises(StepRefused, match="settled"):
        services.tell_by_hand(row.pk, words="I rang and told them.", by=officer, at=due)


def test_what_comes_from_whom_a_silence_covers_waits_for_the_officer() -> None:
    patient, officer = make_patient(), make_officer()
    conceal(came(patient, officer), officer, at=LATER)
    second, other = came(patient, officer), came(patient, officer, origin=Origin.ANOTHER)
    ripe = LATER + 4 * DAY
    assert services.tell_of_sources(at=ripe) == 1
    assert set(Obtained.objects.exclude(message=None).values_list("pk", flat=True)) == {other.pk}
    assert read(patient, at=ripe) == ([other.pk], [other.pk])
    assert [each.id for each in obtaining.list_work(at=ripe)[0] if each.held] == [second.pk]
    assert obtaining.count_needing(on=timezone.localdate(ripe))["held"] == 1


def test_a_silence_covers_what_comes_under_another_record_of_the_same_person() -> None:
    patient, again, officer = make_patient(), make_patient(email="ann@again.example"), make_officer()
    conceal(came(patient, officer), officer, at=LATER)
    second, ripe = came(again, officer), LATER + 4 * DAY
    assert obtaining.list_to_tell(at=ripe, after="", most=9) == [again.id]
    assert patient.id and again.id
    join(patient.id, again.id, by=officer, at=LATER)
    assert services.tell_of_sources(at=ripe) == 0
    assert read(again, at=ripe) == ([], [])
    assert [each.id for each in obtaining.list_work(at=ripe)[0] if each.held] == [second.pk]


def test_what_is_not_ripe_is_not_told_with_what_is() -> None:
    patient, officer = make_patient(), make_officer()
    first = came(patient, officer)
    second = came(patient, officer, origin=Origin.ANOTHER)
    sql("UPDATE rights_obtained SET received_on = %s WHERE origin = 'another'", timezone.localdate(LATER + 2 * DAY))
    assert services.tell_of_sources(at=LATER + 3 * DAY) == 1
    assert set(Obtained.objects.exclude(message=None).values_list("pk", flat=True)) == {first.pk}
    assert services.tell_of_sources(at=LATER + 5 * DAY) == 1
    assert set(Obtained.objects.exclude(message=None).values_list("pk", flat=True)) == {first.pk, second.pk}


def test_who_was_told_late_counts_for_three_months() -> None:
    row = came(make_patient(), make_officer())
    for days, late in ((0, 0), (1, 1)):
        told = timezone.now().replace(year=row.due_on.year, month=row.due_on.month, day=row.due_on.day, hour=12)
        sql("UPDATE rights_obtained SET told_at = %s", told + days * DAY)
        assert obtaining.count_obtained(on=row.due_on + DAY)["told_late"] == late
    assert obtaining.count_obtained(on=row.due_on + 120 * DAY)["told_late"] == 0


def test_the_database_lets_nothing_be_concealed_by_nobody() -> None:
    came(make_patient(), make_officer("prescriber"))
    with pytest.raises(IntegrityError), transaction.atomic():
        sql("UPDATE rights_obtained SET concealed = %s", True)


def test_one_for_whom_it_fails_keeps_nobody_else_untold_and_a_restriction_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stopped, broken, third = (make_patient(email=f"{name}@oddie.example") for name in ("stopped", "broken", "third"))
    prescriber = make_officer("prescriber")
    for each in (stopped, broken, third):
        came(each, prescriber)
    record_fact(stopped.id, FactKind.RESTRICTION, by=stopped, at=LATER)
    tell = people.tell

    def breaking(subject: Any, *given: Any, **named: Any) -> Any:
        if subject == broken.id:
            raise RuntimeError("zq-broken")
        return tell(subject, *given, **named)

    monkeypatch.setattr(people, "tell", breaking)
    with pytest.raises(ExceptionGroup) as failed:
        services.tell_of_sources(at=LATER + 4 * DAY)
    assert [type(each) for each in failed.value.exceptions] == [RuntimeError]
    assert {row.subject_id for row in Obtained.objects.exclude(message=None)} == {stopped.id, third.id}


def test_what_is_concealed_shows_in_no_number_and_no_date() -> None:
    patient, officer = make_patient(), make_officer()
    assert patient.id
    later = LATER + 20 * DAY

    def counted(subject: UUID) -> tuple[Any, ...]:
        return plan_erasure(subject, at=later), dates_kept(subject, at=later), survey(subject, told_at=later)

    before = counted(patient.id)
    row = came(patient, officer)
    conceal(row, officer, at=LATER)
    assert counted(patient.id) == before
    assert "rights.obtained" in {each.compartment for each in survey(patient.id)}
    services.end_silence(row.pk, by=officer, at=LATER + DAY)
    assert "rights.obtained" in {each.compartment for each in counted(patient.id)[2]}


def test_the_page_of_one_person_looks_at_nobody_else_of_whom_something_is_concealed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    officer, patient, again = make_officer(), make_patient(), make_patient(email="ann@again.example")
    strangers = [make_patient(email=f"{number}@post.example") for number in range(3)]
    for each in (again, *strangers):
        conceal(came(each, officer), officer, at=LATER)
    row = came(patient, officer)
    assert patient.id and again.id
    ripe, asked, real = LATER + 4 * DAY, set[UUID](), facts.about

    def about(subjects: Iterable[UUID]) -> Any:
        some = list(subjects)
        asked.update(some)
        return real(some)

    monkeypatch.setattr(facts, "about", about)
    assert read(patient, at=ripe) == ([row.pk], [row.pk])
    with transaction.atomic():
        assert [each.pk for each in obtaining.untold_of(patient.id, at=ripe)] == [row.pk]
    join(patient.id, again.id, by=officer, at=LATER)
    assert read(patient, at=ripe) == ([], [])
    with transaction.atomic():
        assert obtaining.untold_of(patient.id, at=ripe) == []
    assert asked and not asked & {each.id for each in strangers}
