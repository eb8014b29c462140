"""Somebody who acts for a person: let in on a checked paper, refused the moment that ends, and never further than that."""

from datetime import timedelta

import pytest

from tests.stores import Home
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.law.rights import Right
from troth.notice.purposes import Purpose
from troth.people import selectors as people_reads
from troth.people import services as people
from troth.people.rules import AuthorityRefused
from troth.people.selectors import ActsAs
from troth.rights import selectors, services
from troth.rights.models import Asked, RightsCase
from troth.rights.tests.factories import NOW, make_officer, make_patient
from troth.vault import files
from troth.vault.uploads import SealedUpload

LATER = NOW + timedelta(minutes=5)
AFTER = LATER + timedelta(minutes=1)


@pytest.fixture
def cast(clinic: Home) -> tuple[Actor, Actor, Actor]:
    """A patient, somebody who is to act for them, and the officer."""
    patient, officer = make_patient(), make_officer()
    # A request is what connects the officer with them: nobody looks into a paper about somebody who asked for nothing.
    services.open_case(patient.id, Right.RECTIFICATION, by=patient, at=NOW + timedelta(minutes=1))  # type: ignore[arg-type]
    return patient, make_patient(email="petroc@vane.example"), officer


def let_act(cast: tuple[Actor, Actor, Actor], **other: object) -> object:
    patient, representative, officer = cast
    paper = SealedUpload(files.store([b"sentinel-paper"], name="p.txt", media_type="text/plain"), "text/plain", None)
    given = {
        "representative": representative.id,
        "acts_as": ActsAs.RELATIVE,
        "until": LATER + timedelta(days=30),
        "checked": "Signed by her on 3 May",
        "paper": paper,
        "by": officer,
        "at": LATER,
        **other,
    }
    return people.record_authority(patient.id, **given)  # type: ignore[arg-type]


def ask(cast: tuple[Actor, Actor, Actor], *, at: object = AFTER) -> list[object]:
    patient, representative, _ = cast
    return services.take_in_from_representative(
        patient.id,  # type: ignore[arg-type]
        {Asked.ACCESS},
        words="sentinel-for-her",
        by=representative,
        at=at,  # type: ignore[arg-type]
    )


def test_without_authority_nothing_opens_and_nothing_is_asked(cast: tuple[Actor, Actor, Actor]) -> None:
    patient, representative, _ = cast
    with pytest.raises(Refused):
        ask(cast)
    with pytest.raises(Refused), processing(Purpose.RIGHTS, by=representative, at=AFTER) as opened:
        opened.require(patient.id, *opened.covered())  # type: ignore[arg-type]
    assert RightsCase.objects.count() == 1


def test_with_it_they_ask_and_the_person_sees_who_asked(cast: tuple[Actor, Actor, Actor]) -> None:
    patient, representative, _ = cast
    let_act(cast)
    (case,) = ask(cast)
    row = RightsCase.objects.get(pk=case)
    assert row.subject_id == patient.id and row.asked_by == representative.id
    assert people_reads.represented_by(representative.id, at=AFTER) == [(patient.id, "rights")]  # type: ignore[arg-type]
    with processing(Purpose.RIGHTS, by=patient, at=AFTER) as opened:
        (authority,) = people_reads.list_authorities(patient.id, opened)  # type: ignore[arg-type]
        assert authority.stands and authority.has_paper and authority.acts_as is ActsAs.RELATIVE
    with processing(Purpose.RIGHTS, by=representative, at=AFTER) as opened:
        words = [each.words for each in selectors.list_cases(patient.id, opened) if each.asked_by]  # type: ignore[arg-type]
        assert words == ["sentinel-for-her"]


def test_it_serves_no_other_purpose(cast: tuple[Actor, Actor, Actor]) -> None:
    patient, representative, _ = cast
    let_act(cast)
    for purpose in (Purpose.PRESCRIBING, Purpose.CARE, Purpose.REGISTRATION, Purpose.ACCOUNT_SECURITY):
        with pytest.raises(Refused), processing(purpose, by=representative, at=AFTER) as opened:
            opened.require(patient.id, *opened.covered())  # type: ignore[arg-type]


@pytest.mark.parametrize("who", ["officer", "person"])
def test_ended_it_is_over_with_the_next_request(cast: tuple[Actor, Actor, Actor], who: str) -> None:
    patient, representative, officer = cast
    authority = let_act(cast)
    ask(cast)
    people.end_authority(authority, by=officer if who == "officer" else patient, at=AFTER)  # type: ignore[arg-type]
    soon = AFTER + timedelta(seconds=1)
    with pytest.raises(Refused):
        ask(cast, at=soon)
    with pytest.raises(Refused), processing(Purpose.RIGHTS, by=representative, at=soon) as opened:
        selectors.list_cases(patient.id, opened)  # type: ignore[arg-type]
    assert people_reads.represented_by(representative.id, at=soon) == []  # type: ignore[arg-type]


def test_its_last_day_ends_it_by_itself(cast: tuple[Actor, Actor, Actor]) -> None:
    let_act(cast)
    with pytest.raises(Refused):
        ask(cast, at=LATER + timedelta(days=30, seconds=1))


def test_nobody_lets_themselves_act_and_no_colleague_is_let(cast: tuple[Actor, Actor, Actor]) -> None:
    patient, representative, officer = cast
    with pytest.raises(Refused):
        let_act(cast, by=representative)
    for other in (patient.id, officer.id):
        with pytest.raises(AuthorityRefused, match="account of their own"):
            let_act(cast, representative=other)
    with pytest.raises(AuthorityRefused, match=r"LAW-3\.15"):
        let_act(cast, paper=None)
