"""Publishing a version of the notice. The lead's `@act` wraps this; it asks nothing of rooms above."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, transaction

from troth.notice import selectors
from troth.notice.comparison import compare
from troth.notice.compiling import hash_of
from troth.notice.files import parse_notice
from troth.notice.findings import FaultyNotice, Level
from troth.notice.lint import lint
from troth.notice.models import Version
from troth.notice.schema import Notice

#: How far ahead a notice can be published.
FARTHEST = timedelta(days=731)


class PublishingRefused(Exception):
    """A notice cannot be published as asked; the message says why and what to do."""


class Terms(NamedTuple):
    """What publishing at a moment means: does it matter to people, how long ahead are they told, from when can it hold."""

    material: bool
    wait: timedelta
    announced_at: datetime | None
    earliest: datetime


def terms_of(notice: Notice, *, at: datetime, announced_at: datetime | None = None) -> Terms:
    """This will say on which terms a notice could be published now (UK GDPR Article 13(3))."""
    material, wait = False, timedelta(0)
    # Measured against what holds today, not a version that still waits: two steps must not outrun the promise.
    holding = selectors.version_in_force(at)
    if holding is not None:
        before = selectors.notice_of(holding)
        material = any(change.material for change in compare(before, notice))
        if material and before.changes and before.changes.days_ahead:
            wait = timedelta(days=before.changes.days_ahead)
    if material and announced_at is None:
        announced_at = at
    return Terms(material, wait, announced_at, max(at, announced_at + wait) if announced_at else at)


@transaction.atomic
def publish(
    text: str, *, by: str, at: datetime, in_force_at: datetime | None = None, announced_at: datetime | None = None
) -> Version:
    """
    Publish a notice as the next version. This will put a material change in force only after the days that the last
    notice promised, counted from its announcement (UK GDPR Article 13(3)).

    :raises FaultyNotice: it has error-level findings.
    :raises PublishingRefused: nothing changed, or the dates break a promise.
    """
    parsed = parse_notice(text, source="the notice")
    faults = [finding for finding in lint(parsed, on=at.date()) if finding.level is Level.ERROR]
    if faults or parsed.notice is None:
        raise FaultyNotice(faults)
    content = hash_of(parsed.notice)
    last = selectors.latest_version()
    if last is not None and last.hash == content:
        raise PublishingRefused(f"Nothing has changed since notice {last.number}.")
    terms = terms_of(parsed.notice, at=at, announced_at=announced_at)
    material, wait, announced_at, earliest = terms
    if in_force_at is None:
        in_force_at = earliest
    if in_force_at < at:
        raise PublishingRefused("A notice cannot hold before it is published.")
    if in_force_at - at > FARTHEST:
        raise PublishingRefused(
            f"{in_force_at:%-d %B %Y} is more than two years away. Publish it nearer to its day: "
            "the law, and the notice that holds until then, will have changed."
        )
    if announced_at and announced_at > in_force_at:
        raise PublishingRefused("A notice cannot hold before it is announced.")
    if in_force_at < earliest:
        raise PublishingRefused(
            f"This change matters to people. The notice in force promises {wait.days} days; "
            f"it can hold from {earliest:%-d %B %Y} at the earliest."
        )
    try:
        with transaction.atomic():
            version = Version.objects.create(
                number=last.number + 1 if last else 1,
                hash=content,
                text=text,
                published_at=at,
                in_force_at=in_force_at,
                announced_at=announced_at,
                material=material,
                published_by=by,
            )
    except IntegrityError:
        raise PublishingRefused(
            "Another version was published at the same moment; compare it, and try again."
        ) from None
    selectors.forget_read()
    return version
