"""The notice's pages, its file, what changed between two versions, the cookie page, and how pages look."""

from pathlib import Path

import pytest
from django.test import Client

import troth.notice
from troth.gate import actors
from troth.notice import selectors as notices
from troth.notice import services
from troth.notice.files import read_notice
from troth.notice.schema.words import Exemption
from troth.people import services as people
from troth.people.rules import step_of
from troth.people.tests.factories import LATER, PASSWORD, make_patient, make_staff

PACKS = sorted((Path(str(troth.notice.__path__[0])) / "packs").glob("*.yaml"))
PACK = next(pack for pack in PACKS if pack.stem == "online-prescribing")
#: What this software keeps on a device, by hand: the test below finds it again in what responses really set.
NEEDED = {"troth_session", "troth_form", "troth_wanted", "troth_link", "troth_second", "troth_device"}
CHOSEN = {"troth_look"}


@pytest.fixture
def second_version(notice_in_force: None) -> None:
    services.publish(
        PACK.read_text().replace("title: Feedback and surveys", "title: Surveys and praise"), by="tests", at=LATER
    )


def test_the_first_layer_comes_before_everything_and_leads_on(notice_in_force: None, client: Client) -> None:
    page = client.get("/notice/").content.decode()
    assert page.index('id="short"') < page.index('id="who"') < page.index('id="purposes"')
    for part in ("held", "purposes", "recipients", "retention", "rights", "versions"):
        assert f'href="#{part}"' in page and f'id="{part}"' in page
    assert "You were given" not in page


def test_every_version_stands_with_its_dates_and_hash_and_two_can_be_compared(
    second_version: None, client: Client
) -> None:
    page = client.get("/notice/versions/").content.decode()
    for version in notices.list_versions():
        assert f"/notice/{version.number}/" in page and version.hash[:16] in page
    changed = client.get("/notice/changes/", {"before": 1, "after": 2})
    assert changed.status_code == 200 and "From version 1 to version 2" in changed.content.decode()
    assert "The part &#x27;purposes&#x27; is worded anew." in changed.content.decode()
    assert client.get("/notice/changes/", {"before": 2, "after": 2}).status_code == 422
    assert client.get("/notice/changes/", {"before": 1, "after": 9}).status_code == 422
    assert client.get("/notice/changes/").status_code == 200


def test_the_file_is_what_was_published_to_the_letter(notice_in_force: None, client: Client) -> None:
    answer = client.get("/notice/1/file/")
    assert answer.content.decode() == notices.get_version(1).text
    assert answer["Content-Disposition"] == 'attachment; filename="notice-1.yaml"'
    assert client.get("/notice/7/file/").status_code == 404


def signed_in(email: str) -> tuple[Client, object]:
    subject = make_patient(email=email, password=PASSWORD)
    client = Client()
    client.cookies["troth_session"] = people.sign_in(
        subject, by=actors.person(subject, at=LATER), at=LATER, device="tests"
    )
    return client, subject


def test_someone_signed_in_sees_which_version_they_were_given(notice_in_force: None) -> None:
    client, _ = signed_in("maureen@oddie.example")
    page = client.get("/notice/").content.decode()
    assert "You were given version 1 on" in page


def test_the_cookie_page_lists_what_responses_set_and_nothing_else(notice_in_force: None) -> None:
    make_patient(email="maureen@oddie.example", password=PASSWORD)
    member = make_staff(email="staff@clinic.example")
    people.add_app(
        member, by=actors.person(member, at=LATER), at=LATER, secret="JBSWY3DPEHPK3PXP", step=step_of(LATER)
    )
    client, found = Client(), set()
    for method, path, data in (
        ("get", "/", {}),
        ("get", "/cookies/", {}),
        ("get", "/my-data/", {}),  # sends a stranger to sign in, and remembers where they wanted to go
        ("get", "/link/whatever/", {}),
        ("get", "/sign-in/", {}),
        ("post", "/sign-in/", {"email": "maureen@oddie.example", "password": PASSWORD}),
        ("get", "/my-data/", {}),
        ("post", "/look/", {"theme": "dark", "keys": "off"}),
        ("get", "/security/", {}),
        ("post", "/sign-out/", {}),
        ("post", "/sign-in/", {"email": "staff@clinic.example", "password": PASSWORD}),  # a code is due
    ):
        answer = getattr(client, method)(path, data)
        assert answer.status_code in (200, 302), path
        found |= set(answer.cookies)
    assert found == NEEDED | CHOSEN
    page = client.get("/cookies/").content.decode()
    assert all(f">{name}<" in page for name in found)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.stem)
def test_every_pack_declares_the_cookies_that_are_set_and_no_other(pack: Path) -> None:
    notice = read_notice(pack).notice
    assert notice is not None and notice.cookies is not None
    by_exemption: dict[Exemption | None, set[str]] = {}
    for each in notice.cookies.stored:
        by_exemption.setdefault(each.exempt, set()).add(each.name)
    assert by_exemption == {Exemption.STRICTLY_NECESSARY: NEEDED, Exemption.APPEARANCE: CHOSEN}


@pytest.mark.parametrize(
    ("theme", "keys", "cookie", "drawn"),
    [("dark", "on", "dark", "dark"), ("light", "off", "light.no-keys", "light"), ("auto", "off", "no-keys", "auto")],
)
def test_how_pages_look_is_kept_on_the_device(
    notice_in_force: None, client: Client, theme: str, keys: str, cookie: str, drawn: str
) -> None:
    answer = client.post("/look/", {"theme": theme, "keys": keys})
    assert answer.cookies["troth_look"].value == cookie and answer.cookies["troth_look"]["httponly"] is True
    assert f'data-theme="{drawn}"' in client.get("/").content.decode()


def test_following_the_device_takes_the_cookie_away(notice_in_force: None, client: Client) -> None:
    client.post("/look/", {"theme": "dark", "keys": "on"})
    answer = client.post("/look/", {"theme": "auto", "keys": "on"})
    assert answer.cookies["troth_look"].value == "" and 'data-theme="auto"' in client.get("/").content.decode()
    assert client.post("/look/", {"theme": "purple"}).status_code == 422


def test_a_planted_cookie_chooses_nothing(notice_in_force: None, client: Client) -> None:
    client.cookies["troth_look"] = '"><script>.neon'
    page = client.get("/").content.decode()
    assert 'data-theme="auto"' in page and "<script>.neon" not in page
