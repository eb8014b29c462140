"""
The tree of RFC 9162 over stored hashes: leaves, and one node for each full subtree of 256, 65,536 … leaves.

A proof reads a handful of runs of at most 256 hashes ('tiles') and computes the seven heights between them.
"""

from collections.abc import Callable, Iterable, Sequence

from troth.ledger.check_export import node_hash

TILE = 256
TILE_HEIGHT = 8
FOLDED = 3  # up to so many heights above what is stored, a node is reckoned again and not kept: eight hashes
EMPTY_ROOT = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")  # SHA-256 of nothing

type_of_reader = Callable[[int, int], Sequence[bytes]]


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over these hashes, taken as the leaves (or full subtrees of one height) of a tree of their own."""
    row = list(hashes)
    while len(row) > 1:
        joined = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        # An odd one out moves up unchanged: the same shape as splitting at the largest power of two.
        row = joined + row[len(joined) * 2 :]
    return row[0] if row else EMPTY_ROOT


def join(peaks: Iterable[bytes]) -> bytes:
    """The root of a tree from the roots of its full subtrees, largest first."""
    result = b""
    for peak in reversed(list(peaks)):
        result = node_hash(peak, result) if result else peak
    return result or EMPTY_ROOT


class Tree:
    """
    A view of a stored tree. `read_tile(height, number)` gives up to 256 hashes: leaves at height 0, nodes above.

    Each tile is read once and each larger node reckoned once, so make a view for each question and do not keep it.
    """

    def __init__(self, read_tile: type_of_reader) -> None:
        self._read = read_tile
        self._tiles: dict[tuple[int, int], Sequence[bytes]] = {}
        self._nodes: dict[tuple[int, int], bytes] = {}

    def root(self, size: int) -> bytes:
        """The root of the first `size` leaves."""
        return self._range(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """
        The path from a leaf to the root of the first `size` leaves (RFC 9162, 2.1.3.1).

        :raises ValueError: there is no such leaf in a tree of this size.
        """
        if not 0 <= index < size:
            raise ValueError("There is no such leaf in a tree of this size.")
        path = []
        start, stop = 0, size
        while stop - start > 1:
            middle = start + _split(stop - start)
            if index < middle:
                path.append(self._range(middle, stop))
                stop = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int, size: int) -> list[bytes]:
        """
        The proof that the first `size` leaves begin with the first `old` (RFC 9162, 2.1.4.1).

        :raises ValueError: the older tree is empty or larger.
        """
        if not 0 < old <= size:
            raise ValueError("The older tree must hold at least one leaf, and no more than the newer.")
        path = []
        start, stop, whole = 0, size, True
        while old != stop - start:
            middle = _split(stop - start)
            if old <= middle:
                path.append(self._range(start + middle, stop))
                stop = start + middle
            else:
                path.append(self._range(start, start + middle))
                start, old, whole = start + middle, old - middle, False
        if not whole:
            path.append(self._range(start, stop))
        return path[::-1]

    def _range(self, start: int, stop: int) -> bytes:
        """The root over leaves `start` to `stop`, a range that the splitting of RFC 9162 leads to."""
        known = self._nodes.get((start, stop))
        if known is None:
            size = stop - start
            level = size.bit_length() - 1
            if size == 1 << level and level % TILE_HEIGHT <= FOLDED:
                known = self._full(level, start)
            else:
                middle = start + _split(size)
                known = node_hash(self._range(start, middle), self._range(middle, stop))
            self._nodes[start, stop] = known
        return known

    def _full(self, level: int, start: int) -> bytes:
        height, below = divmod(level, TILE_HEIGHT)
        number, at = divmod(start >> (height * TILE_HEIGHT), TILE)
        key = (height, number)
        if key not in self._tiles:
            self._tiles[key] = self._read(height, number)
        hashes = self._tiles[key][at : at + (1 << below)]
        if len(hashes) != 1 << below:
            raise LookupError("The stored tree is incomplete; run `troth ledger verify`.")
        return fold(hashes)


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
