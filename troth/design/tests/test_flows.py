"""The picture of the flow: every band is drawn between what it joins, the chosen purpose is solid, nothing is trusted."""

import re

import pytest

from troth.design.flows import Band, Box, End, Flow


def flow(**changes: object) -> Flow:
    given: dict[str, object] = {
        "says": "Where data goes",
        "heads": ("Held", "For", "To"),
        "left": (End("identity", "Who you are"), End("health", "Your health & body")),
        "middle": (
            Box("care", "Looking <after> you", "contract", "contract", "?purpose=care"),
            Box(
                "news", "News that you asked for, in a title of many words", "consent", "consent", "?p=n", dashed=True
            ),
        ),
        "right": (End("gp", "Your GP"), End("none", "No one outside", grey=True)),
        "into": (Band("identity", "care", 4), Band("health", "care", 20), Band("identity", "news", 4)),
        "out": (Band("care", "gp", 24), Band("news", "none", 4)),
        "chosen": "care",
        **changes,
    }
    return Flow(**given)  # type: ignore[arg-type]


def test_each_band_is_drawn_and_those_of_the_chosen_purpose_are_solid() -> None:
    drawn = str(flow().svg())
    assert drawn.count('class="flow-band') == 5
    assert len(re.findall(r'class="flow-band flow-contract flow-chosen"', drawn)) == 3
    assert 'class="flow-band flow-consent"' in drawn and "flow-dashed" in drawn and "flow-grey" in drawn
    assert drawn.count("aria-current") == 1 and drawn.count("<a ") == 2


def test_a_band_is_as_wide_as_it_has_fields() -> None:
    drawn = str(flow(chosen="").svg())
    heights = []
    for path in re.findall(r'class="flow-band[^"]*" d="M[\d.]+ ([\d.]+)C[^V]*V([\d.]+)C[^Z]*?([\d.]+)Z', drawn):
        heights.append(float(path[2]) - float(path[0]))
    four, twenty = sorted(heights)[0], sorted(heights)[-2]
    assert twenty / four == pytest.approx(5, rel=0.06)


def test_words_are_escaped_wrapped_and_inside_the_picture() -> None:
    drawn = str(flow().svg())
    assert "&lt;after&gt;" in drawn and "<after>" not in drawn and "health &amp; body" in drawn
    assert "in a title of many words" not in drawn  # it is on two lines
    height = float(re.search(r'viewBox="0 0 980 (\d+)"', drawn).group(1))  # type: ignore[union-attr]
    assert all(float(y) <= height for y in re.findall(r' y="([\d.]+)"', drawn))
    assert "style=" not in drawn


def test_a_band_to_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="not there"):
        flow(out=(Band("care", "somebody", 1),))
