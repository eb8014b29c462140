"""What falls due for disposal in the months to come: counts by month and kind, from structure alone. Nothing is opened."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import Max, Min

from troth.law.calendar import LONDON
from troth.notice import selectors as notices
from troth.rights import rules
from troth.rights.selectors.places import compartment_of, holding_models
from troth.rights.selectors.planning import retention_rules, situation
from troth.vault.categories import Category
from troth.vault.compartments import Per, get_compartment
from troth.vault.models import Subject


@dataclass(frozen=True)
class Forecast:
    """For each month, its first day; for each kind, how many people have something of it that falls due in that month."""

    months: tuple[dt.date, ...]
    kinds: tuple[tuple[Category, tuple[int, ...]], ...]
    overdue: int  # people of whom something should have gone already

    @property
    def total(self) -> int:
        """How many times somebody's kind falls due in all of these months."""
        return sum(sum(numbers) for _, numbers in self.kinds)


def forecast(at: dt.datetime, *, months: int = 12) -> Forecast:
    """
    Reckon until when each kind is kept for everybody, and count what ends in each of the months to come (LAW-6.6).

    A child's record is kept by a date of birth, which is sealed: it is counted by the other limbs of its rule.
    """
    version = notices.version_in_force(at)
    return _forecast(
        at.astimezone(LONDON).date(), version.hash if version else "", Subject.objects.count(), months, at
    )


@lru_cache(maxsize=4)
def _forecast(today: dt.date, notice: str, people: int, months: int, at: dt.datetime) -> Forecast:
    starts = [_month(today, number) for number in range(months + 1)]
    rules_by_id = retention_rules(at)
    ends: dict[Category, dict[dt.date, set[UUID]]] = defaultdict(lambda: defaultdict(set))
    overdue: set[UUID] = set()
    for subject, held in _everybody():
        person = situation(held, on=today, born_on=None)
        for each in held:
            until = rules.kept_until(rules_by_id.get(each.retention), each, person)
            if until is None or until >= starts[-1]:
                continue
            if until < today:
                overdue.add(subject)
            else:
                ends[each.category][max(start for start in starts if start <= until)].add(subject)
    return Forecast(
        tuple(starts[:-1]),
        tuple(
            (category, tuple(len(ends[category][start]) for start in starts[:-1]))
            for category in Category
            if category in ends
        ),
        len(overdue),
    )


def _everybody() -> Iterator[tuple[UUID, list[rules.Held]]]:
    """Everybody with what is held about them, one query for each table."""
    found: dict[UUID, dict[tuple[str, str], list[tuple[dt.datetime, dt.datetime, int]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for model in holding_models():
        name = compartment_of(model)
        if not name:
            continue
        per = get_compartment(name).per
        by = {Per.SUBJECT: (), Per.ROW: ("id",), Per.YEAR: ("disposal_year",)}[per]
        rows = (
            model._base_manager.order_by()
            .values_list("subject_id", *by)
            .annotate(first=Min("recorded_at"), last=Max("changed_at"))
        )
        for subject, *scope, first, last in rows.iterator(chunk_size=5_000):
            found[subject][name, str(scope[0]) if scope else ""].append((first, last, 1))
    for subject, compartments in found.items():
        yield (
            subject,
            [
                rules.Held(
                    name,
                    scope,
                    get_compartment(name).category,
                    get_compartment(name).retention,
                    len(rows_),
                    min(first for first, _, _ in rows_).date(),
                    max(last for _, last, _ in rows_).date(),
                )
                for (name, scope), rows_ in compartments.items()
            ],
        )


def _month(today: dt.date, number: int) -> dt.date:
    """The first day of the month that many months on."""
    months = today.year * 12 + today.month - 1 + number
    return dt.date(months // 12, months % 12 + 1, 1)
