"""`troth law due`: when a request, a complaint, a breach or an application for a dead person's records is due, and why."""

import argparse
import json
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, NoReturn

from troth.cli.stopped import Stopped
from troth.law.clocks import (
    DueAt,
    DueOn,
    Pause,
    Promise,
    breach_due,
    complaint_due,
    deceased_due,
    request_due,
)
from troth.law.rights import Right
from troth.law.steps import NoAnswer, Step, say, say_moment
from troth.law.working_days import Nation

COMPLAINT = "complaint"
BREACH = "breach"
DECEASED = "deceased"
# Plain words, since argparse quotes what it offers as Python would write it.
_CLOCKS = [*(right.value for right in Right), COMPLAINT, BREACH, DECEASED]
_NATIONS = [nation.value for nation in Nation]

# `fromisoformat` alone would take week dates and run-together digits too, which are more often slips than meant.
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


def register(subparsers: Any) -> None:
    """Add `troth law` and what it can do."""
    law = subparsers.add_parser(
        "law",
        help="dates that data protection law sets, with their reasons",
        description="Dates that data protection law sets, with their reasons.",
    )
    verbs = law.add_subparsers(title="commands", metavar="COMMAND", required=True)
    due = verbs.add_parser(
        "due",
        help="when a request, a complaint or a breach is due",
        description="Work out when a request, a complaint or a breach is due, and show the steps with their rules.",
        epilog="Rules are cited by their number in docs/reference/law.md. This is arithmetic, not legal advice.",
    )
    due.add_argument(
        "--right",
        required=True,
        choices=_CLOCKS,
        metavar="RIGHT",
        help=f"one of {', '.join(_CLOCKS)}",
    )
    due.add_argument(
        "--received",
        required=True,
        metavar="WHEN",
        help="day it arrived, such as 2026-09-03; for a breach the moment the clinic became aware, with its "
        "offset from UTC, such as 2026-11-20T16:30+00:00",
    )
    due.add_argument("--identity", metavar="WHEN", help="day the proof of identity or authority asked for arrived")
    due.add_argument("--fee", metavar="WHEN", help="day a fee that was due arrived")
    due.add_argument(
        "--paused",
        nargs=2,
        action="append",
        default=[],
        metavar=("FROM", "TO"),
        help="days on which a question about the data meant was sent and answered; may be repeated. For the records of "
        "somebody who died, days on which more was asked for and came",
    )
    due.add_argument(
        "--recent-entry",
        action="store_true",
        help="of the records of somebody who died: something was entered in the forty days before",
    )
    due.add_argument("--extended", action="store_true", help="the time was extended by two months")
    due.add_argument(
        "--nation",
        choices=_NATIONS,
        default=Nation.ENGLAND.value,
        metavar="NATION",
        help=f"whose bank holidays count: {', '.join(_NATIONS)} (default england)",
    )
    promise = due.add_mutually_exclusive_group()
    promise.add_argument("--promised-days", metavar="N", help="the clinic's notice promises an answer within N days")
    promise.add_argument("--promised-working-days", metavar="N", help="the same, in working days")
    due.add_argument("--json", action="store_true", help="answer in JSON")
    due.set_defaults(func=run_due)


def run_due(args: argparse.Namespace) -> int:
    """Print the date and its steps."""
    if args.recent_entry and args.right != DECEASED:
        _refuse("--recent-entry", "only the records of somebody who died have a shorter time for it", "LAW-4.10")
    try:
        due = _RECKONED.get(args.right, _request)(args)
    except NoAnswer as refused:
        raise Stopped(refused.cause, f"{refused.cure} [{refused.rule}]") from None
    print(json.dumps(_as_json(args, due), indent=2) if args.json else "\n".join(_as_text(args, due)))
    return 0


def _request(args: argparse.Namespace) -> DueOn:
    return request_due(
        Right(args.right),
        _date("--received", args.received),
        identity=_date("--identity", args.identity) if args.identity is not None else None,
        fee=_date("--fee", args.fee) if args.fee is not None else None,
        pauses=_pauses(args),
        extended=args.extended,
        nation=Nation(args.nation),
        promise=_promise(args),
    )


def _complaint(args: argparse.Namespace) -> DueOn:
    if args.extended:
        _refuse("--extended", "the thirty days to acknowledge a complaint cannot be extended", "LAW-2.5")
    for option in ("identity", "fee"):
        if getattr(args, option) is not None:
            _refuse(f"--{option}", "the thirty days to acknowledge a complaint run from its receipt alone", "LAW-2.3")
    return complaint_due(
        _date("--received", args.received), nation=Nation(args.nation), promise=_promise(args), pauses=_pauses(args)
    )


def _deceased(args: argparse.Namespace) -> DueOn:
    if args.extended:
        _refuse("--extended", "nothing extends the time for the records of somebody who died", "LAW-4.10")
    if args.identity is not None:
        why = (
            "only what was asked for within fourteen days begins the time anew, so both days are wanted: give them with "
            "--paused"
        )
        _refuse("--identity", why, "LAW-4.10")
    for option in ("fee", "promised_days", "promised_working_days"):
        if getattr(args, option) is not None:
            why = "the Access to Health Records Act sets the time, and there is no fee"
            _refuse(f"--{option.replace('_', '-')}", why, "LAW-4.10")
    return deceased_due(_date("--received", args.received), recent_entry=args.recent_entry, asked=_pauses(args))


def _breach(args: argparse.Namespace) -> DueAt:
    if args.extended:
        _refuse(
            "--extended",
            "the 72 hours to report a breach cannot be extended; a late report gives its reasons",
            "LAW-7.2",
        )
    for option in ("identity", "fee", "paused", "promised_days", "promised_working_days"):
        if getattr(args, option) not in (None, []):
            _refuse(
                f"--{option.replace('_', '-')}",
                "the 72 hours to report a breach run from awareness, and nothing moves them",
                "LAW-7.2",
            )
    return breach_due(_moment("--received", args.received))


def _refuse(option: str, why: str, rule: str) -> NoReturn:
    raise Stopped(f"{option} makes no sense here: {why}.", f"Leave {option} out. [{rule}]")


def _pauses(args: argparse.Namespace) -> list[Pause]:
    return [Pause(_date("--paused", asked), _date("--paused", answered)) for asked, answered in args.paused]


def _promise(args: argparse.Namespace) -> Promise | None:
    for option, typed in (
        ("--promised-days", args.promised_days),
        ("--promised-working-days", args.promised_working_days),
    ):
        if typed is not None:
            if not re.fullmatch(r"[0-9]{1,4}", typed):
                raise Stopped(f"{option} is a whole number of days, and {typed!r} is not.", "Write it like 30.")
            return Promise(int(typed), working="working" in option)
    return None


def _date(option: str, typed: str) -> date:
    """Read a plain date, or say what is wrong with what was typed."""
    if _MOMENT.fullmatch(typed):
        raise Stopped(
            f"{option} takes a day, and {typed!r} is a time too.",
            "Give the day it was in London, without the time, such as 2026-09-03.",
        )
    if not _DATE.fullmatch(typed):
        raise Stopped(f"{option} takes a day, and {typed!r} is not one.", "Write it like 2026-09-03.")
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Stopped(f"{option}: there is no day {typed}.", "Check the month's length and the year.") from None


def _moment(option: str, typed: str) -> datetime:
    """Read a moment; the clock itself says what to do about a missing offset."""
    if _DATE.fullmatch(typed):
        raise Stopped(
            f"{option} takes a time for a breach, since it is counted by the hour, and {typed!r} is a day.",
            f"Add the time and its offset, such as {typed}T16:30+00:00. [LAW-7.2]",
        )
    if not _MOMENT.fullmatch(typed):
        raise Stopped(
            f"{option} takes a time with its offset from UTC, and {typed!r} is not one.",
            "Write it like 2026-11-20T16:30+00:00.",
        )
    try:
        return datetime.fromisoformat(typed.upper())
    except ValueError:
        raise Stopped(f"{option}: there is no time {typed}.", "Check the day, the hour and the offset.") from None


def _as_json(args: argparse.Namespace, due: DueOn | DueAt) -> dict[str, Any]:
    answer: dict[str, Any] = {"right": args.right}
    if isinstance(due, DueAt):
        answer["due_at"] = due.due_at.isoformat()
    else:
        answer |= {
            "nation": args.nation,
            "due_statutory": due.due_statutory.isoformat(),
            "due_cautious": due.due_cautious.isoformat(),
            "due_on": due.due_on.isoformat(),
        }
        if due.due_promised:
            answer["due_promised"] = due.due_promised.isoformat()
        if args.extended and due.extension_notice_by and due.extension_notice_plan:
            answer["extension_notice_by"] = due.extension_notice_by.isoformat()
            answer["extension_notice_plan"] = due.extension_notice_plan.isoformat()
    answer["steps"] = [{"rule": step.rule, "text": step.text, "date": step.date.isoformat()} for step in due.steps]
    answer["warnings"] = [step.text for step in due.warnings]
    return answer


_RECKONED: dict[str, Callable[[argparse.Namespace], DueOn | DueAt]] = {
    BREACH: _breach,
    COMPLAINT: _complaint,
    DECEASED: _deceased,
}


def _as_text(args: argparse.Namespace, due: DueOn | DueAt) -> Iterable[str]:
    if isinstance(due, DueAt):
        yield f"Report the breach by {say_moment(due.due_at)}."
    elif args.right == COMPLAINT:
        yield f"Acknowledge the complaint by {say(due.due_on)}."
    elif args.right == DECEASED:
        yield f"Answer the application by {say(due.due_on)}."
    else:
        yield f"Answer the {args.right} request by {say(due.due_on)}."
        if due.due_on != due.due_statutory:
            yield f"In law its time ends on {say(due.due_statutory)}."
    yield ""
    yield from _numbered(due.steps)
    if due.warnings:
        yield ""
    for step in due.warnings:
        yield f"Warning: {step.text} [{step.rule}]"


def _numbered(steps: Iterable[Step]) -> Iterable[str]:
    for number, step in enumerate((step for step in steps if not step.warning), start=1):
        yield f"{number:2}. {step.text} [{step.rule}]"
