"""
What must hold before a medicine is prescribed. Pure: facts in, gates out; the act and the page ask the same function.

A rule never decides by itself that somebody gets a medicine, or that they do not: it says what a prescriber has still to do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from troth.prescribing.models import GpState, Paid, Verified
from troth.vault.words import Worded

#: A decision made in fewer seconds than this, counted from the opening of the request, is flagged (CQC, April 2017).
TOO_FAST_SECONDS = 90
#: What a written reason has to say takes more than a word.
SHORTEST_REASON = 20


class Risk(Worded):
    """Why a medicine needs more than a questionnaire (GPhC, providing pharmacy services at a distance)."""

    MISUSE = "misuse", "can be misused"
    ANTIMICROBIAL = "antimicrobial", "an antimicrobial"
    OVERDOSE = "overdose", "dangerous in overdose"
    MONITORING = "monitoring", "needs monitoring"
    EXAMINATION = "examination", "needs an examination"
    BLACK_TRIANGLE = "black_triangle", "watched more closely (black triangle)"
    WEIGHT = "weight", "for losing weight"
    CONTROLLED = "controlled", "a controlled drug"


#: With these a questionnaire alone is not enough: what was answered is verified by somebody or something else.
VERIFIED_FIRST = frozenset(
    {Risk.MISUSE, Risk.OVERDOSE, Risk.MONITORING, Risk.EXAMINATION, Risk.WEIGHT, Risk.CONTROLLED}
)
#: With these somebody looks at a document: they are what people ask for under another name, or for somebody else (GPhC 2025).
DOCUMENT_FIRST = frozenset({Risk.MISUSE, Risk.OVERDOSE, Risk.WEIGHT, Risk.CONTROLLED})
#: With these the regular prescriber confirms it when they may not simply be told.
REGULAR_PRESCRIBER = frozenset({Risk.MISUSE, Risk.MONITORING, Risk.CONTROLLED})


@dataclass(frozen=True)
class Facts:
    """What stands about a request when somebody is about to prescribe."""

    has_answers: bool
    complete: bool
    age_of_answers: timedelta
    good_for: timedelta
    identity: Verified
    by_document: bool  # somebody looked at a document that shows who they are
    stops: tuple[str, ...]
    risks: frozenset[Risk]
    suits: bool  # the medicine is one for this treatment
    verified: Verified
    gp: GpState
    regular_confirmed: bool
    too_many: bool  # more supplies in a year than the formulary allows
    paid: Paid
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Gate:
    """One thing that must hold. `key` names the written reason by which a prescriber can answer for it, or is empty."""

    name: str
    holds: bool
    sentence: str
    key: str = ""


#: What a single answer that was changed does not say.
_SAID_ALL = "They last said that all of their answers hold"


def _ago(age: timedelta) -> str:
    return {0: "today", 1: "a day ago"}.get(age.days, f"{age.days} days ago")


def gates(facts: Facts) -> list[Gate]:
    """Every gate for this request and medicine, in the order in which somebody would see to them."""
    found = [
        Gate(
            "Answers",
            facts.has_answers and facts.complete,
            "Everything that is asked was answered." if facts.complete else "Something is not answered. Ask for it.",
        ),
        Gate(
            "Fresh",
            facts.age_of_answers <= facts.good_for,
            f"{_SAID_ALL} {_ago(facts.age_of_answers)}. That is good for {facts.good_for.days} days."
            if facts.age_of_answers <= facts.good_for
            else f"{_SAID_ALL} {_ago(facts.age_of_answers)}, and that is good for {facts.good_for.days}. "
            "Ask them to look through their answers anew.",
        ),
        Gate(
            "Identity",
            facts.identity is Verified.VERIFIED,
            {
                Verified.VERIFIED: "Somebody made sure who they are.",
                Verified.CONTRADICTED: "A check of who they are contradicts what they said. It is not overwritten.",
            }.get(facts.identity, "Nobody has made sure who they are yet."),
        ),
        Gate(
            "Medicine",
            facts.suits,
            "It is one of this treatment." if facts.suits else "It is not one of this treatment.",
        ),
        Gate("Payment", facts.paid is not Paid.WAITING, facts.paid.words),
    ]
    if facts.risks & DOCUMENT_FIRST:
        why = said_of(facts.risks & DOCUMENT_FIRST)
        found.append(
            Gate(
                "Document",
                facts.by_document,
                "Somebody looked at a document that shows who they are."
                if facts.by_document
                else f"This medicine {why}: somebody looks at a passport, card or licence first.",
            )
        )
    if facts.stops:
        found.append(_written("Stop rules", "stops", facts, "A rule stopped it. Write why it is safe all the same."))
    if facts.too_many:
        found.append(_written("Amount", "amount", facts, "More than a year’s supplies were given. Write why."))
    if facts.risks & VERIFIED_FIRST:
        why = said_of(facts.risks & VERIFIED_FIRST)
        found.append(
            Gate(
                "Verified",
                facts.verified is Verified.VERIFIED,
                {
                    Verified.VERIFIED: "What they answered was verified by another way.",
                    Verified.CONTRADICTED: "A check contradicts what they answered. It blocks, and is not overwritten.",
                }.get(
                    facts.verified,
                    f"This medicine {why}: a questionnaire alone is not enough. Have weight, height or history verified.",
                ),
            )
        )
    elif facts.verified is Verified.CONTRADICTED:
        found.append(
            Gate("Verified", False, "A check contradicts what they answered. It blocks, and is not overwritten.")
        )
    found.append(_gp(facts))
    if facts.gp is not GpState.GIVEN and facts.risks & REGULAR_PRESCRIBER:
        found.append(
            Gate(
                "Regular prescriber",
                facts.regular_confirmed,
                "Their regular prescriber confirmed it."
                if facts.regular_confirmed
                else "Such a medicine needs the word of their regular prescriber, and their GP may not be told.",
            )
        )
    if Risk.ANTIMICROBIAL in facts.risks:
        found.append(_written("Guideline", "guideline", facts, "Name the guideline that this antibiotic follows."))
    return found


def unmet(facts: Facts) -> list[Gate]:
    """The gates that do not hold."""
    return [gate for gate in gates(facts) if not gate.holds]


def said_of(risks: Iterable[Risk]) -> str:
    """Risks as they stand after a subject: 'is for losing weight and needs monitoring'."""
    words = sorted(risk.words for risk in risks)
    return " and ".join(word if word.startswith(("can ", "needs ")) else f"is {word}" for word in words)


def is_too_fast(seconds: int | None) -> bool:
    """Whether a decision was made faster than anybody reads. One that cannot be measured counts as too fast."""
    return seconds is None or seconds < TOO_FAST_SECONDS


def _written(name: str, key: str, facts: Facts, sentence: str) -> Gate:
    there = len(facts.reasons.get(key, "").strip()) >= SHORTEST_REASON
    return Gate(name, there, "A reason is written down." if there else sentence, key)


def _gp(facts: Facts) -> Gate:
    if facts.gp is GpState.GIVEN:
        return Gate("GP", True, "Their GP may be told.")
    said = {
        GpState.NOT_ASKED: "They were not asked whether their GP may be told",
        GpState.REFUSED: "They do not want their GP to be told",
        GpState.NO_GP: "They have no GP",
        GpState.WITHDRAWN: "They took back that their GP may be told",
    }[facts.gp]
    return _written("GP", "gp", facts, f"{said}. Write why it is right to prescribe without.")
