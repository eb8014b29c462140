"""The gallery and the sample pages, as they are written out; and in a browser where there is one."""

import functools
import http.server
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from troth.design import gallery

AXE = Path(__file__).resolve().parents[3] / "tests" / "vendor" / "axe.min.js"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'"
)
PAGES = ["index", *(name for name, _, _, _ in gallery.pages())]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("gallery")
    gallery.write(out)
    return out


class Reader(HTMLParser):
    """Gathers what the tests ask of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.points: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.files: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.append((name, value or ""))
            if name == "id":
                self.names.append(value or "")
            if name in {"aria-labelledby", "aria-describedby", "for"}:
                self.points += (value or "").split()
            if name in {"src", "href"} and (value or "").startswith("/static/"):
                self.files.append(value or "")


def read(path: Path) -> Reader:
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader


@pytest.mark.parametrize("name", PAGES)
def test_page_is_whole(folder: Path, name: str) -> None:
    page = read(folder / f"{name}.html")
    assert page.tags.count("h1") == 1
    assert page.tags.count("main") == 1
    assert [one for one in page.names if page.names.count(one) > 1] == []
    assert [point for point in page.points if point not in page.names] == []
    assert [attribute for attribute, _ in page.attributes if attribute == "style" or attribute.startswith("on")] == []
    assert "style" not in page.tags
    assert [file for file in page.files if not (folder / file.lstrip("/")).is_file()] == []
    assert ("href", "#content") in page.attributes  # the skip link


def test_desk_says_the_purpose_and_never_puts_a_name_in_the_title(folder: Path) -> None:
    text = (folder / "desk-card.html").read_text(encoding="utf-8")
    assert "You’re working for <strong>care</strong>, because <strong>Rosalind Okafor is booked" in text
    assert "Rosalind" not in re.search(r"<title>(.*?)</title>", text, re.DOTALL).group(1)
    assert 'method="post" action="#" role="search"' in text  # a search never stands in an address


def test_single_key_shortcut_can_be_turned_off(folder: Path) -> None:
    assert "data-keys" in (folder / "desk-card.html").read_text(encoding="utf-8")
    assert "data-keys" not in (folder / "refused-staff.html").read_text(encoding="utf-8")


def test_htmx_keeps_no_history_and_evaluates_nothing(folder: Path) -> None:
    text = (folder / "index.html").read_text(encoding="utf-8")
    for setting in ('"historyCacheSize":0', '"includeIndicatorStyles":false', '"allowEval":false'):
        assert setting in text


def test_gallery_is_written_by_its_command(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "troth.design.gallery"]
    done = subprocess.run([*command, str(tmp_path / "out")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "index.html").is_file()
    assert (tmp_path / "out" / "static" / "design" / "troth.css").is_file()
    lost = subprocess.run(command, capture_output=True, text=True, check=False)
    assert lost.returncode == 1
    assert "Say where to" in lost.stderr


def test_a_telephones_menu_holds_every_word_of_the_band_and_who_is_signed_in() -> None:
    sample = next(context["page"] for name, _, _, context in gallery.pages() if name == "office")
    page = replace(sample, sign_out="/sign-out/")
    markup = render_to_string("design/parts/staff_band.html", {"page": page})
    band, _, menu = markup.partition('<div class="who-menu">')
    for item in page.nav:
        assert item.words in band and item.words in menu
    assert page.person in menu and "Sign out" in menu


def test_theme_is_the_readers_choice(tmp_path: Path) -> None:
    gallery.write(tmp_path, theme="dark")
    assert 'data-theme="dark"' in (tmp_path / "my-data.html").read_text(encoding="utf-8")


def test_email_reads_as_text_too_and_tracks_nothing() -> None:
    values = gallery.email()
    text = render_to_string("design/email/base.txt", values)
    markup = render_to_string("design/email/base.html", values)
    for said in (
        "See you on Tuesday",
        "When: Tuesday 24 November 2026, 2:30pm",
        "Why you got this",
        "Choose how we remind you: https://teasel.example/choices",
    ):
        assert said in text
    assert "<" not in text
    assert "prefers-color-scheme: dark" in markup and "max-width: 480px" in markup
    assert markup.count("<img") == 1
    assert "http" not in re.search(r"<img[^>]+>", markup).group(0)
    assert "<img" not in render_to_string("design/email/base.html", values | {"wave": ""})


def test_email_escapes_hostile_text() -> None:
    evil = "<script>alert(1)</script>"
    markup = render_to_string(
        "design/email/base.html",
        gallery.email() | {"heading": evil, "greeting": evil, "paragraphs": [evil], "imprint": evil},
    )
    assert "<script" not in markup


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the folder under the product's own content policy."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.story
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_in_a_browser_satisfy_axe_policy_and_width(address: str, scheme: str) -> None:
    from playwright.sync_api import ConsoleMessage, sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    faults: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(message.text)

    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for width in (320, 1280):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
            page.on("console", heard)
            for name in PAGES:
                page.goto(f"{address}{name}.html")
                wide = page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    faults.append(f"{name} is {wide} wide at {width}")
                page.evaluate(AXE.read_text(encoding="utf-8"))
                found = page.evaluate(
                    "axe.run().then(result => result.violations.map(one => one.id + ' ' + one.nodes[0].target))"
                )
                faults += [f"{name} at {width}: {fault}" for fault in found]
            page.close()
        browser.close()
    assert faults == []
