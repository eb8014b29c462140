"""Putting a fact right: only what the notice lets us hold, and whoever had the old is told before the case closes."""

from datetime import timedelta
from uuid import UUID

import pytest

from conftest import publish_pack
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.law.rights import Right
from troth.notice.purposes import Purpose
from troth.people.models import Identity
from troth.rights import selectors, services
from troth.rights.models import RecipientTold, RightsCase, State
from troth.rights.rules.letters import Ending
from troth.rights.selectors import answering, proofs
from troth.rights.services import StepRefused
from troth.rights.services.answering import AnswerRefused
from troth.rights.tests.factories import LATER, make_officer, make_patient, write
from troth.sharing.models import Disclosure

SOON = LATER + timedelta(minutes=1)


def put_right(ann: Actor, officer: Actor, field: str, value: str) -> UUID:
    case = services.open_case(ann.id, Right.RECTIFICATION, by=ann, at=LATER)
    item = Identity.objects.values_list("pk", flat=True).get(subject_id=ann.id)
    given = {"model": "people.identity", "item": item, "field": field, "value": value, "words": "Her card says so"}
    services.correct(case, **given, by=officer, at=SOON)
    return case


def number_of(ann: Actor) -> str | None:
    with processing(Purpose.RIGHTS, by=ann, at=SOON):
        found: str | None = Identity.objects.get(subject_id=ann.id).nhs_number
        return found


def test_an_nhs_number_is_written_only_where_the_notice_names_it(db: None) -> None:
    publish_pack("wellness-clinic")
    ann, officer = make_patient(), make_officer()
    with pytest.raises(AnswerRefused, match="does not name the NHS number"):
        put_right(ann, officer, "nhs_number", "9434765919")


def test_a_number_that_was_never_theirs_is_taken_away(notice_in_force: None) -> None:
    ann, officer = make_patient(), make_officer()
    put_right(ann, officer, "nhs_number", "943 476 5919")
    assert number_of(ann) == "9434765919"
    put_right(ann, officer, "nhs_number", " ")
    assert number_of(ann) is None  # none, and not a number that is empty


def test_a_case_closes_once_whoever_had_the_old_was_told(notice_in_force: None) -> None:
    ann, officer = make_patient(), make_officer()
    given = {"subject_id": ann.id, "purpose": "legal_claims", "categories": "identity", "what": "their name"}
    write(Disclosure(**given, recipient="lawyers", disclosed_at=LATER), by=ann, at=LATER)
    case = put_right(ann, officer, "given_name", "Maurine")
    after = SOON + timedelta(minutes=1)  # these have what is right, and nobody has to tell them
    write(Disclosure(**given, recipient="courts", disclosed_at=after), by=ann, at=after)
    with pytest.raises(StepRefused, match="first what changed"):
        services.finish_case(case, ending=Ending.ANSWERED, by=officer, at=SOON)
    told = {"recipient": "lawyers", "outcome": RecipientTold.TOLD, "words": "By letter"}
    services.tell_recipient(case, **told, by=officer, at=SOON)
    services.finish_case(case, ending=Ending.ANSWERED, by=officer, at=SOON)
    assert proofs.count_corrections() == (1, 0)
    with processing(Purpose.RIGHTS, by=officer, at=after) as opened:
        rows = answering.recipients_of(selectors.get_case(case, opened), opened)
    assert [each.recipient for each in rows] == ["lawyers"]
    assert RightsCase.objects.get(pk=case).state == State.DONE
