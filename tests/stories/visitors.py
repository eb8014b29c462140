"""Who walks through the stories: a browser window that also writes down everything no page may do."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

PASSWORD = "oatcake-lantern-heron"
STAFF_MAIL = "{}@aldersyke.example"
# Chromium itself writes this when a page is answered with a refusal or with a form that needs mending: that page is meant.
EXPECTED = "Failed to load resource: the server responded with a status of 4"
MOST_TABS = 80
# What is sent to be kept (a copy), and a mail that is shown in a demonstration, are sandboxed and may load nothing at all.
POLICIES = (
    "default-src 'self'",
    "sandbox; default-src 'none'",
    "sandbox allow-top-navigation-by-user-activation; default-src 'none'",
)


@dataclass
class Visitor:
    """One window of one browser, on one clinic. `faults` fills with what no page of ours may do."""

    context: BrowserContext
    page: Page
    clinic: str  # the address of its front page, without the last stroke
    faults: list[str] = field(default_factory=list)
    watched: int = 0
    firm: str = ""  # where the payment firm is, which one page may load from

    def watch(self) -> None:
        """Write down, from now on, errors in the console, requests to elsewhere, and headers that are missing."""
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        self.context.on("request", self._look)
        self.context.on("response", self._check)

    def go(self, path: str) -> Response:
        """Open a page by its address."""
        answer = self.page.goto(self.clinic + path)
        assert answer is not None
        return answer

    def take_new_tab(self) -> None:
        """Go on in another tab of the same window."""
        self.page.close()
        self.page = self.context.new_page()

    def sign_in(self, email: str) -> None:
        """Through the form, like anybody; staff by their role's address."""
        self.go("/sign-in/")
        self.page.fill("[name=email]", email)
        self.page.fill("[name=password]", PASSWORD)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.show_second_factor()
        assert not urlsplit(self.page.url).path.startswith("/sign-in/"), self.text()

    def show_second_factor(self) -> None:
        """Type the code that the demonstration shows in place of an app, where one is asked for."""
        for _ in range(3):
            if urlsplit(self.page.url).path not in {"/sign-in/second/", "/security/prove/"}:
                return
            self.page.fill("[name=code]", self.page.inner_text(".code-shown"))
            with self.page.expect_navigation():
                self.page.locator("main form:not([hidden]) button").first.click()
            if "used already" in self.text():
                self.page.wait_for_timeout(31_000)
                self.page.reload()

    def text(self) -> str:
        """What the page says, to whoever looks at it."""
        return self.page.inner_text("body")

    def tab_to(self, selector: str) -> None:
        """Press Tab until the focus is on the element, as someone without a mouse does."""
        for _ in range(MOST_TABS):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached with the Tab key on {self.page.url}")

    def close(self) -> None:
        """Leave, and say what was seen on the way."""
        self.context.close()
        assert self.faults == []

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED):
            self.faults.append(f"console: {message.text}")

    def _look(self, request: Request) -> None:
        ours = (f"{self.clinic}/", "data:", *([f"{self.firm}/"] if self.firm else []))
        if not request.url.startswith(ours):
            self.faults.append(f"a request to {urlsplit(request.url).netloc or request.url[:40]}")

    def _check(self, response: Response) -> None:
        if self.firm and response.url.startswith(f"{self.firm}/"):
            return
        headers = response.headers
        self.watched += 1
        if response.status >= 500:
            self.faults.append(f"{response.url} was answered with {response.status}")
        policy = headers.get("content-security-policy", "")
        if not policy.startswith(POLICIES):
            self.faults.append(f"{response.url} came without the content security policy")
        if response.request.resource_type == "document" and "no-store" not in headers.get("cache-control", ""):
            self.faults.append(f"{response.url} may be kept by a browser")
