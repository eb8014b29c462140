"""A concern that is kept from its person: nothing that they open, count or take away tells of it, until nothing keeps it."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from troth.copies.journal import name_keys
from troth.copies.replaying import carry_out
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.law.rights import Right
from troth.ledger import apart, proving
from troth.ledger import selectors as ledger
from troth.ledger.alerts import own_record
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people
from troth.prescribing import services
from troth.prescribing.models import Alike, Concern
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import reviewing
from troth.prescribing.tests.conftest import Clinic, refuse, send
from troth.prescribing.tests.test_telling import second_account
from troth.records.tests import factories
from troth.rights import jobs
from troth.rights import selectors as rights
from troth.rights import services as desk
from troth.rights.models import RightsCase
from troth.rights.models.withholding import Withholding
from troth.rights.rules.ending import Over
from troth.rights.rules.packing import NO_HARM, Decided, Stands
from troth.rights.rules.withholding import SHOWN_AFTER, check_can_answer, is_opinion_good
from troth.rights.selectors import leavings, packs
from troth.rights.selectors.unseen import unseen_of
from troth.rights.selectors.withholding import standing_of
from troth.rights.services import ending, erasure, withholding
from troth.vault import keystore
from troth.vault.categories import Category

SOON = factories.LATER + timedelta(hours=1)
LONG_AFTER = SOON + SHOWN_AFTER + timedelta(days=300)
OTHER = UUID(int=0x0245)
HARM = "Their partner reads their messages, and would be likely to hurt them."


def _seen_by_them(clinic: Clinic, subject: UUID, *, at: Any = SOON) -> dict[str, Any]:
    """Everything that a person can open, count or take away at one moment; that they looked is undone, to be repeated."""
    with transaction.atomic():
        seen: dict[str, Any] = {
            "looks": [rights.history_of(subject, at=at, limit=limit) for limit in (1, 2, 500)],
            "only looks": rights.looks_at(subject, at=at, limit=500),
            "holds": rights.person_history_holds(subject, at),
            "events": [
                {name: value for name, value in event.items() if name not in {"path", "index"}}
                for event in json.loads(proving.export_person(subject.hex, at))["events"]
            ],
            "dates": rights.dates_kept(subject, at=at),
            "plan": rights.plan_erasure(subject, at=at),
            "kinds": rights.survey(subject, told_at=at),
        }
        with processing(Purpose.RIGHTS, Action.EXPORT, by=clinic.ann, at=at) as opened:
            copy = rights.make_copy(subject, opened, at=at)
            seen["things"] = rights.everything_about(subject, opened)
        seen["files"] = sorted(copy.texts)
        seen["texts"] = {name: text for name, text in copy.texts.items() if name.startswith("my-data")}
        transaction.set_rollback(True)
    return seen


@pytest.fixture(autouse=True)
def log_of_the_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own transaction keeps the log of the key store from being emptied at the end of an erasure."""
    monkeypatch.setattr(erasure, "_traces_forgotten", lambda: True)


def _erase_everything(clinic: Clinic, *, at: Any) -> UUID:
    """The privacy officer finds that no ground holds to keep anything of somebody."""
    officer = factories.staff("privacy_officer")
    case = desk.ask_erasure(clinic.subject, by=clinic.ann, at=at)
    return desk.carry_out_erasure(case, by=officer, at=at, everything=True)


def _worried(clinic: Clinic, subject: UUID, *, at: Any = SOON) -> UUID:
    """Looks, a refusal and a concern that is kept: all that happens on the page of concerns."""
    with processing(Purpose.SAFEGUARDING, by=clinic.prescriber, at=at) as opened:
        reviewing.list_concerns(subject, opened)
    with pytest.raises(Refused), processing(Purpose.SAFEGUARDING, by=clinic.support, at=at) as opened:
        reviewing.list_concerns(subject, opened)
    raised = services.raise_concern(subject, words="sentinel-worry", harm=HARM, by=clinic.prescriber, at=at)
    with processing(Purpose.SAFEGUARDING, by=clinic.prescriber, at=at) as opened:
        (line,) = reviewing.list_concerns(subject, opened)
    assert line.words == "sentinel-worry" and line.kept and line.harm == HARM
    return raised


def test_whoever_keeps_something_can_look_again_before_their_opinion_runs_out(clinic: Clinic) -> None:
    request = send(clinic)
    services.assign_request(clinic.request, prescriber=clinic.prescriber.id, by=clinic.support, at=SOON)
    raised = _worried(clinic, clinic.subject)
    for each in (request, clinic.request):
        refuse(clinic, each, "Not safe.", by=clinic.prescriber)

    def open_at(days: int, by: Actor) -> int:
        with processing(Purpose.SAFEGUARDING, by=by, at=SOON + timedelta(days=days)) as opened:
            return len(reviewing.list_concerns(clinic.subject, opened))

    for days, by in ((120, clinic.prescriber), (160, clinic.colleague)):
        with pytest.raises(Refused):
            open_at(days, by)
    assert open_at(160, clinic.prescriber) == 1
    later = SOON + timedelta(days=160)
    services.weigh_concern(raised, harm=HARM, by=clinic.prescriber, at=later)
    with pytest.raises(Refused):  # what was looked at is no reason any more
        open_at(161, clinic.prescriber)


def test_nothing_that_its_person_opens_counts_or_takes_away_tells_of_a_concern(clinic: Clinic) -> None:
    send(clinic)
    services.assign_request(clinic.request, prescriber=clinic.prescriber.id, by=clinic.support, at=factories.LATER)
    later = SOON + timedelta(days=SHOWN_AFTER.days + 12)  # a date that is reckoned from the newest row would move
    before = {at: _seen_by_them(clinic, clinic.subject, at=at) for at in (SOON, later)}
    raised = _worried(clinic, clinic.subject)
    services.weigh_concern(raised, harm=HARM, by=clinic.prescriber, at=SOON)
    for at, seen in before.items():
        assert _seen_by_them(clinic, clinic.subject, at=at) == seen
    # An officer reads all of it, the refusal too, and it is said that their person does not.
    officer = rights.history_of(
        clinic.subject, at=SOON, limit=500, viewer=factories.staff("privacy_officer").id, with_apart=True
    )
    kept = [look for look in officer.looks if look.apart]
    assert any(look.refused for look in kept) and any("concern" in look.words for look in kept)
    # A colleague's page of the record is silent too.
    assert not [
        look for look in rights.history_of(clinic.subject, at=SOON, viewer=clinic.colleague.id).looks if look.apart
    ]


def test_what_was_kept_is_read_by_its_person_once_a_professional_says_so_and_not_kept_again(clinic: Clinic) -> None:
    send(clinic)
    raised = _worried(clinic, clinic.subject)
    told = SOON + timedelta(days=3)
    for wrong in (clinic.support, clinic.ann, clinic.colleague):
        with pytest.raises((Refused, NotPossible)):
            services.weigh_concern(raised, harm="", by=wrong, at=told)
    services.weigh_concern(raised, harm="", by=clinic.prescriber, at=told)
    after = told + timedelta(minutes=1)
    with processing(Purpose.RIGHTS, by=clinic.ann, at=after) as opened:
        (concern,) = [
            each for each in rights.everything_about(clinic.subject, opened) if each.model.endswith(".concern")
        ]
    assert not concern.released  # it is about their health: a clinician lets it go, as with everything of that kind
    assert [look for look in rights.history_of(clinic.subject, at=after, limit=500).looks if look.apart]
    assert not [
        look for look in rights.history_of(clinic.subject, at=told - timedelta(minutes=1)).looks if look.apart
    ]
    for harm in (HARM, ""):
        with pytest.raises(NotPossible, match="may read it already"):
            services.weigh_concern(raised, harm=harm, by=clinic.prescriber, at=after)


def test_a_look_that_nobody_gave_a_reason_to_keep_is_shown_within_the_month(clinic: Clinic) -> None:
    send(clinic)
    with processing(Purpose.SAFEGUARDING, by=clinic.prescriber, at=SOON) as opened:
        assert people.get_identity(clinic.subject, opened)
    for at, seen in ((SOON + SHOWN_AFTER - timedelta(minutes=1), 0), (SOON + SHOWN_AFTER, 1)):
        assert len([look for look in rights.history_of(clinic.subject, at=at).looks if look.apart]) == seen


def test_only_a_professional_with_a_reason_keeps_a_concern_from_its_person(clinic: Clinic) -> None:
    send(clinic)
    with pytest.raises(NotPossible, match="serious harm"):
        services.raise_concern(clinic.subject, words="x", harm="Upset.", by=clinic.prescriber, at=SOON)
    assert not Concern.objects.exists()
    services.raise_concern(clinic.subject, words="open", harm="", by=clinic.prescriber, at=SOON)
    with processing(Purpose.RIGHTS, by=clinic.ann, at=SOON) as opened:
        assert [each for each in rights.everything_about(clinic.subject, opened) if each.model.endswith(".concern")]


def test_an_opinion_older_than_six_months_holds_a_copy_back_until_somebody_looks_again(clinic: Clinic) -> None:
    send(clinic)
    raised = _worried(clinic, clinic.subject)
    (kept,) = standing_of(clinic.subject, at=SOON)
    old = timezone.localdate(SOON) + timedelta(days=190)
    assert is_opinion_good(kept, on=timezone.localdate(SOON)) and not is_opinion_good(kept, on=old)
    assert "older than six months" in check_can_answer([kept], on=old)
    assert check_can_answer([kept], on=timezone.localdate(SOON)) == check_can_answer([], on=old) == ""
    services.weigh_concern(raised, harm=HARM, by=clinic.prescriber, at=SOON + timedelta(days=10))
    (again,) = standing_of(clinic.subject, at=SOON)
    assert again.opinion_on > kept.opinion_on and again.since == kept.since


def test_every_event_for_somebodys_protection_stands_apart_and_an_attempt_on_ones_own_is_still_found(
    clinic: Clinic,
) -> None:
    assert {each.value for each in Purpose} >= apart.PURPOSES and Purpose.SAFEGUARDING.value in apart.PURPOSES
    send(clinic)
    _worried(clinic, clinic.subject)
    protecting = LedgerEvent.objects.filter(purpose=Purpose.SAFEGUARDING.value)
    assert protecting.filter(event="prescribing:concern_raised").exists()
    assert set(protecting.values_list("subject", flat=True)) == {apart.file_of(clinic.subject.hex)}
    assert ledger.search(subject=clinic.subject.hex, purpose="safeguarding")
    own = clinic.prescriber.id
    assert own is not None and not own_record(SOON + timedelta(minutes=5))
    with pytest.raises(Refused), processing(Purpose.SAFEGUARDING, by=clinic.prescriber, at=SOON) as opened:
        reviewing.list_concerns(own, opened)
    assert [each.actor for each in own_record(SOON + timedelta(minutes=5))] == [own.hex]


def test_neither_account_learns_that_another_looks_like_it(clinic: Clinic) -> None:
    send(clinic)
    again = second_account(clinic)
    send(again)
    assert Alike.objects.exists()
    for account in (clinic, again):
        with processing(Purpose.RIGHTS, Action.EXPORT, by=account.ann, at=SOON) as opened:
            text = b"".join(rights.make_copy(account.subject, opened, at=SOON).texts.values()).decode()
            held = rights.everything_about(account.subject, opened)
        other = again if account is clinic else clinic
        assert other.subject.hex not in text and str(other.subject) not in text
        assert not [each for each in held if each.model.endswith(".alike")]


@pytest.mark.parametrize("ended", [True, False])
def test_what_was_kept_stays_kept_when_the_row_that_says_so_is_erased(clinic: Clinic, ended: bool) -> None:
    send(clinic)
    raised = _worried(clinic, clinic.subject)
    told = SOON + timedelta(days=3)
    if ended:
        services.weigh_concern(raised, harm="", by=clinic.prescriber, at=told)

    def seen() -> list[int]:
        looks = rights.history_of(clinic.subject, at=LONG_AFTER, limit=500).looks
        return [look.id for look in (*looks, *rights.looks_at(clinic.subject, at=LONG_AFTER)) if look.apart]

    before = seen()
    assert bool(before) is ended
    _erase_everything(clinic, at=told + timedelta(days=1))
    assert not Withholding.objects.exists() and not Concern.objects.exists()
    assert set(seen()) >= set(before) and bool(seen()) is ended


def _says_of_it(clinic: Clinic, certificate: UUID | None) -> str:
    """Everything that a person reads of what was destroyed: the certificate, the case, and the events of their own file."""
    events = LedgerEvent.objects.filter(subject=clinic.subject.hex, event__startswith="rights:")
    said = "\n".join(" ".join(each) for each in events.values_list("event", "objects_touched", "what"))
    if certificate is None:
        return said
    with processing(Purpose.RIGHTS, by=clinic.ann, at=SOON + timedelta(days=9)) as opened:
        content = rights.get_certificate(certificate, opened).content
        case = RightsCase.objects.get(right="erasure")
        said += json.dumps([content, case.decision, case.outcome], default=str)
    assert content["rows"] == sum(kind["rows"] for kind in content["destroyed"])
    return said


def _erased_apart(clinic: Clinic) -> str:
    (event,) = LedgerEvent.objects.filter(event=Event.ERASED_APART)
    assert event.subject == apart.file_of(clinic.subject.hex)
    return str(event.objects_touched)


def test_an_erasure_of_everything_says_nothing_of_what_its_person_did_not_know_of(clinic: Clinic) -> None:
    send(second_account(clinic))
    send(clinic)
    _worried(clinic, clinic.subject)
    assert Alike.objects.filter(subject_id=clinic.subject).exists()
    certificate = _erase_everything(clinic, at=SOON + timedelta(days=1))
    for model in (Concern, Alike, Withholding):
        assert not model.objects.filter(subject_id=clinic.subject).exists()
    assert not [name for name in keystore.list_stored(clinic.subject) if name[1] == "rights.withheld"]
    said, erased_apart = _says_of_it(clinic, certificate), _erased_apart(clinic)
    for word in ("rights.withh", "prescribing.concern", "prescribing.alike"):
        assert word not in said and word in erased_apart
    assert "prescribing.request" in said and "prescribing.requests" not in erased_apart
    looks = rights.history_of(clinic.subject, at=LONG_AFTER, limit=500).looks
    assert not [look for look in looks if look.apart]


def test_what_goes_when_its_time_is_over_says_nothing_of_it_either(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(clinic)
    _worried(clinic, clinic.subject)
    over = [
        Over(each, each.retention, timezone.localdate(SOON), looked_at_first=False)
        for each in rights.survey(clinic.subject)
        if each.category.special
    ]
    monkeypatch.setattr(ending.ending, "list_what_is_over", lambda *_, **__: over)
    monkeypatch.setattr(ending.ending, "who_may_be_over", lambda at: [clinic.subject])
    monkeypatch.setattr(ending.ending, "that_nothing_needs", lambda subject, over: list(over))
    monkeypatch.setattr(ending.ending, "why_held", lambda *_, **__: "")
    assert ending.dispose_of_what_is_over(at=SOON + timedelta(days=1)) == 1
    assert not Concern.objects.exists() and not Withholding.objects.exists()
    said, erased_apart = _says_of_it(clinic, None), _erased_apart(clinic)
    for word in ("rights.withh", "prescribing.concern"):
        assert word not in said and word in erased_apart


def test_an_exemption_goes_with_what_it_keeps_back(clinic: Clinic) -> None:
    send(clinic)
    _worried(clinic, clinic.subject)
    unseen = unseen_of(clinic.subject, [("prescribing.requests", "")], at=SOON)
    assert {rows.model for rows in unseen.rows} == {Concern, Withholding}
    assert unseen.scopes == (("rights.withheld", ""),)
    # The request lies under the same key, and so that key goes with what its person may know of.
    assert not unseen_of(clinic.subject, [("people.contact", "")], at=SOON).rows


def test_the_journal_names_an_exemption_that_goes_while_another_stands(clinic: Clinic) -> None:
    send(clinic)
    raised = _worried(clinic, clinic.subject)
    kept = Withholding.objects.get(thing=raised)
    going = [("prescribing.requests", "")]
    whole = unseen_of(clinic.subject, going, at=SOON)
    assert leavings.alone(clinic.subject, whole, [*going, *whole.scopes]) == []
    _withhold_elsewhere(clinic)
    unseen = unseen_of(clinic.subject, going, at=SOON)
    assert ("rights.withheld", "") not in unseen.scopes  # its key stays for the other
    (line,) = leavings.alone(clinic.subject, unseen, [*going, *unseen.scopes])
    assert (line.compartment, line.rows) == ("rights.withheld", (kept.reference,))
    (named,) = name_keys([line])
    assert named.keys == () and carry_out([named]) == 0  # as after a restore: the row goes, and no key
    assert list(Withholding.objects.values_list("thing", flat=True)) == [OTHER]


def _withhold_elsewhere(clinic: Clinic) -> None:
    """Something of another room, which lies under another key, is kept from the same person."""

    @act(Event.CONCERN_RAISED, purpose=Purpose.SAFEGUARDING)
    def keep(*, by: Any, at: Any) -> None:
        withholding.withhold(clinic.subject, thing=OTHER, words=HARM, by=by, at=at)

    keep(by=clinic.prescriber, at=SOON)


def test_long_after_the_treatment_whom_the_officer_asks_looks_again_and_the_copy_goes(clinic: Clinic) -> None:
    send(clinic)
    raised = _worried(clinic, clinic.subject)
    late, officer = SOON + timedelta(days=200), factories.staff("privacy_officer")
    asked_of, another = clinic.colleague, factories.staff("prescriber")  # the treatment gives neither a reason
    assert asked_of.id
    case = desk.open_case(clinic.subject, Right.ACCESS, by=clinic.ann, at=late)
    pack = desk.begin_pack(case, by=officer, at=late + timedelta(minutes=1))
    at = late + timedelta(minutes=5)
    with pytest.raises(Refused):
        services.weigh_concern(raised, harm=HARM, by=asked_of, at=at)
    opinion = desk.ask_opinion(case, of=asked_of.id, question="May these go?", by=officer, at=at)
    with processing(Purpose.RIGHTS, by=officer, at=at) as opened:
        things = {each.thing.id: each.stands for each in packs.review(packs.get_pack(pack, opened), opened)}
    harmless = {thing: NO_HARM for thing, stands in things.items() if stands in {Stands.ASK, Stands.OPEN}}
    whole = {thing: Decided() for thing in things}

    with processing(Purpose.SAFEGUARDING, by=asked_of, at=at) as opened:
        assert [line.id for line in reviewing.list_concerns(clinic.subject, opened)] == [raised]
    with pytest.raises(Refused), processing(Purpose.SAFEGUARDING, by=another, at=at) as opened:
        reviewing.list_concerns(clinic.subject, opened)
    assert "Ask a health professional" in check_can_answer(
        standing_of(clinic.subject, at=at), on=timezone.localdate(at)
    )
    services.weigh_concern(raised, harm=HARM, by=asked_of, at=at)
    desk.give_opinion(opinion, findings=harmless, words="Looked at each of them", by=asked_of, at=at)
    desk.decide_entries(pack, whole, by=officer, at=at)
    desk.order_build(pack, build=jobs.build_pack, by=officer, at=at)
    desk.build_pack(pack, at=at)
    desk.release_pack(pack, by=officer, at=at)
    with processing(Purpose.SAFEGUARDING, by=asked_of, at=at) as opened:
        assert not opened.decision(clinic.subject, Category.HEALTH).allowed
