"""`troth ledger …` as a process of its own, on a deployment of its own."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

ROOT = Path(__file__).resolve().parents[3]
SUBJECT = "0" * 31 + "2"


@pytest.fixture
def clinic(home):
    """A deployment in which 30 events were written and sealed."""
    program = (
        "import django; django.setup()\n"
        "from troth.ledger.sealing import seal\n"
        "from troth.ledger.tests.factories import draft\n"
        "from troth.ledger.writing import write\n"
        "write([draft() for _ in range(30)]); seal()\n"
    )
    in_home(home, program)
    return home


def in_home(home, program):
    import os

    env = {
        **os.environ,
        **home.environment,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "troth.config.settings",
    }
    subprocess.run([sys.executable, "-c", program], env=env, check=True, cwd=ROOT)


def test_verify_says_that_it_holds(run_troth, clinic):
    found = run_troth("ledger", "verify", home=clinic)
    assert found.returncode == 0, found.stderr
    assert "30 events" in found.stdout
    assert json.loads(run_troth("ledger", "verify", "--json", home=clinic).stdout)["holds"] is True


def test_verify_names_what_was_changed(run_troth, clinic):
    in_home(
        clinic,
        "import django; django.setup()\n"
        "from django.db import connection as c\n"
        "from troth.ledger.guards import drop_guards\n"
        "drop_guards(c); c.cursor().execute(\"UPDATE ledger_event SET what = 'identity' WHERE id = 7\")\n",
    )
    found = run_troth("ledger", "verify", "--json", home=clinic)
    assert found.returncode == 1
    assert "Event 7 (leaf 6) was changed." in found.stderr
    assert "is missing or altered" in found.stderr
    assert "Traceback" not in found.stderr
    assert json.loads(found.stdout)["findings"][0] == {
        "event": 7,
        "leaf": 6,
        "kind": "changed",
        "words": "Event 7 (leaf 6) was changed.",
    }


def test_seal_prints_a_checkpoint_that_verify_takes(run_troth, clinic, tmp_path):
    kept = tmp_path / "checkpoint"
    kept.write_text(run_troth("ledger", "seal", home=clinic).stdout)
    assert run_troth("ledger", "verify", "--checkpoint", str(kept), home=clinic).returncode == 0
    kept.write_text("nothing")
    refused = run_troth("ledger", "verify", "--checkpoint", str(kept), home=clinic)
    assert refused.returncode == 2
    assert "as it was published" in refused.stderr


def test_an_export_is_checked_offline(run_troth, clinic, tmp_path):
    target = tmp_path / "mine.json"
    assert run_troth("ledger", "export", SUBJECT, "--to", str(target), home=clinic).returncode == 0
    assert target.stat().st_mode & 0o777 == 0o600
    checker = ROOT / "troth" / "ledger" / "check_export.py"
    checked = subprocess.run(
        [sys.executable, "-I", str(checker), str(target)], capture_output=True, text=True, check=False
    )
    assert checked.stdout.startswith("HOLDS"), checked.stderr
    assert run_troth("ledger", "export", "someone", home=clinic).returncode == 2


def test_prove_gives_a_path_or_says_why_not(run_troth, clinic):
    proof = json.loads(run_troth("ledger", "prove", "5", home=clinic).stdout)
    assert (proof["leaf"], len(proof["path"])) == (4, 5)
    missing = run_troth("ledger", "prove", "500", home=clinic)
    assert missing.returncode == 1
    assert "not sealed" in missing.stderr


def test_events_of_a_period_are_written_and_that_is_an_event(home, run_troth):
    run_troth("backup", "create", home=home)
    today = f"{datetime.now(ZoneInfo('Europe/London')):%Y-%m-%d}"
    wrong = run_troth("ledger", "export", "--form", "ocsf", home=home)
    assert wrong.returncode == 2 and "--since, --until, --reason" in wrong.stderr
    period = ("--since", today, "--until", today, "--reason", "an audit")
    lines = run_troth("ledger", "export", "--form", "ocsf", *period, home=home).stdout.splitlines()
    events = [json.loads(line) for line in lines]
    assert [each["metadata"]["event_code"] for each in events] == ["copies:backup_made", "ledger:exported"]
    assert events[-1]["unmapped"]["reason"] == "an audit"
    to = home.path / "out.log"
    assert run_troth("ledger", "export", "--form", "syslog", *period, "--to", str(to), home=home).returncode == 0
    assert to.stat().st_mode & 0o077 == 0 and "ledger.exported" in to.read_text()
    backwards = ("--since", today, "--until", "2020-01-01", "--reason", "an audit")
    assert run_troth("ledger", "export", "--form", "csv", *backwards, home=home).returncode == 2
    for bad in (("--reason", "Mrs Jones's daughter"), ("--since", "yesterday")):
        assert run_troth("ledger", "export", "--form", "csv", *period, *bad, home=home).returncode == 2


def test_a_database_put_back_to_an_older_day_disagrees_with_the_checkpoint_beside_the_backups(run_troth, clinic):
    in_home(
        clinic,
        "import django; django.setup()\n"
        "from django.db import connection as c\n"
        "from troth.ledger.guards import drop_guards, make_guards\n"
        "drop_guards(c)\n"
        "[c.cursor().execute(f'DELETE FROM ledger_{each}') for each in ('leaf', 'checkpoint', 'node', 'event')]\n"
        "make_guards(c)\n",
    )
    found = run_troth("ledger", "verify", "--json", home=clinic)
    assert found.returncode == 1
    assert [each["kind"] for each in json.loads(found.stdout)["findings"]] == ["fork"]
