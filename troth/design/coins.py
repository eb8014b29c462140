"""The coin: a disc cut by the wave of every page. Five states, told apart by shape before colour."""

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from troth.design.values import CoinState

_HALF_GAP = 0.95
_REACH = 1.9 * 4 / 3  # where a cubic's handles lie, for a half wave of amplitude 1.9
_STEP = 5.0  # half a period; two periods cross the disc


def _wave(x: float, *, down: bool) -> str:
    """The cut along `x`, as the tail of a path that stands at its beginning."""
    parts = []
    for index in range(4):
        side = 1 if index % 2 == (0 if down else 1) else -1
        start, end = (2 + index * _STEP, 7 + index * _STEP) if down else (22 - index * _STEP, 17 - index * _STEP)
        lean = (end - start) * 0.3642
        reach = x + side * _REACH
        parts.append(f"C{reach:.2f} {start + lean:.2f} {reach:.2f} {end - lean:.2f} {x:.2f} {end:.2f}")
    return "".join(parts)


_EDGE = 12 - (10**2 - _HALF_GAP**2) ** 0.5  # where the cut meets the rim
_LEFT = (
    f"M{12 - _HALF_GAP:.2f} {_EDGE:.2f}A10 10 0 0 0 {12 - _HALF_GAP:.2f} {24 - _EDGE:.2f}"
    f"{_wave(12 - _HALF_GAP, down=False)}Z"
)
_RIGHT = (
    f"M{12 + _HALF_GAP:.2f} {_EDGE:.2f}{_wave(12 + _HALF_GAP, down=True)}"
    f"A10 10 0 0 0 {12 + _HALF_GAP:.2f} {_EDGE:.2f}Z"
)
COIN_SHAPES: dict[CoinState, str] = {
    "joined": f'<path d="{_LEFT}{_RIGHT}"/>',
    "running": f'<path d="{_LEFT}"/><path d="M12.6 2.95a9.05 9.05 0 0 1 0 18.1" class="coin-line"/>',
    "waiting": '<circle cx="12" cy="12" r="9.1" class="coin-line coin-dashed"/>',
    "slipped": f'<path d="{_LEFT}" transform="translate(-.3 -2)"/><path d="{_RIGHT}" transform="translate(.9 2)"/>',
    "parted": f'<path d="{_LEFT}" transform="translate(-2 0)"/>'
    f'<path d="{_RIGHT}" transform="translate(2.4 0)" class="coin-line"/>',
}
COIN_SIZES = (16, 20, 24, 56)


@lru_cache(maxsize=64)
def coin_svg(state: CoinState, size: int = 20, label: str = "") -> SafeString:
    """
    This will draw a state's coin. Without a label it is hidden from assistive technology: a word stands beside it.

    :raises ValueError: a state or a size that the design does not have.
    """
    if state not in COIN_SHAPES:
        raise ValueError(f"The coin has no state “{state}”; it has {', '.join(COIN_SHAPES)}.")
    if size not in COIN_SIZES:
        raise ValueError(f"The coin is not drawn at {size}; it is drawn at {', '.join(map(str, COIN_SIZES))}.")
    said = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="coin coin-{}" width="{}" height="{}" viewBox="0 0 24 24" focusable="false" {}>{}</svg>',
        state,
        size,
        size,
        said,
        mark_safe(COIN_SHAPES[state]),  # noqa: S308
    )
