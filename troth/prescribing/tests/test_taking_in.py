"""Letters that GPs do not answer: who is told when, who may have one go once more, and what is taken in unread."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from tests.papers import text_of
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.notice.purposes import Purpose
from troth.prescribing import services
from troth.prescribing.models import GpMessage, GpNotice, GpNoticeState, GpState, Way
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import arriving, owing, reviewing, telling
from troth.prescribing.tests.conftest import Clinic, refuse
from troth.prescribing.tests.test_asking import LATE, SOON, agree, asked, keep, queue_says, state, upload
from troth.records import selectors as records
from troth.records.models import DocumentReference, Task
from troth.records.selectors import TaskKind, TaskState
from troth.rights.selectors import everything_about
from troth.rights.services import standing
from troth.vault.categories import Category
from troth.vault.uploads import SealedUpload

LATER_STILL = LATE + timedelta(days=15)


def left(clinic: Clinic) -> tuple[UUID, UUID]:
    """A letter that asks is with the practice."""
    request, letter = asked(clinic)
    assert services.post_gp_letter(letter, by=clinic.prescriber, at=SOON)
    return request, letter


def tasks(clinic: Clinic, by: Actor, at: datetime = LATE) -> list[TaskKind]:
    """What waits for somebody, by what the gate lets them see of it."""
    with processing(Purpose.PRESCRIBING, by=by, at=at) as opened:
        lines = records.list_tasks(by)
        kinds = records.kinds_of_tasks(lines, opened)
        return [kinds[line.id] for line in lines]


def letter_says(clinic: Clinic, letter: UUID) -> str:
    with processing(Purpose.GP_CORRESPONDENCE, by=clinic.prescriber, at=LATE) as opened:
        return " ".join(text_of(b"".join(telling.open_letter(letter, opened).read())).split())


def take_in(clinic: Clinic, letter: UUID, **other: object) -> None:
    said = {
        "came_on": timezone.localdate(SOON),
        "way": Way.POST,
        "upload": upload(),
        "by": clinic.support,
        "at": SOON,
    }
    services.take_in_gp_answer(letter, **{**said, **other})  # type: ignore[arg-type]


def test_a_fortnight_without_an_answer_is_a_task_for_who_takes_in_the_post_once(clinic: Clinic) -> None:
    left(clinic)
    services.chase_gps(at=LATE - timedelta(days=2))
    assert tasks(clinic, clinic.support) == []
    for _ in range(2):
        services.chase_gps(at=LATE)
    assert tasks(clinic, clinic.support) == [TaskKind.CHASE] and tasks(clinic, clinic.prescriber) == []
    assert "Their GP has not answered in 14 days" in queue_says(clinic, LATE)


def test_reception_has_it_go_once_more_and_then_it_is_the_prescribers(clinic: Clinic) -> None:
    _, letter = left(clinic)
    services.chase_gps(at=LATE)
    assert "We first asked" not in letter_says(clinic, letter)
    services.have_gp_reminded(letter, by=clinic.support, at=LATE)
    assert state() == GpNoticeState.DUE and tasks(clinic, clinic.support) == []
    assert f"We first asked on {timezone.localdate(SOON):%-d %B %Y}" in letter_says(clinic, letter)
    assert services.post_gp_letter(letter, by=clinic.pharmacist, at=LATE)
    with pytest.raises(NotPossible, match="14 days"):
        services.have_gp_reminded(letter, by=clinic.support, at=LATE + timedelta(days=13))
    with pytest.raises(NotPossible, match="once more already"):
        services.have_gp_reminded(letter, by=clinic.support, at=LATER_STILL)
    services.chase_gps(at=LATER_STILL)
    assert tasks(clinic, clinic.support, LATER_STILL) == []
    assert tasks(clinic, clinic.prescriber, LATER_STILL) == [TaskKind.CHECK]
    services.remind_gp(letter, by=clinic.prescriber, at=LATER_STILL)
    assert tasks(clinic, clinic.prescriber, LATER_STILL) == []


@pytest.mark.parametrize("choice", [(GpState.WITHDRAWN, True), (GpState.GIVEN, False)])
def test_what_they_chose_since_stops_the_reminder_and_the_prescriber_gets_the_task(
    clinic: Clinic, choice: tuple[GpState, bool]
) -> None:
    _, letter = left(clinic)
    services.chase_gps(at=LATE)
    agree(clinic, choice[0], may_ask=choice[1], at=LATE)
    services.have_gp_reminded(letter, by=clinic.support, at=LATE)
    assert state() == GpNoticeState.SENT and tasks(clinic, clinic.support) == []
    assert tasks(clinic, clinic.prescriber) == [TaskKind.CHECK]
    (line,) = owing.list_owed(at=LATE)
    assert line.was_reminded and not line.may_remind
    services.chase_gps(at=LATE + timedelta(days=1))
    assert tasks(clinic, clinic.support) == [] and tasks(clinic, clinic.prescriber) == [TaskKind.CHECK]
    with pytest.raises(NotPossible, match="once more already"):
        services.have_gp_reminded(letter, by=clinic.support, at=LATE)


def test_nobody_else_has_it_go_once_more_or_takes_in(clinic: Clinic) -> None:
    _, letter = left(clinic)
    for wrong in (clinic.finance, clinic.assistant, clinic.colleague, clinic.ann):
        for attempt in (
            lambda by=wrong: services.have_gp_reminded(letter, by=by, at=LATE),
            lambda by=wrong: take_in(clinic, letter, by=by),
        ):
            with pytest.raises(Refused), boundary():
                attempt()
    standing.restrict(clinic.subject, by=clinic.ann, at=SOON)
    services.chase_gps(at=LATE)
    with pytest.raises(Refused), boundary():
        services.have_gp_reminded(letter, by=clinic.support, at=LATE)
    assert not Task.objects.exists() and state() == GpNoticeState.SENT


def test_reception_takes_in_what_it_cannot_read_and_the_prescriber_keeps_it(clinic: Clinic) -> None:
    request, letter = left(clinic)
    services.chase_gps(at=LATE)
    with pytest.raises(NotPossible, match="Add the file"):
        take_in(clinic, letter, upload=None)
    came = upload()
    take_in(clinic, letter, upload=came, at=LATE)
    assert came.kept and tasks(clinic, clinic.support) == [] and tasks(clinic, clinic.prescriber) == [TaskKind.REVIEW]
    assert "What came from their GP waits to be looked at" in queue_says(clinic, LATE)
    for read in (telling.open_taken_in, telling.get_letter, telling.open_letter):
        with pytest.raises(Refused), processing(Purpose.GP_CORRESPONDENCE, by=clinic.support, at=LATE) as opened:
            read(letter, opened)
    with processing(Purpose.RIGHTS, by=clinic.ann, at=LATE) as opened:
        (held,) = [each for each in everything_about(clinic.subject, opened) if each.model == "prescribing.gpnotice"]
    assert [file.field for file in held.files] == ["file"]  # nobody has made sure yet that it is about her
    with pytest.raises(NotPossible, match="waits to be looked at"):
        take_in(clinic, letter, at=LATE)
    with pytest.raises(Refused), boundary():
        services.keep_taken_in(letter, words="", by=clinic.support, at=LATE)
    with processing(Purpose.GP_CORRESPONDENCE, by=clinic.prescriber, at=LATE) as opened:
        assert b"sentinel" in b"".join(telling.open_taken_in(letter, opened).read())
    document = services.keep_taken_in(letter, words="Nothing of note.", by=clinic.prescriber, at=LATE)
    with processing(Purpose.CARE, by=clinic.prescriber, at=LATE):
        row = DocumentReference.objects.get()
        assert row.pk == document and b"sentinel" in b"".join(row.file.read())
    assert state() == GpNoticeState.ANSWERED and tasks(clinic, clinic.prescriber) == []
    assert GpNotice.objects.get().taken_in_at is None and owing.list_taken_in() == []
    with pytest.raises(NotPossible):
        services.keep_taken_in(letter, words="", by=clinic.prescriber, at=LATE)
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=LATE) as opened:
        assert reviewing.get_review(request, opened)


def test_who_takes_in_the_post_sees_them_for_that_alone(clinic: Clinic) -> None:
    _, letter = left(clinic)
    with processing(Purpose.GP_CORRESPONDENCE, by=clinic.support, at=SOON) as opened:
        assert opened.decision(clinic.subject, Category.IDENTITY).allowed
        assert not opened.decision(clinic.subject, Category.HEALTH).allowed
    keep(clinic, letter)
    with processing(Purpose.GP_CORRESPONDENCE, by=clinic.support, at=SOON) as opened:
        assert not opened.decision(clinic.subject, Category.IDENTITY).allowed  # it is answered
    assert owing.list_owed(at=SOON) == []


def test_what_belongs_to_another_is_put_back_and_waits_for_a_clinician(clinic: Clinic) -> None:
    _, letter = left(clinic)
    take_in(clinic, letter)
    message = services.put_gp_answer_back(letter, by=clinic.prescriber, at=SOON)
    assert owing.list_taken_in() == [] and state() == GpNoticeState.SENT and tasks(clinic, clinic.prescriber) == []
    assert GpMessage.objects.get().pk == message
    found = services.open_gp_message(message, by=clinic.prescriber, at=SOON)
    assert b"sentinel" in b"".join(found.file.read())
    take_in(clinic, letter)  # the right one may still come


def test_what_the_desk_took_in_keeps_its_day_and_its_way_when_it_is_filed_from_the_mailbox(clinic: Clinic) -> None:
    _, letter = left(clinic)
    take_in(clinic, letter, way=Way.HAND, at=LATE)
    message = services.put_gp_answer_back(letter, by=clinic.prescriber, at=LATE)
    services.file_gp_message(message, subject=clinic.subject, answers=True, by=clinic.prescriber, at=LATE)
    with processing(Purpose.GP_CORRESPONDENCE, by=clinic.prescriber, at=LATE):
        came = GpNotice.objects.get().came
    assert (came["by"], came["on"]) == ("hand", timezone.localdate(SOON).isoformat())


def test_what_came_before_a_letter_was_written_answers_it_by_no_later_taking_in(clinic: Clinic) -> None:
    _, letter = left(clinic)
    take_in(clinic, letter)
    message = services.put_gp_answer_back(letter, by=clinic.prescriber, at=SOON)
    row = GpMessage.objects.get(pk=message)
    said = arriving.read_ticket(row, at=SOON)
    before = timezone.localdate(SOON) - timedelta(days=1)
    row.ticket = arriving.seal(row.pk, said.file, sender="", came_on=before, way=Way.POST, at=SOON)
    GpMessage.objects.filter(pk=message).update(ticket=row.ticket)
    with pytest.raises(NotPossible, match="from before this came"):
        services.file_gp_message(message, subject=clinic.subject, answers=True, by=clinic.prescriber, at=LATE)


def test_an_answer_to_a_letter_that_went_no_second_time_is_taken_in(clinic: Clinic) -> None:
    request, letter = left(clinic)
    services.have_gp_reminded(letter, by=clinic.support, at=LATE)
    refuse(clinic, request, "No.", by=clinic.prescriber, at=LATE)
    assert not services.post_gp_letter(letter, by=clinic.pharmacist, at=LATE) and state() == GpNoticeState.CLOSED
    assert [each.id for each in owing.list_owed(at=LATE)] == [letter]
    assert owing.count_owed(at=LATE) == 1 and owing.list_owed(at=LATE, first=1) == []
    take_in(clinic, letter, at=LATE)
    assert services.keep_taken_in(letter, words="", by=clinic.prescriber, at=LATE)


def test_whoever_checks_what_is_supplied_says_of_no_answer_whose_it_is(clinic: Clinic) -> None:
    _, letter = left(clinic)
    take_in(clinic, letter)
    for judge in (
        lambda: services.keep_taken_in(letter, words="", by=clinic.pharmacist, at=SOON),
        lambda: services.put_gp_answer_back(letter, by=clinic.pharmacist, at=SOON),
    ):
        with pytest.raises(NotPossible, match="decides about the request"), boundary():
            judge()
    with (
        processing(Purpose.GP_CORRESPONDENCE, by=clinic.pharmacist, at=SOON) as opened,
        pytest.raises(NotPossible, match="decides about the request"),
    ):
        telling.open_taken_in(letter, opened)


def test_while_something_waits_no_other_answer_is_kept_beside_it(clinic: Clinic) -> None:
    _, letter = left(clinic)
    assert clinic.prescriber.id
    assert arriving.letter_owed(clinic.subject, clinician=clinic.prescriber.id, before=LATE) == letter
    take_in(clinic, letter)
    assert arriving.letter_owed(clinic.subject, clinician=clinic.prescriber.id, before=LATE) is None
    with pytest.raises(NotPossible, match="Look at that first"):
        keep(clinic, letter)
    assert state() == GpNoticeState.SENT
    services.put_gp_answer_back(letter, by=clinic.prescriber, at=SOON)
    document = keep(clinic, letter)
    with processing(Purpose.GP_CORRESPONDENCE, by=clinic.prescriber, at=SOON):
        assert document and GpNotice.objects.get().came["document"] == document.hex


def test_a_decision_without_the_answer_ends_the_task(clinic: Clinic) -> None:
    request, _ = left(clinic)
    services.chase_gps(at=LATE)
    services.withdraw_request(request, by=actors.person(clinic.subject, at=LATE), at=LATE)
    services.chase_gps(at=LATE)
    assert Task.objects.get().state == TaskState.DONE


def test_where_nobody_takes_in_the_post_the_task_is_the_prescribers(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    left(clinic)
    monkeypatch.setattr("troth.prescribing.rules.PASSING_ON", frozenset())
    services.chase_gps(at=LATE)
    assert tasks(clinic, clinic.prescriber) == [TaskKind.CHECK]


def test_a_file_that_fails_to_be_taken_in_is_not_kept(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    _, letter = left(clinic)
    came: SealedUpload = upload()

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    fails: Callable[..., None] = breaks
    monkeypatch.setattr("troth.prescribing.services.taking_in._seal_answer", fails)
    with pytest.raises(RuntimeError):
        take_in(clinic, letter, upload=came)
    assert not came.kept and owing.list_taken_in() == [] and not Task.objects.exists()
