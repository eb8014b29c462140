"""How long data is kept, and what happens then (LAW-6)."""

from troth.law.bases import Basis, Condition
from troth.notice.schema.shape import Age, Days, Id, OneOrSeveral, Part, Span, Words
from troth.notice.schema.words import EndAction, Trigger


class Limb(Part):
    """One way in which a period runs: a time after an event, or until an age."""

    trigger: Trigger
    period: Span | None = None
    until_age: Age | None = None
    words: Words = ""
    """Whom or what this limb is for, such as 'if you were under 18'."""


class RetentionRule(Part):
    """One rule of keeping."""

    id: Id
    words: Words = ""
    limbs: OneOrSeveral[Limb] = []
    """The ways in which the period runs; each record is kept to the latest, unless `whichever` says otherwise."""
    whichever: Words = ""
    """With several limbs: which one counts. Unsaid, nobody knows when the data goes (F-34)."""
    criteria: Words = ""
    """Where no number can be given: the facts that decide (N08, LAW-6.9)."""
    end: EndAction | None = None
    reason: Words = ""
    source: Words = ""
    """The law, code or decision that the period comes from (LAW-6.1)."""


class Anonymising(Part):
    """What the notice says of data made anonymous (F-37)."""

    on_request: bool = False
    kept_for_ever: bool = False
    test: Words = ""
    """How it is tested that nobody can be known again (LAW-12.1, LAW-12.2)."""


class AfterContract(Part):
    """On what ground data is kept when the contract is over (F-04)."""

    basis: OneOrSeveral[Basis] = []
    condition: OneOrSeveral[Condition] = []


class Keeping(Part):
    """All rules, and what the notice says of keeping as a whole."""

    rules: list[RetentionRule] = []
    default: Id | None = None
    """The rule of every category for which a purpose names none."""
    master_key_days: Days | None = None
    """After how many days a destroyed record is gone from every backup."""
    anonymising: Anonymising | None = None
    after_contract: AfterContract | None = None
    holds: list[Words] = []
    """What stops destruction for a time, such as an open claim."""
    words: Words = ""
