"""Asking the clinic something: anybody may, and nothing is read back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from troth.contact import services
from troth.gate import actors
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people.middleware import network_of
from troth.portal.forms.asking import AskForm
from troth.portal.views.account import counterpart
from troth.vault.categories import Category

TOO_OFTEN = "Several questions came from you within the hour. Wait an hour, or ring us: the number stands at the foot of the page."


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """
    Take a question in. Where too many come from is told so, and what was typed stays in the form. How many messages an address had
    is not told (pitfalls B16), and a question sends it none: it is taken in all the same.
    """
    at = request.at  # type: ignore[attr-defined]
    form = AskForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        may = people.may_ask(form.cleaned_data["email"], network=network_of(request), at=at)
        if not isinstance(may, people.Wait):
            services.ask(by=actors.NOBODY, at=at, **form.cleaned_data)
            return redirect("asked")
        form.add_error(None, TOO_OFTEN)
        status = 429
    return render(
        request,
        "portal/asking/ask.html",
        {"form": form, "why": counterpart(at, Purpose.ENQUIRIES, "Why we ask", Category.CORRESPONDENCE)},
        status=status,
    )


@require_http_methods(["GET", "HEAD"])
def asked(request: HttpRequest) -> HttpResponse:
    """What happens next, in the same words for everybody."""
    return render(request, "portal/asking/asked.html")
