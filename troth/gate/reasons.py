"""
Reasons: what connects an actor with a subject. The gate asks; each room answers, for many subjects in one query.

    @gate.reason("a booking", serves={Purpose.CARE, Purpose.BOOKING})
    def booked(actor, subjects, *, at):
        return selectors.booked_within(actor.id, subjects, around=at)

A purpose that no room answers for has no reasons, and a question that nobody answers means no.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol
from uuid import UUID

from troth.gate.actors import Actor
from troth.notice.purposes import Purpose


class Answer(Protocol):
    """A room's answer: of these subjects, those with whom the actor has this reason."""

    def __call__(self, actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]: ...


class _Reason(NamedTuple):
    label: str
    serves: frozenset[Purpose]
    answer: Answer


_reasons: list[_Reason] = []


def reason(label: str, *, serves: set[Purpose]) -> Callable[[Answer], Answer]:
    """Declare a room's answer. `label` is said to the person looked at: "because of a booking"."""

    def declare(answer: Answer) -> Answer:
        _reasons.append(_Reason(label, frozenset(serves), answer))
        return answer

    return declare


class FindReason(StrEnum):
    """Why someone is looked up before there is any other reason: chosen from this list (pitfalls A7)."""

    ON_THE_TELEPHONE = "on_the_telephone"
    AT_THE_DESK = "at_the_desk"
    LETTER_OR_EMAIL = "letter_or_email"
    RIGHTS_REQUEST = "rights_request"
    CLINICAL_QUERY = "clinical_query"


def answer_for(actor: Actor, subjects: Collection[UUID], purpose: Purpose, *, at: datetime) -> dict[UUID, str]:
    """The reason that holds for each subject, for those that have one; the first declared wins."""
    found: dict[UUID, str] = {}
    open_questions = set(subjects)
    for declared in _reasons:
        if not open_questions:
            break
        if purpose in declared.serves:
            holds = declared.answer(actor, open_questions, at=at) & open_questions
            found.update(dict.fromkeys(holds, declared.label))
            open_questions -= holds
    return found


def list_reasons() -> list[tuple[str, frozenset[Purpose]]]:
    """Every declared reason, for the documentation."""
    return [(declared.label, declared.serves) for declared in _reasons]
