"""
Events that stand in a file of their own, apart from the other events about the same person.

A person's events are numbered without a gap, and they take them away with proofs: one that was left out would show by its gap. So
what happens for the protection of somebody never stands among them. It stands under a subject of its own, which only this
deployment's key leads to; whoever may know of it reads both files.
"""

import hashlib
from functools import lru_cache

from troth.ledger.drafts import Draft
from troth.ledger.signing import signer

#: Codes of the purposes whose events stand apart. The ledger knows no purposes; the gate's vocabulary has these (a test holds it).
PURPOSES = frozenset({"safeguarding"})
#: And of what is no use for it, and would tell its person that there was something.
EVENTS = frozenset({"rights:erased_apart", "prescribing:likeness_noted"})


def file_of(subject: str) -> str:
    """The subject under which events for the protection of this one stand; 32 hex digits, and as random as the key."""
    return _file_of(subject, signer().seed) if subject else ""


@lru_cache(maxsize=4096)
def _file_of(subject: str, seed: bytes) -> str:
    return hashlib.blake2b(subject.encode(), key=seed, digest_size=16, person=b"apart").hexdigest()


def is_apart(purpose: str, event: str) -> bool:
    """Whether what happened stands apart from the other events about the same person."""
    return purpose in PURPOSES or event in EVENTS


def filed(draft: Draft) -> Draft:
    """The draft as it is written: what is done for somebody's protection, in the file that stands apart."""
    if not draft.subject or not is_apart(draft.purpose, draft.event):
        return draft
    return draft._replace(subject=file_of(draft.subject))
