"""One clinic of invented people for the session, served to this machine; a browser; and windows in it."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, StorageState, sync_playwright

from tests.run_all import find_chromium
from tests.stories.visitors import Visitor

ROOT = Path(__file__).resolve().parent.parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FOLDERS = {"TROTH_HOME": "var", "TROTH_KEYS": "var-keys", "TROTH_BACKUPS": "var-backups"}
NewVisitor = Callable[..., Visitor]
FIRST = "online-prescribing"  # the clinic of most stories


def _environment(place: Path) -> dict[str, str]:
    """Of a `troth` that has its own folders, and none of the settings of whoever runs the tests."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TROTH_", "DJANGO_", "PYTEST_"))
    }
    return {**kept, "PYTHONPATH": str(ROOT), **{name: str(place / folder) for name, folder in FOLDERS.items()}}


def _troth(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "troth.cli.main", *arguments]


@contextmanager
def serving(place: Path, *more: str, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """`troth demo` on a free port over the home that lies in `place`, with `more` to its command; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with (
        (place / "served.log").open("wb") as log,
        subprocess.Popen(
            _troth("demo", "--port", str(port), *more),
            env={**_environment(place), **(settings or {})},
            cwd=ROOT,
            stdout=log,
            stderr=log,
        ) as server,
    ):
        try:
            _wait_for(address, server, place / "served.log")
            yield address
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        try:
            # A connection that reached the port before anybody served it may never be answered: ask again.
            with urlopen(f"{address}/", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"The demonstration did not answer:\n{log.read_text()}")


HomeOf = Callable[[str], Path]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    The stories of one file share a browser and what they have made, so they stay in one process. The walks, which take longest, go
    first, each by itself.
    """
    here = Path(__file__).parent
    stories = [item for item in items if here in item.path.parents]
    for item in stories:
        alone = "served" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group(item.name if alone else item.path.stem))
    if len(stories) == len(items):
        items.sort(key=lambda item: "served" not in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all who run stories here share, in whichever process."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def home_of(everybody: Path) -> HomeOf:
    """The folders of a pack's clinic with eight people, made once for everybody. Nobody serves them: stories serve copies."""

    def made(pack: str) -> Path:
        place = everybody / f"home-of-{pack}"
        with (everybody / f"{pack}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (place / "whole").exists():
                shutil.rmtree(place, ignore_errors=True)
                place.mkdir()
                _make(place, pack)
                (place / "whole").touch()
        return place

    return made


def _copy_of(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("copy") / "clinic"
    shutil.copytree(home, place)
    return place


def _make(place: Path, pack: str) -> None:
    made = subprocess.run(
        _troth("demo", "--no-serve", "--people", "8", "--pack", pack),
        env=_environment(place),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr


@pytest.fixture(scope="session")
def demo_home(home_of: HomeOf) -> Path:
    """The folders of the clinic of most stories."""
    return home_of(FIRST)


@pytest.fixture(scope="session")
def clinic(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The clinic that stories share: they look, and add to it, and take nothing out."""
    with serving(_copy_of(demo_home, tmp_path_factory)) as address:
        yield address


@pytest.fixture(scope="session")
def wellness(home_of: HomeOf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A wellness clinic with eight patients, which its stories share."""
    with serving(_copy_of(home_of("wellness-clinic"), tmp_path_factory), "--pack", "wellness-clinic") as address:
        yield address


@pytest.fixture(scope="session")
def agency(home_of: HomeOf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A medico-legal agency with eight cases, which its stories share."""
    with serving(_copy_of(home_of("medico-legal"), tmp_path_factory), "--pack", "medico-legal") as address:
        yield address


@pytest.fixture
def private_clinic(demo_home: Path, tmp_path: Path) -> Iterator[str]:
    """A clinic for one story alone, which may empty it."""
    shutil.copytree(demo_home, tmp_path / "clinic")
    with serving(tmp_path / "clinic") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium; not for the session, since Playwright's loop would forbid other tests their database."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("No Chromium was found: install it, or name it in CHROMIUM.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def sessions() -> dict[tuple[str, str], StorageState]:
    """The cookies of those who signed in already, by clinic and address: a password is made to be slow to check."""
    return {}


@pytest.fixture
def new_visitor(browser: Browser, sessions: dict[tuple[str, str], StorageState]) -> Iterator[NewVisitor]:
    """Opens windows that share nothing; each is closed with the story, and must have seen nothing amiss."""
    open_now: list[Visitor] = []

    def opened(clinic: str, *, signed_in_as: str = "", scripts: bool = True) -> Visitor:
        known = sessions.get((clinic, signed_in_as)) if scripts else None
        context = browser.new_context(
            viewport={"width": 1280, "height": 900}, java_script_enabled=scripts, locale="en-GB", storage_state=known
        )
        context.set_default_timeout(20_000)
        visitor = Visitor(context, context.new_page(), clinic)
        visitor.watch()
        open_now.append(visitor)
        if known:
            visitor.go("/my-data/" if signed_in_as.endswith("@post.example") else "/desk/")
        elif signed_in_as:
            visitor.sign_in(signed_in_as)
            sessions[(clinic, signed_in_as)] = context.storage_state()
        return visitor

    yield opened
    for visitor in open_now:
        visitor.close()
