"""Answering, saving, changing and sending, as the person and as somebody else."""

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from troth.billing import selectors as billing
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.intake import selectors, services
from troth.intake.models import Answer, Picture, Questionnaire, Response, ResponseStatus
from troth.intake.rules import NotPossible
from troth.intake.rules.forms import Faulty
from troth.intake.tests.conftest import FINE, begin
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.rights.selectors import everything_about
from troth.rights.tests.factories import LATER, make_officer
from troth.vault import files, inventory
from troth.vault.uploads import SealedUpload


@act(Event.ANSWERS_SENT, purpose=Purpose.ELIGIBILITY)
def _spoil(response: UUID, *, by: Actor, at: datetime) -> None:
    row = Response.objects.get(pk=response)
    row.sent_at = at
    row.save()


JPEG = b"\xff\xd8\xff\xe0" + b"sentinel" * 20


def upload(content: bytes = JPEG) -> SealedUpload:
    return SealedUpload(files.store([content], name="me.jpg", media_type="image/jpeg"), "image/jpeg", None)


def sheet(response: UUID, by: Actor) -> selectors.Sheet:
    with processing(Purpose.ELIGIBILITY, by=by, at=LATER) as opened:
        return selectors.get_sheet(response, opened)


def test_every_column_is_sealed_or_declared(db: None) -> None:
    assert [fault for fault in inventory.undeclared() if ".intake_" in fault] == []
    assert [fault for fault in inventory.misfiled() if fault.startswith("intake.")] == []


def test_what_was_asked_and_ticked_stands_among_their_data_in_words(ann: Actor) -> None:
    assert ann.id
    services.save_answers(begin(ann), {"takes-medicines": False, "how": "slowly"}, by=ann, at=LATER)
    with processing(Purpose.RIGHTS, by=ann, at=LATER) as opened:
        held = everything_about(ann.id, opened)
    said = {each.model: [field.text for field in each.fields] for each in held}
    form, _ = selectors.newest("hair-loss")
    assert form.title in said["intake.response"] and "hair-loss" not in said["intake.response"]
    answers = {each.fields[3].text: each.fields[4].text for each in held if each.model == "intake.answer"}
    assert answers[form.items["takes-medicines"].text] == "No"
    assert answers[form.items["how"].text] == dict(form.items["how"].options)["slowly"]
    assert {field.value for each in held for field in each.fields if field.name == "item"} >= {
        "takes-medicines",
        "how",
    }


def test_beginning_twice_goes_on_with_the_same_answers_in_the_version_that_was_asked(ann: Actor) -> None:
    first = begin(ann)
    assert begin(ann) == first
    assert begin(ann, "contraception") != first
    kept = Questionnaire.objects.get(key="hair-loss")
    assert (kept.text, kept.published_by) == (selectors.shipped()["hair-loss"][1], "service:shipped")
    with pytest.raises(NotPossible):
        begin(ann, "leeches")


def test_what_the_clinic_took_off_its_list_is_not_begun_and_what_was_begun_stays(
    ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = begin(ann)
    monkeypatch.setattr(billing, "is_taken_off", lambda title: True)
    assert begin(ann) == first
    with pytest.raises(NotPossible, match="do not offer"):
        begin(ann, "contraception")
    assert Response.objects.count() == 1


def test_answers_are_kept_with_each_change_and_its_time(ann: Actor) -> None:
    response = begin(ann)
    services.save_answers(response, {"where": "temples", "scalp": False}, by=ann, at=LATER)
    services.save_answers(response, {"where": "temples", "scalp": False}, by=ann, at=LATER + timedelta(minutes=1))
    assert Answer.objects.count() == 2
    services.save_answers(response, {"where": "crown"}, by=ann, at=LATER + timedelta(minutes=2))
    (where,) = [line for line in sheet(response, ann).lines if line.item.id == "where"]
    assert where.value == "crown" and where.changed and not where.changed_after_stop
    assert [given.words for given in where.earlier] == ["At the temples or the front", "At the crown"]
    assert where.earlier[1].at - where.earlier[0].at == timedelta(minutes=2)


def test_an_answer_that_is_changed_after_a_rule_stopped_it_is_marked(ann: Actor) -> None:
    response = begin(ann)
    services.save_answers(response, {"mood": True}, by=ann, at=LATER)
    services.save_answers(response, {"mood": False}, by=ann, at=LATER + timedelta(minutes=1))
    (mood,) = [line for line in sheet(response, ann).lines if line.item.id == "mood"]
    assert mood.words == "No" and mood.changed_after_stop


def test_nobody_else_answers_or_reads(ann: Actor, bob: Actor) -> None:
    response = begin(ann)
    for which in (response, uuid4()):
        with pytest.raises(Refused):
            services.save_answers(which, {"scalp": True}, by=bob, at=LATER)
        with pytest.raises(Refused):
            sheet(which, bob)
        with pytest.raises(Refused):
            services.send_answers(which, by=bob, at=LATER)
    with pytest.raises(Refused):
        services.start_answers(ann.id, "hair-loss", by=bob, at=LATER)


def test_what_is_asked_of_nobody_is_not_kept(ann: Actor) -> None:
    response = begin(ann)
    for given in ({"made-up": "x"}, {"medicine-name": "x"}, {"where": "nose"}):
        with pytest.raises(NotPossible):
            services.save_answers(response, given, by=ann, at=LATER)
    assert not Answer.objects.exists()


def test_nothing_is_sent_before_everything_is_answered_and_nothing_twice(ann: Actor) -> None:
    response = begin(ann)
    with pytest.raises(NotPossible, match="Were you born"):
        services.send_answers(response, by=ann, at=LATER)
    pictures = {"photo-crown": upload(), "photo-front": upload()}
    services.save_answers(response, {**FINE, **pictures}, by=ann, at=LATER)
    assert services.send_answers(response, by=ann, at=LATER).status is ResponseStatus.SENT
    with pytest.raises(NotPossible, match="sent already"):
        services.send_answers(response, by=ann, at=LATER)
    with pytest.raises(NotPossible, match="were sent"):
        services.save_answers(response, {"where": "temples"}, by=ann, at=LATER)
    with pytest.raises(NotPossible):
        services.leave_answers(response, by=ann, at=LATER)
    assert begin(ann) != response


def test_answers_that_were_left_are_not_gone_on_with(ann: Actor) -> None:
    response = begin(ann)
    services.leave_answers(response, by=ann, at=LATER)
    for each in (services.save_answers, services.change_answers):
        with pytest.raises(NotPossible):
            each(response, {"scalp": True}, by=ann, at=LATER)


def test_a_picture_is_a_picture_and_its_own_persons(ann: Actor, bob: Actor) -> None:
    mine, his = begin(ann), begin(bob)
    with pytest.raises(NotPossible, match="JPEG or PNG"):
        services.save_answers(mine, {"photo-crown": upload(b"%PDF-1.7")}, by=ann, at=LATER)
    services.save_answers(his, {"photo-crown": upload()}, by=bob, at=LATER)
    other = Picture.objects.get()
    with pytest.raises(NotPossible, match="Choose a picture"):
        services.save_answers(mine, {"photo-crown": other.pk.hex}, by=ann, at=LATER)
    with pytest.raises(Refused), processing(Purpose.ELIGIBILITY, by=ann, at=LATER) as opened:
        selectors.open_picture(other.pk, opened)


def test_a_version_is_published_once_and_only_when_it_can_be_asked(ann: Actor) -> None:
    lead = make_officer("prescriber", email="lead@clinic.example")
    before = begin(ann)
    given = json.loads(selectors.shipped()["hair-loss"][1])
    with pytest.raises(NotPossible, match="stands already"):
        services.publish_questionnaire(json.dumps(given), by=lead, at=LATER)
    given["version"] = "2"
    given["item"][0]["item"][1]["text"] = "Where do you lose hair?"
    services.publish_questionnaire(json.dumps(given), by=lead, at=LATER + timedelta(minutes=1))
    assert selectors.newest("hair-loss")[0].version == "2"
    # Whoever began goes on with what they were asked.
    assert sheet(before, ann).form.version == "1"
    assert LedgerEvent.objects.filter(event="intake:questionnaire_published", actor=lead.id.hex).count() == 1
    with pytest.raises(Faulty):
        services.publish_questionnaire("{}", by=lead, at=LATER)
    given["id"] = "leeches"
    with pytest.raises(NotPossible, match="No treatment"):
        services.publish_questionnaire(json.dumps(given), by=lead, at=LATER)


def test_a_questionnaire_is_published_by_a_role_that_the_notice_names(ann: Actor) -> None:
    """People write their own answers for this purpose, and pharmacists read there: neither says what is asked."""
    given = json.loads(selectors.shipped()["hair-loss"][1]) | {"version": "2"}
    for by in (ann, make_officer("pharmacist", email="pharm@clinic.example")):
        with pytest.raises(Refused), boundary():
            services.publish_questionnaire(json.dumps(given), by=by, at=LATER)
    assert selectors.newest("hair-loss")[0].version == "1"


def test_the_database_holds_a_sent_moment_to_what_was_sent(ann: Actor) -> None:
    response = begin(ann)
    with pytest.raises(IntegrityError), transaction.atomic():
        _spoil(response, by=ann, at=LATER)
    kept = Questionnaire.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Questionnaire.objects.create(
            key=kept.key,
            version=kept.version,
            text="",
            digest="",
            published_at=LATER,
            published_by="",
        )
