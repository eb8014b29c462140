"""
The grounds on which a request is refused, or something is left out of the copy that answers it, each with its law
(LAW-1.16, LAW-3.5, LAW-4.2, LAW-4.7 to 4.10). The one list: whoever refuses names one of these, and there is no "other" (LAW-1.17).
"""

from enum import StrEnum


class Exemption(StrEnum):
    """A ground. `words` is what the person reads; `law` is where it stands; `of_entry`: one entry of a copy is left out on it."""

    words: str
    law: str
    of_entry: bool

    def __new__(cls, value: str, words: str = "", law: str = "", of_entry: bool = False) -> "Exemption":
        member = str.__new__(cls, value)
        member._value_ = value
        member.words, member.law, member.of_entry = words, law, of_entry
        return member

    UNFOUNDED = (
        "unfounded",
        "The request was plainly not meant as one",
        "UK GDPR Article 12(5), LAW-1.16",
    )
    EXCESSIVE = (
        "excessive",
        "It repeats what was answered, with nothing new since",
        "UK GDPR Article 12(5), LAW-1.16",
    )
    NOTHING_HELD = ("nothing_held", "We hold nothing of the kind", "UK GDPR Article 15(1), LAW-3.1")
    NOT_IDENTIFIED = (
        "not_identified",
        "We could not tell who asked",
        "UK GDPR Articles 11(2) and 12(6), LAW-1.15",
    )
    NO_AUTHORITY = (
        "no_authority",
        "It was not shown that whoever asked may act for the person",
        "UK GDPR Articles 5(1)(f) and 12(6), LAW-3.15, LAW-3.16",
    )
    NOT_THEIRS = ("not_theirs", "It is about another person", "UK GDPR Article 15(1), LAW-3.1")
    OTHERS = (
        "others",
        "It is about somebody else, who has not agreed, and it would not be reasonable to pass it on without that",
        "DPA 2018 Schedule 2 paragraph 16, LAW-4.8",
        True,
    )
    SERIOUS_HARM = (
        "serious_harm",
        "A health professional advised us that the law does not let us pass it on as it stands",
        "DPA 2018 Schedule 3 paragraph 5, LAW-4.3",
        True,
    )
    EXPECTATION = (
        "expectation",
        "It was given, or found, in the expectation that it would not reach whoever asks",
        "DPA 2018 Schedule 3 paragraph 4, LAW-4.7",
        True,
    )
    CRIME = (
        "crime",
        "Doing it would hinder the prevention of crime or the collection of tax",
        "DPA 2018 Schedule 2 paragraph 2, LAW-4.9",
        True,
    )
    PROCEEDINGS = (
        "proceedings",
        "A law or a court forbids it, or it is needed for legal proceedings",
        "DPA 2018 Schedule 2 paragraph 5, LAW-4.9",
        True,
    )
    REGULATORS = (
        "regulators",
        "Doing it would hinder a regulator",
        "DPA 2018 Schedule 2 paragraphs 7 to 12, LAW-4.9",
        True,
    )
    PRIVILEGE = (
        "privilege",
        "It is between a client and their lawyer, or was made for a court case",
        "DPA 2018 Schedule 2 paragraph 19, LAW-4.9",
        True,
    )
    SELF_INCRIMINATION = (
        "self_incrimination",
        "Passing it on would show an offence by whoever would have to pass it on",
        "DPA 2018 Schedule 2 paragraph 20, LAW-4.9",
        True,
    )
    FORECASTS = (
        "forecasts",
        "It is a plan or forecast of how the clinic is run",
        "DPA 2018 Schedule 2 paragraph 22, LAW-4.9",
        True,
    )
    NEGOTIATIONS = (
        "negotiations",
        "It shows what we intend in talks with you",
        "DPA 2018 Schedule 2 paragraph 23, LAW-4.9",
        True,
    )
    REFERENCES = (
        "references",
        "It is a reference given in confidence",
        "DPA 2018 Schedule 2 paragraph 24, LAW-4.9",
        True,
    )
    CHILD_ABUSE = (
        "child_abuse",
        "It is about whether a child was or is at risk",
        "DPA 2018 Schedule 3 Part 5, LAW-4.9",
        True,
    )
    STATUTE = (
        "statute",
        "Another Act forbids it, such as those on fertility treatment and on adoption",
        "DPA 2018 Schedule 4, LAW-4.9",
        True,
    )
    LEGAL_DUTY = ("legal_duty", "A law makes us keep it", "UK GDPR Article 17(3)(b), LAW-3.5")
    CARE_RECORD = (
        "care_record",
        "It is part of the record of your treatment",
        "UK GDPR Article 17(3)(c), LAW-3.5",
    )
    LEGAL_CLAIMS = (
        "legal_claims",
        "A legal claim may need it",
        "UK GDPR Articles 17(3)(e), 18(2) and 21(1), LAW-3.5",
    )
    COMPELLING = (
        "compelling",
        "Our reasons are compelling and outweigh yours",
        "UK GDPR Article 21(1), LAW-3.9",
    )
    ACCURATE = (
        "accurate",
        "We looked, and what stands there is right; what you say of it stands beside it",
        "UK GDPR Article 16, LAW-3.3",
    )
    NOT_PORTABLE = (
        "not_portable",
        "It does not rest on your consent or our agreement, or you did not give it to us",
        "UK GDPR Article 20(1), LAW-3.8",
    )
    RECORDED_WISH = (
        "recorded_wish",
        "The person who died had asked that it not be shown",
        "Access to Health Records Act 1990 section 4(3), LAW-4.10",
        True,
    )
    BEFORE_THE_ACT = (
        "before_the_act",
        "It was made before 1 November 1991, when the law came into force",
        "Access to Health Records Act 1990 section 5(1)(b), LAW-4.10",
        True,
    )
    NO_BEARING = (
        "no_bearing",
        "It does not bear on a claim that may arise from the death",
        "Access to Health Records Act 1990 section 5(4), LAW-4.10",
        True,
    )
