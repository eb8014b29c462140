"""What is drawn with a finger or a mouse: lines of points in a box of 1000 by so many, as data and never as a picture."""

import json
from typing import Any

from troth.records.rules import NotPossible

WIDTH, SIGNATURE_HEIGHT, CHART_HEIGHT = 1000, 300, 1400
MOST_LINES, MOST_POINTS = 200, 6000

Strokes = list[list[list[int]]]


def read(text: str, *, height: int) -> Strokes:
    """
    The lines that a page sends, each a list of points; nothing drawn is an empty list.

    :raises NotPossible: it is not such lines, or too many.
    """
    if not text.strip():
        return []
    try:
        sent: Any = json.loads(text)
    except (ValueError, RecursionError):  # brackets within brackets, more than any drawing has
        raise NotPossible("The drawing did not arrive whole. Draw it again.") from None
    if not isinstance(sent, list) or not all(_is_line(line, height) for line in sent):
        raise NotPossible("The drawing did not arrive whole. Draw it again.")
    if len(sent) > MOST_LINES or sum(map(len, sent)) > MOST_POINTS:
        raise NotPossible("That is more than can be drawn here. Draw less of it.")
    return [line for line in sent if line]


def _is_line(line: object, height: int) -> bool:
    return isinstance(line, list) and all(
        isinstance(point, list)
        and len(point) == 2
        and all(type(each) is int for each in point)
        and 0 <= point[0] <= WIDTH
        and 0 <= point[1] <= height
        for point in line
    )


def path_of(strokes: object) -> str:
    """The lines as the path of an SVG drawing. A single point is drawn as a dot."""
    drawn = []
    for line in strokes if isinstance(strokes, list) else ():
        points = [f"{x} {y}" for x, y in line]
        drawn.append(f"M{points[0]}" + "".join(f"L{point}" for point in points[1:] or points))
    return "".join(drawn)


def svg_of(strokes: object, *, height: int) -> str:
    """A drawing of its own, for a printed paper."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"><path d="{path_of(strokes)}" fill="none" '
        'stroke="#1a2421" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
