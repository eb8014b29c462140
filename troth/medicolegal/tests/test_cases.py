"""An instruction and what becomes of it: whose step each is, who has a reason to look, and what the clock says."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.gate.refusals import Check, Refused
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.medicolegal import rules, selectors, services
from troth.medicolegal.models import Case, Stage
from troth.medicolegal.rules import NotPossible
from troth.medicolegal.tests.conftest import NOW, Agency, examined, signed
from troth.notice.purposes import Purpose
from troth.people import services as people
from troth.people.models import ClaimCode
from troth.vault.categories import Category
from troth.vault.models import Subject, SubjectKind

DAY = timedelta(days=1)


def stage(case: UUID) -> str:
    found: str = Case.objects.get(pk=case).stage
    return found


def claimant(case: UUID) -> UUID:
    found: UUID = Case.objects.get(pk=case).subject_id
    return found


def book(agency: Agency, case: UUID, *, accept: bool = True) -> None:
    if accept:
        services.accept(case, by=agency.actor(agency.handler), at=NOW)
    services.book_examination(case, expert=agency.expert, when=NOW + 7 * DAY, by=agency.actor(agency.handler), at=NOW)


def test_a_case_goes_from_the_instruction_to_the_end(agency: Agency) -> None:
    case = agency.instruct()
    handler, expert = agency.actor(agency.handler), agency.actor(agency.expert)
    services.accept(case, by=handler, at=NOW)
    services.advance(case, to=Stage.RECORDS, by=handler, at=NOW)
    book(agency, case, accept=False)
    after = NOW + 8 * DAY
    services.advance(case, to=Stage.EXAMINED, by=expert, at=after)
    signed(agency, case, after)
    services.check_report(case, by=agency.actor(claimant(case)), at=after)
    services.release_report(case, by=handler, at=after)
    services.advance(case, to=Stage.CLOSED, by=handler, at=after)
    assert stage(case) == "closed"
    assert Subject.objects.get(pk=claimant(case)).kind == SubjectKind.CLAIMANT
    told = set(LedgerEvent.objects.filter(subject=claimant(case).hex).values_list("event", flat=True))
    assert {"medicolegal:instructed", "medicolegal:accepted", "medicolegal:examination_booked"} <= told


def test_what_happened_is_sealed(agency: Agency) -> None:
    agency.instruct()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM medicolegal_case")
        assert "sentinel" not in repr(cursor.fetchall())


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"told": False}, "our notice first"),
        ({"accident_on": date(2026, 12, 1)}, "future"),
        ({"accident_on": date(1960, 1, 1)}, "born"),
    ],
)
def test_an_instruction_that_cannot_be(agency: Agency, change: dict[str, object], because: str) -> None:
    with pytest.raises(NotPossible, match=because):
        agency.instruct(**change)
    assert not Case.objects.exists() and not Subject.objects.filter(kind=SubjectKind.CLAIMANT).exists()


def test_nobody_registers_and_only_who_instructs_instructs(agency: Agency) -> None:
    from troth.gate import actors
    from troth.people.tests.factories import details

    with pytest.raises(Refused) as refused:
        people.register_patient(by=actors.NOBODY, at=NOW, **details())
    assert refused.value.decision.check is Check.PURPOSE
    for who in (agency.clerk, agency.expert, agency.complaints, agency.administrator):
        with pytest.raises(Refused):
            from troth.medicolegal.tests.conftest import INSTRUCTION

            services.instruct(by=agency.actor(who), at=NOW, **INSTRUCTION)


def test_each_step_is_somebodys(agency: Agency) -> None:
    case = agency.instruct()
    for who in (agency.solicitor, agency.expert, agency.clerk):
        with pytest.raises((Refused, NotPossible)):
            services.accept(case, by=agency.actor(who), at=NOW)
    book(agency, case)
    for who in (agency.other_handler, agency.other_expert):
        with pytest.raises(Refused):
            services.advance(case, to=Stage.EXAMINED, by=agency.actor(who), at=NOW + 8 * DAY)
    with pytest.raises(NotPossible, match="for the expert"):
        services.advance(case, to=Stage.EXAMINED, by=agency.actor(agency.handler), at=NOW + 8 * DAY)
    with pytest.raises(NotPossible, match="not begun"):
        services.advance(case, to=Stage.EXAMINED, by=agency.actor(agency.expert), at=NOW + DAY)
    with pytest.raises(NotPossible, match="does not go"):
        services.advance(case, to=Stage.RELEASED, by=agency.actor(agency.handler), at=NOW + 8 * DAY)


def test_a_report_is_released_only_when_the_claimant_has_read_it(agency: Agency) -> None:
    case, after, handler = examined(agency), NOW + 8 * DAY, agency.actor(agency.handler)
    signed(agency, case, after)
    with pytest.raises(NotPossible, match="does not go"):
        services.release_report(case, by=handler, at=after)
    with pytest.raises(NotPossible, match="for the claimant"):
        services.check_report(case, by=handler, at=after)
    with pytest.raises(NotPossible, match="for the claimant"):
        services.query_report(case, words="No", by=agency.actor(agency.expert), at=after)


def test_who_is_in_a_case_may_look_and_nobody_else(agency: Agency) -> None:
    case = agency.instruct()
    subject = claimant(case)

    def may(who: UUID, purpose: Purpose, category: Category, at: object = NOW) -> bool:
        with processing(purpose, by=agency.actor(who), at=at) as opened:  # type: ignore[arg-type]
            return opened.decision(subject, category).allowed

    # Until somebody has answered, every handler may look; the accident opens for it, health for nobody.
    assert may(agency.handler, Purpose.INSTRUCTIONS, Category.ACCIDENT)
    assert may(agency.other_handler, Purpose.INSTRUCTIONS, Category.ACCIDENT)
    assert may(agency.solicitor, Purpose.INSTRUCTIONS, Category.ACCIDENT)
    assert not may(agency.other_solicitor, Purpose.INSTRUCTIONS, Category.ACCIDENT)
    assert not may(agency.insurer, Purpose.INSTRUCTIONS, Category.ACCIDENT)
    book(agency, case)
    assert not may(agency.other_handler, Purpose.INSTRUCTIONS, Category.ACCIDENT)
    assert may(agency.expert, Purpose.MEDICAL_REPORTING, Category.HEALTH)
    assert not may(agency.other_expert, Purpose.MEDICAL_REPORTING, Category.HEALTH)
    for who in (agency.handler, agency.solicitor):
        assert not may(who, Purpose.MEDICAL_REPORTING, Category.HEALTH)
    for who in (agency.complaints, agency.administrator):
        assert not may(who, Purpose.INSTRUCTIONS, Category.IDENTITY)


@pytest.mark.parametrize(("days", "holds"), [(13.9, True), (14.1, False)])
def test_a_case_that_is_over_is_a_reason_for_fourteen_days(agency: Agency, days: float, holds: bool) -> None:
    case = agency.instruct()
    services.decline(case, by=agency.actor(agency.handler), at=NOW)
    at = NOW + timedelta(days=days)
    with processing(Purpose.INSTRUCTIONS, by=agency.actor(agency.solicitor, at), at=at) as opened:
        assert opened.decision(claimant(case), Category.ACCIDENT).allowed is holds


def test_the_board_shows_each_their_own_with_what_is_due_first(agency: Agency) -> None:
    first, second = agency.instruct(), agency.instruct(given_name="Petroc", email="p@vane.example", at=NOW - DAY)

    def shown(who: UUID) -> list[UUID]:
        with processing(Purpose.INSTRUCTIONS, by=agency.actor(who), at=NOW) as opened:
            lines = selectors.with_names(selectors.list_cases(opened), opened)
            assert all(line.name for line in lines)
            return [line.id for line in lines]

    assert shown(agency.handler) == shown(agency.solicitor) == [second, first]
    assert shown(agency.other_solicitor) == shown(agency.expert) == []
    assert not LedgerEvent.objects.filter(event="gate:refused").exists()


def test_the_database_lets_no_case_go_on_without_a_handler(agency: Agency) -> None:
    case = agency.instruct()

    @act(Event.CASE_ADVANCED, purpose=Purpose.INSTRUCTIONS)
    def force(*, by: Actor, at: object) -> None:
        row = Case.objects.get(pk=case)
        row.stage = Stage.ACCEPTED
        row.save()

    with pytest.raises(IntegrityError), transaction.atomic():
        force(by=agency.actor(agency.handler), at=NOW)


def test_clocks_are_the_service_standards() -> None:
    def due(stage: Stage) -> timedelta | None:
        clock = rules.clock_of(stage, instructed_at=NOW, stage_since=NOW + DAY, examination_at=NOW + 2 * DAY)
        return clock.due - NOW if clock else None

    assert [due(stage) for stage in (Stage.INSTRUCTED, Stage.ACCEPTED, Stage.EXAMINED, Stage.CLOSED)] == [
        DAY,
        14 * DAY,
        16 * DAY,
        None,
    ]


def test_whoever_instructed_gives_no_code_that_would_make_them_the_claimant(agency: Agency) -> None:
    """They may write who the claimant is, and know the date of birth: with a code they would read the report before anybody."""
    case = agency.instruct()
    for outside in (agency.solicitor, agency.insurer, agency.expert):
        with pytest.raises((people.CannotClaim, Refused)):
            people.make_claim_code(claimant(case), by=agency.actor(outside), at=NOW)
    assert not ClaimCode.objects.exists()
    book(agency, case)
    assert people.make_claim_code(claimant(case), by=agency.actor(agency.handler), at=NOW)
