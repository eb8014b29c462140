"""A person's own sign-in: what proves it, where they are signed in, and what has happened to it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from troth.design.done import done
from troth.design.values import Paging
from troth.gate.contexts import processing
from troth.gate.table import actor_of
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people
from troth.people import services
from troth.people.middleware import network_of
from troth.portal.forms.account import EndSessionForm, PasswordForm
from troth.portal.views.account import WAIT, counterpart
from troth.vault.categories import Category

AT_ONCE = 20


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """Gather what belongs to one's sign-in: password, second factors, where one is signed in, and the last tries."""
    actor, browser, at = actor_of(request), request.browser, request.at  # type: ignore[attr-defined]
    assert actor.id is not None
    # Addresses of machines are held for watching over the systems; that one may see one's own is a right.
    with processing(Purpose.RIGHTS, Action.READ, by=actor, at=at) as opened:
        areas = people.areas_of(actor.id, opened, since=at - people.SESSION_LIFE)
        recent = people.list_tries(actor.id, opened, limit=3)
    return render(
        request,
        "portal/account/security.html",
        {
            "sessions": people.list_sessions(
                actor.id,
                request.opened,  # type: ignore[attr-defined]
                current=browser.signed_in.key,
                areas=areas,
            ),
            "factors": people.list_factors(actor.id, request.opened),  # type: ignore[attr-defined]
            "required": bool(actor.roles),
            "recent": recent.tries,
            "why": _why(request),
            "why_tries": _why_tries(request),
        },
    )


@require_http_methods(["GET", "HEAD"])
def history(request: HttpRequest) -> HttpResponse:
    """The tries to sign in as oneself, in pages."""
    actor = actor_of(request)
    assert actor.id is not None
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isdecimal() and 0 < int(asked) < 1_000 else 1
    found = people.list_tries(actor.id, request.opened, start=(number - 1) * AT_ONCE, limit=AT_ONCE)  # type: ignore[attr-defined]
    return render(
        request,
        "portal/account/history.html",
        {
            "tries": found.tries,
            "paging": Paging.numbered(number, found.total, each=AT_ONCE, path=request.path),
            "kept": people.TRIES_KEPT,
            "why": _why_tries(request),
        },
    )


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions; without a key, all but this one."""
    actor, browser = actor_of(request), request.browser  # type: ignore[attr-defined]
    form = EndSessionForm(request.POST)
    if not form.is_valid():
        return redirect("security")
    assert actor.id is not None
    key = form.cleaned_data["key"]
    if key:
        services.sign_out(actor.id, by=actor, at=request.at, key=key)  # type: ignore[attr-defined]
    else:
        services.end_sessions(actor.id, by=actor, at=request.at, keep=browser.signed_in.key)  # type: ignore[attr-defined]
    if key == browser.signed_in.key:
        browser.end()
        return redirect("home")
    return done("security", "session-ended")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("current", "password")
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password, and end every other session."""
    actor, browser, at = actor_of(request), request.browser, request.at  # type: ignore[attr-defined]
    assert actor.id is not None
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        right = people.check_own_password(actor.id, form.cleaned_data["current"], at=at, network=network_of(request))
        if right is True:
            services.change_password(
                actor.id, by=actor, at=at, password=form.cleaned_data["password"], keep=browser.signed_in.key
            )
            return done("security", "password-changed")
        form.add_error("current", WAIT if isinstance(right, people.Wait) else "That isn't the password you have now.")
    return render(
        request,
        "portal/account/password.html",
        {"form": form, "why": _why(request)},
        status=422 if form.is_bound else 200,
    )


def _why(request: HttpRequest) -> object:
    return counterpart(request.at, Purpose.ACCOUNT_SECURITY, "Your sign-in", Category.ACCOUNT)  # type: ignore[attr-defined]


def _why_tries(request: HttpRequest) -> object:
    return counterpart(request.at, Purpose.SECURITY_LOG, "Tries to sign in", Category.NETWORK)  # type: ignore[attr-defined]
