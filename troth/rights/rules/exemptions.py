"""
The grounds on which a request may be refused, wholly or in part, each with its law (LAW-1.16, LAW-3.5, LAW-4.2, LAW-4.7 to 4.9).

A refusal names one of these or is none: there is no "other" (LAW-1.17).
"""

from dataclasses import dataclass
from enum import StrEnum

from troth.rights.models import Asked


class Exemption(StrEnum):
    """Why something is not given, or not done."""

    UNFOUNDED = "unfounded"
    EXCESSIVE = "excessive"
    NOT_THEIRS = "not_theirs"
    NOTHING_HELD = "nothing_held"
    NOT_IDENTIFIED = "not_identified"
    NO_AUTHORITY = "no_authority"
    OTHERS = "others"
    SERIOUS_HARM = "serious_harm"
    EXPECTATION = "expectation"
    CRIME_TAX = "crime_tax"
    PROCEEDINGS = "proceedings"
    REGULATORS = "regulators"
    PRIVILEGE = "privilege"
    SELF_INCRIMINATION = "self_incrimination"
    FORECASTS = "forecasts"
    NEGOTIATIONS = "negotiations"
    REFERENCES = "references"
    CHILD_ABUSE = "child_abuse"
    FERTILITY_ADOPTION = "fertility_adoption"
    LEGAL_DUTY = "legal_duty"
    CARE_RECORD = "care_record"
    LEGAL_CLAIMS = "legal_claims"
    COMPELLING = "compelling"
    ACCURATE = "accurate"
    NOT_PORTABLE = "not_portable"
    RECORDED_WISH = "recorded_wish"


@dataclass(frozen=True)
class Ground:
    """One ground: what is said to the person, the law, and the kinds of case that it can answer."""

    words: str
    law: str
    answers: frozenset[Asked]


_RIGHTS = frozenset(Asked) - {Asked.COMPLAINT, Asked.DECEASED}
_COPY = frozenset({Asked.ACCESS, Asked.PORTABILITY})
_SEEN = frozenset({Asked.ACCESS})
_DEAD = frozenset({Asked.DECEASED})

GROUNDS: dict[Exemption, Ground] = {
    Exemption.UNFOUNDED: Ground(
        "The request was plainly not meant as one", "UK GDPR Article 12(5), LAW-1.16", _RIGHTS
    ),
    Exemption.EXCESSIVE: Ground(
        "It repeats what was answered, with nothing new since", "UK GDPR Article 12(5), LAW-1.16", _RIGHTS
    ),
    Exemption.NOTHING_HELD: Ground("We hold nothing of the kind", "UK GDPR Article 15(1), LAW-3.1", frozenset(Asked)),
    Exemption.NOT_IDENTIFIED: Ground(
        "We could not tell who asked", "UK GDPR Articles 11(2) and 12(6), LAW-1.15", _RIGHTS | _DEAD
    ),
    Exemption.NO_AUTHORITY: Ground(
        "It was not shown that whoever asked may act for the person", "LAW-3.15, LAW-3.16", _RIGHTS | _DEAD
    ),
    Exemption.NOT_THEIRS: Ground("It is about another person", "UK GDPR Article 15(1), LAW-3.1", _RIGHTS),
    Exemption.OTHERS: Ground(
        "It would tell about somebody else, who has not agreed",
        "DPA 2018 Schedule 2 paragraph 16, LAW-4.8",
        _COPY | _DEAD,
    ),
    Exemption.SERIOUS_HARM: Ground(
        "A health professional found that it would be likely to cause serious harm",
        "DPA 2018 Schedule 3 paragraph 5, LAW-4.2",
        _SEEN | _DEAD,
    ),
    Exemption.EXPECTATION: Ground(
        "It was told to us expecting that it would not reach whoever asks",
        "DPA 2018 Schedule 3 paragraph 4, LAW-4.7",
        _SEEN | _DEAD,
    ),
    Exemption.CRIME_TAX: Ground(
        "It would stand in the way of preventing crime or assessing tax",
        "DPA 2018 Schedule 2 paragraph 2, LAW-4.9",
        _RIGHTS,
    ),
    Exemption.PROCEEDINGS: Ground(
        "The law, or legal proceedings, need it otherwise", "DPA 2018 Schedule 2 paragraph 5, LAW-4.9", _RIGHTS
    ),
    Exemption.REGULATORS: Ground(
        "It would stand in the way of a public regulator", "DPA 2018 Schedule 2 paragraphs 7 to 12, LAW-4.9", _RIGHTS
    ),
    Exemption.PRIVILEGE: Ground(
        "It is between a client and their lawyer", "DPA 2018 Schedule 2 paragraph 19, LAW-4.9", _COPY
    ),
    Exemption.SELF_INCRIMINATION: Ground(
        "It would show that we committed an offence", "DPA 2018 Schedule 2 paragraph 20, LAW-4.9", _COPY
    ),
    Exemption.FORECASTS: Ground(
        "It is planning that telling would spoil", "DPA 2018 Schedule 2 paragraph 22, LAW-4.9", _COPY
    ),
    Exemption.NEGOTIATIONS: Ground(
        "It says what we intend in a negotiation with you", "DPA 2018 Schedule 2 paragraph 23, LAW-4.9", _COPY
    ),
    Exemption.REFERENCES: Ground(
        "It is a reference given in confidence", "DPA 2018 Schedule 2 paragraph 24, LAW-4.9", _COPY
    ),
    Exemption.CHILD_ABUSE: Ground(
        "It is about child abuse, and telling would not serve the child", "DPA 2018 Schedule 3 Part 5, LAW-4.9", _SEEN
    ),
    Exemption.FERTILITY_ADOPTION: Ground(
        "Another Act forbids telling it: fertility or adoption", "DPA 2018 Schedule 4, LAW-4.9", _SEEN | _DEAD
    ),
    Exemption.LEGAL_DUTY: Ground(
        "A law makes us keep it", "UK GDPR Article 17(3)(b), LAW-3.5", frozenset({Asked.ERASURE})
    ),
    Exemption.CARE_RECORD: Ground(
        "It is part of the record of your treatment", "UK GDPR Article 17(3)(c), LAW-3.5", frozenset({Asked.ERASURE})
    ),
    Exemption.LEGAL_CLAIMS: Ground(
        "A legal claim may need it",
        "UK GDPR Articles 17(3)(e), 18(2) and 21(1), LAW-3.5",
        frozenset({Asked.ERASURE, Asked.RESTRICTION, Asked.OBJECTION}),
    ),
    Exemption.COMPELLING: Ground(
        "Our reasons are compelling and outweigh yours",
        "UK GDPR Article 21(1), LAW-3.9",
        frozenset({Asked.OBJECTION}),
    ),
    Exemption.ACCURATE: Ground(
        "We looked, and what stands there is right; what you say of it stands beside it",
        "UK GDPR Article 16, LAW-3.3",
        frozenset({Asked.RECTIFICATION}),
    ),
    Exemption.NOT_PORTABLE: Ground(
        "It does not rest on your consent or our agreement, or you did not give it to us",
        "UK GDPR Article 20(1), LAW-3.8",
        frozenset({Asked.PORTABILITY}),
    ),
    Exemption.RECORDED_WISH: Ground(
        "The person who died had asked that it not be shown",
        "Access to Health Records Act 1990 section 4(3), LAW-4.10",
        _DEAD,
    ),
}


def grounds_for(asked: Asked) -> list[tuple[Exemption, Ground]]:
    """The grounds on which such a case may be refused, in the order of the list."""
    return [(code, ground) for code, ground in GROUNDS.items() if asked in ground.answers]
