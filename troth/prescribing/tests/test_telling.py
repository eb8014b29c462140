"""Letters to GPs, second accounts, and worries about safety."""

from datetime import timedelta
from uuid import UUID

import pytest

from troth.gate import actors
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.notice.purposes import Purpose
from troth.people.tests.factories import make_patient
from troth.prescribing import services
from troth.prescribing.models import Alike, GpNotice, GpNoticeState, GpState
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import reviewing, telling
from troth.prescribing.tests.conftest import Clinic, agree, prescribe, refuse, send, verify
from troth.records.tests.factories import LATER, NOW
from troth.rights.selectors import everything_about
from troth.sharing import selectors as sharing

SOON = LATER + timedelta(minutes=10)
REASON = "Told by video why, and followed up here in two weeks."


def sent(clinic: Clinic, state: GpState = GpState.GIVEN) -> UUID:
    """A supply that has left."""
    request = send(clinic)
    verify(clinic, request)
    agree(clinic, state)
    made = prescribe(clinic, request, reasons={"gp": REASON})
    services.release_prescription(made, words="Fine", by=clinic.pharmacist, at=SOON)
    services.dispatch(made, tracking="TN-4711", by=clinic.pharmacist, at=SOON)
    return made


def passed_on(clinic: Clinic) -> list[str]:
    with processing(Purpose.RIGHTS, by=clinic.ann, at=SOON) as opened:
        found = [each.recipient for each in sharing.list_disclosures(clinic.subject, opened)]
    return [each for each in found if each == "gp"]


def test_each_supply_is_told_to_the_gp_who_may_be_told_and_the_register_shows_it(clinic: Clinic) -> None:
    made = sent(clinic)
    notice = GpNotice.objects.get()
    assert (notice.prescription_id, notice.state) == (made, GpNoticeState.DUE)
    assert passed_on(clinic) == []
    with processing(Purpose.GP_CORRESPONDENCE, by=clinic.pharmacist, at=SOON) as opened:
        assert b"".join(telling.open_letter(notice.pk, opened).read()).startswith(b"%PDF")
        assert telling.get_letter(notice.pk, opened).practice["name"] == "Tanyard Surgery"
    assert services.post_gp_letter(notice.pk, by=clinic.pharmacist, at=SOON)
    assert len(passed_on(clinic)) == 1
    with pytest.raises(NotPossible):
        services.post_gp_letter(notice.pk, by=clinic.pharmacist, at=SOON)
    services.bounce_gp_letter(notice.pk, by=clinic.pharmacist, at=SOON)
    assert services.post_gp_letter(notice.pk, by=clinic.pharmacist, at=SOON)
    services.record_gp_answer(notice.pk, words="Has raised liver tests.", by=clinic.pharmacist, at=SOON)
    with processing(Purpose.PRESCRIBING, by=clinic.ann, at=SOON) as opened:
        letter = telling.letter_about(made, opened)
    assert letter is not None and (letter.state, letter.tries, letter.answer) == (
        GpNoticeState.ANSWERED,
        2,
        "Has raised liver tests.",
    )


@pytest.mark.parametrize("state", [GpState.REFUSED, GpState.NO_GP])
def test_no_letter_is_written_where_the_gp_may_not_be_told(clinic: Clinic, state: GpState) -> None:
    made = sent(clinic, state)
    assert not GpNotice.objects.exists()
    assert services.write_gp_letter(made, by=clinic.pharmacist, at=SOON) is None


def test_what_was_taken_back_before_it_left_stops_it_and_never_what_left(clinic: Clinic) -> None:
    sent(clinic)
    notice = GpNotice.objects.get()
    agree(clinic, GpState.WITHDRAWN, at=SOON)
    assert not services.post_gp_letter(notice.pk, by=clinic.pharmacist, at=SOON)
    assert GpNotice.objects.get().state == GpNoticeState.STOPPED and passed_on(clinic) == []
    with pytest.raises(NotPossible):
        services.post_gp_letter(notice.pk, by=clinic.pharmacist, at=SOON)


def test_a_letter_to_the_practice_before_does_not_go_and_is_set_anew(clinic: Clinic) -> None:
    sent(clinic)
    notice = GpNotice.objects.get()
    other = {"code": "B54321", "name": "Hallgate Practice", "address": "2 Hallgate, Hexham"}
    services.choose_gp(clinic.subject, state=GpState.GIVEN, practice=other, by=clinic.ann, at=SOON)
    assert not services.post_gp_letter(notice.pk, by=clinic.pharmacist, at=SOON)
    assert GpNotice.objects.get().state == GpNoticeState.DUE and passed_on(clinic) == []
    with processing(Purpose.GP_CORRESPONDENCE, by=clinic.pharmacist, at=SOON) as opened:
        assert telling.get_letter(notice.pk, opened).practice["name"] == "Hallgate Practice"
    assert services.post_gp_letter(notice.pk, by=clinic.pharmacist, at=SOON) and len(passed_on(clinic)) == 1


def test_a_letter_that_left_stays_recorded_when_the_choice_is_taken_back(clinic: Clinic) -> None:
    sent(clinic)
    notice = GpNotice.objects.get()
    services.post_gp_letter(notice.pk, by=clinic.pharmacist, at=SOON)
    agree(clinic, GpState.WITHDRAWN, at=SOON)
    assert GpNotice.objects.get().state == GpNoticeState.SENT and len(passed_on(clinic)) == 1


def test_nobody_else_writes_reads_or_posts_it(clinic: Clinic) -> None:
    made = sent(clinic)
    notice = GpNotice.objects.get().pk
    stranger = actors.person(make_patient(at=NOW, given_name="Petroc", email="petroc@vane.example"), at=LATER)
    for wrong in (clinic.support, clinic.finance, clinic.colleague, stranger, clinic.ann):
        for attempt in (
            lambda by=wrong: services.write_gp_letter(made, by=by, at=SOON),
            lambda by=wrong: services.post_gp_letter(notice, by=by, at=SOON),
            lambda by=wrong: services.bounce_gp_letter(notice, by=by, at=SOON),
            lambda by=wrong: services.record_gp_answer(notice, words="Thank you.", by=by, at=SOON),
        ):
            with pytest.raises(Refused), boundary():
                attempt()
        if wrong is clinic.ann:  # what was written about her is hers to read
            continue
        for read in (telling.get_letter, telling.open_letter):
            with pytest.raises(Refused), processing(Purpose.GP_CORRESPONDENCE, by=wrong, at=SOON) as opened:
                read(notice, opened)
        with pytest.raises(Refused), processing(Purpose.PRESCRIBING, by=wrong, at=SOON) as opened:
            telling.letter_about(made, opened)
    with pytest.raises(NotPossible, match="already"):
        services.write_gp_letter(made, by=clinic.pharmacist, at=SOON)


def test_a_letter_waits_for_the_parcel(clinic: Clinic) -> None:
    request = send(clinic)
    verify(clinic, request)
    agree(clinic)
    made = prescribe(clinic, request)
    with pytest.raises(NotPossible, match="not left"):
        services.write_gp_letter(made, by=clinic.pharmacist, at=SOON)


def second_account(clinic: Clinic, **other: str) -> Clinic:
    """The same clinic, seen from another account."""
    subject = make_patient(at=NOW, email="again@oddie.example", **other)
    return Clinic(
        actors.person(subject, at=LATER),
        subject,
        clinic.request,
        clinic.prescriber,
        clinic.colleague,
        clinic.assistant,
        clinic.support,
        clinic.finance,
        clinic.pharmacist,
    )


@pytest.mark.parametrize(
    ("other", "how"),
    [
        ({}, {"same name and birthday", "same address"}),
        ({"given_name": "Moira"}, {"same address"}),
        ({"address": "9 Elm Row, Hexham"}, {"same name and birthday"}),
    ],
)
def test_a_new_account_does_not_shake_off_what_was_refused(
    clinic: Clinic, other: dict[str, str], how: set[str]
) -> None:
    first = send(clinic)
    refuse(clinic, first, "Misuse.", by=clinic.prescriber)
    services.raise_concern(clinic.subject, words="Buys for somebody else.", harm="", by=clinic.prescriber, at=SOON)
    again = second_account(clinic, **other)
    request = send(again)
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=SOON) as opened:
        (found,) = reviewing.get_review(request, opened).alike
    assert (found.subject, set(found.how)) == (clinic.subject, how)
    assert found.refusals == ("Misuse.",) and found.concerns == ("Buys for somebody else.",)
    with processing(Purpose.RIGHTS, by=again.ann, at=SOON) as opened:
        held = {each.model: each.fields for each in everything_about(again.subject, opened)}
    said = {model: [field.text for field in fields] for model, fields in held.items()}
    assert "prescribing.alike" not in held  # it is about another person too
    marks = [*said["prescribing.personmark"], *said["prescribing.addressmark"]]
    assert ", born " in marks[0] and not any("|" in mark for mark in marks)


def test_who_checks_a_prescription_is_not_shown_the_record_that_looks_alike(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(clinic)
    request = send(second_account(clinic))
    assert Alike.objects.exists()
    monkeypatch.setattr(reviewing, "_alike", lambda *_: pytest.fail("it opened what is not shown"))
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=SOON) as opened:
        assert reviewing.get_sent(request, opened).sheet is not None


def test_who_shares_neither_name_nor_address_is_not_found_alike(clinic: Clinic) -> None:
    send(clinic)
    send(second_account(clinic, given_name="Moira", address="9 Elm Row, Hexham"))
    assert not Alike.objects.exists()


def test_the_other_record_opens_to_the_prescriber_of_the_request_alone(clinic: Clinic) -> None:
    first = send(clinic)
    refuse(clinic, first, "Misuse.", by=clinic.prescriber)
    again = second_account(clinic)
    request = send(again)
    services.assign_request(request, prescriber=clinic.colleague.id, by=clinic.support, at=SOON)
    with processing(Purpose.PRESCRIBING, by=clinic.colleague, at=SOON) as opened:
        (found,) = reviewing.get_review(request, opened).alike
    assert found.refusals == ("Misuse.",)
    refuse(clinic, request, "No.", by=clinic.colleague)
    with pytest.raises(Refused), processing(Purpose.PRESCRIBING, by=clinic.colleague, at=SOON) as opened:
        reviewing.get_review(first, opened)


def test_a_worry_is_written_by_who_protects_people_and_not_about_oneself(clinic: Clinic) -> None:
    for wrong in (clinic.support, clinic.finance, clinic.ann):
        with pytest.raises((Refused, NotPossible)):
            services.raise_concern(clinic.subject, words="x", harm="", by=wrong, at=SOON)
