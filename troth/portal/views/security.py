"""A person's own sessions and password."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from troth.gate.table import actor_of
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people import services
from troth.people.middleware import network_of
from troth.portal.forms.account import EndSessionForm, PasswordForm
from troth.portal.views.account import WAIT, counterpart
from troth.vault.categories import Category


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """List where one is signed in."""
    actor, browser = actor_of(request), request.browser  # type: ignore[attr-defined]
    listed = people.list_sessions(actor.id, request.opened, current=browser.signed_in.key)  # type: ignore[arg-type, attr-defined]
    return render(request, "portal/account/security.html", {"sessions": listed, "why": _why(request)})


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
    return redirect("security")


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
            return redirect("security")
        form.add_error("current", WAIT if isinstance(right, people.Wait) else "That isn't the password you have now.")
    return render(
        request,
        "portal/account/password.html",
        {"form": form, "why": _why(request)},
        status=422 if form.is_bound else 200,
    )


def _why(request: HttpRequest) -> object:
    return counterpart(request.at, Purpose.ACCOUNT_SECURITY, "Your sign-in", Category.ACCOUNT)  # type: ignore[attr-defined]
