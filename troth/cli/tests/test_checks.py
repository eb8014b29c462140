"""What the doctor looks at on this machine, one fault at a time."""

import zoneinfo
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections

from tests.clusters import OWNER
from troth.cli import checks

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def test_a_server_that_would_log_values_is_named_with_what_to_type(db: None) -> None:
    found = list(checks._servers(NOW))
    if connections["default"].vendor != "postgresql":
        assert found == []
        return
    assert [each.name for each in found] == [f"the server of {alias} logs no values" for alias in ("default", "keys")]
    # A cluster as it comes logs the DETAIL of an error, which quotes the row.
    assert not any(each.fine for each in found) and "log_error_verbosity is default" in found[0].words
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,), OWNER
    assert "ALTER SYSTEM SET log_error_verbosity = 'terse';" in found[0].cure


def test_zone_data_that_is_missing_or_wrong_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = checks._zones(NOW)
    assert found.fine

    def none(name: str) -> Any:
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", none)
    (found,) = checks._zones(NOW)
    assert not found.fine and found.stops and "tzdata is missing" in found.words
    monkeypatch.setattr(zoneinfo, "ZoneInfo", lambda name: UTC)
    (found,) = checks._zones(NOW)
    assert not found.fine and "knows no summer time" in found.words


def test_zone_data_comes_along_with_the_packages() -> None:
    """A machine without any of its own still knows London: nothing but the package is looked at here."""
    import importlib.resources

    assert importlib.resources.files("tzdata.zoneinfo.Europe").joinpath("London").read_bytes().startswith(b"TZif")
