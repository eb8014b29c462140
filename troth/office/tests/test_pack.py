"""The copy that answers a request, walked by an officer in the office, a clinician at the desk, and its person under My data."""

import io
import re
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench.specimens.models import Note
from tests.stores import Home
from troth.delivery.models import Message
from troth.gate.actors import Actor
from troth.law.rights import Right
from troth.office.tests.conftest import register, signed_in
from troth.office.views import entry as entry_views
from troth.rights import jobs, services
from troth.rights.models import AccessPack, HarmOpinion, PackState, RightsCase
from troth.rights.tests.factories import make_officer, write


def asked() -> tuple[Actor, UUID]:
    """A patient with a note about them and their sister, who asks for a copy."""
    person = register()
    assert person.id is not None
    at = timezone.now()
    write(Note(subject_id=person.id, text="Came with her sister Wilhelmina"), by=person, at=at)
    held = apps.get_model("records", "ClinicalNote")
    write(held(subject_id=person.id, author=person.id, status="draft", heading="Mood", text="Low"), by=person, at=at)
    return person, services.open_case(person.id, Right.ACCESS, by=person, at=at)


def answer_of(page: str) -> dict[str, str]:
    """Every entry of a page, to be let go."""
    return dict.fromkeys(re.findall(r'name="(e[0-9a-f]{32})"', page), "goes")


def read_in(page: str) -> dict[str, str]:
    """What a page says of how each entry stands, which a browser sends back with what is decided."""
    return dict(re.findall(r'name="(r[0-9a-f]{32}|read)" value="([0-9a-f]{24})"', page))


def test_what_a_colleague_decided_meanwhile_is_not_lost_unseen(officer: Client) -> None:
    _, case = asked()
    start = f"/office/cases/{case}/copy/"
    officer.post(start, {"do": "begin"})
    entries = f"{start}entries/"
    page = officer.get(entries).content.decode()
    (note,) = answer_of(officer.post(entries, {"q": "wilhelmina"}).content.decode())
    cut = f"{entries}{UUID(note[1:])}/"
    old, words = (
        read_in(officer.get(cut).content.decode()),
        {"words": "sister Wilhelmina", "note": "She has not agreed"},
    )
    assert officer.post(cut, {**old, **words}).status_code == 302  # a colleague, in the meantime
    for path, stale in ((cut, {**old, "words": "", "note": "Nothing"}), (entries, {**read_in(page), note: "goes"})):
        refused = officer.post(path, stale if path == cut else {**stale, note: "privilege"})
        assert refused.status_code == 422 and "Somebody decided about this meanwhile" in refused.content.decode()
    now = officer.get(cut).content.decode()
    assert "[removed: about somebody else]" in now
    assert officer.post(cut, {**read_in(now), "words": "", "note": "She agreed"}).status_code == 302


def test_a_copy_is_walked_from_the_request_to_the_person(officer: Client) -> None:
    person, case = asked()
    make_officer("prescriber", at=timezone.now())
    start = f"/office/cases/{case}/copy/"
    assert f'href="{start}"' in officer.get(f"/office/cases/{case}/").content.decode()
    assert officer.get(start).status_code == 200
    assert officer.post(start, {"do": "begin"}).status_code == 302
    entries = f"{start}entries/"
    page = officer.get(entries).content.decode()
    assert "Wilhelmina" in page and "Not decided" in page
    found = officer.post(entries, {"q": "wilhelmina"}).content.decode()
    assert "Came with her sister" in found and found.count('name="e') == 1
    (note,) = answer_of(found)
    assert "No entry has these words" in officer.post(entries, {"q": "zzz"}).content.decode()
    refused = officer.post(entries, {**read_in(page), note: "serious_harm"})
    assert refused.status_code == 422 and "only when a health professional" in refused.content.decode()

    asking = officer.post(start, {"do": "ask", "whom": "", "question": ""})
    assert asking.status_code == 422 and "Choose whom you ask" in asking.content.decode()
    whom = re.search(r'<option value="([0-9a-f]{32})">Ines Prescriber', officer.get(start).content.decode())
    assert whom is not None
    assert officer.post(start, {"do": "ask", "whom": whom[1], "question": "May it go?"}).status_code == 302
    clinician = signed_in("prescriber@clinic.example")
    opinion = HarmOpinion.objects.get(case_id=case)
    path = f"/desk/opinions/{opinion.pk}/"
    today = clinician.get("/desk/").content.decode()
    assert path in today and "1 to do" in " ".join(re.sub(r"<[^>]+>", " ", today).split())
    assert path in clinician.get("/desk/tasks/").content.decode()
    page = clinician.get(path).content.decode()
    assert "May it go?" in page and "1. Note, " in page
    assert clinician.post(path, {"verdict": "some"}).status_code == 422
    assert clinician.post(path, {"verdict": "none", "words": ""}).status_code == 302
    assert clinician.get(path).status_code in {403, 404}

    cut = f"{entries}{UUID(note[1:])}/"
    assert officer.post(cut, {"words": "sister Wilhelmina", "note": ""}).status_code == 422
    slip = officer.post(cut, {"words": "sister Wilhelmine", "note": "She has not agreed"})
    assert slip.status_code == 422 and "does not say that" in slip.content.decode(), (
        "nothing is cut, so nothing says it is"
    )
    read = read_in(officer.get(cut).content.decode())
    assert officer.post(cut, {**read, "words": "sister Wilhelmina", "note": "She has not agreed"}).status_code == 302
    assert "[removed: about somebody else]" in officer.get(cut).content.decode()
    page = officer.get(entries).content.decode()
    rest = dict.fromkeys(answer_of(page), "") | {note: "goes"}
    assert officer.post(entries, {**read_in(page), **rest, "rest": "goes"}).status_code == 302
    assert officer.post(start, {"do": "search", "place": "Post room", "found": "Nothing"}).status_code == 302
    assert officer.post(start, {"do": "words", "words": "x"}).status_code == 422
    assert "Build the copy" in officer.get(start).content.decode()
    assert officer.post(start, {"do": "release"}).status_code == 422
    assert officer.post(start, {"do": "build"}).status_code == 302
    assert "waits for its turn" in officer.get(start).content.decode()
    pack = AccessPack.objects.get(case_id=case)
    jobs.build_pack(pack.pk)
    page = officer.get(start).content.decode()
    assert "See the letter" in page
    client = signed_in("maureen@oddie.example")
    assert client.post(f"/my-data/copies/{pack.pk}/").status_code == 404
    before = Message.objects.filter(subject_id=person.id).count()
    seen = officer.post(start, {"do": "release"})
    assert seen.status_code == 200 and "Something was left out of it" in seen.content.decode()
    assert "about somebody else" in seen.context["letter"].text
    assert Message.objects.filter(subject_id=person.id).count() == before, "nothing goes before it was seen"
    assert officer.post(start, {"do": "release", "seen": "another"}).status_code == 200
    assert officer.post(start, {"do": "release", "seen": seen.context["mark"]}).status_code == 302
    assert Message.objects.filter(subject_id=person.id).count() == before + 1
    assert RightsCase.objects.get(pk=case).state == "done"
    for late in ({"do": "release"}, {"do": "build"}, {"do": "search", "place": "Post room", "found": "Nothing"}, {}):
        assert officer.post(start, late).status_code == 200
    assert AccessPack.objects.filter(case_id=case).count() == 1, "a page that is out of date begins no further copy"

    assert f"/my-data/copies/{pack.pk}/" in client.get("/my-data/copies/").content.decode()
    answered = client.get(f"/my-data/asked/{case}/").content.decode()
    assert 'href="/my-data/copies/"' in answered, "the request leads to what came of it"
    assert "ask a court" in answered, "part of it was kept back (LAW-1.17)"
    register("Bob", "Oddie", "bob@oddie.example")
    stranger = signed_in("bob@oddie.example")
    assert stranger.post(f"/my-data/copies/{pack.pk}/").status_code == 404
    assert str(pack.pk) not in stranger.get("/my-data/copies/").content.decode()
    assert "Not fetched yet" in officer.get(reverse("office_case", args=[case])).content.decode()
    sent = client.post(f"/my-data/copies/{pack.pk}/")
    assert sent.status_code == 200 and sent.headers["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    archive = zipfile.ZipFile(io.BytesIO(b"".join(sent.streaming_content)))
    assert "paper/my-data-1.pdf" in archive.namelist()
    assert "Fetched " in officer.get(reverse("office_case", args=[case])).content.decode()
    assert b"Wilhelmina" not in archive.read("my-data.json") and b"Came with her" in archive.read("my-data.json")
    assert AccessPack.objects.get(pk=pack.pk).delivered_at is not None
    further = {"do": "begin", "pages": "10", "postage": "1.50"}
    asks = officer.post(start, further)
    assert asks.status_code == 200 and "£2.00: 10 pages" in asks.content.decode()
    assert AccessPack.objects.filter(case_id=case).count() == 1, "the letter that asks for a fee is seen first"
    taken = officer.post(f"{start}print/")
    assert taken.status_code == 200 and b"".join(taken.streaming_content)[:2] == b"PK"
    services.end_packs(at=timezone.now() + timedelta(days=31))
    assert AccessPack.objects.get(pk=pack.pk).state == PackState.OVER
    assert client.post(f"/my-data/copies/{pack.pk}/").status_code == 404


def test_what_was_found_to_do_harm_waits_and_the_rest_of_its_page_goes(officer: Client) -> None:
    _, case = asked()
    clinician = make_officer("prescriber", at=timezone.now())
    start = f"/office/cases/{case}/copy/"
    officer.post(start, {"do": "begin"})
    entries = f"{start}entries/"
    page = officer.get(entries).content.decode()
    (note,) = answer_of(officer.post(entries, {"q": "mood"}).content.decode())
    assert clinician.id is not None
    officer.post(start, {"do": "ask", "whom": clinician.id.hex, "question": "May it go?"})
    opinion, item = HarmOpinion.objects.get(case_id=case).pk, UUID(note[1:]).hex
    services.give_opinion(
        opinion, findings={item: "harm"}, words="She must not hear it so", by=clinician, at=timezone.now()
    )
    explicit = officer.post(entries, {**read_in(page), note: "goes"}).content.decode()
    assert "could do serious harm" in explicit and "Withhold it" in explicit
    sent = officer.post(entries, {**read_in(page), **dict.fromkeys(answer_of(page), ""), "rest": "goes"})
    assert sent.status_code == 302
    left = set(answer_of(officer.get(f"{entries}?only=open").content.decode()))
    assert left == {note}


def test_what_a_search_found_is_decided_and_nothing_else_is_passed_over(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry_views, "PAGE", 1)
    _, case = asked()
    start = f"/office/cases/{case}/copy/"
    officer.post(start, {"do": "begin"})
    entries = f"{start}entries/"
    found = officer.post(f"{entries}?from=1", {"q": "wilhelmina"}).content.decode()
    assert '<input type="hidden" name="words" value="wilhelmina">' in found
    (note,) = answer_of(found)
    read = read_in(found)
    wrong = officer.post(f"{entries}?from=1", {**read, note: "serious_harm", "words": "wilhelmina"})
    body = wrong.content.decode()
    assert wrong.status_code == 422 and 'name="words" value="wilhelmina"' in body and set(answer_of(body)) == {note}
    decided = officer.post(f"{entries}?from=1", {**read, note: "goes", "words": "wilhelmina"})
    assert decided.status_code == 302 and decided.headers["Location"] == f"{entries}?only=&from=1"


def test_a_filter_that_is_none_shows_every_entry_and_stands_nowhere(officer: Client) -> None:
    _, case = asked()
    start = f"/office/cases/{case}/copy/"
    officer.post(start, {"do": "begin"})
    page = officer.get(f"{start}entries/?only=zq-nothing").content.decode()
    assert "Wilhelmina" in page and "zq-nothing" not in page


def test_others_stay_out_of_it(clinic: Home) -> None:
    _, case = asked()
    make_officer("patient_support", at=timezone.now())
    for email in ("patient_support@clinic.example", "maureen@oddie.example"):
        client = signed_in(email)
        for path in ("", "entries/", f"entries/{case}/"):
            assert client.get(f"/office/cases/{case}/copy/{path}").status_code == 403
        assert client.post(f"/office/cases/{case}/copy/print/").status_code == 403
    assert not AccessPack.objects.exists()
