"""
Asking a GP practice: when it may be, what has to be said, and when somebody asks once more. Pure.

What a practice knows is under its duty of confidence, and it answers because its patient agreed: without that nobody is asked, and
the decision is made without (LAW-5.7).
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from troth.prescribing.models import GpState, Wanted
from troth.prescribing.rules import LONGEST, NotPossible

#: When a practice is asked to have answered by, and when it may be asked once more.
ANSWER_WITHIN = timedelta(days=14)
#: How often whoever takes in the post asks once more. After that it is for whoever has the request to ring, or to decide without.
MOST_REMINDERS = 1
#: Within how many days somebody is to see to a letter that is late or came back, and to look at what was taken in.
SEEN_TO_WITHIN = timedelta(days=3)
_SHORTEST = 3
_LONGEST_HISTORY = 200


def why_not(state: GpState, *, may_ask: bool) -> str:
    """Why a person's GP is not asked, in words for staff; "" where they may be."""
    if state is GpState.GIVEN and may_ask:
        return ""
    said = {
        GpState.GIVEN: "They agreed that their GP is told, and not that we ask them",
        GpState.NOT_ASKED: "They have not said yet whether we may ask their GP",
        GpState.REFUSED: "They did not agree that we write to their GP",
        GpState.NO_GP: "They have no GP",
        GpState.WITHDRAWN: "They took back that we may write to their GP",
    }[state]
    return f"{said}. By the duty of confidence nobody is asked without that: decide without it, or ask them."


def reference_of(letter: UUID) -> str:
    """What a practice quotes: the beginning of a random identifier."""
    return f"{letter.hex[:4]}-{letter.hex[4:8]}-{letter.hex[8:12]}".upper()


def check_may_ask(state: GpState, *, may_ask: bool) -> None:
    """
    Refuse to ask a GP without the agreement of their patient, or without a practice (LAW-5.7).

    :raises NotPossible: it was refused, taken back or never given, or there is none.
    """
    if words := why_not(state, may_ask=may_ask):
        raise NotPossible(words)


def check_says_what(wanted: Collection[Wanted], *, history: str, words: str) -> None:
    """
    Refuse a letter that asks for nothing, or for more than what is named: a practice sends what is asked for (UK GDPR Article
    5(1)(c)).

    :raises NotPossible: either.
    """
    if not wanted:
        raise NotPossible("Choose what you ask for.")
    if Wanted.HISTORY in wanted and not _SHORTEST <= len(history.strip()) <= _LONGEST_HISTORY:
        raise NotPossible("Name the kind of history that bears on this request: a practice does not send all of it.")
    if Wanted.OTHER in wanted and len(words.strip()) < _SHORTEST:
        raise NotPossible("Write what else you ask for.")
    if len(words) > LONGEST:
        raise NotPossible("That is too long for a letter.")


def check_is_not_asked(*, asked: bool) -> None:
    """
    Refuse a second letter while one is not answered.

    :raises NotPossible: one is not.
    """
    if asked:
        raise NotPossible(
            "Their GP is asked already. Wait for the answer, or ask once more on the page of that letter."
        )


def check_is_of(*, asks: bool, wanted: bool) -> None:
    """
    Refuse to a letter that tells what belongs to one that asks, and the other way round.

    :raises NotPossible: it is the other kind.
    """
    if asks != wanted:
        raise NotPossible("That is another kind of letter. Open it again.")


def check_was_sent(*, sent_at: datetime | None) -> None:
    """
    Refuse an answer to a letter that never left.

    :raises NotPossible: it did not.
    """
    if sent_at is None:
        raise NotPossible("It has not left yet, so nothing can have come to it.")


def check_can_remind(*, sent_at: datetime | None, at: datetime) -> None:
    """
    Refuse to ask once more before a practice had its fortnight.

    :raises NotPossible: it has not.
    """
    if sent_at is None or at - sent_at < ANSWER_WITHIN:
        raise NotPossible("They have 14 days to answer. Ask once more after that, or ring them.")


def check_is_not_reminded(*, reminders: int) -> None:
    """
    Refuse to ask more often than is right without whoever has the request.

    :raises NotPossible: they were asked once more already.
    """
    if reminders >= MOST_REMINDERS:
        raise NotPossible("They were asked once more already. Whoever has the request decides what follows.")


def check_can_take_in(*, has_file: bool, waits: bool) -> None:
    """
    Refuse to take in nothing, or a second paper while nobody has looked at the first.

    :raises NotPossible: either.
    """
    if waits:
        raise NotPossible("What came before waits to be looked at. Add to it once that is done.")
    if not has_file:
        raise NotPossible("Add the file that came.")


def check_nothing_waits(*, waits: bool) -> None:
    """
    Refuse an answer beside what was taken in and nobody has looked at: it may be the answer, or another person's.

    :raises NotPossible: something waits.
    """
    if waits:
        raise NotPossible("Something that came was taken in and waits. Look at that first, and say what it is.")


def check_waits(*, waits: bool) -> None:
    """
    Refuse to judge what was taken in where nothing waits.

    :raises NotPossible: so it is.
    """
    if not waits:
        raise NotPossible("Nothing that was taken in waits here. Open the page again.")


def check_may_judge(*, decides: bool) -> None:
    """
    Refuse to say what was taken in, but for whoever decides about requests: the one who asked, or a colleague in their place.

    :raises NotPossible: the viewer decides none.
    """
    if not decides:
        raise NotPossible("Whoever decides about the request looks at what was taken in.")


def check_came(*, came_on: date, asked_at: datetime, at: datetime, words: str, has_file: bool) -> None:
    """
    Refuse a day on which it cannot have come, and an answer of nothing.

    :raises NotPossible: either.
    """
    if not timezone.localdate(asked_at) <= came_on <= timezone.localdate(at):
        raise NotPossible("Choose the day on which it came: not before they were asked, and not after today.")
    if not has_file and not words.strip():
        raise NotPossible("Add the file that came, or write what they said.")
    if len(words) > LONGEST:
        raise NotPossible("That is too long. Keep the paper itself as a file.")
