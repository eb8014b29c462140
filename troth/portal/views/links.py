"""
Links from messages: asking for one, following it, and doing what it is for. And claiming a record with a code.

A link's token goes into a sealed cookie and out of the address at once. Following it changes nothing, since mail scanners follow
links too; a button does. Nothing here tells whether an address is known (pitfalls B1, B16).
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from troth.gate import actors
from troth.gate.table import actor_of
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people import services
from troth.people.middleware import network_of
from troth.portal.forms.account import AddressForm, ClaimForm, LinkForm, NewPasswordForm
from troth.portal.views.account import WAIT, counterpart
from troth.vault.categories import Category
from troth.vault.errors import AlreadyTaken

NO_MATCH = "That code and date of birth don't go together, or the code is over. Check both, or ask us for a new code."
DONE = {"registration": "Your account is open", "claim": "Your account is open", "address": "Your address is changed"}


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Take in an address that a link should go to. Known or not, the answer is the same, and a message goes out by a job."""
    at = request.at  # type: ignore[attr-defined]
    form = LinkForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        email = form.cleaned_data["email"]
        may = people.may_ask(email, network=network_of(request), at=at)
        if not isinstance(may, people.Wait):
            if may:
                services.ask_link(email, by=actors.NOBODY, at=at)
            return redirect("mail_sent")
        form.add_error(None, WAIT)
        status = 429
    return render(request, "portal/account/ask_link.html", {"form": form, "why": _why(request)}, status=status)


@require_http_methods(["GET", "HEAD"])
def mail_sent(request: HttpRequest) -> HttpResponse:
    """What happens next, in the same words for everybody."""
    return render(request, "portal/account/mail_sent.html")


@require_http_methods(["GET", "HEAD"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address, whether or not there is such a link."""
    if request.method == "GET":
        request.browser.hold_link(token)  # type: ignore[attr-defined]
    return redirect("confirm")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def confirm(request: HttpRequest) -> HttpResponse:
    """Show what the link is for; do it when a button is pressed."""
    at, browser = request.at, request.browser  # type: ignore[attr-defined]
    token = browser.held_link()
    step = people.find_step(token, at=at)
    if step is None:
        return _over(request)
    if step.kind == "password":
        return _choose(request, token)
    if request.method == "POST":
        try:
            done = services.confirm_step(token, at=at)
        except (services.LinkOver, AlreadyTaken):
            return _over(request)
        browser.drop_link()
        return render(request, "portal/account/confirmed.html", {"done": DONE[done]})
    return render(request, "portal/account/confirm.html", {"kind": step.kind.value, "why": _why(request)})


def _choose(request: HttpRequest, token: str) -> HttpResponse:
    form = NewPasswordForm(request.POST or None)
    if form.is_valid():
        try:
            services.choose_password(token, at=request.at, password=form.cleaned_data["password"])  # type: ignore[attr-defined]
        except services.LinkOver:
            return _over(request)
        browser = request.browser  # type: ignore[attr-defined]
        browser.drop_link()
        browser.end()
        return render(request, "portal/account/confirmed.html", {"done": "Your new password is set"})
    return render(
        request,
        "portal/account/choose_password.html",
        {"form": form, "why": _why(request)},
        status=422 if form.is_bound else 200,
    )


def _over(request: HttpRequest) -> HttpResponse:
    request.browser.drop_link()  # type: ignore[attr-defined]
    return render(request, "portal/account/link_over.html", status=410)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code", "password")
def claim(request: HttpRequest) -> HttpResponse:
    """Take in a code that the clinic gave to someone it knows already."""
    at = request.at  # type: ignore[attr-defined]
    form = ClaimForm(request.POST or None, on=timezone.localdate(at))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        given = form.cleaned_data
        network = network_of(request)
        may = people.may_try_code(given["code"], network=network, at=at)
        if isinstance(may, people.Wait):
            form.add_error(None, WAIT)
            status = 429
        elif may and services.claim(at=at, **given):
            return redirect("mail_sent")
        else:
            form.add_error(None, NO_MATCH)
    return render(request, "portal/account/claim.html", {"form": form, "why": _why(request)}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("current")
def address(request: HttpRequest) -> HttpResponse:
    """Ask to sign in with another address. It changes when it is confirmed there."""
    actor, at = actor_of(request), request.at  # type: ignore[attr-defined]
    assert actor.id is not None
    form = AddressForm(request.POST or None)
    if form.is_valid():
        right = people.check_own_password(actor.id, form.cleaned_data["current"], at=at, network=network_of(request))
        may = (
            people.may_ask(form.cleaned_data["email"], network=network_of(request), at=at) if right is True else False
        )
        if right is True and not isinstance(may, people.Wait):
            if may:
                services.ask_address(actor.id, by=actor, at=at, email=form.cleaned_data["email"])
            return redirect("mail_sent")
        waits = isinstance(right, people.Wait) or isinstance(may, people.Wait)
        form.add_error("current", WAIT if waits else "That isn't the password you have now.")
    return render(
        request,
        "portal/account/address.html",
        {"form": form, "why": _why(request)},
        status=422 if form.is_bound else 200,
    )


def _why(request: HttpRequest) -> object:
    return counterpart(request.at, Purpose.ACCOUNT_SECURITY, "Your sign-in", Category.ACCOUNT)  # type: ignore[attr-defined]
