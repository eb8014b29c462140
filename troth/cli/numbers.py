"""Whole numbers on the command line, between bounds: a port of 99999 is a slip of whoever typed it, and no fault of ours."""

import argparse
from collections.abc import Callable

LARGEST_PORT = 65_535
LARGEST_NUMBER = 2**63 - 1  # what a column holds


def between(least: int, most: int) -> Callable[[str], int]:
    """Read a whole number from `least` to `most`, both included, or say what may stand there."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < 20 and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is no whole number from {least:,} to {most:,}")
        return int(text)

    return read
