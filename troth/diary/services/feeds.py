"""The secret address at which a practitioner's own calendar reads when they are taken."""

import secrets
from datetime import datetime

from troth.diary import rules, selectors
from troth.diary.models import Feed, Practitioner
from troth.diary.selectors import hash_of
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.ledger.names import Event
from troth.notice.purposes import Purpose


@act(Event.FEED_MADE, purpose=Purpose.BOOKING)
def make_feed(*, by: Actor, at: datetime) -> str:
    """
    Make a new address for the actor's own calendar, and give its token, which is stored nowhere. The one before ends with it.

    :raises NotPossible: the actor sees nobody.
    """
    if by.id is None or by.id not in selectors.workers([by.id], at=at):
        raise rules.NotPossible("Only who sees people has a calendar of visits.")
    # Who asks twice at once waits here, and ends the address that the first of the two made.
    list(Practitioner.objects.select_for_update().filter(subject_id=by.id).values_list("pk"))
    _end(by, at)
    token = secrets.token_urlsafe(32)
    Feed.objects.create(subject_id=by.id, token_hash=hash_of(token))
    return token


@act(Event.FEED_ENDED, purpose=Purpose.BOOKING)
def end_feed(*, by: Actor, at: datetime) -> None:
    """End the address of the actor's own calendar: from now on it is none."""
    _end(by, at)


def _end(by: Actor, at: datetime) -> None:
    for row in Feed.objects.select_for_update().filter(subject_id=by.id, ended_at__isnull=True):
        row.ended_at = at
        row.save()
