"""Every variable is explained, and nothing is explained that is not read."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.structure.settings import find_variables, read_by_troth, read_entries
from tests.structure.source import ROOT, parse
from troth.config import environment


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


@pytest.mark.parametrize("value", ["http://sms.example/", "ftp://sms.example/", "sms.example", "https://"])
def test_a_server_over_the_network_is_spoken_to_by_tls_alone(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_SMS_URL", value)
    with pytest.raises(ImproperlyConfigured):
        environment.address("TROTH_SMS_URL", {"http", "https"})
    monkeypatch.setenv("TROTH_SMS_URL", "http://127.0.0.1:9000/")
    assert environment.address("TROTH_SMS_URL", {"http", "https"})


@pytest.mark.parametrize(("given", "read"), [("", (4, 5)), ("03-31", (3, 31)), ("12-31", (12, 31))])
def test_a_day_of_the_year_is_read(monkeypatch: pytest.MonkeyPatch, given: str, read: tuple[int, int]) -> None:
    if given:
        monkeypatch.setenv("TROTH_FINANCIAL_YEAR_END", given)
    assert environment.day_of_year("TROTH_FINANCIAL_YEAR_END", "04-05") == read


@pytest.mark.parametrize("given", ["02-29", "5 April", "13-01", "04-31", "2026-04-05"])
def test_a_day_that_not_every_year_has_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("TROTH_FINANCIAL_YEAR_END", given)
    with pytest.raises(ImproperlyConfigured, match="such as 04-05"):
        environment.day_of_year("TROTH_FINANCIAL_YEAR_END", "04-05")
