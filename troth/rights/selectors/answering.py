"""What answers other rights: who has to be told of a change, what can be put right, and what was said against an entry."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps

from troth.gate.contexts import Opened
from troth.law.rights import Right
from troth.rights.models import Correction, DisputeStatement, LiftingNotice, RecipientTold
from troth.rights.selectors.cases import Case
from troth.rights.selectors.holdings import HeldField, HeldThing, everything_about
from troth.sharing import selectors as sharing
from troth.vault.categories import Category
from troth.vault.models import Holding

_EVER = datetime.max.replace(tzinfo=UTC)
TOLD, IMPOSSIBLE = RecipientTold.TOLD, RecipientTold.IMPOSSIBLE
#: The rights whose effect every recipient is told of (Article 19).
TOLD_OF = (Right.RECTIFICATION, Right.ERASURE, Right.RESTRICTION)


@dataclass(frozen=True)
class ToTell:
    """One recipient of what changed. `outcome` is "", `told` or `impossible`, and `words` how, or why not."""

    recipient: str
    who: str
    where: str
    kinds: tuple[Category, ...]
    last: datetime
    outcome: str = ""
    words: str = ""
    by: str = ""


@dataclass(frozen=True)
class Corrected:
    """A field that was put right."""

    item: UUID
    field: str
    before: str
    after: str
    words: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Said:
    """What somebody says against an entry. `about` is what the entry is called, for people."""

    item: UUID
    about: str
    words: str
    at: datetime


def recipients_of(case: Case, opened: Opened) -> list[ToTell]:
    """
    Every recipient of what a case changed, by the log of what was passed on, and whether each was told (LAW-3.7). Whoever was given
    it after it was put right has the right one.

    :raises Refused: this context may not open what was passed on about this person.
    """
    if case.right not in TOLD_OF:
        return []
    changed = _changed(case)
    dealt = {row.recipient: row for row in RecipientTold.objects.filter(case_id=case.id)}
    found: dict[str, ToTell] = {}
    for each in sharing.list_disclosures(case.subject, opened):
        touched = tuple(
            kind for kind in each.kinds if changed is None or (kind in changed and each.at <= changed[kind])
        )
        known = found.get(each.recipient)
        if not touched:
            continue
        row = dealt.get(each.recipient)
        found[each.recipient] = ToTell(
            each.recipient,
            each.who,
            each.where,
            tuple(dict.fromkeys((*(known.kinds if known else ()), *touched))),
            known.last if known else each.at,
            row.outcome if row else "",
            (row.words or "") if row else "",
            row.recorded_by if row else "",
        )
    return list(found.values())


def corrections_of(case: UUID, opened: Opened) -> list[Corrected]:
    """
    What a case put right, in order.

    :raises Refused: this context may not open it.
    """
    rows = list(Correction.objects.filter(case_id=case).order_by("recorded_at", "id"))
    for row in rows:
        opened.require(row.subject_id, Category.RIGHTS)
    return [
        Corrected(
            row.item, row.field, row.before or "", row.after or "", row.words or "", row.recorded_by, row.recorded_at
        )
        for row in rows
    ]


def statements_on(subject: UUID, opened: Opened) -> list[Said]:
    """
    What a person says against entries of their record, the newest first.

    :raises Refused: this context may not open their health data.
    """
    rows = DisputeStatement.objects.where("-recorded_at", "id", subject_id=subject)
    if rows:
        opened.require(subject, Category.HEALTH)
    return [Said(row.item, row.about or "", row.words or "", row.recorded_at) for row in rows]


def correctable(subject: UUID, opened: Opened) -> list[tuple[HeldThing, tuple[HeldField, ...]]]:
    """
    Every entry about a person with the fields of it that hold a fact, which is put right in place. One with none of these is
    somebody's opinion, or what happened: words are added to it (LAW-3.3).

    :raises Refused: this context may not open one of the kinds that are held.
    """
    found = []
    for thing in everything_about(subject, opened):
        names = correctable_fields(thing.model)
        if thing.compartment.startswith("rights."):
            continue
        found.append((thing, tuple(field for field in thing.fields if field.name in names)))
    return found


def correctable_fields(model: str) -> frozenset[str]:
    """The fields of a holding (`people.identity`) that hold a fact about the person."""
    return frozenset(getattr(apps.get_model(model), "correctable", ()))


def row_of(model: str, item: UUID, subject: UUID) -> Holding:
    """
    The row of an entry of that person.

    :raises Holding.DoesNotExist: they have none of that id.
    """
    kind: Any = apps.get_model(model)
    row: Holding = kind._base_manager.select_for_update().get(pk=item, subject_id=subject)
    return row


def lifting_notice(subject: UUID) -> tuple[date, datetime] | None:
    """The last notice that a restriction ends: the day from which it may, and when they were told."""
    row = (
        LiftingNotice.objects.filter(subject_id=subject)
        .order_by("-recorded_at")
        .only("id", "subject", "lifts_on", "recorded_at")
        .first()
    )
    return (row.lifts_on, row.recorded_at) if row else None


def _changed(case: Case) -> dict[Category, datetime] | None:
    """The kinds that a case changed, each with the last moment at which what was passed on can have been the old; None for all."""
    if case.right == Right.ERASURE:
        return {Category(each["category"]): _EVER for each in case.decision.get("going", ())}
    if case.right == Right.RECTIFICATION:
        of_case: Any = Correction.objects.filter(case_id=case.id).order_by("recorded_at")
        return {Category(kind): at for kind, at in of_case.values_list("category", "recorded_at")}
    return None
