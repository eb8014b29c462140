"""What is removed from within a file is in no layer of what is made of it, and what was not removed can still be read."""

import io
import subprocess
from typing import Any
from uuid import UUID

import pytest
import typst
from django.apps import apps
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from troth.gate.contexts import processing
from troth.notice.purposes import Action, Purpose
from troth.rights import services
from troth.rights.models import PackState
from troth.rights.rules.packing import MOST_BOXES, Decided, Stands, check_can_blacken
from troth.rights.selectors import blackening, packs
from troth.rights.selectors.blackening import Unreadable
from troth.rights.services import PackRefused, building
from troth.rights.tests.factories import LATER, write
from troth.rights.tests.test_packs import SOON, Desk
from troth.vault import files
from troth.vault.files import StoredFile

#: Two pages: the name of somebody else in the words, the title, a link and after the end, where an earlier revision lies.
SOURCE = b"""#set page(width: 200pt, height: 300pt)
#set document(title: "Sentinel-Title", author: "Sentinel-Author")
#place(top, dy: 60pt)[Sentinel-Mina told us]
#place(top, dy: 200pt)[#link("https://sentinel.example")[Ann is well]]
#pagebreak()
Second page
"""
HIDDEN = (b"entinel",)
TOP = {1: ((0, 200, 1000, 200),)}


def a_pdf() -> bytes:
    made: bytes = typst.compile(SOURCE)
    return made + b"% Sentinel-Earlier\n%%EOF\n"


def a_picture(kind: str) -> bytes:
    picture, into = Image.new("RGB", (400, 300), "white"), io.BytesIO()
    picture.paste("red", (0, 0, 200, 300))
    if kind == "JPEG":
        exif = Image.Exif()
        exif[0x010E], exif[0x0112] = "Sentinel-Caption", 3  # and it lies upside down
        picture.save(into, kind, exif=exif, comment=b"Sentinel-Comment")
    else:
        words = PngInfo()
        words.add_text("Comment", "Sentinel-Comment")
        picture.save(into, kind, pnginfo=words)
    return into.getvalue()


def stored(content: bytes, media_type: str = "application/pdf") -> StoredFile:
    return files.store([content], name="letter", media_type=media_type)


def test_a_pdf_becomes_its_pixels_and_nothing_else_goes_over() -> None:
    original = stored(a_pdf())
    assert blackening.sheets_of(original).pages == 2
    assert all(any(hidden in content for hidden in HIDDEN) for content in (a_pdf(),))
    made, media_type = blackening.blacken(original, TOP)
    assert media_type == "application/pdf" and made.startswith(b"%PDF-")
    assert not any(hidden in made for hidden in HIDDEN)
    assert blackening.find_left(made, TOP) == []
    assert blackening.sheets_of(stored(made)).pages == 2
    left = blackening.find_left(a_pdf(), TOP)
    assert any("text on page 1" in each for each in left) and any("not black" in each for each in left)
    assert any("revision" in each for each in left) and any("metadata" in each for each in left)
    with Image.open(io.BytesIO(blackening.draw_page(stored(made), 1, {}))) as drawn:
        below = drawn.convert("L").crop((0, drawn.height // 2, drawn.width, drawn.height))
        assert below.getextrema()[0] < 100 and below.getextrema()[1] == 255  # the rest can still be read


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_a_picture_keeps_its_pixels_alone(kind: str, media_type: str) -> None:
    content, half = a_picture(kind), {1: ((0, 0, 500, 1000),)}
    assert HIDDEN[0] in content
    made, made_as = blackening.blacken(stored(content, media_type), half)
    assert made_as == media_type and HIDDEN[0] not in made and blackening.find_left(made, half) == []
    assert blackening.find_left(content, half)
    with Image.open(io.BytesIO(made)) as drawn:
        shown = drawn.convert("RGB").getpixel((350, 150))
        assert isinstance(shown, tuple) and max(shown[1:]) < 60 if kind == "JPEG" else shown == (255, 255, 255)


@pytest.mark.parametrize("content", [b"%PDF-1.7 broken", b"GIF89a", b"no file of any kind", b""])
def test_what_cannot_be_read_is_said_and_breaks_nothing(content: bytes) -> None:
    with pytest.raises(Unreadable, match="Remove it whole"):
        blackening.sheets_of(stored(content))


@pytest.mark.parametrize("answer", [b"", b"boo", b"[1]", b"{}", b'{"pages": "many", "media_type": 1, "left": 3}'])
def test_a_reader_that_was_broken_may_answer_anything(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = subprocess.CompletedProcess[bytes]([], 0, answer + b"\nrest")
    monkeypatch.setattr(blackening.subprocess, "run", lambda *a, **named: broken)
    whatever = stored(a_picture("PNG"))
    with pytest.raises(Unreadable):
        blackening.sheets_of(whatever)
    with pytest.raises(Unreadable):
        blackening.find_left(b"", TOP)
    if b"media_type" not in answer:
        with pytest.raises(Unreadable):
            blackening.blacken(whatever, TOP)


@pytest.mark.parametrize(
    "box", [(-1, 0, 10, 10), (0, 0, 0, 10), (0, 0, 10, 0), (995, 0, 10, 10), (0, 995, 10, 10)], ids=str
)
def test_a_rectangle_lies_on_its_page(box: tuple[int, int, int, int]) -> None:
    assert check_can_blacken({1: (box,)}) and check_can_blacken({0: ((0, 0, 9, 9),)})
    assert not check_can_blacken({1: ((0, 0, 1000, 1000),)})
    assert "remove it whole" in check_can_blacken({1: ((0, 0, 9, 9),) * (MOST_BOXES + 1)})


def with_letter(content: bytes, media_type: str = "application/pdf") -> tuple[Desk, str]:
    """A request for a copy of a record with one file, everything decided, and the entry of the file."""
    desk = Desk()
    document = apps.get_model("records", "DocumentReference")
    row = document(subject_id=desk.ann.id, title="Letter", file=stored(content, media_type), source="person")
    write(row, by=desk.ann, at=LATER)
    desk.begin()
    desk.opine()
    desk.decide_the_rest()
    return desk, row.pk.hex


@pytest.mark.usefixtures("notice_in_force")
def test_the_file_made_anew_goes_into_the_copy_and_its_own_never(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, letter = with_letter(a_pdf())
    services.decide_entries(desk.pack, {letter: Decided(boxes={"file": TOP})}, by=desk.officer, at=SOON)
    (entry,) = [each for each in desk.entries() if each.thing.id == letter]
    assert entry.stands is Stands.CUT and entry.decided and entry.decided.boxes == {"file": TOP}
    with processing(Purpose.RIGHTS, Action.READ, by=desk.officer, at=SOON) as opened:
        alone = packs.review(packs.get_pack(desk.pack, opened), opened, only=UUID(letter))
        assert [each.thing.id for each in alone] == [letter]  # one file is looked at without opening all the rest
    anew: list[StoredFile] = []
    store = files.store
    monkeypatch.setattr(building.files, "store", lambda *a, **named: anew.append(store(*a, **named)) or anew[-1])
    desk.build()
    assert desk.known().faults == () and desk.known().state is PackState.READY
    archive = desk.archive()
    (name,) = [each for each in archive.namelist() if each.startswith("files/")]
    for each in archive.namelist():
        content = archive.read(each)
        assert b"Sentinel-" not in content and "Sentinel-".encode("utf-16-be") not in content, each
    assert blackening.find_left(archive.read(name), TOP) == []
    assert b"Parts of it are black or taken out" in archive.read(
        "my-data.json"
    ) and b"Parts of it are black or taken out" in archive.read("my-data.html")
    (made,) = [each for each in anew if each.name == "letter"]
    assert not files.path_of(made.place).exists()  # it was for the copy alone, which has it
    services.release_pack(desk.pack, by=desk.officer, at=SOON)


@pytest.mark.usefixtures("notice_in_force")
@pytest.mark.parametrize("where", [TOP, {7: ((0, 0, 9, 9),)}], ids=["not removed", "no such page"])
def test_a_copy_in_which_something_was_not_removed_is_not_released(
    where: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, letter = with_letter(a_pdf())
    services.decide_entries(desk.pack, {letter: Decided(boxes={"file": where})}, by=desk.officer, at=SOON)
    if where is TOP:
        monkeypatch.setattr(building.blackening, "blacken", lambda stored, boxes: (a_pdf(), "application/pdf"))
    desk.build()
    assert any("there is still" in fault for fault in desk.known().faults)
    with pytest.raises(PackRefused):
        services.release_pack(desk.pack, by=desk.officer, at=SOON)


@pytest.mark.usefixtures("notice_in_force")
def test_a_file_that_cannot_be_read_sends_the_copy_back(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, letter = with_letter(b"%PDF-1.7 broken")
    services.decide_entries(desk.pack, {letter: Decided(boxes={"file": TOP})}, by=desk.officer, at=SOON)
    desk.build()
    assert desk.known().state is PackState.REVIEW and "Remove it whole" in desk.known().faults[0]
    with pytest.raises(PackRefused, match="Only a PDF or a picture"):
        services.decide_entries(desk.pack, {letter: Decided(boxes={"nofile": TOP})}, by=desk.officer, at=SOON)


@pytest.mark.usefixtures("notice_in_force")
def test_words_that_go_everywhere_go_from_a_text_file() -> None:
    desk, _ = with_letter("Señora Sentinel-Mina\nrang about Ann".encode("cp1252"), "text/plain")
    services.remove_everywhere(desk.pack, ["sentinel-mina rang"], by=desk.officer, at=SOON)
    desk.build()
    assert desk.known().faults == ()
    archive = desk.archive()
    (name,) = [each for each in archive.namelist() if each.startswith("files/")]
    assert archive.read(name).decode() == "Señora [removed: about somebody else] about Ann"


@pytest.mark.usefixtures("notice_in_force")
def test_words_that_go_everywhere_are_looked_for_in_a_pdf() -> None:
    desk, letter = with_letter(a_pdf())
    services.remove_everywhere(desk.pack, ["Sentinel-Mina"], by=desk.officer, at=SOON)
    desk.build()
    (fault,) = desk.known().faults
    assert "on page 1 of letter" in fault
    services.decide_entries(desk.pack, {letter: Decided(boxes={"file": TOP})}, by=desk.officer, at=SOON)
    desk.build()
    assert desk.known().faults == ()
