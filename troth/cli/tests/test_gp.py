"""`troth gp read`: the NHS's file of practices, read in from a terminal."""

import argparse
import json
from datetime import timedelta
from pathlib import Path

import pytest

from conftest import publish_pack, run_each
from tests.stores import Home
from troth.cli import gp
from troth.cli.stopped import Stopped
from troth.prescribing.rules.directory import read_directory
from troth.prescribing.selectors import directory
from troth.prescribing.services import listing
from troth.prescribing.tests.test_directory import line
from troth.records.tests.factories import NOW


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


def test_addresses_of_trusted_domains_alone_are_read_in(
    notice_in_force: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("troth.cli.main.prepare_stores", lambda: None)
    monkeypatch.setattr("troth.cli.main.seal_what_was_written", lambda: None)
    practices, _ = read_directory(f"{line()}\n{line('A81003')}\n")
    listing.read_in_from_a_terminal(practices, at=NOW)
    file = tmp_path / "addresses.csv"
    kept = ("A81001,letters.a81001@nhs.net", "A81003,letters.a81003@nhs.net")
    wrong = ("A81003,gp@surgery.example", "letters@nhs.net", "A81001,again@nhs.net", "A99999,letters@nhs.net")
    given = argparse.Namespace(file=str(file), dry_run=False, skip_faults=False, json=False)
    for each in wrong:
        file.write_text("\n".join([kept[0], each]), "utf-8")
        assert gp._read_addresses(given) == 1 and ":2: " in capsys.readouterr().err
        assert directory.email_of("A81001") == ""
    file.write_text("\n".join(kept), "utf-8")
    assert gp._read_addresses(given) == 0
    listing.read_in_from_a_terminal(
        practices, at=NOW + timedelta(days=90)
    )  # the NHS's next file leaves them as they are
    assert [directory.email_of(code) for code in ("A81001", "A81003")] == [
        "letters.a81001@nhs.net",
        "letters.a81003@nhs.net",
    ]
    file.write_text("\n", "utf-8")
    with pytest.raises(Stopped, match="no address"):
        gp._read_addresses(given)
    assert directory.email_of("A81003")
    file.write_text(kept[0], "utf-8")
    assert gp._read_addresses(given) == 0 and directory.email_of("A81003") == ""
    assert "practices reached: 1" in capsys.readouterr().out


def test_a_clinic_that_writes_to_no_gp_is_told_so(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_pack("wellness-clinic")
    monkeypatch.setattr("troth.cli.main.prepare_stores", lambda: None)
    file = tmp_path / "epraccur.csv"
    file.write_text(line(), "utf-8")
    with pytest.raises(Stopped, match="gp correspondence"):
        gp._read(argparse.Namespace(file=str(file), dry_run=False, skip_faults=False, json=False))
