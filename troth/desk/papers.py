"""The sections of a card as the design draws them. What is shown and why comes from the gate; only its shape is made here."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby
from typing import Literal
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from troth.design.pages import Section
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Alert, Check, Counterpart, Item, Link, Parted, Term
from troth.desk.frame import Looking
from troth.desk.noting import draw_notes
from troth.desk.telling import Paper, Teller, counterpart, lower_you, paper_of
from troth.gate.refusals import Check as GateCheck
from troth.gate.refusals import Decision
from troth.gate.whys import steps, why
from troth.people.selectors import PersonIdentity
from troth.records.selectors import (
    AllergyLine,
    FileLine,
    MeasurementLine,
    MedicineLine,
    Recorded,
    Shown,
    Source,
    Withheld,
    triggers,
)
from troth.vault.categories import Category


def health_strip(look: Looking, subject: UUID, who: PersonIdentity | None) -> Counterpart:
    """The strip beside health data on a page of its own."""
    kept = triggers(subject, born_on=who.born_on if who else None)
    return counterpart(why(look.opened, subject, Category.HEALTH, triggers=kept))


def identity_strip(look: Looking, subject: UUID) -> Counterpart:
    """The strip beside what is open to whoever may see who somebody is."""
    return counterpart(why(look.opened, subject, Category.IDENTITY))


def parted(decision: Decision, purpose: str, *, at: datetime, emergency: Link | None = None) -> Parted:
    """A refusal on a card: what the gate said, its six checks, and that the attempt was recorded."""
    law = decision.rule.startswith(("UK GDPR", "LAW"))
    words = decision.rule if law else f"{decision.rule[:1].upper()}{decision.rule[1:]}: {purpose}"
    rule = (Term("Law" if law else "Rule", words),) if decision.spoken else ()
    return Parted(
        sentence=decision.sentence,
        counterpart=Counterpart(
            "Why you don’t",
            "parted",
            (*rule, Term("This attempt", f"Recorded, {timezone.localtime(at):%H:%M} today")),
        ),
        checks=tuple(Check(step.name, step.state, step.words) for step in steps(decision)),
        remedy=_REMEDIES.get(decision.spoken, ""),
        # The glass passes what stands between the viewer and the person, and never the notice or the role (pitfalls B14).
        emergency=emergency if decision.spoken in {GateCheck.BASIS, GateCheck.RESTRICTION} else None,
    )


_REMEDIES: dict[GateCheck | None, str] = {
    GateCheck.ROLE: "If they need an answer about their health, pass their request on, or ask a colleague whose role opens it.",
    GateCheck.RESTRICTION: "Ask the privacy officer. If a life or health is in danger, tell a health professional at once.",
    GateCheck.BASIS: "Ask the privacy officer whether they still have an agreement with us.",
}


def papers(
    sections: Iterable[Shown | Withheld],
    teller: Teller,
    purpose: str,
    *,
    at: datetime,
    may_write: bool,
    emergency: Link | None = None,
) -> list[Paper]:
    """Every section in order. Neighbours that were withheld by the same decision stand as one refusal, said once."""
    made: list[Paper] = []
    for refused, group in groupby(
        sections, lambda section: section.decision if isinstance(section, Withheld) else None
    ):
        together = list(group)
        if refused is not None:
            made.append(
                withheld([section.title for section in together], refused, purpose, at=at, emergency=emergency)
            )
            continue
        for section in together:
            assert isinstance(section, Shown)
            made += _DRAWN[section.key](section, teller, may_write)
    return made


def withheld(
    titles: list[str], decision: Decision, purpose: str, *, at: datetime, emergency: Link | None = None
) -> Paper:
    """One refusal for parts that were withheld alike. It says which parts, and nothing of what is in them."""
    title = titles[0] if len(titles) == 1 else "Their record" if "Contact" in titles else "Their health record"
    state: Literal["other_role", "refused"] = "other_role" if decision.spoken is GateCheck.ROLE else "refused"
    return Paper(
        "withheld",
        Section(title, refusal=parted(decision, purpose, at=at, emergency=emergency)),
        tuple(Item(each, state=state) for each in titles),
    )


def alerts(sections: Iterable[Shown | Withheld]) -> list[Alert]:
    """What could hurt, from the allergies on the card. None recorded is said too: it never means that there are none."""
    found: list[Alert] = []
    for section in sections:
        if isinstance(section, Withheld) or section.key != "medicines":
            continue
        standing = [row for row in section.rows if isinstance(row, AllergyLine) and row.verification != "refuted"]
        found = [
            Alert(
                "harm",
                f"Allergy: {row.substance}",
                _sentence(row.reaction, row.since, row.criticality.words, row.verification.words),
            )
            for row in standing
        ]
        if not standing:
            found = [Alert("caution", "No allergies recorded", "Nobody has written any down. Ask before you decide.")]
    return found


def _medicines(section: Shown, teller: Teller, may_write: bool) -> list[Paper]:
    lines: list[tuple[str | Cell, ...]] = []
    for row in section.rows:
        if isinstance(row, MedicineLine):
            lines.append(
                (
                    Cell(row.medicine, small=row.reason),
                    row.dose,
                    row.since,
                    _known(row.source.words, row.recorded, teller),
                )
            )
        elif isinstance(row, AllergyLine):
            lines.append(
                (
                    Cell(f"{row.substance}: allergy", alarm=row.verification != "refuted"),
                    Cell(row.reaction, small=row.criticality.words.capitalize()),
                    row.since,
                    _known(f"{row.source.words}; {row.verification.words}", row.recorded, teller),
                )
            )
    table = (
        table_of(
            section.title,
            (
                Column("What", "name"),
                Column("Dose or reaction", word="Dose or reaction"),
                Column("Since", "figures", word="Since"),
                Column("How we know"),
            ),
            lines,
        )
        if lines
        else None
    )
    links = (Link("Add a medicine", _new("medicine", teller)), Link("Add an allergy", _new("allergy", teller)))
    return paper_of(section, table, links if may_write else (), empty="Nothing is recorded yet.")


def _measurements(section: Shown, teller: Teller, may_write: bool) -> list[Paper]:
    rows = [row for row in section.rows if isinstance(row, MeasurementLine)]
    lines: list[tuple[str | Cell, ...]] = [
        (
            row.measure.words,
            f"{row.value} {row.measure.unit}",
            f"{row.taken_on:%-d %b %Y}",
            _known(row.source.words, row.recorded, teller),
        )
        for row in sorted(rows, key=lambda row: row.taken_on, reverse=True)
    ]
    table = (
        table_of(
            section.title,
            (
                Column("What", "name"),
                Column("Value", "number", word="Value"),
                Column("Taken", "figures", word="Taken"),
                Column("How we know"),
            ),
            lines,
        )
        if lines
        else None
    )
    links = (Link("Add", _new("measurement", teller), "a measurement"),)
    return paper_of(section, table, links if may_write else (), empty="Nothing has been measured yet.")


def _files(section: Shown, teller: Teller, may_write: bool) -> list[Paper]:
    rows = [row for row in section.rows if isinstance(row, FileLine)]
    lines: list[tuple[str | Cell, ...]] = [
        (
            Cell(row.title, href=reverse("desk_file", args=[row.recorded.id])),
            _size(row.size),
            FROM[row.source],
            _added(row.recorded, teller),
        )
        for row in rows
    ]
    table = (
        table_of(
            section.title,
            (
                Column("What", "name"),
                Column("Size", "number", word="Size"),
                Column("From", word="From"),
                Column("Added"),
            ),
            lines,
        )
        if lines
        else None
    )
    links = (Link("Write a letter", _new("letter", teller)), Link("Add a file", _new("file", teller)))
    return paper_of(section, table, links if may_write else (), empty="No letters or other files yet.")


def _known(words: str, recorded: Recorded, teller: Teller) -> Cell:
    return Cell(words, small=_added(recorded, teller))


def _added(recorded: Recorded, teller: Teller) -> str:
    who = teller.who(recorded.by)
    return f"{teller.on(recorded.at)}, by {lower_you(who)}"


def _new(kind: str, teller: Teller) -> str:
    return reverse(f"desk_{kind}_new", args=[teller.subject])


#: Where a file is from: the same vocabulary, said of a thing and not of a fact.
FROM = {
    Source.PERSON: "Them",
    Source.CLINIC: "This clinic",
    Source.GP: "Their GP",
    Source.ANOTHER: "Another clinic or a relative",
}


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"


def _sentence(*parts: str) -> str:
    said = "; ".join(part.strip().rstrip(".") for part in parts if part.strip())
    return f"{said[:1].upper()}{said[1:]}." if said else ""


_DRAWN: dict[str, Callable[[Shown, Teller, bool], list[Paper]]] = {
    "medicines": _medicines,
    "notes": draw_notes,
    "measurements": _measurements,
    "files": _files,
}
