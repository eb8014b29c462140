"""What can be arranged for a visit, and how it is said. No database, no clock."""

from collections.abc import Iterable, Sequence

from troth.notice.purposes import Purpose

#: What it is written down for: arranging visits, or else care.
ADJUSTING = (Purpose.BOOKING, Purpose.CARE)
INTERPRETER = "interpreter"
_LONGEST = 40


def check_language(language: str, wanted: Iterable[str]) -> str:
    """
    A language as it is kept, or "" where nobody has to interpret.

    :raises ValueError: an interpreter is wanted and no language given, or what was given is no name of one.
    """
    if INTERPRETER not in wanted:
        return ""
    given = " ".join(language.split())
    if not given:
        raise ValueError("Say which language the interpreter is for")
    # Letters alone: a sentence about somebody's health has no place here.
    if len(given) > _LONGEST or len(given.split()) > 3 or not all(each.isalpha() or each in " -’'" for each in given):
        raise ValueError("Give the name of the language alone, such as Polish")
    return given[0].upper() + given[1:]


def say_adjustments(words: Sequence[tuple[str, str]], language: str) -> tuple[str, ...]:
    """Each thing to arrange, given as code and words, as people read it: an interpreter with the language."""
    return tuple(f"{said} for {language}" if code == INTERPRETER and language else said for code, said in words)
