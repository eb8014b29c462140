"""The words for what the reader decides: what is on, what follows from a change, and what they asked of us."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from troth.design.moments import day_and_hour
from troth.design.rulers import Tape, tape_of_days
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Link, Tag
from troth.rights.rules.letters import ASKED_WORDS, Ending
from troth.rights.selectors import Choice
from troth.rights.selectors.cases import Case

_ENDED: dict[str, str] = {
    Ending.ANSWERED: "Done as you asked",
    Ending.PARTLY: "Done in part",
    Ending.REFUSED: "Refused",
    Ending.UPHELD: "You were right",
    Ending.NOT_UPHELD: "Looked into, and not found so",
    Ending.UNANSWERED: "Closed: what we asked for did not come",
    Ending.TAKEN_BACK: "You took it back",
}


@dataclass(frozen=True)
class Words:
    """A page that changes one choice: its question, what follows, and the verb on its button."""

    question: str
    follows: tuple[str, ...]
    verb: str
    busy: str
    word: str  # what the form says is asked


def words_for(choice: Choice) -> Words:
    """What a person must know before they object to a use, or let it go on."""
    title = f"“{choice.title}”"
    if choice.standing:
        return Words(
            f"Let us use your data for {title} again?",
            (choice.words, "You can object again at any time.")
            if choice.words
            else ("You can object again at any time.",),
            "Let it go on",
            "Recording it…",
            "allow",
        )
    return Words(
        f"Object to {title}?",
        (
            f"We do it because of this interest of ours: {choice.interest[:1].lower()}{choice.interest[1:]}."
            if choice.interest
            else "We do it because of an interest of ours.",
            "It stops the moment you object, while a person weighs your reasons against ours.",
            "You hear from us within one month what was decided, and why.",
        ),
        "Object",
        "Stopping it…",
        "object",
    )


def table(choices: list[Choice], at: datetime) -> Table | None:
    """Each use, whether it is on, since when, and the way to change it; None where the notice has none of this kind."""
    columns = (Column("What for", "name"), Column("Now"), Column("Change", "act"))
    lines = [
        Line(
            (
                Cell(choice.title, small=choice.words),
                Cell(tag=_state(choice), small=_since(choice)),
                Cell(act=Link(_verb(choice), reverse("my_choice", args=[choice.purpose.value]), f": {choice.title}")),
            )
        )
        for choice in choices
    ]
    return Table("Your choices", columns, tuple(lines)) if lines else None


def cases_table(cases: list[Case], named: Mapping[UUID, tuple[str, ...]], at: datetime) -> Table | None:
    """Every request, with what it is `named` to be about, its clock while it runs, and what became of it afterwards."""
    columns = (
        Column("What you asked for", "name"),
        Column("Asked", "figures", word="Asked"),
        Column("Where it is"),
        Column("Answer by", "figures", word="Answer by"),
    )
    today = timezone.localdate(at)
    lines = [
        Line(
            (
                Cell(
                    ASKED_WORDS[case.asked],
                    small="; ".join(named.get(case.id, ())) or _first_line(case.words),
                    href="" if case.asked_by else reverse("my_rights_request", args=[case.id]),
                ),
                Cell(say_day(case.received_on)),
                _standing(case, today),
                Cell(say_day(case.due_on), tape=_tape(case, today)) if _runs(case) else Cell(""),
            )
        )
        for case in cases
    ]
    return Table("What you asked about your data", columns, tuple(lines)) if lines else None


def _runs(case: Case) -> bool:
    """Whether its day counts: not once it was answered, while it waits for the person, or when a complaint was acknowledged."""
    return case.state != "done" and case.waits_for is None and not case.acknowledged


def _standing(case: Case, today: date) -> Cell:
    if _runs(case):
        return Cell(tag=_left(case.due_on, today))
    if case.state == "done":
        return Cell(ended(case), small=say_day(day) if (day := _closed_on(case)) else "")
    return Cell("We look into it" if case.acknowledged else "We wait for something that we asked for")


def ended(case: Case) -> str:
    """What became of a request, in a word or two; why stands in its letter."""
    return _ENDED.get(str(case.outcome.get("ending")), "Answered")


def _closed_on(case: Case) -> date | None:
    closed = case.outcome.get("closed_at")
    return timezone.localdate(datetime.fromisoformat(closed)) if closed else None


def say_day(day: date) -> str:
    """`24 November 2026`."""
    return f"{day:%-d %B %Y}"


def _state(choice: Choice) -> Tag:
    return Tag("refused", "You objected") if choice.standing else Tag("plain", "On")


def _since(choice: Choice) -> str:
    if choice.since:
        return f"Since {day_and_hour(choice.since)}"
    # Whether they took it back or it was outweighed, the use goes on: what was decided stands in the letter.
    return f"You objected; it goes on since {day_and_hour(choice.ended)}" if choice.ended else ""


def _verb(choice: Choice) -> str:
    return "Let it go on" if choice.standing else "Object"


def _left(due: date, today: date) -> Tag:
    days = (due - today).days
    if days < 0:
        return Tag("late", f"{-days} day{'s' if days < -1 else ''} late")
    return Tag("close" if days <= 4 else "info", f"{days} day{'' if days == 1 else 's'} left")


def _tape(case: Case, today: date) -> Tape:
    return tape_of_days(case.received_on, case.due_on, today)


def _first_line(words: str) -> str:
    line = words.strip().splitlines()[0] if words.strip() else ""
    return f"{line[:80].rstrip()}…" if len(line) > 80 else line
