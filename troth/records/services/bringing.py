"""Notes of the system that the clinic used before: kept among the files of the card, as they were written and by whom."""

from datetime import datetime
from uuid import UUID

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.services import HereAlready
from troth.records.models import DocumentReference, Release, Source
from troth.records.selectors.releasing import released
from troth.vault import files
from troth.vault.categories import Category


@act(Event.NOTE_BROUGHT, purpose=Purpose.CARE)
def bring_in_note(subject: UUID, *, document: UUID, title: str, words: str, by: Actor, at: datetime) -> None:
    """
    This will keep a note that was written elsewhere as a file: nobody here signed it, so it is no note of ours. It waits for a
    health professional to release it (LAW-4.5). `document` is worked out of its number there.

    :raises HereAlready: it was brought in before.
    :raises Refused: the notice lets no service write health data for care, or this person's may not be used.
    """
    acting().require(subject, Category.HEALTH)
    hold(subject)
    if DocumentReference.objects.filter(pk=document).exists():
        raise HereAlready
    stored = files.store([words.encode()], name="note.txt", media_type="text/plain")
    try:
        DocumentReference.objects.create(
            pk=document,
            subject_id=subject,
            title=title,
            source=Source.CLINIC,
            file=stored,
            **released(Release.HELD, by, at),
        )
    except BaseException:
        files.destroy(stored.place)
        raise


def _as_service(
    subject: UUID, *, document: UUID, title: str, words: str, on_behalf_of: UUID | None = None, at: datetime
) -> None:
    """The same, as the service that brings in: of the command, or on behalf of whoever sent a file."""
    bring_in_note(
        subject,
        document=document,
        title=title,
        words=words,
        by=actors.service("bring-in", on_behalf_of=on_behalf_of),
        at=at,
    )


# It writes nothing itself: the act does.
bring_in_as_service = _as_service
