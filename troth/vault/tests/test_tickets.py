"""Tickets: bound to a person, a page and a time, and they say nothing of what is in them."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from troth.vault import tickets

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LIFE = timedelta(minutes=30)


def test_a_ticket_opens_for_its_holder_and_page_until_its_end() -> None:
    holder = uuid4()
    ticket = tickets.issue({"actor": "x"}, page="ledger", holder=holder, at=AT, life=LIFE)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", ticket)
    last = AT + LIFE - timedelta(seconds=1)
    assert tickets.read(ticket, page="ledger", holder=holder, at=last) == {"actor": "x"}
    for page, who, at in (("find", holder, AT), ("ledger", uuid4(), AT), ("ledger", holder, AT + LIFE)):
        with pytest.raises(tickets.TicketInvalid):
            tickets.read(ticket, page=page, holder=who, at=at)


@pytest.mark.parametrize("ticket", ["", "x", "!!", "AAAA" * 30])
def test_what_was_never_issued_does_not_open(ticket: str) -> None:
    with pytest.raises(tickets.TicketInvalid):
        tickets.read(ticket, page="ledger", holder=uuid4(), at=AT)


def test_a_ticket_does_not_tell_how_much_was_typed() -> None:
    holder = uuid4()
    short, longer = (
        tickets.issue({"q": text}, page="find", holder=holder, at=AT, life=LIFE) for text in ("a", "abcdefghij")
    )
    assert len(short) == len(longer) and "abcdefghij" not in longer
