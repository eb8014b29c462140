"""What the ledger shows of itself."""

from django.db import connection

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.copies.disposing import beyond_disposals
from troth.ledger import verifying
from troth.ledger.check_export import Head
from troth.ledger.guards import guards_missing
from troth.ledger.proving import NotSealed, latest_checkpoint
from troth.ledger.records import check_records
from troth.ledger.rows import stored_tree
from troth.ledger.sealing import oldest_unsealed_age
from troth.ledger.signing import signer

_LONGEST_WAIT = 10  # seconds that an event may wait for its leaf (pitfalls A13)


@check("ledger.stands", looks_at="the ledger's triggers, its newest signed checkpoint and what waits to be sealed")
def stands(question: Question) -> Finding:
    """The triggers refuse changes, the newest checkpoint is ours and of this tree, and nothing waits long."""
    missing = guards_missing(connection)
    if missing:
        return Finding(
            False,
            f"{counted(len(missing), 'trigger')} that keeps the ledger unchanged is gone",
            {"missing": len(missing)},
        )
    try:
        note = latest_checkpoint()
    except NotSealed:
        return Finding(False, "Nothing of the ledger was ever sealed")
    head = Head.parse(signer().public.check(note))
    if stored_tree().root(head.size) != head.root:
        return Finding(False, "The newest checkpoint does not fit what is stored", {"sealed": head.size})
    waiting = oldest_unsealed_age(question.at)
    seconds = int(waiting.total_seconds()) if waiting else 0
    counts = {"sealed": head.size, "longest_wait_seconds": max(seconds, 0)}
    if seconds > _LONGEST_WAIT:
        return Finding(False, f"An event has waited {seconds:,} seconds to be sealed", counts)
    return Finding(True, f"The ledger is sealed to event {head.size:,}, and its newest checkpoint verifies", counts)


@check("ledger.whole", looks_at="every event, recomputed and compared with the signed tree", scheduled=True)
def whole(question: Question) -> Finding:
    """Every event of the ledger is as it was signed, none is missing, added or moved."""
    report = verifying.verify(at=question.at)
    counts = {"events": report.events, "checkpoints": report.checkpoints, "findings": len(report.findings)}
    if report.holds:
        return Finding(
            True,
            f"Recomputed {counted(report.events, 'event')}: nothing changed, removed, added or out of order",
            counts,
        )
    return Finding(
        False,
        f"Recomputing the ledger found {counted(len(report.findings) + len(report.guards_missing), 'fault')}",
        counts,
    )


@check("ledger.rows", looks_at="every row about people, compared with the last act that wrote it", scheduled=True)
def rows(question: Question) -> Finding:
    """No row was changed, put in, put back or taken away by somebody who wrote to the database past the acts."""
    found = beyond_disposals(check_records())
    counts = {kind: sum(each.kind == kind for each in found) for kind in ("changed", "added", "returned", "vanished")}
    if not found:
        return Finding(True, "Every row about people is as the last act left it", counts)
    rooms = ", ".join(sorted({each.reference.partition("/")[0] for each in found}))
    return Finding(False, f"{counted(len(found), 'row')} written past the acts, in {rooms}", counts)
