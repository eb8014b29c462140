"""
Events as other systems read them: OCSF JSON lines, RFC 5424 syslog, CSV. Identifiers and codes only, as they stand.

Each line can be made from its event alone, so a stream of any length is read in pieces and never held. What an event says
beyond the words of OCSF stands under `unmapped`, by the name of its column; nothing is left out.
"""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from troth.design.spreadsheets import csv_line
from troth.ledger.drafts import microseconds
from troth.ledger.models import Leaf, LedgerEvent
from troth.ledger.names import Event
from troth.ledger.selectors import Entry, entry_of

OCSF_VERSION = "1.3.0"
PIECE = 1_000
#: Facility 13 of RFC 5424: log audit.
_FACILITY = 13
_INFORMATIONAL, _NOTICE, _WARNING = 6, 5, 4
#: Classes of OCSF: who signs in and out is its own, everything else is a call of an application.
_AUTHENTICATION, _API = 3002, 6003
_LOGON, _LOGOFF = 1, 2
_ACTIVITIES = {"read": 2, "export": 2, "disclose": 2, "write": 3, "erase": 4}
_SIGNING = {str(Event.SIGNED_IN): _LOGON, str(Event.SIGN_IN_FAILED): _LOGON, str(Event.SIGNED_OUT): _LOGOFF}
COLUMNS = (
    "id",
    "at",
    "event",
    "outcome",
    "actor_kind",
    "actor",
    "on_behalf_of",
    "subject",
    "purpose",
    "action",
    "check",
    "rule",
    "reason",
    "what",
    "objects",
    "request",
    "note",
)


def read_events(since: datetime, until: datetime) -> Iterator[tuple[Entry, int | None]]:
    """Every event from `since` to before `until`, the oldest first, each with the number of its leaf once it is sealed."""
    last = 0
    while True:
        rows = list(
            LedgerEvent.objects.filter(at__gte=microseconds(since), at__lt=microseconds(until), id__gt=last).order_by(
                "id"
            )[:PIECE]
        )
        if not rows:
            return
        last = rows[-1].pk
        leaves = dict(Leaf.objects.filter(event_id__in=[row.pk for row in rows]).values_list("event_id", "index"))
        for row in rows:
            yield entry_of(row), leaves.get(row.pk)


def as_ocsf(entry: Entry, leaf: int | None) -> str:
    """One event as a line of OCSF JSON: Authentication for signing in and out, API Activity for the rest."""
    refused = entry.outcome == "refused" or entry.event == Event.SIGN_IN_FAILED
    signing = _SIGNING.get(entry.event)
    kind = _AUTHENTICATION if signing else _API
    activity = signing or _ACTIVITIES.get(entry.action, 99)
    said = {
        name: value
        for name in ("on_behalf_of", "purpose", "check", "rule", "reason", "request", "note")
        if (value := getattr(entry, name))
    }
    document: dict[str, Any] = {
        "activity_id": activity,
        "category_uid": kind // 1000,
        "class_uid": kind,
        "type_uid": kind * 100 + activity,
        "time": int(entry.at.timestamp() * 1000),
        "severity_id": 3 if entry.event == Event.GLASS_BROKEN else 2 if refused else 1,
        "status_id": 2 if refused else 1,
        "action_id": 2 if refused else 1,
        "disposition_id": 2 if refused else 1,
        "message": entry.words,
        "metadata": {
            "version": OCSF_VERSION,
            "profiles": ["security_control"],
            "product": {"name": "Troth", "vendor_name": "Troth", "version": _release()},
            "uid": str(entry.id),
            "event_code": entry.event,
            **({"sequence": leaf} if leaf is not None else {}),
        },
        "actor": _actor(entry),
        "unmapped": {**said, **({"what": entry.what} if entry.what else {})},
    }
    if signing:
        document["user"] = _user(entry)
    else:
        document["api"] = {"operation": entry.event, "service": {"name": "troth"}}
        document["src_endpoint"] = {"svc_name": "troth"}
        document["resources"] = [
            *([{"uid": entry.subject, "type": "person"}] if entry.subject else []),
            *({"uid": each, "type": "record"} for each in entry.objects),
        ]
    return json.dumps(document, ensure_ascii=True, separators=(",", ":")) + "\n"


def as_syslog(entry: Entry, leaf: int | None) -> str:
    """One event as a line of RFC 5424, its columns as structured data under the private name `troth@32473`."""
    refused = entry.outcome == "refused"
    level = _WARNING if entry.event == Event.GLASS_BROKEN else _NOTICE if refused else _INFORMATIONAL
    values = {**dict(zip(COLUMNS, cells_of(entry), strict=True)), "leaf": "" if leaf is None else str(leaf)}
    said = " ".join(f'{name}="{_quoted(value)}"' for name, value in values.items() if value)
    head = f"<{_FACILITY * 8 + level}>1 {_moment(entry.at)} {_host()} troth - {entry.event.replace(':', '.')[:32]}"
    return f"{head} [troth@32473 {said}] {entry.words}\n"


def as_csv_line(entry: Entry, leaf: int | None) -> str:
    """One event as a line of CSV, under `csv_head`."""
    return csv_line([*cells_of(entry), "" if leaf is None else leaf])


def csv_head() -> str:
    """The head of the CSV: the columns as the ledger calls them."""
    return csv_line([*COLUMNS, "leaf"])


def cells_of(entry: Entry) -> tuple[str, ...]:
    """The columns of an event as text, in the order of `COLUMNS`."""
    return tuple(
        _moment(value) if isinstance(value, datetime) else " ".join(value) if isinstance(value, tuple) else str(value)
        for value in (getattr(entry, name) for name in COLUMNS)
    )


FORMATS: dict[str, tuple[Callable[[Entry, int | None], str], str, str]] = {
    "ocsf": (as_ocsf, "application/x-ndjson", "jsonl"),
    "syslog": (as_syslog, "text/plain; charset=utf-8", "log"),
    "csv": (as_csv_line, "text/csv; charset=utf-8", "csv"),
}


def lines(form: str, since: datetime, until: datetime) -> Iterator[str]:
    """
    A whole stream in one of `FORMATS`.

    :raises KeyError: there is no such form.
    """
    write, _, _ = FORMATS[form]
    if form == "csv":
        yield csv_head()
    for entry, leaf in read_events(since, until):
        yield write(entry, leaf)


def _actor(entry: Entry) -> dict[str, Any]:
    if entry.actor_kind == "service":
        return {"app_name": entry.actor}
    return {"user": _user(entry)}


def _user(entry: Entry) -> dict[str, Any]:
    """A person by their random identifier; type 0 is nobody known."""
    return {"uid": entry.actor, "type_id": 1} if entry.actor_kind == "person" else {"uid": "nobody", "type_id": 0}


def _quoted(value: str) -> str:
    """A value inside structured data: three characters are escaped (RFC 5424, section 6.3.3)."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _host() -> str:
    return socket.gethostname()[:255] or "-"


def _release() -> str:
    try:
        return version("troth")
    except PackageNotFoundError:
        return "0"
