"""
Who may have the records of somebody who died, and what they may have (Access to Health Records Act 1990, LAW-4.10). Confidentiality
survives death: a wish that was recorded in life binds whoever asks. Nothing here reads a clock or a database.
"""

from datetime import date

from troth.rights.models.deceased import DeathShownBy as DeathShownBy

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


def check_can_record(died_on: date, *, on: date, seen: str, known: bool, born: date | None = None) -> str:
    """Say why a death may not be recorded so, or "" when it may."""
    if known:
        return "It is recorded already."
    if died_on > on:
        return "That day is still to come."
    if born is not None and died_on < born:
        return "That day is before they were born."
    return "" if seen.strip() else "Write what you looked at, or who told you."


def check_can_hand_over(*, recorded: bool, wish: str, applies_as: str, words: str) -> str:
    """Say why the records may not be handed over, or "" when they may."""
    if not recorded:
        return "Record first that they died, and how we know [LAW-4.10]."
    if applies_as not in APPLIES_AS:
        return "Say first as what they apply, and what showed it: the estate, or a claim from the death [LAW-4.10]."
    if wish.strip():
        return "They said in life that their record is not to be shown. Refuse it on that ground [LAW-4.10]."
    if applies_as == CLAIM and len(set(words.casefold().split())) < 3:
        return "Write which parts bear on the claim: nothing else is handed over [LAW-4.10]."
    return ""
