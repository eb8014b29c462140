"""What a certificate of erasure says: what went, what stays, and the two moments (pitfalls A2, B12)."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from troth.rights.selectors.planning import ErasurePlan, KindFate
from troth.vault import turning


def gone_everywhere(at: datetime) -> tuple[datetime, list[int]]:
    """
    The latest moment at which what is destroyed now is unreadable in every backup, and the master keys it waits for.

    A backup holds a data key wrapped by the master key of its day. Each master key lives its days, is retired, and is
    destroyed when the backups made under it have aged out.
    """
    life, lag = timedelta(days=settings.TROTH_MASTER_KEY_DAYS), timedelta(days=settings.TROTH_BACKUP_DAYS)
    masters = turning.status()
    latest = [entry.destroyed_from or max(entry.made_at + life, at) + lag for entry in masters]
    return max(latest, default=at), [entry.number for entry in masters]


def fate_values(kind: KindFate) -> dict[str, Any]:
    """One kind's fate as plain JSON, for the case and for the certificate."""
    return {
        "category": kind.category.value,
        "title": kind.title,
        "rows": kind.rows,
        "why": kind.why,
        "law": kind.laws,
        "until": kind.until.isoformat() if kind.until else None,
    }


def decision_values(
    plan: ErasurePlan, places: dict[str, list[str]], tokens: int, *, by: str, everything: bool
) -> dict[str, Any]:
    """What was decided, as the case keeps it: enough for any process to carry it to its end. Its person may read it."""
    return {
        "at": plan.at.isoformat(),
        "by": by,
        "notice": plan.notice,
        "everything": everything,
        "close_account": plan.close_account,
        "scopes": [list(scope) for scope in plan.scopes],
        "files": places,
        "tokens": tokens,
        "going": [fate_values(kind) for kind in plan.going],
        "staying": [fate_values(kind) for kind in plan.staying],
    }


def certificate_content(
    decision: dict[str, Any], outcome: dict[str, Any], *, asked_on: str, at: datetime
) -> dict[str, Any]:
    """Put together what the certificate states. It is called when everything was looked for and nothing found."""
    everywhere, masters = gone_everywhere(at)
    return {
        "asked_on": asked_on,
        "decided_at": decision["at"],
        "decided_by": decision["by"],
        "notice": decision["notice"],
        "destroyed": decision["going"],
        "rows": outcome["rows"],
        "files": sum(map(len, decision["files"].values())),
        "tokens": decision["tokens"],
        "keys": [":".join(scope) if scope[1] else scope[0] for scope in decision["scopes"]],
        "stays": decision["staying"],
        "journal_line": outcome["journal_line"],
        "gone_from_live_at": at.isoformat(),
        "gone_from_backups_by": everywhere.isoformat(),
        "master_keys": masters,
        "left": "Until then backups hold what the destroyed keys opened, which nobody can read without a key that was destroyed, "
        "and rows that say, by random numbers and without content, that something was held and when. The ledger keeps "
        "its events for good: they hold random numbers and no content.",
    }
