"""Claimants who sign in: each gets a code from whoever handles the case, and follows the link in the letter, like anybody."""

import logging
import re
from datetime import datetime

from troth.delivery import selectors as delivery
from troth.demo.cast import PASSWORD
from troth.demo.clinic import Claimant, Made
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.people import services as people
from troth.work.worker import Worker

_LINK = re.compile(r"/link/([\w-]+)/")


def open_accounts(made: Made, *, at: datetime) -> None:
    """Open the account of each claimant who signs in by themselves."""
    for each in made.claimants:
        if each.part.signs_in and each.handler is not None:
            _open(each, at)


def _work_off() -> None:
    """Run the jobs that wait, as the worker would; nobody wants to read its log in the middle of this."""
    log, worker = logging.getLogger("troth.work"), Worker()
    level = log.level
    log.setLevel(logging.WARNING)
    try:
        while worker.step():
            pass
    finally:
        log.setLevel(level)


def _open(each: Claimant, at: datetime) -> None:
    assert each.handler is not None
    with boundary():
        code = people.make_claim_code(each.subject, by=actors.person(each.handler, at=at), at=at)
    with boundary():
        people.claim(code=code, born_on=each.part.born_on, email=each.part.email, password=PASSWORD, at=at)
    _work_off()
    letters = (sent.text for sent in delivery.list_sent(at=at) if sent.address == each.part.email)
    token = next(found[1] for text in letters if (found := _LINK.search(text)))
    people.confirm_step(token, at=at)
