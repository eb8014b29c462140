"""How a case ends, and what has to be said for it to end like that."""

from enum import StrEnum

from troth.law.exemptions import Exemption
from troth.rights.models import Asked
from troth.rights.rules.exemptions import ANSWERS


class Ending(StrEnum):
    """How a case ends. Nothing ends by itself."""

    ANSWERED = "answered"
    PARTLY = "partly"
    REFUSED = "refused"
    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"
    UNANSWERED = "unanswered"
    TAKEN_BACK = "taken_back"


ENDING_WORDS: dict[Ending, str] = {
    Ending.ANSWERED: "Done as they asked",
    Ending.PARTLY: "Done in part",
    Ending.REFUSED: "Refused",
    Ending.UPHELD: "The complaint was right",
    Ending.NOT_UPHELD: "The complaint was looked into and not found right",
    Ending.UNANSWERED: "Closed: what we asked for did not come",
    Ending.TAKEN_BACK: "They took it back",
}
NEEDS_GROUND = frozenset({Ending.PARTLY, Ending.REFUSED})
CLOSES_BY_ITSELF = frozenset({Asked.ACCESS, Asked.PORTABILITY})
_OF_COMPLAINTS = frozenset({Ending.UPHELD, Ending.NOT_UPHELD, Ending.TAKEN_BACK})


def endings_of(asked: Asked) -> list[Ending]:
    """How a case of this kind can end when somebody decides it."""
    if asked is Asked.COMPLAINT:
        return [Ending.UPHELD, Ending.NOT_UPHELD, Ending.TAKEN_BACK]
    return [ending for ending in Ending if ending not in _OF_COMPLAINTS or ending is Ending.TAKEN_BACK]


def check_can_close(asked: Asked, ending: Ending, *, ground: str, words: str, may_unanswered: bool) -> str:
    """
    Say why a case may not be closed like this, or "" when it may: a refusal names its exemption and says why (LAW-1.17), a
    complaint has its outcome with reasons (LAW-2.7), and what waits for an answer waits long enough (LAW-1.14).
    """
    if ending not in endings_of(asked):
        return "A case of this kind does not end like that."
    if ending in NEEDS_GROUND:
        if ground not in Exemption._value2member_map_:
            return "Choose the exemption that you rely on: without one there is no refusal [LAW-1.17]."
        if asked not in ANSWERS[Exemption(ground)]:
            return "This exemption does not answer a request of this kind [LAW-1.17]."
    elif ground:
        return "An exemption belongs to a refusal. Leave it out, or say that it was refused."
    says_nothing = len(set(words.split())) < 3
    if ending not in (Ending.ANSWERED, Ending.TAKEN_BACK, Ending.UNANSWERED) and says_nothing:
        return "Write in a sentence or two why: they read it in the letter [LAW-1.17, LAW-2.7]."
    if ending is Ending.ANSWERED and asked in CLOSES_BY_ITSELF and says_nothing:
        return (
            "A copy that is released, or a file that was sent, closes the request by itself. Write how they got theirs otherwise: "
            "they read it in the letter [LAW-3.1]."
        )
    if ending is Ending.UNANSWERED and not may_unanswered:
        return "Wait about a month for what you asked for before you close it [LAW-1.14]."
    return ""
