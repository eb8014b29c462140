"""Which right a person has over data used under which basis (LAW-3.14)."""

from enum import StrEnum

from troth.law.bases import Basis
from troth.law.rights import Right


class Applies(StrEnum):
    """Whether a right stands under a basis."""

    YES = "yes"
    NO = "no"
    ON_CONDITION = "on_condition"  # erasure under a legitimate interest: where an objection succeeds


_B = Basis
_R = Right
_EVERYWHERE = frozenset({Right.ACCESS, Right.RECTIFICATION, Right.RESTRICTION})
_FURTHER: dict[Basis, dict[Right, Applies]] = {
    _B.CONSENT: {_R.ERASURE: Applies.YES, _R.PORTABILITY: Applies.YES},
    _B.CONTRACT: {_R.ERASURE: Applies.YES, _R.PORTABILITY: Applies.YES},
    _B.LEGAL_OBLIGATION: {},
    _B.VITAL_INTERESTS: {_R.ERASURE: Applies.YES},
    _B.PUBLIC_TASK: {_R.OBJECTION: Applies.YES},
    _B.RECOGNISED_LEGITIMATE_INTERESTS: {_R.ERASURE: Applies.ON_CONDITION, _R.OBJECTION: Applies.YES},
    _B.LEGITIMATE_INTERESTS: {_R.ERASURE: Applies.ON_CONDITION, _R.OBJECTION: Applies.YES},
}


def applies(right: Right, basis: Basis) -> Applies:
    """
    Say whether a right stands over data used under this basis (LAW-3.14).

    A first answer only: exemptions narrow it for each purpose (LAW-3.5), an objection to direct marketing and the
    erasure of unlawfully used data stand whatever the basis (LAW-3.4, LAW-3.9).
    """
    return Applies.YES if right in _EVERYWHERE else _FURTHER[basis].get(right, Applies.NO)


def can_withdraw(basis: Basis) -> bool:
    """Whether the person can take the basis itself away: consent alone (LAW-3.13, LAW-3.14)."""
    return basis is Basis.CONSENT
