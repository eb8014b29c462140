"""Every variable is explained, and nothing is explained that is not read."""

import pytest

from tests.structure.settings import find_variables, read_by_troth, read_entries
from tests.structure.source import ROOT, parse


def test_example_explains_what_is_read_and_no_other() -> None:
    assert set(read_entries((ROOT / ".env.example").read_text(encoding="utf-8"))) == read_by_troth()


@pytest.mark.parametrize(
    "source",
    [
        "env.flag('TROTH_B', default=True)",
        "os.environ['TROTH_B']",
        "os.environ.get('TROTH_B')",
        "env.database('TROTH_B', x)",
    ],
)
def test_variable_is_found(source: str) -> None:
    assert find_variables(parse("troth/config/settings.py", source)) == {"TROTH_B"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("# A_B=1", "no sentence"),
        ("# no full stop\n# A_B=1", "no sentence"),
        ("# Said.\n\n# A_B=1", "no sentence"),
        ("# Said.\n# A_B=1\n\n# Said.\n# A_B=2", "twice"),
        ("A_B=1", "neither"),
    ],
)
def test_bad_example_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_entries(text)
