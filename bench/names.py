"""
UK names by about how common they are, for `finding`: people in a thousand. The tail is made up from ordinary beginnings and
endings, so that three letters gather as many people as they do in a telephone book.
"""

import json
import random
from pathlib import Path

_WORDS = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
SURNAMES: dict[str, float] = _WORDS["surnames"]
GIVEN: dict[str, float] = _WORDS["given"]
_BEGINNINGS: list[str] = _WORDS["beginnings"]
_ENDINGS: list[str] = _WORDS["endings"]


def tail_surname(dice: random.Random) -> str:
    """One of the many surnames that few people have."""
    # Beginnings are not equally common: some letters fill a third of a telephone book.
    beginning = _BEGINNINGS[min(int(dice.random() ** 1.15 * len(_BEGINNINGS)), len(_BEGINNINGS) - 1)]
    return beginning + dice.choice(_ENDINGS)
