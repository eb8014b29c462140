"""
A file laid out in parts, one behind the other, each with its length before it. Whoever knows where a part begins reads that part
alone, so that bringing a file in takes as long as it has rows, and not as long as it has rows for each part.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from troth.bringing.rules.tables import Read

_LENGTH = 8


@dataclass(frozen=True)
class Part:
    """
    Some rows of a file that are done together: those on lines past `after`, up to `until`. `done`: lines that are then over;
    `next_at`: where the next part begins, in bytes.
    """

    after: int
    until: int
    done: int
    is_last: bool
    rows: tuple[tuple[int, dict[str, str]], ...] = ()
    next_at: int = 0


def laid_out(read: Read, *, after: int, most: int, leaving_out: Collection[int]) -> Iterator[bytes]:
    """
    The parts of a file past a line, of at most so many rows each; without the rows of the lines that are left out, which count as
    done all the same. There is one part at least.
    """
    ahead = sorted((each for each in read.rows if each[0] > after), key=lambda each: each[0])
    lines = sorted([*(line for line, _ in read.rows), *(each.line for each in read.faults)])
    starts = range(0, len(ahead), most) or range(1)
    for start in starts:
        rows, last = ahead[start : start + most], start + most >= len(ahead)
        until = max([after, *lines[-1:]]) if last else rows[-1][0]
        kept = [each for each in rows if each[0] not in leaving_out]
        raw = json.dumps([after, until, bisect_right(lines, until), last, kept], ensure_ascii=False).encode()
        yield len(raw).to_bytes(_LENGTH, "big") + raw
        after = until


def read_part(get: Callable[[int, int], bytes], at: int) -> Part:
    """The part that begins at a byte; `get` reads from one byte up to another."""
    size = int.from_bytes(get(at, at + _LENGTH), "big")
    next_at = at + _LENGTH + size
    after, until, done, last, rows = json.loads(get(at + _LENGTH, next_at))
    return Part(after, until, done, last, tuple((line, row) for line, row in rows), next_at)
