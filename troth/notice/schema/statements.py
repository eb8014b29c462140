"""What else a notice states: security, claims, disclaimers, links, changes."""

from datetime import date

from troth.notice.schema.shape import Days, Id, OneOrSeveral, Part, Words
from troth.notice.schema.words import About, ClaimKind, Matter, Measure, Section


class SecurityStatement(Part):
    """One measure that protects the data."""

    measure: Measure
    words: Words = ""
    of: Id = "us"
    """Whose measure it is: `us`, or a recipient."""
    first_person: bool = False
    """Worded as 'our' and 'we' (F-11 if it is a supplier's)."""


class Disclaimer(Part):
    """A sentence that puts a risk on the reader."""

    about: About
    at_own_risk: bool = False
    words: Words = ""


class Security(Part):
    """How data is protected (UK GDPR Article 32)."""

    measures: list[SecurityStatement] = []
    disclaimers: list[Disclaimer] = []
    no_details_by_email: bool = False
    """'Do not send us details by email' (F-41 beside rights by email only)."""
    words: Words = ""


class Claim(Part):
    """A certificate, registration or claim of compliance (F-40)."""

    kind: ClaimKind
    name: Words
    holder: Id = "us"
    number: Words = ""
    dated: date | None = None
    expires: date | None = None


class Link(Part):
    """A link in the text."""

    words: Words
    to: Words = ""


class Pointer(Part):
    """A sentence that points to another part of the notice."""

    words: Words
    to: Section


class Speaks(Part):
    """A matter of other trades that the text speaks of (F-47)."""

    matter: Matter
    because: Words = ""
    """Why it concerns this clinic."""


class NewPurposes(Part):
    """What is done before data is used for something new (N14)."""

    told_first: bool = False
    words: Words = ""


class Changes(Part):
    """How the notice changes, and how people hear of it (F-48, N14)."""

    announced_by: list[Words] = []
    days_ahead: Days | None = None
    """Days between the announcement of a material change and its coming into force."""
    may_only: bool = False
    """Told people 'may' be, not 'will' be (F-48)."""
    new_purposes: NewPurposes | None = None
    old_versions: Words = ""
    words: Words = ""


class Term(Part):
    """A term that the notice defines."""

    term: Words
    means: Words
    also: OneOrSeveral[Words] = []
