"""
What a person may take to somebody else: what they provided themselves, or what was measured of them, where we use it by their
consent or for an agreement with them (UK GDPR Article 20, LAW-3.8). What somebody here thought or found is not among it.
"""

import hashlib
from datetime import datetime
from uuid import UUID

from troth.design.documents import json_of
from troth.gate import linking
from troth.gate.contexts import Opened
from troth.law.applicability import Applies, applies
from troth.law.rights import Right
from troth.notice.register import Register
from troth.people.selectors import has_account
from troth.rights.selectors.assembling import assemble, table_of
from troth.rights.selectors.copying import Copy
from troth.rights.selectors.fhir import bundle_of
from troth.rights.selectors.holdings import HeldThing, everything_about
from troth.vault.categories import Category

NAME = "my-data-to-move.zip"
#: What is read off a person or a thing of theirs counts as provided by them; what is concluded from it does not.
OBSERVED = frozenset({"records.observation"})
TOLD_BY_THEM = frozenset({"You told us", "They told us"})


def make_portable(subject: UUID, opened: Opened, *, at: datetime, dated: datetime | None = None) -> Copy:
    """
    Gather what a person may move, over all that they are here, as JSON, CSV and a FHIR R4 Bundle with their files. `dated`: the
    moment it bears, so that while nothing changes the file of an earlier try is made again, byte for byte.

    :raises Refused: this context may not export one of the kinds that are held.
    """
    persons = linking.subjects_of(subject, at=at)
    movable = kinds_to_move(opened.register)
    things = [
        thing
        for person in persons
        for thing in everything_about(person, opened)
        if thing.category in movable and is_provided(thing) and thing.released
    ]
    made = assemble(persons, things, opened, at=dated or at, left_out={})
    document = {key: made.document[key] for key in ("format", "subject", "records", "made_at", "controller", "held")}
    data = json_of(document)
    texts = {
        "my-data.json": data,
        "my-data.csv": table_of(document),
        "my-data.fhir.json": json_of(bundle_of(document)),
    }
    return Copy(
        texts, made.files, hashlib.sha256(data).hexdigest(), 0, made.at, frozenset(thing.category for thing in things)
    )


def kinds_to_move(register: Register) -> frozenset[Category]:
    """The kinds of data that a purpose uses by consent or for an agreement: for the others this right does not exist (LAW-3.14)."""
    return frozenset(
        category
        for declared in register.purposes.values()
        if not declared.purpose.of_the_kernel and applies(Right.PORTABILITY, declared.basis) is Applies.YES
        for category in declared.categories
    )


def can_fetch(subject: UUID, *, at: datetime) -> bool:
    """Whether they have an account, under whichever of their records, in which the file is theirs at once."""
    return any(has_account(each) for each in linking.subjects_of(subject, at=at))


def is_provided(thing: HeldThing) -> bool:
    """Whether a person gave this themselves, or it was measured of them."""
    return thing.by_themself or thing.source in TOLD_BY_THEM or thing.model in OBSERVED
