"""
Whether a treatment suits somebody, as far as rules can say: age, what they answered, what they take, when they had it last.

A rule stops a request from going on by itself, and never refuses anybody: a person may ask that a prescriber looks (LAW-3.11).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from troth.intake.rules import answering
from troth.intake.rules.forms import Form
from troth.law.calendar import age_on

_FILE = Path(__file__).parent.parent / "treatments.yaml"


@dataclass(frozen=True)
class Interaction:
    """Medicines that do not go with a treatment, by parts of their names as people write them."""

    names: tuple[str, ...]
    effect: str
    reason: str
    words: str
    source: str


@dataclass(frozen=True)
class Treatment:
    """Something that can be asked for: a condition and never a medicine, which the prescriber chooses."""

    id: str
    title: str
    about: str
    asks: str
    youngest: int
    oldest: int
    days_between: int  # since the last supply; sooner is early
    answers_good_for: int  # days after which answers are asked for anew
    pence: int
    interactions: tuple[Interaction, ...]


@dataclass(frozen=True)
class Found:
    """What one rule found. `effect` is stop or flag; `words` are for the person, `reason` and `source` for the clinician."""

    rule: str
    effect: str
    reason: str
    words: str
    source: str

    @property
    def stops(self) -> bool:
        """Whether the request does not go on by itself."""
        return self.effect == "stop"


def read_treatments(text: str) -> dict[str, Treatment]:
    """
    The treatments of a file, by name.

    :raises ValueError: one lacks something, or says something that cannot be.
    """
    found: dict[str, Treatment] = {}
    for given in yaml.safe_load(text):
        name = str(given.get("id", "?"))
        try:
            made = Treatment(
                name,
                given["title"],
                given["about"],
                given["asks"],
                int(given["ages"][0]),
                int(given["ages"][1]),
                int(given["days_between"]),
                int(given["answers_good_for"]),
                int(given["pence"]),
                tuple(
                    Interaction(
                        tuple(part.casefold() for part in each["names"]),
                        each["effect"],
                        each["reason"],
                        each.get("words", ""),
                        each["source"],
                    )
                    for each in given.get("interactions", ())
                ),
            )
        except (KeyError, TypeError, IndexError) as error:
            raise ValueError(f"Treatment {name}: {error} is missing or not as it should be.") from None
        if name in found:
            raise ValueError(f"Treatment {name} stands twice.")
        if not 0 < made.youngest < made.oldest or made.answers_good_for < 1:
            raise ValueError(f"Treatment {name}: its ages or days cannot be.")
        for each in made.interactions:
            if each.effect not in {"stop", "flag"} or not each.names or (each.effect == "stop" and not each.words):
                raise ValueError(
                    f"Treatment {name}: an interaction needs names, stop or flag, and words where it stops."
                )
        found[name] = made
    return found


def shipped_treatments() -> dict[str, Treatment]:
    """The treatments of this deployment."""
    return read_treatments(_FILE.read_text(encoding="utf-8"))


def assess(
    treatment: Treatment,
    form: Form,
    answers: Mapping[str, Any],
    *,
    born_on: date | None,
    last_supplied_on: date | None,
    today: date,
) -> list[Found]:
    """Everything that the rules find, stops first."""
    found = [
        Found(rule.id, rule.effect, rule.reason, rule.words, rule.source) for rule in answering.fired(form, answers)
    ]
    age = None if born_on is None else age_on(born_on, today)
    if age is None or not treatment.youngest <= age <= treatment.oldest:
        found.append(
            Found(
                "age",
                "stop",
                f"Age {'not known' if age is None else age}: the service is for {treatment.youngest} to {treatment.oldest}",
                f"This service is for people from {treatment.youngest} to {treatment.oldest} years.",
                "the service’s own limits",
            )
        )
    for medicine in declared_medicines(form, answers):
        for each in treatment.interactions:
            if any(part in medicine.casefold() for part in each.names):
                found.append(
                    Found(
                        f"interaction:{each.names[0]}",
                        each.effect,
                        f"{medicine}: {each.reason}",
                        f"{medicine}: {each.words}" if each.words else "",
                        each.source,
                    )
                )
    if last_supplied_on is not None:
        due = due_from(treatment, last_supplied_on)
        if today < due:
            found.append(
                Found(
                    "early",
                    "stop",
                    f"Last supply {last_supplied_on:%-d %B %Y}; the next is due from {due:%-d %B %Y}",
                    f"You had your last supply on {last_supplied_on:%-d %B %Y}. The next one is due from {due:%-d %B %Y}.",
                    "the service’s own interval between supplies",
                )
            )
    return sorted(found, key=lambda each: not each.stops)


def due_from(treatment: Treatment, last_supplied_on: date) -> date:
    """The first day on which another supply is not too early."""
    return last_supplied_on + timedelta(days=treatment.days_between)


def declared_medicines(form: Form, answers: Mapping[str, Any]) -> list[str]:
    """The names of the medicines that somebody said they take: the first question of the list called `medicines`."""
    rows = answering.in_force(form, answers).get("medicines", [])
    return [str(row["medicine-name"]) for row in rows if row.get("medicine-name")]
