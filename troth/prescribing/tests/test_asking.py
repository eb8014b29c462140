"""Asking a GP for what bears on a request: who may, when, and what becomes of what comes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from troth.delivery.tests.mesh import LocalMesh
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.tests.factories import make_patient
from troth.prescribing import services
from troth.prescribing.models import GpChannel, GpNotice, GpNoticeState, GpState, Outcome, Wanted, Way
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import reviewing, telling, triage
from troth.prescribing.services.carrying import NotYet
from troth.prescribing.tests.conftest import PRACTICE, Clinic, look, refuse, send
from troth.prescribing.tests.test_carrying import THERE, mesh  # noqa: F401 - a fixture
from troth.prescribing.tests.test_telling import passed_on
from troth.records.models import DocumentReference, Source
from troth.records.tests.factories import LATER, NOW
from troth.rights.models.obtained import Obtained
from troth.rights.selectors import everything_about
from troth.rights.services import standing
from troth.vault import files
from troth.vault.categories import Category
from troth.vault.uploads import SealedUpload

SOON = LATER + timedelta(minutes=10)
LATE = SOON + timedelta(days=15)
HALLGATE = {"code": "B54321", "name": "Hallgate Practice", "address": "2 Hallgate, Hexham"}


def agree(clinic: Clinic, state: GpState = GpState.GIVEN, *, may_ask: bool = True, **other: object) -> None:
    said = {"practice": PRACTICE, "at": LATER, **other}
    services.choose_gp(clinic.subject, state=state, may_ask=may_ask, by=clinic.ann, **said)  # type: ignore[arg-type]


def ask(clinic: Clinic, request: UUID, wanted: Iterable[Wanted] = (Wanted.MEDICINES,), **other: object) -> UUID:
    said = {"by": clinic.prescriber, "at": SOON, **other}
    return services.ask_gp(request, wanted=set(wanted), **said)  # type: ignore[arg-type]


def asked(clinic: Clinic) -> tuple[UUID, UUID]:
    request = send(clinic)
    agree(clinic)
    return request, ask(clinic, request)


def upload() -> SealedUpload:
    stored = files.store([b"%PDF-1.7 sentinel"], name="x.pdf", media_type="application/pdf")
    return SealedUpload(stored, "application/pdf", None)


def keep(clinic: Clinic, letter: UUID, **other: object) -> UUID | None:
    said = {"came_on": timezone.localdate(SOON), "way": Way.EMAIL, "words": "", "upload": upload()}
    said |= {"by": clinic.prescriber, "at": SOON, **other}
    return services.keep_gp_records(letter, **said)  # type: ignore[arg-type]


def state() -> str:
    return GpNotice.objects.get().state


def queue_says(clinic: Clinic, at: datetime = SOON) -> tuple[str, ...]:
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=at) as opened:
        (placed,) = triage.list_by_urgency(clinic.prescriber.id, opened)[0]  # type: ignore[arg-type]
    return placed.why


@pytest.mark.parametrize(
    ("choice", "may_ask", "why"),
    [
        (GpState.GIVEN, False, "not that we ask"),
        (GpState.REFUSED, True, "did not agree"),
        (GpState.NO_GP, True, "have no GP"),
        (GpState.WITHDRAWN, True, "took back"),
        (None, True, "not said yet"),
    ],
)
def test_nobody_is_asked_without_the_permission_to_ask(
    clinic: Clinic, choice: GpState | None, may_ask: bool, why: str
) -> None:
    request = send(clinic)
    if choice:
        agree(clinic, choice, may_ask=may_ask)
    with pytest.raises(NotPossible, match=why):
        ask(clinic, request)
    assert not GpNotice.objects.exists()


def test_whoever_has_the_request_asks_and_the_letter_says_what_and_why(clinic: Clinic) -> None:
    request, letter = asked(clinic)
    assert queue_says(clinic)[0] == "Waits for their GP" and passed_on(clinic) == []
    with processing(Purpose.GP_CORRESPONDENCE, by=clinic.prescriber, at=SOON) as opened:
        assert b"".join(telling.open_letter(letter, opened).read()).startswith(b"%PDF")
    assert services.post_gp_letter(letter, by=clinic.prescriber, at=SOON) and len(passed_on(clinic)) == 1
    with processing(Purpose.RIGHTS, by=clinic.ann, at=SOON) as opened:
        held = [each for each in everything_about(clinic.subject, opened) if each.model == "prescribing.gpnotice"]
    assert "Summary of current medicines" in " ".join(field.text for field in held[0].fields)
    with processing(Purpose.PRESCRIBING, by=clinic.ann, at=SOON) as opened:
        (shown,) = telling.asked_for(request, opened)
    assert shown.practice["name"] == "Tanyard Surgery" and shown.sent_at == SOON


@pytest.mark.parametrize(
    ("wanted", "words", "why"),
    [((), {}, "Choose"), ((Wanted.HISTORY,), {}, "Name the kind"), ((Wanted.OTHER,), {"words": " "}, "what else")],
)
def test_a_letter_asks_for_something_that_is_named(
    clinic: Clinic, wanted: tuple[Wanted, ...], words: dict[str, str], why: str
) -> None:
    request = send(clinic)
    agree(clinic)
    with pytest.raises(NotPossible, match=why):
        ask(clinic, request, wanted, **words)


def test_nobody_else_asks_reminds_or_keeps(clinic: Clinic) -> None:
    request, letter = asked(clinic)
    services.post_gp_letter(letter, by=clinic.prescriber, at=SOON)
    stranger = actors.person(make_patient(at=NOW, given_name="Petroc", email="petroc@vane.example"), at=LATER)
    for wrong in (clinic.support, clinic.finance, clinic.assistant, clinic.colleague, stranger, clinic.ann):
        for attempt in (
            lambda by=wrong: ask(clinic, request, by=by),
            lambda by=wrong: services.remind_gp(letter, by=by, at=SOON),
            lambda by=wrong: keep(clinic, letter, by=by),
        ):
            with pytest.raises(Refused), boundary():
                attempt()
    with pytest.raises(NotPossible, match="Another prescriber"):  # a pharmacist writes to GPs, and decides no request
        ask(clinic, request, by=clinic.pharmacist)
    with pytest.raises(Refused), boundary():  # nor do they add to the card
        keep(clinic, letter, by=clinic.pharmacist)
    assert keep(clinic, letter, by=clinic.pharmacist, upload=None, words="They hold nothing.") is None
    assert state() == GpNoticeState.ANSWERED


def test_a_request_has_one_unanswered_letter(clinic: Clinic) -> None:
    request, first = asked(clinic)
    with pytest.raises(NotPossible, match="asked already"):
        ask(clinic, request)
    agree(clinic, GpState.WITHDRAWN, at=SOON)
    assert not services.post_gp_letter(first, by=clinic.prescriber, at=SOON)
    agree(clinic, at=SOON)
    ask(clinic, request)
    for change in ({"state": GpNoticeState.DUE}, {"request_id": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            _spoil(first, change, by=clinic.prescriber, at=SOON)


@act(Event.GP_ASKED, purpose=Purpose.GP_CORRESPONDENCE)
def _spoil(letter: UUID, change: dict[str, object], *, by: Actor, at: datetime) -> None:
    """What two at once would do, or a mistake of ours."""
    row = GpNotice.objects.get(pk=letter)
    acting().require(row.subject_id, Category.HEALTH)
    for name, value in change.items():
        setattr(row, name, value)
    row.save()


def test_what_was_taken_back_or_closed_meanwhile_goes_nowhere(clinic: Clinic) -> None:
    request, letter = asked(clinic)
    agree(clinic, may_ask=False, at=SOON)  # they may still be told
    assert not services.post_gp_letter(letter, by=clinic.prescriber, at=SOON) and state() == GpNoticeState.STOPPED
    agree(clinic, at=SOON)
    again = ask(clinic, request)
    services.assign_request(clinic.request, prescriber=clinic.prescriber.id, by=clinic.support, at=SOON)
    services.withdraw_request(request, by=clinic.ann, at=SOON)
    with pytest.raises(NotPossible, match="closed"):
        ask(clinic, request)
    assert not services.post_gp_letter(again, by=clinic.prescriber, at=SOON)
    assert GpNotice.objects.get(pk=again).state == GpNoticeState.CLOSED and passed_on(clinic) == []


def test_another_practice_chosen_meanwhile_is_asked_in_its_place(clinic: Clinic) -> None:
    _, letter = asked(clinic)
    agree(clinic, practice=HALLGATE, at=SOON)
    assert not services.post_gp_letter(letter, by=clinic.prescriber, at=SOON) and passed_on(clinic) == []
    with processing(Purpose.GP_CORRESPONDENCE, by=clinic.prescriber, at=SOON) as opened:
        assert telling.get_letter(letter, opened).practice["name"] == "Hallgate Practice"
    assert services.post_gp_letter(letter, by=clinic.prescriber, at=SOON) and state() == GpNoticeState.SENT


def test_it_leaves_by_mesh_while_the_permission_stands(clinic: Clinic, mesh: LocalMesh) -> None:  # noqa: F811
    request = send(clinic)
    agree(clinic, practice=THERE)
    letter = ask(clinic, request)
    assert GpNotice.objects.get().channel == GpChannel.MESH
    standing.restrict(clinic.subject, by=clinic.ann, at=SOON)
    services.carry_gp_letter(letter, at=SOON)
    with pytest.raises(Refused), boundary():
        services.remind_gp(letter, by=clinic.prescriber, at=LATE)
    assert not mesh.held
    standing.lift_restriction(clinic.subject, by=clinic.ann, at=SOON)
    services.carry_gp_letter(letter, at=SOON)
    services.carry_gp_letter(letter, at=SOON)
    assert state() == GpNoticeState.SENT and len(mesh.held) == 1 and len(passed_on(clinic)) == 1


def test_what_came_is_kept_and_told_whatever_they_chose_since(clinic: Clinic) -> None:
    request, letter = asked(clinic)
    with pytest.raises(NotPossible, match="not left"):
        keep(clinic, letter)
    services.post_gp_letter(letter, by=clinic.prescriber, at=SOON)
    review = look(clinic, request, at=SOON)
    agree(clinic, GpState.WITHDRAWN, at=SOON)
    with pytest.raises(NotPossible, match="day on which it came"):
        keep(clinic, letter, came_on=timezone.localdate(SOON) + timedelta(days=1))
    with pytest.raises(NotPossible, match="Add the file"):
        keep(clinic, letter, upload=None)
    with pytest.raises(NotPossible, match="another kind"):
        services.record_gp_answer(letter, words="Thank you.", by=clinic.prescriber, at=SOON)
    document = keep(clinic, letter)
    with pytest.raises(NotPossible):
        keep(clinic, letter)
    with processing(Purpose.CARE, by=clinic.prescriber, at=SOON):
        row = DocumentReference.objects.get()
        assert (row.pk, row.source) == (document, Source.GP) and row.title.startswith("From Tanyard Surgery")
    with processing(Purpose.RIGHTS, by=clinic.ann, at=SOON):
        assert [each.who for each in Obtained.objects.filter(subject_id=clinic.subject)] == ["Tanyard Surgery"]
    assert "Their GP answered" in queue_says(clinic)
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=SOON) as opened:
        assert reviewing.get_review(request, opened).mark  # what they had open before is not what stands
    with pytest.raises(NotPossible):
        services.decide_request(
            request, outcome=Outcome.REFUSED, words="No.", review=review, by=clinic.prescriber, at=SOON
        )


def test_what_comes_for_a_request_that_was_taken_back_is_kept_by_who_had_it(clinic: Clinic) -> None:
    request, letter = asked(clinic)
    services.post_gp_letter(letter, by=clinic.prescriber, at=SOON)
    services.withdraw_request(request, by=clinic.ann, at=SOON)
    with pytest.raises(Refused), boundary():
        keep(clinic, letter, by=clinic.colleague)
    with pytest.raises(Refused), boundary():  # nobody waits for it any more
        keep(clinic, letter, at=SOON + timedelta(days=29))
    assert keep(clinic, letter)


def test_what_nobody_answers_is_asked_once_more_after_a_fortnight(clinic: Clinic) -> None:
    request, letter = asked(clinic)
    services.post_gp_letter(letter, by=clinic.prescriber, at=SOON)
    with pytest.raises(NotPossible, match="14 days"):
        services.remind_gp(letter, by=clinic.prescriber, at=SOON + timedelta(days=13))
    assert "Their GP has not answered in 14 days" in queue_says(clinic, LATE)
    services.remind_gp(letter, by=clinic.prescriber, at=LATE)
    assert services.post_gp_letter(letter, by=clinic.prescriber, at=LATE)
    with pytest.raises(NotPossible, match="14 days"):
        services.remind_gp(letter, by=clinic.prescriber, at=LATE)
    refuse(
        clinic, request, "No.", by=clinic.prescriber, at=LATE
    )  # decided without, and what comes is kept all the same
    later = LATE + timedelta(days=1)
    assert keep(clinic, letter, came_on=timezone.localdate(later), at=later)


def test_a_reminder_that_could_not_leave_denies_no_letter(clinic: Clinic, mesh: LocalMesh) -> None:  # noqa: F811
    request = send(clinic)
    agree(clinic, practice=THERE)
    letter = ask(clinic, request)
    services.carry_gp_letter(letter, at=SOON)
    services.remind_gp(letter, by=clinic.prescriber, at=LATE)
    mesh.busy = True
    with pytest.raises(NotYet):
        services.carry_gp_letter(letter, at=LATE)
    agree(clinic, practice=HALLGATE, at=LATE)
    services.carry_gp_letter(letter, at=LATE)
    assert state() == GpNoticeState.DUE and len(passed_on(clinic)) == 1  # the first, and no more than that
    services.take_in_gp_answer(
        letter, came_on=timezone.localdate(LATE), way=Way.POST, upload=upload(), by=clinic.support, at=LATE
    )
    assert services.keep_taken_in(letter, words="", by=clinic.prescriber, at=LATE)


def test_another_practice_chosen_after_a_reminder_is_asked_in_its_place(clinic: Clinic, mesh: LocalMesh) -> None:  # noqa: F811
    request = send(clinic)
    agree(clinic, practice=THERE)
    letter = ask(clinic, request)
    services.carry_gp_letter(letter, at=SOON)
    services.remind_gp(letter, by=clinic.prescriber, at=LATE)
    agree(clinic, practice=HALLGATE, at=LATE)
    services.carry_gp_letter(letter, at=LATE)
    assert state() == GpNoticeState.DUE and len(mesh.held) == 1 and len(passed_on(clinic)) == 1
