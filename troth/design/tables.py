"""A table as a value: columns, rows, cells. One template draws it wide, and as blocks on a phone."""

from dataclasses import dataclass
from typing import Literal

from troth.design.coins import coin_svg
from troth.design.rulers import Tape
from troth.design.values import CoinState, Link, Tag


@dataclass(frozen=True)
class Column:
    """
    A column's head. `kind` aligns it: `name` is the row's own header, `number` stands right, `figures` only lines up.

    `word` is what stands before the value on a phone ("Opened"); left empty, the value speaks for itself there.
    """

    head: str
    kind: Literal["text", "name", "number", "figures", "act"] = "text"
    word: str = ""
    sorted: Literal["", "up", "down"] = ""
    href: str = ""  # sorts by this column


@dataclass(frozen=True)
class Cell:
    """A value with a second, smaller line, a tag, a coin, a clock or an act beside it."""

    text: str = ""
    small: str = ""
    href: str = ""
    tag: Tag | None = None
    coin: CoinState | None = None
    tape: Tape | None = None
    act: Link | None = None
    strong: bool = False
    alarm: bool = False
    mono: bool = False

    @property
    def plain(self) -> bool:
        """Whether it is text alone, which is drawn at once: a page of fifty people has hundreds of these."""
        return not (self.small or self.href or self.tag or self.coin or self.tape or self.act)

    @property
    def empty(self) -> bool:
        """Whether it shows nothing, so that a phone leaves its word out."""
        return self.plain and not self.text

    @property
    def coin_svg(self) -> str:
        """The coin's drawing, hidden from assistive technology: the cell's words say the state."""
        return coin_svg(self.coin, 16) if self.coin else ""


@dataclass(frozen=True)
class Line:
    """One row. `group` starts a new group above it."""

    cells: tuple[Cell, ...]
    chosen: bool = False
    group: str = ""


@dataclass(frozen=True)
class Table:
    """
    A table with a caption that says what it lists, in words; `quiet` keeps the caption for those who hear the page.

    :raises ValueError: a row has not one cell for each column.
    """

    caption: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    quiet: bool = True

    def __post_init__(self) -> None:
        for number, line in enumerate(self.lines, start=1):
            if len(line.cells) != len(self.columns):
                raise ValueError(
                    f"Row {number} of “{self.caption}” has {len(line.cells)} cells for {len(self.columns)} columns."
                )

    @property
    def rows(self) -> list[tuple[Line, list[tuple[bool, str, str, Cell]]]]:
        """Each row with its cells, as the template walks them: is it the row's header, classes, word, cell."""
        columns = [(column.kind == "name", f"cell-{column.kind}", column.word) for column in self.columns]
        return [
            (
                line,
                [
                    (name, kind + _looks(cell), "" if cell.empty else word, cell)
                    for (name, kind, word), cell in zip(columns, line.cells, strict=True)
                ],
            )
            for line in self.lines
        ]


def _looks(cell: Cell) -> str:
    looks = ((cell.strong, " cell-strong"), (cell.alarm, " cell-alarm"), (cell.mono, " mono"))
    return "".join(name for holds, name in looks if holds)


def table_of(caption: str, columns: tuple[Column, ...], rows: list[tuple[str | Cell, ...]]) -> Table:
    """This will make a table from rows of plain strings and cells."""
    lines = tuple(Line(tuple(Cell(cell) if isinstance(cell, str) else cell for cell in row)) for row in rows)
    return Table(caption, columns, lines)
