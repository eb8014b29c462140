"""Erasure: decided by purpose, carried to its end from wherever it was stopped, and certified only when it happened."""

import json
import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection

from bench.specimens.models import Bill, Name, Note, Picture
from tests.stores import Home
from troth.copies import journal
from troth.gate import facts
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.people.models import Account, Contact, Identity
from troth.rights import rules, selectors, services
from troth.rights.models import CaseStep, ErasureCertificate, RightsCase
from troth.rights.rules.letters import Ending
from troth.rights.selectors import places
from troth.rights.selectors.holdings import file_places
from troth.rights.services import erasure
from troth.rights.tests.factories import LATER, NOW, Planter, make_officer, make_patient, write
from troth.vault import files, inventory, keystore, search, turning
from troth.vault.categories import Category
from troth.vault.models import Holding, Token, all_holdings

SOON = LATER + timedelta(minutes=1)


def events(name: str, subject: UUID) -> list[LedgerEvent]:
    return list(LedgerEvent.objects.filter(event=name, subject=subject.hex).order_by("id"))


def certificate(person, certificate_id, at=SOON):
    with processing(Purpose.RIGHTS, by=person, at=at) as opened:
        return selectors.get_certificate(certificate_id, opened).content


@pytest.mark.django_db
def test_every_column_of_this_room_is_declared() -> None:
    assert [fault for fault in inventory.undeclared() if "rights" in fault] == []
    assert inventory.misfiled() == []


def test_what_can_go_goes_and_what_must_stay_stays(clinic: Home) -> None:
    ann = make_patient()
    Planter(ann, "ann").plant()
    plan = selectors.plan_erasure(ann.id, at=SOON)
    going, staying = ({kind.category for kind in half} for half in (plan.going, plan.staying))
    assert Category.CONTACT in going
    assert {Category.HEALTH, Category.IDENTITY, Category.FINANCIAL, Category.ACCOUNT, Category.RIGHTS} <= staying
    case = services.ask_erasure(ann.id, by=ann, at=SOON, words="Forget my address")
    made = services.carry_out_erasure(case, by=ann, at=SOON)
    assert not Contact.objects.filter(subject_id=ann.id).exists()
    assert Note.objects.filter(subject_id=ann.id).exists()
    with processing(Purpose.RIGHTS, by=ann, at=SOON):
        assert Note.objects.get(subject_id=ann.id).text == "ann-specimens.note.text"
    said = certificate(ann, made)
    assert {each["category"] for each in said["destroyed"]} == {category.value for category in going}
    health = next(each for each in said["stays"] if each["category"] == "health")
    assert (health["until"], "17(3)(c)" in health["law"]) == ("2034-11-24", True)
    assert "people.contact" in said["keys"]
    assert said["rows"] == sum(kind.rows for kind in plan.going)


def test_someone_who_was_never_treated_leaves_nothing_but_the_file_of_the_request(clinic: Home) -> None:
    eve = make_patient()
    case = services.ask_erasure(eve.id, by=eve, at=LATER, close_account=True)
    services.carry_out_erasure(case, by=eve, at=LATER)
    left = {model for model in all_holdings() if model._base_manager.filter(subject_id=eve.id).exists()}
    assert left == {RightsCase, CaseStep, ErasureCertificate}
    assert [step.kind for step in CaseStep.objects.all()] == ["closed"]  # no letter to nowhere
    assert {name[1] for name in keystore.list_stored(eve.id)} == {"rights.cases", "rights.certificates"}
    assert not Token.objects.filter(subject=eve.id.hex).exists()
    assert not any(fact.holds(facts.micros(SOON)) for fact in facts.about([eve.id])[eve.id.hex])


def test_the_officer_can_find_that_no_ground_holds_and_others_lose_nothing(clinic: Home) -> None:
    ann, bob, officer = make_patient(), make_patient(email="bob@oddie.example"), make_officer()
    planted, kept = Planter(ann, "ann").plant(), Planter(bob, "bob").plant()
    with processing(Purpose.RIGHTS, by=bob, at=SOON) as opened:
        before = selectors.everything_about(bob.id, opened)
    places = _places(ann)
    assert places and planted.planted and kept.planted
    case = services.ask_erasure(ann.id, by=ann, at=SOON)
    made = services.carry_out_erasure(case, by=officer, at=SOON, everything=True)
    assert {name[1] for name in keystore.list_stored(ann.id)} == {
        "rights.answers",
        "rights.arrivals",
        "rights.cases",
        "rights.certificates",
        "rights.obtained",
        "gate.emergencies",
        "rights.reviews",
        "sharing.disclosures",
        "people.representation",
    }
    assert not any(files.path_of(place).exists() for place in places)
    assert search.find_exact(search.exact("specimen_email"), "ann-specimens.person.email") == []
    with processing(Purpose.RIGHTS, by=bob, at=SOON) as opened:
        assert selectors.everything_about(bob.id, opened) == before
    said = certificate(ann, made)
    assert said["files"] == len(places)
    assert {each["category"] for each in said["stays"]} == {"representative", "rights"}
    assert len(events("rights:erased", ann.id)) == 1


def _places(person):
    with processing(Purpose.RIGHTS, by=person, at=SOON):
        return [
            place
            for held in selectors.survey(person.id)
            # A paper of authority belongs to the file of what was asked, and so does what another clinic sent for somebody.
            if held.category is not Category.REPRESENTATIVE and held.compartment != "rights.arrivals"
            for place in file_places(person.id, held.compartment, held.scope)
        ]


def test_the_journal_knows_every_key_before_it_goes(clinic: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = make_patient()
    Planter(ann, "ann").plant()
    known: list[set[tuple[str, str]]] = []
    destroy = keystore.destroy_scopes

    def watched(subject, scopes):
        known.append(
            {
                (each.compartment, each.scope)
                for entry in journal.entries_since(0)
                for each in entry.disposals
                if each.master and each.subject == subject.hex
            }
        )
        assert scopes
        assert {*scopes} <= known[-1]
        return destroy(subject, scopes)

    monkeypatch.setattr(keystore, "destroy_scopes", watched)
    services.carry_out_erasure(services.ask_erasure(ann.id, by=ann, at=SOON), by=ann, at=SOON)
    assert known


def test_without_a_journal_nothing_is_destroyed(clinic: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = make_patient()

    def fails(*_: object, **__: object) -> None:
        raise journal.JournalUnavailable("no room")

    monkeypatch.setattr(journal, "record", fails)
    case = services.ask_erasure(ann.id, by=ann, at=LATER, close_account=True)
    with pytest.raises(journal.JournalUnavailable):
        services.carry_out_erasure(case, by=ann, at=LATER)
    assert Identity.objects.filter(subject_id=ann.id).exists()
    monkeypatch.undo()
    assert services.resume_erasures(at=SOON)
    assert not Identity.objects.filter(subject_id=ann.id).exists()


@pytest.mark.parametrize("leaving", ["keys", "tokens", "rows", "files", "traces"])
def test_a_certificate_never_claims_what_did_not_happen(
    clinic: Home, monkeypatch: pytest.MonkeyPatch, leaving: str
) -> None:
    ann = make_patient()
    Planter(ann, "ann").plant()
    officer = make_officer()
    monkeypatch.setattr(erasure, "_PAUSE", 0)
    broken = {
        "keys": (keystore, "destroy_scopes", lambda *_, **__: ()),
        "tokens": (search, "forget", lambda rows: None),
        "rows": (erasure, "_remove_rows", lambda waiting: 0),
        "files": (files, "destroy", lambda place: None),
        "traces": (turning, "forget_traces", lambda: False),
    }
    monkeypatch.setattr(*broken[leaving])
    case = services.ask_erasure(ann.id, by=ann, at=LATER)
    with pytest.raises(services.ErasureUnfinished) as stopped:
        services.carry_out_erasure(case, by=officer, at=LATER, everything=True)
    assert stopped.value.problems
    assert not ErasureCertificate.objects.filter(case_id=case).exists()
    monkeypatch.undo()
    assert services.resume_erasures(at=SOON) == list(
        ErasureCertificate.objects.filter(case_id=case).values_list("pk", flat=True)
    )


def test_no_row_that_stays_refers_to_one_that_goes() -> None:
    """An erasure takes rows compartment by compartment: what refers to a row lies where it lies, or the row could never go."""
    # Each of these goes before what it refers to, or with it: once the money is back, the answers were read, the task is done.
    goes_first = {"BankDetails.refund", "DocumentPicture.check_of", "Picture.response", "TaskWords.task"}
    for model in places.holding_models():
        for column in model._meta.concrete_fields:
            other = column.related_model
            if column.name == "subject" or not isinstance(other, type) or not issubclass(other, Holding):
                continue
            name = f"{model.__name__}.{column.name}"
            # A case is kept longer than anything that belongs to it.
            where = {places.compartment_of(model), "rights.cases"}
            assert name in goes_first or places.compartment_of(other) in where, name


STEPS = {
    "decided": "erasure._finish",
    "journalled": "keystore.destroy_scopes",
    "keys": "search.forget",
    "tokens": "erasure._remove_rows",
    "rows": "RightsCase.save",
    "committed": "leavings.what_is_left",
    "looked": "turning.forget_traces",
    "uncertified": "erasure._issue",
}
KILLED = """
import os, signal, sys
import django; django.setup()
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from django.db.models import Model
from troth.gate import actors
from troth.rights import services
from troth.rights.models import RightsCase
from troth.rights.selectors import leavings
from troth.rights.services import erasure
from troth.vault import files, keystore, search, turning
step, case, person = sys.argv[1], UUID(sys.argv[2]), UUID(sys.argv[3])
at = datetime.fromisoformat(sys.argv[4])
owner, name = step.split(".")
owner = {"erasure": erasure, "keystore": keystore, "search": search, "files": files, "leavings": leavings,
         "turning": turning, "RightsCase": RightsCase}[owner]
whole = getattr(owner, name)
calls = []
def killed(*given, **named):
    calls.append(1)
    if owner is RightsCase and len(calls) < 2:
        return whole(*given, **named)
    if name == "destroy_scopes":
        whole(given[0], given[1][: len(given[1]) // 2])  # half of the keys are gone
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, killed)
services.carry_out_erasure(case, by=actors.person(person, at=at), at=at)
print("not killed")
"""


@pytest.mark.parametrize("step", STEPS)
def test_an_erasure_killed_at_any_step_is_carried_to_its_end(clinic: Home, step: str) -> None:
    ann, bob = make_patient(), make_patient(email="bob@oddie.example")
    write(Picture(subject_id=bob.id, caption="bob's"), by=bob, at=LATER)
    case = services.ask_erasure(ann.id, by=ann, at=LATER, close_account=True)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, STEPS[step], str(case), str(ann.id), LATER.isoformat()],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            **clinic.environment,
            "PYTHONPATH": str(Path.cwd()),
            "TROTH_EXTRA_APPS": "bench.specimens",
        },
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr[-2000:] + ended.stdout
    assert not ErasureCertificate.objects.filter(case_id=case).exists()
    (made,) = services.resume_erasures(at=SOON)
    assert {name[1] for name in keystore.list_stored(ann.id)} == {"rights.cases", "rights.certificates"}
    assert not Account.objects.filter(subject_id=ann.id).exists()
    assert certificate(ann, made)["rows"] == 3
    with processing(Purpose.RIGHTS, by=bob, at=SOON):
        assert Picture.objects.get(subject_id=bob.id).caption == "bob's"


def test_asking_or_carrying_out_twice_gives_one_case_and_one_certificate(clinic: Home) -> None:
    ann = make_patient()
    first, second = (services.ask_erasure(ann.id, by=ann, at=LATER) for _ in range(2))
    assert first == second
    made = services.carry_out_erasure(first, by=ann, at=LATER)
    assert services.carry_out_erasure(first, by=ann, at=SOON) == made
    assert len(events("rights:erasure_certified", ann.id)) == 1


def test_two_processes_at_once_give_one_certificate(clinic: Home) -> None:
    ann = make_patient()
    case = services.ask_erasure(ann.id, by=ann, at=LATER, close_account=True)
    program = (
        KILLED.replace("setattr(owner, name, killed)\n", "")
        .replace("services.carry_out_erasure(", "print(services.carry_out_erasure(")
        .replace('at=at), at=at)\nprint("not killed")', "at=at), at=at))")
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, "files.destroy", str(case), str(ann.id), LATER.isoformat()],
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={
                **os.environ,
                **clinic.environment,
                "PYTHONPATH": str(Path.cwd()),
                "TROTH_EXTRA_APPS": "bench.specimens",
            },
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    assert len({out for out, _ in said}) == 1
    assert ErasureCertificate.objects.filter(case_id=case).count() == 1


def test_nobody_else_can_ask_or_carry_out(clinic: Home) -> None:
    ann, bob, support = make_patient(), make_patient(email="bob@oddie.example"), make_officer("patient_support")
    for other in (bob, support):
        with pytest.raises(Refused):
            services.ask_erasure(ann.id, by=other, at=LATER)
    case = services.ask_erasure(ann.id, by=ann, at=LATER)
    for other in (bob, support):
        with pytest.raises(Refused):
            services.carry_out_erasure(case, by=other, at=LATER)
    with pytest.raises(Refused, match="privacy officer"):
        services.carry_out_erasure(case, by=ann, at=LATER, everything=True)
    assert Contact.objects.filter(subject_id=ann.id).exists()
    with pytest.raises(Refused), processing(Purpose.RIGHTS, by=bob, at=SOON) as opened:
        selectors.get_case(case, opened)


def test_each_year_of_invoices_goes_by_its_own_date(clinic: Home) -> None:
    ann = make_patient()
    for year in (2016, 2026):
        write(Bill(subject_id=ann.id, disposal_year=year, amount=None), by=ann, at=LATER)
    with (
        connection.cursor() as cursor
    ):  # as if it had been written then: no act can write into the past of the notice
        cursor.execute(
            "UPDATE specimens_bill SET recorded_at = %s, changed_at = %s WHERE disposal_year = 2016",
            [NOW.replace(year=2016), NOW.replace(year=2016)],
        )
    plan = selectors.plan_erasure(ann.id, at=SOON)
    assert ("specimens.bill", "2016") in plan.scopes
    assert ("specimens.bill", "2026") not in plan.scopes
    (stays,) = [kind for kind in plan.staying if kind.category is Category.FINANCIAL]
    assert stays.until.isoformat() == "2033-04-05"


def test_an_open_request_for_a_copy_holds_everything(clinic: Home) -> None:
    from troth.law.rights import Right

    ann = make_patient()
    case = services.open_case(ann.id, Right.ACCESS, by=ann, at=LATER, words="Send me everything")
    assert selectors.plan_erasure(ann.id, at=SOON).going == ()
    services.finish_case(case, ending=Ending.ANSWERED, words="Handed over on paper", by=make_officer(), at=SOON)
    assert selectors.plan_erasure(ann.id, at=SOON).going


def test_the_second_moment_is_when_the_last_master_key_can_be_gone(clinic: Home, settings) -> None:
    from troth.rights.selectors.certifying import gone_everywhere

    make_patient()  # whose keys are the first to need a master key
    made_at = turning.status()[-1].made_at
    settings.TROTH_MASTER_KEY_DAYS, settings.TROTH_BACKUP_DAYS = 30, 35
    moment, masters = gone_everywhere(made_at + timedelta(days=3))
    assert (moment, masters) == (made_at + timedelta(days=65), [turning.status()[-1].number])
    late = made_at + timedelta(days=50)  # the turn is overdue: the key may live until it is done
    assert gone_everywhere(late)[0] == late + timedelta(days=35)


def test_a_compartment_is_left_alone_when_a_row_that_stays_refers_to_it(
    clinic: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db.models import ProtectedError

    ann = make_patient()

    def protected(self: object) -> None:
        raise ProtectedError("no", set())

    case = services.ask_erasure(ann.id, by=ann, at=LATER)
    from troth.vault.models import HoldingQuerySet

    monkeypatch.setattr(HoldingQuerySet, "delete", protected)
    with pytest.raises(services.ErasureUnfinished, match="refer"):
        services.carry_out_erasure(case, by=ann, at=LATER)


def test_the_ledger_still_holds_afterwards(clinic: Home) -> None:
    from troth.ledger.verifying import verify

    ann = make_patient()
    Planter(ann, "ann").plant()
    services.carry_out_erasure(
        services.ask_erasure(ann.id, by=ann, at=SOON), by=make_officer(), at=SOON, everything=True
    )
    holds, count = selectors.person_history_holds(ann.id, SOON)
    assert holds and count > 3
    assert verify(at=SOON).holds
    assert json.dumps([event.objects_touched for event in events("rights:erased", ann.id)]).count("/destroyed") > 5


def test_names_of_people_are_no_part_of_a_plan(clinic: Home) -> None:
    ann = make_patient()
    write(Name(subject_id=ann.id, name="Maureen Oddie"), by=ann, at=LATER)
    assert "Oddie" not in repr(selectors.plan_erasure(ann.id, at=SOON))


@pytest.mark.parametrize(("ends", "counted_from"), [((4, 5), date(2027, 4, 5)), ((12, 31), date(2026, 12, 31))])
def test_accounts_are_kept_from_the_end_of_the_clinics_own_financial_year(
    settings: Any, ends: tuple[int, int], counted_from: date
) -> None:
    """LAW-6.6, EX-63: the year ends when the clinic's does."""
    from troth.notice.schema.words import Trigger
    from troth.rights.selectors import planning
    from troth.vault.categories import Category

    settings.TROTH_FINANCIAL_YEAR_END = ends
    paid = date(2026, 11, 24)
    held = rules.Held("billing.invoice", "", Category.FINANCIAL, "financial", 1, paid, paid)
    situation = planning.situation([held], on=paid, born_on=None)
    assert rules.days_of(held, situation)[Trigger.FINANCIAL_YEAR_END] == counted_from


def test_a_note_and_what_was_added_to_it_go_together(clinic: Home) -> None:
    ann, officer = make_patient(), make_officer()
    note = apps.get_model("records", "ClinicalNote")
    first = note(subject_id=ann.id, heading="Mood", text="Low", status="signed", signed_at=LATER, author=officer.id)
    write(first, by=ann, at=LATER)
    for words in ("Better", "Well"):
        added = note(
            subject_id=ann.id,
            heading="Mood",
            text=words,
            status="signed",
            signed_at=LATER,
            author=officer.id,
            adds_to_id=first.pk,
        )
        write(added, by=ann, at=LATER)
        first = added
    case = services.ask_erasure(ann.id, by=ann, at=SOON)
    services.carry_out_erasure(case, by=officer, at=SOON, everything=True)
    assert not note.objects.filter(subject_id=ann.id).exists()


Invoice: Any = apps.get_model("billing", "Invoice")  # a room above this one


def bill_and_credit(ann: Actor, number: int, billed_in: int, credited_in: int) -> None:
    first = None
    for kind, year, pence in (("invoice", billed_in, 100), ("credit", credited_in, -100)):
        on = LATER.replace(year=year)
        made = Invoice(subject_id=ann.id, kind=kind, number=number, issued_on=on, due_on=on, disposal_year=year)
        made.total, made.credits = pence, first
        write(made, by=ann, at=on)
        first = made


def test_an_invoice_and_its_credit_note_of_the_same_and_of_the_next_year_go_together(clinic: Home) -> None:
    ann, officer, soon = make_patient(), make_officer(), SOON.replace(year=SOON.year + 1)
    bill_and_credit(ann, 1, NOW.year, NOW.year)
    bill_and_credit(ann, 2, NOW.year, NOW.year + 1)
    case = services.ask_erasure(ann.id, by=ann, at=soon)
    services.carry_out_erasure(case, by=officer, at=soon, everything=True)
    assert not Invoice.objects.filter(subject_id=ann.id).exists()


def test_an_invoice_whose_credit_note_has_to_stay_stays_as_long(clinic: Home) -> None:
    ann, soon = make_patient(), SOON.replace(year=SOON.year + 8)
    bill_and_credit(ann, 1, NOW.year, NOW.year)
    bill_and_credit(ann, 2, NOW.year + 1, NOW.year + 4)
    case = services.ask_erasure(ann.id, by=ann, at=soon)
    said = certificate(ann, services.carry_out_erasure(case, by=ann, at=soon), at=soon)
    assert list(Invoice.objects.values_list("number", flat=True)) == [2, 2]
    stays = next(each for each in said["stays"] if each["category"] == "financial")
    assert stays["rows"] == 2 and stays["until"] == "2037-04-05"
