"""The catalogue is whole, says each thing once, and names controls that are there."""

from collections import Counter
from pathlib import Path

import pytest

from troth.assurance.rules import catalogue, evidence
from troth.assurance.rules.catalogue import KINDS, LETTERS, CatalogueFaulty, controls, get_promise, promises_of

ROOT = Path(__file__).resolve().parents[3]
#: How many promises each section of the surveyed notices makes; they are numbered from 1.
SURVEYED = {
    "OC": {1: 7, 2: 16, 3: 21, 4: 4, 5: 26, 6: 2, 7: 1, 8: 3, 9: 2, 10: 7, 11: 2, 12: 3, 13: 8, 14: 3, 15: 1},
    "KL": {1: 19, 2: 9, 3: 9, 4: 20, 5: 7, 6: 4, 7: 4, 8: 7, 9: 2, 10: 1, 11: 10, 12: 13, 13: 4, 14: 8},
    "CX": {1: 11, 2: 23, 3: 6, 4: 11, 5: 11, 6: 5, 7: 16, 8: 7, 9: 1, 10: 5, 11: 2, 13: 1, 14: 3},
}
EVERYTHING = [promise for pack in LETTERS for promise in promises_of(pack)]


@pytest.mark.parametrize("pack", LETTERS)
def test_every_surveyed_promise_is_there_in_order(pack: str) -> None:
    letters = LETTERS[pack]
    wanted = [
        f"{letters}-{section}.{number}"
        for section, many in SURVEYED[letters].items()
        for number in range(1, many + 1)
    ]
    assert [promise.id for promise in promises_of(pack)] == wanted
    assert len(wanted) == {"OC": 106, "KL": 117, "CX": 102}[letters]


def test_entries_say_something_of_their_own() -> None:
    for promise in EVERYTHING:
        assert promise.kind in KINDS
        assert promise.says[0].isupper() and not promise.says.endswith((".", "!")), promise.id
        assert (promise.keeping == "checked") == (promise.because == ""), promise.id
        assert (promise.keeping == "people") == (promise.every_months > 0), promise.id
        assert not set("!") & set(promise.says + promise.because)
    repeated = [words for words, many in Counter((p.pack, p.says) for p in EVERYTHING).items() if many > 1]
    assert repeated == []


def test_controls_are_used_and_live_where_they_say() -> None:
    used = {promise.control.id for promise in EVERYTHING}
    assert set(controls()) == used
    for control in controls().values():
        assert control.name and control.shows and control.owner
        assert not control.built or (ROOT / control.lives).exists(), control.id


def test_what_holds_rests_on_a_control_that_is_built() -> None:
    for promise in EVERYTHING:
        if promise.keeping == "checked":
            assert promise.control.built, promise.id
        for name in promise.checks:
            evidence.get_check(name)


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"missing": "one", "people": "two", "every": 3},
        {"missing": "one", "unknown": "two"},
        {"people": "one"},
        {"corrected": "one"},
        {"missing": "one", "kind": "strange"},
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(entry: dict[str, object]) -> None:
    given = {"id": "OC-1.1", "kind": "notice", "says": "A", "control": "gate", **entry}
    with pytest.raises(CatalogueFaulty, match=r"OC-1\.1"):
        catalogue._promised("online-prescribing", given)


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(LookupError, match="no catalogue"):
        promises_of("elsewhere")
    for strange in ("OC-99.1", "XX-1.1"):
        with pytest.raises(LookupError, match="no promise"):
            get_promise(strange)
    with pytest.raises(evidence.NoSuchCheck):
        evidence.get_check("nothing.here")


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):

        @evidence.check("gate.refuses", looks_at="something else")
        def another(question: evidence.Question) -> evidence.Finding:
            return evidence.Finding(True, "")


def test_numbers_stand_with_their_nouns() -> None:
    assert evidence.counted(0, "person", "people") == "no people"
    assert evidence.counted(1, "page") == "1 page"
    assert evidence.counted(1_200, "page") == "1,200 pages"
