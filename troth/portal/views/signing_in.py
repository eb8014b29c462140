"""
Signing in, by password, second factor or passkey, and signing out. Nothing here tells whether an address is known, nor who
has a second factor or a passkey (pitfalls B16).
"""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from troth.design.done import done
from troth.gate import actors
from troth.gate.table import actor_of, open_path
from troth.notice.purposes import Purpose
from troth.people import rules, services
from troth.people import selectors as people
from troth.people.middleware import Browser, came_from, network_of
from troth.portal.forms.account import SignInForm
from troth.portal.forms.factors import CodeForm, ShownPasskeyForm, StartForm
from troth.portal.views.account import WAIT, counterpart
from troth.vault.categories import Category
from troth.work import throttle

WRONG = "That email address and password don't go together. Check both and try again."
WRONG_CODE = (
    "The email address, password and code don't go together. Try the code that your app shows now, or start again."
)
WRONG_PASSKEY = "That passkey didn't sign you in. Try again, or use your password."
WRONG_START = (
    "That email address and code don't go together, or the code is older than seven days. Ask for a new one."
)
USED = "This code was used already. Wait until your app shows the next one."


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Look at an address and a password; sign in whoever has nothing else, and ask the others for their second factor."""
    at, browser = request.at, _browser(request)  # type: ignore[attr-defined]
    if request.method != "POST" and actor_of(request).kind == "person":
        return redirect(home_of(request, actor_of(request)))
    form = SignInForm(request.POST or None)
    status = 200
    if form.is_valid():
        email = form.cleaned_data["email"]
        mark = people.account_mark(email)
        answer = people.check_sign_in(
            email, form.cleaned_data["password"], at=at, network=network_of(request), device=browser.known_to(mark)
        )
        if isinstance(answer, people.Proof):
            return _finish(request, answer.subject, mark, how="password", second=False, seen=answer.seen)
        if isinstance(answer, people.SecondStep):
            if answer.guarded:  # of a right password too, or the time it takes would tell which it was
                _note_failure(request, None, "code first")
            browser.await_second(answer.subject, answer.account, answer.seen)
            return redirect("second_step")
        if isinstance(answer, people.Wrong):
            _note_failure(request, answer.subject, "wrong password")
        form.add_error(None, WAIT if isinstance(answer, people.Wait) else WRONG)
        status = 429 if isinstance(answer, people.Wait) else 422
    elif form.is_bound:
        status = 422
    return _page(request, "sign_in", form, status)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code")
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of whoever's password was looked at in this browser within the last minutes."""
    at, browser = request.at, _browser(request)  # type: ignore[attr-defined]
    awaited = browser.awaited
    if awaited is None:
        return redirect("sign_in")
    form = CodeForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        wait = people.allow_second(
            awaited.account,
            at=at,
            network=network_of(request),
            device=browser.known_to(awaited.account),
            paper=form.paper,
        )
        if wait is not None:
            form.add_error(None, WAIT)
            return _page(request, "second_step", form, 429)
        code = people.check_code(awaited.subject, form.cleaned_data["code"], at=at)
        if awaited.subject is not None and code is not None:
            by = actors.person(awaited.subject, at=at)
            try:
                if isinstance(code, people.Returning):
                    services.come_back(awaited.subject, by=by, at=at, code=code)
                else:
                    services.use_code(awaited.subject, by=by, at=at, code=code)
            except services.UsedUp:
                _note_failure(request, awaited.subject, "used code")
                form.add_error("code", USED)
            else:
                if isinstance(code, people.Returning):
                    _finish(request, awaited.subject, awaited.account, how="handed", second=True, seen=awaited.seen)
                    return done("second_factor", "factor-lost")
                how = "recovery" if isinstance(code, people.Recovery) else "code"
                return _finish(request, awaited.subject, awaited.account, how=how, second=True, seen=awaited.seen)
        else:
            _note_failure(request, awaited.subject, "wrong code")
            form.add_error("code", WRONG_CODE)
    return _page(request, "second_step", form, status)


@require_POST
def with_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in whoever's passkey the browser shows: the device checked its owner, so it is both factors at once."""
    at = request.at  # type: ignore[attr-defined]
    allowed = throttle.allow("passkey", network_of(request), limit=throttle.PER_NETWORK, per=throttle.WINDOW, at=at)
    form, site = ShownPasskeyForm(request.POST), site_of(request)
    shown = None
    if allowed.allowed and site is not None and form.is_valid():
        shown = people.check_passkey(form.cleaned_data["ticket"], form.cleaned_data["answer"], site, at=at)
    if shown is not None:
        try:
            services.use_passkey(shown.subject, by=actors.person(shown.subject, at=at), at=at, shown=shown)
        except services.UsedUp:
            _note_failure(request, shown.subject, "copied passkey" if shown.copied else "used code")
        else:
            return _finish(request, shown.subject, shown.account, how="passkey", second=True)
    again = SignInForm({})
    again.full_clean()
    again.errors.clear()
    again.add_error(None, WRONG_PASSKEY if allowed.allowed else WAIT)
    return _page(request, "sign_in", again, 422 if allowed.allowed else 429)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code", "password")
def start(request: HttpRequest) -> HttpResponse:
    """Let a starter choose the first password with the code that they were handed. Wrong and unknown answer alike."""
    at, browser = request.at, _browser(request)  # type: ignore[attr-defined]
    form = StartForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        given = form.cleaned_data
        mark = people.account_mark(given["email"])
        wait = people.allow_second(mark, at=at, network=network_of(request), device=browser.known_to(mark))
        if wait is not None:
            form.add_error(None, WAIT)
            return _page(request, "start", form, 429)
        found = people.find_start(given["email"], given["code"], at=at)
        if found is not None:
            try:
                services.start(
                    found[0], by=actors.person(found[0], at=at), at=at, code=found[1], password=given["password"]
                )
            except services.UsedUp:
                form.add_error("code", WRONG_START)
            else:
                return _finish(request, found[0], mark, how="password", second=False)
        else:
            form.add_error("code", WRONG_START)
    return _page(request, "start", form, status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session, and have the browser forget its pages."""
    browser, actor = _browser(request), actor_of(request)
    assert actor.id is not None and browser.signed_in is not None
    services.sign_out(actor.id, by=actor, at=request.at, key=browser.signed_in.key)  # type: ignore[attr-defined]
    browser.end()
    return redirect("home")


def home_of(request: HttpRequest, actor: actors.Actor) -> str:
    """
    Where someone begins: the privacy officer in the office, other staff at the first page of the desk that is theirs, patients at
    their own home; the front page where there is none of these.
    """
    if actor.held_back:
        return reverse("second_factor")
    desk = ("desk_home", "desk_staff", "desk_find", "security")
    at_work = ("office_home", *desk) if len(actor.roles) == 1 else desk
    for route in at_work if actor.roles else ("my_home", "my_data"):
        if path := open_path(request, route, by=actor):
            return path
    return reverse("home")


def destination_of(request: HttpRequest, actor: actors.Actor) -> str:
    """The page that was wanted before one had to prove oneself, if a page of ours answers it; else where one begins."""
    path = _browser(request).take_destination()
    try:
        resolve(path)
    except Resolver404:
        return home_of(request, actor)
    return path


def site_of(request: HttpRequest) -> people.Site | None:
    """Where passkeys hold, as seen from this page; None where they do not: an address in figures, or another host."""
    host, domain = request.get_host(), settings.TROTH_PASSKEY_DOMAIN
    bare = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    if bare != domain and not bare.endswith(f".{domain}"):
        return None
    scheme = "https" if settings.TROTH_SECURE_COOKIES else request.scheme
    return people.Site(domain, f"{scheme}://{host}")


def demo_code(subject: UUID | None, at: object) -> str:
    """In a demonstration, the code that the invented staff's app would show now; "" everywhere else."""
    if not settings.TROTH_DEMO:
        return ""
    return rules.code_at(settings.TROTH_DEMO_AUTHENTICATOR, people.free_step(subject, at=at))  # type: ignore[arg-type]


def _finish(
    request: HttpRequest, subject: UUID, account: str, *, how: str, second: bool, seen: str = ""
) -> HttpResponse:
    """Begin the session, keep from where it came, and go on to what was wanted."""
    at, browser = request.at, _browser(request)  # type: ignore[attr-defined]
    if browser.signed_in is not None:  # somebody else's, or one's own older one: this browser has one at a time
        before = actors.person(browser.signed_in.subject, at=at)
        services.sign_out(browser.signed_in.subject, by=before, at=at, key=browser.signed_in.key)
    came = came_from(request)
    if services.has_died(
        subject, at=at
    ):  # said to whoever has shown what only the person should have, and to nobody else
        browser.forget_second()
        _note_failure(request, subject, "they died")
        return render(request, "portal/account/closed.html", status=403)
    try:
        cookie = services.sign_in(
            subject,
            by=actors.person(subject, at=at),
            at=at,
            device=came.device,
            second_factor_at=at if second else None,
            seen=seen,
        )
    except services.AccountChanged:
        browser.forget_second()
        return redirect("sign_in")
    services.note_sign_in(
        subject, by=actors.service("sign-in"), at=at, came=came, how=how, session=people.key_of(cookie)
    )
    browser.begin(cookie)
    browser.learn(account)
    browser.forget_second()
    rotate_token(request)
    return redirect(
        destination_of(request, actors.signed_in(subject, at=at, second_factor_at=at if second else None))
    )


def _note_failure(request: HttpRequest, subject: UUID | None, why: str) -> None:
    at = request.at  # type: ignore[attr-defined]
    services.note_failed_try(subject, by=actors.service("sign-in"), at=at, came=came_from(request), why=why)


def _page(request: HttpRequest, name: str, form: object, status: int) -> HttpResponse:
    at, awaited, site = request.at, _browser(request).awaited, site_of(request)  # type: ignore[attr-defined]
    return render(
        request,
        f"portal/account/{name}.html",
        {
            "form": form,
            "why": counterpart(at, Purpose.ACCOUNT_SECURITY, "Your sign-in", Category.ACCOUNT),
            "passkey": people.ask_passkey(site, at=at) if site and name != "start" else None,
            "demo_code": demo_code(awaited.subject if awaited else None, at),
        },
        status=status,
    )


def _browser(request: HttpRequest) -> Browser:
    found: Browser = request.browser  # type: ignore[attr-defined]
    return found


@require_http_methods(["GET", "HEAD"])
def lost_step(request: HttpRequest) -> HttpResponse:
    """What somebody does who has lost their app, passkey and recovery codes. The same for everybody who looks."""
    return render(request, "portal/account/lost_step.html")
