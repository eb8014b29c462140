"""The six short answers that stand before the notice."""

from typing import Any

import pytest

from troth.notice.comparison import Change, compare
from troth.notice.files import read_notice
from troth.notice.first_layer import first_layer
from troth.notice.tests.factories import PACK, SEEDS, changed


def said(notice: Any, changes: list[Change] | None = None) -> dict[str, str]:
    return {answer.part: answer.words for answer in first_layer(notice, changes)}


def test_six_questions_are_answered_from_the_register() -> None:
    answers = said(read_notice(PACK).notice)
    assert list(answers) == ["held", "purposes", "recipients", "retention", "rights", "versions"]
    assert answers["held"].startswith("Who you are, how to reach you")
    assert "Harbottle Dispensing Ltd" in answers["recipients"] and "another country" in answers["recipients"]
    assert answers["retention"].startswith("Your health: eight years after we last treated you.")
    assert "take back a consent" in answers["rights"] and "regulator" in answers["rights"]
    assert answers["versions"] == "This is the first version."


def test_a_notice_that_changes_changes_its_answers() -> None:
    def narrower(values: dict[str, Any]) -> None:
        values["rights"] = [right for right in values["rights"] if right["right"] != "erasure"]
        values["transfers"] = {"none": True}

    before, after = read_notice(PACK).notice, changed(narrower).notice
    assert before is not None and after is not None
    answers = said(after, compare(before, after))
    assert "erased" not in answers["rights"] and "Nothing leaves the United Kingdom." in answers["recipients"]
    assert "The right `erasure` is gone." in answers["versions"]
    assert said(after, [])["versions"].startswith("Nothing that matters")


@pytest.mark.parametrize("seed", ["oc", "kl", "cx"])
def test_faulty_notices_have_answers_too(seed: str) -> None:
    assert first_layer(read_notice(SEEDS / f"{seed}.yaml").notice, None)  # type: ignore[arg-type]
