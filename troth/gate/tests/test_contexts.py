"""Contexts, acts and the boundary on the online-prescribing notice."""

import threading
from datetime import timedelta

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from bench.specimens.models import Person
from tests.queries import count_reads
from troth.gate import facts
from troth.gate.boundary import Boundary, boundary
from troth.gate.contexts import processing
from troth.gate.models import Fact, FactKind
from troth.gate.refusals import CANNOT_OPEN, Check, Refused
from troth.gate.tests.conftest import LATER, Clinic, end_fact, make_person, note_allergies, record_fact
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Action, Purpose
from troth.vault.categories import Category
from troth.vault.errors import NotAnAct, Unopened


def events(**match: object) -> list[LedgerEvent]:
    return list(LedgerEvent.objects.filter(**match).order_by("id"))


def test_a_clinician_with_a_booking_opens_the_record_and_it_is_recorded(clinic: Clinic) -> None:
    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened:
        admitted, withheld = opened.admit([clinic.ann])
        assert not withheld
        assert admitted[0].allergies == "penicillin"
        assert opened.reason_for(clinic.ann) == "a booking"
    event = events(event="gate:opened")[-1]
    assert (event.subject, event.actor, event.purpose, event.what, event.reason) == (
        clinic.ann.subject_id.hex,
        clinic.prescriber.id.hex,
        "care",
        "health",
        "a booking",
    )


def test_a_colleague_without_a_role_for_it_is_refused_and_recorded(clinic: Clinic) -> None:
    with pytest.raises(Refused) as refused, processing(Purpose.CARE, by=clinic.support, at=LATER):
        _ = clinic.ann.allergies
    assert refused.value.decision.check is Check.ROLE
    event = events(event="gate:refused")[-1]
    assert (event.failed_check, event.what, event.actor) == ("role", "health", clinic.support.id.hex)


def test_without_a_reason_one_sentence_is_said_whoever_the_person_is(clinic: Clinic) -> None:
    other = make_person("Bob Roe", allergies="nuts")
    from uuid import uuid4

    for subject in (other.subject_id, uuid4()):
        with processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened:
            decision = opened.decision(subject, Category.HEALTH)
        assert (decision.allowed, decision.sentence, decision.spoken) == (False, CANNOT_OPEN, None)


def test_the_person_sees_their_own(clinic: Clinic) -> None:
    with processing(Purpose.RIGHTS, Action.EXPORT, by=clinic.ann_self, at=LATER):
        assert clinic.ann.allergies == "penicillin"
        assert clinic.ann_name.name == "Ann Lee"
    event = events(event="gate:opened")[-1]
    assert (event.what, event.action, event.reason) == ("health identity", "export", "your own record")


def test_restriction_acts_at_once_and_is_lifted(clinic: Clinic) -> None:
    record_fact(clinic.ann.subject_id, FactKind.RESTRICTION, by=clinic.ann_self, at=LATER)
    with pytest.raises(Refused) as refused, processing(Purpose.CARE, by=clinic.prescriber, at=LATER):
        assert clinic.ann_name.name == "Ann Lee"  # the banner stays
        _ = clinic.ann.allergies
    assert refused.value.decision.check is Check.RESTRICTION
    with processing(Purpose.RIGHTS, by=clinic.ann_self, at=LATER):
        assert clinic.ann.allergies == "penicillin"
    end_fact(clinic.ann.subject_id, FactKind.RESTRICTION, by=clinic.officer, at=LATER)
    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER):
        assert clinic.ann.allergies == "penicillin"


def test_ending_the_contract_closes_care_within_an_open_context_too(clinic: Clinic) -> None:
    with pytest.raises(Refused) as refused, processing(Purpose.CARE, by=clinic.prescriber, at=LATER):
        assert clinic.ann.allergies == "penicillin"
        end_fact(clinic.ann.subject_id, FactKind.CONTRACT, by=clinic.ann_self, at=LATER)
        Person.objects.get(pk=clinic.ann.pk).allergies  # noqa: B018
    assert refused.value.decision.check is Check.BASIS


def test_a_fact_changed_below_the_gate_is_refused(clinic: Clinic) -> None:
    end_fact(clinic.ann.subject_id, FactKind.CONTRACT, by=clinic.ann_self, at=LATER)
    Fact.objects.filter(kind="contract").update(ended=None)
    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened:
        assert not opened.decision(clinic.ann, Category.HEALTH).allowed


def test_an_undeclared_purpose_and_an_uncovered_category_are_refused(clinic: Clinic) -> None:
    with processing(Purpose.CCTV, by=clinic.prescriber, at=LATER) as opened:
        assert opened.decision(clinic.ann, Category.CCTV).check is Check.PURPOSE
    with processing(Purpose.BOOKING, by=clinic.prescriber, at=LATER) as opened:
        assert opened.decision(clinic.ann, Category.HEALTH).check is Check.CATEGORY


def test_an_act_writes_one_event_with_a_digest_in_its_transaction(clinic: Clinic) -> None:
    note_allergies(clinic.ann, "none", by=clinic.prescriber, at=LATER)
    event = events(event="records:note_written")[-1]
    assert event.subject == clinic.ann.subject_id.hex
    row = Person.objects.get(pk=clinic.ann.pk)
    assert event.objects_touched == f"specimens.person/{row.pk.hex}/{row.digest()}"


def test_a_refused_act_leaves_nothing_but_the_refusal(clinic: Clinic) -> None:
    before = Person.objects.get(pk=clinic.ann.pk).digest()
    with pytest.raises(Refused):
        note_allergies(clinic.ann, "none", by=clinic.support, at=LATER)
    assert Person.objects.get(pk=clinic.ann.pk).digest() == before
    assert not events(event="records:note_written")
    assert events(event="gate:refused")[-1].failed_check == "role"


def test_an_act_needs_to_know_who_and_when(clinic: Clinic) -> None:
    with pytest.raises(TypeError, match="by="):
        note_allergies(clinic.ann, "none")  # type: ignore[call-arg]


def test_facts_are_recorded_in_acts_only(clinic: Clinic) -> None:
    with pytest.raises(NotAnAct):
        facts.record(clinic.ann.subject_id, FactKind.CONSENT, at=LATER, purpose=Purpose.MARKETING)


def test_an_enquirer_writes_and_never_reads_back(clinic: Clinic) -> None:
    from troth.gate.actors import enquirer

    with pytest.raises(Refused), processing(Purpose.REGISTRATION, by=enquirer(clinic.ann.subject_id), at=LATER):
        _ = clinic.ann_name.name


@pytest.mark.parametrize(
    "source",
    [
        "{% if card.allergies or x %}{{ card.allergies }}{% else %}No known allergies{% endif %}",
        "{% if card.allergies == 'x' %}a{% else %}No known allergies{% endif %}",
        "{% if x and card.allergies %}a{% else %}No known allergies{% endif %}",
    ],
)
def test_a_template_that_swallows_a_refusal_gets_no_page_out(clinic: Clinic, source: str) -> None:
    page = Template(source).render
    with pytest.raises((Refused, Unopened)), boundary():
        assert "No known allergies" in page(Context({"card": clinic.ann, "x": 1}))
    with pytest.raises(Refused), processing(Purpose.CARE, by=clinic.support, at=LATER):
        page(Context({"card": clinic.ann, "x": 1}))


def test_a_caught_refusal_still_poisons(clinic: Clinic) -> None:
    with pytest.raises(Refused), boundary():
        try:
            with processing(Purpose.CARE, by=clinic.support, at=LATER):
                _ = clinic.ann.allergies
        except Refused:
            pass


def test_withheld_is_a_value_and_poisons_nothing(clinic: Clinic) -> None:
    other = make_person("Bob Roe", allergies="nuts")
    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened:
        admitted, withheld = opened.admit([clinic.ann, other], Category.HEALTH)
        assert [row.allergies for row in admitted] == ["penicillin"]
    assert withheld[other.subject_id].check is Check.REASON


def test_contexts_cannot_live_in_generators(clinic: Clinic) -> None:
    def leaky():
        with processing(Purpose.CARE, by=clinic.prescriber, at=LATER):
            yield clinic.ann.allergies

    with pytest.raises(RuntimeError, match="generator"):
        next(leaky())


def test_nor_when_an_exit_stack_enters_them(clinic: Clinic) -> None:
    from contextlib import ExitStack

    def leaking():
        with ExitStack() as stack:
            stack.enter_context(processing(Purpose.CARE, by=clinic.prescriber, at=LATER))
            yield clinic.ann.allergies

    with pytest.raises(RuntimeError, match="generator"):
        next(leaking())
    with pytest.raises(Unopened):
        _ = clinic.ann.allergies
    with ExitStack() as stack:  # in a function it ends with the function, and is allowed
        stack.enter_context(processing(Purpose.CARE, by=clinic.prescriber, at=LATER))
        assert clinic.ann.allergies == "penicillin"


def test_a_captured_generator_thread_or_task_gets_nothing(clinic: Clinic) -> None:
    import asyncio
    import contextvars

    seen: list[object] = []

    def look() -> None:
        try:
            seen.append(clinic.ann.allergies)
        except Exception as error:
            seen.append(type(error).__name__)

    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER):
        later = (clinic.ann.allergies for _ in range(1))
        captured = contextvars.copy_context()
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    with pytest.raises(Unopened):
        next(later)
    captured.run(look)

    async def task() -> None:
        look()

    async def main() -> None:
        await asyncio.create_task(task())

    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER):
        loop = asyncio.new_event_loop()
        waiting = loop.create_task(main())
    loop.run_until_complete(waiting)
    loop.close()
    assert seen == ["Unopened"] * 3


def test_fifty_people_cost_as_many_queries_as_five(clinic: Clinic, django_assert_num_queries) -> None:
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    from troth.gate.tests.conftest import booked_with

    people = [make_person(f"Person {n}", allergies="none") for n in range(50)]
    booked_with[clinic.prescriber.id] = {person.subject_id for person in people}
    counts = []
    for size in (5, 50):
        rows = [row.pk for row in people[:size]]
        with (
            CaptureQueriesContext(connections["default"]) as data,
            CaptureQueriesContext(connections["keys"]) as keys,
            processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened,
        ):
            admitted, _ = opened.admit(Person.objects.filter(pk__in=rows))
            assert {row.allergies for row in admitted} == {"none"}
        counts.append([count_reads(data), count_reads(keys)])
    assert counts[0] == counts[1]


def test_emergency_passes_reason_basis_and_restriction_only(clinic: Clinic) -> None:
    other = make_person("Bob Roe", allergies="nuts")
    record_fact(other.subject_id, FactKind.RESTRICTION, by=clinic.officer, at=LATER)
    with processing(Purpose.EMERGENCY, by=clinic.prescriber, at=LATER) as opened:
        assert opened.decision(other, Category.HEALTH).check is Check.REASON
    record_fact(
        other.subject_id,
        FactKind.GLASS_BROKEN,
        by=clinic.officer,
        at=LATER,
        other=clinic.prescriber.id,
        until=LATER + timedelta(minutes=30),
    )
    with processing(Purpose.EMERGENCY, by=clinic.prescriber, at=LATER):
        assert other.allergies == "nuts"
    for actor, at, action in [
        (clinic.support, LATER, Action.READ),
        (clinic.prescriber, LATER + timedelta(minutes=31), Action.READ),
        (clinic.prescriber, LATER, Action.EXPORT),
    ]:
        with processing(Purpose.EMERGENCY, action, by=actor, at=at) as opened:
            assert not opened.decision(other, Category.HEALTH).allowed


def test_the_middleware_answers_a_poisoned_request_with_an_error(clinic: Clinic) -> None:
    from django.http import HttpResponse

    from troth.gate.boundary import BoundaryMiddleware

    def view(request):
        page = Template("{% if card.allergies or x %}a{% else %}No known allergies{% endif %}")
        with processing(Purpose.CARE, by=clinic.support, at=LATER):
            return HttpResponse(page.render(Context({"card": clinic.ann})))

    response = BoundaryMiddleware(view)(RequestFactory().get("/"))
    assert response.status_code == 403
    assert b"No known allergies" not in response.content
    assert events(event="gate:refused")


@pytest.mark.parametrize("status", [200, 404, 422, 500, 503])
def test_no_status_of_a_view_lets_a_swallowed_refusal_out(clinic: Clinic, status: int) -> None:
    """A form that is shown again is a page like any other, and says 422."""
    from django.http import HttpResponse

    from troth.gate.boundary import BoundaryMiddleware

    def view(request):
        page = Template("{% if card.allergies or x %}a{% else %}No known allergies{% endif %}")
        with processing(Purpose.CARE, by=clinic.support, at=LATER):
            return HttpResponse(page.render(Context({"card": clinic.ann})), status=status)

    response = BoundaryMiddleware(view)(RequestFactory().get("/"))
    assert response.status_code == 403
    assert b"No known allergies" not in response.content


def test_if_the_ledger_cannot_be_written_nothing_is_shown(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError
    from django.http import HttpResponse

    from troth.gate import boundary as module

    def full(_: object) -> None:
        raise OperationalError("disk is full")

    monkeypatch.setattr(module, "write", full)

    def view(request):
        with processing(Purpose.CARE, by=clinic.prescriber, at=LATER):
            return HttpResponse(clinic.ann.allergies)

    response = module.BoundaryMiddleware(view)(RequestFactory().get("/"))
    assert response.status_code == 503
    assert b"penicillin" not in response.content


def test_one_event_for_each_request_subject_purpose_and_action(clinic: Clinic) -> None:
    with boundary() as into:
        assert isinstance(into, Boundary)
        for _ in range(3):
            with processing(Purpose.CARE, by=clinic.prescriber, at=LATER):
                _ = clinic.ann.allergies, clinic.ann_name.name
    found = events(event="gate:opened")
    assert [event.what for event in found] == ["health identity"]


def test_breaking_the_glass_opens_one_record_for_thirty_minutes_and_seals_the_reason(clinic: Clinic) -> None:
    from dataclasses import replace

    from troth.gate.emergency import break_glass
    from troth.gate.models import EmergencyNote

    other = make_person("Bob Roe", allergies="nuts")
    ready = replace(clinic.prescriber, second_factor_at=LATER - timedelta(minutes=2))
    words = "Collapsed at home, crew on the phone"
    for actor, note, subject in [
        (clinic.prescriber, words, other.subject_id),
        (ready, "x", other.subject_id),
        (ready, words, ready.id),
        (replace(clinic.support, second_factor_at=LATER), words, other.subject_id),
    ]:
        with pytest.raises(Refused):
            break_glass(subject, note=note, by=actor, at=LATER)
    until = break_glass(other.subject_id, note=words, by=ready, at=LATER)
    assert until == LATER + timedelta(minutes=30)
    with processing(Purpose.EMERGENCY, by=ready, at=LATER):
        assert other.allergies == "nuts"
    with processing(Purpose.EMERGENCY, by=ready, at=until) as opened:
        assert not opened.decision(other, Category.HEALTH).allowed
    event = events(event="gate:glass_broken")[-1]
    assert (event.on_behalf_of, event.actor) == (ready.id.hex, "emergency")
    with pytest.raises(Unopened):
        _ = EmergencyNote.objects.get().note
