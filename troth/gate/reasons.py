"""
Reasons: what connects an actor with a subject. The gate asks; each room answers, for many subjects in one query.

    @gate.reason("a booking", serves={Purpose.CARE, Purpose.BOOKING}, told="your booking")
    def booked(actor, subjects, *, at):
        return linked(Booking.objects.filter(practitioner=actor.id, …), subjects)

A purpose that no room answers for has no reasons, and a question that nobody answers means no.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.db import connections
from django.db.models import QuerySet

from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.vault.among import among


class Answer(Protocol):
    """A room's answer: of these subjects, those with whom the actor has this reason."""

    def __call__(self, actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]: ...


class _Reason(NamedTuple):
    label: str
    told: str
    serves: frozenset[Purpose]
    answer: Answer


_reasons: list[_Reason] = []


def reason(label: str, *, serves: set[Purpose], told: str) -> Callable[[Answer], Answer]:
    """
    Declare a room's answer, in two wordings: `label` is said to whoever looks ("a request assigned to you") and stands in the
    ledger; `told` is said to the person looked at ("your request was passed to them").
    """

    def declare(answer: Answer) -> Answer:
        _reasons.append(_Reason(label, told, frozenset(serves), answer))
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


def told_as(label: str) -> str:
    """A reason as the ledger has it, worded for the person looked at. One that no room declares any more stays as it was."""
    told = {declared.label: declared.told for declared in _reasons} | _TOLD
    return told.get(label, label)


#: What the gate itself writes as a reason, and why people were looked up.
_TOLD = {
    "acting for them": "they act for you",
    "your own record that is linked": "it is linked with another record of yours",
    "a new record": "your record was being made",
    FindReason.ON_THE_TELEPHONE.value: "you were on the telephone",
    FindReason.AT_THE_DESK.value: "you were at the desk",
    FindReason.LETTER_OR_EMAIL.value: "a letter or an email from you",
    FindReason.RIGHTS_REQUEST.value: "you were using a right",
    FindReason.CLINICAL_QUERY.value: "a question about your care",
}


def linked(rows: QuerySet[Any], subjects: Collection[UUID], *, column: str = "subject_id") -> set[UUID]:
    """
    Of these people, those in that column of the rows: what an answer mostly is, at half the cost of `subject__in`.

    Fifty people are one parameter, and what comes back is looked up among them instead of being made anew.
    """
    asked = {subject.hex: subject for subject in subjects}
    sql, parameters = rows.order_by().values_list(column).query.sql_with_params()
    connection = connections["default"]
    held = connection.ops.quote_name(rows.model._meta.get_field(column.removesuffix("_id")).column)
    condition, listed = among(connection, held, asked, cast="::uuid[]")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {held} FROM ({sql}) AS held WHERE {condition}", [*parameters, listed])  # noqa: S608
        return {asked[found if isinstance(found, str) else found.hex] for (found,) in cursor.fetchall()}


def list_reasons() -> list[tuple[str, frozenset[Purpose]]]:
    """Every declared reason, for the documentation."""
    return [(declared.label, declared.serves) for declared in _reasons]
