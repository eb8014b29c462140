"""A record whose use was stopped, opened for one of the few uses that the law leaves: chosen, reasoned, and for half an hour."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from troth.desk.forms.restricted import UseForm
from troth.desk.frame import about, looking, show
from troth.gate.rules import GLASS_MINUTES, PermittedUse
from troth.people import selectors as people
from troth.rights import services
from troth.rights.selectors import restricted_since
from troth.vault.categories import Category


def use(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Ask for which use and why; then lead to the card, which opens for that alone."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY)
    if restricted_since(subject, at=look.at) is None:
        return redirect("desk_card", subject=subject)
    form = UseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.use_restricted(
                subject,
                PermittedUse(form.cleaned_data["use"]),
                purpose=look.opened.purpose,
                words=form.cleaned_data["words"],
                by=look.actor,
                at=look.at,
            )
        except services.AnswerRefused as refusal:
            form.add_error("words", str(refusal))
        else:
            return redirect("desk_card", subject=subject)
    who = people.get_identity(subject, look.opened)
    return show(
        request,
        "restricted/use",
        about(request, look, subject),
        name=who.name if who else "",
        form=form,
        minutes=GLASS_MINUTES,
        subject=subject,
        status=422 if form.errors else 200,
    )
