"""The runner counts what pytest says, adds it up, and takes nothing broken for a success."""

from collections import Counter
from pathlib import Path

import pytest

from tests.run_all import closing_line, count, run_stage


@pytest.mark.parametrize(
    "line",
    [
        "12 passed in 0.05s",
        "3 failed, 12 passed, 1 skipped in 3.02s",
        "===== 1 passed, 2 warnings in 0.10s =====",
        "1240 passed in 65.20s (0:01:05)",
    ],
)
def test_closing_line_of_pytest_is_seen(line: str) -> None:
    assert count(line)["passed"] > 0


def test_other_lines_are_not_taken_for_it() -> None:
    assert not count("no tests ran in 0.10s")
    assert not count("it said: 12 passed in 0.05s")
    assert count("1 failed, 1 error in 0.05s") == Counter(failed=1, errors=1)


def test_sum_is_worded_as_pytest_words_it() -> None:
    assert closing_line(Counter(passed=3), 1.5) == "3 passed, 0 skipped in 1.50s"
    assert (
        closing_line(Counter(passed=3, failed=1, errors=2), 1.5) == "1 failed, 3 passed, 0 skipped, 2 errors in 1.50s"
    )


def _stage(path: Path, source: str, *, may_be_empty: bool = False) -> Counter[str]:
    (path / "test_it.py").write_text(source)
    arguments = ["-p", "no:django", "-c", "/dev/null", f"--rootdir={path}", str(path / "test_it.py")]
    return run_stage("it", arguments, {}, may_be_empty=may_be_empty)


def test_stage_counts(tmp_path: Path) -> None:
    source = "import pytest\ndef test_a(): pass\ndef test_b(): assert 0\ndef test_c(): pytest.skip('no')\n"
    assert _stage(tmp_path, source) == Counter(passed=1, failed=1, skipped=1)


def test_stage_that_breaks_is_an_error(tmp_path: Path) -> None:
    assert _stage(tmp_path, "import os\ndef test_a(): os._exit(7)\n")["errors"] == 1
    assert _stage(tmp_path, "raise SystemError\n")["errors"] == 1


def test_empty_stage_is_an_error_unless_it_may_be(tmp_path: Path) -> None:
    assert _stage(tmp_path, "")["errors"] == 1
    assert not _stage(tmp_path, "", may_be_empty=True)["errors"]
