"""
What a room hands to the ledger.

Only identifiers and codes may pass (pitfalls B6). A refused draft is reported by the name of its column: the value itself
is never quoted, since it may be what a person typed.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from troth.ledger.names import Event

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NAMES = frozenset(Event)


class Draft(NamedTuple):
    """An event before it is written. All but the first three may be empty."""

    at: datetime  # aware; kept as microseconds UTC
    event: str  # one of `names.Event`
    outcome: str  # done | allowed | refused
    actor_kind: str = "nobody"  # person | service | nobody
    actor: str = ""  # a person's id in 32 hex digits, or a service's name
    on_behalf_of: str = ""  # id of the person whom a job or representative acts for
    subject: str = ""  # id of the person whom it is about
    purpose: str = ""
    action: str = ""
    check: str = ""  # the gate's check that failed
    rule: str = ""  # citation, such as LAW-3.6
    reason: str = ""  # a label from a fixed list, never what somebody typed
    what: str = ""  # categories opened, sorted, one space between
    objects: str = ""  # for acts: `room.model/key/digest`, one space between
    request: str = ""  # random id of the request or job
    note: str = ""  # id of a sealed holding that says more


class DraftRefused(ValueError):
    """A draft holds something other than identifiers and codes. Names the column, never the value."""

    def __init__(self, column: str) -> None:
        super().__init__(f"The ledger takes identifiers and codes only; {column!r} is something else.")
        self.column = column


# In the order of Draft, after `at`. Every class leaves out control characters, so that no value can pass for two.
PATTERNS = {
    "event": r"[a-z_]{1,40}:[a-z_]{1,60}",
    "outcome": r"done|allowed|refused",
    "actor_kind": r"person|service|nobody",
    "actor": r"[a-z0-9_.-]{0,60}",
    "on_behalf_of": r"(?:[0-9a-f]{32})?",
    "subject": r"(?:[0-9a-f]{32})?",
    "purpose": r"[a-z_]{0,40}",
    "action": r"[a-z_]{0,40}",
    "check": r"[a-z_]{0,40}",
    "rule": r"[A-Za-z0-9 .,:()/_-]{0,120}",
    "reason": r"[a-z0-9 _.:-]{0,60}",
    "what": r"[a-z_ ]{0,600}",
    "objects": r"[A-Za-z0-9_./:=+ -]*",
    "request": r"[A-Za-z0-9_-]{0,64}",
    "note": r"[A-Za-z0-9_-]{0,64}",
}
_ACTOR = r"(?:person\t[0-9a-f]{32}|service\t[a-z0-9_.-]{1,60}|nobody\t)"
_LINE = re.compile("\t".join([PATTERNS["event"], f"(?:{PATTERNS['outcome']})", _ACTOR, *list(PATTERNS.values())[4:]]))


def microseconds(at: datetime) -> int:
    """
    The moment as whole microseconds since 1970, UTC.

    :raises DraftRefused: it has no time zone.
    """
    if at.tzinfo is None:
        raise DraftRefused("at")
    return (at - EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """The stored microseconds as a moment, UTC."""
    return EPOCH + timedelta(microseconds=value)


def line(draft: Draft) -> str:
    """
    Check a draft and give its text columns in order, joined by tabs (which none of them can hold).

    :raises DraftRefused: a column holds something other than its identifiers or codes.
    """
    try:
        joined = "\t".join(draft[1:])
    except TypeError:
        joined = ""
    # One expression over the joined line: a fifth of the cost of fifteen, and free text fails it as surely.
    if draft[1] not in _NAMES or not _LINE.fullmatch(joined):
        raise DraftRefused(_culprit(draft))
    return joined


def _culprit(draft: Draft) -> str:
    for (column, pattern), value in zip(PATTERNS.items(), draft[1:], strict=True):
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            return column
    return "event" if draft.event not in _NAMES else "actor"
