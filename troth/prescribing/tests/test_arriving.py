"""Our own MESH mailbox: reports are followed, the rest is kept until a clinician files it, and nothing is lost on the way."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from troth.delivery.models import Failure
from troth.delivery.services.inbox import Inbox
from troth.delivery.tests.mesh import LocalMesh
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.prescribing import services
from troth.prescribing.models import Astray, GpChannel, GpMessage, GpNotice, GpNoticeState, MessageState
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import arriving, telling
from troth.prescribing.tests.conftest import Clinic
from troth.prescribing.tests.test_asking import asked
from troth.prescribing.tests.test_carrying import SOON, THERE, mesh, stands, written  # noqa: F401 - a fixture
from troth.prescribing.tests.test_taking_in import tasks
from troth.records.models import DocumentReference, Source
from troth.records.selectors import TaskKind
from troth.vault import files, orphans

PDF = b"%PDF-1.7 sentinel"


def carried(clinic: Clinic, mesh: LocalMesh) -> tuple[UUID, str]:  # noqa: F811
    notice = written(clinic, THERE)
    services.carry_gp_letter(notice, at=SOON)
    (number,) = mesh.held
    return notice, number


def held() -> GpMessage:
    services.read_mailbox(at=SOON)
    return GpMessage.objects.get()


def test_a_report_brings_the_letter_back_with_its_reason_and_a_task_to_post_it(
    clinic: Clinic,
    mesh: LocalMesh,  # noqa: F811
) -> None:
    notice, number = carried(clinic, mesh)
    mesh.report(number, local=notice.hex)
    services.read_mailbox(at=SOON)
    assert stands(notice) == (GpNoticeState.FAILED, GpChannel.POST, telling.NOT_COLLECTED)
    assert mesh.waiting() == [] and not GpMessage.objects.exists()
    assert tasks(clinic, clinic.pharmacist, SOON) == [TaskKind.CHASE]
    assert services.post_gp_letter(notice, by=clinic.pharmacist, at=SOON)
    assert tasks(clinic, clinic.pharmacist, SOON) == []


@pytest.mark.parametrize(
    ("code", "trouble"), [("12", Failure.NO_MAILBOX), ("EPL-151", Failure.NO_MAILBOX), ("09", "refused")]
)
def test_a_report_says_why(clinic: Clinic, mesh: LocalMesh, code: str, trouble: str) -> None:  # noqa: F811
    notice, number = carried(clinic, mesh)
    mesh.inbox[mesh.report(number)][1]["Mex-StatusCode"] = code
    services.read_mailbox(at=SOON)
    assert stands(notice)[2] == trouble


def test_a_report_of_a_letter_that_went_again_since_is_no_news(clinic: Clinic, mesh: LocalMesh) -> None:  # noqa: F811
    notice, number = carried(clinic, mesh)
    mesh.report(uuid4().hex.upper(), local=notice.hex)
    services.read_mailbox(at=SOON)
    assert stands(notice)[0] == GpNoticeState.SENT and mesh.waiting() == [] and not GpMessage.objects.exists()
    assert number in mesh.held


def test_everything_else_is_kept_sealed_and_then_acknowledged(clinic: Clinic, mesh: LocalMesh) -> None:  # noqa: F811
    mesh.deposit(PDF[:4], PDF[4:])
    row = held()
    place = files.path_of(arriving.read_ticket(row, at=SOON).file.place)
    assert place.exists() and place not in orphans.list_orphans(before=SOON + timedelta(days=9))
    assert mesh.waiting() == [] and row.state == MessageState.WAITING
    assert b"sentinel" not in row.ticket.encode() and "records.pdf" not in row.ticket
    mesh.acknowledged.clear()  # the exchange did not hear it, and gives it out again
    assert held().pk == row.pk and mesh.waiting() == []
    mesh.report(uuid4().hex)  # about nothing of ours
    services.read_mailbox(at=SOON)
    assert GpMessage.objects.count() == 2


def test_what_could_not_be_kept_is_not_acknowledged_and_keeps_back_no_other(
    clinic: Clinic,
    mesh: LocalMesh,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = mesh.deposit(PDF), mesh.deposit(PDF)
    seal, places = arriving.seal, []

    def fails_once(message: UUID, file: files.StoredFile, **named: Any) -> str:
        places.append(file.place)
        if len(places) == 1:
            raise RuntimeError("the database is away")
        return seal(message, file, **named)

    monkeypatch.setattr(arriving, "seal", fails_once)
    with pytest.raises(ExceptionGroup):
        services.read_mailbox(at=SOON)
    assert mesh.waiting() == [first] and GpMessage.objects.get().number == second
    assert not files.path_of(places[0]).exists() and files.path_of(places[1]).exists()
    services.read_mailbox(at=SOON)
    assert mesh.waiting() == [] and GpMessage.objects.count() == 2


def test_it_is_committed_before_it_is_acknowledged(
    clinic: Clinic,
    mesh: LocalMesh,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[int] = []
    acknowledge = Inbox.acknowledge

    def looks_first(self: Inbox, number: str) -> None:
        seen.append(LedgerEvent.objects.filter(event=Event.GP_MESSAGE_CAME).count())
        acknowledge(self, number)

    monkeypatch.setattr(Inbox, "acknowledge", looks_first)
    mesh.deposit(PDF)
    services.read_mailbox(at=SOON)
    assert seen == [1]


def test_a_clinician_files_it_as_the_answer_that_is_owed(clinic: Clinic, mesh: LocalMesh) -> None:  # noqa: F811
    _, letter = asked(clinic)
    services.post_gp_letter(letter, by=clinic.prescriber, at=SOON)
    mesh.deposit(PDF)
    row = held()
    document = services.file_gp_message(row.pk, subject=clinic.subject, answers=True, by=clinic.prescriber, at=SOON)
    with processing(Purpose.CARE, by=clinic.prescriber, at=SOON):
        kept = DocumentReference.objects.get()
        assert (kept.pk, kept.source) == (document, Source.GP) and b"".join(kept.file.read()) == PDF
    assert GpNotice.objects.get().state == GpNoticeState.ANSWERED
    row.refresh_from_db()
    assert (row.state, row.ticket) == (MessageState.FILED, "")
    with pytest.raises(NotPossible):
        services.file_gp_message(row.pk, subject=clinic.subject, answers=True, by=clinic.prescriber, at=SOON)


def test_something_else_answers_nothing(clinic: Clinic, mesh: LocalMesh) -> None:  # noqa: F811
    _, letter = asked(clinic)
    services.post_gp_letter(letter, by=clinic.prescriber, at=SOON)
    mesh.deposit(PDF)
    assert services.file_gp_message(held().pk, subject=clinic.subject, answers=False, by=clinic.prescriber, at=SOON)
    assert GpNotice.objects.get().state == GpNoticeState.SENT, "their GP still owes the answer"


def test_what_came_before_our_letter_is_no_answer_to_it(clinic: Clinic, mesh: LocalMesh) -> None:  # noqa: F811
    mesh.deposit(PDF)
    row = held()
    _, letter = asked(clinic)
    services.post_gp_letter(letter, by=clinic.prescriber, at=SOON)
    GpMessage.objects.filter(pk=row.pk).update(came_at=GpNotice.objects.get().due_at - timedelta(minutes=1))
    with pytest.raises(NotPossible, match="something else"), boundary():
        services.file_gp_message(row.pk, subject=clinic.subject, answers=True, by=clinic.prescriber, at=SOON)
    assert services.file_gp_message(row.pk, subject=clinic.subject, answers=False, by=clinic.prescriber, at=SOON)
    assert GpNotice.objects.get().state == GpNoticeState.SENT


def test_where_no_letter_is_owed_it_stands_among_the_files_of_the_card(clinic: Clinic, mesh: LocalMesh) -> None:  # noqa: F811
    services.assign_request(clinic.request, prescriber=clinic.prescriber.id, by=clinic.support, at=SOON)
    mesh.deposit(PDF)
    assert services.file_gp_message(held().pk, subject=clinic.subject, answers=False, by=clinic.prescriber, at=SOON)
    with processing(Purpose.CARE, by=clinic.prescriber, at=SOON):
        assert DocumentReference.objects.get().title.startswith("From a GP practice")


def test_whoever_may_not_see_that_person_files_nothing_and_it_still_waits(clinic: Clinic, mesh: LocalMesh) -> None:  # noqa: F811
    mesh.deposit(PDF)
    row = held()
    for wrong in (clinic.colleague, clinic.pharmacist, clinic.support, clinic.finance, clinic.ann):
        with pytest.raises(Refused), boundary():
            services.file_gp_message(row.pk, subject=clinic.subject, answers=False, by=wrong, at=SOON)
    assert b"".join(services.open_gp_message(row.pk, by=clinic.colleague, at=SOON).file.read()) == PDF


def test_nobody_but_a_clinician_opens_it_or_sets_it_aside(clinic: Clinic, mesh: LocalMesh) -> None:  # noqa: F811
    mesh.deposit(PDF)
    row = held()
    for wrong in (clinic.support, clinic.finance, clinic.assistant, clinic.ann):
        with pytest.raises(Refused), boundary():
            services.open_gp_message(row.pk, by=wrong, at=SOON)
        with pytest.raises(Refused), boundary():
            services.set_gp_message_aside(row.pk, why=Astray.NOT_OURS, by=wrong, at=SOON)
    assert not LedgerEvent.objects.filter(event=Event.GP_MESSAGE_OPENED).exists()
    services.open_gp_message(row.pk, by=clinic.prescriber, at=SOON)
    assert LedgerEvent.objects.filter(event=Event.GP_MESSAGE_OPENED).count() == 1


def test_what_is_for_nobody_here_is_destroyed_and_the_reason_stands(
    clinic: Clinic,
    mesh: LocalMesh,  # noqa: F811
    django_capture_on_commit_callbacks: Any,
) -> None:
    mesh.deposit(PDF)
    row = held()
    place = services.open_gp_message(row.pk, by=clinic.prescriber, at=SOON).file.place
    with django_capture_on_commit_callbacks(execute=True):
        services.set_gp_message_aside(row.pk, why=Astray.NOT_OURS, by=clinic.prescriber, at=SOON)
    row.refresh_from_db()
    assert (row.state, row.why, row.ticket) == (MessageState.SET_ASIDE, "not_ours", "")
    assert not files.path_of(place).exists()
    with pytest.raises(NotPossible):
        services.open_gp_message(row.pk, by=clinic.prescriber, at=SOON)


def test_whom_it_may_be_about_is_who_the_clinician_has_to_do_with(clinic: Clinic) -> None:
    assert arriving.candidates([], clinician=clinic.prescriber.id, at=SOON) == []  # type: ignore[arg-type]
    _, letter = asked(clinic)
    services.post_gp_letter(letter, by=clinic.prescriber, at=SOON)
    for at in (SOON, SOON + timedelta(days=1)):
        assert arriving.candidates([], clinician=clinic.prescriber.id, at=at) == [clinic.subject]  # type: ignore[arg-type]
    assert arriving.candidates([clinic.subject], clinician=clinic.colleague.id, at=SOON) == [clinic.subject]  # type: ignore[arg-type]


def test_the_database_keeps_nothing_of_a_message_that_is_over(clinic: Clinic, mesh: LocalMesh) -> None:  # noqa: F811
    mesh.deposit(PDF)
    row = held()
    with pytest.raises(IntegrityError), transaction.atomic():
        _spoil(row.pk, by=clinic.prescriber, at=SOON)


@act(Event.GP_MESSAGE_FILED, purpose=Purpose.GP_CORRESPONDENCE)
def _spoil(message: UUID, *, by: Actor, at: Any) -> None:
    GpMessage.objects.filter(pk=message).update(state=MessageState.FILED, ended_at=at)


def test_what_is_too_large_is_fetched_once_stays_at_mesh_and_waits_for_a_clinician(
    clinic: Clinic,
    mesh: LocalMesh,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    large, small = mesh.deposit(PDF * 3), mesh.deposit(PDF)
    monkeypatch.setattr("troth.delivery.services.inbox.LARGEST", len(PDF))
    services.read_mailbox(at=SOON)
    row = GpMessage.objects.get(number=large)
    assert row.state == MessageState.TOO_LARGE and mesh.waiting() == [large] and arriving.count_messages() == 2
    assert GpMessage.objects.get(number=small).state == MessageState.WAITING
    fetched: list[str] = []
    monkeypatch.setattr(Inbox, "fetch", lambda _, number: fetched.append(number))
    services.read_mailbox(at=SOON)
    for attempt in (
        lambda: services.open_gp_message(row.pk, by=clinic.prescriber, at=SOON),
        lambda: services.file_gp_message(
            row.pk, subject=clinic.subject, answers=False, by=clinic.prescriber, at=SOON
        ),
    ):
        with pytest.raises(NotPossible), boundary():
            attempt()
    with pytest.raises(Refused), boundary():
        services.set_gp_message_aside(row.pk, why=Astray.NOT_OURS, by=clinic.support, at=SOON)
    services.set_gp_message_aside(row.pk, why=Astray.NOT_OURS, by=clinic.pharmacist, at=SOON)
    row.refresh_from_db()
    assert row.why == Astray.TOO_LARGE
    services.read_mailbox(at=SOON)
    assert fetched == [] and mesh.waiting() == [large]
