"""What may be done with a row of the record, as pure rules. No database, no clock."""

from uuid import UUID

from troth.records.models import NoteStatus, Release, Source


class NotPossible(Exception):
    """The state of the record does not allow it. The message is fit for the person who tried, and says what would do."""


def check_can_change(*, status: str, author: UUID, by: UUID | None) -> None:
    """
    Refuse to change what was signed, or what another person is writing.

    :raises NotPossible: it is signed, or it is someone else's draft.
    """
    if status == NoteStatus.SIGNED:
        raise NotPossible(
            "This note is signed, so it stays as it is. Add to it instead; both are then read together."
        )
    if author != by:
        raise NotPossible("Only its author changes or signs a draft. Write a note of your own beside it.")


def check_is_as_read(*, stored: str, read: str) -> None:
    """
    Refuse to sign words that the signer has not read: the draft was changed in another window meanwhile.

    :raises NotPossible: what is stored is not what was read.
    """
    if stored != read:
        raise NotPossible("The draft was changed since you read it. Read it as it stands now, and sign that.")


def check_can_add(*, status: str) -> None:
    """
    Refuse an addendum to what is not signed yet.

    :raises NotPossible: it is a draft.
    """
    if status != NoteStatus.SIGNED:
        raise NotPossible("This note isn’t signed yet. Its author can still change it.")


def check_can_release(*, professional: bool) -> None:
    """
    Refuse an opinion on release from anyone but a health professional (LAW-4.5).

    :raises NotPossible: the actor is none.
    """
    if not professional:
        raise NotPossible(
            "Only a health professional decides whether this goes into the person’s own copy (LAW-4.5)."
        )


def release_when_recorded(asked: Release, *, source: Source | None, own: bool, professional: bool) -> Release:
    """
    The state of release of a row just recorded (LAW-4.3, LAW-4.5).

    What the person wrote or told needs no opinion; for the rest a health professional's counts, and without one it waits.
    """
    if own or source is Source.PERSON:
        return Release.RELEASED
    return asked if professional else Release.HELD
