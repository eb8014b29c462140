"""The rights of people and their routes, complaints, and what machines decide."""

from troth.notice.schema.shape import Days, OneOrSeveral, Part, Span, Words
from troth.notice.schema.words import ContactRoute, Demand, Ground, RightName


class Right(Part):
    """One right that the notice offers."""

    right: RightName
    words: Words = ""
    within: Span | None = None
    """The time in which a request is answered. The law says one month (F-28)."""
    extension: Words = ""
    routes: OneOrSeveral[ContactRoute] = []
    demands: OneOrSeveral[Demand] = []
    limits: OneOrSeveral[Ground] = []
    absolute: bool = False
    """Promised without 'unless' (F-30)."""
    second_look: bool = False
    """Of a copy out of which something is left: somebody else than who decided that has to release it."""
    shown_apart: bool = False
    """Brought to attention clearly and apart from other matters (N18, UK GDPR Article 21(4))."""


class OwnRoute(Part):
    """How to complain to the clinic (DPA 2018 section 164A, LAW-2)."""

    routes: OneOrSeveral[ContactRoute] = []
    acknowledged_within_days: Days | None = None
    words: Words = ""


class Regulator(Part):
    """How to complain to the regulator. Its name is a setting of its own (LAW-0.5)."""

    name: Words
    address: Words = ""
    website: Words = ""
    telephone: Words = ""


class Complaints(Part):
    """Both routes (N11, F-32)."""

    own: OwnRoute | None = None
    regulator: Regulator | None = None


class AutomatedDecisions(Part):
    """What the notice says of decisions made by machines (N13, F-31)."""

    says_nothing_is_automated: bool = False
    """'None of our services is automated': untrue wherever there is software (F-31)."""
    words: Words = ""
    profiling: Words = ""
    """Whether and how machines evaluate people."""
