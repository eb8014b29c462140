"""The closed vocabularies of a notice file, apart from purposes and categories. Values are what the file says."""

from enum import StrEnum


class Instrument(StrEnum):
    """A law that a notice cites."""

    UK_GDPR = "uk_gdpr"
    DPA_2018 = "dpa_2018"
    DUAA_2025 = "duaa_2025"
    PECR_2003 = "pecr_2003"
    HUMAN_MEDICINES_2012 = "human_medicines_2012"
    EU_GDPR = "eu_gdpr"
    DPA_1998 = "dpa_1998"
    DPA_1988 = "dpa_1988"
    DPA_1984 = "dpa_1984"
    OTHER = "other"


class Place(StrEnum):
    """Where people meet the clinic: what a notice covers."""

    WEBSITE = "website"
    APP = "app"
    SOCIAL = "social"
    TELEPHONE = "telephone"
    EMAIL = "email"
    EVENTS = "events"
    APPOINTMENTS = "appointments"
    CARE = "care"
    PREMISES = "premises"
    INSTRUCTED_WORK = "instructed_work"


class ContactRoute(StrEnum):
    """A way to reach the clinic."""

    ACCOUNT = "account"
    FORM = "form"
    EMAIL = "email"
    TELEPHONE = "telephone"
    POST = "post"
    IN_PERSON = "in_person"


class RecipientKind(StrEnum):
    """What a recipient is to the clinic (UK GDPR Article 4(7) and (8))."""

    PROCESSOR = "processor"
    CONTROLLER = "controller"
    JOINT_CONTROLLER = "joint_controller"


class Trade(StrEnum):
    """What a recipient does."""

    GP = "gp"
    PHARMACY = "pharmacy"
    PAYMENT = "payment"
    MAIL = "mail"
    IDENTITY = "identity"
    HOSTING = "hosting"
    CLINIC_SOFTWARE = "clinic_software"
    WEBSITE = "website"
    DELIVERY = "delivery"
    TELEPHONY = "telephony"
    ACCOUNTANT = "accountant"
    LABORATORY = "laboratory"
    DIAGNOSTICS = "diagnostics"
    REHABILITATION = "rehabilitation"
    EXPERT = "expert"
    SOLICITOR = "solicitor"
    INSURER = "insurer"
    MEDCO = "medco"
    AUDITOR = "auditor"
    REGULATOR = "regulator"
    PUBLIC_AUTHORITY = "public_authority"
    EMERGENCY_SERVICE = "emergency_service"
    FRAUD_EXCHANGE = "fraud_exchange"
    GROUP_COMPANY = "group_company"
    ADVERTISING = "advertising"
    ANALYTICS = "analytics"
    MARKETING_PARTNER = "marketing_partner"
    SUPPLIER = "supplier"


class Use(StrEnum):
    """An end for which data is passed on, or said never to be."""

    LAW = "law"
    CLAIMS = "claims"
    FRAUD = "fraud"
    SAFETY = "safety"
    SALE = "sale"
    CARE = "care"
    REPORT = "report"
    MARKETING = "marketing"
    MARKET_RESEARCH = "market_research"
    COMMERCIAL = "commercial"


class Origin(StrEnum):
    """Where data comes from."""

    PERSON = "person"
    DEVICE = "device"
    GP = "gp"
    EXPERT = "expert"
    SOLICITOR = "solicitor"
    INSURER = "insurer"
    REPRESENTATIVE = "representative"
    IDENTITY_FIRM = "identity_firm"
    PAYMENT_FIRM = "payment_firm"
    PHARMACY = "pharmacy"
    PARTNER = "partner"
    OTHER_SITES = "other_sites"
    GROUP = "group"
    STAFF = "staff"
    PUBLIC_REGISTER = "public_register"
    ANOTHER = "another"


class Trigger(StrEnum):
    """The event from which a period of keeping runs (LAW-6.6)."""

    LAST_CONTACT = "last_contact"
    BIRTH = "birth"
    DEATH = "death"
    TREATMENT_END = "treatment_end"
    CASE_CLOSED = "case_closed"
    CREATED = "created"
    FINANCIAL_YEAR_END = "fy_end"
    CONTRACT_END = "contract_end"
    WITHDRAWN = "withdrawn"
    OTHER = "other"


class EndAction(StrEnum):
    """What happens when the period ends."""

    REVIEW = "review"
    DESTROY = "destroy"
    ANONYMISE = "anonymise"
    DEACTIVATE = "deactivate"
    ARCHIVE = "archive"


class Mechanism(StrEnum):
    """What makes a transfer abroad lawful (LAW-9.11)."""

    ADEQUACY = "adequacy"
    DPF_UK_EXTENSION = "dpf_uk_extension"
    IDTA = "idta"
    UK_ADDENDUM = "uk_addendum"
    BCR = "bcr"
    DEROGATION = "derogation"
    EU_SCCS = "eu_sccs"
    UNSTATED = "unstated"


class RightName(StrEnum):
    """A right that people have (LAW-3)."""

    INFORMED = "informed"
    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    PORTABILITY = "portability"
    OBJECTION = "objection"
    MARKETING_OBJECTION = "marketing_objection"
    WITHDRAWAL = "withdrawal"
    AUTOMATED_DECISIONS = "automated_decisions"


class Demand(StrEnum):
    """What a notice asks of someone who uses a right."""

    WRITING = "writing"
    NAMED_PERSON = "named_person"
    FEE = "fee"
    REASON = "reason"
    IDENTITY_ALWAYS = "identity_always"
    IDENTITY_IF_DOUBTED = "identity_if_doubted"
    AUTHORITY_OF_PROXY = "authority_of_proxy"


class Ground(StrEnum):
    """Why a right may be met in part or not at all."""

    STATUTORY_EXEMPTION = "statutory_exemption"
    LEGAL_DUTY = "legal_duty"
    LEGAL_CLAIMS = "legal_claims"
    PURPOSE_STILL_NEEDS_IT = "purpose_still_needs_it"
    COMPELLING_GROUNDS = "compelling_grounds"
    ONGOING_RELATIONSHIP = "ongoing_relationship"
    PURCHASE_DATA = "purchase_data"
    PRODUCT_WARRANTY = "product_warranty"


class Exemption(StrEnum):
    """Why a thing may be stored on a device without consent (PECR Schedule A1, LAW-8.7)."""

    TRANSMISSION = "transmission"
    STRICTLY_NECESSARY = "strictly_necessary"
    STATISTICS = "statistics"
    APPEARANCE = "appearance"
    EMERGENCY = "emergency"


class DeviceUse(StrEnum):
    """What a cookie, pixel or stored value is used for."""

    ESSENTIAL = "essential"
    SECURITY = "security"
    STATISTICS = "statistics"
    APPEARANCE = "appearance"
    TAILORING = "tailoring"
    ADVERTISING = "advertising"


class SetBy(StrEnum):
    """Who places a cookie."""

    US = "us"
    SUPPLIER = "supplier"
    INTERNET_PROVIDER = "internet_provider"


class ConsentAsked(StrEnum):
    """How firmly a notice promises to ask."""

    ALWAYS = "yes, first"
    WHERE_REQUIRED = "where required"
    NEVER = "not asked"


class Refusal(StrEnum):
    """A way to say no to cookies."""

    BANNER = "banner"
    SETTINGS_PAGE = "settings_page"
    BROWSER = "browser"


class MarketingChannel(StrEnum):
    """How marketing reaches people."""

    EMAIL = "email"
    SMS = "sms"
    APP = "app"
    POST = "post"
    TELEPHONE = "telephone"


class WayOut(StrEnum):
    """A way to stop marketing."""

    LINK = "link"
    PREFERENCES = "preferences"
    EMAIL = "email"
    TELEPHONE = "telephone"
    POST = "post"
    REPLY = "reply"


class About(StrEnum):
    """What a disclaimer is about."""

    SENDING_DATA = "sending_data"
    STORED_DATA = "stored_data"
    OTHER_SITES = "other_sites"
    PREMISES = "premises"
    TREATMENT = "treatment"


class ClaimKind(StrEnum):
    """What a clinic claims of itself or of a supplier."""

    CERTIFICATE = "certificate"
    REGISTRATION = "registration"
    COMPLIANCE = "compliance"
    SUPERLATIVE = "superlative"


class Measure(StrEnum):
    """A measure of security that a notice may state."""

    ENCRYPTION_AT_REST = "encryption_at_rest"
    ENCRYPTION_IN_TRANSIT = "encryption_in_transit"
    ACCESS_BY_ROLE = "access_by_role"
    READS_LOGGED = "reads_logged"
    SECOND_FACTOR = "second_factor"
    PSEUDONYMS = "pseudonyms"
    BACKUPS = "backups"
    RESTORE_TESTS = "restore_tests"
    KEYS_APART = "keys_apart"
    MONITORING = "monitoring"
    FIREWALL = "firewall"
    INTEGRITY_CHECKS = "integrity_checks"
    DDOS_PROTECTION = "ddos_protection"
    BUILDING_PASSES = "building_passes"
    STAFF_TRAINING = "staff_training"
    RETENTION_POLICY = "retention_policy"
    ANONYMISATION = "anonymisation"


class Matter(StrEnum):
    """A matter of other trades that a text may speak of (F-47)."""

    INDUSTRIES_AND_SECTORS = "industries_and_sectors"
    PRODUCT_WARRANTY = "product_warranty"
    MONEY_LAUNDERING = "money_laundering"
    CREDIT_RISK = "credit_risk"


class Section(StrEnum):
    """A part of the notice to which its text may point (F-43)."""

    PURPOSES = "purposes"
    LAWFUL_BASES = "lawful_bases"
    TABLE_OF_GROUNDS = "table_of_grounds"
    RECIPIENTS = "recipients"
    RETENTION = "retention"
    RIGHTS = "rights"
    CONTACTS = "contacts"
    COOKIES = "cookies"
    MARKETING = "marketing"
    TRANSFERS = "transfers"
    COMPLAINTS = "complaints"


class Party(StrEnum):
    """With whom the contract stands on which a purpose relies (F-04)."""

    PERSON = "person"
    SOMEONE_ELSE = "someone_else"
    NOBODY = "nobody"
    ENDED = "ended"


class RequiredBy(StrEnum):
    """Whether a person must give the data (N12)."""

    LAW = "law"
    CONTRACT = "contract"
    CHOICE = "choice"
