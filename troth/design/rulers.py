"""The ruler: statutory and promised time as a tape with a tick for each day and a pin at today."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

TapeState = Literal["running", "close", "late"]
_DAY_S_LIMIT = 60  # past this many days a tick is a week, or the tape turns grey
_CLOSE = 4  # the last four days, or hours, are near
_BASE, _HEIGHT = 22.0, 24


@dataclass(frozen=True)
class Tape:
    """A stretch of time in ticks: how many, how many are used, which were paused. Made by the two functions below."""

    total: int
    used: float
    state: TapeState
    tall_every: int
    paused: tuple[tuple[float, float], ...] = ()

    def svg(self, width: int = 224) -> SafeString:
        """This will draw the tape. It is hidden from assistive technology; the words beside it carry the clock."""
        return _draw(self, width)


def tape_of_days(start: date, due: date, today: date, paused: tuple[tuple[date, date], ...] = ()) -> Tape:
    """
    This will lay a tape from the first day to the due day, with a tick a day, or a week when it is long.

    :raises ValueError: it is due before it starts, or a pause ends before it begins.
    """
    days = (due - start).days
    if days < 1 or any(end < begin for begin, end in paused):
        raise ValueError("A tape runs from a start to a later due day, and a pause from its beginning to its end.")
    left = (due - today).days
    state: TapeState = "late" if left < 0 else "close" if left <= _CLOSE else "running"
    unit, tall = (7, 4) if days > _DAY_S_LIMIT else (1, 7)
    used = min(max((today - start).days, 0), days) / unit
    stretches = tuple(((begin - start).days / unit, (end - start).days / unit) for begin, end in paused)
    return Tape(-(-days // unit), used, state, tall, stretches)


def tape_of_hours(start: datetime, due: datetime, now: datetime) -> Tape:
    """
    This will lay a tape with a tick an hour, taller at each sixth.

    :raises ValueError: it is due before it starts.
    """
    hours = round((due - start).total_seconds() / 3600)
    if hours < 1:
        raise ValueError("A tape runs from a start to a later due time.")
    left = (due - now).total_seconds() / 3600
    state: TapeState = "late" if left < 0 else "close" if left <= _CLOSE else "running"
    return Tape(hours, min(max((now - start).total_seconds() / 3600, 0.0), float(hours)), state, 6)


def tape_of_minutes(start: datetime, due: datetime, now: datetime) -> Tape:
    """
    This will lay a tape with a tick a minute, taller at each fifth.

    :raises ValueError: it is due before it starts.
    """
    minutes = round((due - start).total_seconds() / 60)
    if minutes < 1:
        raise ValueError("A tape runs from a start to a later due time.")
    left = (due - now).total_seconds() / 60
    state: TapeState = "late" if left < 0 else "close" if left <= _CLOSE else "running"
    return Tape(minutes, min(max((now - start).total_seconds() / 60, 0.0), float(minutes)), state, 5)


def _draw(tape: Tape, width: int) -> SafeString:
    """One path for each kind of stroke, so that a board of fifty clocks stays light."""
    left, right = 1.5, width - 3.5  # the pin's head needs room at the end
    step = (right - left) / tape.total
    pin = left + tape.used * step

    def paused(tick: float) -> bool:
        return any(begin < tick < end for begin, end in tape.paused)

    used: list[str] = []
    rest: list[str] = []
    for tick in range(tape.total):
        x = left + tick * step
        top = _BASE - (11 if tick % tape.tall_every == 0 else 6.5)
        (used if tick < tape.used and not paused(tick) else rest).append(f"M{x:.1f} {_BASE:g}V{top:g}")
    base_used, here = [], left
    for begin, end in sorted(tape.paused):
        stop = min(left + begin * step, pin)
        base_used.append(f"M{here:.1f} {_BASE:g}H{stop:.1f}")
        here = min(left + end * step, pin)
    base_used.append(f"M{here:.1f} {_BASE:g}H{pin:.1f}")
    dotted = "".join(
        f"M{left + begin * step:.1f} {_BASE:g}H{min(left + end * step, right):.1f}" for begin, end in tape.paused
    )
    shapes = [
        f'<path class="ruler-rest" d="M{pin:.1f} {_BASE:g}H{right:.1f}{"".join(rest)}"/>',
        f'<path class="ruler-used" d="{"".join(base_used)}{"".join(used)}"/>',
    ]
    if dotted:
        shapes.append(f'<path class="ruler-paused" d="{dotted}"/>')
    shapes.append(f'<path class="ruler-due" d="M{right:.1f} {_BASE + 0.75:g}V6.5"/>')
    shapes.append(
        f'<path class="ruler-pin" d="M{pin:.1f} {_BASE + 0.75:g}V5"/>'
        f'<circle class="ruler-head" cx="{pin:.1f}" cy="4.2" r="2.7"/>'
    )
    return format_html(
        '<svg class="ruler ruler-{}" width="{}" height="{}" viewBox="0 0 {} {}" aria-hidden="true"'
        ' focusable="false">{}</svg>',
        tape.state,
        width,
        _HEIGHT,
        width,
        _HEIGHT,
        mark_safe("".join(shapes)),  # noqa: S308
    )
