"""Python runs this as it starts, in a clinic whose story lasts for days: `STORY_CLOCK` is a file with its seconds ahead."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

_AHEAD = Path(os.environ["STORY_CLOCK"])


def _now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(_AHEAD.read_text()))


timezone.now = _now
