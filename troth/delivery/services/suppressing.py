"""
The list of addresses that want no marketing: keyed hashes alone, which outlive an erasure, so that an objection is for ever.

Whoever writes to it does so within an act of their own, which says whose wish it was.
"""

from collections.abc import Iterable
from datetime import datetime

from troth.delivery.models import Suppression
from troth.delivery.selectors import suppression_mark


class Unwanted(Exception):
    """Marketing would go to an address whose owner objected to it. It does not."""


def _suppress(addresses: Iterable[str], *, at: datetime) -> None:
    """Add addresses to the list; those that stand there stay as they are."""
    for mark in {suppression_mark(address) for address in addresses if address.strip()}:
        Suppression.objects.get_or_create(mark=mark, defaults={"since": at})


def _unsuppress(addresses: Iterable[str]) -> None:
    """Take addresses off the list, because whoever has them asked for marketing again."""
    Suppression.objects.filter(mark__in=[suppression_mark(address) for address in addresses]).delete()


# No acts themselves: they belong to the act in which somebody objects or agrees.
suppress, unsuppress = _suppress, _unsuppress
