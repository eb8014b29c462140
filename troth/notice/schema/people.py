"""Who stands behind a notice: the controller, its officer, its representative, and the roles of its staff."""

from troth.notice.schema.shape import Id, OneOrSeveral, Part, Words
from troth.notice.schema.words import ContactRoute, Place


class Contact(Part):
    """One way to reach the clinic about data."""

    by: ContactRoute
    value: Words = ""
    """The address, number or page itself. Left empty, the entry leads nowhere (F-41, F-43)."""
    words: Words = ""


class Group(Part):
    """A group of companies that the controller belongs to."""

    name: Words
    company_number: Words = ""


class Controller(Part):
    """Who decides what is done with the data (N01, N22)."""

    legal_name: Words = ""
    trading_name: Words = ""
    company_number: Words = ""
    ico_registration: Words = ""
    address: Words = ""
    email: Words = ""
    telephone: Words = ""
    website: Words = ""
    country: Words = "GB"
    """Where it is established, as a two-letter code. Outside the UK it needs a representative here (N02)."""
    group: Group | None = None
    contacts: list[Contact] | None = None
    """Ways to ask about data. A list that is present and empty is a sentence that ends in its colon (F-43)."""
    unless_stated: bool = False
    """The notice says 'we are the controller unless we say otherwise'."""
    instructed_work: Words = ""
    """What it is in work that others instruct: controller, joint controller or processor, and for whom."""


class Officer(Part):
    """The data protection officer, if there is one (N03)."""

    name: Words = ""
    role: Words = ""
    email: Words = ""
    address: Words = ""
    telephone: Words = ""


class UkRepresentative(Part):
    """Who represents a controller that is not established in the UK (UK GDPR Article 27, N02)."""

    name: Words = ""
    address: Words = ""
    email: Words = ""


class Scope(Part):
    """Where the notice holds."""

    covers: OneOrSeveral[Place] = []
    only: OneOrSeveral[Place] = []
    """A later sentence says that it holds for these alone. It must not be narrower than `covers` (F-45)."""
    words: Words = ""


class Role(Part):
    """A role that staff have, as the notice words it."""

    id: Id
    name: Words
    description: Words = ""
    secrecy: bool = False
    """Bound to secrecy by law, profession or a signed undertaking (LAW-5.2)."""
    health_professional: bool = False
    """On a register of DPA 2018 section 204; opens `emergency`."""


class Everyone(Part):
    """People who need words of their own (F-42, N19)."""

    children: Words = ""
    capacity: Words = ""
    deceased: Words = ""
    plain_version: Words = ""
    """Where a short, plain version is found."""
    child_version: Words = ""
    """Where a version for children is found."""
    serves_children: bool = False
    nothing_identifying_asked: OneOrSeveral[Place] = []
    """Places where the notice says that nothing is asked by which a person could be known (F-17)."""
