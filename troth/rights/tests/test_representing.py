"""Somebody who acts for a person: let in on a checked paper, refused the moment that ends, and never further than that."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from tests.stores import Home
from troth.delivery.models import Message
from troth.gate import facts
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.law.calendar import LONDON
from troth.law.rights import Right
from troth.notice.purposes import Purpose
from troth.people import selectors as people_reads
from troth.people import services as people
from troth.people.models import Identity
from troth.people.rules import AuthorityRefused
from troth.people.selectors import ActsAs
from troth.rights import selectors, services
from troth.rights.models import Asked, RightsCase
from troth.rights.rules.asked import say_day
from troth.rights.services import StepRefused
from troth.rights.tests.factories import NOW, make_officer, make_patient
from troth.vault import files
from troth.vault.categories import Category
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


def test_both_are_told_and_letters_reach_who_asked_while_they_may_act(cast: tuple[Actor, Actor, Actor]) -> None:
    patient, representative, officer = cast

    def told(subject: object) -> Counter[str]:
        return Counter(Message.objects.filter(subject_id=subject).values_list("kind", flat=True))

    authority = let_act(cast)
    assert told(patient.id)["acted_for"] == told(representative.id)["may_act"] == 1
    assert told(patient.id)["may_act"] == told(representative.id)["acted_for"] == 0
    (case,) = ask(cast)
    assert told(representative.id)["acting_letter"] == 1 and told(patient.id)["case_received"] >= 1
    services.tell_progress(case, words="We look through it", by=officer, at=AFTER)  # type: ignore[arg-type]
    assert told(representative.id)["acting_letter"] == 2 and told(patient.id)["case_letter"] == 1
    people.end_authority(authority, by=patient, at=AFTER)  # type: ignore[arg-type]
    assert told(representative.id)["acting_ended"] == 1
    services.tell_progress(case, words="Nearly done", by=officer, at=AFTER + timedelta(minutes=1))  # type: ignore[arg-type]
    assert told(representative.id)["acting_letter"] == 2, "what they may not read any more is not announced to them"
    assert told(patient.id)["case_letter"] == 2


def test_whoever_has_no_account_reads_in_the_letter_as_what_and_until_when(clinic: Home) -> None:
    patient, officer = make_patient(email="", password=""), make_officer()
    services.open_case(patient.id, Right.RECTIFICATION, by=patient, at=NOW + timedelta(minutes=1))  # type: ignore[arg-type]
    let_act((patient, make_patient(email="petroc@vane.example"), officer))
    with processing(Purpose.RIGHTS, by=patient, at=AFTER):
        letter = Message.objects.get(subject_id=patient.id, kind="acted_for").text
    assert "a relative or friend whom you asked to, until 24 December 2026" in letter
    assert "account" not in letter and "end it there" not in letter


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


@pytest.mark.parametrize(
    ("born", "wish", "lost", "until", "put_right", "stands_until"),
    [
        # Of fifteen, who was taken for fourteen: until the day before sixteen, and not a year longer.
        ("2012-06-01", "She agrees", False, "2028-05-31", "2011-06-01", "2027-05-31"),
        # Seventeen all along, and of age now.
        ("2009-06-01", "He can't say", True, "2027-05-31", "2008-06-01", ""),
        # Nobody asked the child, who is twelve.
        ("2015-06-01", "", False, "2027-05-31", "2014-06-01", ""),
        # Younger than was thought: the paper says how long.
        ("2012-06-01", "She agrees", False, "2028-05-31", "2013-06-01", "2028-05-31"),
    ],
)
def test_a_parent_acts_no_longer_than_the_day_of_birth_that_was_put_right_lets_them(
    clinic: Home, born: str, wish: str, lost: bool, until: str, put_right: str, stands_until: str
) -> None:
    child, parent, officer = (
        make_patient(born_on=date.fromisoformat(born)),
        make_patient(email="p@vane.example"),
        make_officer(),
    )
    case = services.open_case(child.id, Right.RECTIFICATION, by=child, at=NOW + timedelta(minutes=1))  # type: ignore[arg-type]
    midnight = datetime.combine(date.fromisoformat(until) + timedelta(days=1), time(), LONDON)
    let_act(
        (child, parent, officer), acts_as=ActsAs.PARENT, until=midnight, wish=wish, capacity_lost=lost, paper=None,
        born_on=date.fromisoformat(born),
    )  # fmt: skip
    row = Identity.objects.get(subject_id=child.id)
    services.correct(
        case, model="people.identity", item=row.pk, field="born_on", value=put_right, words="The passport says so", by=officer,
        at=AFTER,
    )  # fmt: skip
    soon = AFTER + timedelta(seconds=1)
    stands = bool(people_reads.represented_by(parent.id, at=soon))  # type: ignore[arg-type]
    assert stands is bool(stands_until)
    told = Counter(Message.objects.filter(subject_id=parent.id).values_list("kind", flat=True))
    sooner = bool(stands_until) and stands_until != until
    assert (told["acting_ended"], told["acting_sooner"]) == (0 if stands_until else 1, 1 if sooner else 0)
    last_day = people_reads.represented_until(parent.id, at=soon)  # type: ignore[arg-type]
    assert last_day == ({child.id: date.fromisoformat(stands_until)} if stands_until else {})
    if sooner:
        with processing(Purpose.RIGHTS, by=parent, at=soon):
            written = Message.objects.get(subject_id=parent.id, kind="acting_sooner").text or ""
        assert f"The last day is now {say_day(date.fromisoformat(stands_until))}." in " ".join(written.split())
    if stands_until:
        over = datetime.combine(date.fromisoformat(stands_until) + timedelta(days=1), time(), LONDON)
        ask((child, parent, officer), at=over - timedelta(seconds=1))
        with pytest.raises(Refused):
            ask((child, parent, officer), at=over)
    assert people_reads.count_unbacked(at=soon)[1] == 0


def test_nobody_lets_themselves_act_and_no_colleague_is_let(cast: tuple[Actor, Actor, Actor]) -> None:
    patient, representative, officer = cast
    with pytest.raises(Refused):
        let_act(cast, by=representative)
    for other in (patient.id, officer.id):
        with pytest.raises(AuthorityRefused, match="account of their own"):
            let_act(cast, representative=other)
    with pytest.raises(AuthorityRefused, match=r"LAW-3\.15"):
        let_act(cast, paper=None)


def test_a_paper_covers_what_it_covers(cast: tuple[Actor, Actor, Actor]) -> None:
    patient, representative, _ = cast
    authority = let_act(cast, may_ask={"rectification"}, categories={Category.CORRESPONDENCE})
    with pytest.raises(StepRefused, match="does not cover"):
        ask(cast)
    with processing(Purpose.RIGHTS, by=representative, at=AFTER) as opened:
        held = {category for category in Category if opened.decision(patient.id, category).allowed}  # type: ignore[arg-type]
    assert Category.HEALTH not in held and Category.CONTACT not in held
    assert (
        {Category.IDENTITY, Category.RIGHTS, Category.CORRESPONDENCE} >= held >= {Category.IDENTITY, Category.RIGHTS}
    )
    with processing(Purpose.RIGHTS, by=patient, at=AFTER) as opened:
        (known,) = people_reads.list_authorities(patient.id, opened)  # type: ignore[arg-type]
    assert known.stands and known.may_ask == ("rectification",) and known.categories == ("correspondence",)
    people.end_authority(authority, by=patient, at=AFTER)  # type: ignore[arg-type]
    assert people_reads.represented_by(representative.id, at=AFTER + timedelta(seconds=1)) == []  # type: ignore[arg-type]
    with pytest.raises(AuthorityRefused, match="what they may ask"):
        let_act(cast, may_ask=set())


def test_a_paper_that_covers_no_right_lets_nothing_be_asked(cast: tuple[Actor, Actor, Actor]) -> None:
    let_act(cast, may_ask={"-"})
    with pytest.raises(StepRefused, match="does not cover"):
        ask(cast)
    assert RightsCase.objects.count() == 1


def test_a_scope_with_a_word_that_nobody_knows_opens_nothing() -> None:
    assert facts.scope_of("a" * 32).categories == frozenset(Category)
    assert facts.scope_of("a" * 32 + "|nonsense|").categories == frozenset()
    assert facts.scope_of("a" * 32 + "|-|-") == facts.Scope("a" * 32, frozenset(), frozenset())
    for scope in (
        facts.Scope("b" * 32, frozenset({Category.HEALTH}), None),
        facts.Scope("b" * 32, frozenset(Category), frozenset({"access"})),
        facts.Scope("b" * 32, frozenset(Category) - {Category.HEALTH}, frozenset(right.value for right in Asked)),
    ):
        assert facts.scope_of(scope.text) == scope and len(scope.text) <= 400


OTHER = """
import sys
import django; django.setup()
from datetime import datetime
from uuid import UUID
from troth.gate import actors
from troth.gate.contexts import processing
from troth.notice.purposes import Purpose
from troth.vault.categories import Category
who, subject = UUID(sys.argv[1]), UUID(sys.argv[2])
print("ready", flush=True)
for line in sys.stdin:
    at = datetime.fromisoformat(line.strip())
    with processing(Purpose.RIGHTS, by=actors.person(who, at=at), at=at) as opened:
        print("allowed" if opened.decision(subject, Category.RIGHTS).allowed else "refused", flush=True)
"""


def test_an_authority_that_ends_is_over_in_a_process_that_was_already_running(
    cast: tuple[Actor, Actor, Actor], clinic: Home
) -> None:
    patient, representative, officer = cast
    authority = let_act(cast)
    assert patient.id and representative.id
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(representative.id), str(patient.id)],
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            **clinic.environment,
            "PYTHONPATH": str(Path.cwd()),
            "TROTH_EXTRA_APPS": "bench.specimens",
        },
    )
    assert other.stdin and other.stdout and other.stdout.readline() == "ready\n"

    def there(at: datetime) -> str:
        assert other.stdin and other.stdout
        other.stdin.write(f"{at.isoformat()}\n")
        other.stdin.flush()
        return other.stdout.readline().strip()

    try:
        assert there(AFTER) == "allowed"
        assert there(LATER + timedelta(days=30, seconds=1)) == "refused"  # by itself, when its day is over
        people.end_authority(authority, by=officer, at=AFTER)  # type: ignore[arg-type]
        assert there(AFTER + timedelta(seconds=1)) == "refused"
    finally:
        other.stdin.close()
        other.wait(30)
        other.stdout.close()
