"""
Telling people that the notice changes: each one mail, and nobody twice, however often the work is stopped and begun again.

A version counts as told when the mail was taken for sending, in the act that says so (`delivery`). Where nothing between the
version that somebody knows and this one matters to them, it is recorded at once and nobody is written to.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from troth.delivery.rules import Kind
from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, touched
from troth.gate.boundary import boundary
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.notice.selectors import Version
from troth.people import services as people
from troth.rights.selectors import announcing
from troth.vault.categories import Category
from troth.work.queue import once, which_happened

BATCH = 200


def _announce(*, at: datetime) -> int:
    """Go through everybody for every version that they may have to be told of. Gives how many were told or written to."""
    done = 0
    for version in announcing.versions_to_tell(at=at):
        after = ""
        while batch := facts.who_were_told(after=after, most=BATCH):
            done += _announce_to(batch, version, at=at)
            after = batch[-1].hex
        with transaction.atomic():
            once(announcing.pass_key(version, at=at))
    return done


def _announce_to(batch: list[UUID], version: Version, *, at: datetime) -> int:
    by, done = actors.service("announcing"), 0
    known = facts.about(batch)
    seen = which_happened(_key(version, subject) for subject in batch)
    with boundary() as into:
        for subject in batch:
            before = facts.newest_told(known[subject.hex], at=at)
            if not 0 < before < version.number or _key(version, subject) in seen:
                continue
            with transaction.atomic():
                _tell_of_notice(subject, version, before, by=by, at=at)
                into.commit()  # that the address was opened stands with the mail, wherever we are stopped
            done += 1
    return done


def _key(version: Version, subject: UUID) -> str:
    return f"notice_told:{version.number}:{subject.hex}"


@act(Event.NOTICE_ANNOUNCED, purpose=Purpose.RIGHTS)
def _tell_of_notice(subject: UUID, version: Version, before: int, *, by: Actor, at: datetime) -> None:
    acting().require(subject, Category.CONTACT)
    if not once(_key(version, subject)):  # another worker was quicker
        return
    material, words = announcing.changes_between(before, version.number)
    if not material:
        facts.record(subject, FactKind.NOTICE_TOLD, at=at, value=str(version.number))
        return
    local = timezone.localtime(version.in_force_at)
    message = people.tell(
        subject,
        Kind.NOTICE_CHANGES,
        context={
            "from": f"{local:%-d %B %Y}",
            "changes": "\n".join(words),
            "before": str(before),
            "after": str(version.number),
        },
        tells_notice=version.number,
        by=by,
        at=at,
    )
    touched(subject, f"notice.version/{version.number}/{'mail' if message else 'no_address'}")


@act(Event.NOTICE_CHANGES_READ, purpose=Purpose.RIGHTS)
def read_notice_changes(subject: UUID, *, version: int, by: Actor, at: datetime) -> bool:
    """
    Record that a person was shown what changes up to that version; False when it is not what they still have to be told.

    :raises Refused: the actor may not do this for that person.
    """
    acting().require(subject, Category.RIGHTS)
    untold = announcing.find_untold(subject, at=at)
    if untold is None or untold.after != version:
        return False
    facts.record(subject, FactKind.NOTICE_TOLD, at=at, value=str(version))
    return True


# Made of one act for each person, so that a stop in the middle loses nobody and repeats nobody.
announce = _announce
