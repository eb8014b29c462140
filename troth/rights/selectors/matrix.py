"""Which right goes with which use of the notice in force, as people read it (LAW-3.14)."""

from dataclasses import dataclass
from datetime import datetime

from troth.law.applicability import Applies, applies, can_withdraw
from troth.law.rights import Right
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.notice.register import DeclaredPurpose
from troth.rights.selectors.wording import BASIS_WORDS

#: The rights that do not stand everywhere, in the order in which the page has them.
VARYING = (Right.ERASURE, Right.PORTABILITY, Right.OBJECTION)


@dataclass(frozen=True)
class UseRights:
    """One use, why the law lets it be, and which of the varying rights stand over what it uses."""

    purpose: Purpose
    title: str
    because: str
    varying: dict[Right, Applies]
    withdrawn: bool  # whether the person can take the basis itself away


def rights_by_use(*, at: datetime) -> list[UseRights]:
    """
    Every use of the notice in its order. A copy, a correction and a restriction stand over each, so they are not said here.

    :raises NoNotice: none is in force.
    """
    register = notices.register_in_force(at)
    return [
        UseRights(
            declared.purpose,
            declared.title,
            BASIS_WORDS[declared.basis],
            {right: _applies(right, declared) for right in VARYING},
            can_withdraw(declared.basis),
        )
        for declared in sorted(register.purposes.values(), key=lambda each: each.row)
    ]


def _applies(right: Right, declared: DeclaredPurpose) -> Applies:
    # An objection to marketing stands whatever the basis (LAW-3.9).
    if right is Right.OBJECTION and declared.purpose is Purpose.MARKETING:
        return Applies.YES
    return applies(right, declared.basis)
