"""What may be done with a question, as pure rules. No database, no clock."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from troth.law.calendar import LONDON

#: How long after its answer a question may still be looked at, should they write again.
DAYS_AFTER = timedelta(days=14)
#: Who answers about visits, papers and money; whoever treats the person answers about treatment.
RECEPTION = frozenset({"receptionist", "clinic_manager", "patient_support", "case_handler"})
#: How long a conversation may wait for us before it counts as one that nobody will answer any more.
FORGOTTEN = timedelta(days=365)
#: How long having found somebody is a reason to write to them.
FOUND_FOR = timedelta(minutes=30)


class NotPossible(Exception):
    """The question cannot be answered so. The message is fit for whoever tried."""


def check_can_answer(*, answered_at: datetime | None, answer: str) -> None:
    """
    Refuse a second answer, and an empty one.

    :raises NotPossible: either.
    """
    if answered_at is not None:
        raise NotPossible("A colleague has answered this already. What they wrote stands below.")
    if not answer.strip():
        raise NotPossible("Write what you answered.")


LONGEST = 4_000  # letters of a message
A_DAY = 20  # messages of one person


def check_words(words: str) -> None:
    """
    Refuse an empty message, and one that is longer than anybody answers.

    :raises NotPossible: either.
    """
    if not words.strip():
        raise NotPossible("Write your message.")
    if len(words) > LONGEST:
        raise NotPossible("That is too long for a message. Shorten it, or send it in two.")


def check_pace(sent: int) -> None:
    """
    Refuse a person's message where they have written many within a day.

    :raises NotPossible: they have.
    """
    if sent >= A_DAY:
        raise NotPossible("You have written many messages today. Ring us, or write again tomorrow.")


def over_on(last_at: datetime, *, closed: datetime | None, ours: bool) -> date:
    """
    The day from which the time of a conversation's words runs: that of its closing, or of its last message where nobody closed it.
    One that waits for an answer of `ours` is kept for a year more: all that time it stands first in the list.
    """
    return (closed or (last_at + FORGOTTEN if ours else last_at)).astimezone(LONDON).date()


class Treats(Protocol):
    """A room's answer: for each of these people, who of the staff has them in care at that moment."""

    def __call__(self, subjects: Collection[UUID], *, at: datetime) -> Mapping[UUID, set[UUID]]: ...


_treats: dict[str, Treats] = {}


def treats(answer: Treats) -> Treats:
    """Declare a room's answer to who treats whom. Whoever nobody treats is told to ring: nobody could read what they write."""
    _treats[getattr(answer, "__qualname__", "")] = answer
    return answer


def who_treats(subjects: Collection[UUID], *, at: datetime) -> dict[UUID, set[UUID]]:
    """For each of these people who has them in care, as the rooms answer. Whether a role lets them read is the notice's to say."""
    found: dict[UUID, set[UUID]] = {subject: set() for subject in subjects}
    for answer in _treats.values():
        for subject, staff in answer(subjects, at=at).items():
            found[subject] |= staff
    return found
