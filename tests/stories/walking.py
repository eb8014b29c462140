"""
A walk through every page that an account can come to, by links and by the table of addresses, and what is looked at there.

A page is known by its route and its answer's number: one route refused is another page. The first of each kind is looked at
whole; every later one, for another account or in another clinic, only for what may differ there: width, navigation, headings.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page

from tests.stories.visitors import Visitor

AXE = (Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TELEPHONE: Any = {"width": 390, "height": 844}
DESK: Any = {"width": 1280, "height": 900}
EVERY_RULE: dict[str, Any] = {"resultTypes": ["violations"]}
#: Nothing but colours changes with the scheme.
COLOURS: dict[str, Any] = {**EVERY_RULE, "runOnly": ["color-contrast"]}
MOST_WORDS, MOST_WORDS_AT_THE_DESK, MOST_TABS = 4, 7, 400
#: In place of the number of an answer: this account was led to another page, and the next may see this one.
LED_ELSEWHERE = 400
A_REFUSAL = "a refusal"
#: Only some objects of a page lead on: a visit that is over is not moved. So many are tried until one does.
LEADS_ON, MOST_TRIED = {"desk_visit": "desk_visit_move"}, 12
#: Pages without an object that each account is shown all the same: what stands on them depends on the clinic or the role.
LOOK_DIFFERENT = {
    *("home", "notice", "my_home", "my_data", "security"),
    *("desk_home", "desk_diary", "desk_cases", "desk_tasks", "desk_find", "office_home"),
}
#: Another address of the same page.
ALIASES = {"notice_version": "notice", "desk_diary_day": "desk_diary", "desk_note_templates": "desk_templates"}
#: What a page shows only where script runs: a passkey is made by script, a toast can be sent away, and where one draws (a typed
#: name or words say the same), one can begin anew.
BY_SCRIPT = re.compile(r"passkey|^Dismiss$|^Draw it again$", re.IGNORECASE)

SHAPE = """() => {
  const seen = node => node.checkVisibility({visibilityProperty: true}) && !node.closest('.hidden');
  const wide = document.documentElement;
  const words = [...document.querySelectorAll('.band nav a')].filter(seen);
  const cut = words.filter(each => {
    const box = each.getBoundingClientRect();
    return box.left < -1 || box.right > wide.clientWidth + 1 || each.scrollWidth > each.clientWidth + 1;
  });
  const ids = [...document.querySelectorAll('[id]')].map(each => each.id);
  return {
    heads: [...document.querySelectorAll('h1')].map(each => each.innerText),
    title: document.title,
    over: wide.scrollWidth - wide.clientWidth,
    words: words.length,
    cut: cut.map(each => each.innerText),
    twice: ids.filter((each, at) => ids.indexOf(each) !== at),
    links: [...document.querySelectorAll('a[href]')].filter(each => !each.target).map(each => each.href),
  };
}"""
#: What can be done on a page, by its words: the same with script and without.
ACTIONS = """() => [...document.querySelectorAll('main a[href], main button, main input, main select, main textarea, main summary')]
  .filter(each => each.type !== 'hidden' && each.checkVisibility({visibilityProperty: true}))
  .map(each => (each.innerText || each.name || '').trim()).sort()"""
LISTEN = """() => {
  window.reached = []; window.faint = [];
  document.addEventListener('focusin', event => {
    const ringed = node => {
      const style = getComputedStyle(node);
      return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    };
    const node = event.target, drawn = node.querySelector('rect');
    window.reached.push(node);
    const seen = ringed(node) || (node.matches('input') && ringed(node.parentElement))
      || (drawn && parseFloat(getComputedStyle(drawn).strokeWidth) >= 3);
    if (!seen) window.faint.push(node.outerHTML.slice(0, 120));
  });
}"""
UNREACHED = """() => {
  const open = each => each.type !== 'hidden' && !each.disabled && each.tabIndex >= 0;
  const could = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter(each => open(each) && each.checkVisibility({visibilityProperty: true}));
  const grouped = each => each.type === 'radio' && window.reached.some(other => other.name === each.name);
  return could.filter(each => !window.reached.includes(each) && !grouped(each)).map(each => each.outerHTML.slice(0, 120));
}"""
COUNT = """() => document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]').length"""
#: In forced colours what is told by a fill alone is lost: buttons, fields and the current word must keep an edge.
EDGELESS = """() => [...document.querySelectorAll('.button:not(.button-quiet), .box, .mark, .panel, .counterpart, .banner, .tag')]
  .filter(each => each.checkVisibility() && !['Top', 'Bottom', 'Left'].some(side => {
    const style = getComputedStyle(each);
    return style['border' + side + 'Style'] !== 'none' && parseFloat(style['border' + side + 'Width']) > 0
      && style['border' + side + 'Color'] !== style.backgroundColor && style['border' + side + 'Color'] !== 'rgba(0, 0, 0, 0)';
  })).map(each => each.outerHTML.slice(0, 120))"""


class Kept:
    """Words that several processes put together, each the name of an empty file; of those who add one at once, one is first."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder

    def add(self, *parts: str | int) -> bool:
        """Whether nobody had added it."""
        try:
            (self.folder / "~".join(map(str, parts))).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def holds(self, *parts: str | int) -> bool:
        """Whether somebody has added it."""
        return (self.folder / "~".join(map(str, parts))).exists()

    def all(self) -> list[tuple[str, ...]]:
        """The parts of each."""
        return [tuple(each.name.split("~")) for each in self.folder.iterdir()]


class Walk:
    """What was looked at so far, over all accounts and clinics, by every process that walks; and what was amiss in this one."""

    def __init__(self, shared: Path, pictures: Path | None = None) -> None:
        self.pictures = pictures
        self.opened = Kept(shared / "opened")  # routes without an object that showed their page to somebody
        self.looked_at = Kept(shared / "looked-at")  # route and number of the answer
        self.no_pages = Kept(shared / "no-pages")  # routes of files, and of what is only sent to
        self.clinics = Kept(shared / "clinics")  # those that were walked to the end
        self.faults: list[str] = []

    def through(self, visitor: Visitor, who: str, starts: list[str], unscripted: Page | None = None) -> None:
        """
        This will open one page of every route that `who` can come to from `starts`, and look at each.

        `unscripted` is a tab of the same person in which no script runs.
        """
        waiting, met, titles = list(starts), set[str](), dict[str, str]()
        tried = Counter[str]()
        while waiting:
            path = waiting.pop(0)
            route = route_of(path)
            if route in {"", "sign_out"} or self.no_pages.holds(route):
                continue
            onward = route in LEADS_ON and LEADS_ON[route] not in met and tried[route] < MOST_TRIED
            if route in met and not onward:
                continue
            tried[route] += 1
            if route not in LOOK_DIFFERENT and self.opened.holds(route):
                continue
            met.add(route)
            refused = self._refused(visitor, route, path)
            if refused is not None:
                waiting += [paths for href in refused if (paths := inner_path(href, visitor.clinic))]
                continue
            shape = self.look(visitor, who, route, path, unscripted)
            if shape is None:
                continue
            if shape["status"] < 400 and not resolve(urlsplit(path).path).kwargs:
                self.opened.add(route)
            # A refusal says that it is one, whichever page it stands for.
            page = ALIASES.get(route, route)
            if shape["status"] < 400 and titles.setdefault(shape["title"], page) != page:
                self.faults.append(f"{who}: {route} and {titles[shape['title']]} have one title, {shape['title']}")
            waiting += [paths for href in shape["links"] if (paths := inner_path(href, visitor.clinic))]

    def _refused(self, visitor: Visitor, route: str, path: str) -> list[str] | None:
        """
        Where the refusal leads, if a page is closed to this account. One refusal looks like another: once one was looked at whole,
        the rest are asked for without a window.
        """
        if not any(seen == A_REFUSAL for seen, _ in self.looked_at.all()):
            return None
        answer = visitor.context.request.get(visitor.clinic + path, max_redirects=0)
        a_page = "text/html" in answer.headers.get("content-type", "")
        refused = a_page and self.looked_at.holds(A_REFUSAL, answer.status)
        links = None
        if refused:
            self.looked_at.add(route, answer.status)
            links = [urljoin(answer.url, href) for href in re.findall(r'<a [^>]*href="([^"]+)"', answer.text())]
        answer.dispose()
        return links

    def look(
        self, visitor: Visitor, who: str, route: str, path: str, unscripted: Page | None = None
    ) -> dict[str, Any] | None:
        """Open a page and look at it; nothing for what is no page: a file, a refusal of the method, a step elsewhere."""
        page = visitor.page
        try:
            answer = page.goto(visitor.clinic + path)
        except Error as error:
            # A file is downloaded; an answer that is empty, to a method that the page does not take, is no page.
            if any(
                words in str(error) for words in ("Download is starting", "ERR_ABORTED", "ERR_HTTP_RESPONSE_CODE")
            ):
                self.looked_at.add(route, 200)
                self.no_pages.add(route)
                visitor.take_new_tab()  # the browser's own page about it comes next, and would break in
                return None
            raise
        assert answer is not None
        if "text/html" not in answer.headers.get("content-type", "") or answer.status == 405:
            self.looked_at.add(route, answer.status)
            self.no_pages.add(route)
            return None
        if route_of(urlsplit(page.url).path) != route:  # led elsewhere; that page has its own turn
            return {"title": f"{route} leads elsewhere", "links": [page.url], "status": LED_ELSEWHERE}
        return self.look_here(visitor, who, route, answer.status, unscripted)

    def look_here(
        self, visitor: Visitor, who: str, route: str, status: int = 200, unscripted: Page | None = None
    ) -> dict[str, Any]:
        """Look at the page that stands open."""
        page = visitor.page
        # A refusal of one page looks like that of another.
        kind = (ALIASES.get(route, route), status) if status < 400 else (A_REFUSAL, status)
        first = self.looked_at.add(*kind)
        self.looked_at.add(route, status)
        if first:
            page.evaluate("() => {" + AXE + "}")
        shape: dict[str, Any] = {}
        for size in (TELEPHONE, DESK):
            page.set_viewport_size(size)
            shape = page.evaluate(SHAPE)
            found = list(amiss(shape, most=MOST_WORDS if who in {"nobody", "patient"} else MOST_WORDS_AT_THE_DESK))
            if first:
                found += self._whole(page, f"{who.replace(' ', '-')}-{route}-{status}")
            self.faults += [f"{who}: {route} ({status}) at {size['width']}: {each}" for each in found]
        if first:
            found = [*keyboard_faults(page), *forced_faults(page)]
            if unscripted is not None and status == 200:
                found += unscripted_faults(page, unscripted)
            self.faults += [f"{who}: {route} ({status}): {each}" for each in found]
        return {**shape, "status": status}

    def _whole(self, page: Page, name: str) -> list[str]:
        found = []
        width = page.viewport_size["width"] if page.viewport_size else 0
        for scheme, options in (("light", EVERY_RULE), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            if scheme == "light" or width == DESK["width"]:  # colours are the same at every width
                found += [f"{scheme}: {each}" for each in find_violations(page, options)]
            if self.pictures:
                page.screenshot(path=self.pictures / f"{name}-{width}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        return found


def find_violations(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe finds, as the rule and the first element that breaks it."""
    found = page.evaluate("options => axe.run(document, options).then(all => all.violations)", options)
    return [f"{each['id']} ({len(each['nodes'])}): {each['nodes'][0]['html'][:160]}" for each in found]


def look_at(visitor: Visitor, path: str) -> list[str]:
    """One page by itself, both widths, both schemes; a sentence for each thing amiss."""
    page, found = visitor.page, []
    visitor.go(path)
    page.evaluate("() => {" + AXE + "}")
    for width in (DESK, TELEPHONE):
        page.set_viewport_size(width)
        for scheme, options in (("light", EVERY_RULE), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            found += [f"{path} at {width['width']}, {scheme}: {each}" for each in find_violations(page, options)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{path} at {width['width']}: wider than the window")
    page.set_viewport_size(DESK)
    return found


def keyboard_faults(page: Page) -> Iterator[str]:
    """What the Tab key does not come to, and where one cannot see that it has."""
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    page.evaluate(LISTEN)
    for _ in range(min(MOST_TABS, page.evaluate(COUNT) + 2)):
        page.keyboard.press("Tab")
    yield from (f"Tab does not reach {each}" for each in page.evaluate(UNREACHED))
    yield from (f"no focus to be seen on {each}" for each in page.evaluate("() => [...new Set(window.faint)]"))


def forced_faults(page: Page) -> Iterator[str]:
    """What loses its edge where the reader's own colours replace ours."""
    page.emulate_media(forced_colors="active")
    yield from (f"no edge in forced colours: {each}" for each in page.evaluate(EDGELESS))
    page.emulate_media(forced_colors="none")


def unscripted_faults(page: Page, unscripted: Page) -> Iterator[str]:
    """What can be done on the page only where script runs, or only where none does."""
    unscripted.goto(page.url)
    with_script, without = page.evaluate(ACTIONS), unscripted.evaluate(ACTIONS)
    for words in {*with_script} ^ {*without}:
        if not BY_SCRIPT.search(words):
            yield f"“{words}” is there only {'with' if words in with_script else 'without'} script"


def amiss(shape: dict[str, Any], *, most: int) -> Iterator[str]:
    """What the shape of a page shows: its headings, its width, and the words of its band, of which there are `most`."""
    if len(shape["heads"]) != 1:
        yield f"{len(shape['heads'])} first headings: {shape['heads']}"
    if shape["over"] > 0:
        yield f"wider than the window by {shape['over']}"
    if shape["cut"]:
        yield f"cut in the navigation: {', '.join(shape['cut'])}"
    if shape["words"] > most:
        yield f"{shape['words']} words in the navigation"
    if shape["twice"]:
        yield f"an id stands twice: {', '.join(shape['twice'])}"


def route_of(path: str) -> str:
    """The name that an address has in the table; empty for what is no page of ours."""
    try:
        return resolve(urlsplit(path).path).url_name or ""
    except Resolver404:
        return ""


def inner_path(href: str, clinic: str) -> str:
    """The path of a link that stays within the clinic; empty for every other."""
    return href.removeprefix(clinic).partition("#")[0] if href.startswith(f"{clinic}/") else ""
