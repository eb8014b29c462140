"""What is held and what for: categories, sources, purposes."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from troth.law.bases import Basis, Condition
from troth.notice.purposes import Action, Purpose
from troth.notice.schema.items import Item
from troth.notice.schema.shape import Id, OneOrSeveral, Part, Words
from troth.notice.schema.words import Origin, Party, RequiredBy
from troth.vault.categories import Category


class Piece(Part):
    """One piece of data in a category."""

    item: Item
    words: Words = ""
    needed_for: OneOrSeveral[Purpose] = []
    """The purpose that cannot do without it. Asked for pieces that clinics seldom need (F-16)."""


def _piece(value: Any) -> Any:
    return {"item": value} if isinstance(value, str) else value


class CategoryWords(Part):
    """A kind of data, in words that people read."""

    id: Category
    words: Words = ""
    items: list[Annotated[Piece, BeforeValidator(_piece, json_schema_input_type=Item | Piece)]] = []
    open_ended: bool = False
    """The wording ends in 'and other …' (F-14)."""


class Source(Part):
    """Where data comes from (N15, N16)."""

    origin: Origin
    words: Words = ""
    categories: OneOrSeveral[Category] = []
    public: bool | None = None
    """Whether it is open to the public; must be said of data that others give (N16)."""


class Sources(Part):
    """All sources, and what the notice says of them as a whole."""

    origins: list[Source] = []
    only_direct: bool = False
    """The notice says that data is collected from the person directly (F-18)."""
    unused: OneOrSeveral[Origin] = []
    """Data from these is said not to be used (F-18)."""
    combined: OneOrSeveral[Origin] = []
    """Data from these is combined with the rest."""


class Grant(Part):
    """What one role may do under a purpose: these actions on these of its categories."""

    actions: OneOrSeveral[Action] = []
    categories: OneOrSeveral[Category] | None = None
    """Left out: all categories of the purpose."""


def _grant(value: Any) -> Any:
    return {"actions": value} if isinstance(value, list | str) else value


class Withholding(Part):
    """Whether a person must give the data, and what follows if not (N12)."""

    required_by: RequiredBy
    if_not: Words = ""


class Automation(Part):
    """A decision made by a machine (N13; LAW-3.10 to 3.12)."""

    solely: bool
    significant: bool = False
    logic: Words = ""
    consequences: Words = ""
    human_review: Words = ""


class PurposeRow(Part):
    """One purpose: a row of the notice, and of the activity register compiled from it."""

    id: Purpose
    title: Words = ""
    words: Words = ""
    basis: OneOrSeveral[Basis] = []
    """One lawful basis of Article 6. A list of several can be written down, and is a fault (F-05)."""
    condition: OneOrSeveral[Condition] = []
    """The condition of Article 9(2), wherever a category is special (F-02)."""
    schedule_1: Words = ""
    """The paragraph of DPA 2018 Schedule 1 that the condition needs, such as `Part 1 paragraph 2` (N17)."""
    policy_document: Words = ""
    """The reference of the Appropriate Policy Document, where the condition needs one (A03)."""
    interest: Words = ""
    """The legitimate interest, named (N05)."""
    duty: Words = ""
    """The law that imposes a legal obligation (F-07)."""
    contract_with: Party = Party.PERSON
    bundled_with: OneOrSeveral[Purpose] = []
    """Other purposes that the person cannot accept without this one (F-50, A02)."""
    categories: OneOrSeveral[Category] | Literal["all"] = []
    """`all` means every kind of data there is, also one that the notice forgot: for rights and claims."""
    access: dict[str, Annotated[Grant, BeforeValidator(_grant, json_schema_input_type=list[Action] | Grant)]] = {}
    """Role, or `self`, `representative`, `service`, and what it may do."""
    recipients: OneOrSeveral[Id] = []
    in_house: bool = False
    """No outside firm takes part where one usually does (F-12)."""
    retention: Id | dict[Category, Id] | None = None
    """One rule for all categories, or a rule for each (N08)."""
    withholding: Withholding | None = None
    automation: Automation | None = None

    @property
    def covers(self) -> frozenset[Category]:
        """The categories of this purpose, `all` spelled out."""
        return frozenset(Category) if self.categories == "all" else frozenset(self.categories)

    def rule_for(self, category: Category) -> str | None:
        """The id of the rule by which this purpose keeps a category."""
        if isinstance(self.retention, dict):
            return self.retention.get(category)
        return self.retention


class Bases(Part):
    """What the notice says of lawful bases as a whole."""

    only: OneOrSeveral[Basis] = []
    """'For … only' (F-03)."""
    listed: OneOrSeveral[Basis] = []
    """The list under 'we rely on one of these' (F-06)."""
