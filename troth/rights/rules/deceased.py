"""
Who may have the records of somebody who died, and what they may have (Access to Health Records Act 1990, LAW-4.10). Confidentiality
survives death: a wish that was recorded in life binds whoever asks. Nothing here reads a clock or a database.
"""

from datetime import date

from troth.rights.models.deceased import DeathShownBy as DeathShownBy
from troth.vault.categories import Category

#: The Act gives nothing that was made before it came into force (section 5(1)(b)).
IN_FORCE = date(1991, 11, 1)
#: What is a health record in the Act's sense: what was made about somebody's health, for their care (section 1(1)).
RECORD = frozenset({Category.HEALTH, Category.PHOTOGRAPH, Category.GENETIC})
#: How requests were answered: about their health, and no part of the record of their care.
_OURS = frozenset({"rights.opinions", "rights.withheld"})

PERSONAL_REPRESENTATIVE, CLAIM = "personal_representative", "claim"
#: As what somebody applies; there is no third.
APPLIES_AS = {
    PERSONAL_REPRESENTATIVE: "They deal with the estate: no reason is needed",
    CLAIM: "They may have a claim from the death: they get what bears on it",
}
SHOWN_BY_WORDS: dict[DeathShownBy, str] = {
    DeathShownBy.CERTIFICATE: "The death certificate",
    DeathShownBy.PROBATE: "The grant of probate or letters of administration",
    DeathShownBy.CORONER: "A coroner’s paper",
    DeathShownBy.HOSPITAL: "A hospital or another doctor told us",
    DeathShownBy.FAMILY: "The family told us",
}


def is_of_record(category: Category, compartment: str) -> bool:
    """Whether something is part of the record of somebody's health that the Act speaks of."""
    return category in RECORD and compartment not in _OURS


def is_before_the_act(made_on: date) -> bool:
    """Whether something was made before the Act came into force."""
    return made_on < IN_FORCE


def check_can_record(died_on: date, *, on: date, seen: str, known: bool, born: date | None = None) -> str:
    """Say why a death may not be recorded so, or "" when it may."""
    if known:
        return "It is recorded already."
    if died_on > on:
        return "That day is still to come."
    if born is not None and died_on < born:
        return "That day is before they were born."
    return "" if seen.strip() else "Write what you looked at, or who told you."


def check_can_hand_over(*, recorded: bool, wish: str, applies_as: str, words: str | None) -> str:
    """Say why the records may not be handed over, or "" when they may. `words` is None where each entry is decided by itself."""
    if not recorded:
        return "Record first that they died, and how we know [LAW-4.10]."
    if applies_as not in APPLIES_AS:
        return "Say first as what they apply, and what showed it: the estate, or a claim from the death [LAW-4.10]."
    if wish.strip():
        return "They said in life that their record is not to be shown. Refuse it on that ground [LAW-4.10]."
    if applies_as == CLAIM and words is not None and len(set(words.casefold().split())) < 3:
        return "Write which parts bear on the claim: nothing else is handed over [LAW-4.10]."
    return ""


def check_can_have_no_bearing(*, applies_as: str) -> str:
    """Say why an entry may not be withheld as one with no bearing on a claim, or "" when it may."""
    if applies_as == CLAIM:
        return ""
    return "Whoever deals with the estate needs no reason: only of a claim is left out what has no bearing on it [LAW-4.10]."
