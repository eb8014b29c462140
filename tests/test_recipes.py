"""What a newcomer is told to type works as it stands, in a copy of the source."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.structure import recipes

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "how-to" / "contributor.md").read_text(encoding="utf-8")


def test_holding_act_and_page_work_as_written(tmp_path: Path) -> None:
    for folder in ("troth", "tests", "bench"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "peers"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    assert len(set(recipes.follow(PAGE, tmp_path))) == 8
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TROTH_", "PYTEST_", "DJANGO_"))
    }
    variables = {**kept, "PYTHONPATH": str(tmp_path), "TROTH_HOME": str(tmp_path / "var")}

    def run(*arguments: str) -> None:
        ran = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]

    run("django", "makemigrations", "records", "--settings", "troth.config.settings")
    run(
        "pytest",
        "-p",
        "no:cacheprovider",
        "troth/desk/tests/test_vaccinations.py",
        "tests/structure/test_inventory.py",
    )


def test_recipe_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.py").write_text("rows = [\n]\nrows = [\n]\n")
    with pytest.raises(ValueError, match="2 times"):
        recipes.follow("In `rows.py`, below `rows = [`:\n\n```python\n    1,\n```\n", tmp_path)
    with pytest.raises(ValueError, match="there already"):
        recipes.follow("New file `rows.py`:\n\n```python\nrows = []\n```\n", tmp_path)
