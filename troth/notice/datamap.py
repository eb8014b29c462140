"""
The map of data: what is held, what for, and who else gets it, taken from a published notice and from the holdings.

The picture of the office, its table, the record of Article 30 and `troth datamap` are all this one value, so they cannot
differ. Nothing in it was typed for it: what the notice does not say stands here as missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from troth.law.bases import Basis
from troth.notice.models import Version
from troth.notice.register import REPRESENTATIVE, SELF, SERVICE, DeclaredPurpose, Register
from troth.notice.schema import Notice
from troth.notice.schema.sharing import Recipient
from troth.notice.selectors import get_version, notice_of, register_in_force
from troth.vault.categories import Category
from troth.vault.compartments import get_compartment
from troth.vault.models import Holding, Subject, all_holdings

NOBODY_OUTSIDE = "no-one-outside"


@dataclass(frozen=True)
class Place:
    """One table that holds something about people: what it is called, and its fields by category."""

    name: str  # room.model
    called: str
    category: str
    rule: str  # by which rule of the notice it is kept
    sealed: tuple[str, ...]  # the permanent ids of its sealed fields


@dataclass(frozen=True)
class Held:
    """One kind of data: the notice's words, the pieces that it lists, and how many fields store it here."""

    category: str
    words: str
    special: bool
    pieces: tuple[str, ...]
    fields: int

    @property
    def width(self) -> int:
        """How wide its bands are drawn. What is declared and not stored yet is a line of one field."""
        return max(self.fields, 1)


@dataclass(frozen=True)
class Receiver:
    """Who else gets data: as the notice names them."""

    id: str
    name: str
    kind: str
    country: str
    contract: str
    safeguards: tuple[str, ...]
    gets: tuple[str, ...]


@dataclass(frozen=True)
class Use:
    """One purpose: a row of the notice."""

    purpose: str
    row: int
    title: str
    words: str
    basis: str
    basis_article: str
    condition: str
    ground: str  # the duty, the interest or the paragraph of Schedule 1 that goes with it
    categories: tuple[str, ...]
    seen_by: tuple[str, ...]
    self_service: bool
    recipients: tuple[str, ...]
    keeping: tuple[tuple[str, str], ...]  # category and the rule's words
    of_the_kernel: bool


@dataclass(frozen=True)
class DataMap:
    """The whole map of one version."""

    version: int
    hash: str
    in_force_at: datetime
    controller: Mapping[str, str]
    officer: Mapping[str, str]
    representative: Mapping[str, str]
    people: tuple[tuple[str, int], ...]  # the kinds of people about whom something is held, and how many
    held: tuple[Held, ...]
    uses: tuple[Use, ...]
    receivers: tuple[Receiver, ...]
    places: tuple[Place, ...]
    security: tuple[str, ...]

    def use(self, purpose: str) -> Use | None:
        """The row of a purpose, by its name."""
        return next((use for use in self.uses if use.purpose == purpose), None)

    def kinds_of(self, use: Use) -> list[Held]:
        """The kinds of data that a purpose uses."""
        return [held for held in self.held if held.category in use.categories]

    def passed_to(self, use: Use) -> list[tuple[Receiver, list[Held]]]:
        """Who gets what of it."""
        return [
            (receiver, [held for held in self.kinds_of(use) if held.category in receiver.gets])
            for receiver in self.receivers
            if receiver.id in use.recipients
        ]

    def document(self) -> dict[str, Any]:
        """As JSON: plain values, with the moment in RFC 3339."""
        found = asdict(self)
        found["in_force_at"] = self.in_force_at.isoformat()
        found["people"] = [{"kind": kind, "number": number} for kind, number in self.people]
        for use in found["uses"]:
            use["keeping"] = dict(use["keeping"])
        return found


def map_in_force(at: datetime) -> DataMap:
    """
    The map of the notice that holds at a moment.

    :raises NoNotice: none does.
    """
    register = register_in_force(at)
    return map_of(register, get_version(register.version))


def map_of(register: Register, version: Version) -> DataMap:
    """The map of one version, with what is stored here now."""
    notice = notice_of(version)
    places = tuple(_place(model) for model in sorted(all_holdings(), key=lambda model: model._meta.label_lower))
    people = Subject.objects.values_list("kind").annotate(number=Count("id")).order_by("-number", "kind")
    used = {category for declared in register.purposes.values() for category in declared.categories}
    return DataMap(
        version.number,
        version.hash,
        version.in_force_at,
        _controller(notice),
        notice.dpo.model_dump(exclude_defaults=True) if notice.dpo else {},
        notice.uk_representative.model_dump(exclude_defaults=True) if notice.uk_representative else {},
        tuple((str(kind), number) for kind, number in people),
        tuple(_held(notice, places, used)),
        tuple(_use(register, notice, declared) for declared in register.purposes.values()),
        tuple(_receiver(notice, each) for each in notice.recipients),
        places,
        tuple(each.words or each.measure.value.replace("_", " ") for each in notice.security.measures),
    )


def _place(model: type[Holding]) -> Place:
    sealed = model.sealed_fields()
    compartment = get_compartment(sealed[0].compartment) if sealed else None
    return Place(
        model._meta.label_lower,
        getattr(model, "called", "") or str(model._meta.verbose_name),
        compartment.category.value if compartment else "",
        compartment.retention if compartment else "",
        tuple(field.id for field in sealed),
    )


def _held(notice: Notice, places: Iterable[Place], used: set[Category]) -> Iterable[Held]:
    fields: dict[str, int] = {}
    for place in places:
        fields[place.category] = fields.get(place.category, 0) + len(place.sealed)
    words = {row.id: row for row in notice.categories}
    # In the notice's order; what is stored and not worded there would be a fault of the notice, and shows all the same.
    order = [row.id for row in notice.categories] + [
        category for category in Category if category not in words and fields.get(category.value)
    ]
    for category in order:
        if category in used:
            row = words.get(category)
            yield Held(
                category.value,
                row.words if row and row.words else category.value.replace("_", " ").capitalize(),
                category.special,
                tuple(_said(piece.item.value) for piece in row.items) if row else (),
                fields.get(category.value, 0),
            )


def _said(item: str) -> str:
    """A piece of data as people write it."""
    return " ".join(word.upper() if word in {"nhs", "gp"} else word for word in item.split("_"))


def _use(register: Register, notice: Notice, declared: DeclaredPurpose) -> Use:
    row = next(row for row in notice.purposes if row.id == declared.purpose)
    rules = {rule.id: rule.words or rule.id for rule in notice.retention.rules}
    roles = [register.roles[role].name for role in declared.access if role in register.roles]
    if SERVICE in declared.access:
        roles.append("Our machines, at fixed tasks")
    return Use(
        declared.purpose.value,
        declared.row,
        declared.title,
        row.words,
        declared.basis.value,
        declared.basis.article,
        declared.condition.value if declared.condition else "",
        "; ".join(filter(None, (row.duty, declared.interest, row.schedule_1, row.policy_document))),
        tuple(sorted(category.value for category in declared.categories)),
        tuple(roles),
        bool({SELF, REPRESENTATIVE} & set(declared.access)),
        declared.recipients,
        tuple((category.value, rules.get(rule, rule)) for category, rule in sorted(declared.retention.items())),
        declared.purpose.of_the_kernel,
    )


def _receiver(notice: Notice, each: Recipient) -> Receiver:
    routes = [route for route in notice.transfers.routes if route.recipient == each.id]
    return Receiver(
        each.id,
        each.name or each.words or each.id.replace("_", " ").capitalize(),
        each.kind.value.replace("_", " "),
        each.country,
        each.contract,
        tuple(mechanism.value.replace("_", " ") for route in routes for mechanism in route.mechanism),
        tuple(sorted(category.value for category in each.gets)),
    )


def _controller(notice: Notice) -> dict[str, str]:
    who = notice.controller
    if who is None:
        return {}
    said = {
        "name": who.legal_name,
        "trading as": who.trading_name,
        "company number": who.company_number,
        "registered with the regulator": who.ico_registration,
        "address": who.address,
        "email": who.email,
        "telephone": who.telephone,
    }
    return {name: value for name, value in said.items() if value}


#: How a basis is called in one word, where the article would be too long.
BASIS_WORD: dict[str, str] = {
    Basis.CONSENT.value: "consent",
    Basis.CONTRACT.value: "contract",
    Basis.LEGAL_OBLIGATION.value: "duty",
    Basis.VITAL_INTERESTS.value: "vital",
    Basis.PUBLIC_TASK.value: "public task",
    Basis.RECOGNISED_LEGITIMATE_INTERESTS.value: "recognised",
    Basis.LEGITIMATE_INTERESTS.value: "interest",
}
