"""Somebody died: their account, its open pages and links, and whoever acted for them end at once; and a mistake is taken back."""

import io
import re
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.delivery.models import Message
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.notice.purposes import Purpose
from troth.office.tests.conftest import register, signed_in
from troth.people import services as people
from troth.people.rules import AuthorityRefused
from troth.people.selectors import ActsAs, represented_by
from troth.rights import jobs
from troth.rights import services as rights
from troth.rights.models import AccessPack, Asked, HarmOpinion, RightsCase, Route, Waits
from troth.rights.rules.deceased import PERSONAL_REPRESENTATIVE
from troth.rights.tests.factories import PASSWORD, make_officer, write
from troth.vault import files
from troth.vault.categories import Category
from troth.vault.uploads import SealedUpload

EMAIL = "maureen@oddie.example"
DEATH = {
    "died_on_day": "2",
    "died_on_month": "11",
    "died_on_year": "2026",
    "shown_by": "certificate",
    "seen": "The certificate",
    "wish": "",
}


def authority(subject: UUID, representative: UUID, by: actors.Actor) -> UUID:
    at = timezone.now()
    paper = SealedUpload(files.store([b"a paper"], name="p.txt", media_type="text/plain"), "text/plain", None)
    return people.record_authority(
        subject,
        representative=representative,
        acts_as=ActsAs.RELATIVE,
        until=at + timedelta(days=30),
        checked="Signed by her",
        paper=paper,
        by=by,
        at=at,
    )


def applied_for(subject: UUID, by: Actor, *, days_ago: int = 0) -> UUID:
    """Bill writes that he is her executor."""
    at = timezone.now()
    (case,) = rights.take_in(
        subject,
        {Asked.DECEASED},
        words="I am her executor.",
        route=Route.LETTER,
        received_on=at.date() - timedelta(days=days_ago),
        applicant={"name": "Bill Oddie-Vane", "email": "bill@vane.example"},
        by=by,
        at=at,
    )
    return case


def test_a_death_ends_what_was_open_and_a_mistake_is_taken_back(officer: Client) -> None:
    ann, son = register(), register("Petroc", "Oddie", "petroc@oddie.example")
    assert ann.id and son.id
    by = make_officer(at=timezone.now(), email="second@clinic.example")
    case = applied_for(ann.id, by)
    authority(ann.id, son.id, by)
    browser, sons = signed_in(EMAIL), signed_in("petroc@oddie.example")
    acting = reverse("my_acting")
    assert browser.get(reverse("my_home")).status_code == 200
    assert represented_by(son.id, at=timezone.now())
    page = officer.get(reverse("office_case", args=[case])).content.decode()
    assert page.index("Record that they died") < page.index("Answer and close it")
    assert officer.post(reverse("office_case_step", args=[case, "death"]), DEATH).status_code == 302

    gone = browser.get(reverse("my_home"))  # the page that stood open
    assert gone.status_code == 302 and gone.headers["Location"] == reverse("sign_in")
    tried = Client().post("/sign-in/", {"email": EMAIL, "password": PASSWORD})
    assert tried.status_code == 403 and "has died" in tried.content.decode()
    wrong = Client().post("/sign-in/", {"email": EMAIL, "password": "not it at all"})
    assert wrong.status_code == 422 and "died" not in wrong.content.decode()
    assert not represented_by(son.id, at=timezone.now())
    assert "Maureen" not in sons.get(acting).content.decode()
    with processing(Purpose.RIGHTS, by=son, at=timezone.now()) as opened:
        assert not opened.decision(ann.id, Category.HEALTH).allowed
    try:
        authority(ann.id, son.id, by)
    except AuthorityRefused as why:
        assert "They died" in str(why)
    else:
        raise AssertionError("nobody is let act for somebody who died")

    page = officer.get(reverse("office_case", args=[case])).content.decode()
    assert page.index("Ask as what they apply") < page.index("Answer and close it")
    mistake = reverse("office_case_step", args=[case, "death-mistake"])
    assert "Take back that they died" in officer.get(reverse("office_case", args=[case])).content.decode()
    assert officer.post(mistake, {"words": ""}).status_code == 422
    assert officer.post(mistake, {"words": "She rang, and showed her passport."}).status_code == 302
    assert officer.post(mistake, {"words": "Again"}).status_code == 422
    assert signed_in(EMAIL).get(reverse("my_home")).status_code == 200
    assert not represented_by(son.id, at=timezone.now())  # only she can let him again
    assert RightsCase.objects.get(pk=case).state == "asked"


def proven(case: UUID, officer: Client, by: Actor, *, then: str = "") -> None:
    """She died, and Bill showed that he deals with her estate. `then`: what the case says comes next once his paper is there."""
    officer.post(reverse("office_case_step", args=[case, "death"]), DEATH)
    at = timezone.now()
    rights.ask_for(case, Waits.AUTHORITY, proof="grant", by=by, at=at)
    rights.record_came(case, Waits.AUTHORITY, on=timezone.localdate(at), by=by, at=at)
    assert not then or officer.get(reverse("office_case", args=[case])).context["next"].words == then
    rights.judge_proof(
        case, Waits.AUTHORITY, holds=True, words="The grant", applies_as=PERSONAL_REPRESENTATIVE, by=by, at=at
    )


def test_an_entry_from_before_the_act_goes_only_for_what_later_ones_say(officer: Client) -> None:
    ann, now = register(), timezone.now()
    assert ann.id
    old = apps.get_model("records", "Observation")(
        subject_id=ann.id,
        measure="weight",
        value=Decimal(70),
        taken_on=date(1985, 5, 3),
        source="person",
        release="released",
    )
    write(old, by=ann, at=now)
    by, clinician = make_officer(at=now, email="second@clinic.example"), make_officer("prescriber", at=now)
    assert clinician.id
    case = applied_for(ann.id, by)
    proven(case, officer, by, then="Say what you found of the proof that they may act")
    officer.post(reverse("office_pack", args=[case]), {"do": "begin"})
    at = timezone.now()
    asked = rights.ask_opinion(case, of=clinician.id, question="May it go?", by=by, at=at)
    rights.give_opinion(asked, findings={old.pk.hex: "no_harm"}, words="", by=clinician, at=at)
    path = reverse("office_pack_entry", args=[case, old.pk])
    read = officer.get(path).context["read"]
    weighed = {"read": read, "words": "", "note": "Her sister agreed"}
    refused = officer.post(path, weighed)
    assert refused.status_code == 422 and "Say which later entries" in refused.content.decode()
    short = officer.post(path, {**weighed, "needed_because": "needed"})
    assert short.status_code == 422 and short.context["form"].errors.keys() == {"needed_because"}
    needed = {"read": read, "words": "", "note": "", "needed_because": "Her later weights say nothing without it"}
    assert officer.post(path, needed).status_code == 302
    page = officer.get(path)
    assert "Her later weights say nothing" in page.content.decode() and page.context["tag"].words == "Goes"
    cut = officer.post(path, {**needed, "read": page.context["read"], "fields_out": ["value"]})
    assert cut.status_code == 422 and "how you weighed it" in cut.content.decode()


def test_the_record_is_made_read_released_and_fetched_by_whoever_applied(officer: Client) -> None:
    ann, _ = register(), register("Bill", "Oddie-Vane", "bill@vane.example")
    assert ann.id
    now = timezone.now()
    note = apps.get_model("records", "ClinicalNote")(
        subject_id=ann.id, author=ann.id, status="draft", heading="Mood", text="sentinel-note"
    )
    write(note, by=ann, at=now)
    by = make_officer(at=now, email="second@clinic.example")
    clinician = make_officer("prescriber", at=now)
    case = applied_for(ann.id, by)
    start = reverse("office_pack", args=[case])
    early = officer.post(start, {"do": "begin"})
    assert early.status_code == 422 and "Record first that they died" in early.content.decode()
    proven(case, officer, by)
    page = officer.get(reverse("office_case", args=[case])).content.decode()
    assert page.index("Make the record") < page.index("Answer and close it")
    assert "Access to Health Records Act 1990" in officer.get(start).content.decode()
    assert "Begin a record" in officer.get(start).content.decode()
    assert officer.post(start, {"do": "begin"}).status_code == 302
    asks = officer.get(start).content.decode()
    assert "Somebody applied for this record after the patient’s death" in asks
    entries = officer.get(reverse("office_pack_entries", args=[case])).content.decode()
    assert "sentinel-note" in entries and "maureen@oddie.example" not in entries
    assert (
        "no bearing on a claim" in entries
        and "before 1 November 1991" in entries
        and "legal privilege" not in entries
    )
    assert clinician.id
    officer.post(start, {"do": "ask", "whom": clinician.id.hex, "question": "May it go?"})
    opinion = HarmOpinion.objects.get(case_id=case)
    weighed = signed_in("prescriber@clinic.example")
    assert "An opinion on a record" in weighed.get(reverse("desk_tasks")).content.decode()
    read = weighed.get(reverse("desk_opinion", args=[opinion.pk])).content.decode()
    assert "sentinel-note" in read and "An opinion on a record" in read and "a copy" not in read
    assert (
        weighed.post(reverse("desk_opinion", args=[opinion.pk]), {"verdict": "none", "words": ""}).status_code == 302
    )
    page = officer.get(reverse("office_pack_entries", args=[case])).content.decode()
    assert "Entries of the record" in page and " copy" not in page
    marks = dict(re.findall(r'name="(r[0-9a-f]{32})" value="([0-9a-f]{24})"', page))
    chosen = {f"e{name[1:]}": "goes" for name in marks}
    assert officer.post(reverse("office_pack_entries", args=[case]), {**marks, **chosen}).status_code == 302
    assert "Build the record" in officer.get(start).content.decode()
    assert officer.post(start, {"do": "build"}).status_code == 302
    pack = AccessPack.objects.get(case_id=case)
    jobs.build_pack(pack.pk)
    seen = officer.post(start, {"do": "release"})
    assert seen.context["letter"].title == "The record is ready"
    assert officer.post(start, {"do": "release", "seen": seen.context["mark"]}).status_code == 302
    bill, stranger = signed_in("bill@vane.example"), signed_in("second@clinic.example")
    path = reverse("my_given_file", args=[pack.pk])
    ready = "The record that you applied for is ready."
    assert ready in bill.get(reverse("my_data")).content.decode()
    assert ready not in stranger.get(reverse("my_data")).content.decode()
    assert path in bill.get(reverse("my_packs")).content.decode()
    assert stranger.post(path).status_code == 404 and bill.get(path).status_code == 405
    sent = bill.post(path)
    assert sent.headers["Content-Disposition"] == 'attachment; filename="record.zip"'
    archive = zipfile.ZipFile(io.BytesIO(b"".join(sent.streaming_content)))
    assert b"sentinel-note" in archive.read("record.html")
    assert bill.post(reverse("my_pack_file", args=[pack.pk])).status_code == 404, "it is no copy of his own data"


@pytest.mark.parametrize(("days_ago", "begins"), [(2, True), (20, False)])
def test_whoever_asks_for_something_late_is_told_that_the_time_goes_on_and_so_is_who_applies(
    officer: Client, days_ago: int, begins: bool
) -> None:
    ann = register()
    assert ann.id
    by = make_officer(at=timezone.now(), email="second@clinic.example")
    case = applied_for(ann.id, by, days_ago=days_ago)
    for step in ("ask-identity", "ask-authority", "ask-question"):
        page = officer.get(f"/office/cases/{case}/step/{step}/").content.decode()
        assert ("begins anew" in page, "clock goes on" in page) == (begins, not begins), step
    assert "your last visit" not in officer.get(f"/office/cases/{case}/step/ask-identity/").content.decode()
    rights.ask_for(case, Waits.IDENTITY, proof="seen_document", by=by, at=timezone.now())
    with processing(Purpose.RIGHTS, by=by, at=timezone.now()):
        said = Message.objects.get(kind="case_proof").text or ""
    assert ("begin when it comes" in said, "goes on meanwhile" in said) == (begins, not begins)
