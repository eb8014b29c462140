"""`troth notice`, as a person at a terminal or a script meets it."""

import argparse
import json
import subprocess
import sys
from datetime import datetime

import pytest

from troth.cli import notice as command
from troth.notice.models import Version
from troth.notice.tests.factories import PACK, ROOT, SEEDS, pack_values, row, text_of


@pytest.fixture
def run(monkeypatch, capsys):
    monkeypatch.setattr(command, "_prepare", lambda: None)
    parser = argparse.ArgumentParser(prog="troth")
    command.register(parser.add_subparsers(required=True))

    def call(*arguments):
        args = parser.parse_args(["notice", *map(str, arguments)])
        code = args.func(args)
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


@pytest.fixture
def reworded(tmp_path):
    values = pack_values()
    row(values, "care").update(words="Said in other words.")
    (tmp_path / "reworded.yaml").write_text(text_of(values), "utf-8")
    return tmp_path / "reworded.yaml"


def test_lint_of_a_clean_notice(run):
    code, out, err = run("lint", PACK)
    assert (code, err) == (0, "") and "0 errors, 0 warnings" in out


def test_lint_of_a_faulty_notice_tells_line_law_and_cure(run):
    code, out, _ = run("lint", SEEDS / "kl.yaml")
    assert code == 1
    assert "kl.yaml:5: error F-01: `dpa_1988` is no law of the United Kingdom." in out
    assert "Cite UK GDPR and the Data Protection Act 2018." in out


def test_lint_as_json(run):
    code, out, _ = run("lint", SEEDS / "kl.yaml", "--json")
    found = json.loads(out)
    assert code == 1 and set(found) == {"file", "findings", "errors", "warnings"}
    names = {"code", "severity", "line", "law", "cure", "message", "path"}
    assert all(set(each) == names for each in found["findings"])
    assert found["errors"] == sum(each["severity"] == "error" for each in found["findings"]) > 0
    assert found["warnings"] == sum(each["severity"] == "warning" for each in found["findings"]) > 0


def test_warnings_alone_are_no_failure(run, tmp_path):
    values = pack_values()
    del values["everyone"]["plain_version"]
    (tmp_path / "warned.yaml").write_text(text_of(values), "utf-8")
    code, out, _ = run("lint", tmp_path / "warned.yaml", "--json")
    assert code == 0 and json.loads(out)["warnings"] == 1


@pytest.mark.parametrize(("content", "line"), [(b"\xff", 1), (b"a: [", 1), (b"", 1), (b"format: 1\nfoo: 1\n", 2)])
def test_lint_of_a_malformed_file_has_line_and_reason(run, tmp_path, content, line):
    (tmp_path / "bad.yaml").write_bytes(content)
    code, out, _ = run("lint", tmp_path / "bad.yaml", "--json")
    finding = json.loads(out)["findings"][0]
    assert code == 1 and finding["line"] >= line and finding["message"]


def test_lint_of_a_missing_file(run, tmp_path):
    code, out, _ = run("lint", tmp_path / "none.yaml", "--json")
    assert code == 2 and json.loads(out)["findings"][0]["code"] == "Y01"
    assert run("lint", tmp_path)[0] == 2


def test_lint_needs_no_database_and_no_settings(tmp_path):
    script = (
        "import sys; sys.argv = ['troth', 'notice', 'lint', sys.argv[1]]\n"
        "import argparse; from troth.cli import notice; p = argparse.ArgumentParser()\n"
        "notice.register(p.add_subparsers()); a = p.parse_args(sys.argv[1:]); code = a.func(a)\n"
        "assert 'django' not in sys.modules; sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(PACK)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.django_db
def test_publish_show_and_diff(run, reworded):
    code, out, _ = run("publish", PACK)
    assert code == 0 and out.startswith("Published notice 1, in force from ")
    assert run("publish", PACK)[0] == 1
    code, _, err = run("publish", reworded, "--in-force", "9999-12-31")
    assert code == 1 and "more than two years away" in err
    soon = datetime.now().year + 1
    code, out, _ = run("publish", reworded, "--in-force", f"{soon}-01-01")
    assert code == 0 and f"1 January {soon}, 00:00" in out
    code, out, _ = run("show")
    assert code == 0 and out.startswith("Notice 1,") and "Aldersyke Care Ltd" in out
    code, out, _ = run("show", "2", "--json")
    shown = json.loads(out)
    assert shown["number"] == 2 and shown["notice"]["format"] == 1
    assert shown["in_force_at"] == f"{soon}-01-01T00:00:00+00:00"
    code, out, _ = run("diff", "1", "2")
    assert code == 0 and out == "minor    purposes: The part 'purposes' is worded anew.\n"
    code, out, _ = run("diff", PACK, "2", "--json")
    assert json.loads(out)["material"] is False and len(json.loads(out)["changes"]) == 1


@pytest.mark.django_db
def test_publish_refuses_in_words(run, tmp_path):
    code, _, err = run("publish", SEEDS / "oc.yaml")
    assert code == 1 and "Not published." in err and "F-44" in err
    assert run("publish", tmp_path / "none.yaml")[0] == 2
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe")
    assert run("publish", tmp_path / "bad.yaml")[0] == 1
    code, _, err = run("publish", PACK, "--in-force", "2020-01-01")
    assert code == 1 and "before it is published" in err
    assert not Version.objects.exists()


@pytest.mark.django_db
def test_show_and_diff_without_a_version(run):
    assert run("show")[0] == 1
    assert run("show", "7")[0] == 1
    assert run("show", "9" * 30)[0] == 1
    assert run("diff", "1", "9" * 30)[0] == 1
    assert run("diff", "1", "2")[0] == 1


def test_diff_of_files(run, reworded, tmp_path):
    assert run("diff", PACK, PACK) == (0, "Nothing changed.\n", "")
    assert run("diff", PACK, tmp_path / "none.yaml")[0] == 2
    assert run("diff", PACK, SEEDS / "kl.yaml")[0] == 0


def test_when_must_be_a_date(run, capsys):
    with pytest.raises(SystemExit):
        run("publish", PACK, "--in-force", "soon")
    assert "neither a date" in capsys.readouterr().err
