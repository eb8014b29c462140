"""Reads of this room: everything held about a person, what an erasure would do, who looked, and the copy to take away."""

from troth.rights.models import Verdict
from troth.rights.selectors.cases import (
    Certificate,
    OpenCase,
    get_case,
    get_certificate,
    list_cases,
    list_certificates,
    open_cases,
)
from troth.rights.selectors.copying import Copy, make_copy
from troth.rights.selectors.emergencies import Break, Breaking, find_break, list_breaks, open_break, waiting_breaks
from troth.rights.selectors.forecast import Forecast, forecast
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
from troth.rights.selectors.wishes import Choice, Represented, list_choices, list_representatives, restricted_since
from troth.rights.selectors.wording import BASIS_WORDS, Uses, describe_uses, kept_for, notice_now, words_of

__all__ = [
    "BASIS_WORDS",
    "BY_MACHINES",
    "BY_STAFF",
    "Break",
    "Breaking",
    "Certificate",
    "Choice",
    "Copy",
    "ErasurePlan",
    "Forecast",
    "HeldField",
    "HeldFile",
    "HeldThing",
    "History",
    "KeptUntil",
    "KindFate",
    "Look",
    "OpenCase",
    "Represented",
    "Uses",
    "Verdict",
    "born_on",
    "dates_kept",
    "describe_uses",
    "everything_about",
    "find_break",
    "forecast",
    "get_case",
    "get_certificate",
    "history_of",
    "kept_for",
    "list_breaks",
    "list_cases",
    "list_certificates",
    "list_choices",
    "list_representatives",
    "make_copy",
    "notice_now",
    "open_break",
    "open_cases",
    "person_history_holds",
    "plan_erasure",
    "recorded_by",
    "restricted_since",
    "survey",
    "waiting_breaks",
    "word_events",
    "words_of",
]
