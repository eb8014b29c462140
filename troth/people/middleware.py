"""Who is at the other end of a request: the session's cookie in, `request.actor` out. It goes inside the boundary's middleware."""

import os
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from troth.gate import actors
from troth.people import services
from troth.people.selectors.history import Came
from troth.people.selectors.sessions import LIFE, SignedIn, open_session
from troth.people.selectors.signing_in import SecondStep
from troth.people.selectors.tickets import open_ticket, seal_ticket
from troth.vault import secrets as vault_secrets

WANTED_FOR = timedelta(minutes=10)
#: Between the password and the second factor.
SECOND_WITHIN = timedelta(minutes=5)
#: A browser is known again for this long after it last signed somebody in.
KNOWN_FOR = timedelta(days=365)
_MOST_KNOWN = 8  # accounts that one browser is known for
HELD_FOR = timedelta(hours=1)
_NOBODY = UUID(int=0)
_LONGEST_PATH = 300
# A path of our own: it begins with one slash, and carries neither query nor fragment nor backslash.
_OWN_PATH = re.compile(r"/(?:[A-Za-z0-9._~-]+/?)*")
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "a Mac"),
    ("CrOS", "a Chromebook"),
    ("Linux", "Linux"),
)


class Browser:
    """
    The browser of one request: its open session, and what its cookies should become. Views change it, the middleware sends it.

    The page that a stranger wanted is kept in a sealed cookie: not in an address, and in no table, which strangers could fill.
    """

    def __init__(self, request: HttpRequest, signed_in: SignedIn | None) -> None:
        self.signed_in = signed_in
        self.cookie = request.COOKIES.get(cookie_name("troth_session"), "") if signed_in else ""
        self._came_with = request.COOKIES
        self._at: datetime = request.at  # type: ignore[attr-defined]
        self._session: str | None = None  # None: as it was; "": ended; else the new cookie
        self._wanted: str | None = None
        self._second: str | None = None
        self._device: str | None = None
        self._link: str | None = None

    def begin(self, cookie: str) -> None:
        """Send the cookie of a new session."""
        self._session = cookie

    def end(self) -> None:
        """Forget the session, and everything that the browser kept of these pages."""
        self._session = ""

    def remember_destination(self, path: str) -> None:
        """Keep the page that was asked for, until the person has signed in."""
        if len(path) <= _LONGEST_PATH and _OWN_PATH.fullmatch(path):
            nonce = os.urandom(12)
            self._wanted = (nonce + _wanted_cipher().encrypt(nonce, path.encode(), b"wanted")).hex()

    def take_destination(self) -> str:
        """The page that was asked for before signing in, or "". It is taken once."""
        held, self._wanted = self._came_with.get(cookie_name("troth_wanted"), ""), ""
        try:
            blob = bytes.fromhex(held)
            return _wanted_cipher().decrypt(blob[:12], blob[12:], b"wanted").decode()
        except (ValueError, InvalidTag):
            return ""

    def await_second(self, subject: UUID | None, account: str, seen: str) -> None:
        """
        Remember, sealed, that a password was looked at and a second factor is due. `subject` is None if it was wrong, and nobody's
        number stands for it then: the length of the cookie tells nothing.
        """
        said = {"subject": (subject or _NOBODY).hex, "account": account, "seen": seen}
        self._second = seal_ticket("second step", said, at=self._at, lasts=SECOND_WITHIN)

    @property
    def awaited(self) -> SecondStep | None:
        """Whose second factor is due in this browser, or None: nobody's, or it took too long."""
        said = open_ticket("second step", self._came_with.get(cookie_name("troth_second"), ""), at=self._at)
        if said is None:
            return None
        subject = UUID(said["subject"])
        return SecondStep(None if subject == _NOBODY else subject, said["account"], seen=said.get("seen", "0"))

    def forget_second(self) -> None:
        """The second step is over, one way or the other."""
        self._second = ""

    def known_to(self, account: str) -> str:
        """The number of this browser if it signed that account in before (the account's keyed mark), else ""."""
        number, accounts = self._known()
        return number if account in accounts else ""

    def learn(self, account: str) -> None:
        """This browser has signed that account in: its tries are counted by themselves from now on."""
        number, accounts = self._known()
        kept = [account, *(each for each in accounts if each != account)][:_MOST_KNOWN]
        said = {"number": number or secrets.token_hex(16), "accounts": " ".join(kept)}
        self._device = seal_ticket("device", said, at=self._at, lasts=KNOWN_FOR)

    def _known(self) -> tuple[str, list[str]]:
        said = open_ticket("device", self._came_with.get(cookie_name("troth_device"), ""), at=self._at)
        return (said["number"], said["accounts"].split()) if said else ("", [])

    def hold_link(self, token: str) -> None:
        """Keep the token of a link that was followed, so that it stands in no address and no history (pitfalls B1)."""
        nonce = os.urandom(12)
        self._link = (nonce + _wanted_cipher().encrypt(nonce, token.encode(), b"link")).hex()

    def held_link(self) -> str:
        """The token of the link that was followed, or ""."""
        try:
            blob = bytes.fromhex(self._came_with.get(cookie_name("troth_link"), ""))
            return _wanted_cipher().decrypt(blob[:12], blob[12:], b"link").decode()
        except (ValueError, InvalidTag):
            return ""

    def drop_link(self) -> None:
        """Forget it: it was used, or is over."""
        self._link = ""

    def send(self, response: HttpResponseBase) -> None:
        """Put what has changed on the response."""
        for name, value, age in (
            ("troth_session", self._session, LIFE),
            ("troth_wanted", self._wanted, WANTED_FOR),
            ("troth_second", self._second, SECOND_WITHIN),
            ("troth_device", self._device, KNOWN_FOR),
            ("troth_link", self._link, HELD_FOR),
        ):
            if value:
                response.set_cookie(
                    cookie_name(name),
                    value,
                    max_age=age,
                    path="/",
                    secure=settings.TROTH_SECURE_COOKIES,
                    httponly=True,
                    samesite="Lax",
                )
            elif value == "" and cookie_name(name) in self._came_with:
                response.delete_cookie(cookie_name(name), path="/", samesite="Lax")
        if self._session == "":
            response.headers["Clear-Site-Data"] = '"cache", "storage"'


class SessionMiddleware:
    """
    Says who is signed in: `request.actor`, `request.browser`, `request.remember_destination`.

    A page fetched before anybody asked for it is refused to those signed in: it would write that they looked (pitfalls B17).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        at = request.at  # type: ignore[attr-defined]
        cookie = request.COOKIES.get(cookie_name("troth_session"), "")
        signed_in = open_session(cookie, at=at) if cookie else None
        browser = Browser(request, signed_in)
        request.browser = browser  # type: ignore[attr-defined]
        request.remember_destination = browser.remember_destination  # type: ignore[attr-defined]
        request.actor = actors.NOBODY  # type: ignore[attr-defined]
        if signed_in is not None:
            if is_prefetch(request):
                return HttpResponse(status=403, headers={"Cache-Control": "no-store"})
            actor = actors.signed_in(signed_in.subject, at=at, second_factor_at=signed_in.second_factor_at)
            if actor is actors.NOBODY:  # they died: whoever holds this browser is somebody else
                browser.signed_in = None
                browser.end()
            else:
                services.sessions.renew(signed_in, at=at)
            request.actor = actor  # type: ignore[attr-defined]
        response = self.get_response(request)
        browser.send(response)
        return response


def cookie_name(name: str) -> str:
    """With the prefix that keeps a cookie to this very host, where cookies are sent by TLS only."""
    return f"__Host-{name}" if settings.TROTH_SECURE_COOKIES else name


def is_prefetch(request: HttpRequest) -> bool:
    """Whether the browser fetches this page on a guess."""
    return any(
        "prefetch" in request.headers.get(name, "") or "prerender" in request.headers.get(name, "")
        for name in ("Sec-Purpose", "Purpose", "X-Moz")
    )


def network_of(request: HttpRequest) -> str:
    """The network that a request comes from, as throttles count it; of its proxies, only our own are believed."""
    from troth.work.throttle import network_of as network

    try:
        return network(address_of(request))
    except ValueError:
        return "unknown"


def address_of(request: HttpRequest) -> str:
    """The machine that a request comes from; of its proxies, only our own are believed."""
    address: str = request.META.get("REMOTE_ADDR", "")
    if settings.TROTH_PROXIES:
        told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        if len(told) >= settings.TROTH_PROXIES:
            address = told[-settings.TROTH_PROXIES]
    return address


def came_from(request: HttpRequest) -> Came:
    """Whence a request came, for the history of sign-ins."""
    return Came(address_of(request), device_of(request)[:80])


def device_of(request: HttpRequest) -> str:
    """The browser in a few words for its owner's own list, such as `Firefox on Linux`."""
    told = request.headers.get("User-Agent", "")
    browser = next((words for mark, words in _BROWSERS if mark in told), "A browser")
    system = next((words for mark, words in _SYSTEMS if mark in told), "")
    return f"{browser} on {system}" if system else browser


def _wanted_cipher() -> AESGCM:
    return AESGCM(vault_secrets.opened().named("wanted"))
