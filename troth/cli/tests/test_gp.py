"""`troth gp read`: the NHS's file of practices, read in from a terminal."""

import argparse
import json
from pathlib import Path

import pytest

from conftest import publish_pack, run_each
from tests.stores import Home
from troth.cli import gp
from troth.cli.stopped import Stopped
from troth.prescribing.tests.test_directory import line


def test_a_file_is_read_in_without_the_line_that_cannot_be_read_whose_number_is_said(
    home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "epraccur.csv"
    file.write_text(f'{line()}\n"A81002,BROKEN\n{line("A81003", status="C")}\n', "utf-8")
    ended = run_each(
        f"gp read {file} --skip-faults",
        "notice publish troth/notice/packs/online-prescribing.yaml",
        f"gp read {file}",
        f"gp read {file} --skip-faults --json",
        home=home,
        environment={},
    )
    early, published, asked, read = [done for _, done in ended]
    assert early.returncode == 2 and "troth notice publish" in early.stderr
    assert published.returncode == 0, published.stderr
    assert asked.returncode == 1 and ":2: " in asked.stderr and "Nothing was changed" in asked.stdout
    assert read.returncode == 1, read.stderr
    told = json.loads(read.stdout)
    assert (told["practices"], told["open"], told["read_in"]) == (2, 1, True)
    assert [each["line"] for each in told["faults"]] == [2]


def test_a_clinic_that_writes_to_no_gp_is_told_so(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_pack("wellness-clinic")
    monkeypatch.setattr("troth.cli.main.prepare_stores", lambda: None)
    file = tmp_path / "epraccur.csv"
    file.write_text(line(), "utf-8")
    with pytest.raises(Stopped, match="gp correspondence"):
        gp._read(argparse.Namespace(file=str(file), dry_run=False, skip_faults=False, json=False))
