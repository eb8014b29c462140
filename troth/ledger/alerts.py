"""
Alert rules that run over the ledger: each looks back a while and says who stands out, in identifiers and counts.

A rule is a query and a limit. It decides nothing and stops nobody: the gate did that already. It tells the privacy officer
where to look, which is why what is seen once is enough for one's own record, and not for a refusal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from troth.ledger import apart
from troth.ledger.drafts import microseconds, moment
from troth.ledger.names import Event
from troth.ledger.sealing import oldest_unsealed_age
from troth.ledger.verifying import LAG

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: So many refusals of one actor within a day are no slips any more.
MANY_REFUSALS = 10
#: So many searches of one actor within an hour are no work at a desk any more.
MANY_SEARCHES = 60


@dataclass(frozen=True)
class Alert:
    """Something to look at: which rule, who, how often since when, and the newest event of it (0 where there is none)."""

    rule: str  # own_record | many_refusals | searches | unsealed
    actor: str
    count: int
    newest: datetime
    event_id: int = 0


def all_alerts(at: datetime, *, linked: Iterable[tuple[str, str]] = ()) -> list[Alert]:
    """What every rule finds now. `linked`: pairs of subjects that are the same person."""
    return [*own_record(at, linked=linked), *many_refusals(at), *many_searches(at), *unsealed(at)]


def own_record(at: datetime, *, linked: Iterable[tuple[str, str]] = ()) -> list[Alert]:
    """Whoever was refused a record of their own, or of somebody linked with them, within a day: once is enough."""
    rows = _grouped(
        "outcome = 'refused' AND actor = subject AND actor <> ''",
        [],
        since=at - DAY,
    )
    # What was tried for somebody's protection stands under another subject.
    marks = ", ".join(["%s"] * len(apart.PURPOSES))
    tried = _grouped(
        f"outcome = 'refused' AND actor <> '' AND purpose IN ({marks})", [*apart.PURPOSES], since=at - DAY
    )
    for actor, *_ in tried:
        rows += _grouped(
            "outcome = 'refused' AND actor = %s AND subject = %s", [actor, apart.file_of(actor)], since=at - DAY
        )
    for one, other in linked:
        rows += _grouped(
            "outcome IN ('refused', 'allowed') AND actor = %s AND subject IN (%s, %s)",
            [one, other, apart.file_of(other)],
            since=at - DAY,
        )
    return [Alert("own_record", actor, count, newest, event) for actor, count, newest, event in rows]


def many_refusals(at: datetime, *, limit: int = MANY_REFUSALS) -> list[Alert]:
    """Whoever the gate refused again and again within a day."""
    rows = _grouped("outcome = 'refused' AND actor <> ''", [], since=at - DAY, least=limit)
    return [Alert("many_refusals", actor, count, newest, event) for actor, count, newest, event in rows]


def many_searches(at: datetime, *, limit: int = MANY_SEARCHES) -> list[Alert]:
    """Whoever looked people up more often within an hour than work at a desk explains: each request with a search counts once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN actor_kind = 'service' THEN on_behalf_of ELSE actor END, COUNT(DISTINCT request), MAX(at), MAX(id)"
            " FROM ledger_event WHERE at >= %s AND (event = %s OR (event = %s AND purpose = 'find'))"
            " GROUP BY 1 HAVING COUNT(DISTINCT request) >= %s ORDER BY 2 DESC",
            [microseconds(at - HOUR), str(Event.SEARCHED), str(Event.OPENED), limit],
        )
        found = cursor.fetchall()
    return [Alert("searches", actor, count, moment(newest), event) for actor, count, newest, event in found if actor]


def unsealed(at: datetime) -> list[Alert]:
    """An event that has waited longer than the sealer may take."""
    age = oldest_unsealed_age(at)
    if age is None or age <= LAG:
        return []
    return [Alert("unsealed", "", round(age.total_seconds()), at - age)]


def _grouped(
    where: str, values: list[str], *, since: datetime, least: int = 1
) -> list[tuple[str, int, datetime, int]]:
    """Actor, how often, when last and the newest event, of all that match since a moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT actor, COUNT(*), MAX(at), MAX(id) FROM ledger_event WHERE at >= %s AND {where}"  # noqa: S608 - constants
            " GROUP BY actor HAVING COUNT(*) >= %s ORDER BY 2 DESC, 1",
            [microseconds(since), *values, least],
        )
        return [(actor, count, moment(newest), event) for actor, count, newest, event in cursor.fetchall()]
