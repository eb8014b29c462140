"""Notices for tests: the pack, and changes made to it."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from troth.notice.files import ParsedNotice, parse_notice, read_notice

ROOM = Path(__file__).resolve().parent.parent
ROOT = ROOM.parent.parent
PACK = ROOM / "packs" / "online-prescribing.yaml"
SEEDS = Path(__file__).resolve().parent / "seeds"
TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@cache
def _pack() -> str:
    notice = read_notice(PACK).notice
    assert notice is not None
    return json.dumps(notice.model_dump(mode="json", exclude_defaults=True))


def pack_values() -> dict[str, Any]:
    """The pack as plain values, fresh each time, to be changed."""
    values: dict[str, Any] = json.loads(_pack())
    return values


def text_of(values: dict[str, Any]) -> str:
    """Plain values as a notice file: JSON is YAML too, and much faster to write."""
    return json.dumps(values, ensure_ascii=False, indent=1)


def changed(change: Callable[[dict[str, Any]], object]) -> ParsedNotice:
    """The pack after one change."""
    values = pack_values()
    change(values)
    return parse_notice(text_of(values))


def row(values: dict[str, Any], purpose: str) -> dict[str, Any]:
    """The row of one purpose."""
    found: dict[str, Any] = next(row for row in values["purposes"] if row["id"] == purpose)
    return found
