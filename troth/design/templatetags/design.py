"""
The components of every page. `{% load design %}`, then the tags below; each takes plain values of `troth.design`.

Nothing here decides what may be seen: a sheet is given its counterpart by the gate's decision, a refusal its checks.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import slugify

from troth.design import drawing, fields
from troth.design.charts import Chart, Goings
from troth.design.coins import coin_svg
from troth.design.icons import icon_svg
from troth.design.moments import hour_of
from troth.design.once import hidden_field
from troth.design.pages import Section
from troth.design.rulers import Tape
from troth.design.tables import Table
from troth.design.values import (
    COIN_WORDS,
    Alert,
    Banner,
    BannerKind,
    CoinState,
    Counterpart,
    Entry,
    Fate,
    Figure,
    Item,
    Kept,
    Link,
    Paging,
    Parted,
    Row,
    Step,
    TagKind,
)

register = template.Library()

_BANNER_ICONS: dict[BannerKind, str] = {
    "info": "info",
    "caution": "clock",
    "harm": "warning",
    "restriction": "pause",
    "acting": "person",
    "demo": "info",
}


def _part(name: str, /, **values: Any) -> SafeString:
    return render_to_string(f"design/parts/{name}.html", values)


@register.simple_tag
def coin(state: CoinState, size: int = 20, label: str = "") -> SafeString:
    """`{% coin "joined" %}`: the emblem in one of five states. Give `label` where no word stands beside it."""
    return coin_svg(state, size, label)


@register.filter
def hour(moment: datetime) -> str:
    """`{{ at|hour }}`: a time of day as whoever is cared for here reads it, such as `2:30pm`."""
    return hour_of(moment)


@register.filter
def coin_words(state: CoinState) -> str:
    """`{{ state|coin_words }}`: the word that stands beside a coin, such as `Fell short`."""
    return COIN_WORDS[state]


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """`{% icon "lock" %}`: a line icon in the colour of its text, hidden from assistive technology."""
    return icon_svg(name, size)


@register.simple_block_tag(takes_context=True)
def sheet(
    context: Context,
    content: str,
    title: str,
    counterpart: Counterpart,
    *,
    level: int = 2,
    note: str = "",
    links: Iterable[Link] = (),
    eyebrow: str = "",
    unfolded: bool = False,
    name: str = "",
) -> SafeString:
    """
    `{% sheet "Medicines" counterpart %}…{% endsheet %}`: personal data on paper, and why it is visible beside it.

    `links` stand at the head's right; `unfolded` keeps the counterpart open on a phone (questions); `name` is the id.
    """
    return drawing.sheet(
        content,
        title,
        counterpart,
        named=_name(context, name or title),
        level=level,
        note=note,
        head_links=links,
        eyebrow=eyebrow,
        unfolded=unfolded,
    )


@register.filter
def drawn(link: Link) -> SafeString:
    """`{{ link|drawn }}`: a link from its value."""
    return drawing.link(link)


@register.simple_block_tag
def panel(content: str, title: str = "", *, level: int = 2, note: str = "", links: Iterable[Link] = ()) -> SafeString:
    """`{% panel "Your rights" %}…{% endpanel %}`: paper without a counterpart, for what is not personal data."""
    return drawing.panel(content, title, level=level, note=note, head_links=links)


@register.simple_tag(takes_context=True)
def parted(context: Context, title: str, refusal: Parted, *, level: int = 2, name: str = "") -> SafeString:
    """`{% parted "Photographs" refusal %}`: the halves stand apart; which check stopped it, and what can be done."""
    named = _name(context, name or title)
    return _part(
        "parted",
        refusal=refusal,
        level=level,
        head=drawing.head(title, level=level, named=named, beside=drawing.tag("refused", refusal.tag)),
        counterpart=drawing.counterpart(refusal.counterpart, named=named, title=title),
        id=named,
    )


@register.simple_tag(takes_context=True)
def section(context: Context, section: Section, *, level: int = 2) -> SafeString:
    """`{% section section level=3 %}`: a `Section`: its refusal, or its sheet with whatever it holds."""
    if section.refusal:
        return parted(context, section.title, section.refusal, level=level)
    assert section.counterpart is not None  # data never stands without one (`Section`)
    return drawing.sheet(
        drawing.inside(section),
        section.title,
        section.counterpart,
        named=_name(context, section.title),
        level=level,
        note=section.note,
        head_links=section.head_links,
    )


@register.simple_block_tag
def refused_line(content: str, claim: str, *, state: str = "parted") -> SafeString:
    """`{% refused_line "Invoices: not for your role." %}…{% endrefused_line %}`: a refusal inside a list."""
    return _part("refused_line", content=content, claim=claim, state=state)


@register.simple_tag
def ruler(tape: Tape, width: int = 224) -> SafeString:
    """`{% ruler tape %}`: the drawing alone; use `clock` where its words do not stand beside it already."""
    return tape.svg(width)


@register.simple_tag
def clock(tape: Tape, due: str, left: str, counted: str = "") -> SafeString:
    """`{% clock tape "Thu 26 Nov" "2 days" "One month from 26 October" %}`: a ruler and the words that carry it."""
    kind = {"running": "plain", "close": "close", "late": "late"}[tape.state]
    return _part("clock", tape=tape, due=due, left=left, counted=counted, kind=kind)


@register.simple_tag
def tag(kind: TagKind, words: str, *, coin: CoinState | None = None) -> SafeString:
    """`{% tag "late" "3 hours late" %}`: a word on a soft fill; kinds kept, info, close, late, refused, plain."""
    return drawing.tag(kind, words, coin)


@register.simple_tag
def alerts(alerts: Iterable[Alert]) -> SafeString:
    """`{% alerts alerts %}`: the alerts of a card in one row, worst first and widest."""
    rank = {"harm": 0, "caution": 1, "info": 2}
    return _part("alerts", alerts=sorted(alerts, key=lambda alert: rank[alert.kind]))


@register.simple_block_tag
def banner(content: str, kind: BannerKind, claim: str, *, icon: str = "") -> SafeString:
    """`{% banner "caution" "You've looked away." %}…{% endbanner %}`: also harm, restriction and so on."""
    return _part("banner", content=content, kind=kind, claim=claim, icon=icon or _BANNER_ICONS[kind])


@register.simple_tag
def page_banner(banner: Banner) -> SafeString:
    """`{% page_banner banner %}`: the same from a value, as layouts do for restriction and acting for someone."""
    return _part("page_banner", banner=banner, icon=_BANNER_ICONS[banner.kind])


@register.simple_tag
def timeline(entries: Iterable[Entry], label: str = "Timeline") -> SafeString:
    """`{% timeline entries %}`: what happened, newest first; today is filled, what was taken back is a diamond."""
    return _part("timeline", entries=entries, label=label)


@register.simple_tag
def steps(steps: Iterable[Step], label: str) -> SafeString:
    """`{% steps steps "Where your request is" %}`: stages as a line with dots, upright on a phone."""
    steps = list(steps)
    return _part("steps", steps=steps, label=label, many=len(steps) > 6)


@register.simple_tag
def parts(now: int, total: int, words: str, saved: str = "") -> SafeString:
    """`{% parts 4 9 "your health before now" "9:42" %}`: one segment for each part of a questionnaire."""
    return _part(
        "parts",
        now=now,
        total=total,
        words=words,
        saved=saved,
        segments=["done" if part < now else "now" if part == now else "to-come" for part in range(1, total + 1)],
    )


@register.simple_tag
def progress(done: int, total: int, title: str, words: str) -> SafeString:
    """`{% progress 318 332 "Building the copy" "318 of 332 pages" %}`: a long job: bar, count, estimate."""
    return _part("progress", done=done, total=total, title=title, words=words)


@register.simple_tag
def tabs(items: Iterable[Item], label: str) -> SafeString:
    """`{% tabs items "Practitioners" %}`: links with tape under the current one."""
    return _part("tabs", items=items, label=label)


@register.simple_tag
def switch(items: Iterable[Item], label: str) -> SafeString:
    """`{% switch items "View" %}`: joined boxes, the chosen one filled with ink."""
    return _part("switch", items=items, label=label)


@register.simple_tag
def index(items: Iterable[Item], label: str) -> SafeString:
    """`{% index items "Parts of the card" %}`: the side index of a card, with counts, refusals and other roles."""
    return _part("index", items=items, label=label)


@register.simple_block_tag
def empty(content: str, title: str) -> SafeString:
    """`{% empty "No one is waiting" %}…{% endempty %}`: what will appear here, when, and the last time it did."""
    return _part("empty", content=content, title=title)


@register.simple_block_tag
def figures(content: str, figures: Iterable[Figure], label: str = "In figures") -> SafeString:
    """`{% figures figures %}…{% endfigures %}`: a row of large numbers; what is inside stands last, for an act."""
    return _part("figures", content=content if content.strip() else "", figures=figures, label=label)


@register.simple_tag
def rows(rows: Iterable[Row]) -> SafeString:
    """`{% rows rows %}`: what is held, its value, and where it came from."""
    return drawing.rows(rows)


@register.simple_tag
def kept(promises: Iterable[Kept]) -> SafeString:
    """`{% kept promises %}`: what was said and what was done, shortfalls too."""
    return _part("kept", promises=promises)


@register.simple_tag
def fates(fates: Iterable[Fate]) -> SafeString:
    """`{% fates going %}`: what an erasure does to each kind of data, and why."""
    return _part("fates", fates=fates)


@register.simple_tag
def table(table: Table) -> SafeString:
    """`{% table table %}`: a table wide, and one block for each row on a phone."""
    return drawing.table(table)


@register.simple_tag
def paging(paging: Paging, what: str = "rows") -> SafeString:
    """`{% paging paging "events" %}`: where the list stands and its neighbours; nothing where all of it stands on the page."""
    return _part("paging", paging=paging, what=what) if paging.previous or paging.following else SafeString("")


@register.simple_tag
def chart(chart: Chart) -> SafeString:
    """`{% chart chart %}`: the picture, its key when it has several series, and the link to its table."""
    return _part("chart", chart=chart)


@register.simple_tag
def goings(goings: Goings) -> SafeString:
    """`{% goings goings %}`: when each kind of data goes, as a picture and as words."""
    return _part("goings", goings=goings)


@register.simple_tag
def button(
    words: str,
    *,
    kind: str = "first",
    href: str = "",
    name: str = "",
    value: str = "",
    busy: str = "",
    icon: str = "",
    hidden: str = "",
) -> SafeString:
    """
    `{% button "Send answers" busy="Sending…" %}`: first, second, harm, quiet. With `href` a link, else it sends.

    `busy` is said while it is on its way and cannot be sent twice. `hidden` ends its name for people who hear it.
    """
    if kind not in {"first", "second", "harm", "quiet"}:
        raise ValueError(f"A button is first, second, harm or quiet, not {kind}.")
    return drawing.button(words, kind, href=href, name=name, value=value, busy=busy, icon=icon, hidden=hidden)


@register.simple_tag
def not_yet(words: str, reason: str, *, remedy: Link | None = None, name: str = "") -> SafeString:
    """`{% not_yet "Prescribe" "Not yet: …" remedy=link %}`: what can't be done, why, and the remedy."""
    return _part("not_yet", words=words, reason=reason, remedy=remedy, id=name or slugify(words))


@register.simple_tag
def toast(words: str, undo: Link | None = None) -> SafeString:
    """`{% toast "Moved to Thursday 15:00" undo %}`: in ink at the bottom; never the only sign of an error."""
    return _part("toast", words=words, undo=undo)


@register.simple_tag(takes_context=True)
def once(context: Context) -> SafeString:
    """`{% once %}`, beside the token of a form that makes something new: pressed twice, it makes one. What was refused keeps it."""
    return hidden_field(context.get("request"))


@register.simple_tag
def error_summary(form: BaseForm) -> SafeString:
    """`{% error_summary form %}`: what needs mending, at the top, focused, with a link to each field."""
    found = [
        (fields.first_box(form[name]) if name in form.fields else "", message)
        for name, messages in form.errors.items()
        for message in messages
    ]
    return _part("error_summary", found=found)


@register.simple_tag
def field(bound: BoundField, *, width: str = "", legend: str = "") -> SafeString:
    """
    `{% field form.weight width="4" %}`: label, hint, error, then the box; a group for choices and dates.

    `width` hints at the length of what is typed, in characters: 4, 10, 20; else the box fills its text block.
    """
    return _part("field", **fields.described(bound, width=width, legend=legend))


def _name(context: Context, words: str) -> str:
    """An id that stands once on the page: its words, and a number when they were taken."""
    taken: set[str] = context.dicts[0].setdefault("design.names", set())  # the bottom of the stack: includes share it
    wanted = slugify(words) or "part"
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    taken.add(name)
    return name
