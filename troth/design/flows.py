"""
The picture of where data goes: what is held, what for, who else gets it, from left to right. Drawn by the server.

A band is as wide as what flows through it has fields. One purpose is chosen and solid, the rest is faint. Each purpose is a
link, so the picture works by keyboard and without a script; what it says stands in a table as well.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

WIDTH = 980
_LEFT, _BOX, _BOX_END, _RIGHT = 196.0, 330.0, 650.0, 762.0
_TOP, _GAP, _BOX_GAP, _LINE = 34.0, 16.0, 12.0, 18.0


@dataclass(frozen=True)
class End:
    """Something at the left or right: a kind of data, or a recipient. `grey` is the end where nobody is."""

    id: str
    words: str
    grey: bool = False


@dataclass(frozen=True)
class Box:
    """A purpose in the middle: `kind` is the colour of its basis, `small` the basis in a word, `href` what chooses it."""

    id: str
    words: str
    small: str
    kind: str
    href: str
    dashed: bool = False


@dataclass(frozen=True)
class Band:
    """What flows from one end to the other, as wide as it has fields."""

    start: str
    end: str
    fields: int


@dataclass(frozen=True)
class Flow:
    """
    The whole picture. `into` runs from kinds of data to purposes, `out` from purposes to recipients; `chosen` is a box's id.

    :raises ValueError: a band begins or ends where nothing stands.
    """

    says: str
    heads: tuple[str, str, str]
    left: tuple[End, ...]
    middle: tuple[Box, ...]
    right: tuple[End, ...]
    into: tuple[Band, ...]
    out: tuple[Band, ...]
    chosen: str = ""

    def __post_init__(self) -> None:
        lefts, boxes, rights = ({each.id for each in side} for side in (self.left, self.middle, self.right))
        wrong = [b for b in self.into if b.start not in lefts or b.end not in boxes]
        wrong += [b for b in self.out if b.start not in boxes or b.end not in rights]
        if wrong:
            raise ValueError(f"A band runs from {wrong[0].start} to {wrong[0].end}, and one of them is not there.")

    def svg(self) -> SafeString:
        """This will draw it."""
        return _Drawing(self).svg()


@dataclass
class _Slot:
    """Where something stands, and where the next band leaves or arrives on either side."""

    top: float
    height: float
    ins: float = 0.0
    outs: float = 0.0


@dataclass
class _Drawing:
    flow: Flow
    out: list[str] = field(default_factory=list)

    def svg(self) -> SafeString:
        flow = self.flow
        unit = self._unit()
        # The basis stands at the right of the first line, so a longer word leaves less room.
        lines = {box.id: wrap(box.words, 42 - len(box.small)) or [""] for box in flow.middle}
        heights = {
            box.id: max(
                14 + _LINE * len(lines[box.id]), 8 + unit * max(_sum(flow.into, box.id), _sum(flow.out, box.id))
            )
            for box in flow.middle
        }
        tall = sum(heights.values()) + _BOX_GAP * (len(flow.middle) - 1)
        ends = {
            id(side): {
                end.id: max(20.0, unit * _sum(bands, end.id), _LINE * len(wrap(end.words, 24))) for end in side
            }
            for side, bands in ((flow.left, flow.into), (flow.right, flow.out))
        }
        tall = max(tall, *(sum(known.values()) + _GAP * (len(known) - 1) for known in ends.values()))
        boxes = _spread([(box.id, heights[box.id]) for box in flow.middle], tall)
        lefts = _spread(list(ends[id(flow.left)].items()), tall)
        rights = _spread(list(ends[id(flow.right)].items()), tall)
        self._bands(unit, boxes, lefts, rights)
        self._heads()
        self._ends(flow.left, lefts, left=True)
        self._ends(flow.right, rights, left=False)
        self._boxes(boxes, lines)
        return format_html(
            '<svg class="flow" viewBox="0 0 {} {}" width="{}" role="group" aria-label="{}">{}</svg>',
            WIDTH,
            round(_TOP + tall + 8),
            WIDTH,
            flow.says,
            mark_safe("".join(self.out)),  # noqa: S308
        )

    def _unit(self) -> float:
        """Pixels for a field: so that the fuller side is about as tall as the purposes written in full."""
        most = max(1, sum(band.fields for band in self.flow.into), sum(band.fields for band in self.flow.out))
        return min(3.0, max(0.35, 34.0 * max(len(self.flow.middle), 6) / most))

    def _bands(self, unit: float, boxes: dict[str, _Slot], lefts: dict[str, _Slot], rights: dict[str, _Slot]) -> None:
        kinds = {box.id: box.kind for box in self.flow.middle}
        chosen: list[str] = []
        order = list(boxes)
        sides = ((self.flow.into, lefts, boxes, _LEFT, _BOX), (self.flow.out, boxes, rights, _BOX_END, _RIGHT))
        for bands, starts, stops, x1, x2 in sides:
            for slots, side in ((starts, "start"), (stops, "end")):
                for name, slot in slots.items():
                    total = unit * sum(band.fields for band in bands if getattr(band, side) == name)
                    inset = (slot.height - total) / 2
                    slot.outs, slot.ins = (inset, slot.ins) if side == "start" else (slot.outs, inset)
            for band in sorted(bands, key=lambda b: (list(starts).index(b.start), list(stops).index(b.end))):
                start, stop, high = starts[band.start], stops[band.end], unit * band.fields
                y1, y2 = start.top + start.outs, stop.top + stop.ins
                start.outs += high
                stop.ins += high
                purpose = band.end if band.end in order and x2 == _BOX else band.start
                picked = purpose == self.flow.chosen
                drawn = _ribbon(x1, y1, x2, y2, high, f"flow-{kinds[purpose]}{' flow-chosen' if picked else ''}")
                (chosen if picked else self.out).append(drawn)
        self.out += chosen  # over the faint ones

    def _heads(self) -> None:
        first, second, third = self.flow.heads
        self.out.append(
            f'<text class="flow-head flow-end" x="{_LEFT - 18:g}" y="14">{conditional_escape(first)}</text>'
            f'<text class="flow-head" x="{_BOX:g}" y="14">{conditional_escape(second)}</text>'
            f'<text class="flow-head" x="{_RIGHT:g}" y="14">{conditional_escape(third)}</text>'
        )

    def _ends(self, side: Sequence[End], slots: dict[str, _Slot], *, left: bool) -> None:
        bands = self.flow.into if left else self.flow.out
        bold = {band.start if left else band.end for band in bands if self.flow.chosen in (band.start, band.end)}
        for end in side:
            slot = slots[end.id]
            x = _LEFT - 7 if left else _RIGHT
            look = "flow-bar flow-grey" if end.grey else "flow-bar"
            self.out.append(
                f'<rect class="{look}" x="{x:g}" y="{slot.top:.1f}" width="7" height="{slot.height:.1f}"/>'
            )
            words = wrap(end.words, 24) or [""]
            classes = " ".join(
                name
                for name, holds in (
                    ("flow-words", True),
                    ("flow-end", left),
                    ("flow-strong", end.id in bold),
                    ("flow-nobody", end.grey),
                )
                if holds
            )
            self.out.append(_text(words, _LEFT - 18 if left else _RIGHT + 18, slot, classes))

    def _boxes(self, slots: dict[str, _Slot], lines: dict[str, list[str]]) -> None:
        for box in self.flow.middle:
            slot, picked = slots[box.id], box.id == self.flow.chosen
            classes = f"flow-box flow-box-{box.kind}{' flow-dashed' if box.dashed else ''}{' flow-picked' if picked else ''}"
            current = ' aria-current="true"' if picked else ""
            self.out.append(
                f'<a class="{classes}" href="{conditional_escape(box.href)}"{current}>'
                f'<rect x="{_BOX:g}" y="{slot.top:.1f}" width="{_BOX_END - _BOX:g}" height="{slot.height:.1f}" rx="4"/>'
                + _text(lines[box.id], _BOX + 12, slot, "flow-title")
                + _text([box.small], _BOX_END - 10, slot, "flow-basis flow-end")
                + "</a>"
            )


def _text(lines: Sequence[str], x: float, slot: _Slot, classes: str) -> str:
    first = slot.top + slot.height / 2 + 5 - _LINE * (len(lines) - 1) / 2
    return "".join(
        f'<text class="{classes}" x="{x:g}" y="{first + number * _LINE:.1f}">{conditional_escape(line)} </text>'
        for number, line in enumerate(lines)
    )


def _sum(bands: Iterable[Band], name: str) -> int:
    return sum(band.fields for band in bands if name in (band.start, band.end))


def _spread(sizes: list[tuple[str, float]], tall: float) -> dict[str, _Slot]:
    """Lay these out from top to bottom, the room that is left shared out between them."""
    between = (tall - sum(height for _, height in sizes)) / max(len(sizes) - 1, 1)
    found, y = {}, _TOP if len(sizes) > 1 else _TOP + max(between, 0) / 2
    for name, height in sizes:
        found[name] = _Slot(y, height)
        y += height + between
    return found


def _ribbon(x1: float, y1: float, x2: float, y2: float, high: float, classes: str) -> str:
    middle = (x1 + x2) / 2
    return (
        f'<path class="flow-band {classes}" d="M{x1:g} {y1:.1f}C{middle:g} {y1:.1f} {middle:g} {y2:.1f} {x2:g} {y2:.1f}'
        f'V{y2 + high:.1f}C{middle:g} {y2 + high:.1f} {middle:g} {y1 + high:.1f} {x1:g} {y1 + high:.1f}Z"/>'
    )
