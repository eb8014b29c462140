"""
The letters of a case, in the words that people read. Each is composed here, shown before it goes, and kept sealed on the case.

The words that an officer adds stand in the letter and never in an email: those say where the letter is (`delivery`).
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from troth.law.exemptions import Exemption
from troth.notice.schema import Notice
from troth.rights.models import Asked
from troth.rights.rules.asked import ASKED_WORDS as ASKED_WORDS
from troth.rights.rules.asked import due_together, lower, say_day
from troth.rights.rules.asked import said_together as said_together
from troth.rights.rules.exemptions import said_of
from troth.rights.rules.outcomes import ENDING_WORDS as ENDING_WORDS
from troth.rights.rules.outcomes import Ending as Ending
from troth.rights.rules.outcomes import endings_of as endings_of
from troth.rights.rules.proofs import EXTENSION_REASONS as EXTENSION_REASONS
from troth.rights.rules.proofs import PROOFS as PROOFS
from troth.rights.rules.proofs import proofs_for as proofs_for


class LetterKind(StrEnum):
    """Which letter of a case it is."""

    RECEIPT = "receipt"
    PROOF = "proof"
    QUESTION = "question"
    EXTENSION = "extension"
    ACKNOWLEDGEMENT = "acknowledgement"
    PROGRESS = "progress"
    ANSWER = "answer"
    PARTLY = "partly"
    REFUSAL = "refusal"
    UNANSWERED = "unanswered"
    COPY = "copy"
    CERTIFICATE = "certificate"
    LIFTING = "lifting"
    LIFTED = "lifted"
    FEE = "fee"


@dataclass(frozen=True)
class Composed:
    """
    A letter: its heading, its paragraphs, and whether it holds words that were written for this case. `besides` are the other
    requests of the same message that it is about, each with its reference. `stopped`: it says that what was to stop did so already.
    `due` is by when all of it is answered, in words; `begins` what becomes of that time where something is asked for.
    """

    kind: LetterKind
    title: str
    paragraphs: tuple[str, ...]
    own_words: bool = False
    day: date | None = None
    besides: tuple[tuple[Asked, str], ...] = ()
    stopped: bool = False
    due: str = ""
    begins: str = ""

    @property
    def text(self) -> str:
        """The whole of it, as it is kept."""
        return "\n\n".join((self.title, *self.paragraphs))

    @property
    def mark(self) -> str:
        """What stands for it in the form that sends it: another letter has another mark."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def regulator_line(notice: Notice | None) -> str:
    """The regulator as the notice gives it: one record, in every letter (LAW-0.5, LAW-1.17)."""
    found = notice.complaints.regulator if notice else None
    if found is None:
        return ""
    return ", ".join(part for part in (found.name, found.address, found.telephone, found.website) if part) + "."


def compose(
    kind: LetterKind,
    *,
    asked: Asked,
    reference: str,
    received_on: date,
    due_on: date | None = None,
    regulator: str = "",
    proof: str = "",
    reason: str = "",
    grounds: Iterable[str] = (),
    ending: Ending | None = None,
    words: str = "",
    day: date | None = None,
    by_another: bool = False,
    use: str = "",
    stopped: bool = False,
    besides: Sequence[tuple[Asked, str]] = (),
    days: Sequence[date] = (),
    has_account: bool = True,
    begins: bool = True,
) -> Composed:
    """
    This will write one letter. `words` are the officer's own and stand as they were written; `day` is the one on which a copy or a
    restriction ends. `by_another`: somebody asked who acts for the person, and both of them read it. `use` is what an objection
    was about, in the notice's words, and `stopped` whether what was to stop did so when it was asked. `besides` are other requests
    of the same message, where one letter is for all of them, and `days` those by which they are answered.
    Without `has_account` a copy is handed over on paper. `begins`: the time begins when what is asked for comes.
    """
    what = "; ".join(lower(ASKED_WORDS[each]) for each in (asked, *(each for each, _ in besides)))
    if by_another and asked is Asked.COMPLAINT:
        asked_words = "Somebody who acts for the person complained about how their data was handled"
    elif by_another:
        asked_words = f"Somebody who acts for the person asked: {what.replace('your', 'their')}"
    elif asked is Asked.COMPLAINT:
        asked_words = "You complained about how we handled your data"
    else:
        asked_words = f"You asked: {what}"
    named = f"References {said_together(reference, besides)}" if besides else f"Reference {reference}"
    head = (f"{named}. {asked_words}. It came on {say_day(received_on)}.",)
    own = tuple(part.strip() for part in words.split("\n") if part.strip())
    due = due_together(asked, due_on, besides, days)
    title, middle = _BODIES[kind](
        {
            "asked": asked,
            "on_hold": Asked.RESTRICTION in {asked, *(each for each, _ in besides)},
            "due": due,
            "proof": PROOFS[proof][1] if proof in PROOFS else "",
            "reason": EXTENSION_REASONS.get(reason, ""),
            "grounds": tuple(_grounds(grounds, asked)),
            "day": say_day(day) if day else "",
            "ending": ending,
            "own": own,
            "use": use,
            "stopped": stopped,
            "by_another": by_another,
            "has_account": has_account,
            "begins": begins,
        }
    )
    refused = kind in _REFUSES or bool(kind is LetterKind.COPY and grounds)
    paragraphs = (*head, *middle, *_last(refused, asked, regulator))
    return Composed(
        kind,
        title,
        paragraphs,
        own_words=bool(own),
        day=day,
        besides=tuple(besides),
        stopped=stopped,
        due=due,
        begins=_BEGINS if begins else _GOES_ON,
    )


_FOR_THEM_ALONE = (
    "We ask so that nobody hears what is for you alone. The month in which we answer begins on the day it comes."
)
_IN_CONFIDENCE = "What patients told us stays in confidence after their death."
_BEGINS, _GOES_ON = "The days in which we answer begin when it comes.", "Our time goes on meanwhile."
_FOR_THE_DEAD = "What the law lets us give you is ready."


def _receipt(said: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    stopped: tuple[str, ...] = ()
    if said["stopped"] and said["use"]:
        stopped += (f"This has stopped already: {said['use']}. It stays so while a person looks at the objection.",)
    if said["stopped"] and (not said["use"] or said["on_hold"]):
        stopped += (
            "Use of the record has stopped already, but for what the law leaves open. It stays so while a person looks at this.",
        )
    return "We have your request", (
        *stopped,
        f"We answer by {said['due']}. It costs you nothing.",
        "If we need more from you before we can begin, we ask soon, and say why.",
    )


def _proof(said: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    return "We need one thing before we begin", (
        str(said["proof"]),
        f"{_IN_CONFIDENCE} {_BEGINS if said['begins'] else _GOES_ON}"
        if said["asked"] is Asked.DECEASED
        else _FOR_THEM_ALONE,
        *_own(said),
    )


def _question(said: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    stops = (
        "The days until you answer do not count towards our month. What we can send meanwhile, we send."
        if said["asked"] is Asked.ACCESS
        else "The days in which we answer begin when you answer."
        if said["asked"] is Asked.DECEASED and said["begins"]
        else _GOES_ON
    )
    return "We have a question about your request", (*_own(said), stops)


def _extension(said: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    return "We need more time", (
        f"The law gives us one month, and two more where that is necessary. It is, because {said['reason']}.",
        *_own(said),
        f"You have our answer by {said['due']}. What is ready sooner, you get sooner.",
    )


def _acknowledgement(said: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    return "We have your complaint", (
        "We look into it without delay, keep you informed, and tell you what came of it and why.",
        *_own(said),
    )


def _progress(said: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    what = "complaint" if said["asked"] is Asked.COMPLAINT else "request"
    return f"How your {what} is going", _own(said)


def _answer(said: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    if said["asked"] is Asked.COMPLAINT:
        right = said["ending"] is Ending.UPHELD
        found = "We found that you were right." if right else "We did not find what you complained of."
        return "What came of your complaint", (found, *_own(said))
    done = _FOR_THE_DEAD if said["asked"] is Asked.DECEASED else "What you asked for is done."
    if said["use"]:
        done = f"Your objection stands. We no longer use your data for this: {said['use']}."
    return "Your request is answered", (done, *_own(said))


def _partly(said: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    return "Your request is answered in part", (
        f"We did part of what you asked. The rest we did not, on {_these(said)}:",
        *_several(said, "grounds"),
        *_own(said),
    )


def _refusal(said: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    use = (f"You objected to this: {said['use']}. We weighed it, and it goes on.",) if said["use"] else ()
    return "We do not do what you asked", (
        *use,
        f"The law lets us refuse on {_these(said)}:",
        *_several(said, "grounds"),
        *_own(said),
    )


def _unanswered(said: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    return "We closed your request", (
        "We asked you for something and have not heard from you, so we closed your request. Nothing is lost: when you write, we "
        "open it again.",
        *_own(said),
    )


def _copy(said: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    left_out = _several(said, "grounds")
    if said["asked"] is Asked.DECEASED:
        return _record_of_the_dead(said, left_out)
    whose = "the account of the person it is about" if said["by_another"] else "your account"
    who = "It can be fetched" if said["by_another"] else "You can fetch it"
    where = f"{who} in {whose} until {said['day']}." if said["has_account"] else "We hand it over on paper."
    return ("The copy is ready" if said["by_another"] else "Your copy is ready"), (
        where,
        *((f"Something was left out of it, on {_these(said)}:", *left_out) if left_out else ()),
    )


def _record_of_the_dead(said: Mapping[str, object], left_out: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    where = (
        f"You can fetch it in your account here until {said['day']}, under My data."
        if said["day"]
        else "You get it on paper."
    )
    return "The record is ready", (
        _FOR_THE_DEAD,
        where,
        *((f"Something was left out of it, on {_these(said)}:", *left_out) if left_out else ()),
        "What patients told us stays in confidence after their death. Please keep it so.",
    )


def _fee(said: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    return "There is a fee for a further copy", (
        "You had one copy free. For a further one we ask what printing and sending it costs us, and nothing else:",
        *_own(said),
        "You can pay it at the clinic. To pay it in another way, write to us first, with the reference above.",
        "The month in which we answer begins on the day the money comes. A copy in your account costs nothing.",
    )


def _certificate(said: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    kept = said["ending"] is Ending.PARTLY
    return "Your data is erased" if not kept else "What could go of your data is erased", (
        "The certificate says what was erased, and by when it will have gone from our backups too.",
        *(("It also names what has to stay, by which law, and until when.",) if kept else ()),
        "You can read it in your account. If you have none, ask us, and we send it to you on paper.",
    )


def _lifting(said: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    return "We will use your record again", (
        f"You asked us to put the use of your record on hold. The hold ends on {said['day']}. Until then nothing changes.",
        *_own(said),
        "If you do not agree, write to us before that day.",
    )


def _lifted(said: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    return "We use your record again", (
        "We told you beforehand that the hold on your record would end. From today your record is used as our notice says.",
        "You can ask us to put it on hold again at any time.",
    )


_BODIES = {
    LetterKind.RECEIPT: _receipt,
    LetterKind.PROOF: _proof,
    LetterKind.QUESTION: _question,
    LetterKind.EXTENSION: _extension,
    LetterKind.ACKNOWLEDGEMENT: _acknowledgement,
    LetterKind.PROGRESS: _progress,
    LetterKind.ANSWER: _answer,
    LetterKind.PARTLY: _partly,
    LetterKind.REFUSAL: _refusal,
    LetterKind.UNANSWERED: _unanswered,
    LetterKind.COPY: _copy,
    LetterKind.CERTIFICATE: _certificate,
    LetterKind.LIFTING: _lifting,
    LetterKind.LIFTED: _lifted,
    LetterKind.FEE: _fee,
}
#: Where something was refused a court stands open too (LAW-1.17).
_REFUSES = frozenset({LetterKind.PARTLY, LetterKind.REFUSAL})


def letter_of(asked: Asked, ending: Ending) -> LetterKind | None:
    """The letter that tells of an ending; what somebody took back needs none."""
    if ending is Ending.TAKEN_BACK:
        return None
    return {
        Ending.PARTLY: LetterKind.PARTLY,
        Ending.REFUSED: LetterKind.REFUSAL,
        Ending.UNANSWERED: LetterKind.UNANSWERED,
    }.get(ending, LetterKind.ANSWER)


def _own(said: Mapping[str, object]) -> tuple[str, ...]:
    return _several(said, "own")


def _several(said: Mapping[str, object], name: str) -> tuple[str, ...]:
    found = said[name]
    assert isinstance(found, tuple)
    return found


def _these(said: Mapping[str, object]) -> str:
    return "these grounds" if len(_several(said, "grounds")) > 1 else "this ground"


def _grounds(named: Iterable[str], asked: Asked) -> Iterator[str]:
    for each in sorted(set(named)):
        if each in Exemption._value2member_map_:
            yield said_of(Exemption(each), asked).sentence


def ways_open(kind: LetterKind, asked: Asked, regulator: str) -> str:
    """The ways that stay open, as an email about a letter of this kind says them."""
    return " ".join(_last(kind in _REFUSES, asked, regulator))


def _last(refused: bool, asked: Asked, regulator: str) -> tuple[str, ...]:
    """The ways that stay open: to us, to the regulator, and where something was refused to a court (LAW-1.17)."""
    if asked is Asked.DECEASED:
        return ("If you think that this is wrong, tell us and we look again. You can also ask a court to decide.",)
    where = f": {regulator}" if regulator else "."
    first = "go to" if asked is Asked.COMPLAINT else "complain to us about how we handle your data, and to"
    route = f"You can {first} the regulator at any time{where}"
    return (route, "You can also ask a court to decide.") if refused else (route,)
