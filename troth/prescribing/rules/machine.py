"""
The states of a request and of a supply, and what leads from one to the next. Nothing else does: the acts ask here.

The tables are data, so that the page of states is drawn from them, and a test can walk every way there is.
"""

from collections.abc import Mapping
from enum import StrEnum

from troth.billing.selectors import Order
from troth.prescribing.models import (
    CheckState,
    GpNoticeState,
    MessageState,
    ReactionState,
    RequestStatus,
    SupplyStatus,
)


class Step(StrEnum):
    """What somebody does with a request or a supply."""

    ASSIGN = "assign"
    ASK = "ask"
    ANSWER = "answer"
    PRESCRIBE = "prescribe"
    REFUSE = "refuse"
    REFER = "refer"
    WITHDRAW = "withdraw"
    CONTEST = "contest"
    QUERY = "query"
    REPLY = "reply"
    RELEASE = "release"
    CANCEL = "cancel"
    DISPATCH = "dispatch"
    DELIVER = "deliver"
    RETURN = "return"
    FOLLOW_UP = "follow_up"
    POST = "post"
    BOUNCE = "bounce"
    STOP = "stop"
    GP_REPLY = "gp_reply"
    SEND_ON = "send_on"
    KEEP = "keep"
    REMIND = "remind"
    CLOSE = "close"
    JUDGE = "judge"
    TAKE_BACK = "take_back"
    LAPSE = "lapse"
    SET_ASIDE = "set_aside"


REQUEST: Mapping[tuple[str, str], RequestStatus] = {
    (RequestStatus.REQUESTED, Step.ASSIGN): RequestStatus.ASSIGNED,
    (RequestStatus.ASSIGNED, Step.ASSIGN): RequestStatus.ASSIGNED,
    (RequestStatus.ASKED, Step.ASSIGN): RequestStatus.ASKED,
    (RequestStatus.ASSIGNED, Step.ASK): RequestStatus.ASKED,
    (RequestStatus.ASKED, Step.ANSWER): RequestStatus.ASSIGNED,
    (RequestStatus.ASSIGNED, Step.PRESCRIBE): RequestStatus.DECIDED,
    (RequestStatus.ASSIGNED, Step.REFUSE): RequestStatus.DECIDED,
    (RequestStatus.ASSIGNED, Step.REFER): RequestStatus.DECIDED,
    (RequestStatus.REQUESTED, Step.WITHDRAW): RequestStatus.WITHDRAWN,
    (RequestStatus.ASSIGNED, Step.WITHDRAW): RequestStatus.WITHDRAWN,
    (RequestStatus.ASKED, Step.WITHDRAW): RequestStatus.WITHDRAWN,
    # What was not prescribed, once, and to another than who decided: `rules.check_can_contest` and the database hold it.
    (RequestStatus.DECIDED, Step.CONTEST): RequestStatus.REQUESTED,
}

SUPPLY: Mapping[tuple[str, str], SupplyStatus] = {
    (SupplyStatus.SIGNED, Step.QUERY): SupplyStatus.QUERIED,
    (SupplyStatus.QUERIED, Step.REPLY): SupplyStatus.SIGNED,
    (SupplyStatus.SIGNED, Step.RELEASE): SupplyStatus.RELEASED,
    (SupplyStatus.SIGNED, Step.CANCEL): SupplyStatus.CANCELLED,
    (SupplyStatus.QUERIED, Step.CANCEL): SupplyStatus.CANCELLED,
    (SupplyStatus.RELEASED, Step.CANCEL): SupplyStatus.CANCELLED,
    (SupplyStatus.RELEASED, Step.DISPATCH): SupplyStatus.DISPATCHED,
    (SupplyStatus.DISPATCHED, Step.DELIVER): SupplyStatus.DELIVERED,
    (SupplyStatus.DISPATCHED, Step.RETURN): SupplyStatus.RETURNED,
    (SupplyStatus.DELIVERED, Step.RETURN): SupplyStatus.RETURNED,
    (SupplyStatus.DELIVERED, Step.FOLLOW_UP): SupplyStatus.CLOSED,
}
GP_NOTICE: Mapping[tuple[str, str], GpNoticeState] = {
    (GpNoticeState.DUE, Step.POST): GpNoticeState.SENT,
    (GpNoticeState.DUE, Step.STOP): GpNoticeState.STOPPED,
    (GpNoticeState.SENT, Step.DELIVER): GpNoticeState.RECEIVED,
    (GpNoticeState.SENT, Step.BOUNCE): GpNoticeState.FAILED,
    (GpNoticeState.RECEIVED, Step.BOUNCE): GpNoticeState.FAILED,  # it came to the wrong people
    (GpNoticeState.SENT, Step.SEND_ON): GpNoticeState.DUE,
    (GpNoticeState.FAILED, Step.POST): GpNoticeState.SENT,
    (GpNoticeState.FAILED, Step.STOP): GpNoticeState.STOPPED,
    (GpNoticeState.SENT, Step.GP_REPLY): GpNoticeState.ANSWERED,
    (GpNoticeState.RECEIVED, Step.GP_REPLY): GpNoticeState.ANSWERED,
    # A letter that asks, and is sent once more after a fortnight; one for a request that is closed meanwhile goes nowhere.
    (GpNoticeState.SENT, Step.REMIND): GpNoticeState.DUE,
    (GpNoticeState.RECEIVED, Step.REMIND): GpNoticeState.DUE,
    (GpNoticeState.DUE, Step.CLOSE): GpNoticeState.CLOSED,
    (GpNoticeState.FAILED, Step.CLOSE): GpNoticeState.CLOSED,
    # Whatever it is now, it was sent before (`asking.check_was_sent`, and the database): what comes to it is kept.
    (GpNoticeState.DUE, Step.GP_REPLY): GpNoticeState.ANSWERED,
    (GpNoticeState.FAILED, Step.GP_REPLY): GpNoticeState.ANSWERED,
    (GpNoticeState.STOPPED, Step.GP_REPLY): GpNoticeState.ANSWERED,
    (GpNoticeState.CLOSED, Step.GP_REPLY): GpNoticeState.ANSWERED,
}
REACTION: Mapping[tuple[str, str], ReactionState] = {
    (ReactionState.REPORTED, Step.SEND_ON): ReactionState.DUE,
    (ReactionState.REPORTED, Step.KEEP): ReactionState.KEPT,
    (ReactionState.DUE, Step.POST): ReactionState.SENT,
}
IDENTITY: Mapping[tuple[str, str], CheckState] = {
    (CheckState.SENT, Step.JUDGE): CheckState.DECIDED,
    (CheckState.SENT, Step.TAKE_BACK): CheckState.LEFT,
    (CheckState.SENT, Step.LAPSE): CheckState.LEFT,
}
GP_MESSAGE: Mapping[tuple[str, str], MessageState] = {
    (MessageState.WAITING, Step.KEEP): MessageState.FILED,
    (MessageState.WAITING, Step.SET_ASIDE): MessageState.SET_ASIDE,
    (MessageState.TOO_LARGE, Step.SET_ASIDE): MessageState.SET_ASIDE,
}
#: What each step wants of the money that a request holds: to be taken, or let go and given back. The others leave it held.
MONEY: Mapping[Step, Order] = {
    Step.PRESCRIBE: Order.CAPTURE,
    Step.REFUSE: Order.RELEASE,
    Step.REFER: Order.RELEASE,
    Step.WITHDRAW: Order.RELEASE,
    Step.CANCEL: Order.RELEASE,
}
#: Whoever signed must not be who checks (GPhC: the check is independent of the prescriber).
BY_ANOTHER = frozenset({Step.QUERY, Step.RELEASE})


def page() -> str:
    """`docs/reference/states.md`: the machines as tables and as pictures that text tools draw."""
    parts = [
        "# States of a request, a supply, a letter, a message, a reaction and a document\n\n"
        "Generated by `make docs` from `troth/prescribing/rules/machine.py`. "
        "A step that does not stand here is refused, whoever asks. What must hold before a medicine is prescribed stands in "
        "`troth/prescribing/rules/gates.py`; a test walks every way through both and finds none around a gate.\n"
    ]
    for title, table, first in (
        ("A request", REQUEST, RequestStatus.REQUESTED.value),
        ("A supply", SUPPLY, SupplyStatus.SIGNED.value),
        ("A letter to a GP", GP_NOTICE, GpNoticeState.DUE.value),
        ("A message of our MESH mailbox", GP_MESSAGE, MessageState.WAITING.value),
        ("A suspected reaction", REACTION, ReactionState.REPORTED.value),
        ("The check of a document", IDENTITY, CheckState.SENT.value),
    ):
        lines = [f"\n## {title}\n", "| from | step | to |", "|---|---|---|"]
        lines += [f"| {_value(state)} | {_value(step)} | {to.value} |" for (state, step), to in table.items()]
        lines += ["", "```mermaid", "stateDiagram-v2", f"    [*] --> {first}"]
        lines += [f"    {_value(state)} --> {to.value}: {_value(step)}" for (state, step), to in table.items()]
        ends = sorted({to.value for to in table.values()} - {_value(state) for state, _ in table})
        lines += [*(f"    {each} --> [*]" for each in ends), "```", ""]
        parts.append("\n".join(lines))
    parts.append(
        "\n## The money of a request\n\n"
        "It is held on the card when somebody asks. A request whose money is not held is prescribed by nobody, and no parcel "
        "leaves before it was taken.\n\n| step | the money is |\n|---|---|\n"
    )
    words = {Order.CAPTURE: "taken", Order.RELEASE: "let go; what was taken is given back"}
    parts += [f"| {step.value} | {words[wanted]} |\n" for step, wanted in MONEY.items()]
    return "".join(parts)


def _value(state: str) -> str:
    return str(getattr(state, "value", state))
