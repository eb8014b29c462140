"""Who else gets data: recipients, disclosures, transfers."""

from typing import Literal

from troth.notice.schema.shape import Id, OneOrSeveral, Part, Words
from troth.notice.schema.words import Mechanism, RecipientKind, Trade, Use
from troth.vault.categories import Category


class Recipient(Part):
    """A firm, person or body that receives data."""

    id: Id
    name: Words = ""
    trade: Trade
    kind: RecipientKind = RecipientKind.PROCESSOR
    words: Words = ""
    receives: OneOrSeveral[Category] | Literal["all"] = []
    country: Words = "GB"
    """Where it holds or sees the data, as a two-letter code."""
    contract: Words = ""
    """The agreement's reference and date (LAW-9.5)."""
    for_use: OneOrSeveral[Use] = []
    """Ends of its own for which it gets the data, such as marketing (F-09)."""

    @property
    def gets(self) -> frozenset[Category]:
        """The categories that it receives, `all` spelled out."""
        return frozenset(Category) if self.receives == "all" else frozenset(self.receives)


class Disclosure(Part):
    """Data passed on when something happens, to whoever it then concerns."""

    use: Use
    to: Words
    when: Words = ""
    categories: OneOrSeveral[Category] | Literal["all"] = "all"
    anonymised: bool = False
    prospective: bool = False
    """To someone who only may buy the business (F-51)."""


class Sharing(Part):
    """What the notice says of sharing as a whole."""

    says_none: bool = False
    """'We share with no third party' (F-08)."""
    says_only: OneOrSeveral[Trade] = []
    """'Only with …' (F-08)."""
    says_never_for: OneOrSeveral[Use] = []
    """'Never for …' (F-09)."""
    disclosures: list[Disclosure] = []


class Transfer(Part):
    """Data sent to, or seen from, another country (N07)."""

    country: Words
    """A two-letter code, or `anywhere`."""
    recipient: Id | None = None
    mechanism: OneOrSeveral[Mechanism] = []
    risk_assessment: Words = ""
    """The reference of the data protection test, where the mechanism needs one (LAW-9.11, LAW-9.12)."""
    copy_from: Words = ""
    """How a person gets a copy of the safeguard."""
    words: Words = ""


class Transfers(Part):
    """All transfers, and where the data lies."""

    none: bool = False
    """Data neither leaves the UK nor is seen from outside it."""
    hosted_in: OneOrSeveral[Words] = []
    seen_from_abroad: bool = False
    """Staff or suppliers outside the UK may see it. That is a transfer too (LAW-9.10)."""
    border: Literal["UK", "EEA", "EU"] = "UK"
    """The border that the text speaks of. For a UK clinic it is the UK's (F-38)."""
    routes: list[Transfer] = []
