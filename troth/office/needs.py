"""What needs somebody at the office now: each with what to do, and where. Nothing of anybody is opened for it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from troth.assurance.selectors.board import board_of
from troth.copies import backup
from troth.delivery import selectors as delivery
from troth.design.values import CoinState, Link, Tag
from troth.gate import linking
from troth.ledger import alerts, checking
from troth.ledger.guards import guards_missing
from troth.office.casework import link_to, next_step
from troth.office.frame import Looking, counted, day, moment
from troth.people import selectors as people
from troth.rights import selectors as rights
from troth.rights.rules.withholding import runs_out_on
from troth.rights.selectors import obtaining
from troth.rights.selectors.clocks import list_near
from troth.rights.selectors.ending import list_appraisals
from troth.rights.selectors.exchange import count_arrivals
from troth.rights.selectors.withholding import list_running_out
from troth.vault import secrets, turning
from troth.work import queue

SOON = timedelta(days=7)
#: A backup a day, and two hours in which it may run.
BACKUP_EVERY = timedelta(hours=26)
CHECK_EVERY = timedelta(hours=30)
_ALERTS = {
    "own_record": ("tried a record of their own", "Ask them why, and look at what was tried"),
    "many_refusals": ("was refused again and again", "Look at what was tried, and ask them"),
    "searches": ("looked people up more often than work at a desk explains", "Look at whom, and ask them"),
}


@dataclass(frozen=True)
class Need:
    """One thing that needs somebody: what it is, what to do, and where. The gravest come first."""

    grave: int  # 0 harm, 1 soon, 2 when there is time
    coin: CoinState
    title: str
    todo: str
    link: Link | None = None
    tag: Tag | None = None


def list_needs(look: Looking) -> list[Need]:
    """Everything that needs somebody now, the gravest first. Nothing of anybody is opened for it."""
    return sorted(_needs(look), key=lambda need: need.grave)


def _needs(look: Looking) -> Iterator[Need]:
    yield from _case_needs(look)
    yield from _arrival_needs()
    yield from _source_needs(look)
    yield from _opinion_needs(look)
    yield from _ending_needs()
    yield from _review_needs(look)
    yield from _ledger_needs(look)
    yield from _alert_needs(look)
    yield from _machine_needs(look)
    yield from _promise_needs(look)


def _case_needs(look: Looking) -> Iterator[Need]:
    for each in list_near(look.today, within=SOON):
        left = (each.due_on - look.today).days
        link = link_to(each.id, each.asked)
        yield Need(
            0 if left < 0 else 1,
            "slipped" if left < 0 else "running",
            link.words,
            next_step(each),
            Link("Open it", link.href, f"request {each.reference}"),
            Tag("late", counted(-left, "day late", "days late"))
            if left < 0
            else Tag("close", "today" if left == 0 else counted(left, "day")),
        )


def _arrival_needs() -> Iterator[Need]:
    waiting = count_arrivals()
    if waiting:
        yield Need(
            1,
            "waiting",
            f"{counted(waiting, 'record')} that another clinic sent".capitalize(),
            "Look whose it is, and write down what was done with it",
            Link("Look at it", reverse("office_arrivals")),
        )


def _source_needs(look: Looking) -> Iterator[Need]:
    found = obtaining.count_needing(on=look.today)
    link = Link("Look at them", reverse("office_sources"), "what came from others")
    told = "thing that came from somebody else"
    if found["late"]:
        yield Need(
            0,
            "slipped",
            f"{counted(found['late'], told, 'things that came from somebody else')}: its person was not told within the month",
            "Tell them, or record the ground of the law on which they are not told",
            link,
            Tag("late", "late"),
        )
    if found["held"]:
        yield Need(
            1,
            "waiting",
            f"{counted(found['held'], told, 'things that came from somebody else')}: something of the same origin is kept back",
            "Decide whether its person is told of this too, or record the ground on which they are not",
            link,
        )
    if found["unreached"]:
        yield Need(
            1,
            "waiting",
            f"{counted(found['unreached'], 'person', 'people')} to tell of what came from somebody else: no message reached them",
            "Tell them another way, and record how",
            link,
        )
    if found["again"]:
        yield Need(
            1,
            "waiting",
            f"{counted(found['again'], 'thing', 'things')} kept from somebody: the day to look again has come",
            "Ask whether the ground still stands, and let them be told when it does not",
            link,
        )


def _opinion_needs(look: Looking) -> Iterator[Need]:
    """One for each health professional: of whom it is that something is kept from, they know, and nothing is opened for it here."""
    found: dict[UUID, list[date]] = {}
    for each in list_running_out(on=look.today):
        found.setdefault(each.opinion_by, []).append(runs_out_on(each))
    for professional, days in found.items():
        late = min(days) <= look.today
        yield Need(
            1 if late else 2,
            "slipped" if late else "running",
            f"{counted(len(days), 'thing', 'things')} kept from somebody for protection: an opinion of six months".capitalize(),
            f"Ask {people.staff_name(professional)} to look again, from their first page at the desk. No copy goes on an older one",
            tag=Tag("late" if late else "close", "run out" if late else f"until {day(min(days))}"),
        )


def _ending_needs() -> Iterator[Need]:
    waiting = [each for each in list_appraisals() if each.waits]
    if waiting:
        yield Need(
            2,
            "waiting",
            f"{counted(len(waiting), 'kind of record', 'kinds of record')} whose time is over".capitalize(),
            "Look whether any of it is to be kept, and let the rest go",
            Link("Look at it", reverse("office_ending")),
        )


def _review_needs(look: Looking) -> Iterator[Need]:
    for each in rights.waiting_breaks():
        late = each.is_late(look.today)
        yield Need(
            0 if late else 1,
            "slipped" if late else "waiting",
            f"An emergency of {day(each.begun_on)}, opened by {people.staff_name(each.by)}",
            "Review it: what was looked at, and whether it was justified",
            Link("Review it", reverse("office_review", args=[each.note]), f"the emergency of {day(each.begun_on)}"),
            Tag("late", "late") if late else Tag("close", f"by {each.due_on:%-d %b}"),
        )
    for each in rights.list_breaks():
        if each.telling == "delayed" and each.look_again_on and each.look_again_on <= look.today:
            yield Need(
                1,
                "waiting",
                f"Telling somebody of an emergency of {day(each.begun_on)} was put off until today",
                "Tell them, or write why not yet",
                Link(
                    "Look again",
                    reverse("office_review", args=[each.note]),
                    f"at the emergency of {day(each.begun_on)}",
                ),
            )


def _ledger_needs(look: Looking) -> Iterator[Need]:
    check = Link("Check it", reverse("office_check"), "the ledger")
    missing = guards_missing(connection)
    if missing:
        yield Need(
            0,
            "slipped",
            f"{counted(len(missing), 'guard')} of the ledger missing or altered",
            "Find out who removed them, and check the ledger before anything else",
            check,
            Tag("late", "now"),
        )
    done = checking.latest(1)
    if done and not done[0].holds:
        yield Need(
            0,
            "parted",
            "The ledger does not hold",
            "Keep the databases as they are; treat it as a breach",
            check,
            Tag("late", "now"),
        )
    elif not done or done[0].finished_at is None or look.at - done[0].finished_at > CHECK_EVERY:
        yield Need(
            2,
            "waiting",
            "The ledger was not checked since yesterday",
            "Ask for a check; see that a worker runs",
            check,
        )


def _alert_needs(look: Looking) -> Iterator[Need]:
    for each in alerts.all_alerts(look.at, linked=linking.pairs(at=look.at)):
        if each.rule == "unsealed":
            yield Need(
                0,
                "slipped",
                f"Events have waited {each.count} seconds to be sealed",
                "See that the sealer runs: troth serve has it, or troth ledger seal",
                Link("Look", reverse("office_check"), "at the newest checkpoint"),
                Tag("late", "now"),
            )
            continue
        what, todo = _ALERTS[each.rule]
        yield Need(
            1,
            "parted",
            f"{_actor(each.actor)} {what}: {counted(each.count, 'time')}",
            todo,
            Link("See the newest", reverse("office_event", args=[each.event_id]), "event of it"),
            Tag("close", f"{timezone.localtime(each.newest):%-d %b, %H:%M}"),
        )


def _machine_needs(look: Looking) -> Iterator[Need]:
    if secrets.opened().masters and turning.is_due(look.at):
        yield Need(1, "running", "The master key has lived its days", "Ask the operator to run troth keys turn")
    made = max((each.header.made_at for each in backup.list_backups() if each.header), default=None)
    if made is None:
        yield Need(1, "waiting", "No backup was made yet", "Ask the operator to run troth backup create every day")
    elif look.at - made > BACKUP_EVERY:
        yield Need(
            0,
            "slipped",
            f"The newest backup is of {moment(made)}",
            "Ask the operator why no backup was made since",
            tag=Tag("late", "late"),
        )
    unsent = delivery.count_given_up()
    if unsent:
        yield Need(
            1,
            "slipped",
            f"{counted(unsent, 'message')} given up: they did not leave",
            "Reach these people another way, or ask the operator to run the carrier again",
        )
    unprinted = delivery.count_letters()
    if unprinted:
        yield Need(
            1,
            "waiting",
            f"{counted(unprinted, 'letter waits', 'letters wait')} to be printed",
            "Print each, put it in the post, and mark it as printed",
            Link("Open the post", reverse("office_post"), "letters to print"),
        )
    dead = queue.list_dead()
    if dead:
        names = Counter(str(each["name"]) for each in dead)
        yield Need(
            1,
            "slipped",
            f"{counted(len(dead), 'job')} given up: {', '.join(sorted(names))}",
            "Ask the operator to look why, and to let them be tried again",
            tag=Tag("close", f"since {min(each['finished_at'] for each in dead):%-d %b}"),
        )


def _promise_needs(look: Looking) -> Iterator[Need]:
    board = board_of(settings.TROTH_PACK)
    for each in board.slipped if board else ():
        yield Need(
            1,
            "slipped",
            f"A promise fell short: {each.promise.says}",
            str(each.evidence.get("words", "")),
            wall_link(each.promise.id),
            Tag("close", f"since {each.since:%-d %b}") if each.since else None,
        )


def wall_link(promise: str) -> Link | None:
    """The wall of promises, where the clinic has its page."""
    try:
        return Link("See the wall", reverse("office_promises"), f"with promise {promise}")
    except NoReverseMatch:
        return None


def _actor(reference: str) -> str:
    """Who stands out, at the beginning of a sentence."""
    words = people.staff_name(UUID(reference)) if len(reference) == 32 else reference.replace("-", " ")
    return words[:1].upper() + words[1:]
