"""Contrast, computed as WCAG 2.2 does, and the one colour that a clinic may choose for its band."""

import re

_WHITE = "#FFFFFF"
_LEAST = 4.5
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")


class BandRefused(ValueError):
    """The colour that a clinic chose would be hard to read."""


def contrast(one: str, other: str) -> float:
    """
    The contrast of two colours such as `#17211C`, from 1 to 21.

    :raises ValueError: a colour is not written as six hexadecimal digits.
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def band_stylesheet(colour: str) -> str:
    """
    The stylesheet that gives a clinic's pages its band colour, to be served from the same origin.

    :raises BandRefused: white text on it would stand below 4.5 to 1.
    """
    if not _HEX.fullmatch(colour):
        raise BandRefused("Write the band colour as six hexadecimal digits, such as #0E4B3A.")
    found = contrast(colour, _WHITE)
    if found < _LEAST:
        raise BandRefused(
            f"White text on {colour} stands at {found:.1f} to 1, and needs {_LEAST} to 1. Choose a darker colour."
        )
    return f":root {{ --band: {colour}; }}\n"


def _luminance(colour: str) -> float:
    if not _HEX.fullmatch(colour):
        raise ValueError(f"“{colour}” is not a colour of six hexadecimal digits.")
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
