"""The grounds on which something is left out of the copy that answers a request (LAW-4.2 to LAW-4.9), each with its paragraph."""

from enum import StrEnum


class Exemption(StrEnum):
    """A ground of the Data Protection Act 2018. `words` is what the person reads; `law` is where it stands."""

    words: str
    law: str

    def __new__(cls, value: str, words: str = "", law: str = "") -> "Exemption":
        member = str.__new__(cls, value)
        member._value_ = value
        member.words, member.law = words, law
        return member

    OTHERS = (
        "others",
        "It is about somebody else, who has not agreed, and it would not be reasonable to pass it on without that",
        "DPA 2018 Schedule 2 paragraph 16, LAW-4.8",
    )
    SERIOUS_HARM = (
        "serious_harm",
        "A health professional advised us that the law does not let us pass it on as it stands",
        "DPA 2018 Schedule 3 paragraph 5, LAW-4.3",
    )
    EXPECTATION = (
        "expectation",
        "It was given, or found, in the expectation that it would not reach whoever asks",
        "DPA 2018 Schedule 3 paragraph 4, LAW-4.7",
    )
    CRIME = (
        "crime",
        "Passing it on would hinder the prevention of crime or the collection of tax",
        "DPA 2018 Schedule 2 paragraph 2, LAW-4.9",
    )
    PROCEEDINGS = (
        "proceedings",
        "A law or a court forbids it, or it is needed for legal proceedings",
        "DPA 2018 Schedule 2 paragraph 5, LAW-4.9",
    )
    REGULATORS = (
        "regulators",
        "Passing it on would hinder a regulator",
        "DPA 2018 Schedule 2 paragraphs 7 to 12, LAW-4.9",
    )
    PRIVILEGE = (
        "privilege",
        "It is between a client and their lawyer, or was made for a court case",
        "DPA 2018 Schedule 2 paragraph 19, LAW-4.9",
    )
    SELF_INCRIMINATION = (
        "self_incrimination",
        "Passing it on would show an offence by whoever would have to pass it on",
        "DPA 2018 Schedule 2 paragraph 20, LAW-4.9",
    )
    FORECASTS = (
        "forecasts",
        "It is a plan or forecast of how the clinic is run",
        "DPA 2018 Schedule 2 paragraph 22, LAW-4.9",
    )
    NEGOTIATIONS = (
        "negotiations",
        "It shows what we intend in talks with you",
        "DPA 2018 Schedule 2 paragraph 23, LAW-4.9",
    )
    REFERENCES = (
        "references",
        "It is a reference given in confidence",
        "DPA 2018 Schedule 2 paragraph 24, LAW-4.9",
    )
    CHILD_ABUSE = (
        "child_abuse",
        "It is about whether a child was or is at risk",
        "DPA 2018 Schedule 3 Part 5, LAW-4.9",
    )
    STATUTE = (
        "statute",
        "Another Act forbids it, such as those on fertility treatment and on adoption",
        "DPA 2018 Schedule 4, LAW-4.9",
    )
