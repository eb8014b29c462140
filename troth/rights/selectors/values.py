"""A stored value as people read it, and as plain JSON."""

import datetime as dt
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from troth.design.moments import day_and_hour


def as_text(value: Any) -> str:
    """A value as people read it, a moment in the time of here. Lists and answers become lines."""
    if value is None:
        return ""
    if value.__class__ is str:
        return str(value)
    words = getattr(value, "words", None)
    if isinstance(value, Enum):
        return str(words if isinstance(words, str) else str(value.value).replace("_", " "))
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dict):
        return "\n".join(f"{key}: {said}" for key, each in value.items() if (said := as_text(each)))
    if isinstance(value, list):
        return "\n".join(as_text(each) for each in value)
    if isinstance(value, dt.datetime):
        return day_and_hour(value)
    if isinstance(value, dt.date):
        return f"{value:%-d %B %Y}"
    return value.hex if isinstance(value, UUID) else str(value)


def as_json(value: Any) -> Any:
    """A value as plain JSON: dates and moments as ISO 8601, decimals as text so that no digit is lost."""
    if value is None or value.__class__ is str:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value
