"""Reading the notice: which version is in force, and what it declares. Compiled once per process and content."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from troth.notice.compiling import compile_register, hash_of
from troth.notice.files import ParsedNotice, parse_notice
from troth.notice.models import Version
from troth.notice.purposes import Purpose
from troth.notice.register import Register
from troth.notice.schema import Notice
from troth.notice.schema.keeping import RetentionRule


class NoNotice(LookupError):
    """No such version, or none in force at that moment: nothing may be done with personal data."""


class AlteredNotice(Exception):
    """The stored text of a version is not the text that was published."""


def register_in_force(at: datetime) -> Register:
    """
    The register that holds at a moment: of all versions in force by then, the newest. One small query, so that a new
    version acts at once in every process (pitfalls D10).

    :raises NoNotice: none is in force yet.
    """
    found = (
        Version.objects.filter(in_force_at__lte=at)
        .order_by("-number")
        .values_list("number", "hash", "in_force_at")
        .first()
    )
    if found is None:
        raise NoNotice("No notice is in force yet; publish one with `troth notice publish FILE`.")
    return _register(*found)


def retention_rules(register: Register) -> Mapping[str, RetentionRule]:
    """The rules of keeping of a published version, by id. Read once per process and content."""
    return _rules(register.version, register.hash)


def versions_declaring(purpose: Purpose, at: datetime) -> frozenset[int]:
    """The numbers of the versions published by a moment that declare a purpose (pitfalls D7)."""
    published = tuple(
        Version.objects.filter(published_at__lte=at).order_by("number").values_list("number", "hash", "in_force_at")
    )
    return _declaring(purpose, published)


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


@lru_cache(maxsize=16)
def _rules(number: int, hash_: str) -> Mapping[str, RetentionRule]:
    return MappingProxyType({rule.id: rule for rule in notice_of(get_version(number)).retention.rules})


@lru_cache(maxsize=64)
def _register(number: int, hash_: str, in_force_at: datetime) -> Register:
    version = get_version(number)
    return compile_register(_parsed(version), number, hash_, in_force_at, published=True)


@lru_cache(maxsize=256)
def _declaring(purpose: Purpose, published: tuple[tuple[int, str, datetime], ...]) -> frozenset[int]:
    return frozenset(
        number
        for number, hash_, in_force_at in published
        if purpose in _register(number, hash_, in_force_at).purposes
    )


def _parsed(version: Version) -> ParsedNotice:
    return _read(version.text, version.hash, str(version))


@lru_cache(maxsize=16)
def _read(text: str, hash_: str, source: str) -> ParsedNotice:
    # Kept by the text itself: one that was changed below is read anew, and found out.
    parsed = parse_notice(text, source=source)
    if parsed.notice is None or hash_of(parsed.notice) != hash_:
        raise AlteredNotice(f"The text of {source} is not what was published. Restore it from a backup.")
    return parsed
