"""What can be arranged for a visit, and how it is said. No database, no clock."""

from collections.abc import Iterable, Sequence

from troth.notice.purposes import Purpose
from troth.people.rules.languages import find_language

#: What it is written down for: arranging visits, or else care; an agency that reports arranges and makes examinations.
ADJUSTING = (Purpose.BOOKING, Purpose.CARE, Purpose.MEDICAL_REPORTING, Purpose.INSTRUCTIONS)
INTERPRETER = "interpreter"


def check_language(language: str, wanted: Iterable[str]) -> str:
    """
    A language as it is kept, or "" where nobody has to interpret.

    :raises ValueError: an interpreter is wanted and no language given, or what was given is none of `LANGUAGES`.
    """
    if INTERPRETER not in wanted:
        return ""
    if not language.strip():
        raise ValueError("Say which language the interpreter is for")
    # Of a list alone: whatever is typed, nothing of somebody's health can come to stand here.
    found = find_language(language)
    if not found:
        raise ValueError("Choose the language as the list has it, in English, such as Polish")
    return found


def say_adjustments(words: Sequence[tuple[str, str]], language: str) -> tuple[str, ...]:
    """Each thing to arrange, given as code and words, as people read it: an interpreter with the language."""
    return tuple(f"{said} for {language}" if code == INTERPRETER and language else said for code, said in words)


def say_overtaken(said: str) -> str:
    """Why a page that was opened earlier is not kept: what stands now, so that nothing is lost unseen."""
    now = f"Now it says: {said[:1].lower()}{said[1:]}." if said else "Now there is nothing to arrange."
    return f"It was changed while this page was open. {now} To put yours in its place, keep it again."
