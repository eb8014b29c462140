"""
What every test stands on: a deployment of its own in a temporary folder, both databases, no network.

The folders are set here before anything reads Django's settings, which is why `DJANGO_SETTINGS_MODULE` is set here
too and not in pyproject.toml: pytest-django would read the settings before this file.
"""

import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import django
import pytest

ROOT = Path(__file__).resolve().parent


def _point_settings_at_temporary_folders() -> Path:
    """Always, whatever the shell says: a test must never meet a clinic's own data."""
    from django.conf import settings

    if settings.configured:
        raise pytest.UsageError("Django's settings were read before conftest.py; unset DJANGO_SETTINGS_MODULE.")
    temporary = Path(tempfile.mkdtemp(prefix="troth-tests-"))
    for variable, name in (("TROTH_HOME", "var"), ("TROTH_KEYS", "var-keys"), ("TROTH_BACKUPS", "var-backups")):
        (temporary / name).mkdir()
        os.environ[variable] = str(temporary / name)
    os.environ.pop("TROTH_BACKUPS_2", None)
    os.environ["TROTH_EXTRA_APPS"] = "bench.specimens"
    os.environ["DJANGO_SETTINGS_MODULE"] = "troth.config.settings"
    assert settings.DATABASES
    # The workers of pytest-xdist inherit our environment, and would read the settings before their own conftest.
    del os.environ["DJANGO_SETTINGS_MODULE"]
    return temporary


TEMPORARY = _point_settings_at_temporary_folders()

# Rooms' own conftest files import models, and are read before pytest-django would set Django up.
django.setup()

from tests import loopback, stores  # noqa: E402 - the settings come first
from troth.config.passwords import PasswordHasher  # noqa: E402
from troth.people import answers  # noqa: E402
from troth.work import throttle  # noqa: E402

loopback.guard()

# A password's hash takes long and much memory on purpose; tests need no more than that it is one.
for cost, least in (("time_cost", 1), ("memory_cost", 64), ("parallelism", 1)):
    setattr(PasswordHasher, cost, least)


def pytest_collection_finish() -> None:
    """What the whole run keeps is no garbage: looking through its modules and tests again and again took a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_unconfigure() -> None:
    """Take the temporary folder away, once per process."""
    shutil.rmtree(TEMPORARY, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    A test that may use the database may use both stores: nearly every act writes a key beside its row. All that use one are
    marked `stores`: the others say the same whichever database there is.
    """
    for item in items:
        marker, fixtures = item.get_closest_marker("django_db"), set(getattr(item, "fixturenames", ()))
        if marker is not None or "django_db_setup" in fixtures:
            item.add_marker("stores")
        if marker is None and "db" not in fixtures:
            continue
        options = {"databases": "__all__", **(marker.kwargs if marker else {})}
        item.add_marker(pytest.mark.django_db(**options), append=False)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Say no to tests that would flush, before they end in the ledger's triggers."""
    marker = item.get_closest_marker("django_db")
    flushing = {"transactional_db", "live_server", "django_db_reset_sequences"} & set(
        getattr(item, "fixturenames", ())
    )
    if flushing or (marker and (marker.kwargs.get("transaction") or marker.args[:1] == (True,))):
        pytest.fail("The ledger cannot be flushed. Use the fixture `committed_db` instead of a transactional test.")


@pytest.fixture(scope="session")
def store_templates() -> stores.Templates:
    """The migrated stores, filled in by `django_db_setup`."""
    return stores.Templates(TEMPORARY / "templates")


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: "DjangoDbBlocker",
    store_templates: stores.Templates,
) -> Iterator[None]:
    """Both test databases, always, instead of pytest-django's guess from markers; then the copies to copy from."""
    from django.test.utils import setup_databases, teardown_databases

    verbosity = request.config.option.verbose
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=verbosity, interactive=False, serialized_aliases=[])
        store_templates.make()
    yield
    with django_db_blocker.unblock():
        store_templates.remove()
        teardown_databases(made, verbosity=verbosity)


@pytest.fixture
def home(
    django_db_setup: None, django_db_blocker: "DjangoDbBlocker", store_templates: stores.Templates, tmp_path: Path
) -> Iterator[stores.Home]:
    """A private migrated deployment for subprocesses; this process stays with its own databases."""
    with django_db_blocker.unblock():
        copied = store_templates.copied(tmp_path / "home")
        made = copied.__enter__()
    yield made
    with django_db_blocker.unblock():
        copied.__exit__(None, None, None)


@pytest.fixture
def committed_db(
    django_db_setup: None, django_db_blocker: "DjangoDbBlocker", store_templates: stores.Templates, tmp_path: Path
) -> Iterator[stores.Home]:
    """
    Databases of this test's own, in which commits are real, threads and subprocesses meet, and nothing is flushed.

    Use it instead of `db` and of the `django_db` mark, never with them. A thread closes its connections when it ends.
    """
    with (
        django_db_blocker.unblock(),
        store_templates.copied(tmp_path / "committed") as private,
        stores.connected_to(private),
    ):
        yield private


@pytest.fixture(autouse=True)
def _counts_tries() -> None:
    """Tries are counted under the deployment's own secret, whatever the test before set."""
    throttle.set_secret_provider(answers._throttle_secret)


@pytest.fixture
def notice_in_force(db: None) -> None:
    """The online-prescribing pack, published and in force since January 2026."""
    publish_pack()


_FIRST_VERSIONS: dict[str, dict[str, object]] = {}


def publish_pack(pack: str = "online-prescribing") -> None:
    """
    Publish a pack's notice, so that the gate has something to enforce. The row of a first version is written again as publishing
    wrote it once in this process: thousands of tests would each read and lint the same file.
    """
    from datetime import UTC, datetime

    from troth.notice import selectors, services
    from troth.notice.models import Version

    is_first = not Version.objects.exists()
    if is_first and pack in _FIRST_VERSIONS:
        Version.objects.create(**_FIRST_VERSIONS[pack])
        selectors.forget_read()
        return
    text = (ROOT / "troth" / "notice" / "packs" / f"{pack}.yaml").read_text()
    made = services.publish(text, by="tests", at=datetime(2026, 1, 1, tzinfo=UTC))
    if is_first:
        _FIRST_VERSIONS[pack] = {
            field.attname: getattr(made, field.attname) for field in Version._meta.concrete_fields
        }


type_of_runner = Callable[..., subprocess.CompletedProcess[str]]
#: Runs the commands that are given as JSON one after the other, and gives what each ended with and said.
ONE_AFTER_THE_OTHER = """
import contextlib, io, json, sys
from troth.cli.main import main
ended = []
for arguments in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        try:
            code = main(arguments)
        except SystemExit as stopped:
            code = stopped.code
    ended.append((code, out.getvalue(), err.getvalue()))
print(json.dumps(ended))
"""


def run_each(
    *commands: str, environment: dict[str, str], home: stores.Home | None = None
) -> list[tuple[str, subprocess.CompletedProcess[str]]]:
    """Run `troth` with each of these words in one process, where that shows the same: half of a short command is its start."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **(home.environment if home else {}), **environment}
    listed = json.dumps([words.split() for words in commands])
    done = subprocess.run(
        [sys.executable, "-c", ONE_AFTER_THE_OTHER, listed], capture_output=True, text=True, env=variables, check=True
    )
    ended = json.loads(done.stdout)
    assert len(ended) == len(commands)
    return [(words, subprocess.CompletedProcess(words, *each)) for words, each in zip(commands, ended, strict=True)]


@pytest.fixture
def run_troth() -> type_of_runner:
    """Runs `troth ARGS…` as a process of its own: `run_troth("ledger", "verify", home=home)`."""

    def run(
        *arguments: str,
        home: stores.Home | None = None,
        timeout: float = 120,
        environment: dict[str, str] | None = None,
        stdin: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        variables = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            **(home.environment if home else {}),
            **(environment or {}),
        }
        program = "import sys; from troth.cli.main import main; sys.argv[0] = 'troth'; sys.exit(main())"
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            capture_output=True,
            text=True,
            env=variables,
            input=stdin,
            timeout=timeout,
            check=False,
        )

    return run


from pytest_django.plugin import DjangoDbBlocker  # noqa: E402 - named in annotations only
