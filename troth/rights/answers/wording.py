"""How what lies on the file of somebody's rights is said to them: words in place of the codes by which a case is worked on."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from troth.law.exemptions import Exemption
from troth.notice.purposes import Purpose
from troth.rights.models import About, Asked, Route, State
from troth.rights.rules.letters import ASKED_WORDS, Ending
from troth.rights.selectors import obtaining
from troth.rights.selectors.wording import title_of
from troth.vault.saying import Known, says

ENDED: dict[Ending, str] = {
    Ending.ANSWERED: "Done as you asked",
    Ending.PARTLY: "Done in part",
    Ending.REFUSED: "Refused",
    Ending.UPHELD: "You were right",
    Ending.NOT_UPHELD: "We looked into it and did not find what you complained of",
    Ending.UNANSWERED: "Closed: what we asked for did not come",
    Ending.TAKEN_BACK: "You took it back",
}
_WENT = {"email": "Sent by email", "post": "Printed and posted"}
_VERDICTS = {"go": "It is in your copy", "cut": "It is in your copy, in part", "withhold": "It was left out"}

_CODES = {
    State.ASKED: "Asked, and not decided yet",
    State.DECIDED: "Decided, and being carried out",
    State.DONE: "Answered",
    About.EVERYTHING: "Everything",
    About.HELD_BACK: "What a copy that you took left out",
    Route.PORTAL: "In your account",
    Route.FORM: "By the form on our pages",
    Route.EMAIL: "By email",
    Route.LETTER: "By letter",
    Route.TELEPHONE: "By telephone",
    Route.IN_PERSON: "In person",
}


@says("rights.rightscase", "right")
def right_in_words(row: Any, field: str, known: Known) -> str:
    """What was asked for."""
    return ASKED_WORDS[Asked(row.right)]


@says("rights.rightscase", "state", "about", "route")
def stage_in_words(row: Any, field: str, known: Known) -> str:
    """Where a case is, what it is about, and how it came."""
    return _CODES[getattr(row, field)]


@says("rights.rightscase", "reply_to")
def reply_in_words(row: Any, field: str, known: Known) -> str:
    """Who asked and where they hear from us, without names for the parts."""
    return ", ".join(str(part) for part in row.reply_to.values() if part)


@says("rights.rightscase", "decision")
def decision_in_words(row: Any, field: str, known: Known) -> str:
    """What an erasure was decided to take, and what to leave."""
    return _fates(row.decision.get("going", ()), row.decision.get("staying", ()))


@says("rights.rightscase", "outcome")
@says("rights.casestep", "detail")
def outcome_in_words(row: Any, field: str, known: Known) -> str:
    """How a case ended, on which ground and in whose words; how a letter went."""
    said = getattr(row, field)
    grounds = said.get("grounds") or str(said.get("ground", "")).split(",")
    parts = [ENDED[Ending(said["ending"])] if said.get("ending") in Ending._value2member_map_ else ""]
    parts += [Exemption(each).words for each in grounds if each in Exemption._value2member_map_]
    parts += [str(said.get("words", "")), _WENT.get(said.get("by", ""), "")]
    return "\n".join(part for part in parts if part)


@says("rights.erasurecertificate", "content")
def certificate_in_words(row: Any, field: str, known: Known) -> str:
    """What a certificate states of what went and what stays; it has a page and a file of its own."""
    return _fates(row.content.get("destroyed", ()), row.content.get("stays", ()))


@says("rights.packdecision", "verdict")
def verdict_in_words(row: Any, field: str, known: Known) -> str:
    """What was decided about an entry of a copy."""
    return _VERDICTS.get(row.verdict, str(row.verdict))


@says("rights.obtained", "origin")
def origin_in_words(row: Any, field: str, known: Known) -> str:
    """From whom something came, as the notice of that day calls them."""
    return obtaining.say_source(row.origin, at=row.recorded_at)


@says("consent.consentword", "purpose")
def use_in_words(row: Any, field: str, known: Known) -> str:
    """What somebody agreed to, as the notice of that day calls it."""
    return title_of(Purpose(row.purpose), row.recorded_at)


def _fates(going: Iterable[Mapping[str, Any]], staying: Iterable[Mapping[str, Any]]) -> str:
    lines = [f"Erased: {each['title']}" for each in going]
    for each in staying:
        until = f" until {date.fromisoformat(each['until']):%-d %B %Y}" if each.get("until") else ""
        lines.append(f"Kept{until}: {each['title']}. {each['why']}")
    return "\n".join(lines)
