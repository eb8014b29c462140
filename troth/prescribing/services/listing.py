"""The acts by which the directory of GP practices, and their addresses for letters, are read in. They are about nobody."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, touched_thing
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.prescribing.models import GpPractice
from troth.prescribing.rules.directory import Practice


@act(Event.GP_DIRECTORY_READ, purpose=Purpose.GP_CORRESPONDENCE)
def read_in(practices: Iterable[Practice], *, by: Actor, at: datetime) -> tuple[int, int]:
    """
    This will make the directory what a file says: a practice that is not in it any more counts as closed. Gives how many are open,
    and how many closed.

    :raises Refused: the notice declares no writing to GPs.
    """
    rows = [
        GpPractice(
            code=each.code,
            name=each.name,
            address=each.address,
            postcode=each.postcode,
            is_open=each.is_open,
            read_at=at,
        )
        for each in practices
    ]
    GpPractice.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "address", "postcode", "is_open", "read_at"],
    )
    GpPractice.objects.filter(read_at__lt=at).update(is_open=False)
    opened = GpPractice.objects.filter(is_open=True).count()
    touched_thing(f"prescribing.gp_directory/{opened}")
    return opened, GpPractice.objects.count() - opened


@act(Event.GP_DIRECTORY_READ, purpose=Purpose.GP_CORRESPONDENCE)
def read_in_addresses(addresses: Mapping[str, str], *, by: Actor, at: datetime) -> int:
    """
    This will make the addresses for letters what a file says: a practice that is not in it has none any more. Gives how many have.

    :raises Refused: the notice declares no writing to GPs.
    """
    GpPractice.objects.exclude(email="").exclude(pk__in=list(addresses)).update(email="")
    for code, address in addresses.items():
        GpPractice.objects.filter(pk=code).update(email=address)
    reached: int = GpPractice.objects.exclude(email="").count()
    touched_thing(f"prescribing.gp_addresses/{reached}")
    return reached


def _read_in_from_a_terminal(practices: Iterable[Practice], *, at: datetime) -> tuple[int, int]:
    """The same for the command, as the service that keeps the directory."""
    return read_in(practices, by=actors.service("gp-directory"), at=at)


def _read_in_addresses_from_a_terminal(addresses: Mapping[str, str], *, at: datetime) -> int:
    return read_in_addresses(addresses, by=actors.service("gp-directory"), at=at)


# They write nothing themselves: the acts do.
read_in_from_a_terminal = _read_in_from_a_terminal
read_in_addresses_from_a_terminal = _read_in_addresses_from_a_terminal

__all__ = ["read_in", "read_in_addresses", "read_in_addresses_from_a_terminal", "read_in_from_a_terminal"]
