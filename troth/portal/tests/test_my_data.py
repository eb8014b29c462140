"""My data, the copy, the history and the erasure, through the front door: as its owner, as another, signed out, twice."""

import io
import json
import re
import zipfile
from datetime import date

import pytest
from django.test import Client

from conftest import publish_pack
from tests.stores import Home
from troth.gate import actors
from troth.ledger.models import LedgerEvent
from troth.people import services
from troth.portal import own_data
from troth.rights.models import RightsCase

PASSWORD = "heron-lantern-oatcake"
PAGES = ("/my-data/", "/my-data/kind/contact/", "/my-data/history/", "/my-data/erase/")


@pytest.fixture
def clinic(committed_db: Home) -> Home:
    publish_pack()
    return committed_db


def register(given: str, email: str):
    from django.utils import timezone

    return services.register_patient(
        by=actors.NOBODY,
        at=timezone.now(),
        given_name=given,
        family_name="Oddie",
        born_on=date(1971, 3, 9),
        email=email,
        telephone="07700 900 214",
        address="3 Tannery Row, Hexham",
        postcode="NE46 1AA",
        password=PASSWORD,
    )


def signed_in(email: str) -> Client:
    client = Client()
    assert client.post("/sign-in/", {"email": email, "password": PASSWORD}).status_code == 302
    return client


def agree(client: Client, account: str = "keep", password: str = PASSWORD) -> dict[str, str]:
    page = client.get("/my-data/erase/").content.decode()
    found = re.search(r'name="plan" value="([0-9a-f]{64})"', page)
    assert found
    return {"account": account, "password": password, "plan": found[1]}


def test_a_stranger_is_sent_to_sign_in_and_shown_nothing(clinic: Home) -> None:
    for path in (*PAGES, "/my-data/copy/"):
        answer = Client().get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/")


def test_the_owner_sees_their_own_and_nobody_elses(clinic: Home) -> None:
    register("Maureen", "maureen@oddie.example")
    register("<b>Gwil</b>", "gwil@oddie.example")
    client = signed_in("gwil@oddie.example")
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "maureen" not in answer.content.decode().lower()
        assert answer.headers["Cache-Control"] == "no-store"
    page = client.get("/my-data/").content.decode()
    assert "&lt;b&gt;Gwil&lt;/b&gt;" in page and "<b>Gwil" not in page
    assert "gwil@oddie.example" in page and "argon2" not in page
    assert client.get("/my-data/kind/nonsense/").status_code == 404


def test_the_copy_is_only_posted_for_and_its_event_comes_first(clinic: Home) -> None:
    subject = register("Maureen", "maureen@oddie.example")
    client = signed_in("maureen@oddie.example")
    assert client.get("/my-data/copy/").status_code == 405
    answer = client.post("/my-data/copy/")
    assert LedgerEvent.objects.filter(event="rights:copy_taken", subject=subject.hex).exists()
    assert LedgerEvent.objects.filter(event="gate:opened", subject=subject.hex, action="export").exists()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert "maureen@oddie.example" in archive.read("my-data.json").decode()


def test_what_was_erased_is_certified_and_another_cannot_see_the_certificate(clinic: Home) -> None:
    register("Maureen", "maureen@oddie.example")
    register("Gwil", "gwil@oddie.example")
    client, other = signed_in("maureen@oddie.example"), signed_in("gwil@oddie.example")
    answer = client.post("/my-data/erase/", agree(client))
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200 and "people.contact" in page.content.decode()
    file = json.loads(client.get(answer.headers["Location"] + "file/").content)
    assert "people.contact" in file["keys"] and file["gone_from_backups_by"] > file["gone_from_live_at"]
    (case,) = RightsCase.objects.filter(right="erasure").values_list("pk", flat=True)
    assert answer.headers["Location"] in client.get(f"/my-data/asked/{case}/").content.decode(), (
        "the request leads to it"
    )
    for path in (answer.headers["Location"], answer.headers["Location"] + "file/"):
        assert other.get(path).status_code == 404
    assert "3 Tannery Row" not in client.get("/my-data/").content.decode()
    assert "3 Tannery Row" in other.get("/my-data/").content.decode()


def test_the_file_of_the_request_stands_beforehand_among_what_stays_with_the_day_that_it_has_afterwards(
    clinic: Home,
) -> None:
    register("Maureen", "maureen@oddie.example")
    client = signed_in("maureen@oddie.example")

    def day_in(page: str) -> str:
        found = re.search(r"Your requests and complaints.*?(Stays until \d+ \w+ \d{4})", page, re.DOTALL)
        assert found, page
        return found[1]

    before = day_in(client.get("/my-data/erase/").content.decode())
    answer = client.post("/my-data/erase/", agree(client))
    assert day_in(client.get(answer.headers["Location"]).content.decode()) == before


def test_closing_the_account_ends_every_session_and_shows_the_certificate_once(clinic: Home) -> None:
    register("Maureen", "maureen@oddie.example")
    client, elsewhere = signed_in("maureen@oddie.example"), signed_in("maureen@oddie.example")
    answer = client.post("/my-data/erase/", agree(client, "close"))
    assert answer.status_code == 200 and "What was erased" in answer.content.decode()
    assert "Sign out" not in answer.content.decode()
    for each in (client, elsewhere):
        assert each.get("/my-data/").status_code == 302
    assert Client().post("/sign-in/", {"email": "maureen@oddie.example", "password": PASSWORD}).status_code == 422


@pytest.mark.parametrize(
    "wrong", [{"password": "another-password"}, {"password": ""}, {"account": ""}, {"plan": "0" * 64}, {"plan": ""}]
)
def test_nothing_goes_without_the_password_the_choice_and_the_plan_that_was_read(
    clinic: Home, wrong: dict[str, str]
) -> None:
    register("Maureen", "maureen@oddie.example")
    client = signed_in("maureen@oddie.example")
    assert client.post("/my-data/erase/", {**agree(client), **wrong}).status_code == 422
    assert "3 Tannery Row" in client.get("/my-data/").content.decode()


def test_a_double_click_gives_one_certificate_for_what_went(clinic: Home) -> None:
    subject = register("Maureen", "maureen@oddie.example")
    client = signed_in("maureen@oddie.example")
    given = agree(client)
    first, second = (client.post("/my-data/erase/", given) for _ in range(2))
    assert first.status_code == 302
    assert second.status_code == 422  # what was read is gone: the second is shown what there is now
    assert LedgerEvent.objects.filter(event="rights:erasure_certified", subject=subject.hex).count() == 1


def test_an_erasure_that_cannot_be_finished_says_why_and_certifies_nothing(
    clinic: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from troth.rights.services import erasure
    from troth.vault import turning

    register("Maureen", "maureen@oddie.example")
    client = signed_in("maureen@oddie.example")
    monkeypatch.setattr(erasure, "_PAUSE", 0)
    monkeypatch.setattr(turning, "forget_traces", lambda: False)
    answer = client.post("/my-data/erase/", agree(client))
    assert answer.status_code == 503 and "another process is reading it" in answer.content.decode()


def test_the_history_names_who_looked_in_words_and_pages(clinic: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from troth.portal.views import history

    register("Maureen", "maureen@oddie.example")
    client = signed_in("maureen@oddie.example")
    for _ in range(4):
        client.get("/my-data/")
    monkeypatch.setattr(history, "PAGE", 3)
    page = client.get("/my-data/history/").content.decode()
    assert "Checked just now, and it holds." in page
    following = re.search(r'href="(/my-data/history/\?before=\d+&amp;from=4)"', page)
    assert following
    again = client.get(following[1].replace("&amp;", "&")).content.decode()
    assert "4 to 6 of" in again
    assert client.get("/my-data/history/?before=x&from=-1").status_code == 200


def test_a_changed_event_is_said_to_the_person(clinic: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from troth.ledger.check_export import CheckFailed
    from troth.rights.selectors import history

    register("Maureen", "maureen@oddie.example")

    def fails(*_: object) -> None:
        raise CheckFailed("changed")

    monkeypatch.setattr(history, "check_export", fails)
    assert (
        "The check of this list failed."
        in signed_in("maureen@oddie.example").get("/my-data/history/").content.decode()
    )


def test_whoever_something_was_passed_to_keeps_their_name() -> None:
    assert (
        own_data.some(["Your own GP practice", "Harbottle Ltd"], 2, "other") == "Your own GP practice; Harbottle Ltd"
    )
    assert own_data.some(["Prescriber", "Pharmacist"], 3, "other role") == "Prescriber, pharmacist"
