"""
The clock of a case, reckoned from what happened to it. The days come from `troth.law`, as `troth law due` gives them; nothing here
counts a day by itself.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from troth.law.clocks import DueOn, Pause, Promise, complaint_due, deceased_asking_ends, deceased_due, request_due
from troth.law.clocks.deceased import too_late
from troth.law.rights import Right
from troth.law.steps import NoAnswer, Step, say
from troth.law.working_days import Nation
from troth.notice.schema import Notice
from troth.notice.schema.words import RightName
from troth.rights.models import Asked as Asked
from troth.rights.models import Route as Route
from troth.rights.models import StepKind as StepKind
from troth.rights.models import Waits as Waits

#: After so many days without an answer to a question a case may be closed, and the person is told (LAW-1.14).
UNANSWERED_AFTER = timedelta(days=30)
#: In law an acknowledgement within these days is enough; a notice that says the same promises nothing more.
COMPLAINT_DAYS = 30

Happened = tuple[StepKind, date]

_ASKS: dict[Waits, tuple[StepKind, frozenset[StepKind]]] = {
    Waits.IDENTITY: (StepKind.IDENTITY_ASKED, frozenset({StepKind.IDENTITY_CAME, StepKind.IDENTITY_CHECKED})),
    Waits.AUTHORITY: (StepKind.AUTHORITY_ASKED, frozenset({StepKind.AUTHORITY_CAME, StepKind.AUTHORITY_CHECKED})),
    Waits.FEE: (StepKind.FEE_ASKED, frozenset({StepKind.FEE_PAID})),
    Waits.ANSWER: (StepKind.QUESTION_ASKED, frozenset({StepKind.QUESTION_ANSWERED})),
}
_STARTS = (Waits.IDENTITY, Waits.AUTHORITY, Waits.FEE)
_RIGHT_NAMES = {
    Asked.ACCESS: RightName.ACCESS,
    Asked.RECTIFICATION: RightName.RECTIFICATION,
    Asked.ERASURE: RightName.ERASURE,
    Asked.RESTRICTION: RightName.RESTRICTION,
    Asked.PORTABILITY: RightName.PORTABILITY,
    Asked.OBJECTION: RightName.OBJECTION,
    Asked.REVIEW: RightName.AUTOMATED_DECISIONS,
}


@dataclass(frozen=True)
class Reckoned:
    """
    How a case stands by the clock on a day. `due_on` is the day to work to and `late_after` the last in law (LAW-1.13).

    While it waits for proof or a fee the clock has not begun, and both are what they would be without the wait.
    `by_hand` is the command that gives the same days.
    """

    due_on: date
    late_after: date
    waits_for: Waits | None
    waiting_since: date | None
    steps: tuple[Step, ...]
    extended: bool
    extend_by: date | None  # the last day on which the person can be told of an extension (LAW-1.8)
    plan_extension_by: date | None
    acknowledged_on: date | None
    by_hand: tuple[str, ...]
    wanted: Waits | None = None  # what was asked for and has not come, whether or not the clock waits for it

    @property
    def runs(self) -> bool:
        """Whether days are counted."""
        return self.waits_for is None

    def is_late(self, on: date) -> bool:
        """Whether it is late in law: a clock that does not run makes nothing late, and an acknowledged complaint has no day."""
        return self.runs and self.acknowledged_on is None and on > self.late_after

    def may_close_unanswered(self, on: date) -> bool:
        """Whether a question has waited long enough for the case to be closed without an answer (LAW-1.14)."""
        waits = self.waits_for is not None or self.wanted not in (None, Waits.ANSWER)
        return waits and self.waiting_since is not None and on >= self.waiting_since + UNANSWERED_AFTER


def reckon(
    asked: Asked,
    received_on: date,
    happened: Iterable[Happened],
    *,
    on: date,
    nation: Nation = Nation.ENGLAND,
    promise: Promise | None = None,
) -> Reckoned:
    """
    Reckon a case from what happened to it, in the order in which it did (LAW-1.1 to 1.13, LAW-2.3, LAW-4.10).

    :raises NoAnswer: its days are impossible, or outside the years that the law and the calendar cover.
    """
    happened = list(happened)
    waits_for, since = _waiting(happened)
    if asked is Asked.COMPLAINT:
        return replace(_complaint(received_on, happened, nation, promise), wanted=waits_for)
    if asked is Asked.DECEASED:
        return _deceased(received_on, happened)
    right = Right(asked.value)
    identity = _latest(happened, (Waits.IDENTITY, Waits.AUTHORITY))
    fee = _latest(happened, (Waits.FEE,))
    pauses = _pauses(happened, open_until=max(on, since) if since and waits_for is Waits.ANSWER else None)
    extended = any(kind is StepKind.EXTENDED for kind, _ in happened)
    due = request_due(
        right,
        received_on,
        identity=identity,
        fee=fee,
        pauses=pauses,
        extended=extended,
        nation=nation,
        promise=promise,
    )
    steps = due.steps
    if waits_for in _STARTS and since is not None:
        steps = (*steps, Step("LAW-1.2", _NOT_BEGUN[waits_for].format(since=say(since)), since, warning=True))
    return Reckoned(
        due.due_on,
        due.due_statutory,
        waits_for if right is Right.ACCESS or waits_for is not Waits.ANSWER else None,
        since,
        steps,
        extended,
        due.extension_notice_by,
        due.extension_notice_plan,
        None,
        by_hand(
            asked,
            received_on,
            identity=identity,
            fee=fee,
            pauses=pauses,
            extended=extended,
            nation=nation,
            promise=promise,
        ),
        wanted=waits_for,
    )


_NOT_BEGUN = {
    Waits.IDENTITY: "Proof of who they are was asked for on {since} and has not come. The month begins when it does; the days "
    "above are what they would be if it had come with the request.",
    Waits.AUTHORITY: "Proof that they may act was asked for on {since} and has not come. The month begins when it does; the days "
    "above are what they would be if it had come with the request.",
    Waits.FEE: "A fee was asked for on {since} and has not come. The month begins when it does; the days above are what they would "
    "be without it.",
}


def by_hand(
    asked: Asked,
    received_on: date,
    *,
    identity: date | None,
    fee: date | None,
    pauses: Sequence[Pause],
    extended: bool,
    nation: Nation,
    promise: Promise | None,
) -> tuple[str, ...]:
    """The arguments with which `troth law due` gives the same days."""
    words = ["law", "due", "--right", asked.value, "--received", received_on.isoformat()]
    for option, day in (("--identity", identity), ("--fee", fee)):
        words += [option, day.isoformat()] if day else []
    for pause in pauses:
        words += ["--paused", pause.asked.isoformat(), pause.answered.isoformat()]
    words += ["--extended"] if extended else []
    words += ["--nation", nation.value] if nation is not Nation.ENGLAND else []
    if promise is not None:
        words += ["--promised-working-days" if promise.working else "--promised-days", str(promise.days)]
    return tuple(words)


def promise_of(asked: Asked, notice: Notice | None) -> Promise | None:
    """
    The shorter time that the notice promises, or None where it says what the law says (LAW-1.25).

    A month is the law's own time, and so is whatever is longer than any month.
    """
    if notice is None:
        return None
    if asked is Asked.COMPLAINT:
        own = notice.complaints.own if notice.complaints else None
        days = own.acknowledged_within_days if own else None
        return Promise(days) if days is not None and 0 < days < COMPLAINT_DAYS else None
    name = _RIGHT_NAMES.get(asked)
    within = next((each.within for each in notice.rights if each.right == name), None)
    if not within:
        return None
    number, unit = within.split()
    days = int(number) * {"d": 1, "w": 7}.get(unit[0], 0)
    return Promise(days) if 0 < days <= 31 else None


def check_can_extend(asked: Asked, clock: Reckoned, *, on: date) -> str:
    """Say why a case may not be extended, or "" when it may: once, and while its first month runs (LAW-1.7, LAW-1.8)."""
    if asked in (Asked.COMPLAINT, Asked.DECEASED):
        return "Nothing extends this time [LAW-2.5, LAW-4.10]."
    if clock.extended:
        return "It was extended already, and the law allows it once [LAW-1.7]."
    if clock.extend_by is not None and on > clock.extend_by:
        return f"The first month ended on {say(clock.extend_by)}. Told later, there is no extension [LAW-1.8]."
    return ""


def begins_anew(asked: Asked, received_on: date, *, on: date) -> bool:
    """
    Whether the time begins with the day on which comes what is asked for on a day; of the records of somebody who died only within
    fourteen days (LAW-4.10).
    """
    return asked is not Asked.DECEASED or on <= deceased_asking_ends(received_on)


def _waiting(happened: Sequence[Happened]) -> tuple[Waits | None, date | None]:
    """What is asked for and has not come, what begins the clock before what stops it, and since when."""
    for waits in Waits:
        if (since := _open_since(happened, waits)) is not None:
            return waits, since
    return None, None


def _open_since(happened: Sequence[Happened], waits: Waits) -> date | None:
    asks, comes = _ASKS[waits]
    since: date | None = None
    for kind, day in happened:
        if kind is asks:
            since = since or day
        elif kind in comes:
            since = None
    return since


def _latest(happened: Sequence[Happened], waits: tuple[Waits, ...]) -> date | None:
    """The day on which the last of what was asked for came; what came unasked began nothing (LAW-1.2)."""
    return max((came for each in waits for _, came in _spans(happened, each)), default=None)


def _pauses(happened: Sequence[Happened], *, open_until: date | None) -> list[Pause]:
    found = [Pause(*each) for each in _spans(happened, Waits.ANSWER)]
    since = _open_since(happened, Waits.ANSWER)
    return [*found, Pause(since, open_until or since)] if since is not None else found


def _spans(happened: Sequence[Happened], waits: Waits) -> list[tuple[date, date]]:
    """From when to when something was asked for that came; what is asked for again meanwhile was asked for once."""
    asks, comes = _ASKS[waits]
    found: list[tuple[date, date]] = []
    since: date | None = None
    for kind, day in happened:
        if kind is asks:
            since = since or day
        elif kind in comes and since is not None:
            found.append((since, day))
            since = None
    return found


def _complaint(received_on: date, happened: Sequence[Happened], nation: Nation, promise: Promise | None) -> Reckoned:
    due: DueOn = complaint_due(received_on, nation=nation, promise=promise)
    # An outcome within the thirty days needs no acknowledgement beside it (LAW-2.5).
    told = min(
        (day for kind, day in happened if kind in (StepKind.ACKNOWLEDGED, StepKind.CLOSED)),
        default=None,
    )
    return Reckoned(
        due.due_on,
        due.due_statutory,
        None,
        None,
        due.steps,
        extended=False,
        extend_by=None,
        plan_extension_by=None,
        acknowledged_on=told,
        by_hand=by_hand(
            Asked.COMPLAINT,
            received_on,
            identity=None,
            fee=None,
            pauses=(),
            extended=False,
            nation=nation,
            promise=promise,
        ),
    )


def _deceased(received_on: date, happened: Sequence[Happened]) -> Reckoned:
    recent = any(kind is StepKind.ENTRY_FOUND for kind, _ in happened)
    asked = [
        Pause(*each) for waits in (Waits.IDENTITY, Waits.AUTHORITY, Waits.ANSWER) for each in _spans(happened, waits)
    ]
    due = deceased_due(received_on, recent_entry=recent, asked=asked)
    steps, waits_for = due.steps, None
    missing = [(waits, since) for waits in Waits if (since := _open_since(happened, waits)) is not None]
    in_time = [each for each in missing if each[1] <= deceased_asking_ends(received_on)]
    wanted, since = next(iter(in_time or missing), (None, None))
    if wanted is not None and since is not None:
        waits_for = wanted if in_time else None
        begins = f"More was asked for on {say(since)} and has not come; the time begins when it does."
        unmet = Step("LAW-4.10", begins, since, warning=True) if waits_for else too_late(since, received_on)
        steps = (*steps, unmet)
    words = ["law", "due", "--right", Asked.DECEASED.value, "--received", received_on.isoformat()]
    for each in asked:
        words += ["--paused", each.asked.isoformat(), each.answered.isoformat()]
    by_hand = (*words, *(["--recent-entry"] if recent else []))
    return Reckoned(
        due.due_on, due.due_statutory, waits_for, since, steps, False, None, None, None, by_hand, wanted=wanted
    )


#: Days before and on which an officer is reminded; after that it is once a week, and nothing closes itself.
REMINDED = (7, 2, 0)


def reminder_due(due_on: date, *, on: date) -> str:
    """The mark of the reminder that is due on a day for a case with that day to work to, or "" where none is yet."""
    left = (due_on - on).days
    if left < 0:
        return f"late{(-left - 1) // 7}"
    return next((f"ahead{days}" for days in reversed(REMINDED) if left <= days), "")


#: Of each proof: asked for, come, found to settle it, found not to.
_PROVING = {
    Waits.IDENTITY: (
        StepKind.IDENTITY_ASKED,
        StepKind.IDENTITY_CAME,
        StepKind.IDENTITY_CHECKED,
        StepKind.IDENTITY_FAILED,
    ),
    Waits.AUTHORITY: (
        StepKind.AUTHORITY_ASKED,
        StepKind.AUTHORITY_CAME,
        StepKind.AUTHORITY_CHECKED,
        StepKind.AUTHORITY_FAILED,
    ),
}


def is_unproven(kinds: Sequence[StepKind]) -> bool:
    """
    Whether proof was asked for and the last that happened to it is not that it settles it: until then nothing is handed out
    (LAW-1.15). `kinds` are those of the steps, in their order; so everywhere here.
    """
    return any(_last(kinds, steps) not in (None, steps[2]) for steps in _PROVING.values())


def unseen_proofs(kinds: Sequence[StepKind]) -> list[Waits]:
    """The proofs that came and that nobody has judged since."""
    return [waits for waits, steps in _PROVING.items() if _last(kinds, steps) is steps[1]]


def last_of_proof(happened: Sequence[Happened], waits: Waits) -> Happened | None:
    """The last that happened to a proof of this kind, with its day: asked for, come, or what was found; None where none was."""
    return next((each for each in reversed(happened) if each[0] in _PROVING[waits]), None)


def has_come(kinds: Sequence[StepKind], waits: Waits) -> bool:
    """Whether a proof of this kind came after it was last asked for: only then is there anything to judge."""
    asked, came, *_ = _PROVING[waits]
    return came in kinds and _last(kinds, (asked, came)) is came


def _last(kinds: Sequence[StepKind], among: Collection[StepKind]) -> StepKind | None:
    return next((kind for kind in reversed(kinds) if kind in among), None)


def is_impossible(asked: Asked, received_on: date, happened: Iterable[Happened], *, on: date) -> str:
    """Say why these days cannot belong to one case, or "" when they can: asked before a step is written."""
    try:
        reckon(asked, received_on, happened, on=on)
    except NoAnswer as why:
        return f"{why.cause} {why.cure} [{why.rule}]"
    return ""
