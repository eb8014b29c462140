"""
What may leave the process when something is logged or breaks: where and of what kind, never what was said.

Messages, arguments, local variables and submitted forms quote people: `IntegrityError` and `UnicodeDecodeError` carry
the offending value in their very text (pitfalls B8). So a log line is JSON made only of the level, the place in the
code, the request or job, the exception's class and frames, and facts given to `note`, which pass only as numbers,
identifiers and codes. What a message would have said is found at the named line of code.
"""

import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import PurePath
from types import TracebackType
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.debug import ExceptionReporter

from troth.work.arguments import is_code

log = logging.getLogger("troth.work")
_FRAMES = 12
_current: ContextVar[tuple[str, str] | None] = ContextVar("troth_work_current", default=None)


@contextmanager
def working_on(kind: str, identifier: UUID) -> Iterator[None]:
    """Mark every line logged inside with the id of this `request` or `job`."""
    token = _current.set((kind, str(identifier)))
    try:
        yield
    finally:
        _current.reset(token)


def kind_of(failure: BaseException) -> str:
    """The exception's class by its full name."""
    return f"{type(failure).__module__}.{type(failure).__qualname__}".removeprefix("builtins.")


def frames_of(trace: TracebackType | None) -> list[str]:
    """File and line of the innermost frames, outermost first; no source text, as a line of code may hold a value."""
    places = []
    while trace is not None:
        places.append(_place(trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    return places[-_FRAMES:]


def place_of(trace: TracebackType | None) -> str:
    """File and line where the exception arose: the innermost of our own code, or else of any."""
    frames = frames_of(trace) or ["-"]
    return ([frame for frame in frames if frame.startswith("troth/")] or frames)[-1]


def facts_of(failure: BaseException | None) -> list[dict[str, Any]]:
    """The exception and those that led to it: class and frames of each."""
    chain: list[dict[str, Any]] = []
    while failure is not None and len(chain) < 5:
        chain.append({"type": kind_of(failure), "at": frames_of(failure.__traceback__)})
        failure = failure.__cause__ or (None if failure.__suppress_context__ else failure.__context__)
    return chain


def note(event: str, level: int = logging.INFO, failure: BaseException | None = None, **facts: object) -> None:
    """Log that `event` happened, with facts that are numbers, identifiers or codes; anything else is left out."""
    log.log(level, event, exc_info=failure, extra={"facts": {"event": event, **facts}}, stacklevel=2)


class PlaceOnly(logging.Formatter):
    """Formats any record, from any library, as one line of JSON without its message, arguments or stack text."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "log": record.name,
            "place": _place(record.pathname, record.lineno),
            **_doing(),
            **{name: _fact(value) for name, value in getattr(record, "facts", {}).items()},
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["failure"] = facts_of(record.exc_info[1])
        return json.dumps(line)


class PlaceOnlyReporter(ExceptionReporter):
    """Django's page and mail about an exception (`DEFAULT_EXCEPTION_REPORTER`), cut down to what logs may hold."""

    def get_traceback_data(self) -> dict[str, Any]:
        return {"failure": facts_of(self.exc_value), **_doing()}

    def get_traceback_text(self) -> Any:
        return json.dumps(self.get_traceback_data(), indent=1)

    get_traceback_html = get_traceback_text


#: What a check of our own pages puts into a request's META, where nothing from a network can: what it asks is nobody's visit.
ASKED_BY_ITSELF = "troth.asked_by_itself"


class VisitsOnly(logging.Filter):
    """Leaves out what Django says of a request that a check of ours asked, such as a page that takes no GET; never an error."""

    def filter(self, record: logging.LogRecord) -> bool:
        asked = ASKED_BY_ITSELF in getattr(getattr(record, "request", None), "META", ())
        return record.levelno >= logging.ERROR or not asked


class AccessLog:
    """Middleware that logs each request by route name, status and milliseconds: never path, query or address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if ASKED_BY_ITSELF in request.META:
            return self.get_response(request)
        begun = time.monotonic()
        with working_on("request", uuid4()):
            response = self.get_response(request)
            match = request.resolver_match
            note(
                "served",
                route=match.view_name if match else "none",
                status=response.status_code,
                ms=round((time.monotonic() - begun) * 1000),
            )
        return response


def logging_config(level: str = "INFO") -> dict[str, Any]:
    """The `LOGGING` setting: everything to standard error through `PlaceOnly`; no mail, no other formatter."""
    silent: dict[str, Any] = {"handlers": [], "propagate": True, "level": "NOTSET"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"place": {"()": "troth.work.reporting.PlaceOnly"}},
        "filters": {"visits": {"()": "troth.work.reporting.VisitsOnly"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "place", "filters": ["visits"]}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django's own handlers would print request lines and mail whole reports; servers' access logs hold paths.
        "loggers": {
            "django": silent,
            "django.server": {**silent, "propagate": False},
            # It names the passkeys that it looks at.
            "fido2": {**silent, "propagate": False},
            "granian.access": {**silent, "propagate": False},
        },
    }


def install_hooks() -> None:
    """Report exceptions that nobody caught, in any thread, the same way; the interpreter would print their words."""
    logging.raiseExceptions = False  # a handler's own failure would print the record's message and arguments
    logging.captureWarnings(True)
    sys.excepthook = lambda kind, value, trace: _uncaught(value)
    threading.excepthook = lambda args: _uncaught(args.exc_value)
    sys.unraisablehook = lambda args: _uncaught(args.exc_value)


def _uncaught(failure: BaseException | None) -> None:
    note("uncaught", logging.CRITICAL, failure)


def _doing() -> dict[str, str]:
    current = _current.get()
    return dict([current]) if current else {}


def _place(file: str, line: int) -> str:
    parts = PurePath(file).parts
    for folder, keep in (("site-packages", 1), ("troth", 0)):
        if folder in parts:
            return f"{'/'.join(parts[len(parts) - 1 - parts[::-1].index(folder) + keep :])}:{line}"
    return f"{'/'.join(parts[-2:])}:{line}"


def _fact(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value) if isinstance(value, str | UUID) else ""
    return text if is_code(text) else "withheld"
