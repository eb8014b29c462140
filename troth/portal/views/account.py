"""Registering. Nothing here tells whether an address is known (pitfalls B16)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from troth.design.values import Counterpart, Term
from troth.gate import actors
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people import services
from troth.people.middleware import network_of
from troth.portal.forms.account import RegisterForm
from troth.rights import selectors as rights
from troth.vault.categories import Category

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
