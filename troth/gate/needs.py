"""
Kinds of data that stay locked although the notice covers them: genes, biometrics and ethnic origin (KL-1.13).

Staff open them for a person only where something that this person comes for needs them. Which that is, the rooms answer:

    @needs.need
    def treatment_needs(actor, subjects, *, at):
        return {subject: frozenset({Category.GENETIC}) for subject in …}

A question that nobody answers means no. The person themself, and what the kernel does for their rights, is never locked out.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from troth.gate.actors import Actor
from troth.vault.categories import LOCKED, Category

Needed = Mapping[UUID, frozenset[Category]]


class Answer(Protocol):
    """A room's answer: of these subjects, which locked kinds something needs for which this actor looks after them."""

    def __call__(self, actor: Actor, subjects: Collection[UUID], *, at: datetime) -> Needed: ...


_answers: list[Answer] = []


def need(answer: Answer) -> Answer:
    """Declare a room's answer."""
    _answers.append(answer)
    return answer


def needed(actor: Actor, subject: UUID, *, at: datetime) -> frozenset[Category]:
    """The locked kinds that this actor needs of this person now."""
    found: frozenset[Category] = frozenset()
    for answer in _answers:
        found |= answer(actor, [subject], at=at).get(subject, frozenset())
    return found & LOCKED
