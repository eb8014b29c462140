"""Who acts for whom. Which authority stands is a fact that the gate reads at every request; its particulars are sealed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from troth.gate import facts
from troth.gate.contexts import Opened
from troth.gate.facts import FactKind
from troth.notice.purposes import Purpose
from troth.people.models import ActsAs as ActsAs
from troth.people.models import Representation
from troth.vault.categories import Category

#: As what a fact lets somebody use a person's rights: for every purpose, or for that one.
_RIGHTS = ("", Purpose.RIGHTS.value)


@dataclass(frozen=True)
class Authority:
    """One authority, opened. `stands`: the gate lets them act on it now."""

    id: UUID
    subject: UUID
    representative: UUID
    acts_as: ActsAs
    since: datetime
    until: datetime
    ended_at: datetime | None
    checked: str
    wish: str
    purposes: tuple[str, ...]
    categories: tuple[str, ...] | None  # None is every kind
    may_ask: tuple[str, ...] | None  # None is every right
    has_paper: bool
    stands: bool


def represented_by(representative: UUID, *, at: datetime) -> list[tuple[UUID, str]]:
    """For whom somebody acts now, and for which purpose ("" is every one). It opens nothing."""
    when = facts.micros(at)
    return sorted(
        {
            (UUID(fact.subject), fact.purpose)
            for fact in facts.of_kind(FactKind.REPRESENTATIVE)
            if fact.other == representative.hex and fact.holds(when)
        }
    )


def represented_until(representative: UUID, *, at: datetime) -> dict[UUID, date]:
    """For whom somebody may use rights now, each with the last day that their papers give. It opens nothing."""
    when = facts.micros(at)
    found: dict[UUID, date] = {}
    for fact in facts.of_kind(FactKind.REPRESENTATIVE):
        if fact.until and fact.other == representative.hex and fact.holds(when) and fact.purpose in _RIGHTS:
            last = timezone.localdate(facts.moment(fact.until - 1))
            found[UUID(fact.subject)] = max(last, found.get(UUID(fact.subject), last))
    return found


def may_ask_for(representative: UUID, subject: UUID, *, at: datetime) -> frozenset[str] | None:
    """Which rights somebody may use for a person now, by the papers that stand; None is every one. It opens nothing."""
    found: set[str] = set()
    for fact in facts.of(subject, FactKind.REPRESENTATIVE, at=at):
        if fact.other == representative.hex and fact.purpose in _RIGHTS:
            rights = facts.scope_of(fact.value).rights
            if rights is None:
                return None
            found |= rights
    return frozenset(found)


def list_authorities(subject: UUID, opened: Opened) -> list[Authority]:
    """
    Who acts or acted for a person, the newest first.

    :raises Refused: this context may not open it.
    """
    opened.require(subject, Category.REPRESENTATIVE)
    standing = {
        facts.scope_of(fact.value).authority for fact in facts.of(subject, FactKind.REPRESENTATIVE, at=opened.at)
    }
    return [
        Authority(
            row.pk,
            row.subject_id,
            row.representative,
            ActsAs(row.acts_as),
            row.recorded_at,
            row.until,
            row.ended_at,
            row.checked or "",
            row.wish or "",
            tuple((row.scope or {}).get("purposes", ())),
            _listed(row.scope, "categories"),
            _listed(row.scope, "rights"),
            row.paper is not None,
            row.pk.hex in standing,
        )
        for row in Representation.objects.filter(subject_id=subject).order_by("-recorded_at", "id")
    ]


def authority_subject(authority: UUID) -> UUID | None:
    """Whose record an authority belongs to, if there is one of that id."""
    found: UUID | None = Representation.objects.filter(pk=authority).values_list("subject_id", flat=True).first()
    return found


def authorities_over(subject: UUID, *, at: datetime) -> dict[UUID, date]:
    """The authorities over a person that have ended, by themselves or before, each with its last day."""
    rows = Representation.objects.filter(subject_id=subject).values_list("pk", "ended_at", "until")
    ended = {row: min(each for each in (gone, until) if each) for row, gone, until in rows}
    return {row: end.date() for row, end in ended.items() if end <= at}


def count_unbacked(*, at: datetime) -> tuple[int, int]:
    """How many authorities stand for the gate, and how many of those have no record of what was checked, or one that is over."""
    when = facts.micros(at)
    standing = [fact for fact in facts.of_kind(FactKind.REPRESENTATIVE) if fact.holds(when)]
    named = [facts.scope_of(fact.value).authority for fact in standing]
    backed = {
        row.pk.hex: row
        for row in Representation.objects.only("id", "subject", "until", "ended_at").filter(
            pk__in=[UUID(name) for name in named if len(name) == 32]
        )
    }
    bad = sum((row := backed.get(name)) is None or row.ended_at is not None or row.until <= at for name in named)
    return len(standing), bad


def _listed(scope: dict[str, list[str] | None] | None, name: str) -> tuple[str, ...] | None:
    found = (scope or {}).get(name)
    return None if found is None else tuple(found)
