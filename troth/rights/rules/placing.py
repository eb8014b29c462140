"""When a request that came from nobody we knew goes under a record that was found later, and what has to be shown anew then."""

from collections.abc import Sequence
from datetime import timedelta

from troth.rights.models import Asked, StepKind, Waits
from troth.rights.rules.clock import Happened, last_of_proof

#: A record is chosen by whoever looked for it, within so long.
FOUND_FOR = timedelta(minutes=30)

_FOUND_GOOD = {Waits.IDENTITY: StepKind.IDENTITY_CHECKED, Waits.AUTHORITY: StepKind.AUTHORITY_CHECKED}
#: A complaint is taken as it comes (LAW-2.3); the records of somebody who died go on proof of another kind (LAW-4.10).
_NEVER_DOUBTED = frozenset({Asked.COMPLAINT, Asked.DECEASED})


def needs_proof(asked: Asked, happened: Sequence[Happened]) -> bool:
    """
    Whether a request may not go under somebody's record before proof is asked for: nothing that happened to it says who they are,
    and to be put there shows nothing (LAW-1.15).
    """
    return asked not in _NEVER_DOUBTED and all(last_of_proof(happened, waits) is None for waits in _FOUND_GOOD)


def proofs_to_compare(happened: Sequence[Happened]) -> list[Waits]:
    """The proofs that were found good without this record beside them: they settle nothing of it until they are compared."""
    found = ((waits, last_of_proof(happened, waits)) for waits in _FOUND_GOOD)
    return [waits for waits, last in found if last is not None and last[0] is _FOUND_GOOD[waits]]
