"""The closed vocabulary of purposes. Code names them; a notice switches them on and words them."""

from enum import StrEnum


class Purpose(StrEnum):
    """Why personal data is used. The value is what stands in a notice file and in the ledger."""

    # The kernel's own: they stand in every notice, or it does not lint (pitfalls A9).
    ACCOUNT_SECURITY = "account_security"
    RIGHTS = "rights"
    SECURITY_LOG = "security_log"
    LEGAL_CLAIMS = "legal_claims"
    FIND = "find"
    EMERGENCY = "emergency"
    # The clinics'.
    REGISTRATION = "registration"
    ELIGIBILITY = "eligibility"
    IDENTITY_CHECK = "identity_check"
    PRESCRIBING = "prescribing"
    CARE = "care"
    BOOKING = "booking"
    PAYMENT = "payment"
    ACCOUNTING = "accounting"
    GP_CORRESPONDENCE = "gp_correspondence"
    ENQUIRIES = "enquiries"
    SERVICE_MESSAGES = "service_messages"
    MESSAGES = "messages"
    MARKETING = "marketing"
    PROMOTIONS = "promotions"
    PERSONALISATION = "personalisation"
    ADVERTISING = "advertising"
    FEEDBACK = "feedback"
    SITE_OPERATION = "site_operation"
    SITE_STATISTICS = "site_statistics"
    SITE_SECURITY = "site_security"
    PROBLEM_REPORTS = "problem_reports"
    CLINICAL_AUDIT = "clinical_audit"
    SERVICE_STATISTICS = "service_statistics"
    RESEARCH = "research"
    PHOTOGRAPHY = "photography"
    CALL_RECORDING = "call_recording"
    CCTV = "cctv"
    INSTRUCTIONS = "instructions"
    MEDICAL_REPORTING = "medical_reporting"
    REPORT_RELEASE = "report_release"
    EXPERT_DIRECTORY = "expert_directory"
    STAFF = "staff"
    COMPLAINTS = "complaints"
    LEGAL_DUTIES = "legal_duties"
    SAFEGUARDING = "safeguarding"
    FRAUD_PREVENTION = "fraud_prevention"
    BUSINESS_TRANSFER = "business_transfer"

    @property
    def of_the_kernel(self) -> bool:
        """Whether every notice must declare it, since without it people are locked out of their rights."""
        return self in KERNEL_PURPOSES


KERNEL_PURPOSES = frozenset(
    {
        Purpose.ACCOUNT_SECURITY,
        Purpose.RIGHTS,
        Purpose.SECURITY_LOG,
        Purpose.LEGAL_CLAIMS,
        Purpose.FIND,
        Purpose.EMERGENCY,
    }
)


class Action(StrEnum):
    """What is done with the data under a purpose. Check 3 (role) takes it (pitfalls A7)."""

    READ = "read"
    WRITE = "write"
    EXPORT = "export"
    DISCLOSE = "disclose"
    ERASE = "erase"
