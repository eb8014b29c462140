"""Reading the notice: which version is in force, and what it declares. Compiled once per process and content."""

from collections.abc import Mapping
from contextvars import ContextVar, Token
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from django.db import connections
from django.utils.timezone import localtime

from troth.notice.compiling import compile_register, hash_of
from troth.notice.files import ParsedNotice, parse_notice
from troth.notice.models import Version as Version  # pages name the type of what they are handed
from troth.notice.purposes import Purpose
from troth.notice.register import Register
from troth.notice.schema import Notice
from troth.notice.schema.keeping import RetentionRule


class NoNotice(LookupError):
    """No such version, or none in force at that moment: nothing may be done with personal data."""


class AlteredNotice(Exception):
    """The stored text of a version is not the text that was published."""


class Published(NamedTuple):
    """What the gate must know of a version before it looks inside."""

    number: int
    hash: str
    in_force_at: datetime
    published_at: datetime


Timeline = tuple[Published, ...]


def timeline() -> Timeline:
    """
    Every version, the oldest first. One small query of plain SQL, since every request and every act asks it, so that a
    new version acts at once in every process (pitfalls D10).
    """
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT number, hash, in_force_at, published_at FROM notice_version ORDER BY number")
        return _timeline(tuple(cursor.fetchall()))


#: What one request has read, by the moment that it asks about. A request has one moment, and a job's later steps have later ones.
_read_once: ContextVar[dict[datetime, Timeline] | None] = ContextVar("troth_notice_timelines", default=None)


def read_once() -> Token[dict[datetime, Timeline] | None]:
    """Read the timeline once for each moment from here on, until `forget` is given the token: one request, one timeline."""
    return _read_once.set({})


def forget(token: Token[dict[datetime, Timeline] | None]) -> None:
    """End what `read_once` began."""
    _read_once.reset(token)


def forget_read() -> None:
    """A version was published in this very request: read anew."""
    if (known := _read_once.get()) is not None:
        known.clear()


def timeline_at(at: datetime) -> Timeline:
    """The timeline for what is asked about one moment, read once in a request."""
    known = _read_once.get()
    if known is None:
        return timeline()
    # Versions are only ever added: for an earlier moment what was read for a later one says as much.
    if not known or at > max(known):
        versions = timeline()
        known.clear()
        known[at] = versions
    return next(iter(known.values()))


def register_in_force(at: datetime) -> Register:
    """
    The register that holds at a moment: of all versions in force by then, the newest.

    :raises NoNotice: none is in force yet.
    """
    for version in reversed(timeline_at(at)):
        if version.in_force_at <= at:
            return _register(version.number, version.hash, version.in_force_at)
    raise NoNotice("No notice is in force yet; publish one with `troth notice publish FILE`.")


def retention_rules(register: Register) -> Mapping[str, RetentionRule]:
    """The rules of keeping of a published version, by id. Read once per process and content."""
    return _rules(register.version, register.hash)


def versions_declaring(purpose: Purpose, at: datetime) -> frozenset[int]:
    """The numbers of the versions published by a moment that declare a purpose (pitfalls D7)."""
    return _declaring(purpose, tuple(version for version in timeline_at(at) if version.published_at <= at))


def get_version(number: int) -> Version:
    """
    One version.

    :raises NoNotice: there is none of that number.
    """
    try:
        return Version.objects.get(number=number)
    except Version.DoesNotExist:
        raise NoNotice(f"There is no notice {number}.") from None


def list_versions() -> list[Version]:
    """All versions, the newest first."""
    return list(Version.objects.order_by("-number"))


def version_in_force(at: datetime) -> Version | None:
    """The version that holds at a moment, if any."""
    found = next((each for each in reversed(timeline_at(at)) if each.in_force_at <= at), None)
    return _version(found) if found else None


def published_by(who: str) -> bool:
    """Whether any version was published by that actor."""
    return Version.objects.filter(published_by=who).exists()


def latest_version() -> Version | None:
    """The version published last, in force or not."""
    return Version.objects.order_by("-number").first()


def described(version: Version) -> dict[str, str | int | bool | None]:
    """A version without its text, as plain values with times in RFC 3339."""

    def moment(value: datetime | None) -> str | None:
        return localtime(value).isoformat(timespec="seconds") if value else None

    return {
        "number": version.number,
        "hash": version.hash,
        "published_at": moment(version.published_at),
        "announced_at": moment(version.announced_at),
        "in_force_at": moment(version.in_force_at),
        "material": version.material,
    }


def notice_of(version: Version) -> Notice:
    """
    The content of a version.

    :raises AlteredNotice: its text does not match its hash.
    """
    notice = _parsed(version).notice
    assert notice is not None
    return notice


@lru_cache(maxsize=16)
def _version(published: Published) -> Version:
    # Its row never changes: triggers see to that, and what was just read of it is what is asked by.
    return get_version(published.number)


@lru_cache(maxsize=16)
def _rules(number: int, hash_: str) -> Mapping[str, RetentionRule]:
    return MappingProxyType({rule.id: rule for rule in notice_of(get_version(number)).retention.rules})


@lru_cache(maxsize=64)
def _register(number: int, hash_: str, in_force_at: datetime) -> Register:
    version = get_version(number)
    return compile_register(_parsed(version), number, hash_, in_force_at, published=True)


@lru_cache(maxsize=256)
def _declaring(purpose: Purpose, published: Timeline) -> frozenset[int]:
    return frozenset(
        version.number
        for version in published
        if purpose in _register(version.number, version.hash, version.in_force_at).purposes
    )


@lru_cache(maxsize=64)
def _timeline(rows: tuple[tuple[int, str, datetime | str, datetime | str], ...]) -> Timeline:
    return tuple(
        Published(number, hash_, _moment(in_force_at), _moment(published_at))
        for number, hash_, in_force_at, published_at in rows
    )


def _moment(stored: datetime | str) -> datetime:
    """A stored moment: SQLite keeps it as text, UTC."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC) if isinstance(stored, str) else stored.astimezone(UTC)


def _parsed(version: Version) -> ParsedNotice:
    return _read(version.text, version.hash, str(version))


@lru_cache(maxsize=16)
def _read(text: str, hash_: str, source: str) -> ParsedNotice:
    # Kept by the text itself: one that was changed below is read anew, and found out.
    parsed = parse_notice(text, source=source)
    if parsed.notice is None or hash_of(parsed.notice) != hash_:
        raise AlteredNotice(f"The text of {source} is not what was published. Restore it from a backup.")
    return parsed
