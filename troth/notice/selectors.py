"""Reading the notice: which version is in force, and what it declares. Compiled once per process and content."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import connections

from troth.notice.compiling import compile_register, hash_of
from troth.notice.files import ParsedNotice, parse_notice
from troth.notice.models import Version
from troth.notice.purposes import Purpose
from troth.notice.register import Register
from troth.notice.schema import Notice


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


def register_in_force(at: datetime, known: Timeline | None = None) -> Register:
    """
    The register that holds at a moment: of all versions in force by then, the newest. `known`: the timeline just read.

    :raises NoNotice: none is in force yet.
    """
    for version in reversed(timeline() if known is None else known):
        if version.in_force_at <= at:
            return _register(version.number, version.hash, version.in_force_at)
    raise NoNotice("No notice is in force yet; publish one with `troth notice publish FILE`.")


def versions_declaring(purpose: Purpose, at: datetime, known: Timeline | None = None) -> frozenset[int]:
    """The numbers of the versions published by a moment that declare a purpose (pitfalls D7)."""
    return _declaring(purpose, tuple(version for version in (timeline() if known is None else known) if version.published_at <= at))


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
    return Version.objects.filter(in_force_at__lte=at).order_by("-number").first()


def latest_version() -> Version | None:
    """The version published last, in force or not."""
    return Version.objects.order_by("-number").first()


def notice_of(version: Version) -> Notice:
    """
    The content of a version.

    :raises AlteredNotice: its text does not match its hash.
    """
    notice = _parsed(version).notice
    assert notice is not None
    return notice


@lru_cache(maxsize=64)
def _register(number: int, hash_: str, in_force_at: datetime) -> Register:
    version = get_version(number)
    return compile_register(_parsed(version), number, hash_, in_force_at, published=True)


@lru_cache(maxsize=256)
def _declaring(purpose: Purpose, published: Timeline) -> frozenset[int]:
    return frozenset(version.number for version in published
                     if purpose in _register(version.number, version.hash, version.in_force_at).purposes)


@lru_cache(maxsize=64)
def _timeline(rows: tuple[tuple[int, str, datetime | str, datetime | str], ...]) -> Timeline:
    return tuple(Published(number, hash_, _moment(in_force_at), _moment(published_at))
                 for number, hash_, in_force_at, published_at in rows)


def _moment(stored: datetime | str) -> datetime:
    """A stored moment: SQLite keeps it as text, UTC."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC) if isinstance(stored, str) else stored.astimezone(UTC)


def _parsed(version: Version) -> ParsedNotice:
    parsed = parse_notice(version.text, source=str(version))
    if parsed.notice is None or hash_of(parsed.notice) != version.hash:
        raise AlteredNotice(f"The text of {version} is not what was published. Restore it from a backup.")
    return parsed
