"""The pieces of personal data that a clinic may list, each in the category where it belongs."""

from enum import StrEnum

from troth.notice.purposes import Purpose
from troth.vault.categories import Category


class Item(StrEnum):
    """One piece of personal data that a clinic may list. Each has one category where it belongs, or none."""

    home: Category | None
    sparing: frozenset[Purpose]

    def __new__(cls, value: str, home: Category | None, sparing: frozenset[Purpose] = frozenset()) -> "Item":
        member = str.__new__(cls, value)
        member._value_ = value
        member.home = home
        # Not empty: the piece is more than clinics need, unless it serves one of these purposes (F-16).
        member.sparing = sparing
        return member

    NAME = "name", Category.IDENTITY
    TITLE = "title", Category.IDENTITY
    MAIDEN_NAME = "maiden_name", Category.IDENTITY, frozenset({Purpose.INSTRUCTIONS, Purpose.MEDICAL_REPORTING})
    DATE_OF_BIRTH = "date_of_birth", Category.IDENTITY
    GENDER = "gender", Category.IDENTITY
    MARITAL_STATUS = "marital_status", Category.IDENTITY, frozenset({Purpose.INSTRUCTIONS, Purpose.MEDICAL_REPORTING})
    NHS_NUMBER = "nhs_number", Category.IDENTITY
    PASSPORT = "passport", Category.IDENTITY_DOCUMENT, frozenset({Purpose.IDENTITY_CHECK, Purpose.STAFF})
    DRIVING_LICENCE = (
        "driving_licence",
        Category.IDENTITY_DOCUMENT,
        frozenset({Purpose.IDENTITY_CHECK, Purpose.STAFF}),
    )
    IDENTITY_CHECK_RESULT = "identity_check_result", Category.IDENTITY
    POSTAL_ADDRESS = "postal_address", Category.CONTACT
    PREVIOUS_ADDRESS = "previous_address", Category.CONTACT
    EMAIL_ADDRESS = "email_address", Category.CONTACT
    TELEPHONE = "telephone", Category.CONTACT
    EMERGENCY_CONTACT = "emergency_contact", Category.CONTACT
    SOCIAL_PROFILE = "social_profile", Category.CONTACT, frozenset({Purpose.EXPERT_DIRECTORY, Purpose.STAFF})
    SIGN_IN = "sign_in", Category.ACCOUNT
    SESSIONS = "sessions", Category.ACCOUNT
    SECOND_FACTOR = "second_factor", Category.ACCOUNT
    HEALTH_ANSWERS = "health_answers", Category.HEALTH
    MEASUREMENTS = "measurements", Category.HEALTH
    CLINICAL_NOTES = "clinical_notes", Category.HEALTH
    PRESCRIPTIONS = "prescriptions", Category.HEALTH
    GP_RECORDS = "gp_records", Category.HEALTH
    GP_DETAILS = "gp_details", Category.HEALTH
    MEDICAL_HISTORY = "medical_history", Category.HEALTH
    ADJUSTMENTS = "adjustments", Category.HEALTH
    VISIT_ADJUSTMENTS = "visit_adjustments", Category.ADJUSTMENTS
    GENETIC_DATA = "genetic_data", Category.GENETIC, frozenset({Purpose.CARE, Purpose.RESEARCH})
    BIOMETRIC_DATA = (
        "biometric_data",
        Category.BIOMETRIC,
        frozenset({Purpose.IDENTITY_CHECK, Purpose.ACCOUNT_SECURITY}),
    )
    ETHNIC_ORIGIN = "ethnic_origin", Category.ETHNIC, frozenset({Purpose.CARE, Purpose.PRESCRIBING, Purpose.RESEARCH})
    TREATMENT_PHOTOGRAPHS = "treatment_photographs", Category.PHOTOGRAPH
    INVOICES = "invoices", Category.FINANCIAL
    PAYMENT_CARD = "payment_card", Category.FINANCIAL
    PAYMENT_REFERENCE = "payment_reference", Category.FINANCIAL
    BANK_DETAILS = "bank_details", Category.FINANCIAL
    MESSAGES = "messages", Category.CORRESPONDENCE
    CONVERSATION_RECORDS = "conversation_records", Category.CORRESPONDENCE
    SURVEY_ANSWERS = "survey_answers", Category.CORRESPONDENCE
    SERVICES_USED = "services_used", Category.CORRESPONDENCE
    CHOICES = "choices", Category.PREFERENCES
    PAGES_VISITED = "pages_visited", Category.USAGE
    EMAIL_USE = "email_use", Category.USAGE
    BROWSER = "browser", Category.USAGE
    DEVICE = "device", Category.USAGE
    TIME_ZONE = "time_zone", Category.USAGE
    PAGE_INTERACTION = "page_interaction", Category.USAGE
    MACHINE_ADDRESS = "machine_address", Category.NETWORK
    SIGN_IN_LOG = "sign_in_log", Category.NETWORK
    CALL_AUDIO = "call_audio", Category.CALL_RECORDING
    CCTV_FOOTAGE = "cctv_footage", Category.CCTV
    ACCIDENT_DETAILS = "accident_details", Category.ACCIDENT
    ACCIDENT_PHOTOGRAPHS = "accident_photographs", Category.ACCIDENT
    MEDICAL_REPORT = "medical_report", Category.REPORT
    OCCUPATION = "occupation", Category.EMPLOYMENT
    EMPLOYER = "employer", Category.EMPLOYMENT
    INDUSTRY = "industry", Category.EMPLOYMENT
    AUTHORITY = "authority", Category.REPRESENTATIVE
    REPRESENTATIVE_DETAILS = "representative_details", Category.REPRESENTATIVE
    REQUESTS = "requests", Category.RIGHTS
    COMPLAINT_FILES = "complaint_files", Category.RIGHTS
    REGISTRATION_FORM = "registration_form", None  # a form, not a kind of data: what it asks is the data (F-15)
