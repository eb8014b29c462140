"""Which ground answers which kind of case. The grounds themselves, with their words and their law, are `troth.law.exemptions`."""

from dataclasses import dataclass

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
    Exemption.BEFORE_THE_ACT: _DEAD,
    Exemption.NO_BEARING: _DEAD,
}


@dataclass(frozen=True)
class Ground:
    """A ground as it is told: in words, and where it stands."""

    words: str
    law: str

    @property
    def sentence(self) -> str:
        """As people read it: where it stands in the law, and nothing of our own numbering."""
        law = ", ".join(part for part in self.law.split(", ") if not part.startswith("LAW-"))
        return f"{self.words} ({law})." if law else f"{self.words}."


#: Data protection law ends with a life. What of its grounds the Act has too stands there in other words (LAW-4.10).
_OF_THE_DEAD = {
    Exemption.OTHERS: Ground(
        "It is about somebody else, or came from them, and they have not agreed",
        "Access to Health Records Act 1990 section 5(1)(a)(ii), LAW-4.10",
    ),
    Exemption.SERIOUS_HARM: Ground(
        "A health professional advised us that the law does not let us pass it on as it stands",
        "Access to Health Records Act 1990 section 5(1)(a)(i), LAW-4.10",
    ),
    Exemption.EXPECTATION: Ground(
        "It was given, or found, in the expectation that it would not reach whoever asks",
        "Access to Health Records Act 1990 section 5(3), LAW-4.10",
    ),
    Exemption.NOTHING_HELD: Ground(
        "We hold nothing of the kind", "Access to Health Records Act 1990 section 3(1), LAW-4.10"
    ),
    Exemption.NOT_IDENTIFIED: Ground(
        "We could not tell who asked", "Access to Health Records Act 1990 section 3(6), LAW-4.10"
    ),
    Exemption.NO_AUTHORITY: Ground(
        "It was not shown that whoever asked deals with the estate, or may have a claim from the death",
        "Access to Health Records Act 1990 section 3(1)(f), LAW-4.10",
    ),
    Exemption.STATUTE: Ground(
        "Another Act forbids it, such as the one on fertility treatment",
        "Human Fertilisation and Embryology Act 1990 section 33A, LAW-4.10",
    ),
}


def said_of(ground: Exemption, asked: Asked) -> Ground:
    """A ground as it is told to whoever asked this."""
    told = _OF_THE_DEAD.get(ground) if asked is Asked.DECEASED else None
    return told or Ground(ground.words, ground.law)


def grounds_for(asked: Asked) -> list[Exemption]:
    """The grounds on which such a case may be refused, in the order of the list."""
    return [ground for ground, answered in ANSWERS.items() if asked in answered]


def grounds_of_entries(asked: Asked) -> list[Exemption]:
    """The grounds on which one entry of the copy that answers such a case may be left out."""
    return [ground for ground in grounds_for(asked) if ground.of_entry]
