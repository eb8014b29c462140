"""The record of somebody who died: what the Act gives and nothing else, read entry by entry, for whoever applied (LAW-4.10)."""

import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps

from troth.gate.contexts import processing
from troth.law.exemptions import Exemption
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Action, Purpose
from troth.rights import jobs, selectors, services
from troth.rights.models import StepKind
from troth.rights.rules import deceased as rules
from troth.rights.rules.fees import reckon_fee
from troth.rights.rules.packing import HARM, NO_HARM, Decided, Stands
from troth.rights.selectors import packs
from troth.rights.selectors.completeness import find_faults
from troth.rights.services import PackRefused
from troth.rights.tests.factories import LATER, make_officer, make_patient, write
from troth.rights.tests.test_deceased import SOON, apply, death, take
from troth.rights.tests.test_keeping import join
from troth.rights.tests.test_packs import layers
from troth.vault import files

NEXT = SOON + timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("notice_in_force")


class Desk:
    """An officer with a case for the record of somebody who died, and the clinician who can be asked."""

    def __init__(self, **said: Any) -> None:
        self.ann, self.officer = make_patient(email="ann@oddie.example"), make_officer()
        self.clinician = make_officer("prescriber")
        self.note = self.write(
            "ClinicalNote",
            heading="Mood",
            text="Low. Lives with Wilhelmina",
            status="draft",
            author=self.clinician.id,
        )
        self.secret = self.write(
            "ClinicalNote", heading="Home", text="words-of-harm", status="draft", author=self.clinician.id
        )
        self.old = self.write(
            "Observation",
            measure="weight",
            value=Decimal(70),
            taken_on=date(1985, 5, 3),
            source="person",
            release="released",
        )
        self.case = take(self.ann, self.officer)
        self.said = said

    def write(self, model: str, **fields: Any) -> str:
        row = apps.get_model("records", model)(subject_id=self.ann.id, **fields)
        write(row, by=self.ann, at=LATER)
        return row.pk.hex

    def prove(self, applies_as: str = rules.PERSONAL_REPRESENTATIVE) -> None:
        death(self.case, self.officer, **self.said)
        apply(self.case, self.officer, applies_as)

    def begin(self) -> UUID:
        self.pack = services.begin_pack(self.case, by=self.officer, at=NEXT)
        return self.pack

    def entries(self) -> dict[str, packs.Reviewed]:
        with processing(Purpose.RIGHTS, by=self.officer, at=NEXT) as opened:
            found = packs.review(packs.get_pack(self.pack, opened), opened)
        return {each.thing.id: each for each in found}

    def opine(self, **findings: str) -> None:
        asked = services.ask_opinion(self.case, of=self.clinician.id, question="?", by=self.officer, at=NEXT)
        found = {item: findings.get(item, NO_HARM) for item in self.entries()}
        services.give_opinion(asked, findings=found, words="She is named in it", by=self.clinician, at=NEXT)

    def decide(self, item: str, decided: Decided) -> None:
        services.decide_entries(self.pack, {item: decided}, by=self.officer, at=NEXT)

    def build(self) -> zipfile.ZipFile:
        services.order_build(self.pack, build=jobs.build_pack, by=self.officer, at=NEXT)
        services.build_pack(self.pack, at=NEXT)
        with processing(Purpose.RIGHTS, Action.EXPORT, by=self.officer, at=NEXT) as opened:
            stored = packs.file_of(self.pack, opened)
        assert stored is not None
        return zipfile.ZipFile(io.BytesIO(b"".join(stored.read())))

    def finish(self) -> None:
        """All that the Act gives, released."""
        self.prove()
        self.begin()
        self.opine()
        self.decide(self.old, Decided(withheld=True, exemption=Exemption.BEFORE_THE_ACT))
        for item in (self.note, self.secret):
            self.decide(item, Decided())
        self.build()
        services.release_pack(self.pack, by=self.officer, at=NEXT)


def letter_of(desk: Desk) -> str:
    with processing(Purpose.RIGHTS, by=desk.officer, at=NEXT) as opened:
        return [each.words for each in selectors.list_steps(desk.case, opened) if each.kind is StepKind.LETTER][-1]


def test_no_record_is_begun_before_death_and_right_are_shown_nor_against_a_wish() -> None:
    desk = Desk(wish="Nobody is to read my notes")
    with pytest.raises(PackRefused, match="Record first"):
        desk.begin()
    desk.prove()
    with pytest.raises(PackRefused, match="said in life"):
        desk.begin()


def test_the_record_holds_what_the_act_gives_and_goes_to_whoever_applied() -> None:
    desk, bill, eve = Desk(), make_patient(email="bill@vane.example"), make_patient(email="eve@oddie.example")
    desk.prove()
    desk.begin()
    entries = desk.entries()
    assert set(entries) == {desk.note, desk.secret, desk.old}, (
        "the record of her health, and nothing else that is held"
    )
    assert {each.stands for each in entries.values()} == {Stands.ASK}, "what she knew, whoever applied does not"
    desk.opine(**{desk.secret: HARM})
    desk.decide(desk.secret, Decided(withheld=True, exemption=Exemption.SERIOUS_HARM))
    desk.decide(desk.note, Decided(words=("Wilhelmina",)))
    with pytest.raises(PackRefused, match="before 1 November 1991"):
        desk.decide(desk.old, Decided())
    desk.decide(desk.old, Decided(withheld=True, exemption=Exemption.BEFORE_THE_ACT))
    found = layers(desk.build())
    with processing(Purpose.RIGHTS, by=desk.officer, at=NEXT) as opened:
        assert packs.get_pack(desk.pack, opened).faults == ()
    assert set(found) == {"record.html", "record.json", "record.csv", "READ-ME.txt", "paper/record-1.pdf"}
    for name in ("record.html", "record.json", "paper/record-1.pdf"):
        assert "Lives with" in found[name] and "Access to Health Records Act 1990" in " ".join(found[name].split())
    everything = "\n".join(found.values())
    for gone in ("Wilhelmina", "words-of-harm", "1985", "ann@oddie.example", "UK GDPR", "DPA 2018", "Your rights"):
        assert gone not in everything, gone

    seen = services.covering_letter(desk.pack, by=desk.officer, at=NEXT).text
    assert "section 5(1)(a)(i)" in seen and "DPA 2018" not in seen and "LAW-" not in seen
    services.release_pack(desk.pack, by=desk.officer, at=NEXT)
    with processing(Purpose.RIGHTS, by=desk.officer, at=NEXT) as opened:
        letters = [each.words for each in selectors.list_steps(desk.case, opened) if each.kind is StepKind.LETTER]
        assert packs.list_packs(desk.ann.id, opened) == [], "it is nobody's copy of their own data"
    assert letters[-1] == seen
    assert bill.id and eve.id
    assert [each.id for each in packs.given_to(bill.id)] == [desk.pack]
    assert services.fetch_given(desk.pack, reader=eve.id, at=NEXT) is None
    stored = services.fetch_given(desk.pack, reader=bill.id, at=NEXT)
    assert stored is not None and b"".join(stored.read())[:2] == b"PK"
    assert LedgerEvent.objects.filter(event="rights:pack_fetched", subject=desk.ann.id.hex).count() == 1
    assert services.fetch_given(desk.pack, reader=bill.id, at=NEXT + timedelta(days=31)) is None


def test_what_is_no_part_of_the_record_keeps_it_from_going() -> None:
    desk = Desk()
    desk.prove()
    desk.begin()
    desk.opine()
    with pytest.raises(PackRefused, match="which later entries"):
        desk.decide(desk.old, Decided(note="Her sister agreed that her name stands"))
    desk.decide(desk.old, Decided(needed_because="The later weights say nothing without it"))
    kept = desk.entries()[desk.old].decided
    assert kept is not None and kept.needed_because == "The later weights say nothing without it"
    for item in (desk.note, desk.secret):
        desk.decide(item, Decided())
    archive = desk.build()
    given: dict[str, Any] = {
        "before": NEXT,
        "withheld": (),
        "removed": {},
        "words": {},
        "everywhere": (),
        "blackened": {},
        "of_dead": True,
    }

    def with_more(name: str, content: bytes) -> list[str]:
        into = io.BytesIO()
        with zipfile.ZipFile(into, "w") as other:
            for each in archive.namelist():
                other.writestr(each, content if each == name else archive.read(each))
            if name not in archive.namelist():
                other.writestr(name, content)
        stored = files.store([into.getvalue()], name="x.zip", media_type="application/zip")
        return find_faults(stored, [desk.ann.id], **given)

    whole = archive.read("record.json")
    with processing(Purpose.RIGHTS, Action.EXPORT, by=desk.officer, at=NEXT):
        assert with_more("record.json", whole) == []
        assert "no part of the record" in with_more("my-data.json", b"{}")[0]
        stranger = whole.replace(desk.note.encode(), b"ab" * 16)
        assert any("no part of the record" in each for each in with_more("record.json", stranger))


def test_an_estate_needs_no_reason_so_nothing_is_withheld_as_without_one() -> None:
    desk = Desk()
    desk.prove(rules.PERSONAL_REPRESENTATIVE)
    desk.begin()
    desk.opine()
    with pytest.raises(PackRefused, match="needs no reason"):
        desk.decide(desk.secret, Decided(withheld=True, exemption=Exemption.NO_BEARING))


def test_the_letter_tells_whoever_has_an_account_until_when_they_can_fetch_it() -> None:
    desk, _ = released()
    assert "You can fetch it in your account here until" in letter_of(desk) and "on paper" not in letter_of(desk)


def test_the_letter_tells_whoever_has_no_account_that_it_comes_on_paper() -> None:
    desk = Desk()
    desk.finish()
    assert "You get it on paper." in letter_of(desk) and "fetch" not in letter_of(desk)


def test_whoever_applied_and_made_an_account_only_since_is_let_in_by_an_officer() -> None:
    desk = Desk()
    desk.finish()
    assert services.late_letter(desk.pack, by=desk.officer, at=NEXT) is None, "nobody has an account there"
    with pytest.raises(PackRefused, match="Nobody has an account"):
        services.let_applicant_fetch(desk.pack, by=desk.officer, at=NEXT)
    bill = make_patient(email="bill@vane.example")
    assert bill.id is not None
    assert services.fetch_given(desk.pack, reader=bill.id, at=NEXT) is None
    seen = services.late_letter(desk.pack, by=desk.officer, at=NEXT)
    assert seen is not None and "You can fetch it in your account here until" in seen.text
    services.let_applicant_fetch(desk.pack, by=desk.officer, at=NEXT)
    assert letter_of(desk) == seen.text
    assert services.fetch_given(desk.pack, reader=bill.id, at=NEXT) is not None
    with pytest.raises(PackRefused, match="already"):
        services.let_applicant_fetch(desk.pack, by=desk.officer, at=NEXT)


def test_nobody_is_let_in_once_their_right_to_apply_no_longer_stands() -> None:
    desk = Desk()
    desk.finish()
    make_patient(email="bill@vane.example")
    services.take_back_death(desk.case, words="It was another Ann.", by=desk.officer, at=NEXT)
    with pytest.raises(PackRefused, match="no longer"):
        services.let_applicant_fetch(desk.pack, by=desk.officer, at=NEXT)


def test_what_does_not_bear_on_a_claim_is_withheld_and_no_fee_is_charged() -> None:
    desk = Desk()
    desk.prove(rules.CLAIM)
    with pytest.raises(PackRefused, match="No fee"):
        services.begin_pack(desk.case, by=desk.officer, at=NEXT, fee=reckon_fee(pages=10, postage=0))
    desk.begin()
    desk.opine()
    desk.decide(desk.secret, Decided(withheld=True, exemption=Exemption.NO_BEARING))
    assert desk.entries()[desk.secret].stands is Stands.WITHHELD


def released() -> tuple[Desk, UUID]:
    """A record that was released to Bill, who has an account."""
    desk, bill = Desk(), make_patient(email="bill@vane.example")
    desk.finish()
    assert bill.id is not None
    return desk, bill.id


def test_a_death_that_was_a_mistake_takes_the_record_back_and_its_patient_is_offered_no_extract() -> None:
    desk, bill = released()
    assert services.fetch_given(desk.pack, reader=bill, at=NEXT) is not None
    with processing(Purpose.RIGHTS, by=desk.officer, at=NEXT) as opened:
        digest = packs.get_pack(desk.pack, opened).digest
    fetched = LedgerEvent.objects.get(event="rights:pack_fetched")
    assert digest and digest in fetched.objects_touched, "which file went to a stranger is written down"
    services.take_back_death(desk.case, words="It was another Ann.", by=desk.officer, at=NEXT)
    assert services.fetch_given(desk.pack, reader=bill, at=NEXT) is None
    with processing(Purpose.RIGHTS, by=desk.officer, at=NEXT) as opened:
        assert not packs.get_pack(desk.pack, opened).is_open(NEXT)


def test_a_wish_under_one_of_their_records_binds_for_all_of_them() -> None:
    desk, again = Desk(wish="Nobody is to read my notes"), make_patient(email="ann@again.example")
    death(desk.case, desk.officer, **desk.said)
    join(desk.ann.id, again.id, by=desk.officer, at=SOON)
    case = take(again, desk.officer)
    apply(case, desk.officer, rules.PERSONAL_REPRESENTATIVE)
    with pytest.raises(PackRefused, match="said in life"):
        services.begin_pack(case, by=desk.officer, at=NEXT)


def test_a_record_that_holds_nothing_is_not_built() -> None:
    ann, officer = make_patient(), make_officer()
    case = take(ann, officer)
    death(case, officer)
    apply(case, officer, rules.PERSONAL_REPRESENTATIVE)
    pack = services.begin_pack(case, by=officer, at=NEXT)
    with pytest.raises(PackRefused, match="Nothing of it is held"):
        services.order_build(pack, build=jobs.build_pack, by=officer, at=NEXT)
