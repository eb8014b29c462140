"""Counting the statements of a page, but for those by which the ledger writes: few events go in one way, many in another."""

from django.test.utils import CaptureQueriesContext

_LEDGERS = ("ledger_event", "lastval", "last_insert_rowid", "SAVEPOINT", "BEGIN", "COMMIT")


def count_reads(captured: CaptureQueriesContext) -> int:
    """How many statements were run, the ledger's own left out."""
    return len([query for query in captured.captured_queries if not any(mark in query["sql"] for mark in _LEDGERS)])
