"""The kernel's own purposes: what every notice must let people and the machine do (pitfalls A9, LAW-5.3)."""

from collections.abc import Iterator

from troth.law.bases import Basis, Condition
from troth.notice.lint.draft import Draft, Found, Rule
from troth.notice.purposes import KERNEL_PURPOSES, Action, Purpose
from troth.notice.register import SELF
from troth.notice.schema.uses import PurposeRow
from troth.vault.categories import Category

_ROLES_OF_THEIR_OWN = frozenset({SELF, "representative", "service"})


def missing(draft: Draft) -> Iterator[Found]:
    for purpose in sorted(KERNEL_PURPOSES - set(draft.purposes)):
        yield Found("K01", ("purposes",), f"The purpose `{purpose}` is missing; every notice must declare it.")


def _may(row: PurposeRow, who: str) -> dict[Action, frozenset[Category]]:
    grant = row.access.get(who)
    if grant is None:
        return {}
    categories = row.covers if grant.categories is None else frozenset(grant.categories)
    return dict.fromkeys(grant.actions, categories)


def rights_reach_everything(draft: Draft) -> Iterator[Found]:
    for path, row in draft.rows:
        if row.id is not Purpose.RIGHTS:
            continue
        if row.categories != "all":
            yield Found("K02", (*path, "categories"), "The purpose `rights` must cover all categories.")
        own = _may(row, SELF)
        for action in (Action.READ, Action.WRITE, Action.EXPORT):
            if row.covers - own.get(action, frozenset()):
                yield Found(
                    "K02", (*path, "access"), f"Under `rights` the person (`self`) may not {action} everything."
                )
        staff = [who for who in row.access if who not in _ROLES_OF_THEIR_OWN]
        needed = {Action.READ, Action.WRITE, Action.EXPORT, Action.ERASE}
        if not any(needed <= set(_may(row, who)) for who in staff):
            yield Found("K02", (*path, "access"), "Under `rights` no role may read, write, export and erase.")


def emergency_is_clinical(draft: Draft) -> Iterator[Found]:
    clinicians = {role.id for role in draft.notice.roles if role.health_professional}
    for path, row in draft.rows:
        if row.id is not Purpose.EMERGENCY:
            continue
        for who in row.access:
            if who not in clinicians:
                yield Found(
                    "K03",
                    (*path, "access", who),
                    f"`{who}` may open a record in an emergency, and is no health professional.",
                )
        if not clinicians & set(row.access):
            yield Found("K03", (*path, "access"), "No health professional may open a record in an emergency.")
        if row.basis != [Basis.VITAL_INTERESTS] or row.condition != [Condition.VITAL_INTERESTS]:
            yield Found("K03", (*path, "basis"), "An emergency rests on vital interests, as basis and as condition.")


def finding_shows_little(draft: Draft) -> Iterator[Found]:
    for path, row in draft.rows:
        if row.id is not Purpose.FIND:
            continue
        for category in sorted(row.covers - {Category.IDENTITY, Category.CONTACT}):
            yield Found(
                "K04", (*path, "categories"), f"`find` covers {category}; it may show identity and contact only."
            )
        for who, grant in row.access.items():
            if set(grant.actions) - {Action.READ}:
                yield Found("K04", (*path, "access", who), f"Under `find`, `{who}` may do more than read.")


def signing_in_works(draft: Draft) -> Iterator[Found]:
    for path, row in draft.rows:
        if row.id is not Purpose.ACCOUNT_SECURITY:
            continue
        for who in (SELF, "service"):
            may = _may(row, who)
            for action in (Action.READ, Action.WRITE):
                if Category.ACCOUNT not in may.get(action, frozenset()):
                    yield Found(
                        "K05", (*path, "access"), f"Under `account_security`, `{who}` may not {action} the account."
                    )


def declared_once(draft: Draft) -> Iterator[Found]:
    notice = draft.notice
    for part, names in (
        ("purposes", [row.id for row in notice.purposes]),
        ("roles", [role.id for role in notice.roles]),
        ("categories", [category.id for category in notice.categories]),
        ("recipients", [recipient.id for recipient in notice.recipients]),
        ("promises", notice.promises),
    ):
        for place, name in enumerate(names):
            if name in names[:place]:
                yield Found("K06", (part, place), f"`{name}` is declared a second time.")
    rules = [rule.id for rule in notice.retention.rules]
    for place, rule in enumerate(rules):
        if rule in rules[:place]:
            yield Found("K06", ("retention", "rules", place), f"The rule `{rule}` is declared a second time.")


def access_stays_within(draft: Draft) -> Iterator[Found]:
    for path, row in draft.rows:
        for who, grant in row.access.items():
            place = (*path, "access", who)
            if not grant.actions:
                yield Found("K07", place, f"`{who}` stands under `{row.id}` and may do nothing.")
            for category in sorted(frozenset(grant.categories or ()) - row.covers):
                yield Found("K07", place, f"`{who}` may use {category} under `{row.id}`, which does not cover it.")


RULES: tuple[Rule, ...] = (
    missing,
    rights_reach_everything,
    emergency_is_clinical,
    finding_shows_little,
    signing_in_works,
    declared_once,
    access_stays_within,
)
