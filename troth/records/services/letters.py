"""Letters about a person, written by whoever treats them, set as a PDF, and kept sealed among the files of the card."""

from datetime import datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.records.models import DocumentReference, Release, Source
from troth.records.rules import NotPossible
from troth.records.selectors.paper import MEDIA_TYPE, set_letter
from troth.records.selectors.releasing import released
from troth.vault import files
from troth.vault.categories import Category

FOR = (Purpose.CARE, Purpose.MEDICAL_REPORTING)


@act(Event.LETTER_WRITTEN, purpose=FOR)
def write_letter(
    subject: UUID,
    *,
    title: str,
    to: str,
    words: str,
    about: str,
    signer: str,
    release: Release,
    document: UUID,
    by: Actor,
    at: datetime,
) -> DocumentReference:
    """
    This will set a letter as a PDF and keep it among the person's files, as it goes out. `about` says whom it is about, in a line;
    `document` is the identifier that its page was given, so that what is sent twice is kept once.

    :raises NotPossible: it says nothing, or it is kept already.
    :raises Refused: the actor may not write health data of this person for their care.
    """
    acting().require(subject, Category.HEALTH)
    if not words.strip() or not title.strip():
        raise NotPossible("A letter has a title and words.")
    hold(subject)  # against the same page sent twice at once
    if DocumentReference.objects.filter(pk=document).exists():
        raise NotPossible("This letter is kept already. You find it among the files of the card.")
    paper = set_letter(title=title.strip(), to=to, words=words, about=about, signer=signer, at=at)
    stored = files.store([paper], name="letter.pdf", media_type=MEDIA_TYPE)
    try:
        return DocumentReference.objects.create(
            pk=document,
            subject_id=subject,
            title=title.strip(),
            source=Source.CLINIC,
            file=stored,
            **released(release, by, at),
        )
    except BaseException:
        files.destroy(stored.place)
        raise
