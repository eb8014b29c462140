"""Two at one moment, each with a connection of their own: one of them is told that it was done already."""

import threading
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from django.db import connections
from django.utils import timezone

from conftest import publish_pack
from tests.stores import Home
from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.facts import FactKind
from troth.people import services
from troth.people.models import ClaimCode, Passkey, RecoveryCode, SamePerson
from troth.people.rules import RECOVERY_CODES
from troth.people.selectors import LinkState, MadeSure, ShownPasskey
from troth.people.tests.factories import make_patient, make_staff
from troth.people.tests.test_factors import Device, new_passkey, show
from troth.people.tests.test_same import OTHER


@pytest.fixture
def at(committed_db: Home) -> datetime:
    publish_pack("online-prescribing")
    return timezone.now()


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What became of each, sorted: "done", or the name of what it was refused with."""
    together, outcomes = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        together.wait()
        try:
            act()
            outcomes.append("done")
        except Exception as refused:
            outcomes.append(type(refused).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def three(at: datetime) -> list[Actor]:
    return [
        actors.person(make_staff("patient_support", at=at, email=f"{name}@clinic.example", name=name), at=at)
        for name in ("first", "second", "third")
    ]


def two_records(at: datetime) -> tuple[UUID, UUID]:
    return make_patient(at=at), make_patient(at=at, **OTHER)


def test_two_who_propose_the_same_pair_make_one_proposal(at: datetime) -> None:
    first, second, _ = three(at)
    one, other = two_records(at)
    said = at_once(
        lambda: services.propose_link(one, other, reason="x", by=first, at=at),
        lambda: services.propose_link(other, one, reason="y", by=second, at=at),
    )
    assert said == ["LinkRefused", "done"]
    assert SamePerson.objects.count() == 2


def test_one_who_links_and_one_who_turns_down_leave_one_answer(at: datetime) -> None:
    first, second, third = three(at)
    one, other = two_records(at)
    link = services.propose_link(one, other, reason="x", by=first, at=at)
    said = at_once(
        lambda: services.confirm_link(link, made_sure=MadeSure.DOCUMENT, words="x", by=second, at=at),
        lambda: services.turn_link_down(link, words="y", by=third, at=at),
    )
    assert said == ["LinkRefused", "done"]
    states = set(SamePerson.objects.values_list("state", flat=True))
    assert len(states) == 1 and states <= {LinkState.LINKED, LinkState.APART}
    assert len(facts.of(one, FactKind.SAME_PERSON, at=at)) == (states == {LinkState.LINKED})


def test_two_who_undo_a_link_end_it_once(at: datetime) -> None:
    first, second, _ = three(at)
    one, other = two_records(at)
    link = services.propose_link(one, other, reason="x", by=first, at=at)
    services.confirm_link(link, made_sure=MadeSure.DOCUMENT, words="x", by=second, at=at)
    said = at_once(
        lambda: services.undo_link(link, words="x", by=first, at=at),
        lambda: services.undo_link(link, words="y", by=second, at=at),
    )
    assert said == ["LinkRefused", "done"]
    assert not facts.of(one, FactKind.SAME_PERSON, at=at)


def test_of_two_answers_with_one_counter_one_signs_in(committed_db: Home) -> None:
    """Both were looked at before either was used: the counter is compared again, under the lock."""
    publish_pack("online-prescribing")
    subject, device = make_staff(), Device()
    made = new_passkey(subject, device)
    now = timezone.now()
    services.add_passkey(subject, by=actors.person(subject, at=now), at=now, made=made, name="x")  # type: ignore[arg-type]
    shown: list[ShownPasskey] = []
    for _ in range(2):
        found = show(device)
        assert isinstance(found, ShownPasskey) and not found.copied
        shown.append(found)
        device.count -= 1  # a copy of the device, which does not know that the first was used
    by = actors.person(subject, at=now)
    said = at_once(*(lambda each=each: services.use_passkey(subject, by=by, at=now, shown=each) for each in shown))  # type: ignore[misc]
    assert said == ["UsedUp", "done"]
    assert Passkey.objects.filter(subject_id=subject).count() == 1


def test_of_two_who_give_roles_at_once_the_second_replaces_what_the_first_gave(at: datetime) -> None:
    """Otherwise somebody held the roles of both, which nobody had decided."""
    bosses = [
        actors.person(make_staff("administrator", at=at, email=f"{name}@clinic.example", name=name), at=at)
        for name in ("first", "second")
    ]
    member = make_staff("patient_support", at=at, email="member@clinic.example", name="Member")
    for _ in range(4):
        said = at_once(
            lambda: services.change_roles(member, by=bosses[0], at=at, roles=["patient_support"]),
            lambda: services.change_roles(member, by=bosses[1], at=at, roles=["healthcare_assistant"]),
        )
        assert said == ["done", "done"]
        assert len(facts.of(member, FactKind.ROLE, at=at)) == 1


def test_of_two_codes_made_at_once_one_works(at: datetime) -> None:
    first, second, _ = three(at)
    person = make_patient(at=at)
    for _ in range(4):
        said = at_once(*(lambda by=by: services.make_claim_code(person, by=by, at=at) for by in (first, second)))  # type: ignore[misc]
        assert said == ["done", "done"]
        assert ClaimCode.objects.filter(subject_id=person).count() == 1


def test_of_two_sets_of_recovery_codes_made_at_once_one_works(at: datetime) -> None:
    person = make_patient(at=at)
    by = actors.person(person, at=at)
    assert at_once(*(lambda: services.make_recovery_codes(person, by=by, at=at) for _ in range(4))) == ["done"] * 4
    assert RecoveryCode.objects.filter(subject_id=person).count() == RECOVERY_CODES
