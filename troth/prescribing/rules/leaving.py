"""When a letter is on its way, and so is nobody else's to send. Pure."""

from datetime import datetime, timedelta

from troth.prescribing.rules import NotPossible

#: A machine has handed a letter over, or failed to, long before.
LEAVES_WITHIN = timedelta(minutes=15)
#: By then a letter whose worker died was carried again, where a worker runs at all.
PRINTED_AFTER = timedelta(hours=1)


def is_on_its_way(since: datetime | None, *, at: datetime) -> bool:
    """Whether somebody is handing a letter over. `since`: when that began, for a letter that is not known to have left."""
    return since is not None and at - since < LEAVES_WITHIN


def check_is_not_on_its_way(since: datetime | None, *, at: datetime) -> None:
    """
    Refuse to post what is leaving by itself.

    :raises NotPossible: it is.
    """
    if since is not None and at - since < PRINTED_AFTER:
        raise NotPossible("The letter is on its way by itself. Look again in an hour.")
