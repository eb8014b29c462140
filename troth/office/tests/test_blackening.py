"""Blackening parts of a file: signed out, not allowed, works; and a page that was left open takes nothing else away."""

import io
import re
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from troth.law.rights import Right
from troth.office.tests.conftest import register, signed_in
from troth.rights import services
from troth.rights.models import PackDecision
from troth.rights.tests.factories import make_officer, write
from troth.rights.tests.test_blackening import a_pdf, stored

BOX = {"do": "add", "left": "10", "top": "20.5", "width": "30", "height": "5", "note": "It names her sister"}


def letter_of(content: bytes, media_type: str = "application/pdf") -> tuple[UUID, UUID]:
    """The request for a copy of somebody with one file, and the entry of the file."""
    person, at = register(), timezone.now()
    assert person.id is not None
    document = apps.get_model("records", "DocumentReference")
    row = document(
        subject_id=person.id, title="Letter", file=stored(content, media_type), source="person", release="released"
    )
    write(row, by=person, at=at)
    return services.open_case(person.id, Right.ACCESS, by=person, at=at), row.pk


def test_a_part_of_a_page_is_blackened_looked_at_and_taken_back(officer: Client) -> None:
    case, item = letter_of(a_pdf())
    path, picture = (
        reverse("office_pack_file", args=[case, item, "file"]),
        reverse("office_pack_page", args=[case, item, "file", 1]),
    )
    officer.post(reverse("office_pack", args=[case]), {"do": "begin"})
    assert path in officer.get(reverse("office_pack_entry", args=[case, item])).content.decode()
    page = officer.get(path)
    assert page.status_code == 200 and "page 1" in page.content.decode() and "?page=2" in page.content.decode()

    wrong = officer.post(path, {**BOX, "left": "90", "note": ""})
    assert wrong.status_code == 422 and "beyond the right edge" in wrong.content.decode()
    assert "how you weighed it" in wrong.content.decode() and 'value="20.5"' in wrong.content.decode()
    assert not PackDecision.objects.exists()

    assert officer.post(f"{path}?page=1", BOX).status_code == 302
    assert officer.post(f"{path}?page=2", {**BOX, "top": "1"}).status_code == 302
    page = officer.get(path).content.decode()
    assert "10 from the left, 20.5 from the top, 30 wide, 5 high" in page and "page 2</a>" in page
    drawn = officer.get(picture)
    assert drawn["Content-Type"] == "image/png" and "no-store" in drawn["Cache-Control"]
    with Image.open(io.BytesIO(drawn.content)) as shown:
        assert shown.convert("L").getpixel((shown.width // 5, int(shown.height * 0.23))) == 0

    gone = {"do": "remove", "box": "10 from the left, 20.5 from the top, 30 wide, 5 high"}
    assert officer.post(path, gone).status_code == 302
    assert officer.post(path, gone).status_code == 200  # a page that was left open: nothing more goes
    page = officer.get(path).content.decode()
    assert "Nothing on this page" in page and "page 2</a>" in page
    # Deciding anew that it goes keeps what is black, and so does the form of words.
    entry = reverse("office_pack_entry", args=[case, item])
    read = re.search(r'name="read" value="([0-9a-f]{24})"', officer.get(entry).content.decode())
    assert read and officer.post(entry, {"read": read[1], "words": "", "note": "Still so"}).status_code == 302
    assert "page 2</a>" in officer.get(path).content.decode()


def test_what_a_colleague_blackens_meanwhile_stands_too(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    case, item = letter_of(a_pdf())
    path = reverse("office_pack_file", args=[case, item, "file"])
    officer.post(reverse("office_pack", args=[case]), {"do": "begin"})
    real, waiting = services.blacken_part, [{**BOX, "top": "50"}]

    def late(*named: Any, **others: Any) -> None:
        """The page has read what is black; before it writes, another page writes."""
        if waiting:
            assert officer.post(path, waiting.pop()).status_code == 302
        real(*named, **others)

    monkeypatch.setattr(services, "blacken_part", late)
    assert officer.post(path, BOX).status_code == 302
    page = officer.get(path).content.decode()
    assert "20.5 from the top" in page and "50 from the top" in page
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert "A file, page 1" in title and "letter" not in title


def test_what_cannot_be_blackened_says_so_and_nobody_else_may(officer: Client) -> None:
    case, item = letter_of(b"%PDF-1.7 broken")
    officer.post(reverse("office_pack", args=[case]), {"do": "begin"})
    path = reverse("office_pack_file", args=[case, item, "file"])
    picture = reverse("office_pack_page", args=[case, item, "file", 1])
    page = officer.get(path)
    assert page.status_code == 422 and "Remove it whole" in page.content.decode()
    assert officer.get(picture).status_code == 404
    assert officer.get(reverse("office_pack_file", args=[case, item, "title"])).status_code == 404
    assert Client().get(path).headers["Location"] == reverse("sign_in")
    make_officer("prescriber", at=timezone.now())
    other = signed_in("prescriber@clinic.example")
    assert other.get(path).status_code == 403 and other.get(picture).status_code == 403


def test_a_file_that_has_no_pages_is_opened_before_it_is_decided(officer: Client) -> None:
    case, item = letter_of(b"Her neighbour rang", "text/plain")
    officer.post(reverse("office_pack", args=[case]), {"do": "begin"})
    path = reverse("office_pack_open", args=[case, item, "file"])
    for name, args in (("office_pack_entries", [case]), ("office_pack_entry", [case, item])):
        assert path in officer.get(reverse(name, args=args)).content.decode(), name
    sent = officer.get(path)
    assert b"".join(sent.streaming_content) == b"Her neighbour rang"  # type: ignore[attr-defined]
    assert "attachment" in sent["Content-Disposition"] and "no-store" in sent["Cache-Control"]
    assert officer.get(reverse("office_pack_file", args=[case, item, "file"])).status_code == 404
    assert officer.get(reverse("office_pack_open", args=[case, item, "title"])).status_code == 404
    make_officer("prescriber", email="prescriber@clinic.example")
    assert signed_in("prescriber@clinic.example").get(path).status_code == 403
