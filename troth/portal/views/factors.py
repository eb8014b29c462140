"""One's own second factors: setting one up, showing it again, recovery codes, taking one away."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from troth.gate import actors
from troth.gate.table import actor_of, is_fresh
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.people import rules, services
from troth.people import selectors as people
from troth.people.middleware import Browser, network_of
from troth.people.selectors.sessions import SignedIn
from troth.portal.forms.factors import (
    AppForm,
    CodeForm,
    OwnPasswordForm,
    PasskeyForm,
    PickPasskeyForm,
    ShownPasskeyForm,
)
from troth.portal.views.account import WAIT, counterpart
from troth.portal.views.signing_in import USED, demo_code, destination_of, site_of
from troth.vault.categories import Category
from troth.vault.errors import AlreadyTaken

#: Somebody who signed in just now and has no second factor yet need not type the password again to set one up.
JUST_SIGNED_IN = timedelta(minutes=10)
WRONG = "That isn't the code that belongs to this. Try the one that your app shows now."
OVER = "That took too long, so we begin again. Use the new picture or press the button again."


@require_http_methods(["GET", "HEAD"])
def choose(request: HttpRequest) -> HttpResponse:
    """What staff without a second factor are led to before anything else, and anybody may: an app or a passkey."""
    return _show(request, "choose", forced=actor_of(request).held_back, site=site_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code", "ticket", "current")
def new_app(request: HttpRequest) -> HttpResponse:
    """Set up an app that makes codes; it replaces the one before."""
    subject, at, _ = _who(request)
    if (asked := _prove_first(request)) is not None:
        return asked
    form = AppForm(request.POST or None, with_password=_wants_password(request))
    if form.is_valid() and _own_password(request, form):
        secret = people.secret_of(form.cleaned_data["ticket"], subject=subject, at=at)
        step = rules.matching_step(secret, form.cleaned_data["code"], at) if secret else None
        if step is None:
            form.add_error("code", WRONG if secret else OVER)
        else:
            first = not people.has_second_factor(subject)
            try:
                services.add_app(subject, by=actor_of(request), at=at, secret=secret, step=step)
            except services.UsedUp:
                form.add_error("code", USED)
            else:
                return _taken_on(request, first=first)
    account = people.sign_in_address(subject, request.opened)  # type: ignore[attr-defined]
    app = people.begin_app(subject, account=account, clinic=_clinic(at), at=at, ticket=request.POST.get("ticket", ""))
    return _show(request, "app", form=form, app=app)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("answer", "ticket", "current")
def new_passkey(request: HttpRequest) -> HttpResponse:
    """Set up a passkey; a person may have several."""
    subject, at, _ = _who(request)
    site = site_of(request)
    if site is None:
        return redirect("second_factor")
    if (asked := _prove_first(request)) is not None:
        return asked
    form = PasskeyForm(request.POST or None, with_password=_wants_password(request))
    if form.is_valid() and _own_password(request, form):
        given = form.cleaned_data
        made = people.read_new_passkey(
            given["ticket"], given["answer"], site, subject=subject, session=_session(request).key, at=at
        )
        if made is None:
            form.add_error(None, OVER)
        else:
            first = not people.has_second_factor(subject)
            try:
                services.add_passkey(subject, by=actor_of(request), at=at, made=made, name=given["name"])
            except (services.UsedUp, AlreadyTaken):
                form.add_error(None, OVER)
            else:
                return _taken_on(request, first=first)
    account = people.sign_in_address(subject, request.opened)  # type: ignore[attr-defined]
    passkey = people.ask_new_passkey(
        subject,
        people.Site(site.domain, site.origin, _clinic(at)),
        account=account,
        session=_session(request).key,
        opened=request.opened,  # type: ignore[attr-defined]
    )
    return _show(request, "passkey", form=form, passkey=passkey)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code")
def prove(request: HttpRequest) -> HttpResponse:
    """Show one's second factor again, before something that needs it fresh."""
    subject, at, browser = _who(request)
    if not people.has_second_factor(subject):
        return redirect("second_factor")
    form = CodeForm(request.POST if "code" in request.POST else None)
    shown = ShownPasskeyForm(request.POST if "answer" in request.POST else None)
    status = 200
    if form.is_valid() or shown.is_valid():
        status = 422
        wait = people.allow_second(
            subject.hex, at=at, network=network_of(request), device=_session(request).key, paper=False
        )
        if wait is not None:
            form.add_error(None, WAIT) if form.is_bound else None
            return _show(request, "prove", 429, form=form, wait=WAIT)
        if _proved(request, form, shown):
            services.prove_session(subject, by=actor_of(request), at=at, cookie=browser.cookie)
            return redirect(destination_of(request, actor_of(request)))
    elif form.is_bound or shown.is_bound:
        status = 422
    return _show(request, "prove", status, form=form)


@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make ten new recovery codes and show them, this once."""
    subject, at, _ = _who(request)
    if (asked := _prove_first(request)) is not None:
        return asked
    if not people.has_second_factor(subject):
        return redirect("second_factor")
    codes = services.make_recovery_codes(subject, by=actor_of(request), at=at)
    return _show(request, "recovery", 200, codes=codes, onward=destination_of(request, actor_of(request)))


@require_POST
def remove_app(request: HttpRequest) -> HttpResponse:
    """Take one's app away."""
    subject, at, _ = _who(request)
    if (asked := _prove_first(request)) is not None:
        return asked
    try:
        services.remove_app(subject, by=actor_of(request), at=at)
    except LookupError:
        return redirect("security")
    except services.FactorNeeded as needed:
        return _show(request, "needed", 422, why_not=str(needed))
    return redirect("security")


@require_POST
def remove_passkey(request: HttpRequest) -> HttpResponse:
    """Take one of one's passkeys away."""
    subject, at, _ = _who(request)
    form = PickPasskeyForm(request.POST)
    if not form.is_valid():
        return redirect("security")
    if (asked := _prove_first(request)) is not None:
        return asked
    try:
        services.remove_passkey(subject, form.cleaned_data["passkey"], by=actor_of(request), at=at)
    except LookupError:  # gone already, or not one's own: the list shows what there is
        return redirect("security")
    except services.FactorNeeded as needed:
        return _show(request, "needed", 422, why_not=str(needed))
    return redirect("security")


def _taken_on(request: HttpRequest, *, first: bool) -> HttpResponse:
    """A factor was just shown to work, so this session has it. With the first come recovery codes, shown once."""
    subject, at, browser = _who(request)
    services.prove_session(subject, by=actor_of(request), at=at, cookie=browser.cookie)
    if not first:
        return redirect("security")
    codes = services.make_recovery_codes(subject, by=actor_of(request), at=at)
    return _show(
        request,
        "recovery",
        200,
        codes=codes,
        onward=destination_of(request, actors.signed_in(subject, at=at, second_factor_at=at)),
    )


def _prove_first(request: HttpRequest) -> HttpResponse | None:
    """Lead whoever has a second factor to show it again, when that was a while ago."""
    subject, at, browser = _who(request)
    if not people.has_second_factor(subject) or is_fresh(actor_of(request), at=at):
        return None
    browser.remember_destination(request.path if request.method == "GET" else "/security/")
    return redirect("prove")


def _proved(request: HttpRequest, form: CodeForm, shown: ShownPasskeyForm) -> bool:
    subject, at, _ = _who(request)
    site = site_of(request)
    try:
        if shown.is_bound:
            found = (
                people.check_passkey(shown.cleaned_data["ticket"], shown.cleaned_data["answer"], site, at=at)
                if site
                else None
            )
            if found is None or found.subject != subject:
                return False
            services.use_passkey(subject, by=actor_of(request), at=at, shown=found)
            return True
        code = people.check_code(subject, form.cleaned_data["code"], at=at)
        if code is None or isinstance(
            code, people.Returning
        ):  # whoever is signed in has lost nothing that it stands in for
            form.add_error("code", WRONG)
            return False
        services.use_code(subject, by=actor_of(request), at=at, code=code)
    except services.UsedUp:
        if form.is_bound:
            form.add_error("code", USED)
        return False
    return True


def _wants_password(request: HttpRequest) -> bool:
    """Whether the password has to be typed: there is no second factor to show, and the sign-in was a while ago."""
    subject, at, _ = _who(request)
    return not people.has_second_factor(subject) and at - _session(request).made_at > JUST_SIGNED_IN


def _own_password(request: HttpRequest, form: OwnPasswordForm) -> bool:
    if "current" not in form.fields:
        return True
    subject, at, _ = _who(request)
    right = people.check_own_password(subject, form.cleaned_data["current"], at=at, network=network_of(request))
    if right is True:
        return True
    form.add_error("current", WAIT if isinstance(right, people.Wait) else "That isn't the password you have now.")
    return False


def _clinic(at: Any) -> str:
    version = notices.version_in_force(at)
    who = notices.notice_of(version).controller if version else None
    return (who.trading_name or who.legal_name or "Troth") if who else "Troth"


def _who(request: HttpRequest) -> tuple[UUID, Any, Browser]:
    subject = actor_of(request).id
    assert subject is not None
    return subject, request.at, request.browser  # type: ignore[attr-defined]


def _session(request: HttpRequest) -> SignedIn:
    signed_in = _who(request)[2].signed_in
    assert signed_in is not None
    return signed_in


def _show(request: HttpRequest, name: str, status: int = 0, **values: Any) -> HttpResponse:
    form, at, site = values.get("form"), request.at, site_of(request)  # type: ignore[attr-defined]
    if name == "prove":
        values["passkey"] = people.ask_passkey(site, at=at) if site else None
        values["demo_code"] = demo_code(actor_of(request).id, at)
    return render(
        request,
        f"portal/factors/{name}.html",
        {"why": counterpart(at, Purpose.ACCOUNT_SECURITY, "Your sign-in", Category.ACCOUNT), **values},
        status=status or (422 if form is not None and form.is_bound else 200),
    )
