"""The copy that answers a request: all of it is in it, what was removed is in no layer of it, and it goes when it lacks nothing."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.apps import apps

from bench.specimens.models import Note
from tests.papers import text_of
from troth import notice as notice_room
from troth.gate import facts
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.refusals import Refused
from troth.law.exemptions import Exemption
from troth.law.rights import Right
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.files import parse_notice
from troth.notice.purposes import Action, Purpose
from troth.notice.schema import Notice
from troth.rights import jobs, selectors, services
from troth.rights.models import AccessPack, Asked, PackState, RightsCase, Route, Waits
from troth.rights.models.deceased import DeathShownBy
from troth.rights.rules.fees import Fee, reckon_fee
from troth.rights.rules.packing import HARM, NO_HARM, Decided, Stands, second_look
from troth.rights.selectors import packs
from troth.rights.selectors.completeness import find_faults
from troth.rights.services import StepRefused, building
from troth.rights.services.packs import PackRefused
from troth.rights.tests.factories import LATER, Planter, make_officer, make_patient, write
from troth.vault import files
from troth.vault.categories import Category

pytestmark = pytest.mark.usefixtures("notice_in_force")
NEXT = LATER + timedelta(minutes=1)
SOON = LATER + timedelta(minutes=5)


class Desk:
    """An officer with one person's request for a copy, and the clinician who can be asked."""

    def __init__(self, ann=None) -> None:
        self.ann = ann or make_patient()
        self.officer = make_officer()
        self.clinician = make_officer("prescriber")
        self.case = services.open_case(self.ann.id, Right.ACCESS, by=self.ann, at=LATER)

    def begin(self) -> UUID:
        self.pack = services.begin_pack(self.case, by=self.officer, at=NEXT)
        return self.pack

    def entries(self) -> list[packs.Reviewed]:
        with processing(Purpose.RIGHTS, by=self.officer, at=SOON) as opened:
            return packs.review(packs.get_pack(self.pack, opened), opened)

    def known(self) -> packs.Pack:
        with processing(Purpose.RIGHTS, by=self.officer, at=SOON) as opened:
            return packs.get_pack(self.pack, opened)

    def opine(self, findings: dict[str, str] | None = None, *, at=SOON) -> UUID:
        asked = services.ask_opinion(
            self.case, of=self.clinician.id, question="May these go?", by=self.officer, at=SOON
        )
        found = findings or {
            each.thing.id: NO_HARM for each in self.entries() if each.stands in {Stands.ASK, Stands.OPEN}
        }
        services.give_opinion(asked, findings=found, words="Looked at each of them", by=self.clinician, at=at)
        return asked

    def decide_the_rest(self, *, at=SOON) -> None:
        services.decide_entries(
            self.pack,
            {each.thing.id: Decided() for each in self.entries() if each.stands not in {Stands.CUT, Stands.WITHHELD}},
            by=self.officer,
            at=at,
        )

    def build(self, *, at=SOON) -> None:
        services.order_build(self.pack, build=jobs.build_pack, by=self.officer, at=at)
        services.build_pack(self.pack, at=at)

    def archive(self) -> zipfile.ZipFile:
        with processing(Purpose.RIGHTS, Action.EXPORT, by=self.officer, at=SOON) as opened:
            stored = packs.file_of(self.pack, opened)
        assert stored is not None
        return zipfile.ZipFile(io.BytesIO(b"".join(stored.read())))


@act(Event.FACT_RECORDED, purpose=Purpose.RIGHTS)
def link(one: UUID, other: UUID, *, by, at) -> None:
    """One end of a link between two records of one person."""
    acting().require(one, Category.RIGHTS)
    facts.record(one, FactKind.SAME_PERSON, at=at, other=other, value="ab" * 16)


def layers(archive: zipfile.ZipFile) -> dict[str, str]:
    """The text of every file in a pack, that of its papers included."""
    return {
        name: text_of(archive.read(name))
        if name.endswith(".pdf")
        else archive.read(name).decode("utf-8-sig", "replace")
        for name in archive.namelist()
    }


def test_every_string_of_every_holding_is_in_the_pack_and_nobody_elses() -> None:
    ann = make_patient()
    planted = Planter(ann, "ann").plant()
    desk = Desk(ann)
    other = Planter(make_patient(email="bob@oddie.example"), "bob").plant()
    desk.begin()
    desk.opine()
    desk.decide_the_rest()
    desk.build()
    # Every kind there is was planted, and some are in no rule of this notice: that keeps the copy from going. All else is well.
    assert [fault for fault in desk.known().faults if not fault.startswith("Of “")] == []
    found = layers(desk.archive())
    loose = "".join(text for name, text in found.items() if name.startswith("files/"))
    assert [field for field, text in planted.planted.items() if text not in found["my-data.json"] + loose] == []
    words = planted.words_as_stored("ann-")
    printed = "".join(text for name, text in found.items() if name.startswith("paper/"))
    assert len(words) > 10
    for layer in (found["my-data.html"], printed):
        assert [text for text in words if text not in layer + loose] == []
    everything = "\n".join(found.values())
    assert "bob-" not in everything and other.person.id.hex not in everything
    assert planted.not_copied and not any(text in everything for text in planted.not_copied)


def test_what_is_removed_is_in_no_layer_and_the_rest_stays() -> None:
    desk = Desk()
    write(
        Note(
            subject_id=desk.ann.id,
            text='Seen with her sister Wilhelmina  "Mina" O\'Hara, who\nis <b>unwell</b>. Ann is well.',
            answers={"Wilhelmina": ["told by wilhelmina", {"who": "WILHELMINA"}]},
        ),
        by=desk.ann,
        at=LATER,
    )
    stored = files.store([b"A letter about somebody else"], name="Wilhelmina.txt", media_type="text/plain")
    document = apps.get_model("records", "DocumentReference")
    write(
        document(subject_id=desk.ann.id, title="Letter of Wilhelmina", file=stored, source="person"),
        by=desk.ann,
        at=LATER,
    )
    desk.begin()
    desk.opine()
    desk.decide_the_rest()
    note = next(each for each in desk.entries() if each.thing.model == "specimens.note")
    letter = next(each for each in desk.entries() if each.thing.model == "records.documentreference")
    services.decide_entries(
        desk.pack,
        {
            note.thing.id: Decided(words=("Mina\" O'Hara, who is <b>unwell</b>",)),
            letter.thing.id: Decided(files=("file",)),
        },
        by=desk.officer,
        at=SOON,
    )
    services.remove_everywhere(desk.pack, ("wilhelmina",), by=desk.officer, at=SOON)
    desk.build()
    assert desk.known().faults == ()
    found = layers(desk.archive())
    for name, text in found.items():
        for gone in ("wilhelmina", "o'hara", "o&#x27;hara", "unwell", "a letter about"):
            assert gone not in text.casefold(), f"{gone} in {name}"
    raw = b"".join(desk.archive().read(name) for name in desk.archive().namelist())
    assert b"Wilhelmina" not in raw and "Wilhelmina".encode("utf-16-be") not in raw
    assert "Ann is well." in found["my-data.json"] and "[removed: about somebody else]" in found["my-data.html"]
    assert not [name for name in found if name.startswith("files/")]


def test_health_data_waits_for_a_health_professional_and_harm_is_withheld_with_its_ground() -> None:
    desk = Desk()
    note = apps.get_model("records", "ClinicalNote")
    write(
        note(
            subject_id=desk.ann.id,
            author=desk.clinician.id,
            status="draft",
            heading="h",
            text="secret-of-the-note",
        ),
        by=desk.ann,
        at=LATER,
    )
    desk.begin()
    (entry,) = [each for each in desk.entries() if each.stands is Stands.ASK]
    with pytest.raises(PackRefused, match="health professional"):
        services.decide_entries(desk.pack, {entry.thing.id: Decided()}, by=desk.officer, at=SOON)
    harmful = Decided(withheld=True, exemption=Exemption.SERIOUS_HARM)
    with pytest.raises(PackRefused, match="only when a health professional"):
        services.decide_entries(desk.pack, {entry.thing.id: harmful}, by=desk.officer, at=SOON)
    with pytest.raises(PackRefused, match="no health professional here"):
        services.ask_opinion(desk.case, of=desk.officer.id, question="?", by=desk.officer, at=SOON)
    # An assistant writes in the record, and stands on no register.
    assistant = make_officer("healthcare_assistant", email="assistant@clinic.example")
    with pytest.raises(PackRefused, match="no health professional here"):
        services.ask_opinion(desk.case, of=assistant.id, question="?", by=desk.officer, at=SOON)
    asked = desk.opine({entry.thing.id: HARM})
    with pytest.raises(PackRefused, match="given already"):
        services.give_opinion(asked, findings={entry.thing.id: NO_HARM}, words="", by=desk.clinician, at=SOON)
    with pytest.raises(PackRefused, match="could do serious harm"):
        services.decide_entries(desk.pack, {entry.thing.id: Decided()}, by=desk.officer, at=SOON)
    with pytest.raises(PackRefused, match="not decided"):
        services.order_build(desk.pack, build=jobs.build_pack, by=desk.officer, at=SOON)
    services.decide_entries(desk.pack, {entry.thing.id: harmful}, by=desk.officer, at=SOON)
    desk.decide_the_rest()
    desk.build()
    found = layers(desk.archive())
    assert not [name for name, text in found.items() if "secret-of-the-note" in text]
    assert "Schedule 3 paragraph 5" in found["my-data.html"] and "Schedule 3 paragraph 5" in found["my-data.json"]
    services.release_pack(desk.pack, by=desk.officer, at=SOON)


def test_an_opinion_stands_for_six_months() -> None:
    desk = Desk()
    note = apps.get_model("records", "ClinicalNote")
    write(
        note(subject_id=desk.ann.id, author=desk.clinician.id, status="draft", heading="h", text="t"),
        by=desk.ann,
        at=LATER,
    )
    desk.begin()
    (entry,) = [each for each in desk.entries() if each.stands is Stands.ASK]
    desk.opine({entry.thing.id: NO_HARM})
    desk.decide_the_rest()
    much_later = SOON + timedelta(days=190)
    with pytest.raises(PackRefused, match="health professional"):
        services.order_build(desk.pack, build=jobs.build_pack, by=desk.officer, at=much_later)


def test_a_clinician_sees_what_was_asked_until_they_answered_and_nobody_else_does() -> None:
    desk = Desk()
    write(Note(subject_id=desk.ann.id, text="t"), by=desk.ann, at=LATER)
    desk.begin()
    colleague = make_officer("prescriber", email="other@clinic.example")

    def may(actor) -> bool:
        with processing(Purpose.CARE, by=actor, at=SOON) as opened:
            return bool(opened.decision(desk.ann.id, Category.HEALTH).reason)

    assert not may(desk.clinician)
    asked = services.ask_opinion(desk.case, of=desk.clinician.id, question="?", by=desk.officer, at=SOON)
    assert may(desk.clinician) and not may(colleague)
    with pytest.raises(PackRefused):
        services.give_opinion(asked, findings={"0" * 32: NO_HARM}, words="", by=colleague, at=SOON)
    services.give_opinion(asked, findings={"0" * 32: NO_HARM}, words="", by=desk.clinician, at=SOON)
    assert not may(desk.clinician)


def test_an_entry_that_was_changed_after_it_was_decided_is_decided_again() -> None:
    desk = Desk()
    row = Note(subject_id=desk.ann.id, text="before")
    write(row, by=desk.ann, at=LATER)
    desk.begin()
    desk.opine()
    desk.decide_the_rest()
    desk.build()
    row.text = "after"
    write(row, by=desk.ann, at=SOON + timedelta(minutes=1))
    (changed,) = [each for each in desk.entries() if each.stands is Stands.CHANGED]
    assert changed.thing.id == row.pk.hex
    with pytest.raises(PackRefused, match="not decided"):
        services.release_pack(desk.pack, by=desk.officer, at=SOON + timedelta(minutes=2))


def test_a_building_that_was_stopped_goes_on_with_the_parts_that_are_there(monkeypatch) -> None:
    desk = Desk()
    for number in range(5):
        write(Note(subject_id=desk.ann.id, text=f"text {number}"), by=desk.ann, at=LATER)
    monkeypatch.setattr(building.paper, "PART", 4)
    desk.begin()
    desk.opine()
    desk.decide_the_rest()
    services.order_build(desk.pack, build=jobs.build_pack, by=desk.officer, at=SOON)
    made: list[int] = []
    real = building.paper.set_part

    def stopping(part):
        if len(made) == 1:
            made.append(0)
            raise KeyboardInterrupt
        made.append(1)
        return real(part)

    monkeypatch.setattr(building.paper, "set_part", stopping)
    with pytest.raises(KeyboardInterrupt):
        services.build_pack(desk.pack, at=SOON)
    half = AccessPack.objects.get(pk=desk.pack)
    assert half.state == PackState.BUILDING and (half.done, half.total > 2) == (1, True)
    services.build_pack(desk.pack, at=SOON)
    services.build_pack(desk.pack, at=SOON)  # asked for twice, done once
    known = desk.known()
    assert known.state is PackState.READY and known.faults == () and known.done == known.total
    assert made.count(1) == known.total - 1
    assert not apps.get_model("rights", "PackPart").objects.exists()


def test_a_pack_that_lacks_anything_is_not_released(monkeypatch) -> None:
    desk = Desk()
    write(Note(subject_id=desk.ann.id, text="wanted-text"), by=desk.ann, at=LATER)
    desk.begin()
    desk.opine()
    desk.decide_the_rest()
    real = packs.things_of

    def forgetful(pack, opened, **named):
        return [thing for thing in real(pack, opened, **named) if thing.model != "specimens.note"]

    monkeypatch.setattr(packs, "things_of", forgetful)
    desk.build()
    monkeypatch.undo()
    known = desk.known()
    assert known.state is PackState.REVIEW and any("is missing" in fault for fault in known.faults)
    with pytest.raises(PackRefused):
        services.release_pack(desk.pack, by=desk.officer, at=SOON)


def spoiled(archive: zipfile.ZipFile, change) -> files.StoredFile:
    """The same ZIP with its document changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as other:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "my-data.json":
                document = json.loads(content)
                change(document)
                content = json.dumps(document).encode()
            other.writestr(name, content)
    return files.store([made.getvalue()], name="x.zip", media_type="application/zip")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["held"].pop(), "An entry is missing"),
        (lambda d: d["held"][0]["fields"].pop(), "A field is missing"),
        (lambda d: d["held"][0].update(fields=[], files=[], held_back="x"), "nobody decided that"),
        (lambda d: d["uses"][0].update({"for": []}), "does not say for"),
        (lambda d: d["uses"].pop(0), "says nothing of why"),
        (lambda d: d["rights"].update(machines_that_decide=""), "machines that decide"),
        (lambda d: d["rights"].update(complain_to_the_regulator=""), "complain to the regulator"),
        (lambda d: d.pop("passed_on"), "passed on"),
        (lambda d: d["held"][0].update(source=""), "where it came from"),
    ],
)
def test_each_kind_of_gap_is_found(change, said: str) -> None:
    desk = Desk()
    write(Note(subject_id=desk.ann.id, text="text"), by=desk.ann, at=LATER)
    desk.begin()
    desk.opine()
    desk.decide_the_rest()
    desk.build()
    asked = {"before": NEXT, "withheld": (), "removed": {}, "words": {}, "everywhere": (), "blackened": {}}
    archive = desk.archive()
    assert find_faults(spoiled(archive, lambda d: None), [desk.ann.id], **asked) == []
    faults = find_faults(spoiled(archive, change), [desk.ann.id], **asked)
    assert any(said in fault for fault in faults), faults
    kept = {**asked, "everywhere": ("text",)}
    assert any(
        "were to be removed" in fault for fault in find_faults(spoiled(archive, change), [desk.ann.id], **kept)
    )


def test_it_is_fetched_by_its_person_until_its_last_day_and_then_gone() -> None:
    desk = Desk()
    bob = make_patient(email="bob@oddie.example")
    desk.begin()
    desk.opine({"0" * 32: NO_HARM})
    desk.decide_the_rest()
    with pytest.raises(PackRefused, match="no longer"):
        services.record_fetched(desk.pack, by=desk.ann, at=SOON)
    desk.build()
    services.release_pack(desk.pack, by=desk.officer, at=SOON)
    with pytest.raises(Refused):
        services.record_fetched(desk.pack, by=bob, at=SOON)
    services.record_fetched(desk.pack, by=desk.ann, at=SOON)
    event = LedgerEvent.objects.get(event="rights:pack_fetched", subject=desk.ann.id.hex)
    assert desk.known().digest in event.objects_touched and event.actor == desk.ann.id.hex
    place = AccessPack.objects.get(pk=desk.pack)
    with processing(Purpose.RIGHTS, by=desk.ann, at=SOON):
        path = files.path_of(place.file.place)
    assert path.exists()
    over = SOON + timedelta(days=30)
    with pytest.raises(PackRefused, match="no longer"):
        services.record_fetched(desk.pack, by=desk.ann, at=over)
    assert services.end_packs(at=over) == 1 and services.end_packs(at=over) == 0
    assert AccessPack.objects.get(pk=desk.pack).state == PackState.OVER


def notice_of_pack(name: str) -> Notice:
    text = (Path(notice_room.__file__).parent / "packs" / f"{name}.yaml").read_text()
    found = parse_notice(text).notice
    assert found is not None
    return found


def test_a_second_officer_releases_where_something_was_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert second_look(notice_of_pack("medico-legal")) and not second_look(notice_of_pack("online-prescribing"))
    monkeypatch.setattr("troth.rights.services.releasing.second_look", lambda notice: True)
    desk = Desk()
    write(Note(subject_id=desk.ann.id, text="about Bill"), by=desk.ann, at=LATER)
    desk.begin()
    desk.opine()
    desk.decide_the_rest()
    note = next(each for each in desk.entries() if each.thing.model == "specimens.note")
    services.decide_entries(desk.pack, {note.thing.id: Decided(words=("Bill",))}, by=desk.officer, at=SOON)
    desk.build()
    with pytest.raises(PackRefused, match="A colleague has to release it"):
        services.release_pack(desk.pack, by=desk.officer, at=SOON)
    other = make_officer(email="second@clinic.example")
    services.release_pack(desk.pack, by=other, at=SOON)


def test_a_fee_is_for_a_further_copy_alone_and_is_waited_for() -> None:
    desk = Desk()
    with pytest.raises(PackRefused, match="first copy is free"):
        services.begin_pack(desk.case, by=desk.officer, at=NEXT, fee=Fee(100, 500))
    desk.begin()
    desk.opine({"0" * 32: NO_HARM})
    desk.decide_the_rest()
    desk.build()
    services.release_pack(desk.pack, by=desk.officer, at=SOON)
    desk.pack = services.begin_pack(desk.case, by=desk.officer, at=SOON, fee=Fee(100, 500))
    desk.decide_the_rest()
    desk.build()
    with pytest.raises(PackRefused, match="fee"):
        services.release_pack(desk.pack, by=desk.officer, at=SOON)
    paid = SOON + timedelta(minutes=1)
    assert RightsCase.objects.get(pk=desk.case).waits_for == "fee"  # the month begins when it comes
    with pytest.raises(PackRefused, match="still to come"):
        services.record_fee(desk.pack, paid_on=SOON.date() + timedelta(days=1), by=desk.officer, at=paid)
    services.record_fee(desk.pack, paid_on=SOON.date(), by=desk.officer, at=paid)
    assert RightsCase.objects.get(pk=desk.case).waits_for == ""
    with pytest.raises(PackRefused, match="already"):
        services.record_fee(desk.pack, paid_on=SOON.date(), by=desk.officer, at=paid)
    services.release_pack(desk.pack, by=desk.officer, at=paid)
    with processing(Purpose.RIGHTS, by=desk.officer, at=paid) as opened:
        letters = [
            step.words for step in selectors.list_steps(desk.case, opened) if step.detail.get("letter") == "fee"
        ]
    assert "£10.00: 100 pages at 5p, and £5.00 for postage." in letters[0]


@pytest.mark.parametrize(("pages", "postage"), [(-1, 0), (0, -1), (10_001, 0), (0, 10_001)])
def test_a_fee_is_what_it_costs_and_no_slip_of_the_hand(pages: int, postage: int) -> None:
    assert reckon_fee(pages=1, postage=0).words == "£0.05: 1 page at 5p."
    with pytest.raises(ValueError, match="Check"):
        reckon_fee(pages=pages, postage=postage)


def test_only_an_officer_with_the_request_builds_it() -> None:
    desk = Desk()
    desk.begin()
    support = make_officer("patient_support")
    for attempt in (
        lambda: services.begin_pack(desk.case, by=support, at=SOON),
        lambda: services.decide_entries(desk.pack, {}, by=support, at=SOON),
        lambda: services.record_search(desk.case, place="Post room", found="Nothing", by=support, at=SOON),
        lambda: services.release_pack(desk.pack, by=support, at=SOON),
    ):
        with pytest.raises(Refused):
            attempt()
    services.record_search(desk.case, place="Post room", found="Nothing", by=desk.officer, at=SOON)
    with processing(Purpose.RIGHTS, by=desk.officer, at=SOON) as opened:
        (search,) = packs.list_searches(desk.case, opened)
    assert (search.place, search.found, search.by) == ("Post room", "Nothing", desk.officer.id.hex)


def test_an_erasure_takes_the_copy_with_it_whatever_stays() -> None:
    desk = Desk()
    desk.begin()
    plan = selectors.plan_erasure(desk.ann.id, at=SOON)
    going = {compartment for compartment, _ in plan.scopes}
    assert "rights.packs" in going


def test_a_pack_holds_every_record_of_the_same_person() -> None:
    desk = Desk()
    twin = make_patient(email="twin@oddie.example")
    write(Note(subject_id=twin.id, text="twin-told-us"), by=twin, at=LATER)
    link(desk.ann.id, twin.id, by=desk.ann, at=LATER)
    link(twin.id, desk.ann.id, by=twin, at=LATER)
    desk.begin()
    assert {each.thing.id for each in desk.entries() if each.thing.model == "specimens.note"}
    desk.opine({"0" * 32: NO_HARM})
    desk.decide_the_rest()
    desk.build()
    assert desk.known().faults == ()
    found = layers(desk.archive())
    assert "twin-told-us" in found["my-data.json"] and "who-looked-2.json" in found


def test_who_wrote_what_to_arrange_wrote_nothing_in_the_health_record() -> None:
    desk = Desk()
    desk.begin()
    other = make_officer("prescriber", email="aldous@clinic.example")
    wrote = (desk.clinician, Category.HEALTH, LATER), (other, Category.ADJUSTMENTS, NEXT)
    entries = [
        SimpleNamespace(thing=SimpleNamespace(recorded_by=who.id.hex, recorded_at=at, category=category))
        for who, category, at in wrote
    ]
    with processing(Purpose.RIGHTS, by=desk.officer, at=SOON) as opened:
        asked = packs.who_can_be_asked(packs.get_pack(desk.pack, opened), entries, opened)
    assert [each.subject for each in asked][:2] == [desk.clinician.id, other.id]


def test_nothing_is_released_before_a_proof_that_was_asked_for_settles_it() -> None:
    desk = Desk()
    (desk.case,) = services.take_in(
        desk.ann.id,
        {Asked.ACCESS},
        words="All that you have",
        route=Route.EMAIL,
        received_on=LATER.date(),
        proof="seen_document",
        by=desk.officer,
        at=LATER,
    )
    desk.begin()
    desk.decide_the_rest()
    desk.build()
    with pytest.raises(PackRefused, match="Proof was asked for"):
        services.release_pack(desk.pack, by=desk.officer, at=SOON)
    services.record_came(desk.case, Waits.IDENTITY, on=LATER.date(), words="Seen", by=desk.officer, at=SOON)
    services.judge_proof(desk.case, Waits.IDENTITY, holds=True, words="Looked at it", by=desk.officer, at=SOON)
    services.release_pack(desk.pack, by=desk.officer, at=SOON)
    assert desk.known().is_open(SOON)


def test_what_somebody_asked_while_they_lived_goes_to_nobody_once_they_died() -> None:
    desk = Desk()
    desk.begin()
    desk.decide_the_rest()
    desk.build()
    person = desk.ann.id
    given = {"words": "Hers", "route": Route.LETTER, "received_on": SOON.date(), "by": desk.officer, "at": SOON}
    (file,) = services.take_in(person, {Asked.PORTABILITY}, **given)
    (dead,) = services.take_in(
        person, {Asked.DECEASED}, applicant={"name": "Bill", "email": "bill@vane.example"}, **given
    )
    services.record_death(
        dead, died_on=SOON.date(), shown_by=DeathShownBy.CERTIFICATE, seen="It", by=desk.officer, at=SOON
    )
    later = SOON + timedelta(minutes=1)
    with pytest.raises(PackRefused, match=r"They died.*LAW-4\.10"):
        services.release_pack(desk.pack, by=desk.officer, at=later)
    with pytest.raises(StepRefused, match=r"They died.*LAW-4\.10"):
        services.hand_out_file(file, digest="0" * 64, by=desk.officer, at=later)
