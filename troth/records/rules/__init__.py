"""What may be done with a row of the record, as pure rules. No database, no clock."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from troth.notice.purposes import Purpose
from troth.notice.register import Register
from troth.records.models import NoteStatus, Release, Source, TaskState
from troth.vault.categories import Category

#: For what a card is opened and worked on, in the order in which a clinic's notice is asked. A task is given for one of these and
#: is a reason for each: what somebody's role may see for it is asked of the notice all the same.
CARD_PURPOSES = (
    Purpose.PRESCRIBING,
    Purpose.CARE,
    Purpose.MEDICAL_REPORTING,
    Purpose.BOOKING,
    Purpose.INSTRUCTIONS,
)
#: How far ahead a task may be due, and how long past its day it still opens a record: a reason must have an end.
FARTHEST, AFTER_DUE = timedelta(days=60), timedelta(days=14)


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


def check_is_unchanged(*, stored: str, read: str) -> None:
    """
    Refuse to write over what was written in another window since the page was drawn.

    :raises NotPossible: so it is.
    """
    if stored != read:
        raise NotPossible(
            "This draft was changed in another window since you opened it. How it stands now is shown below, and nothing of what "
            "you typed here is lost: bring the two together, and save again."
        )


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


def check_can_give(*, due_on: date, today: date) -> None:
    """
    Refuse a task with a day that lies behind, or so far ahead that it would open the record for months.

    :raises NotPossible: either.
    """
    if due_on < today:
        raise NotPossible("That day has passed. Choose today or a later one.")
    if due_on > today + FARTHEST:
        raise NotPossible("A task opens the record until it is done, so it may lie sixty days ahead at most.")


def check_can_receive(*, roles: Collection[str], register: Register) -> None:
    """
    Refuse to give a task to whom it would open nothing: the notice lets none of their roles see who the person is.

    :raises NotPossible: so it is.
    """
    if not set(roles) & roles_that_may(register):
        raise NotPossible("Their role opens no card, so they could not do it. Choose someone else.")


def check_can_end(*, state: str, mine: bool, by_me: bool) -> None:
    """
    Refuse to end or hand over a task twice, or somebody else's: it is for who has it, or gave it, to say.

    :raises NotPossible: either.
    """
    if state != TaskState.OPEN:
        raise NotPossible("This task is ended already.")
    if not (mine or by_me):
        raise NotPossible("This task is somebody else’s. Who has it, or gave it, ends it.")


def roles_that_may(register: Register) -> frozenset[str]:
    """The roles that may see who somebody is for any purpose of a card: those that a task can be given to."""
    return frozenset(
        role
        for purpose in CARD_PURPOSES
        if purpose in register.purposes
        for role, access in register.purposes[purpose].access.items()
        if role in register.roles and Category.IDENTITY in access.categories
    )
