"""Registering, signing in and signing out. Nothing here tells whether an address is known (pitfalls B16)."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from troth.design.values import Counterpart, Term
from troth.gate import actors
from troth.gate.table import actor_of, open_path
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people import services
from troth.people.middleware import device_of, network_of
from troth.portal.forms.account import RegisterForm, SignInForm
from troth.rights import selectors as rights
from troth.vault.categories import Category

WRONG = "That email address and password don't go together. Check both and try again."
WAIT = "Too many tries from where you are. Wait a quarter of an hour, then try again. Elsewhere your account works as always."


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def register(request: HttpRequest) -> HttpResponse:
    """
    Take a registration in. Whether the address is known is looked up by a job afterwards, so that this page answers everybody with
    the same words in the same time: that somebody is a patient here is health data.
    """
    at = request.at  # type: ignore[attr-defined]
    form = RegisterForm(request.POST or None, on=timezone.localdate(at))
    if form.is_valid():
        may = people.may_ask(form.cleaned_data["email"], network=network_of(request), at=at)
        if not isinstance(may, people.Wait):
            if may:
                services.ask_account(by=actors.NOBODY, at=at, **form.cleaned_data)
            return redirect("registered")
        form.add_error(None, WAIT)
    return render(
        request,
        "portal/account/register.html",
        {"form": form, "why": counterpart(at, Purpose.REGISTRATION, "Your account", Category.IDENTITY)},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD"])
def registered(request: HttpRequest) -> HttpResponse:
    """What happens next, in the same words for everybody."""
    return render(request, "portal/account/registered.html")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign someone in, and take them to what they wanted."""
    at = request.at  # type: ignore[attr-defined]
    if request.method != "POST" and actor_of(request).kind == "person":
        return redirect(home_of(request, actor_of(request)))
    form = SignInForm(request.POST or None)
    status = 200
    if form.is_valid():
        answer = people.check_sign_in(
            form.cleaned_data["email"], form.cleaned_data["password"], at=at, network=network_of(request)
        )
        if isinstance(answer, people.Proof):
            actor = actors.person(answer.subject, at=at)
            browser = request.browser  # type: ignore[attr-defined]
            if (
                browser.signed_in is not None
            ):  # somebody else's, or one's own older one: this browser has one at a time
                before = actors.person(browser.signed_in.subject, at=at)
                services.sign_out(browser.signed_in.subject, by=before, at=at, key=browser.signed_in.key)
            browser.begin(services.sign_in(answer.subject, by=actor, at=at, device=device_of(request)))
            rotate_token(request)
            return redirect(_existing(browser.take_destination()) or home_of(request, actor))
        form.add_error(None, WAIT if isinstance(answer, people.Wait) else WRONG)
        status = 429 if isinstance(answer, people.Wait) else 422
    elif form.is_bound:
        status = 422
    return render(
        request,
        "portal/account/sign_in.html",
        {"form": form, "why": counterpart(at, Purpose.ACCOUNT_SECURITY, "Your sign-in", Category.ACCOUNT)},
        status=status,
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session, and have the browser forget its pages."""
    browser, actor = request.browser, actor_of(request)  # type: ignore[attr-defined]
    services.sign_out(actor.id, by=actor, at=request.at, key=browser.signed_in.key)  # type: ignore[arg-type, attr-defined]
    browser.end()
    return redirect("home")


def home_of(request: HttpRequest, actor: actors.Actor) -> str:
    """Where someone begins: staff at the desk, patients at their own data; the home page where there is neither."""
    for route in ("desk_home", "security") if actor.roles else ("my_data",):
        if path := open_path(request, route, by=actor):
            return path
    return reverse("home")


def counterpart(at: object, purpose: Purpose, title: str, category: Category) -> Counterpart:
    """Why a form asks for what it asks: the words of the notice in force."""
    version = notices.version_in_force(at)  # type: ignore[arg-type]
    if version is None:
        return Counterpart(title)
    notice = notices.notice_of(version)
    row = next((row for row in notice.purposes if row.id is purpose), None)
    if row is None:
        return Counterpart(title)
    rules = {rule.id: rule.words or rule.id for rule in notice.retention.rules}
    kept = rules.get(row.rule_for(category) or notice.retention.default or "", "")
    terms = [
        Term("For", row.title or purpose.value.replace("_", " ")),
        Term("The law lets us because", "; ".join(rights.BASIS_WORDS[basis] for basis in row.basis)),
    ]
    return Counterpart(title, terms=(*terms, *([Term("Kept until", kept)] if kept else [])))


def _existing(path: str) -> str:
    """The path, if a page of ours answers it."""
    try:
        resolve(path)
    except Resolver404:
        return ""
    return path
