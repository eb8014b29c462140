"""The rights that a person exercises by a request, and which article gives each (LAW-3.1 to 3.12)."""

from enum import StrEnum


class Right(StrEnum):
    """A right under Articles 15 to 22C. Each request about one of them runs on the month rule (LAW-1.1)."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    PORTABILITY = "portability"
    OBJECTION = "objection"
    REVIEW = "review"  # of what software decided, by a person (LAW-3.12)

    @property
    def article(self) -> str:
        """The article of the UK GDPR that gives the right."""
        return f"UK GDPR Article {_ARTICLES[self]}"


_ARTICLES: "dict[Right, int | str]" = {
    Right.ACCESS: 15,
    Right.RECTIFICATION: 16,
    Right.ERASURE: 17,
    Right.RESTRICTION: 18,
    Right.PORTABILITY: 20,
    Right.OBJECTION: 21,
    Right.REVIEW: "22C",
}
