"""Lawful bases (UK GDPR Article 6) and conditions for special category data (Article 9). LAW-3.14, LAW-5.1 to 5.6."""

from enum import StrEnum


class Basis(StrEnum):
    """A lawful basis of Article 6(1). The value is what stands in a notice file."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    RECOGNISED_LEGITIMATE_INTERESTS = "recognised_legitimate_interests"
    LEGITIMATE_INTERESTS = "legitimate_interests"

    @property
    def article(self) -> str:
        """The letter of Article 6(1), such as `UK GDPR Article 6(1)(b)`."""
        letter = {
            "consent": "a",
            "contract": "b",
            "legal_obligation": "c",
            "vital_interests": "d",
            "public_task": "e",
            "recognised_legitimate_interests": "ea",
            "legitimate_interests": "f",
        }[self.value]
        return f"UK GDPR Article 6(1)({letter})"


class Condition(StrEnum):
    """A condition of Article 9(2) under which special category data may be used. LAW-5.3."""

    EXPLICIT_CONSENT = "explicit_consent"
    EMPLOYMENT = "employment"
    VITAL_INTERESTS = "vital_interests"
    MADE_PUBLIC = "made_public"
    LEGAL_CLAIMS = "legal_claims"
    SUBSTANTIAL_PUBLIC_INTEREST = "substantial_public_interest"
    HEALTH_CARE = "health_care"
    PUBLIC_HEALTH = "public_health"
    RESEARCH = "research"

    @property
    def article(self) -> str:
        """The letter of Article 9(2), such as `UK GDPR Article 9(2)(h)`."""
        letter = {
            "explicit_consent": "a",
            "employment": "b",
            "vital_interests": "c",
            "made_public": "e",
            "legal_claims": "f",
            "substantial_public_interest": "g",
            "health_care": "h",
            "public_health": "i",
            "research": "j",
        }[self.value]
        return f"UK GDPR Article 9(2)({letter})"
