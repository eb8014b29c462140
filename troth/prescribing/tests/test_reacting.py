"""Suspected reactions: told by a person or to staff, looked at, and sent to the Yellow Card scheme without a name."""

import csv
import io
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.notice.purposes import Purpose
from troth.people.tests.factories import make_patient
from troth.prescribing import services
from troth.prescribing.models import Drug, GpNotice, GpState, Matter, Reaction, ReactionState, Recovery, Seriousness
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import reacting, telling
from troth.prescribing.tests.conftest import Clinic, agree, look, prescribe, send, verify
from troth.records.tests.factories import LATER, NOW
from troth.sharing import selectors as sharing
from troth.vault.categories import Category

SOON = LATER + timedelta(minutes=10)
NEXT = SOON + timedelta(days=1)


def supplied(
    clinic: Clinic, treatment: str = "hair-loss", medicine: str = "finasteride-1", gp: GpState = GpState.GIVEN
) -> UUID:
    """A parcel that has left."""
    request = send(clinic, treatment)
    for matter in (Matter.IDENTITY, Matter.BODY):
        verify(clinic, request, matter)
    agree(clinic, gp)
    reason = "Talked over by video; safe for this person all the same."
    made = prescribe(clinic, request, medicine=medicine, reasons={"stops": reason, "gp": reason})
    services.release_prescription(made, words="Fine", by=clinic.pharmacist, at=SOON)
    services.dispatch(made, tracking="TN-4711", by=clinic.pharmacist, at=SOON)
    return made


def tell(
    prescription: UUID,
    by: Actor,
    *,
    serious: Collection[Seriousness] = (),
    began_on: date | None = None,
    key: UUID | None = None,
    at=NEXT,
) -> UUID:
    return services.report_reaction(
        prescription,
        what="sentinel-rash",
        began_on=began_on or NEXT.date(),
        serious=serious,
        recovery=Recovery.CONTINUING,
        drug=Drug.STOPPED,
        others="=sentinel-other",
        key=key or uuid4(),
        by=by,
        at=at,
    )


def review(reaction: UUID, by: Actor, serious: Collection[Seriousness] = ()) -> bool:
    return services.review_reaction(reaction, words="sentinel-found", serious=serious, by=by, at=NEXT)


def test_a_serious_one_is_told_looked_at_and_sent_without_a_name(clinic: Clinic) -> None:
    made = tell(supplied(clinic), clinic.ann)
    assert [each.id for each in reacting.list_waiting()] == [made]
    with pytest.raises(Refused):
        review(made, clinic.colleague, [Seriousness.HOSPITAL])  # they signed nothing of hers
    assert review(made, clinic.pharmacist, [Seriousness.HOSPITAL])
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=NEXT) as opened:
        file = reacting.yellow_card(made, opened)
    said = dict(csv.reader(io.StringIO(file)))
    assert said["Suspected reaction: what was noticed"] == "sentinel-rash"
    assert said["Suspected reaction: serious because"] == "They were in hospital, or stayed longer"
    assert said["Other drugs in the last three months"] == "'=sentinel-other"  # no cell is run as a formula
    assert said["Patient: sex"] == "Male" and said["Patient: age when it began, in years"].isdigit()
    assert said["Suspected drug: name"] == "Finasteride 1 mg"
    for known in ("Oddie", "Maureen", "Tannery", clinic.subject.hex):
        assert known not in file
    with pytest.raises(NotPossible, match="number"):
        services.record_card(made, number=" ", by=clinic.pharmacist, at=NEXT)
    services.record_card(made, number="YC-2026-4711", by=clinic.pharmacist, at=NEXT)
    assert reacting.list_waiting() == []
    with processing(Purpose.RIGHTS, by=clinic.ann, at=NEXT) as opened:
        passed = [each.recipient for each in sharing.list_disclosures(clinic.subject, opened)]
    assert passed == ["medicines_regulator", "pharmacy"]
    with pytest.raises(NotPossible):
        services.record_card(made, number="YC-2026-4711", by=clinic.pharmacist, at=NEXT)


def test_whether_the_scheme_is_told_follows_from_the_medicine_and_how_serious_it_is(clinic: Clinic) -> None:
    quiet = tell(supplied(clinic), clinic.ann)
    assert not review(quiet, clinic.prescriber)
    assert Reaction.objects.get().state == ReactionState.KEPT
    with pytest.raises(NotPossible):
        services.record_card(quiet, number="YC-2026-4711", by=clinic.prescriber, at=NEXT)
    with pytest.raises(NotPossible):
        review(quiet, clinic.prescriber)
    watched = tell(supplied(clinic, "weight-management", "semaglutide-0.25"), clinic.ann)
    assert review(watched, clinic.prescriber)  # a black triangle: every one


def test_whoever_decides_on_the_next_request_reads_it_and_a_page_from_before_decides_nothing(clinic: Clinic) -> None:
    first = supplied(clinic)
    again = send(clinic, at=NEXT, asks_review=True)
    verify(clinic, again, at=NEXT)
    services.assign_request(again, prescriber=clinic.colleague.id, by=clinic.support, at=NEXT)
    before = look(clinic, again, by=clinic.colleague, at=NEXT)
    made = tell(first, clinic.ann, serious=[Seriousness.LIFE])
    why = {"stops": "Spoke by video: they lost the parcel, and know what to watch for."}
    with pytest.raises(NotPossible, match="added since"):
        prescribe(clinic, again, review=before, reasons=why, by=clinic.colleague, at=NEXT)
    between = look(clinic, again, by=clinic.colleague, at=NEXT)
    with processing(Purpose.PRESCRIBING, by=clinic.colleague, at=NEXT) as opened:
        assert [(each.id, each.what) for each in reacting.list_of(clinic.subject, opened)] == [
            (made, "sentinel-rash")
        ]
    review(made, clinic.pharmacist, [Seriousness.LIFE])
    with pytest.raises(NotPossible, match="added since"):
        prescribe(clinic, again, review=between, reasons=why, by=clinic.colleague, at=NEXT)


def test_the_reason_to_look_ends_when_it_was_looked_at(clinic: Clinic) -> None:
    made = tell(supplied(clinic), clinic.ann)

    def may() -> bool:
        late = NEXT + timedelta(days=90)  # every other reason is over
        with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=late) as opened:
            return opened.decision(clinic.subject, Category.HEALTH).allowed

    assert may()
    review(made, clinic.prescriber)
    assert not may()


@pytest.mark.parametrize(("days", "said"), [(-2, "before the parcel left"), (3, "has not come yet")])
def test_a_day_that_cannot_be_is_refused(clinic: Clinic, days: int, said: str) -> None:
    made = supplied(clinic)
    with pytest.raises(NotPossible, match=said):
        tell(made, clinic.ann, began_on=SOON.date() + timedelta(days=days))


def test_what_never_left_did_nothing_and_one_form_is_one_report(clinic: Clinic) -> None:
    request = send(clinic)
    verify(clinic, request)
    agree(clinic)
    waiting = prescribe(clinic, request)
    with pytest.raises(NotPossible, match="has not reached you"):
        tell(waiting, clinic.ann)
    services.cancel_prescription(waiting, words="No.", by=clinic.ann, at=SOON)
    made, key = supplied(clinic), uuid4()
    assert tell(made, clinic.ann, key=key) == tell(made, clinic.ann, key=key)
    assert Reaction.objects.count() == 1


def test_what_came_back_may_have_been_taken_where_it_was_received(clinic: Clinic) -> None:
    lost, opened = supplied(clinic), supplied(clinic, "weight-management", "semaglutide-0.25")
    services.deliver(opened, by=clinic.ann, at=SOON)
    for made in (lost, opened):
        services.take_back(made, words="Half of it.", by=clinic.pharmacist, at=SOON)
    with pytest.raises(NotPossible, match="has not reached you"):
        tell(lost, clinic.ann)
    assert tell(opened, clinic.ann)


def test_nobody_else_tells_looks_or_sends(clinic: Clinic) -> None:
    prescription = supplied(clinic)
    made = tell(prescription, clinic.ann)
    stranger = actors.person(make_patient(at=NOW, given_name="Petroc", email="petroc@vane.example"), at=LATER)
    for wrong in (clinic.support, clinic.finance, clinic.assistant, stranger):
        for attempt in (
            lambda by=wrong: tell(prescription, by),
            lambda by=wrong: review(made, by),
            lambda by=wrong: services.record_card(made, number="YC-1234", by=by, at=NEXT),
        ):
            with pytest.raises((Refused, NotPossible)), boundary():
                attempt()
        with pytest.raises(Refused), processing(Purpose.PRESCRIBING, by=wrong, at=NEXT) as opened:
            reacting.yellow_card(made, opened)
    for attempt in (
        lambda: review(made, clinic.ann),
        lambda: services.record_card(made, number="YC-1234", by=clinic.ann, at=NEXT),
    ):
        with pytest.raises(NotPossible, match="member of staff"):
            attempt()
    assert Reaction.objects.get().state == ReactionState.REPORTED


def test_the_next_letter_to_the_gp_tells_of_it_where_they_may_be_told(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = supplied(clinic)
    services.post_gp_letter(GpNotice.objects.get().pk, by=clinic.pharmacist, at=SOON)
    tell(made, clinic.ann, at=SOON, began_on=SOON.date())
    seen = letters_set(monkeypatch)
    supplied(clinic, "weight-management", "semaglutide-0.25")
    assert seen == [["Finasteride 1 mg: sentinel-rash (still there)"]]
    assert telling.list_waiting()


def test_what_was_not_to_be_told_stays_untold_when_they_agree_for_a_later_supply(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = supplied(clinic, gp=GpState.REFUSED)
    tell(refused, clinic.ann, at=SOON, began_on=SOON.date())
    seen = letters_set(monkeypatch)
    supplied(clinic, "weight-management", "semaglutide-0.25")
    assert seen == [[]]


def letters_set(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What each letter says of reactions, once it is set."""
    seen: list[object] = []
    monkeypatch.setattr(
        "troth.prescribing.rules.paper.set_gp_letter", lambda **said: seen.append(said["reactions"]) or b"%PDF"
    )
    return seen
