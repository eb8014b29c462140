"""Which ground answers which kind of case. The grounds themselves, with their words and their law, are `troth.law.exemptions`."""

from troth.law.exemptions import Exemption
from troth.rights.models import Asked

_RIGHTS = frozenset(Asked) - {Asked.COMPLAINT, Asked.DECEASED}
_COPY = frozenset({Asked.ACCESS, Asked.PORTABILITY})
_SEEN = frozenset({Asked.ACCESS})
_DEAD = frozenset({Asked.DECEASED})

ANSWERS: dict[Exemption, frozenset[Asked]] = {
    Exemption.UNFOUNDED: _RIGHTS,
    Exemption.EXCESSIVE: _RIGHTS,
    Exemption.NOTHING_HELD: frozenset(Asked),
    Exemption.NOT_IDENTIFIED: _RIGHTS | _DEAD,
    Exemption.NO_AUTHORITY: _RIGHTS | _DEAD,
    Exemption.NOT_THEIRS: _RIGHTS,
    Exemption.OTHERS: _COPY | _DEAD,
    Exemption.SERIOUS_HARM: _SEEN | _DEAD,
    Exemption.EXPECTATION: _SEEN | _DEAD,
    Exemption.CRIME: _RIGHTS,
    Exemption.PROCEEDINGS: _RIGHTS,
    Exemption.REGULATORS: _RIGHTS,
    Exemption.PRIVILEGE: _COPY,
    Exemption.SELF_INCRIMINATION: _COPY,
    Exemption.FORECASTS: _COPY,
    Exemption.NEGOTIATIONS: _COPY,
    Exemption.REFERENCES: _COPY,
    Exemption.CHILD_ABUSE: _SEEN,
    Exemption.STATUTE: _SEEN | _DEAD,
    Exemption.LEGAL_DUTY: frozenset({Asked.ERASURE}),
    Exemption.CARE_RECORD: frozenset({Asked.ERASURE}),
    Exemption.LEGAL_CLAIMS: frozenset({Asked.ERASURE, Asked.RESTRICTION, Asked.OBJECTION}),
    Exemption.COMPELLING: frozenset({Asked.OBJECTION}),
    Exemption.ACCURATE: frozenset({Asked.RECTIFICATION}),
    Exemption.NOT_PORTABLE: frozenset({Asked.PORTABILITY}),
    Exemption.RECORDED_WISH: _DEAD,
}


def grounds_for(asked: Asked) -> list[Exemption]:
    """The grounds on which such a case may be refused, in the order of the list."""
    return [ground for ground, answered in ANSWERS.items() if asked in answered]


def grounds_of_entries(asked: Asked) -> list[Exemption]:
    """The grounds on which one entry of the copy that answers such a case may be left out."""
    return [ground for ground in grounds_for(asked) if ground.of_entry]
