"""What may be done with a question, as pure rules. No database, no clock."""

from datetime import datetime, timedelta

#: How long after its answer a question may still be looked at, should they write again.
DAYS_AFTER = timedelta(days=14)


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
