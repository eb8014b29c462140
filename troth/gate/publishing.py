"""Publishing the notice, with its event. It concerns no subject, and the first one cannot be decided by a notice in force."""

from datetime import datetime

from django.db import transaction

from troth.gate.actors import NOBODY, Actor
from troth.ledger.drafts import Draft
from troth.ledger.names import Event
from troth.ledger.writing import write
from troth.notice import services as notices


def publish_notice(
    text: str,
    *,
    by: Actor = NOBODY,
    at: datetime,
    in_force_at: datetime | None = None,
    announced_at: datetime | None = None,
) -> int:
    """
    Publish a notice and record that it was, in one transaction. Gives its number. `NOBODY` is the operator at the terminal.

    :raises FaultyNotice: it has error-level findings.
    :raises PublishingRefused: nothing changed, or the dates break a promise.
    """
    with transaction.atomic():
        version = notices.publish(text, by=by.reference, at=at, in_force_at=in_force_at, announced_at=announced_at)
        write(
            [
                Draft(
                    at=at,
                    event=Event.NOTICE_PUBLISHED,
                    outcome="done",
                    actor_kind=by.kind,
                    actor=by.id.hex if by.id else "",
                    objects=f"notice.version/{version.number}/{version.hash}",
                )
            ]
        )
    return version.number
