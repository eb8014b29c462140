"""The pages as a browser gets them: asked of this server's own code, without a network, as somebody who is not signed in."""

import contextvars
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.handlers.base import BaseHandler
from django.db import connections
from django.http import HttpRequest
from django.template import engines
from django.urls import URLPattern, URLResolver, get_resolver, reverse, set_urlconf
from django.utils import timezone

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.notice import selectors as notices
from troth.work.reporting import ASKED_BY_ITSELF

_PREFIXES = ("__Host-", "__Secure-")
_LOADED = {
    ("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("video", "src"),
    ("audio", "src"), ("embed", "src"), ("object", "data"), ("input", "src"), ("track", "src"),
}  # fmt: skip
_ELSEWHERE = re.compile(r"^\s*(?:https?:)?//", re.IGNORECASE)
_IN_STYLE = re.compile(r"(?:@import\s+|url\()\s*['\"]?\s*((?:https?:)?//[^'\")\s]+)", re.IGNORECASE)
_HELD_TO_ITSELF = (
    "default-src 'self'",
    "script-src 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
)


#: On these somebody writes to us whom we do not know yet.
_FIRST_FORMS = ("register", "ask")
#: What every page is asked with, as if by a link elsewhere.
_CAME_FROM = "https://elsewhere.example/zq-came-from"
_REFERRER = re.compile(r"referr?er$", re.IGNORECASE)
#: Pages whose choices show how something is set now, which is no agreement to anything: how pages look.
_SHOWS_WHAT_IS = frozenset({"look"})


class Answer(NamedTuple):
    """One page as it was answered."""

    route: str
    status: int
    headers: dict[str, str]
    cookies: tuple[str, ...]
    flags: tuple[tuple[str, bool], ...]  # each cookie, and whether scripts and other sites are kept from it
    body: str


@check("site.headers", looks_at="the headers of every public page, as this server answers them")
def headers(question: Question) -> Finding:
    """Every page forbids other sites' scripts and frames, sends no referrer, and is not guessed at."""
    answers = _public_pages(question.at)
    bare = [answer.route for answer in answers if not _is_guarded(answer)]
    counts = {"pages": len(answers), "without": len(bare)}
    if bare or not answers:
        return Finding(False, f"{counted(len(bare), 'page')} without the headers that keep other sites out", counts)
    return Finding(
        True,
        f"{counted(len(answers), 'public page')} forbid what other sites would load, and send no referrer",
        counts,
    )


@check("site.own", looks_at="every template and style sheet, and every public page as it is answered")
def own(question: Question) -> Finding:
    """Nothing on any page is loaded from another site: no advertisement, no counter, no font."""
    files = [*_templates(), *_styles()]
    places = [path.name for path in files for _ in _foreign(path.read_text(encoding="utf-8", errors="replace"))]
    answers = _public_pages(question.at)
    places += [answer.route for answer in answers for _ in _foreign(answer.body)]
    counts = {"files": len(files), "pages": len(answers), "from_elsewhere": len(places)}
    if places:
        return Finding(False, f"{places[0]} would load something from another site", counts)
    return Finding(
        True,
        f"{counted(len(files), 'template and style sheet', 'templates and style sheets')}"
        f" and {counted(len(answers), 'page')} load nothing from another site",
        counts,
    )


@check("site.cookies", looks_at="every cookie that a public page sets, and the notice’s list", page="notice")
def cookies(question: Question) -> Finding:
    """Every cookie set before anybody agreed to anything stands in the notice, and none of them needs consent."""
    version = notices.version_in_force(question.at)
    listed = notices.notice_of(version).cookies if version else None
    free = {each.name for each in listed.stored if each.exempt} if listed else set()
    answers = _public_pages(question.at)
    set_ = sorted({_plain(name) for answer in answers for name in answer.cookies})
    strange = [name for name in set_ if name not in free]
    counts = {"pages": len(answers), "cookies_set": len(set_), "not_in_the_notice": len(strange)}
    if strange or not answers:
        return Finding(
            False,
            f"Our pages set a cookie that the notice doesn’t list as needed: {', '.join(strange) or 'none answered'}",
            counts,
        )
    names = ", ".join(set_) or "none"
    return Finding(
        True,
        f"{counted(len(answers), 'public page')} set {names}: each is in the notice and needs no consent",
        counts,
    )


@check("site.cookie_flags", looks_at="the flags of every cookie that a public page sets")
def cookie_flags(question: Question) -> Finding:
    """Cookies cannot be read by scripts, are not sent along by other sites, and belong to this host alone."""
    answers = _public_pages(question.at)
    flags = [flag for answer in answers for flag in answer.flags]
    loose = sorted({name for name, sound in flags if not sound})
    counts = {"pages": len(answers), "cookies": len(flags), "loose": len(loose)}
    if loose or not answers:
        return Finding(False, f"Scripts or other sites can use the cookie {', '.join(loose)}", counts)
    return Finding(True, "Cookies are for this site alone, and no script can read them", counts)


@check("site.unticked", looks_at="every box and choice on the public forms")
def unticked(question: Question) -> Finding:
    """No box on a public form is ticked and nothing is chosen beforehand."""
    answers = _public_pages(question.at)
    boxes = ticked = 0
    for answer in answers:
        if answer.route in _SHOWS_WHAT_IS:
            continue
        found = _Inputs()
        found.feed(answer.body)
        boxes += found.boxes
        ticked += found.ticked
    counts = {"pages": len(answers), "boxes": boxes, "ticked": ticked}
    if ticked or not answers:
        return Finding(False, f"{counted(ticked, 'box', 'boxes')} ticked before anybody chose", counts)
    return Finding(
        True,
        f"{counted(len(answers), 'public page')} have {counted(boxes, 'box', 'boxes')}, none ticked beforehand",
        counts,
    )


@check("site.asked_first", looks_at="the forms on which somebody who is no patient yet writes to us")
def asked_first(question: Question) -> Finding:
    """Registering and asking have a form each, and beside it stands what it is for, why the law lets us, and how long."""
    answers = {answer.route: answer for answer in _public_pages(question.at)}
    asked = [name for name in _FIRST_FORMS if name in answers]
    bare = [name for name in asked if "<form" not in answers[name].body or "counterpart" not in answers[name].body]
    counts = {"forms": len(asked), "without_why": len(bare)}
    if bare or not asked:
        return Finding(False, f"The page {bare[0] if bare else _FIRST_FORMS[0]} asks without saying why", counts)
    return Finding(
        True, f"{counted(len(asked), 'form').capitalize()} to write to us, each with its reason beside it", counts
    )


@check("site.referrer", looks_at="every public page, asked with the address of another site, and every column’s name")
def referrer(question: Question) -> Finding:
    """Where somebody came from is not answered back, set as a cookie, nor given a place in a table."""
    answers = _public_pages(question.at)
    kept = [each.route for each in answers if _CAME_FROM in f"{each.body}{each.headers}{each.cookies}"]
    columns = [name for alias in connections for name in _columns(alias) if _REFERRER.search(name)]
    counts = {"pages": len(answers), "used": len(kept), "columns": len(columns)}
    if kept or columns or not answers:
        return Finding(False, f"{(kept or columns or ['No page'])[0]} keeps or uses where somebody came from", counts)
    return Finding(
        True,
        f"{counted(len(answers), 'public page')} use nothing of where somebody came from, and no table has a place for it",
        counts,
    )


def _columns(alias: str) -> list[str]:
    with connections[alias].cursor() as cursor:
        describe = connections[alias].introspection
        return [
            column.name
            for table in describe.table_names(cursor)
            for column in describe.get_table_description(cursor, table)
        ]


@check("site.closed", looks_at="every page that holds personal data, asked for by somebody who is not signed in")
def closed(question: Question) -> Finding:
    """Whoever is not signed in is sent to the sign-in page by every page that opens personal data."""
    asked, opened = 0, []
    for route, path in _pages(public=False):
        answer = _ask(route, path)
        asked += 1
        if (answer.status, answer.headers.get("Location")) != (302, reverse("sign_in")):
            opened.append(route)
    counts = {"pages": asked, "answered": len(opened)}
    if opened or not asked:
        return Finding(False, f"The page {opened[0] if opened else ''} answers people who are not signed in", counts)
    return Finding(
        True, f"All {asked} pages with personal data send people who are not signed in to the sign-in page", counts
    )


@check("site.tls", looks_at="whether pages, cookies and databases are reached by TLS alone")
def tls(question: Question) -> Finding:
    """Cookies travel by TLS alone, browsers are told to stay with it, and a database elsewhere is reached by TLS."""
    if not (
        settings.TROTH_SECURE_COOKIES and settings.CSRF_COOKIE_SECURE and settings.SECURE_HSTS_SECONDS >= 31_536_000
    ):
        return Finding(False, "This server answers without TLS: it is set up for this machine alone")
    loose = [alias for alias in connections if _is_loose(alias)]
    counts = {"hsts_days": settings.SECURE_HSTS_SECONDS // 86_400, "databases_without_tls": len(loose)}
    if loose:
        return Finding(False, f"{counted(len(loose), 'database')} elsewhere may be reached without TLS", counts)
    return Finding(True, "Pages, cookies and databases are reached by TLS alone", counts)


def _is_loose(alias: str) -> bool:
    at = connections[alias].settings_dict
    host = str(at.get("HOST") or "")
    if (
        connections[alias].vendor != "postgresql"
        or not host
        or host.startswith("/")
        or host in ("localhost", "127.0.0.1", "::1")
    ):
        return False
    return at.get("OPTIONS", {}).get("sslmode") not in ("require", "verify-ca", "verify-full")


def _is_guarded(answer: Answer) -> bool:
    policy = answer.headers.get("Content-Security-Policy", "")
    return (
        all(part in policy for part in _HELD_TO_ITSELF)
        and "unsafe" not in policy
        and answer.headers.get("Referrer-Policy") == "no-referrer"
        and answer.headers.get("X-Content-Type-Options") == "nosniff"
    )


@lru_cache(maxsize=1)
def _public_pages(at: datetime) -> list[Answer]:
    """Every public page as it is answered; the checks of one look share what was answered at its moment."""
    return [answer for route, path in _pages(public=True) if (answer := _ask(route, path)).status == 200]


def _pages(*, public: bool) -> Iterator[tuple[str, str]]:
    """Name and path of every page that the notice switches on, with anything in the parts of its address."""
    register = notices.register_in_force(timezone.now())
    for pattern in _patterns(get_resolver()):
        row = getattr(pattern.callback, "row", None)
        if row is None or row.opens_data == public or not row.is_on(register):
            continue
        parts = {
            name: _SAMPLES.get(type(converter).__name__, "x")
            for name, converter in pattern.pattern.converters.items()
        }
        if public and parts:
            continue
        yield row.name, reverse(row.name, kwargs=parts)


_SAMPLES = {"UUIDConverter": "00000000-0000-4000-8000-000000000000", "IntConverter": 1, "SlugConverter": "x"}


def _patterns(resolver: URLResolver) -> list[URLPattern]:
    found: list[URLPattern] = []
    for each in resolver.url_patterns:
        found += _patterns(each) if isinstance(each, URLResolver) else [each]
    return found


class _Asker(BaseHandler):
    """Django's own handler, without its line in the log about an answer that is no success: nobody was turned away."""

    def answer(self, request: HttpRequest) -> Any:
        """The answer, through every middleware."""
        set_urlconf(settings.ROOT_URLCONF)
        chain: Any = self._middleware_chain  # type: ignore[attr-defined]
        return chain(request)


def _ask(route: str, path: str) -> Answer:
    """Answer a GET by this server's own code, as a stranger: in a context of its own, so that nothing of ours is open in it."""
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = path
    host = next((each for each in settings.ALLOWED_HOSTS if each not in ("*", "[::1]")), "localhost").lstrip(".")
    request.META.update(
        {
            "SERVER_NAME": host,
            "SERVER_PORT": "443",
            "HTTP_HOST": host,
            "REMOTE_ADDR": "127.0.0.1",
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "HTTP_REFERER": _CAME_FROM,
            ASKED_BY_ITSELF: "yes",
        }
    )
    handler = _Asker()
    handler.load_middleware()
    response: Any = contextvars.Context().run(handler.answer, request)
    body = b"".join(response) if getattr(response, "streaming", False) else response.content
    jar: SimpleCookie = response.cookies
    flags = tuple(
        (_plain(name), bool(each["httponly"] and each["samesite"] in ("Lax", "Strict") and not each["domain"]))
        for name, each in jar.items()
    )
    return Answer(
        route, response.status_code, dict(response.headers), tuple(jar), flags, body.decode("utf-8", "replace")
    )


def _plain(name: str) -> str:
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name


def _templates() -> list[Path]:
    return [
        path
        for engine in engines.all()
        for folder in (*engine.dirs, *engine.template_dirs)
        if "troth" in Path(folder).parts or folder in engine.dirs
        for path in sorted(Path(folder).rglob("*.html"))
    ]


def _styles() -> list[Path]:
    return [
        Path(storage.path(name))
        for finder in finders.get_finders()
        for name, storage in finder.list([])
        if name.endswith(".css")
    ]


def _foreign(text: str) -> list[str]:
    """What a page or style sheet would load from another site."""
    found = _Inputs()
    found.feed(text)
    return [*found.foreign, *_IN_STYLE.findall(text)]


class _Inputs(HTMLParser):
    """Counts boxes, those that are ticked, and what would be loaded from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes = self.ticked = 0
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") in ("checkbox", "radio"):
            self.boxes += 1
            self.ticked += "checked" in given
        for name, value in attrs:
            if (tag, name) in _LOADED and value and _ELSEWHERE.match(value):
                self.foreign.append(value)
