"""
The parts that stand on a page by the dozen, drawn in plain Python: links, tags, buttons, rows, tables, sheets.

As templates they were the greater half of what a page of somebody's data cost. Everything that comes from outside this module
goes through `_said`; what is written here is markup. Other parts are templates, in `templates/design/parts`.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from troth.design.coins import coin_svg
from troth.design.icons import icon_svg
from troth.design.pages import Section
from troth.design.tables import Cell, Column, Table
from troth.design.values import CoinState, Counterpart, Link, Row, TagKind, Term

_WARNING, _LOCK = icon_svg("warning", 16), icon_svg("lock", 16)
TAG_COINS: dict[TagKind, CoinState] = {"refused": "parted"}


def _said(value: Any) -> str:
    """A value as text of a page: escaped, unless it is markup that the design drew."""
    return escape(value) if value.__class__ is str else str(conditional_escape(value))


def _markup(text: str) -> SafeString:
    return mark_safe(text)  # noqa: S308  every value in it went through `_said`


def link(link: Link) -> SafeString:
    """A link, and the end of its name for those who hear it."""
    hidden = f'<span class="hidden"> {_said(link.hidden)}</span>' if link.hidden else ""
    return _markup(f'<a href="{_said(link.href)}">{_said(link.words)}{hidden}</a>')


def links(links: Iterable[Link]) -> str:
    """Links one after the other, as a list of acts."""
    return "".join(map(link, links))


def tag(kind: TagKind, words: str, coin: CoinState | None = None) -> SafeString:
    """A word on a soft fill, with the coin or the sign that says the same without colour."""
    shown = coin or TAG_COINS.get(kind)
    sign = coin_svg(shown, 16) if shown else _WARNING if kind == "late" else ""
    return _markup(f'<span class="tag tag-{_said(kind)}">{sign}{_said(words)}</span>')


def button(
    words: str,
    kind: str = "first",
    *,
    href: str = "",
    name: str = "",
    value: str = "",
    busy: str = "",
    icon: str = "",
    hidden: str = "",
) -> SafeString:
    """An act: with `href` a link, else what sends the form."""
    inside = (
        (icon_svg(icon) if icon else "")
        + _said(words)
        + (f'<span class="hidden"> {_said(hidden)}</span>' if hidden else "")
    )
    looks = f'class="button button-{_said(kind)}"'
    if href:
        return _markup(f'<a {looks} href="{_said(href)}">{inside}</a>')
    named = f' name="{_said(name)}" value="{_said(value)}"' if name else ""
    waits = f' data-busy="{_said(busy)}"' if busy else ""
    return _markup(f'<button {looks} type="submit"{named}{waits}>{inside}</button>')


def head(
    title: str,
    *,
    level: int = 2,
    note: str = "",
    head_links: Iterable[Link] = (),
    eyebrow: str = "",
    named: str = "",
    beside: str = "",
) -> SafeString:
    """The head of a sheet or a panel. `beside`: a tag that stands under the title."""
    own = f' id="{_said(named)}"' if named else ""
    acts = links(head_links)
    return _markup(
        '<div class="head"><div class="head-words">'
        + (f'<p class="eyebrow">{_said(eyebrow)}</p>' if eyebrow else "")
        + f'<h{level} class="section-title"{own}>{_said(title)}</h{level}>'
        + (_said(beside) if beside else "")
        + (f'<p class="head-note">{_said(note)}</p>' if note else "")
        + "</div>"
        + (f'<p class="head-links">{acts}</p>' if acts else "")
        + "</div>"
    )


def _terms(terms: Iterable[Term]) -> str:
    each = (f"<div><dt>{_said(term.label)}</dt><dd>{_said(term.value)}</dd></div>" for term in terms)
    return f'<dl class="terms">{"".join(each)}</dl>'


def counterpart(counterpart: Counterpart, *, named: str, title: str, unfolded: bool = False) -> SafeString:
    """The strip that says why the sheet beside it is visible; on a phone it folds to one line, unless it is `unfolded`."""
    way = f'<p class="why-link">{link(counterpart.link)}</p>' if counterpart.link else ""
    whole, own = _terms(counterpart.terms) + way, _said(named)
    shown = unfolded or counterpart.kind == "parted"
    folded = (
        f'<details class="fold"><summary>{_said(counterpart.fold)} <span class="more">More<span class="hidden"> about'
        f" {_said(title)}</span></span></summary>{whole}</details>"
    )
    return _markup(
        f'<aside class="counterpart{" counterpart-open" if shown else ""}" aria-labelledby="{own}-why {own}">'
        f'<p class="why" id="{own}-why">{coin_svg(counterpart.kind, 20)} {_said(counterpart.title)}</p>'
        f'<div class="whole">{whole}</div>{"" if shown else folded}</aside>'
    )


def sheet(
    content: str,
    title: str,
    why: Counterpart,
    *,
    named: str,
    level: int = 2,
    note: str = "",
    head_links: Iterable[Link] = (),
    eyebrow: str = "",
    unfolded: bool = False,
) -> SafeString:
    """Personal data on paper, and its counterpart beside it."""
    top = head(title, level=level, note=note, head_links=head_links, eyebrow=eyebrow, named=named)
    strip = counterpart(why, named=named, title=title, unfolded=unfolded)
    return _markup(
        f'<section class="deed deed-{_said(why.kind)}" aria-labelledby="{_said(named)}">\n'
        f'<div class="sheet">{top}\n{_said(content)}\n</div>\n{strip}\n</section>\n'
    )


def panel(
    content: str, title: str = "", *, level: int = 2, note: str = "", head_links: Iterable[Link] = ()
) -> SafeString:
    """Paper without a counterpart."""
    top = head(title, level=level, note=note, head_links=head_links) if title else ""
    return _markup(f'<section class="panel">\n{top}{_said(content)}\n</section>\n')


def inside(section: Section) -> SafeString:
    """What stands on the sheet of a section: its table, rows, paragraphs, addition, signature and ways on."""
    made: list[str] = [table(section.table)] if section.table else []
    if section.rows:
        made.append(rows(section.rows))
    if section.prose:
        made.append(f'<div class="prose">{"".join(f"<p>{_said(each)}</p>" for each in section.prose)}</div>')
    if section.addition:
        made.append(f'<p class="addition">{_said(section.addition)}</p>')
    if section.signed:
        made.append(f'<p class="signed">{_LOCK} {_said(section.signed)}</p>')
    if section.links:
        made.append(f'<p class="links">{links(section.links)}</p>')
    return _markup("\n".join(made))


def rows(rows: Iterable[Row]) -> SafeString:
    """What is held, its value, and where that came from."""
    return _markup('<dl class="rows">\n' + "\n".join(map(_row, rows)) + "\n</dl>\n")


def _row(row: Row) -> str:
    note = ""
    if row.note or row.link:
        sign = f"{_WARNING} " if row.flagged else ""
        note = f' <span class="row-note">{sign}{_said(row.note)} {link(row.link) if row.link else ""}</span>'
    return (
        f'<div class="row{" row-flagged" if row.flagged else ""}"><dt>{_said(row.label)}</dt><dd>'
        f'<span class="row-value{" mono breaks" if row.mono else ""}">{_said(row.value)}</span>{note}</dd></div>'
    )


_SORTED = {"up": ("ascending", icon_svg("up", 16)), "down": ("descending", icon_svg("down", 16))}


def table(table: Table) -> SafeString:
    """A table wide, and one block for each row on a phone, for which each cell carries its word."""
    across = len(table.columns)
    quiet = ' class="hidden"' if table.quiet else ""
    body: list[str] = []
    for line, cells in table.rows:
        if line.group:
            body.append(
                f'<tr class="table-group" role="row"><th scope="colgroup" role="columnheader" colspan="{across}">'
                f"{_said(line.group)}</th></tr>"
            )
        chosen = ' class="chosen" aria-current="true"' if line.chosen else ""
        body.append(f'<tr role="row"{chosen}>{"".join(_cell(*cell) for cell in cells)}</tr>')
    return _markup(
        f'<div class="table-frame"><table class="table" role="table"><caption{quiet}>{_said(table.caption)}</caption>\n'
        f'<thead role="rowgroup"><tr role="row">{_heads(table.columns)}</tr></thead>\n'
        f'<tbody role="rowgroup">\n{chr(10).join(body)}\n</tbody></table></div>\n'
    )


def _heads(columns: Sequence[Column]) -> str:
    made = []
    for column in columns:
        order, arrow = _SORTED.get(column.sorted, ("", ""))
        words = _said(column.head)
        if column.href:
            words = f'<a href="{_said(column.href)}">{words}</a>'
        elif column.kind == "act":
            words = f'<span class="hidden">{words}</span>'
        sort = f' aria-sort="{order}"' if order else ""
        made.append(f'<th scope="col" role="columnheader" class="cell-{column.kind}"{sort}>{words}{arrow}</th>')
    return "".join(made)


def _cell(name: bool, classes: str, word: str, cell: Cell) -> str:
    said = f'<span class="cell-word" aria-hidden="true">{_said(word)}: </span>' if word else ""
    if cell.plain:
        said += f'<span class="cell-value">{_said(cell.text)}</span>'
    else:
        said += "\n".join(_pieces(cell))
    if name:
        return f'<th scope="row" role="rowheader" class="{classes}">{said}</th>'
    return f'<td role="cell" class="{classes}">{said}</td>'


def _pieces(cell: Cell) -> Iterable[str]:
    if cell.coin:
        yield cell.coin_svg
    if cell.tape:
        yield cell.tape.svg()
    if cell.text and cell.href:
        yield f'<a class="cell-link" href="{_said(cell.href)}">{_said(cell.text)}</a>'
    elif cell.text:
        yield f'<span class="cell-value">{_said(cell.text)}</span>'
    if cell.tag:
        yield tag(cell.tag.kind, cell.tag.words)
    if cell.small:
        yield f"<small>{_said(cell.small)}</small>"
    if cell.act:
        yield button(cell.act.words, "second", href=cell.act.href, hidden=cell.act.hidden)
