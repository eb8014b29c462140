"""The closed vocabulary of data categories. A notice words them; a sealed field belongs to exactly one."""

from enum import StrEnum


class Category(StrEnum):
    """A kind of personal data. `special` ones need an Article 9 condition as well as a basis (LAW-5.1)."""

    IDENTITY = "identity"  # name, date of birth, title, NHS number
    CONTACT = "contact"  # addresses, email, telephone
    ACCOUNT = "account"  # sign-in name, password hash, second factors, sessions
    HEALTH = "health"  # anything about bodies and minds, from anyone
    ADJUSTMENTS = "adjustments"  # what is arranged for somebody at a visit, which lets their health be guessed
    GENETIC = "genetic"
    BIOMETRIC = "biometric"
    ETHNIC = "ethnic"
    PHOTOGRAPH = "photograph"  # clinical photographs; health data too
    IDENTITY_DOCUMENT = "identity_document"  # passport, driving licence and the check of it
    FINANCIAL = "financial"  # invoices, payments, bank details for refunds
    CORRESPONDENCE = "correspondence"  # messages and letters with the person
    PREFERENCES = "preferences"  # choices of channel, topic and accessibility
    USAGE = "usage"  # what a device told the site: pages, time, browser
    NETWORK = "network"  # addresses of machines, kept for days
    CALL_RECORDING = "call_recording"
    CCTV = "cctv"
    ACCIDENT = "accident"  # what happened in an accident, and its pictures
    REPORT = "report"  # what an expert wrote for a court about somebody’s health: health data too
    EMPLOYMENT = "employment"  # trade, employer; for staff their post
    REPRESENTATIVE = "representative"  # who acts for the person, and on what authority
    RIGHTS = "rights"  # requests and complaints, their papers and decisions

    @property
    def special(self) -> bool:
        """Whether Article 9 applies: to health, genes, biometrics and origin, and to what lets health be seen or guessed."""
        return self in _SPECIAL


#: Locked although a notice covers them, until something that a person comes for needs them (KL-1.13).
LOCKED = frozenset({Category.GENETIC, Category.BIOMETRIC, Category.ETHNIC})

_SPECIAL = frozenset(
    {
        Category.HEALTH,
        Category.ADJUSTMENTS,
        Category.GENETIC,
        Category.BIOMETRIC,
        Category.ETHNIC,
        Category.PHOTOGRAPH,
        Category.ACCIDENT,
        Category.REPORT,
    }
)
