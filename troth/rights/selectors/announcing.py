"""Who has to be told of which version of the notice, and how far that is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.utils import timezone

from troth.delivery import selectors as delivery
from troth.gate import facts
from troth.notice import selectors as notices
from troth.notice.comparison import Change, compare
from troth.notice.mailing import words_for_mail
from troth.notice.selectors import Version
from troth.work import queue


@dataclass(frozen=True)
class Untold:
    """A version that somebody must still be told of: from the version they know to this one, and what of it matters."""

    before: int
    after: int
    in_force_at: datetime
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Progress:
    """Of everybody who knows a notice, how many know this one; how many mails are under way; how many did not leave."""

    people: int
    told: int
    under_way: int
    failed: int

    @property
    def rest(self) -> int:
        """Those not written to yet, or without an address: they are told when they next sign in."""
        return max(0, self.people - self.told - self.under_way - self.failed)


def progress_of(version: Version) -> Progress:
    """How far the telling of a version is. Whoever knows a later one knows what changed here too."""
    later = [each.number for each in notices.timeline() if each.number >= version.number]
    return Progress(facts.count_told(), facts.count_told(*later), *delivery.count_telling(version.number))


def is_announcing(version: Version, *, at: datetime) -> bool:
    """Whether people are told of this version: it is announced, not the first, and no later one is in force."""
    holding = notices.version_in_force(at)
    announced = (version.announced_at or version.published_at) <= at
    return holding is not None and announced and version.number >= max(holding.number, 2)


def versions_to_tell(*, at: datetime) -> list[Version]:
    """The versions of which somebody may still have to be told today, the oldest first."""
    found = [version for version in reversed(notices.list_versions()) if is_announcing(version, at=at)]
    done = queue.which_happened(key for version in found for key in passes_of(version, at=at))
    return [version for version in found if done.isdisjoint(passes_of(version, at=at))]


def pass_key(version: Version, *, at: datetime) -> str:
    """
    The effect of having gone through everybody. Until a version holds that is once a day, since people who register meanwhile are
    given the one before; the first pass begun after that is the last.
    """
    over = version.in_force_at <= at
    return f"notice_pass:{version.number}:{'over' if over else timezone.localdate(at).isoformat()}"


def passes_of(version: Version, *, at: datetime) -> set[str]:
    """The passes any of which leaves nothing to do now."""
    return {pass_key(version, at=at), f"notice_pass:{version.number}:over"}


def is_behind(version: Version, *, at: datetime, by: timedelta) -> bool:
    """Whether nobody went through everybody for this version within so long before `at`, nor once for all since it holds."""
    days = {timezone.localdate(at - by) + timedelta(days=number) for number in range(by.days + 1)}
    keys = {f"notice_pass:{version.number}:{day.isoformat()}" for day in days}
    if version.in_force_at <= at - by:
        keys = set()  # since then only the last pass counts
    return not queue.which_happened(keys | {f"notice_pass:{version.number}:over"})


def changes_between(before: int, after: int) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """What matters to people between two versions, and the same in words for a mail. A published version never changes."""
    hashes = {version.number: version.hash for version in notices.timeline()}
    return _changes((before, hashes[before]), (after, hashes[after]))


@lru_cache(maxsize=64)
def _changes(*ends: tuple[int, str]) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    old, new = (notices.notice_of(notices.get_version(number)) for number, _ in ends)
    material = [change for change in compare(old, new) if change.material]
    return tuple(material), tuple(words_for_mail(material, old, new))


def find_untold(subject: UUID, *, at: datetime) -> Untold | None:
    """What this person must still be told, from what they know to the newest that is announced; None when they know it."""
    newest = next((version for version in notices.list_versions() if is_announcing(version, at=at)), None)
    known = facts.newest_told(facts.about([subject])[subject.hex], at=at)
    if newest is None or not known or known >= newest.number:
        return None
    material, _ = changes_between(known, newest.number)
    if not material:
        return None
    return Untold(known, newest.number, newest.in_force_at, tuple(change.words for change in material))
