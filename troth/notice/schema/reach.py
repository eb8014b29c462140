"""How the clinic reaches people and their devices: cookies and marketing (PECR, LAW-8)."""

from troth.law.bases import Basis
from troth.notice.schema.shape import Id, OneOrSeveral, Part, Words
from troth.notice.schema.words import (
    ConsentAsked,
    DeviceUse,
    Exemption,
    MarketingChannel,
    Refusal,
    SetBy,
    WayOut,
)


class Cookie(Part):
    """Anything stored on or read from a device: cookie, local storage, pixel, fingerprint (LAW-8.8)."""

    name: Words
    words: Words = ""
    use: OneOrSeveral[DeviceUse]
    consent: ConsentAsked = ConsentAsked.NEVER
    exempt: Exemption | None = None
    """The exemption of PECR Schedule A1, if no consent is asked."""
    objection: Words = ""
    """The simple and free way to object, which the exemptions for statistics and appearance need."""
    basis: Basis | None = None
    """A basis of UK GDPR that is offered for it. It cannot stand in for consent (F-24)."""
    life: Words = ""
    set_by: SetBy = SetBy.US
    supplier: Id | None = None
    shared: bool = False
    """Shared beyond a processor."""


class Cookies(Part):
    """All that is stored on devices, and what the notice says of it as a whole."""

    none: bool = False
    stored: list[Cookie] = []
    policy: Words = ""
    """Where the cookie page is."""
    refusal: OneOrSeveral[Refusal] = []
    refusing_is_as_easy: bool = False
    statistics_only: bool = False
    """'Used for statistics and nothing else' (F-25)."""
    ask_by_themselves: bool = False
    """'A cookie asks permission to be placed' (F-26)."""


class SoftOptIn(Part):
    """The facts that let marketing go to customers without consent; all must hold (LAW-8.2)."""

    from_own_sale: bool = False
    similar_products: bool = False
    refusal_at_collection: bool = False
    refusal_in_every_message: bool = False


class Channel(Part):
    """Marketing by one channel."""

    by: MarketingChannel
    basis: Basis | None = None
    soft_opt_in: SoftOptIn | None = None
    companies_only: bool = False
    """Only to corporate subscribers (LAW-8.3)."""
    out_in_every_message: bool = False
    opt_out_box: bool = False
    """Rests on a box to tick by those who do not want it (F-19)."""


class Tracking(Part):
    """Watching how messages are used: opens, clicks (F-22, LAW-8.8)."""

    opens: bool = False
    clicks: bool = False
    consent: ConsentAsked = ConsentAsked.NEVER


class Profiling(Part):
    """Guessing at interests in order to choose what is offered (F-23)."""

    basis: Basis | None = None
    health: bool = False
    words: Words = ""


class Marketing(Part):
    """All marketing, or that there is none."""

    none: bool = False
    channels: list[Channel] = []
    ways_out: OneOrSeveral[WayOut] = []
    """How preferences are changed (F-21)."""
    way_out_contacts: list[Words] | None = None
    """The list after 'you can stop these by:'. Present and empty is a dangling sentence (F-43)."""
    by_third_parties: bool = False
    """Others may send their own marketing (F-19)."""
    third_party_basis: Basis | None = None
    tracking: Tracking | None = None
    profiling: Profiling | None = None
    sender_named: bool = True
    words: Words = ""
