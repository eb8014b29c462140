"""Each clinic of the demonstration has folders of its own, so that nobody has to delete one to see another."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`troth demo` as a newcomer starts it: in a folder, with nothing set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TROTH_")}
    program = "import sys; from troth.cli.main import main; sys.argv[0] = 'troth'; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", program, "demo", "--no-serve", "--people", "16", *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_another_clinic_lies_beside_the_first(tmp_path: Path) -> None:
    made = demo(tmp_path, "--pack", "medico-legal")
    assert made.returncode == 0, made.stderr
    assert json.loads((tmp_path / "var-medico-legal" / "demonstration.json").read_text())["pack"] == "medico-legal"
    assert not (tmp_path / "var").exists()
    assert (tmp_path / "var-medico-legal-keys").is_dir()
    # Somebody's data is gone and certified; and three claimants can sign in, whom the list names.
    (database,) = (path for path in (tmp_path / "var-medico-legal").glob("*.sqlite3") if "key" not in path.name)
    with closing(sqlite3.connect(database)) as held:
        assert held.execute("SELECT count(*) FROM rights_erasurecertificate").fetchone() == (1,)
        # The first look at the office is a whole one: last night's check, backup and rehearsal are there.
        assert held.execute("SELECT holds FROM ledger_ledgercheck").fetchall() == [(1,)]
        machines = "SELECT count(*) FROM ledger_event WHERE event IN ('copies:backup_made', 'copies:drilled')"
        assert held.execute(machines).fetchone() == (2,)
        # So is its telling of the notice that holds: OC-14.2 looks for it, and the board accuses nobody on its first day.
        told = "SELECT count(*) FROM work_effect WHERE key = 'notice_pass:2:over'"
        assert held.execute(told).fetchone() == (1,)
    assert made.stdout.count("claimant ") == 3
    assert len(list((tmp_path / "var-medico-legal-backups").rglob("*.backup"))) == 1
