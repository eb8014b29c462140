"""Rules on what is held and where it comes from, and on names that must exist."""

import re
from collections.abc import Iterable, Iterator

from troth.notice.findings import Path
from troth.notice.lint.bases import TREATING
from troth.notice.lint.draft import Draft, Found, Rule
from troth.notice.register import REPRESENTATIVE, SELF, SERVICE
from troth.notice.schema.items import Item
from troth.notice.schema.words import Origin, RequiredBy
from troth.vault.categories import Category

_OWN = frozenset({Origin.PERSON, Origin.DEVICE, Origin.STAFF})
# Kinds of data of which every piece is more than clinics need, unless it serves a purpose that needs it.
_SPARING = frozenset(
    category
    for category in Category
    if all(item.sparing for item in Item if item.home is category) and any(item.home is category for item in Item)
)
# A list that ends like this has no end.
_OPEN = re.compile(
    r"\b(?:etc\b\.?|et cetera|and so (?:on|forth)|and the like|and more|and much more|among(?:st)? (?:other things|others)"
    r"|and anything else(?: .*)?|including (?:but not limited to|without limitation)(?: .*)?"
    r"|(?:and|or) (?:any |all |such )?(?:other|further|similar|additional|related|miscellaneous) (?:relevant |personal |such )?"
    r"(?:information|data|details|technolog(?:y|ies)|things|matters|particulars|records|facts|items|material|content|identifiers)"
    r"(?: .*)?)\W*$|(?:\.\.\.|…)\s*$",
    re.IGNORECASE,
)


def what_is_used_is_declared(draft: Draft) -> Iterator[Found]:
    for category in sorted(draft.used - draft.declared):
        where = next(path for path, row in draft.rows if row.categories != "all" and category in row.covers)
        yield Found(
            "F-14", (*where, "categories"), f"{category} is used, and the list of what is held leaves it out."
        )
    # A purpose over everything counts where it gives the category a rule of its own.
    served = draft.used.union(*(row.retention for _, row in draft.rows if isinstance(row.retention, dict)))
    for place, held in enumerate(draft.notice.categories):
        path = ("categories", place)
        if held.open_ended or _OPEN.search(held.words):
            yield Found("F-14", path, f"{held.id} ends in 'and other', which declares nothing.")
        if not held.words and not held.items:
            yield Found("F-14", path, f"{held.id} is listed without a word on what it is.")
        if held.id not in served:
            yield Found("N24", path, f"{held.id} is held, and no purpose uses it.")


def what_passes_hands_is_declared(draft: Draft) -> Iterator[Found]:
    passing: list[tuple[Path, Iterable[Category]]] = [
        (("sources", "origins", place), source.categories)
        for place, source in enumerate(draft.notice.sources.origins)
    ]
    passing += [
        (("recipients", place), recipient.gets)
        for place, recipient in enumerate(draft.notice.recipients)
        if recipient.receives != "all"
    ]
    passing += [
        (("sharing", "disclosures", place), disclosure.categories)
        for place, disclosure in enumerate(draft.notice.sharing.disclosures)
        if disclosure.categories != "all"
    ]
    for path, categories in passing:
        for category in sorted(set(categories) - draft.declared - draft.used):
            yield Found("F-14", path, f"{category} passes hands here, and the list of what is held leaves it out.")


def pieces_are_in_place(draft: Draft) -> Iterator[Found]:
    for place, category in enumerate(draft.notice.categories):
        if category.id in _SPARING and not category.items and category.id not in _needed(draft):
            yield Found(
                "F-16", ("categories", place), f"{category.id} is held, and no purpose here cannot do without it."
            )
        for number, piece in enumerate(category.items):
            path, item = ("categories", place, "items", number), piece.item
            if item.home is None:
                yield Found("F-15", path, f"`{item}` is a form, not a kind of data.")
            elif item.home is not category.id:
                yield Found("F-15", path, f"`{item}` stands under {category.id}; it is {item.home}.")
            excused = set(piece.needed_for) & item.sparing & set(draft.purposes)
            if item.sparing and not excused:
                yield Found("F-16", path, f"`{item}` is asked for, and no purpose here cannot do without it.")


def _needed(draft: Draft) -> frozenset[Category]:
    """The kinds of data of which some purpose needs a piece. Treatment needs few, so `needed_for` must name it."""
    return frozenset(
        item.home
        for item in Item
        for row in draft.notice.purposes
        if item.home and row.id in item.sparing - TREATING and row.categories != "all" and item.home in row.covers
    )


def sources_agree(draft: Draft) -> Iterator[Found]:
    sources = draft.notice.sources
    origins = {source.origin for source in sources.origins}
    if not origins:
        yield Found("N16", ("sources",), "Nothing says where data comes from.")
    if unsaid := set(sources.combined) - origins - _OWN:
        yield Found(
            "N16", ("sources", "combined"), f"Data from {', '.join(sorted(unsaid))} is combined, and is no source."
        )
    if sources.only_direct and (others := (origins | set(sources.combined)) - _OWN):
        yield Found(
            "F-18",
            ("sources", "only_direct"),
            f"Data comes from the person directly, it says; yet also from {', '.join(sorted(others))}.",
        )
    if clash := set(sources.unused) & (set(sources.combined) | origins):
        yield Found(
            "F-18",
            ("sources", "unused"),
            f"Data from {', '.join(sorted(clash))} is not used, it says; yet it is combined with the rest.",
        )
    for place, source in enumerate(sources.origins):
        if source.origin in _OWN:
            continue
        path = ("sources", "origins", place)
        if not source.categories:
            yield Found("N15", path, f"What {source.origin} gives is not said.")
        if not source.words or source.public is None:
            yield Found(
                "N16", path, f"The source {source.origin} is not described, or whether it is public is not said."
            )


def purposes_are_served(draft: Draft) -> Iterator[Found]:
    for path, row in draft.rows:
        if not row.access:
            yield Found("N24", path, f"Nobody may serve '{row.title or row.id}': it has no access.")
        if not row.covers:
            yield Found("N24", path, f"'{row.title or row.id}' uses no data.")
        if row.withholding is None or not (
            row.withholding.if_not or row.withholding.required_by is RequiredBy.CHOICE
        ):
            yield Found("N12", path, f"'{row.title or row.id}' does not say what follows if data is not given.")
    if draft.notice.purposes and not any(row.withholding and row.withholding.if_not for row in draft.notice.purposes):
        yield Found("F-46", ("purposes",), "Nowhere is it said what follows if data is not given.")


def names_exist(draft: Draft) -> Iterator[Found]:
    notice = draft.notice
    people = {role.id for role in notice.roles} | {SELF, REPRESENTATIVE, SERVICE}
    rules = {rule.id for rule in notice.retention.rules}
    for place, role in enumerate(notice.roles):
        if role.id in {SELF, REPRESENTATIVE, SERVICE}:
            yield Found("K06", ("roles", place), f"`{role.id}` has a meaning of its own and can be no role.")
    for path, row in draft.rows:
        for who in row.access:
            if who not in people:
                yield Found("F-43", (*path, "access", who), f"There is no role `{who}`.")
        for recipient in row.recipients:
            if recipient not in draft.recipients:
                yield Found("F-43", (*path, "recipients"), f"There is no recipient `{recipient}`.")
        named = (
            row.retention.values() if isinstance(row.retention, dict) else [row.retention] if row.retention else []
        )
        for rule in sorted(set(named) - rules):
            yield Found("F-43", (*path, "retention"), f"There is no rule of keeping `{rule}`.")
    if notice.retention.default and notice.retention.default not in rules:
        yield Found("F-43", ("retention", "default"), f"There is no rule of keeping `{notice.retention.default}`.")
    for place, route in enumerate(notice.transfers.routes):
        if route.recipient and route.recipient not in draft.recipients:
            yield Found("F-43", ("transfers", "routes", place), f"There is no recipient `{route.recipient}`.")


RULES: tuple[Rule, ...] = (
    what_is_used_is_declared,
    what_passes_hands_is_declared,
    pieces_are_in_place,
    sources_agree,
    purposes_are_served,
    names_exist,
)
