"""Reads of this room: everything held about a person, what an erasure would do, who looked, and the copy to take away."""

from troth.rights.selectors.cases import Certificate, get_case, get_certificate, list_cases, list_certificates
from troth.rights.selectors.copying import Copy, make_copy
from troth.rights.selectors.history import History, Look, history_of, person_history_holds, word_events
from troth.rights.selectors.holdings import (
    BY_MACHINES,
    BY_STAFF,
    HeldField,
    HeldFile,
    HeldThing,
    everything_about,
    recorded_by,
    survey,
)
from troth.rights.selectors.planning import ErasurePlan, KeptUntil, KindFate, born_on, dates_kept, plan_erasure
from troth.rights.selectors.wording import Uses, describe_uses, kept_for, words_of

__all__ = [
    "BY_MACHINES",
    "BY_STAFF",
    "Certificate",
    "Copy",
    "ErasurePlan",
    "HeldField",
    "HeldFile",
    "HeldThing",
    "History",
    "KeptUntil",
    "KindFate",
    "Look",
    "Uses",
    "born_on",
    "dates_kept",
    "describe_uses",
    "everything_about",
    "get_case",
    "get_certificate",
    "history_of",
    "kept_for",
    "list_cases",
    "list_certificates",
    "make_copy",
    "person_history_holds",
    "plan_erasure",
    "recorded_by",
    "survey",
    "word_events",
    "words_of",
]
